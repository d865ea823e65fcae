using System.Globalization;
using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>A week (Monday to Sunday) or a month of the table, in days of the company.</summary>
public readonly record struct TableSpan(bool IsWeek, DateOnly From, DateOnly Next)
{
    /// <summary>The one that holds a day; what is no day or lies outside the calendar means today.</summary>
    public static TableSpan Of(string? of, string? on, DateOnly today)
    {
        var day = DateOnly.TryParseExact(on, ["yyyy-MM-dd", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read.Year is > 1970 and < 2200 ? read : today;
        if (of == "week")
        {
            var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
            return new(true, monday, monday.AddDays(7));
        }

        var first = new DateOnly(day.Year, day.Month, 1);
        return new(false, first, first.AddMonths(1));
    }

    public string Word => IsWeek ? "week" : "month";
    public TableSpan Before => Of(Word, Text(From.AddDays(-1)), From);
    public TableSpan After => Of(Word, Text(Next), Next);

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>One line: the group's key as the list of cases takes it, its name, its figures.</summary>
public sealed record TableLine(string Key, string Name, Tally Tally);

/// <summary>The whole table with its sum.</summary>
public sealed record TableView(TableSpan Span, string By, Tally All, IReadOnlyList<TableLine> Lines)
{
    /// <summary>The sort of complaint a line is of, whose own targets it is held against; null: all of them.</summary>
    public string? CategoryOf(TableLine? line) => By == "category" ? line?.Key : null;
}

/// <summary>
/// 客户月投诉统计表 (F12): what came in a week or month, by kind, sort, cause, grade, channel, store, product or person, as far as one may see.
/// A case counts in the span in which it was taken down; its times are business time of its store.
/// </summary>
public sealed class ComplaintTable(Db db, CurrentUser me, TimeProvider time, Texts texts, BusinessCalendars hours, IEnumerable<IHandlingScores> scores)
{
    /// <summary>What the table may go by; the word is also the condition of the list of cases.</summary>
    public static readonly string[] Dimensions = ["kind", "category", "cause", "reason", "grade", "channel", "store", "product", "owner"];

    public async Task<TableView> ReadAsync(TableSpan span, string? by, Guid? storeId, CancellationToken cancel = default)
    {
        by = Dimensions.Contains(by) ? by! : "kind";
        var (begin, end, now) = (Start(span.From), Start(span.Next), time.Now());
        var rows = db.Set<Complaint>().Where(c => c.At >= begin && c.At < end && c.State != ComplaintState.Merged);
        if (storeId is not null) rows = rows.Where(c => c.StoreId == storeId);
        var cases = await rows.OrderBy(c => c.At).ThenBy(c => c.Id).Select(c => new
        {
            c.Id, c.Kind, c.Category, c.Cause, c.Reason, c.Grade, c.Channel, c.StoreId, c.Product, c.OwnerId, c.At, c.FirstDueAt, c.FirstDoneAt, c.SolutionDueAt, c.SolutionDoneAt, c.Round, c.RepeatOf, c.State, c.PausedMicros,
        }).ToListAsync(cancel);
        var said = (await (from x in db.Set<Confirmation>() join c in rows on x.ComplaintId equals c.Id orderby x.Round select new { x.ComplaintId, Kind = x.Round == c.Round ? x.Kind : ConfirmationKind.Disagreed }).ToListAsync(cancel)).GroupBy(x => x.ComplaintId).ToDictionary(g => g.Key, g => g.Last().Kind);
        var cost = (await (from x in db.Set<Compensation>() join c in rows on x.ComplaintId equals c.Id where x.State == CompensationState.Effective group x.Amount by x.ComplaintId into g select new { g.Key, Sum = g.Sum() }).ToListAsync(cancel)).ToDictionary(g => g.Key, g => g.Sum);
        var rated = new Dictionary<Guid, int>();
        foreach (var source in scores)
        {
            foreach (var (id, score) in await source.OfAsync(rows.Select(c => c.Id), cancel)) rated[id] = score;
        }

        var clocks = new Dictionary<Guid, BusinessClock>();
        var counted = new List<CountedCase>(cases.Count);
        foreach (var c in cases)
        {
            if (!clocks.TryGetValue(c.StoreId ?? Guid.Empty, out var clock)) clocks[c.StoreId ?? Guid.Empty] = clock = await hours.ForAsync(c.StoreId, cancel);
            counted.Add(new CountedCase
            {
                Id = c.Id, At = c.At,
                Group = by switch
                {
                    "category" => c.Category,
                    "cause" => c.Cause.ToString(),
                    "reason" => c.Reason,
                    "grade" => c.Grade.ToString(),
                    "channel" => c.Channel,
                    "store" => c.StoreId?.ToString() ?? "",
                    "product" => c.Product,
                    "owner" => c.OwnerId?.ToString() ?? "",
                    _ => c.Kind.ToString(),
                },
                First = c.FirstDoneAt is { } first ? clock.BusinessTimeBetween(c.At, first).TotalMinutes : null,
                Solution = c.SolutionDoneAt is { } done ? Math.Max(0, (clock.BusinessTimeBetween(c.At, done) - TimeSpan.FromMicroseconds(c.PausedMicros)).TotalMinutes) : null,
                FirstInTime = c.FirstDoneAt is { } at ? at <= c.FirstDueAt : c.FirstDueAt < now ? false : null,
                SolutionInTime = c.SolutionDoneAt is { } end2 ? end2 <= c.SolutionDueAt : c.SolutionDueAt < now ? false : null,
                Repeat = c.RepeatOf is not null, Said = said.TryGetValue(c.Id, out var words) ? words : null, Settled = c.State is ComplaintState.Settled or ComplaintState.Ended,
                Reopened = c.Round > 1, Score = rated.TryGetValue(c.Id, out var score) ? score : null, Cost = cost.GetValueOrDefault(c.Id),
            });
        }

        var names = await NamesAsync(by, [.. counted.Select(c => c.Group).Distinct()], cancel);
        return new TableView(span, by, Tally.Of(counted), [.. counted.GroupBy(c => c.Group).Select(g => new TableLine(g.Key, names(g.Key), Tally.Of([.. g]))).OrderByDescending(l => l.Tally.Count).ThenBy(l => l.Name, StringComparer.Ordinal)]);
    }

    /// <summary>How many came in each of the last spans, the present one last.</summary>
    public async Task<IReadOnlyList<(TableSpan Span, int Count)>> TrendAsync(TableSpan span, int back, Guid? storeId, CancellationToken cancel = default)
    {
        var spans = new List<TableSpan> { span };
        while (spans.Count < back) spans.Insert(0, spans[0].Before);
        var (begin, end) = (Start(spans[0].From), Start(span.Next));
        var rows = db.Set<Complaint>().Where(c => c.At >= begin && c.At < end && c.State != ComplaintState.Merged);
        if (storeId is not null) rows = rows.Where(c => c.StoreId == storeId);
        var at = await rows.Select(c => c.At).ToListAsync(cancel);
        return [.. spans.Select(s => (s, at.Count(a => a >= Start(s.From) && a < Start(s.Next))))];
    }

    /// <summary>Midnight of a day in the company.</summary>
    public DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue).Utc(me.Zone);

    /// <summary>Writes it as a sheet; shares of few cases stay counts as on screen.</summary>
    public async Task WriteAsync(SheetWriter sheet, TableView view, CancellationToken cancel)
    {
        var rules = await HandlingRules.ReadAsync(db, cancel);
        await sheet.WriteAsync([texts["complaints.table.by." + view.By], .. Heads.Select(h => (object?)texts["complaints.table." + h]), .. HandlingRules.Targets.Select(f => (object?)texts["complaints.table.target-of", texts["complaints.target." + f]]), .. HandlingRules.Aims.Select(a => (object?)texts["complaints.table.aim-of", texts["complaints.aim." + a]])], cancel);
        foreach (var line in view.Lines.Append(new TableLine("", texts["complaints.table.all"], view.All)))
        {
            var t = line.Tally;
            await sheet.WriteAsync([line.Name, t.Count, Hours(t.FirstMedian), Hours(t.FirstP90), t.FirstInTime.In, t.FirstInTime.Of, Hours(t.SolutionMedian), Hours(t.SolutionP90), t.SolutionInTime.In, t.SolutionInTime.Of,
                t.Repeats, t.Recovered.In, t.Recovered.Of, t.Reopened, t.Score is { } score ? Math.Round((decimal)score, 2) : null, t.Scored, t.Cost / 100m,
                .. HandlingRules.Targets.Select(f => (object?)rules.Target(f, view.CategoryOf(line))), .. HandlingRules.Aims.Select(a => (object?)Hours(rules.AimOf(a, view.CategoryOf(line))))], cancel);
        }

        await sheet.FinishAsync(cancel);
    }

    private static readonly string[] Heads = ["count", "first-median", "first-p90", "first-in", "first-of", "solution-median", "solution-p90", "solution-in", "solution-of", "repeats", "recovered-in", "recovered-of", "reopened", "score", "scored", "cost"];

    private static decimal? Hours(double? minutes) => minutes is { } m ? Math.Round((decimal)m / 60, 2) : null;

    private async Task<Func<string, string>> NamesAsync(string by, IReadOnlyCollection<string> keys, CancellationToken cancel)
    {
        if (by is "store" or "owner")
        {
            var ids = keys.Where(k => k.Length > 0).Select(Guid.Parse).ToList();
            var names = by == "store" ? await db.Set<Store>().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id.ToString(), s => s.Name, cancel) : await db.Set<Member>().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id.ToString(), m => m.Name, cancel);
            return key => names.TryGetValue(key, out var name) ? name : texts["complaints.nobody"];
        }

        var rules = await HandlingRules.ReadAsync(db, cancel);
        return by switch
        {
            "category" or "reason" => key => rules.NameOf(texts, by, key),
            "product" => key => key.Length == 0 ? texts["complaints.not-sorted"] : key,
            "channel" => key => texts.Has("complaints.in." + key) ? texts["complaints.in." + key] : key,
            _ => key => texts[$"complaints.{by}.{key}"],
        };
    }
}
