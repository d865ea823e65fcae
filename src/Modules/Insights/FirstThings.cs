using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>What kind of thing waits, most pressing first.</summary>
public enum FirstKind { Complaint, LowRating, Promise, Approval, FollowUp }

/// <summary>One thing to do now.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Its number, where it has one.</param>
/// <param name="Customer">Whose; null for what has none or is not theirs to see.</param>
/// <param name="Words">What it is about.</param>
/// <param name="DueAt">Until when; past is late.</param>
/// <param name="Owner">Who has to.</param>
/// <param name="Href">Where it is done.</param>
public sealed record FirstThing(FirstKind Kind, string Number, string? Customer, string Words, DateTime DueAt, string? Owner, string Href)
{
    /// <summary>Whose name it may show.</summary>
    public Guid? CustomerId { get; init; }
}

/// <summary>先做这几件: the most urgent of all that waits, one statement a source.</summary>
public sealed class FirstThings(Db db, CurrentUser me, ComplaintRows complaints, PromiseRows promises, FollowUpRows followUps, ApprovalRows approvals, People people, TimeProvider time, Texts texts)
{
    /// <summary>Of each kind at most this many are read.</summary>
    public const int MostOfAKind = 30;

    // Beside complaints these must not sink: somebody waits for the person's word.
    private static readonly FirstKind[] Owed = [FirstKind.Promise, FirstKind.Approval];

    /// <summary>
    /// Of all that waits, what to begin with: what is past its clock before what is not, and of that complaints first; of promises due
    /// and approvals at least the most urgent, however many complaints are late.
    /// </summary>
    /// <param name="all">All, most pressing first.</param>
    /// <param name="most">How many.</param>
    public static List<FirstThing> Head(IReadOnlyList<FirstThing> all, int most)
    {
        var owed = Owed.Select(kind => all.FirstOrDefault(t => t.Kind == kind)).OfType<FirstThing>().ToList();
        var kept = owed.Concat(all.Except(owed)).Take(most).ToHashSet();
        return [.. all.Where(kept.Contains)];
    }

    /// <summary>What is past its clock before what is not, by kind; then by its time.</summary>
    public static List<FirstThing> InOrder(IEnumerable<FirstThing> all, DateTime now) =>
        [.. all.OrderBy(t => t.DueAt >= now).ThenBy(t => t.DueAt < now ? t.Kind : default).ThenBy(t => t.DueAt)];

    /// <summary>All that waits, most pressing first.</summary>
    /// <param name="storeId">One store, or all the person sees.</param>
    /// <param name="staffId">Only what is one person's.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<List<FirstThing>> ReadAsync(Guid? storeId, Guid? staffId, CancellationToken cancel)
    {
        var now = time.Now();
        var tomorrow = time.Today(me.Zone).AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone);
        var all = new List<FirstThing>();
        if (me.Can("complaints.view"))
        {
            var found = await (
                from c in complaints.All
                where c.State == ComplaintState.Open && c.Kind != ComplaintKind.Praise && (storeId == null || c.StoreId == storeId) && (staffId == null || c.OwnerId == staffId)
                let later = c.NextDueAt != null && c.NextDueAt < c.SolutionDueAt ? c.NextDueAt.Value : c.SolutionDueAt
                let due = c.FirstDoneAt == null && c.FirstDueAt < later ? c.FirstDueAt : later
                join k in db.Set<Customer>() on c.CustomerId equals k.Id into customers
                from k in customers.DefaultIfEmpty()
                join p in people.All on c.OwnerId equals p.Id into owners
                from p in owners.DefaultIfEmpty()
                orderby due
                select new { c.Id, c.CustomerId, c.Number, c.Title, c.Origin, Due = due, Customer = k == null ? null : k.Name, Owner = p == null ? null : p.Name }).Take(MostOfAKind).ToListAsync(cancel);
            all.AddRange(found.Select(c => new FirstThing(c.Origin.StartsWith("followup:", StringComparison.Ordinal) || c.Origin.StartsWith("rating:", StringComparison.Ordinal) ? FirstKind.LowRating : FirstKind.Complaint,
                c.Number, c.Customer, c.Title, c.Due, c.Owner, $"/complaints/{c.Id}")
            { CustomerId = c.CustomerId }));

            var owed = await (
                from o in promises.All
                where o.State == PromiseState.Open && o.DueAt < tomorrow && (storeId == null || o.StoreId == storeId) && (staffId == null || o.OwnerId == staffId)
                join k in db.Set<Customer>() on o.CustomerId equals k.Id into customers
                from k in customers.DefaultIfEmpty()
                join p in people.All on o.OwnerId equals p.Id into owners
                from p in owners.DefaultIfEmpty()
                orderby o.DueAt
                select new { o.Id, o.What, o.DueAt, o.ComplaintId, o.CustomerId, Customer = k == null ? null : k.Name, Owner = p == null ? null : p.Name }).Take(MostOfAKind).ToListAsync(cancel);
            all.AddRange(owed.Select(o => new FirstThing(FirstKind.Promise, "", o.Customer, o.What, o.DueAt, o.Owner, o.ComplaintId is { } c ? $"/complaints/{c}" : $"/customers/{o.CustomerId}") { CustomerId = o.CustomerId }));
        }

        if (me.Can("approvals.decide"))
        {
            var waiting = await approvals.WaitingFor(me.RoleKey, me.StaffId).Where(r => storeId == null || r.StoreId == storeId)
                .Select(r => new { r.Summary, r.SummaryArgs, r.Href, r.Amount, Due = approvals.Steps.Where(s => s.RequestId == r.Id && s.State == StepVerdict.Waiting).Min(s => s.DueAt) }).OrderBy(r => r.Due).Take(MostOfAKind).ToListAsync(cancel);
            all.AddRange(waiting.Where(r => r.Due is not null).Select(r => new FirstThing(FirstKind.Approval, "", null, texts.Say(r.Summary, r.SummaryArgs), r.Due!.Value, null, r.Href)));
        }

        if (me.Can("followups.view"))
        {
            var late = await (
                from f in followUps.All
                where f.State == FollowUpState.Open && f.DueAt < now && (storeId == null || f.StoreId == storeId) && (staffId == null || f.OwnerId == staffId)
                join k in db.Set<Customer>() on f.CustomerId equals k.Id into customers
                from k in customers.DefaultIfEmpty()
                join p in people.All on f.OwnerId equals p.Id into owners
                from p in owners.DefaultIfEmpty()
                orderby f.DueAt
                select new { f.Id, f.CustomerId, f.Note, f.DueAt, Customer = k == null ? null : k.Name, Owner = p == null ? null : p.Name }).Take(MostOfAKind).ToListAsync(cancel);
            all.AddRange(late.Select(f => new FirstThing(FirstKind.FollowUp, "", f.Customer, f.Note, f.DueAt, f.Owner, $"/followups/{f.Id}") { CustomerId = f.CustomerId }));
        }

        return InOrder(all, now);
    }
}
