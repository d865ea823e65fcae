using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>One line of 满意调查统计表.</summary>
public sealed record SurveyTableLine(Guid? StoreId, string Name, int Invited, int Answered, Tally Tally, int Loops, int Closed);

/// <summary>满意调查统计表: a month, store by store, with the sum at the foot; anonymous surveys are left out.</summary>
public sealed class SurveyTable(Db db, CurrentUser me, Texts texts)
{
    /// <summary>The month named in an address (<c>2026-11</c>); the present one for nothing, nonsense, the future and before 2000.</summary>
    public static DateOnly MonthOf(string? text, DateOnly current) =>
        DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year >= 2000 && month <= current ? month : current;

    public async Task<List<SurveyTableLine>> ReadAsync(DateOnly month, Guid? survey, CancellationToken cancel = default)
    {
        var (from, to) = (month.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), month.AddMonths(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone));
        var surveys = db.Set<Survey>().Where(s => !s.Anonymous && (survey == null || s.Id == survey)).Select(s => s.Id);
        var answers = (await db.Set<SurveyAnswer>().Where(a => surveys.Contains(a.SurveyId) && a.State == AnswerState.Finished && a.ReplacedBy == null && a.FinishedAt >= from && a.FinishedAt < to)
            .GroupBy(a => a.StoreId).Select(g => new
            {
                g.Key, N = g.Count(), Rated = g.Sum(a => a.Overall != null ? 1 : 0), Content = g.Sum(a => a.Content == true ? 1 : 0), Nps = g.Sum(a => a.Nps != null ? 1 : 0),
                Promoters = g.Sum(a => a.Nps >= Public.NpsIndex.PromoterFrom ? 1 : 0), Detractors = g.Sum(a => a.Nps <= Public.NpsIndex.DetractorTo ? 1 : 0),
            }).ToListAsync(cancel)).ToDictionary(r => r.Key ?? Guid.Empty, r => new Tally { N = r.N, Rated = r.Rated, Content = r.Content, Nps = r.Nps, Promoters = r.Promoters, Detractors = r.Detractors });
        var invited = (await db.Set<Invitation>().Where(i => surveys.Contains(i.SurveyId) && i.SentAt >= from && i.SentAt < to).GroupBy(i => i.StoreId).Select(g => new { g.Key, N = g.Count(), Answered = g.Sum(i => i.State == InvitationState.Answered ? 1 : 0) }).ToListAsync(cancel)).ToDictionary(r => r.Key ?? Guid.Empty, r => (r.N, r.Answered));
        var loops = (await db.Set<SurveyLoop>().Where(l => surveys.Contains(l.SurveyId) && l.At >= from && l.At < to).GroupBy(l => l.StoreId).Select(g => new { g.Key, N = g.Count(), Closed = g.Sum(l => l.EndedAt != null ? 1 : 0) }).ToListAsync(cancel)).ToDictionary(r => r.Key ?? Guid.Empty, r => (r.N, r.Closed));
        var names = await db.Set<Store>().OrderBy(s => s.Number).Select(s => new { s.Id, s.Name }).ToListAsync(cancel);
        var keys = answers.Keys.Union(invited.Keys).Union(loops.Keys).ToHashSet();
        var lines = names.Where(s => keys.Contains(s.Id)).Select(s => Line(s.Id, s.Name)).ToList();
        if (keys.Contains(Guid.Empty)) lines.Add(Line(Guid.Empty, texts["surveys.none-of"]));
        if (lines.Count > 1)
        {
            lines.Add(new SurveyTableLine(null, texts["surveys.table.all"], lines.Sum(l => l.Invited), lines.Sum(l => l.Answered), new Tally
            {
                N = lines.Sum(l => l.Tally.N), Rated = lines.Sum(l => l.Tally.Rated), Content = lines.Sum(l => l.Tally.Content), Nps = lines.Sum(l => l.Tally.Nps), Promoters = lines.Sum(l => l.Tally.Promoters), Detractors = lines.Sum(l => l.Tally.Detractors),
            }, lines.Sum(l => l.Loops), lines.Sum(l => l.Closed)));
        }

        return lines;

        SurveyTableLine Line(Guid id, string name) => new(id == Guid.Empty ? null : id, name, invited.GetValueOrDefault(id).N, invited.GetValueOrDefault(id).Answered, answers.GetValueOrDefault(id) ?? new(), loops.GetValueOrDefault(id).N, loops.GetValueOrDefault(id).Closed);
    }

    public async Task WriteAsync(SheetWriter sheet, DateOnly month, IReadOnlyList<SurveyTableLine> lines, CancellationToken cancel)
    {
        await sheet.WriteAsync([texts["surveys.table.menu"], month.ToString("yyyy-MM", CultureInfo.InvariantCulture)], cancel);
        await sheet.WriteAsync([.. new[] { "surveys.store", "surveys.invited", "surveys.answered", "surveys.answers-count", "surveys.table.rated", "surveys.table.content", "surveys.index", "surveys.table.margin", "surveys.table.nps", "surveys.table.nps-margin", "surveys.table.low", "surveys.loops.opened", "surveys.loops.closed" }.Select(k => texts[k])], cancel);
        foreach (var l in lines)
        {
            var (index, nps) = (l.Tally.Index, l.Tally.NetPromoters);
            await sheet.WriteAsync([l.Name, l.Invited, l.Answered, l.Tally.N, l.Tally.Rated, l.Tally.Content, index.HasEnough ? Math.Round(index.Share * 100, 1) : null, index.HasEnough ? Math.Round(index.Margin * 100, 1) : null, nps.HasEnough ? Math.Round(nps.Points, 1) : null, nps.HasEnough ? Math.Round(nps.Margin, 1) : null, l.Tally.Rated - l.Tally.Content, l.Loops, l.Closed], cancel);
        }

        await sheet.FinishAsync(cancel);
    }
}
