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

    /// <summary>S3-9: what is major where buildings are kept.</summary>
    public static readonly string[] ReadyPropertyMajors = ["fire", "lift", "explosion", "power", "flood", "theft", "crime", "plant", "structure", "jointly"];

    /// <summary>Kinds of a shop, of S3-9 (its seven), and what was behind a case.</summary>
    private static readonly string[] ReadyKinds = ["quality", "repair", "manner", "price", "waiting", "promise", "delivery"];
    private static readonly string[] ReadyPropertyKinds = ["noise", "facilities", "indoor", "post", "cleanliness", "pests", "services"];
    private static readonly string[] ReadyReasons = ["attitude", "skill", "process", "information", "stock", "defect", "misunderstanding"];

    private static readonly string[] ReadyReports = ["brand-division", "legal", "operations-vice-president", "general-manager"];

    /// <summary>Business hours of a general and of a major case.</summary>
    public ClockTimes Times(ComplaintGrade grade) => new(Minutes("first", grade), Minutes("next", grade), Minutes("solution", grade));

    public IEnumerable<string> Majors => rules.Where(r => r.Kind == "major" && r.Active).OrderBy(r => Array.IndexOf([.. ReadyMajors, .. ReadyPropertyMajors], r.Key) is var at && at < 0 ? int.MaxValue : at).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => r.Key);
    public int? RepeatDays => rules.FirstOrDefault(r => r.Kind == "major" && r.Key == Repeat && r.Active)?.Number;
    public IEnumerable<(string Role, int Minutes)> Reports => rules.Where(r => r.Kind == "report" && r.Active).OrderBy(r => r.Number).Select(r => (r.Key, r.Minutes));
    public IEnumerable<string> StockApologies => rules.Where(r => r.Kind == "apology" && r.Active).Select(r => r.Words);

    /// <summary>One of the shop's own lists (<c>category</c>, <c>reason</c>) as it is offered: what is switched off is not.</summary>
    public IEnumerable<string> Of(string kind) => rules.Where(r => r.Kind == kind && r.Active).OrderBy(r => r.Number).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => r.Key);

    /// <summary>True for a key of that list, also one that is switched off.</summary>
    public bool Has(string kind, string key) => rules.Any(r => r.Kind == kind && r.Key == key);

    /// <summary>What a kind or cause is called: the shop's words, or the ready ones.</summary>
    public string NameOf(Texts texts, string kind, string key) =>
        key.Length == 0 ? texts["complaints.not-sorted"] : rules.FirstOrDefault(r => r.Kind == kind && r.Key == key)?.Words is { Length: > 0 } own ? own : texts.Has($"complaints.{kind}.{key}") ? texts[$"complaints.{kind}.{key}"] : key;

    /// <summary>What a major rule is called: the shop's own words, or the ready ones of its key.</summary>
    public string MajorName(Texts texts, string key) =>
        rules.FirstOrDefault(r => r.Kind == "major" && r.Key == key)?.Words is { Length: > 0 } own ? own : texts.Has("complaints.major." + key) ? texts["complaints.major." + key] : key;

    private int Minutes(string kind, ComplaintGrade grade) =>
        rules.FirstOrDefault(r => r.Kind == kind && r.Key == grade.ToString())?.Minutes ?? Ready().First(r => r.Kind == kind && r.Key == grade.ToString()).Minutes;

    /// <summary>A company that has none yet works by the ready ones.</summary>
    public static Task<HandlingRules> ReadAsync(Db db, CancellationToken cancel) => db.RememberAsync("complaints.rules", MadeOf, async () =>
        new HandlingRules(Whole(await db.Set<HandlingRule>().ToListAsync(cancel), await IsPropertyAsync(db, cancel))));

    /// <summary>A company's own rules; ready ones for the lists that came after it made them its own.</summary>
    internal static List<HandlingRule> Whole(List<HandlingRule> own, bool property) =>
        own.Count == 0 ? [.. Ready(property)] : [.. own, .. Ready(property).Where(r => r.Kind is "category" or "reason" && !own.Exists(o => o.Kind == r.Kind))];

    internal static async Task<bool> IsPropertyAsync(Db db, CancellationToken cancel) => await db.Set<Company>().AnyAsync(c => c.Id == db.CompanyId && c.Trade == "property", cancel);

    private static readonly Type[] MadeOf = [typeof(HandlingRule)];

    /// <summary>Ready rules: S3-3's majors, F5's clocks and report chain, stock phrases of apology.</summary>
    public static IEnumerable<HandlingRule> Ready(bool property = false)
    {
        foreach (var (grade, first, next, solution) in new[] { (ComplaintGrade.General, 240, 720, 2160), (ComplaintGrade.Major, 120, 480, 2880) })
        {
            yield return new() { Kind = "first", Key = grade.ToString(), Minutes = first };
            yield return new() { Kind = "next", Key = grade.ToString(), Minutes = next };
            yield return new() { Kind = "solution", Key = grade.ToString(), Minutes = solution };
        }

        foreach (var major in ReadyMajors) yield return new() { Kind = "major", Key = major, Number = major == Repeat ? 90 : 0 };
        if (property)
        {
            foreach (var major in ReadyPropertyMajors) yield return new() { Kind = "major", Key = major };
        }

        foreach (var (kind, keys) in new[] { ("category", property ? ReadyPropertyKinds : ReadyKinds), ("reason", ReadyReasons) })
        {
            foreach (var (key, place) in keys.Select((k, i) => (k, i))) yield return new() { Kind = kind, Key = key, Number = place };
        }

        foreach (var (role, place) in ReadyReports.Select((r, i) => (r, i))) yield return new() { Kind = "report", Key = role, Number = place, Minutes = 24 * 60 };
    }
}

internal sealed class HandlingRuleMap : IEntityTypeConfiguration<HandlingRule>
{
    public void Configure(EntityTypeBuilder<HandlingRule> rule) => rule.ToTable("complaints_rule");
}
