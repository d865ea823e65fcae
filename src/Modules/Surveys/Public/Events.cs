namespace Huitou.Surveys.Public;

/// <summary>A survey was answered to its end.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="SurveyId">Of which survey.</param>
/// <param name="CustomerId">Whose; null when nobody said who they are.</param>
/// <param name="Overall">The number given to the whole.</param>
/// <param name="Content">Within the two best fifths.</param>
public sealed record SurveyAnswered(Guid AnswerId, Guid SurveyId, Guid? CustomerId, int? Overall, bool? Content);
