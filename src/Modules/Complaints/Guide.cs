using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Huitou.Access.Public;

namespace Huitou.Complaints;

/// <summary>Keys of the ready steps of handling; the shop may add its own (<c>own-…</c>).</summary>
public static class RecoveryStep
{
    public const string Apology = "Apology", Listen = "Listen", Remedy = "Remedy", Extra = "Extra", Promise = "Promise", FollowUp = "FollowUp";
    public const string Repeat = "Repeat", Thank = "Thank", Ask = "Ask", Follow = "Follow", Reply = "Reply", Record = "Record", Report = "Report";

    /// <summary>Where the three wins are weighed (F4): with the remedy, or with the answer in an order that has no remedy of its own.</summary>
    public static bool Weighs(string step, IEnumerable<string> order) => step == Remedy || step == Reply && !order.Contains(Remedy);

    /// <summary>What is owed once in a case, however often it is taken up again.</summary>
    public static bool OnlyFirstRound(string step) => step == Apology;
}

/// <summary>A step in the order a case is handled in.</summary>
/// <param name="Key">Of the step; the same act has the same key in every order.</param>
/// <param name="Words">The shop's own name; empty: the ready one.</param>
/// <param name="Needed">The case is not settled without it.</param>
public sealed record GuideStep(string Key, string Words, bool Needed);

/// <summary>The orders of guided handling that come ready: S1's six steps, S2's five, S3-9's six.</summary>
public static class ReadyGuides
{
    public const string S1 = "s1", S2 = "s2", S39 = "s39";

    /// <summary>S2's four sorts of customers.</summary>
    public static readonly string[] Moods = ["hesitant", "kind", "insistent", "angry"];

    internal static readonly (string Guide, (string Step, bool Needed)[] Steps)[] All =
    [
        (S1, [(RecoveryStep.Apology, true), (RecoveryStep.Listen, true), (RecoveryStep.Remedy, true), (RecoveryStep.Extra, false), (RecoveryStep.Promise, false), (RecoveryStep.FollowUp, false)]),
        (S2, [(RecoveryStep.Listen, true), (RecoveryStep.Repeat, false), (RecoveryStep.Apology, true), (RecoveryStep.Remedy, true), (RecoveryStep.Thank, false)]),
        (S39, [(RecoveryStep.Listen, true), (RecoveryStep.Ask, true), (RecoveryStep.Follow, false), (RecoveryStep.Reply, true), (RecoveryStep.Record, false), (RecoveryStep.Report, false)]),
    ];

    // An angry customer is heard out before anything is said; an insistent one wants it clear and followed to the end.
    internal static readonly (string Mood, string Guide)[] ByMood = [("hesitant", ""), ("kind", ""), ("insistent", S39), ("angry", S2)];

    internal static IEnumerable<HandlingRule> Rules()
    {
        foreach (var (guide, place) in All.Select((g, i) => (g, i)))
        {
            yield return new() { Kind = "guide", Key = guide.Guide, Number = place == 0 ? 1 : 0 };
            foreach (var (step, n) in guide.Steps.Select((s, i) => (s, i))) yield return new() { Kind = "step", Key = guide.Guide + ":" + step.Step, Number = n, Minutes = step.Needed ? 1 : 0 };
        }

        foreach (var (mood, guide) in ByMood) yield return new() { Kind = "mood", Key = mood, Words = guide };
    }
}

/// <summary>The shop's orders of handling: which one is its own, what its steps are, which one a sort of customer is handled by.</summary>
public sealed class Guides(Db db, Audit audit, RuleBook book)
{
    public const int MostSteps = 12;

    /// <summary>Cases opened from now on are handled in this order.</summary>
    public async Task PickAsync(string guide, CancellationToken cancel = default)
    {
        var rules = await book.OwnAsync(cancel);
        var picked = Guide(rules, guide);
        foreach (var rule in rules.Where(r => r.Kind == "guide")) rule.Number = rule == picked ? 1 : 0;
        audit.Add("complaints.guide", "complaints.rule", picked.Id, guide);
    }

    /// <summary>An order of the shop's own, begun as a copy of another.</summary>
    public async Task<string> AddAsync(string? name, string from, CancellationToken cancel = default)
    {
        var rules = await book.OwnAsync(cancel);
        Guide(rules, from, "In.From");
        name = RuleBook.Checked(name, "In.Name");
        if (rules.Exists(r => r.Kind == "guide" && r.Words == name)) throw new Refused("complaints.rules.there-already") { Field = "In.Name" };
        var made = new HandlingRule { Kind = "guide", Key = "own-" + Guid.NewGuid().ToString("N")[..8], Words = name };
        db.Set<HandlingRule>().Add(made);
        foreach (var step in rules.Where(r => r.Kind == "step" && r.Key.StartsWith(from + ":", StringComparison.Ordinal)))
        {
            db.Set<HandlingRule>().Add(new HandlingRule { Kind = "step", Key = made.Key + step.Key[from.Length..], Number = step.Number, Minutes = step.Minutes, Words = step.Words, Active = step.Active });
        }

        audit.Add("complaints.guide", "complaints.rule", made.Id, made.Key);
        return made.Key;
    }

    /// <summary>Adds a step, or changes one: its name, its place, whether settling needs it, whether it is used.</summary>
    /// <param name="guide">Which order.</param>
    /// <param name="step">Key; null adds one.</param>
    /// <param name="name">Its name; empty keeps the ready one's.</param>
    /// <param name="place">From 0.</param>
    /// <param name="needed">The case is not settled without it.</param>
    /// <param name="active">Used.</param>
    /// <param name="version">What the form was opened on; null: whatever stands.</param>
    /// <param name="cancel">Stops.</param>
    public async Task StepAsync(string guide, string? step, string? name, int place, bool needed, bool active, int? version, CancellationToken cancel = default)
    {
        var rules = await book.OwnAsync(cancel);
        Guide(rules, guide);
        var steps = rules.Where(r => r.Kind == "step" && r.Key.StartsWith(guide + ":", StringComparison.Ordinal)).OrderBy(r => r.Number).ToList();
        HandlingRule rule;
        if (step is null)
        {
            if (steps.Count >= MostSteps) throw new Refused("complaints.guide.most", MostSteps);
            rule = new HandlingRule { Kind = "step", Key = $"{guide}:own-{Guid.NewGuid().ToString("N")[..8]}", Words = RuleBook.Checked(name, "In.Name") };
            db.Set<HandlingRule>().Add(rule);
        }
        else
        {
            rule = steps.Find(r => r.Key == guide + ":" + step) ?? throw new NotThere();
            if (version is not null && rule.Version != version) throw new DbUpdateConcurrencyException();
            name = name?.Trim() ?? "";
            if (name.Length > HandlingRule.WordsMax) throw new Refused("complaints.too-long", HandlingRule.WordsMax) { Field = "In.Name" };
            if (name.Length == 0 && step.StartsWith("own-", StringComparison.Ordinal)) throw new Refused("complaints.write-it") { Field = "In.Name" };
            rule.Words = name;
            if (!active && steps.Count(s => s.Active && s != rule) == 0) throw new Refused("complaints.guide.one-step") { Field = "In.Active" };
            rule.Active = active;
            steps.Remove(rule);
        }

        rule.Minutes = needed ? 1 : 0;
        steps.Insert(Math.Clamp(place, 0, steps.Count), rule);
        for (var i = 0; i < steps.Count; i++) steps[i].Number = i;
        audit.Add("complaints.guide", "complaints.rule", rule.Id, rule.Key);
    }

    /// <summary>A sort of customer is handled in this order; empty: in the shop's own.</summary>
    public async Task MoodAsync(string mood, string? guide, CancellationToken cancel = default)
    {
        var rules = await book.OwnAsync(cancel);
        var rule = rules.Find(r => r.Kind == "mood" && r.Key == mood) ?? throw new NotThere();
        if (!string.IsNullOrEmpty(guide)) Guide(rules, guide);
        rule.Words = guide ?? "";
        audit.Add("complaints.guide", "complaints.rule", rule.Id, mood);
    }

    private static HandlingRule Guide(List<HandlingRule> rules, string key, string field = "In.Guide") => rules.Find(r => r.Kind == "guide" && r.Key == key) ?? throw new Refused("complaints.guide.unknown") { Field = field };
}
