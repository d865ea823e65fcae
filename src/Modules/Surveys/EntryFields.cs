using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Huitou.Surveys;

/// <summary>
/// What staff type for a question, fast: the number of the choice as printed on the paper, several with commas (<c>1,3</c>), a matrix or a ranking
/// as one row of numbers from the top (<c>5 4 5 -</c>; a dash leaves one out).
/// </summary>
public static class EntryFields
{
    private static readonly char[] Between = [',', ' ', '\uff0c', '\u3001', ';'];

    public static Typed Read(SurveyForm form, IFormCollection sent, Action<string, string> wrong)
    {
        var typed = FillFields.Of(sent);
        foreach (var question in form.Questions)
        {
            var text = typed.One(question.Key).Trim();
            typed.Remove(question.Key);
            if (text.Length == 0) continue;
            var parts = text.Split(Between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (question.Kind)
            {
                case QuestionKind.Single or QuestionKind.Multiple:
                    var keys = parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? question.Picks.ElementAtOrDefault(n - 1)?.Key : null).ToArray();
                    if (keys.Contains(null) || (question.Kind == QuestionKind.Single && keys.Length != 1)) wrong(question.Key, "surveys.entry.number-unknown");
                    else typed[question.Key] = keys!;
                    break;
                case QuestionKind.Matrix or QuestionKind.Ranking:
                    var items = question.Kind == QuestionKind.Matrix ? question.Rows : question.Picks;
                    if (parts.Length > items.Count) wrong(question.Key, "surveys.entry.number-unknown");
                    for (var i = 0; i < Math.Min(parts.Length, items.Count); i++)
                    {
                        if (parts[i] is not ("-" or "\uff0d")) typed[question.Key + "." + items[i].Key] = [parts[i]];
                    }

                    break;
                default:
                    typed[question.Key] = [text];
                    break;
            }
        }

        return typed;
    }

    /// <summary>What was typed, as it is typed; for a form shown again.</summary>
    public static string Write(Question question, Typed typed) => question.Kind switch
    {
        QuestionKind.Single or QuestionKind.Multiple => string.Join(',', (typed.GetValueOrDefault(question.Key) ?? []).Select(k => question.Picks.Select(p => p.Key).ToList().IndexOf(k) + 1)),
        QuestionKind.Matrix or QuestionKind.Ranking => SurveyRun.Fields(question).Any(typed.ContainsKey) ? string.Join(' ', SurveyRun.Fields(question).Select(f => typed.One(f) is { Length: > 0 } n ? n : "-")) : "",
        _ => typed.One(question.Key),
    };
}
