using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>
/// A rule of handling, data the shop edits. Kinds: <c>first</c>, <c>next</c>, <c>solution</c> (key = grade, minutes of business time);
/// <c>major</c> (key = what makes a case major, number = days to look back where it counts, words empty); <c>report</c> (key = role to be
/// told of a major, minutes of plain time, number = place in the chain); <c>apology</c> (words = a stock phrase that is not an apology in one's own words).
/// </summary>
public sealed class HandlingRule : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public const int WordsMax = 60;
    /// <summary>What a clock or a report may be set to: a quarter of an hour to two hundred hours.</summary>
    public const int LeastMinutes = 15;
    public const int MostMinutes = 200 * 60;
    public const int MostDays = 3650;

    public required string Kind { get; init; }
    public required string Key { get; init; }
    public int Number { get; set; }
    public int Minutes { get; set; }
    public string Words { get; set; } = "";
    /// <summary>A major rule that is not used any more stays for the cases it named.</summary>
    public bool Active { get; set; } = true;
    public int Version { get; set; }
}

/// <summary>The rules of one company, read once for an act.</summary>
public sealed class HandlingRules(IReadOnlyList<HandlingRule> rules)
{
    /// <summary>The major rule that the product can see by itself: the same customer complained within so many days.</summary>
    public const string Repeat = "repeat";

    /// <summary>What the seeds name (F3, S3-3) and a person has to say; the shop may add its own.</summary>
    public static readonly string[] ReadyMajors = [Repeat, "manufacturer", "disturbance", "return-exchange", "press", "wide", "injury"];

    private static readonly string[] ReadyReports = ["brand-division", "legal", "operations-vice-president", "general-manager"];

    /// <summary>Business hours of a general and of a major case.</summary>
    public ClockTimes Times(ComplaintGrade grade) => new(Minutes("first", grade), Minutes("next", grade), Minutes("solution", grade));

    public IEnumerable<string> Majors => rules.Where(r => r.Kind == "major" && r.Active).OrderBy(r => Array.IndexOf(ReadyMajors, r.Key) is var at && at < 0 ? int.MaxValue : at).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => r.Key);
    public int? RepeatDays => rules.FirstOrDefault(r => r.Kind == "major" && r.Key == Repeat && r.Active)?.Number;
    public IEnumerable<(string Role, int Minutes)> Reports => rules.Where(r => r.Kind == "report" && r.Active).OrderBy(r => r.Number).Select(r => (r.Key, r.Minutes));
    public IEnumerable<string> StockApologies => rules.Where(r => r.Kind == "apology" && r.Active).Select(r => r.Words);

    /// <summary>What a major rule is called: the shop's own words, or the ready ones of its key.</summary>
    public string MajorName(Texts texts, string key) =>
        rules.FirstOrDefault(r => r.Kind == "major" && r.Key == key)?.Words is { Length: > 0 } own ? own : texts.Has("complaints.major." + key) ? texts["complaints.major." + key] : key;

    private int Minutes(string kind, ComplaintGrade grade) =>
        rules.FirstOrDefault(r => r.Kind == kind && r.Key == grade.ToString())?.Minutes ?? Ready().First(r => r.Kind == kind && r.Key == grade.ToString()).Minutes;

    /// <summary>A company that has none yet works by the ready ones.</summary>
    public static Task<HandlingRules> ReadAsync(Db db, CancellationToken cancel) => db.RememberAsync("complaints.rules", MadeOf, async () =>
    {
        var rules = await db.Set<HandlingRule>().ToListAsync(cancel);
        return new HandlingRules(rules.Count > 0 ? rules : [.. Ready()]);
    });

    private static readonly Type[] MadeOf = [typeof(HandlingRule)];

    /// <summary>Ready rules: S3-3's majors, F5's clocks and report chain, stock phrases of apology.</summary>
    public static IEnumerable<HandlingRule> Ready()
    {
        foreach (var (grade, first, next, solution) in new[] { (ComplaintGrade.General, 240, 720, 2160), (ComplaintGrade.Major, 120, 480, 2880) })
        {
            yield return new() { Kind = "first", Key = grade.ToString(), Minutes = first };
            yield return new() { Kind = "next", Key = grade.ToString(), Minutes = next };
            yield return new() { Kind = "solution", Key = grade.ToString(), Minutes = solution };
        }

        foreach (var major in ReadyMajors) yield return new() { Kind = "major", Key = major, Number = major == Repeat ? 90 : 0 };
        foreach (var (role, place) in ReadyReports.Select((r, i) => (r, i))) yield return new() { Kind = "report", Key = role, Number = place, Minutes = 24 * 60 };
    }
}

internal sealed class HandlingRuleMap : IEntityTypeConfiguration<HandlingRule>
{
    public void Configure(EntityTypeBuilder<HandlingRule> rule) => rule.ToTable("complaints_rule");
}
