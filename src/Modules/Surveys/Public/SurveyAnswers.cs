using Huitou.Kernel;

namespace Huitou.Surveys.Public;

/// <summary>A finished answer as figures of other modules read it.</summary>
public sealed record SurveyAnswerRow
{
    public Guid Id { get; init; }
    public Guid SurveyId { get; init; }
    public Guid EditionId { get; init; }
    public Guid? CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? StaffId { get; init; }
    public string Product { get; init; } = "";
    public string Channel { get; init; } = "";
    public DateTime At { get; init; }
    public int? Overall { get; init; }
    public bool? Content { get; init; }
    public int? Nps { get; init; }
    public string Words { get; init; } = "";
    public string OneThing { get; init; } = "";
    /// <summary>Another answer took its place after a loop.</summary>
    public bool Replaced { get; init; }
    public bool Anonymous { get; init; }
}

/// <summary>One value of an answer.</summary>
public sealed record SurveyValueRow
{
    public Guid AnswerId { get; init; }
    public Guid SurveyId { get; init; }
    public string Question { get; init; } = "";
    public string Item { get; init; } = "";
    public int? Number { get; init; }
}

/// <summary>A question of the edition that is out, as analyses need it.</summary>
/// <param name="Key">Key, the same over editions.</param>
/// <param name="Factor">The factor it asks about; empty.</param>
/// <param name="Means">Overall, Repurchase, Expectation, Perception, Competitors or None.</param>
/// <param name="Low">Least number of its scale; null: no scale.</param>
/// <param name="High">Greatest number.</param>
/// <param name="Text">In the reader's language.</param>
public sealed record SurveyQuestionRow(string Key, string Factor, string Means, int? Low, int? High, string Text);

/// <summary>The answers a person may see: the read model for drivers, words and figures elsewhere. Answers about the reader are not among them.</summary>
public sealed class SurveyAnswers(Db db)
{
    public IQueryable<SurveyAnswerRow> All =>
        from a in db.Set<SurveyAnswer>()
        join s in db.Set<Survey>() on a.SurveyId equals s.Id
        where a.State == AnswerState.Finished
        select new SurveyAnswerRow
        {
            Id = a.Id, SurveyId = a.SurveyId, EditionId = a.EditionId, CustomerId = a.CustomerId, StoreId = a.StoreId, StaffId = a.StaffId, Product = a.Product, Channel = a.Channel, At = a.FinishedAt!.Value,
            Overall = a.Overall, Content = a.Content, Nps = a.Nps, Words = a.Words, OneThing = a.OneThing, Replaced = a.ReplacedBy != null, Anonymous = s.Anonymous,
        };

    public IQueryable<SurveyValueRow> Values => db.Set<SurveyValue>().Select(v => new SurveyValueRow { AnswerId = v.AnswerId, SurveyId = v.SurveyId, Question = v.Question, Item = v.Item, Number = v.Number });

    /// <summary>The questions of what is out now.</summary>
    public IReadOnlyList<SurveyQuestionRow> Questions(string content, string language) =>
        [.. SurveyForm.Read(content).Questions.Select(q => new SurveyQuestionRow(q.Key, q.Factor, q.Means.ToString(), q.Scale?.Low, q.Scale?.High, q.Text.Plain(language)))];

    /// <summary>The content of the edition that is out, for <see cref="Questions"/>; none while it is a draft.</summary>
    public IQueryable<string> ContentOf(Guid surveyId) => from s in db.Set<Survey>() join e in db.Set<SurveyEdition>() on s.EditionId equals (Guid?)e.Id where s.Id == surveyId select e.Content;
}
