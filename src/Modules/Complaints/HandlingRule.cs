using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>
/// A rule of handling, data the shop edits. Kinds: <c>first</c>, <c>next</c>, <c>solution</c> (key = grade, minutes of business time);
/// <c>major</c> (key = what makes a case major, number = days to look back where it counts, words empty); <c>report</c> (key = role to be
/// told of a major, minutes of plain time, number = place in the chain, words = <c>onward</c>: by those told before, counted from when the first of them was; <c>manufacturer</c> stands for the maker); <c>result</c> (key = channel or <c>Major</c>:
/// the result goes back to head office, minutes of plain time); <c>help</c> (minutes of business time for the answer to a call for help);
/// <c>pause</c> (key = why the solution clock may rest); <c>extra</c> (a kindness given with one touch, number = what it costs us in minor units); <c>guide</c> (an order of handling, number 1 = the shop's), <c>step</c> (key = guide:step, number = place,
/// minutes 1 = settling needs it), <c>mood</c> (key = sort of customer, words = its guide); <c>target</c> (key = figure of the table, number = percent); <c>aim</c> (key = time of the table, minutes of business time);
/// <c>kind-target</c>, <c>kind-aim</c> (the same for one sort of complaint: key = figure:category); <c>apology</c> (words = a stock phrase that is not an apology in one's own words).
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
    /// <summary>What an extra may cost, minor units; more is a compensation that somebody writes down.</summary>
    public const int MostExtra = 10_000_00;

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

    private static readonly string[] ReadyPauses = [Pause.Customer, "parts", "outside", "appointed"];

    /// <summary>S1's fourth step: something small beyond the remedy, what costs nothing first.</summary>
    private static readonly (string Key, int Amount)[] ReadyExtras = [("doorstep", 0), ("gift", 30_00), ("voucher", 50_00)];

    /// <summary>The key under which every major case owes its result to head office.</summary>
    public const string AnyMajor = "Major";

    /// <summary>Words of a report that those who were told before pass on.</summary>
    public const string Onward = "onward";

    // Within 24 hours to brand division and legal, who report promptly to the operations vice-president and the CEO; the general manager is called at once.
    private static readonly (string Role, int Minutes, string Words)[] ReadyReports = [("brand-division", 24 * 60, ""), ("legal", 24 * 60, ""), ("operations-vice-president", 120, Onward), ("ceo", 120, Onward)];

    /// <summary>Business hours of a general and of a major case.</summary>
    public ClockTimes Times(ComplaintGrade grade) => new(Minutes("first", grade), Minutes("next", grade), Minutes("solution", grade));

    public IEnumerable<string> Majors => rules.Where(r => r.Kind == "major" && r.Active).OrderBy(r => Array.IndexOf([.. ReadyMajors, .. ReadyPropertyMajors], r.Key) is var at && at < 0 ? int.MaxValue : at).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => r.Key);
    public int? RepeatDays => rules.FirstOrDefault(r => r.Kind == "major" && r.Key == Repeat && r.Active)?.Number;
    /// <summary>The chain of a major case. An onward link is owed so long after the first link before it was told.</summary>
    public IReadOnlyList<(string Role, int Minutes, bool Onward)> Reports => [.. rules.Where(r => r.Kind == "report" && r.Active).OrderBy(r => r.Number).Select(r => (r.Key, r.Minutes, r.Words == Onward))];
    /// <summary>The order in which new cases are handled.</summary>
    public string Guide => rules.FirstOrDefault(r => r.Kind == "guide" && r.Number == 1)?.Key ?? ReadyGuides.S1;

    public IEnumerable<string> Guides => rules.Where(r => r.Kind == "guide").OrderBy(r => Array.FindIndex(ReadyGuides.All, g => g.Guide == r.Key) is var at && at < 0 ? int.MaxValue : at).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => r.Key);

    /// <summary>The order for a sort of customer; the shop's where none is set.</summary>
    public string GuideFor(string mood) => rules.FirstOrDefault(r => r.Kind == "mood" && r.Key == mood)?.Words is { Length: > 0 } guide && Has("guide", guide) ? guide : Guide;

    /// <summary>The steps of an order; the report up the line stands there only for majors.</summary>
    public IReadOnlyList<GuideStep> StepsOf(string guide, ComplaintGrade grade) =>
        [.. rules.Where(r => r.Kind == "step" && r.Active && r.Key.StartsWith(guide + ":", StringComparison.Ordinal)).OrderBy(r => r.Number).Select(r => new GuideStep(r.Key[(guide.Length + 1)..], r.Words, r.Minutes > 0)).Where(s => s.Key != RecoveryStep.Report || grade == ComplaintGrade.Major)];

    /// <summary>What a step is called in an order: the shop's words, the order's own, or the ready ones.</summary>
    public static string StepName(Texts texts, string? language, string guide, GuideStep step)
    {
        if (step.Words.Length > 0) return step.Words;
        var own = $"complaints.step.{guide}.{step.Key}";
        var text = texts.Has(own) ? own : "complaints.step." + step.Key;
        return language is null ? texts[text] : texts.In(language, text);
    }

    /// <summary>What a step that was done is called, also when the order knows it no more.</summary>
    public string StepName(Texts texts, string? language, string guide, string key)
    {
        var words = rules.FirstOrDefault(r => r.Kind == "step" && r.Key == guide + ":" + key)?.Words ?? rules.FirstOrDefault(r => r.Kind == "step" && r.Key.EndsWith(":" + key, StringComparison.Ordinal) && r.Words.Length > 0)?.Words ?? "";
        return words.Length > 0 || texts.Has("complaints.step." + key) ? StepName(texts, language, guide, new GuideStep(key, words, false)) : key;
    }

    /// <summary>The shares of the table that have a target.</summary>
    public static readonly string[] Targets = ["first-share", "solution-share", "recovered"];

    /// <summary>Percent aimed at for a figure of the table, of a sort of complaint where it has its own; null: none.</summary>
    public int? Target(string figure, string? category = null) =>
        (category is { Length: > 0 } ? rules.FirstOrDefault(r => r.Kind == "kind-target" && r.Key == $"{figure}:{category}") : null)?.Number ?? rules.FirstOrDefault(r => r.Kind == "target" && r.Key == figure && r.Active)?.Number;

    /// <summary>The times of the table that have a target: median and nine of ten, of the first answer and of the solution.</summary>
    public static readonly string[] Aims = ["first-median", "first-p90", "solution-median", "solution-p90"];

    /// <summary>Business minutes aimed at for a time of the table, of a sort of complaint where it has its own; null: none.</summary>
    public int? AimOf(string time, string? category = null) =>
        (category is { Length: > 0 } ? rules.FirstOrDefault(r => r.Kind == "kind-aim" && r.Key == $"{time}:{category}") : null)?.Minutes ?? rules.FirstOrDefault(r => r.Kind == "aim" && r.Key == time && r.Active)?.Minutes;

    /// <summary>Business minutes for the answer to a call for help.</summary>
    public int HelpMinutes => rules.FirstOrDefault(r => r.Kind == "help")?.Minutes ?? 240;

    /// <summary>Plain minutes within which the result goes back to head office; null: it need not.</summary>
    public int? ResultMinutes(string channel, ComplaintGrade grade) =>
        rules.Where(r => r.Kind == "result" && r.Active && (r.Key == channel || r.Key == AnyMajor && grade == ComplaintGrade.Major)).Select(r => (int?)r.Minutes).Min();

    /// <summary>The kindnesses that are given with one touch, and what each costs us in minor units.</summary>
    public IReadOnlyList<(string Key, long Amount)> Extras => [.. rules.Where(r => r.Kind == "extra" && r.Active).OrderBy(r => r.Number).ThenBy(r => r.Words, StringComparer.Ordinal).Select(r => (r.Key, (long)r.Number))];

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
        own.Count == 0 ? [.. Ready(property)] : [.. own, .. Ready(property).Where(r => Later.Contains(r.Kind) && !own.Exists(o => o.Kind == r.Kind))];

    internal static async Task<bool> IsPropertyAsync(Db db, CancellationToken cancel) => await db.Set<Company>().AnyAsync(c => c.Id == db.CompanyId && c.Trade == "property", cancel);

    // Kinds that came after a company may have made its rules its own; none of them can be emptied, only switched off.
    private static readonly string[] Later = ["category", "reason", "pause", "result", "help", "guide", "step", "mood", "target", "aim", "extra"];

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

        foreach (var (kind, keys) in new[] { ("category", property ? ReadyPropertyKinds : ReadyKinds), ("reason", ReadyReasons), ("pause", ReadyPauses) })
        {
            foreach (var (key, place) in keys.Select((k, i) => (k, i))) yield return new() { Kind = kind, Key = key, Number = place };
        }

        foreach (var (key, amount) in ReadyExtras) yield return new() { Kind = "extra", Key = key, Number = amount };
        yield return new() { Kind = "result", Key = ComplaintsDesk.HeadOffice, Minutes = 24 * 60 };
        yield return new() { Kind = "result", Key = AnyMajor, Number = 1, Minutes = 24 * 60 };
        foreach (var rule in ReadyGuides.Rules()) yield return rule;
        foreach (var (key, percent) in new[] { ("first-share", 90), ("solution-share", 85), ("recovered", 80) }) yield return new() { Kind = "target", Key = key, Number = percent };
        foreach (var (key, minutes, place) in new[] { ("first-median", 120, 0), ("first-p90", 240, 1), ("solution-median", 1080, 2), ("solution-p90", 2160, 3) }) yield return new() { Kind = "aim", Key = key, Number = place, Minutes = minutes };
        yield return new() { Kind = "help", Key = "Help", Minutes = 240 };
        foreach (var ((role, minutes, words), place) in ReadyReports.Select((r, i) => (r, i))) yield return new() { Kind = "report", Key = role, Number = place, Minutes = minutes, Words = words };
    }
}

internal sealed class HandlingRuleMap : IEntityTypeConfiguration<HandlingRule>
{
    public void Configure(EntityTypeBuilder<HandlingRule> rule) => rule.ToTable("complaints_rule");
}
