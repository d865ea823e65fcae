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
    /// <summary>An answer is due within.</summary>
    public int WithinHours { get; set; } = 24;
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
    public static AuthorityRule? Choose(IEnumerable<AuthorityRule> rules, string askerRole, long amount) =>
        rules.Where(rule => !rule.AloneOnly && rule.Covers(amount) && StepsOf(rule.Steps) is [.., { } last] && !(last.Roles.Contains(askerRole) && (last.Roles.Length == 1 || last.Both)))
            .OrderBy(rule => rule.UpTo ?? long.MaxValue).ThenBy(rule => rule.Id).FirstOrDefault();

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

    /// <summary>The ready table (B, F8), for a new company. Adds what is missing of an act that has no line yet.</summary>
    public static async Task SeedAsync(Db db, CancellationToken cancel = default)
    {
        const long yuan = 100;
        AuthorityRule[] ready =
        [
            new() { Act = Public.Acts.Compensation, UpTo = 100 * yuan, Steps = "representative|clerk|specialist", AloneOnly = true, WithinHours = 4 },
            new() { Act = Public.Acts.Compensation, UpTo = 1_000 * yuan, Steps = "store-manager", Substitute = "region-manager", WithinHours = 4 },
            new() { Act = Public.Acts.Compensation, UpTo = 5_000 * yuan, Steps = "store-manager>region-manager", Substitute = "operations-vice-president", WithinHours = 24 },
            new() { Act = Public.Acts.Compensation, UpTo = 20_000 * yuan, Steps = "region-manager>operations-vice-president", Substitute = "general-manager", WithinHours = 24 },
            new() { Act = Public.Acts.Compensation, Steps = "operations-vice-president>general-manager", Substitute = "ceo", WithinHours = 24 },
        ];
        var there = await db.Set<AuthorityRule>().Select(r => r.Act).Distinct().ToListAsync(cancel);
        db.Set<AuthorityRule>().AddRange(ready.Where(r => !there.Contains(r.Act)));
    }
}

internal sealed class AuthorityRuleMap : IEntityTypeConfiguration<AuthorityRule>
{
    public void Configure(EntityTypeBuilder<AuthorityRule> rule) => rule.ToTable("approvals_rule");
}
