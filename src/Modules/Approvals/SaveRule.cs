using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Approvals;

/// <summary>A line of the table as typed, on the page and at the machine door.</summary>
public sealed class RuleForm
{
    public string? Act { get; set; }
    /// <summary>Yuan; empty is any amount.</summary>
    public string? UpTo { get; set; }
    /// <summary><c>@head>information-specialist</c>; in a step <c>a|b</c> is either, <c>a+b</c> both.</summary>
    public string? Steps { get; set; }
    public string? Substitute { get; set; }
    public string? Hours { get; set; }
    public bool Alone { get; set; }
    public string? Version { get; set; }
}

/// <summary>Edits the authority table; every change keeps the line as it stood, and is in the audit.</summary>
public sealed class SaveRule(Db db, CurrentUser me, TimeProvider time, Audit audit, Texts texts, IEnumerable<ApprovalAct> acts)
{
    /// <summary>What is wrong with it, by field.</summary>
    public async Task<List<(string Field, string Message)>> CheckAsync(RuleForm form, CancellationToken cancel)
    {
        var wrong = new List<(string, string)>();
        var known = (await db.Set<Role>().Select(r => r.Key).ToListAsync(cancel)).Append(ReadyRule.Head).ToHashSet();
        if (!acts.Any(a => a.Key == form.Act)) wrong.Add(("Act", texts["approvals.act-unknown"]));
        if (UpTo(form.UpTo) is (false, _)) wrong.Add(("UpTo", texts["approvals.up-to-wrong"]));
        var steps = Authority.StepsOf(form.Steps ?? "");
        if (steps.Count == 0) wrong.Add(("Steps", texts["approvals.step-needed"]));
        else if ((form.Steps ?? "").Length > AuthorityRule.StepsMax || steps.Any(s => s.Roles.Any(r => !known.Contains(r)))) wrong.Add(("Steps", texts["approvals.role-unknown"]));
        else if (steps[^1].Roles.Contains(ReadyRule.Head) && form.Alone) wrong.Add(("Steps", texts["approvals.role-unknown"]));
        if (form.Substitute is { Length: > 0 } substitute && (substitute == ReadyRule.Head || !known.Contains(substitute))) wrong.Add(("Substitute", texts["approvals.role-unknown"]));
        if (Hours(form.Hours) is null) wrong.Add(("Hours", texts["approvals.hours-wrong", AuthorityRule.LongestHours]));
        return wrong;
    }

    /// <summary>Stores a checked form; no id: a new line.</summary>
    public async Task<Guid> SaveAsync(Guid? id, RuleForm form, CancellationToken cancel)
    {
        await KeepReadyAsync(cancel);
        AuthorityRule rule;
        if (id is null)
        {
            rule = new AuthorityRule { Act = form.Act!, Steps = "" };
            db.Set<AuthorityRule>().Add(rule);
        }
        else
        {
            rule = await db.Set<AuthorityRule>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
            if (form.Version is { Length: > 0 } version && version != rule.Version.ToString(CultureInfo.InvariantCulture)) throw new DbUpdateConcurrencyException();
        }

        (rule.Act, rule.UpTo, rule.Steps, rule.Substitute, rule.WithinHours, rule.AloneOnly) = (form.Act!, UpTo(form.UpTo).Fen, string.Join('>', form.Steps!.Split('>', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), form.Substitute ?? "", Hours(form.Hours)!.Value, form.Alone);
        Keep(rule, removed: false);
        audit.Add("approvals.authority", "approvals.rule", rule.Id, rule.Act);
        return rule.Id;
    }

    public async Task RemoveAsync(Guid id, CancellationToken cancel)
    {
        await KeepReadyAsync(cancel);
        var rule = await db.Set<AuthorityRule>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        db.Set<AuthorityRule>().Remove(rule);
        Keep(rule, removed: true);
        audit.Add("approvals.authority-remove", "approvals.rule", rule.Id, rule.Act);
    }

    /// <summary>Puts ready lines of acts that came with a later version into the table, so that they can be seen and edited.</summary>
    private async Task KeepReadyAsync(CancellationToken cancel)
    {
        await Authority.SeedAsync(db, acts, cancel);
        await db.SaveChangesAsync(cancel);
    }

    private void Keep(AuthorityRule rule, bool removed) => db.Set<RuleVersion>().Add(RuleVersion.Of(rule, me.StaffId == Guid.Empty ? null : me.StaffId, time.Now(), removed));

    private static (bool Right, long? Fen) UpTo(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return (true, null);
        return decimal.TryParse(typed, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var yuan) && yuan is > 0 and < 1_000_000_000 ? (true, (long)(yuan * 100)) : (false, null);
    }

    private static int? Hours(string? typed) => int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours is >= 1 and <= AuthorityRule.LongestHours ? hours : null;
}
