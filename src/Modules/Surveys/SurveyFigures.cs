using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>What a group of answers comes to.</summary>
public sealed record Tally
{
    /// <summary>Finished answers.</summary>
    public int N { get; init; }
    /// <summary>With a judgement of the whole.</summary>
    public int Rated { get; init; }
    public int Content { get; init; }
    public int Sum { get; init; }
    public int Nps { get; init; }
    public int Promoters { get; init; }
    public int Detractors { get; init; }

    public SatisfactionIndex Index => new(Rated, Content);
    public NpsIndex NetPromoters => new(Nps, Promoters, Detractors);
}

/// <summary>One line of a table: a store, region, person, product, way.</summary>
/// <param name="Key">Its id or word; empty: none.</param>
/// <param name="Name">As shown.</param>
/// <param name="Tally">Null: too few to be shown (an anonymous survey).</param>
public sealed record FigureLine(string Key, string Name, Tally? Tally);

/// <summary>How one question was answered.</summary>
/// <param name="Question">Which.</param>
/// <param name="Item">Row, pick; empty.</param>
/// <param name="N">How many.</param>
/// <param name="Mean">Of the numbers.</param>
/// <param name="Margin">Half the 95 % interval of the mean.</param>
/// <param name="Counts">How often each number.</param>
public sealed record QuestionFigure(Question Question, Pick? Item, int N, double Mean, double Margin, IReadOnlyDictionary<int, int> Counts);

/// <summary>Which answers are looked at.</summary>
public sealed record FigureFilter(Guid SurveyId, DateTime? From = null, DateTime? To = null, Guid? StoreId = null, Guid? RegionId = null, Guid? StaffId = null, string? Product = null, string? Channel = null);

/// <summary>Index, NPS and the answers to each question; by company, region, store, person, product; over time. One statement each.</summary>
public sealed class SurveyFigures(Db db, Texts texts, People people)
{
    public static readonly string[] Dimensions = ["store", "region", "staff", "tier", "product", "channel"];

    private const double Z = 1.959963984540054;

    /// <summary>The answers that count: finished, and not replaced by one given after a loop.</summary>
    public IQueryable<SurveyAnswer> Counted(FigureFilter filter)
    {
        var answers = db.Set<SurveyAnswer>().Where(a => a.SurveyId == filter.SurveyId && a.State == AnswerState.Finished && a.ReplacedBy == null);
        if (filter.From is { } from) answers = answers.Where(a => a.FinishedAt >= from);
        if (filter.To is { } to) answers = answers.Where(a => a.FinishedAt < to);
        if (filter.StoreId is { } store) answers = answers.Where(a => a.StoreId == store);
        if (filter.RegionId is { } region) answers = answers.Where(a => db.Set<Store>().Any(s => s.Id == a.StoreId && s.RegionId == region));
        if (filter.StaffId is { } staff) answers = answers.Where(a => a.StaffId == staff);
        if (filter.Product is { Length: > 0 } product) answers = answers.Where(a => a.Product == product);
        if (filter.Channel is { Length: > 0 } channel) answers = answers.Where(a => a.Channel == channel);
        return answers;
    }

    public async Task<Tally> TallyAsync(FigureFilter filter, CancellationToken cancel = default) => await Sum(Counted(filter).GroupBy(_ => "")).Select(r => r.Tally).FirstOrDefaultAsync(cancel) ?? new Tally();

    /// <summary>By what one asks; groups of an anonymous survey under its least size come without figures.</summary>
    public async Task<List<FigureLine>> LinesAsync(FigureFilter filter, string by, int? minGroup, CancellationToken cancel = default)
    {
        var answers = Counted(filter);
        var grouped = by switch
        {
            "region" => answers.GroupBy(a => db.Set<Store>().Where(s => s.Id == a.StoreId).Select(s => s.RegionId).FirstOrDefault()),
            "staff" => answers.GroupBy(a => a.StaffId),
            "store" => answers.GroupBy(a => a.StoreId),
            _ => null,
        };
        List<FigureLine> lines;
        if (grouped is not null)
        {
            var rows = await Sum(grouped).ToListAsync(cancel);
            var names = by switch
            {
                "region" => await db.Set<Region>().ToDictionaryAsync(r => r.Id, r => r.Name, cancel),
                "staff" => await people.All.ToDictionaryAsync(p => p.Id, p => p.Name, cancel),
                _ => await db.Set<Store>().ToDictionaryAsync(s => s.Id, s => s.Name, cancel),
            };
            lines = rows.ConvertAll(r => new FigureLine(r.Key?.ToString() ?? "", r.Key is { } id ? names.GetValueOrDefault(id, "—") : texts["surveys.none-of"], r.Tally));
        }
        else if (by == "tier")
        {
            // Who is not known, or of another's store, has no tier here.
            var rows = await Sum(answers.GroupBy(a => db.Set<Customer>().Where(c => c.Id == a.CustomerId).Select(c => (CustomerTier?)c.Tier).FirstOrDefault())).ToListAsync(cancel);
            lines = rows.ConvertAll(r => new FigureLine(r.Key?.ToString() ?? "", texts[r.Key is { } tier ? "customers.tier." + tier : "surveys.nobody"], r.Tally));
        }
        else
        {
            var rows = await Sum(by == "product" ? answers.GroupBy(a => a.Product) : answers.GroupBy(a => a.Channel)).ToListAsync(cancel);
            lines = rows.ConvertAll(r => new FigureLine(r.Key, r.Key.Length == 0 ? texts["surveys.none-of"] : by == "channel" ? texts["surveys.channel." + r.Key] : r.Key, r.Tally));
        }

        if (minGroup is { } least) lines = Hide(lines, least);
        return [.. lines.OrderByDescending(l => l.Tally?.N ?? -1).ThenBy(l => l.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Groups under the least size come without figures. Where what is hidden adds up to fewer than that, the next smallest is hidden too:
    /// the whole less what is shown would tell it.
    /// </summary>
    public static List<FigureLine> Hide(IReadOnlyList<FigureLine> lines, int least)
    {
        var hidden = 0;
        var groups = 0;
        var shown = new List<FigureLine>();
        foreach (var line in lines.OrderBy(l => l.Tally!.N).ThenBy(l => l.Key, StringComparer.Ordinal))
        {
            var (n, small) = (line.Tally!.N, line.Tally.N < least);
            if (!small && (groups == 0 || (groups > 1 && hidden >= least))) { shown.Add(line); continue; }
            (hidden, groups) = (hidden + n, groups + 1);
            shown.Add(line with { Tally = null });
        }

        return shown;
    }

    /// <summary>Month by month, the newest last.</summary>
    public async Task<List<(DateOnly Month, Tally Tally)>> TrendAsync(FigureFilter filter, DateOnly last, int months, TimeZoneInfo zone, CancellationToken cancel = default)
    {
        var first = last.AddMonths(1 - months);
        var (from, to) = (first.ToDateTime(TimeOnly.MinValue).Utc(zone), last.AddMonths(1).ToDateTime(TimeOnly.MinValue).Utc(zone));
        var rows = await Counted(filter with { From = from, To = to }).Select(a => new { At = a.FinishedAt!.Value, a.Overall, a.Content, a.Nps }).ToListAsync(cancel);
        var by = rows.ToLookup(r => r.At.Local(zone) is var local ? new DateOnly(local.Year, local.Month, 1) : default);
        return [.. Enumerable.Range(0, months).Select(i => first.AddMonths(i)).Select(m => (m, new Tally
        {
            N = by[m].Count(), Rated = by[m].Count(r => r.Overall is not null), Content = by[m].Count(r => r.Content == true), Sum = by[m].Sum(r => r.Overall ?? 0),
            Nps = by[m].Count(r => r.Nps is not null), Promoters = by[m].Count(r => r.Nps >= NpsIndex.PromoterFrom), Detractors = by[m].Count(r => r.Nps <= NpsIndex.DetractorTo),
        }))];
    }

    /// <summary>
    /// The index as it would be if every store counted by its customers: Σ w·p over stores with answers, w the store's share of customers. A busy
    /// QR code does not outvote a quiet shop. Null with fewer than two stores.
    /// </summary>
    public async Task<(double Share, double Margin)?> WeighedAsync(IReadOnlyList<FigureLine> stores, CancellationToken cancel = default)
    {
        var counts = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.StoreId != null).GroupBy(c => c.StoreId!.Value).Select(g => new { g.Key, N = g.Count() }).ToDictionaryAsync(g => g.Key.ToString(), g => g.N, cancel);
        return Weigh(stores, counts);
    }

    /// <summary>The same by segment: every tier counts by its customers, so that those who like to answer do not outvote those who do not.</summary>
    public async Task<(double Share, double Margin)?> WeighedByTierAsync(IReadOnlyList<FigureLine> tiers, CancellationToken cancel = default)
    {
        var counts = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).GroupBy(c => c.Tier).Select(g => new { g.Key, N = g.Count() }).ToDictionaryAsync(g => g.Key.ToString(), g => g.N, cancel);
        return Weigh(tiers, counts);
    }

    /// <summary>Post-stratification over groups with answers; null with fewer than two.</summary>
    public static (double Share, double Margin)? Weigh(IReadOnlyList<FigureLine> groups, IReadOnlyDictionary<string, int> customers)
    {
        var used = groups.Where(s => s.Tally is { Rated: > 1 } && customers.GetValueOrDefault(s.Key) > 0).ToList();
        if (used.Count < 2) return null;
        double all = used.Sum(s => customers[s.Key]);
        var (share, variance) = (0.0, 0.0);
        foreach (var group in used)
        {
            var weight = customers[group.Key] / all;
            var index = group.Tally!.Index;
            // Two answers added on each side keep a group with all content ones from claiming to be certain (Agresti and Coull 1998).
            var p = (index.Content + 2.0) / (index.N + 4.0);
            share += weight * index.Share;
            variance += weight * weight * p * (1 - p) / (index.N + 4.0);
        }

        return (share, Z * Math.Sqrt(variance));
    }

    /// <summary>Every question with numbers: how often which, mean and margin.</summary>
    public async Task<List<QuestionFigure>> QuestionsAsync(SurveyForm form, FigureFilter filter, CancellationToken cancel = default)
    {
        var answers = Counted(filter);
        var counts = await db.Set<SurveyValue>().Where(v => v.SurveyId == filter.SurveyId && v.Number != null && answers.Any(a => a.Id == v.AnswerId))
            .GroupBy(v => new { v.Question, v.Item, v.Number }).Select(g => new { g.Key.Question, g.Key.Item, Number = g.Key.Number!.Value, N = g.Count() }).ToListAsync(cancel);
        var of = counts.ToLookup(c => c.Question);
        var figures = new List<QuestionFigure>();
        foreach (var question in form.Questions.Where(q => q.Kind is not (QuestionKind.Text or QuestionKind.Date)))
        {
            if (question.Kind is QuestionKind.Single or QuestionKind.Multiple)
            {
                // Places are those of the edition answered; the key of the pick stays.
                var picked = of[question.Key].GroupBy(c => question.Picks.Select(p => p.Key).ToList().IndexOf(c.Item) + 1).Where(g => g.Key > 0).ToDictionary(g => g.Key, g => g.Sum(c => c.N));
                figures.Add(new(question, null, picked.Values.Sum(), double.NaN, double.NaN, picked));
                continue;
            }

            var items = question.Kind switch { QuestionKind.Matrix => question.Rows, QuestionKind.Ranking => question.Picks, _ => [] };
            if (items.Count == 0) figures.Add(Figure(question, null, of[question.Key].GroupBy(c => c.Number).ToDictionary(g => g.Key, g => g.Sum(c => c.N))));
            foreach (var item in items) figures.Add(Figure(question, item, of[question.Key].Where(c => c.Item == item.Key).GroupBy(c => c.Number).ToDictionary(g => g.Key, g => g.Sum(c => c.N))));
        }

        return figures;
    }

    private static QuestionFigure Figure(Question question, Pick? item, Dictionary<int, int> counts)
    {
        var n = counts.Values.Sum();
        if (n == 0) return new(question, item, 0, double.NaN, double.NaN, counts);
        var mean = counts.Sum(c => (double)c.Key * c.Value) / n;
        var variance = n > 1 ? counts.Sum(c => c.Value * (c.Key - mean) * (c.Key - mean)) / (n - 1) : 0;
        return new(question, item, n, mean, Z * Math.Sqrt(variance / n), counts);
    }

    private static IQueryable<Summed<T>> Sum<T>(IQueryable<IGrouping<T, SurveyAnswer>> groups) => groups.Select(g => new Summed<T>
    {
        Key = g.Key,
        Tally = new Tally
        {
            N = g.Count(), Rated = g.Sum(a => a.Overall != null ? 1 : 0), Content = g.Sum(a => a.Content == true ? 1 : 0), Sum = g.Sum(a => a.Overall ?? 0), Nps = g.Sum(a => a.Nps != null ? 1 : 0),
            Promoters = g.Sum(a => a.Nps >= NpsIndex.PromoterFrom ? 1 : 0), Detractors = g.Sum(a => a.Nps <= NpsIndex.DetractorTo ? 1 : 0),
        },
    });

    private sealed record Summed<T>
    {
        public T Key { get; init; } = default!;
        public Tally Tally { get; init; } = new();
    }
}
