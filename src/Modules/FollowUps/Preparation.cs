using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>What to know before a visit.</summary>
/// <param name="Name">The customer.</param>
/// <param name="Known">Tier, thing in use, what was bought.</param>
/// <param name="Last">The last contacts, newest first.</param>
/// <param name="Promises">What is still owed.</param>
/// <param name="Ask">What the file does not know yet, keys of texts.</param>
public sealed record Prepared(string Name, string Known, IReadOnlyList<(DateTime At, string Words)> Last, IReadOnlyList<(string What, DateTime Due)> Promises, IReadOnlyList<string> Ask);

/// <summary>Gathers what is known for a visit (C6): last contacts, open promises, what to ask for the profile.</summary>
public sealed class Preparation(Db db, Texts texts, PromiseRows promises)
{
    private const int Shown = 5;

    public async Task<Prepared> ForAsync(Visit visit, CancellationToken cancel = default)
    {
        var c = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).FirstOrDefaultAsync(x => x.Id == visit.CustomerId, cancel) ?? throw new NotThere();
        var last = await db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.CustomerId == c.Id && r.WithdrawnAt == null && r.Id != visit.ResultId).OrderByDescending(r => r.At).Take(Shown).Select(r => new { r.At, r.Outcome, r.Score, r.Words, r.Needs }).ToListAsync(cancel);
        var owed = await promises.All.Where(p => p.CustomerId == c.Id && p.IsOpen).OrderBy(p => p.DueAt).Take(Shown).Select(p => new { p.What, p.DueAt }).ToListAsync(cancel);
        var ask = new List<string>();
        if (!c.Birthday.IsKnown) ask.Add("birthday");
        if (c.Address.Length == 0) ask.Add("address");
        if (c.WeChat.Length == 0) ask.Add("wechat");
        if (c.PreferredHours.Length == 0) ask.Add("hours");
        if (c.DeviceModel.Length == 0) ask.Add("device");
        var known = string.Join(" · ", new[] { c.Tier == CustomerTier.None ? "" : texts[$"customers.tier.{c.Tier}"], c.DeviceModel, c.PurchaseCount == 0 ? "" : texts["followups.visit.bought", c.PurchaseCount, c.LastPurchaseOn?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? ""] }.Where(x => x.Length > 0));
        return new(c.Name, known,
            last.ConvertAll(r => (r.At, string.Join(" · ", new[] { texts["followups.outcome." + r.Outcome.ToString().ToLowerInvariant()], r.Score is { } score ? texts["followups.score-of", score] : "", r.Words, r.Needs.Replace('\n', ' ') }.Where(x => x.Length > 0)))),
            owed.ConvertAll(p => (p.What, p.DueAt)), ask);
    }
}
