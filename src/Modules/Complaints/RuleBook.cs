using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>The shop's own rules of handling, changed from the page and from the API: one transaction, the caller's. What is open keeps the clocks it was given.</summary>
public sealed class RuleBook(Db db, Audit audit)
{
    /// <summary>Kinds that the shop adds to and takes from.</summary>
    public static readonly string[] Lists = ["category", "reason", "major", "pause", "report", "result", "help", "extra", "target", "aim", "kind-target", "kind-aim", "apology"];

    /// <summary>Lists whose entries cases bear: switched off, not removed.</summary>
    public static readonly string[] Borne = ["category", "reason", "major", "pause", "result", "help", "extra", "target", "aim"];

    /// <summary>Lists whose entries have a time of their own.</summary>
    public static readonly string[] Timed = ["report", "result", "help", "aim", "kind-aim"];

    /// <summary>All rules, as they stand or ready.</summary>
    public async Task<List<HandlingRule>> AllAsync(CancellationToken cancel = default)
    {
        var rules = HandlingRules.Whole(await db.Set<HandlingRule>().ToListAsync(cancel), await HandlingRules.IsPropertyAsync(db, cancel));
        return [.. rules.OrderBy(r => r.Kind, StringComparer.Ordinal).ThenBy(r => r.Kind is "report" or "category" or "reason" or "pause" or "result" or "aim" or "extra" ? r.Number : 0).ThenBy(r => r.Key.StartsWith("own-", StringComparison.Ordinal)).ThenBy(r => r.Words, StringComparer.Ordinal).ThenBy(r => Array.IndexOf(HandlingRules.ReadyMajors, r.Key))];
    }

    /// <summary>Sets the three clocks of a grade, in business minutes.</summary>
    /// <param name="grade">Of which cases.</param>
    /// <param name="times">How long.</param>
    /// <param name="version">What the form was opened on (<see cref="VersionOf"/>); null: whatever stands.</param>
    /// <param name="cancel">Stops.</param>
    public async Task SetClocksAsync(ComplaintGrade grade, ClockTimes times, string? version, CancellationToken cancel = default)
    {
        var rules = await OwnAsync(cancel);
        if (version is not null && version != VersionOf(rules)) throw new DbUpdateConcurrencyException();
        foreach (var (kind, minutes) in new[] { ("first", times.First), ("next", times.Next), ("solution", times.Solution) })
        {
            if (minutes is < HandlingRule.LeastMinutes or > HandlingRule.MostMinutes) throw new Refused("complaints.rules.hours-wrong", Hours(HandlingRule.LeastMinutes), Hours(HandlingRule.MostMinutes)) { Field = $"{grade}.{char.ToUpperInvariant(kind[0])}{kind[1..]}Minutes" };
            if (kind == "solution" && minutes < times.First) throw new Refused("complaints.rules.solution-first") { Field = $"{grade}.SolutionMinutes" };
            var rule = rules.FirstOrDefault(r => r.Kind == kind && r.Key == grade.ToString());
            if (rule?.Minutes == minutes) continue;
            if (rule is null) db.Set<HandlingRule>().Add(rule = new HandlingRule { Kind = kind, Key = grade.ToString() });
            rule.Minutes = minutes;
            audit.Add("complaints.rule", "complaints.rule", rule.Id, $"{kind} {grade} {minutes}");
        }
    }

    /// <summary>
    /// Adds a major rule (its words), a target of one sort of complaint (figure:category, minutes or percent), an extra (its words, minor units), a role to the report chain (its key, minutes), a stock
    /// phrase (its words). <paramref name="number"/> is the percent, or the minor units.
    /// </summary>
    public async Task<HandlingRule> AddAsync(string kind, string words, string role, int minutes, CancellationToken cancel = default, int number = 0, bool onward = false)
    {
        var rules = await OwnAsync(cancel);
        HandlingRule rule;
        if (kind == "report")
        {
            if (role != Upward.Manufacturer && !await db.Set<Role>().AnyAsync(r => r.Key == role, cancel)) throw new Refused("complaints.rules.role-unknown") { Field = "In.Role" };
            if (rules.Exists(r => r.Kind == kind && r.Key == role)) throw new Refused("complaints.rules.there-already") { Field = "In.Role" };
            rule = new() { Kind = kind, Key = role, Words = onward ? HandlingRules.Onward : "", Minutes = Checked(minutes), Number = rules.Where(r => r.Kind == kind).Select(r => r.Number + 1).DefaultIfEmpty(0).Max() };
        }
        else if (kind == "result")
        {
            if (role != HandlingRules.AnyMajor && !Handling.IntakeChannels.Contains(role)) throw new Refused("complaints.rules.channel-unknown") { Field = "In.Role" };
            if (rules.Exists(r => r.Kind == kind && r.Key == role)) throw new Refused("complaints.rules.there-already") { Field = "In.Role" };
            rule = new() { Kind = kind, Key = role, Minutes = Checked(minutes), Number = rules.Where(r => r.Kind == kind).Select(r => r.Number + 1).DefaultIfEmpty(0).Max() };
        }
        else if (kind is "kind-target" or "kind-aim")
        {
            if (role.Split(':', 2) is not [var figure, var category] || !(kind == "kind-aim" ? HandlingRules.Aims : HandlingRules.Targets).Contains(figure) || !rules.Exists(r => r.Kind == "category" && r.Key == category)) throw new Refused("complaints.rules.figure-unknown") { Field = "In.Role" };
            if (rules.Exists(r => r.Kind == kind && r.Key == role)) throw new Refused("complaints.rules.there-already") { Field = "In.Role" };
            rule = new() { Kind = kind, Key = role, Minutes = kind == "kind-aim" ? Checked(minutes) : 0, Number = kind == "kind-target" ? Percent(number, "In.Percent") : 0 };
        }
        else
        {
            if (kind is "help" or "target" or "aim" || !Lists.Contains(kind)) throw new Refused("complaints.rules.kind-unknown");
            words = Checked(words);
            if (rules.Exists(r => r.Kind == kind && r.Words == words)) throw new Refused("complaints.rules.there-already") { Field = "In.Words" };
            rule = new() { Kind = kind, Key = "own-" + Guid.NewGuid().ToString("N")[..8], Words = words, Number = kind == "extra" ? Extra(number) : rules.Where(r => r.Kind == kind).Select(r => r.Number + 1).DefaultIfEmpty(0).Max() };
        }

        db.Set<HandlingRule>().Add(rule);
        audit.Add("complaints.rule-add", "complaints.rule", rule.Id, $"{kind} {rule.Key}");
        return rule;
    }

    /// <summary>Changes one rule of a list. Ready ones keep their name. <paramref name="number"/> is a target's percent, an extra's minor units, the repeat rule's days.</summary>
    public async Task ChangeAsync(string kind, string key, string words, int number, int minutes, int? place, bool active, int version, CancellationToken cancel = default, bool? onward = null)
    {
        var rules = await OwnAsync(cancel);
        var rule = rules.Find(r => r.Kind == kind && r.Key == key && Lists.Contains(kind)) ?? throw new NotThere();
        if (rule.Version != version) throw new DbUpdateConcurrencyException();
        if (Timed.Contains(rule.Kind))
        {
            rule.Minutes = Checked(minutes);
            if (rule.Kind == "report" && place is { } wanted) Move(rules, rule, wanted);
            if (rule.Kind == "report" && onward is { } passed) rule.Words = passed ? HandlingRules.Onward : "";
        }
        else if (rule.Kind is "target" or "kind-target") rule.Number = Percent(number, "In.Days");
        else if (rule.Key == HandlingRules.Repeat)
        {
            if (number is < 1 or > HandlingRule.MostDays) throw new Refused("complaints.rules.days-wrong", HandlingRule.MostDays) { Field = "In.Days" };
            rule.Number = number;
        }
        else if (rule.Kind == "extra")
        {
            rule.Number = Extra(number);
            if (rule.Key.StartsWith("own-", StringComparison.Ordinal)) rule.Words = Checked(words);
        }
        else if (rule.Key.StartsWith("own-", StringComparison.Ordinal)) rule.Words = Checked(words);

        if (Borne.Contains(rule.Kind) && rule.Kind != "help") rule.Active = active;
        audit.Add("complaints.rule", "complaints.rule", rule.Id, $"{rule.Kind} {rule.Key} {(Timed.Contains(rule.Kind) ? rule.Minutes : rule.Number)}{(rule.Active ? "" : " off")}");
    }

    /// <summary>Takes a role from the chain or a phrase from the list. A major rule is switched off instead, since cases bear its name.</summary>
    public async Task RemoveAsync(string kind, string key, CancellationToken cancel = default)
    {
        var rules = await OwnAsync(cancel);
        var rule = rules.Find(r => r.Kind == kind && r.Key == key && Lists.Contains(kind)) ?? throw new NotThere();
        if (Borne.Contains(rule.Kind)) throw new Refused("complaints.rules.major-stays");
        db.Set<HandlingRule>().Remove(rule);
        audit.Add("complaints.rule-remove", "complaints.rule", rule.Id, $"{rule.Kind} {rule.Key}");
    }

    /// <summary>What stands now, in one word: a form that was opened on something else is a conflict.</summary>
    public static string VersionOf(IEnumerable<HandlingRule> rules) =>
        string.Join('.', rules.Where(r => r.Kind is "first" or "next" or "solution").OrderBy(r => r.Kind, StringComparer.Ordinal).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Version));

    private static string Hours(int minutes) => (minutes / 60m).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    // A company that has none yet works by the ready ones; from the first change on they are its own.
    internal async Task<List<HandlingRule>> OwnAsync(CancellationToken cancel)
    {
        var rules = await db.Set<HandlingRule>().AsTracking().ToListAsync(cancel);
        var whole = HandlingRules.Whole(rules, await HandlingRules.IsPropertyAsync(db, cancel));
        if (whole.Count == rules.Count) return rules;
        db.Set<HandlingRule>().AddRange(whole.Except(rules));
        rules = whole;
        try
        {
            await db.SaveChangesAsync(cancel); // before the change, so that the change counts as one
        }
        catch (DbUpdateException failed) when (failed.IsUniqueViolation())
        {
            throw new DbUpdateConcurrencyException(); // another made the first change at the same moment
        }

        return rules;
    }

    private static void Move(List<HandlingRule> rules, HandlingRule rule, int place)
    {
        var chain = rules.Where(r => r.Kind == "report" && r != rule).OrderBy(r => r.Number).ToList();
        chain.Insert(Math.Clamp(place, 0, chain.Count), rule);
        for (var i = 0; i < chain.Count; i++) chain[i].Number = i;
    }

    private static int Extra(int amount) => amount is >= 0 and <= HandlingRule.MostExtra ? amount : throw new Refused("complaints.rules.amount-wrong", Spoken.Money(HandlingRule.MostExtra)) { Field = "In.Amount" };

    private static int Percent(int percent, string field) => percent is >= 1 and <= 100 ? percent : throw new Refused("complaints.rules.percent-wrong") { Field = field };

    private static int Checked(int minutes) =>
        minutes is >= HandlingRule.LeastMinutes and <= HandlingRule.MostMinutes ? minutes : throw new Refused("complaints.rules.hours-wrong", Hours(HandlingRule.LeastMinutes), Hours(HandlingRule.MostMinutes)) { Field = "In.Minutes" };

    internal static string Checked(string? words, string field = "In.Words")
    {
        words = words?.Trim() ?? "";
        if (words.Length == 0) throw new Refused("complaints.write-it") { Field = field };
        if (words.Length > HandlingRule.WordsMax) throw new Refused("complaints.too-long", HandlingRule.WordsMax) { Field = field };
        return words;
    }
}
