using System.Security.Cryptography;
using System.Text;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Approvals;

/// <summary>
/// One line of the authority table (权限核决表), data the shop edits: for an act up to an amount, who decides, in order.
/// Steps are written <c>store-manager>region-manager</c>; in a step <c>a|b</c> is either, <c>a+b</c> is both.
/// </summary>
public sealed class AuthorityRule : ICompanyOwned, IVersioned
{
    public const int ActMax = 60;
    public const int StepsMax = 300;
    public const int LongestHours = 24 * 30;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>What is asked for, e.g. <c>complaints.compensation</c>.</summary>
    public required string Act { get; set; }
    /// <summary>Up to and including this amount, minor units; null is any.</summary>
    public long? UpTo { get; set; }
    public required string Steps { get; set; }
    /// <summary>These may decide it for themselves but are never asked by others (the front line's own allowance).</summary>
    public bool AloneOnly { get; set; }
    /// <summary>Role that may decide as well once a step is late; empty for none.</summary>
    public string Substitute { get; set; } = "";
    /// <summary>An answer is due within so many business hours.</summary>
    public int WithinHours { get; set; } = 12;
    public int Version { get; set; }
}

/// <summary>The authority table's arithmetic, pure.</summary>
public static class Authority
{
    /// <summary>The steps of a rule, each a group of roles; <c>Both</c> when all of them must agree.</summary>
    public static IReadOnlyList<(string[] Roles, bool Both)> StepsOf(string steps) =>
        [.. steps.Split('>', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(step => (step.Split(['|', '+'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), step.Contains('+')))
            .Where(step => step.Item1.Length > 0)];

    /// <summary>True when the rule reaches the amount.</summary>
    public static bool Covers(this AuthorityRule rule, long amount) => rule.UpTo is null || amount <= rule.UpTo;

    /// <summary>True when somebody in the role may decide the amount without asking: the last word of some rule that covers it is theirs alone.</summary>
    public static bool MayDecideAlone(IEnumerable<AuthorityRule> rules, string role, long amount) =>
        role.Length > 0 && rules.Any(rule => rule.Covers(amount) && StepsOf(rule.Steps) is [.., { Both: false } last] && last.Roles.Contains(role));

    /// <summary>
    /// The cheapest rule that covers the amount and whose last word is not the asker's own role: nobody approves what they
    /// asked for. Null when the table knows nobody who may.
    /// </summary>
    /// <param name="ownRole">Also a rule whose last word is the asker's own role, where no other is: a colleague of the same role decides, or the substitute.</param>
    public static AuthorityRule? Choose(IEnumerable<AuthorityRule> rules, string askerRole, long amount, bool ownRole = false)
    {
        var covering = rules.Where(rule => !rule.AloneOnly && rule.Covers(amount) && StepsOf(rule.Steps).Count > 0).OrderBy(rule => rule.UpTo ?? long.MaxValue).ThenBy(rule => rule.Id).ToList();
        return covering.Find(rule => StepsOf(rule.Steps)[^1] is var last && !(last.Roles.Contains(askerRole) && (last.Roles.Length == 1 || last.Both))) ?? (ownRole ? covering.FirstOrDefault() : null);
    }

    /// <summary>The steps that are left to ask: those before the last which the asker's own role would decide are passed by asking.</summary>
    public static IReadOnlyList<(string[] Roles, bool Both)> Line(AuthorityRule rule, string askerRole)
    {
        var steps = StepsOf(rule.Steps);
        return [.. steps.Where((step, place) => place == steps.Count - 1 || step.Both || !step.Roles.Contains(askerRole))];
    }

    /// <summary>The role whose turn it is when even the substitute is late: the last word of the next larger rule.</summary>
    public static string[] NextInLine(IEnumerable<AuthorityRule> rules, long amount, IReadOnlyCollection<string> already)
    {
        foreach (var rule in rules.Where(r => !r.AloneOnly && r.Covers(amount)).OrderBy(r => r.UpTo ?? long.MaxValue))
        {
            if (StepsOf(rule.Steps) is [.., { } last] && last.Roles.Except(already).ToArray() is { Length: > 0 } next) return next;
        }

        return [];
    }

    private const long Yuan = 100;

    /// <summary>Compensation by amount (F8).</summary>
    public static Public.ApprovalAct Compensation { get; } = new(Public.Acts.Compensation, 10, Amounts: true,
        new Public.ReadyRule("representative|clerk|specialist", 100 * Yuan, WithinHours: 4, AloneOnly: true),
        new Public.ReadyRule("store-manager", 1_000 * Yuan, "region-manager", 4),
        new Public.ReadyRule("store-manager>region-manager", 5_000 * Yuan, "operations-vice-president"),
        new Public.ReadyRule("region-manager>operations-vice-president", 20_000 * Yuan, "general-manager"),
        new Public.ReadyRule("operations-vice-president>general-manager", null, "ceo"));

    /// <summary>The ready lines of the acts that have none yet and were never edited, not stored: an act that came with a later version. Their ids are the same each time.</summary>
    public static async Task<List<AuthorityRule>> ReadyAsync(Db db, IEnumerable<Public.ApprovalAct> acts, CancellationToken cancel = default)
    {
        var there = await db.Set<AuthorityRule>().Select(r => r.Act).Union(db.Set<RuleVersion>().Select(v => v.Act)).ToListAsync(cancel);
        return [.. from act in acts
                   where !there.Contains(act.Key)
                   from r in act.Ready.Select((rule, place) => (Rule: rule, Id: new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{db.CompanyId}\n{act.Key}\n{place}"))[..16])))
                   select new AuthorityRule { Id = r.Id, Act = act.Key, UpTo = r.Rule.UpTo, Steps = r.Rule.Steps, AloneOnly = r.Rule.AloneOnly, Substitute = r.Rule.Substitute, WithinHours = r.Rule.WithinHours }];
    }

    /// <summary>Stores the ready lines of acts that have none yet.</summary>
    public static async Task SeedAsync(Db db, IEnumerable<Public.ApprovalAct> acts, CancellationToken cancel = default) => db.Set<AuthorityRule>().AddRange(await ReadyAsync(db, acts, cancel));
}

/// <summary>A line as it stood from a moment on: who wrote it so, when; also that it was taken out.</summary>
public sealed class RuleVersion : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid RuleId { get; init; }
    public required string Act { get; init; }
    public long? UpTo { get; init; }
    public required string Steps { get; init; }
    public bool AloneOnly { get; init; }
    public required string Substitute { get; init; }
    public int WithinHours { get; init; }
    public bool Removed { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }

    public static RuleVersion Of(AuthorityRule rule, Guid? by, DateTime now, bool removed) => new()
    {
        RuleId = rule.Id, Act = rule.Act, UpTo = rule.UpTo, Steps = rule.Steps, AloneOnly = rule.AloneOnly, Substitute = rule.Substitute, WithinHours = rule.WithinHours, Removed = removed, By = by, At = now,
    };
}

internal sealed class RuleVersionMap : IEntityTypeConfiguration<RuleVersion>
{
    public void Configure(EntityTypeBuilder<RuleVersion> version) => version.ToTable("approvals_rule_version");
}

internal sealed class AuthorityRuleMap : IEntityTypeConfiguration<AuthorityRule>
{
    public void Configure(EntityTypeBuilder<AuthorityRule> rule) => rule.ToTable("approvals_rule");
}
