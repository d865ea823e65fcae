using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints.Public;

/// <summary>The register of promises (F9): what staff promise a customer is written down with a due time and is kept or broken.</summary>
public sealed class Promises(Db db, CurrentUser me, TimeProvider time, Jobs jobs, Timeline timeline, Audit audit)
{
    /// <summary>Kind of the due work that marks a promise broken when its time passes.</summary>
    public const string Job = "complaints.promise";

    /// <summary>Writes a promise down.</summary>
    /// <param name="customerId">To whom.</param>
    /// <param name="complaintId">In which case, or none.</param>
    /// <param name="what">What, in words the customer would know it by.</param>
    /// <param name="dueAt">Instant until which it is kept.</param>
    /// <param name="by">Who has to keep it.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<Guid> AddAsync(Guid customerId, Guid? complaintId, string what, DateTime dueAt, Guid by, CancellationToken cancel = default)
    {
        what = what.Trim();
        var now = time.Now();
        if (what.Length == 0) throw new Refused("complaints.promise-what") { Field = "Made.What" };
        if (what.Length > Promise.WhatMax) throw new Refused("complaints.too-long", Promise.WhatMax) { Field = "Made.What" };
        if (dueAt <= now) throw new Refused("complaints.promise-later") { Field = "Made.DueAt" };
        if (!await db.Set<Member>().AnyAsync(m => m.Id == by && m.LeftOn == null, cancel)) throw new Refused("complaints.promise-who") { Field = "Made.By" };
        var customer = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        if (complaintId is { } of && !await db.Set<Complaint>().AnyAsync(c => c.Id == of && c.CustomerId == customerId, cancel)) throw new NotThere();

        var promise = new Promise
        {
            Id = Ids.New(now), CustomerId = customerId, ComplaintId = complaintId, StoreId = customer.StoreId, OwnerId = by, What = what,
            MadeAt = now, MadeBy = me.StaffId == Guid.Empty ? null : me.StaffId, DueAt = dueAt,
        };
        db.Set<Promise>().Add(promise);
        jobs.Add(Job, promise.Id.ToString("N"), dueAt, new PromiseWork(promise.Id));
        timeline.Add(customerId, TimelineKind.Promise, "complaints.timeline.promised", [what, dueAt.Local(me.Zone).ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)], "", Href(promise), now);
        audit.Add("complaints.promise", "complaints.promise", promise.Id);
        await NextContacts.OweAsync(db, customerId, Next, dueAt, cancel);
        return promise.Id;
    }

    /// <summary>Kept; when it was broken before, made good late, and both stay to be seen.</summary>
    public Task KeepAsync(Guid id, string note, CancellationToken cancel = default) => EndAsync(id, p => p.Keep(Staff, time.Now(), note.Trim()), cancel);

    /// <summary>It will not be kept: said before the customer finds out.</summary>
    public Task BreakAsync(Guid id, string note, CancellationToken cancel = default) => EndAsync(id, p => p.Break(Staff, time.Now(), note.Trim()), cancel);

    /// <summary>Taken back with the customer's agreement.</summary>
    public Task WithdrawAsync(Guid id, string note, CancellationToken cancel = default) => EndAsync(id, p => p.Withdraw(Staff, time.Now(), note.Trim()), cancel);

    /// <summary>Somebody else keeps it from now on; to the customer nothing changes.</summary>
    public async Task GiveAsync(Guid id, Guid to, string why, CancellationToken cancel = default)
    {
        var promise = await db.Set<Promise>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        why = why.Trim();
        if (why.Length == 0) throw new Refused("complaints.handover-why") { Field = "Given.Why" };
        if (why.Length > PromiseEnd.NoteMax) throw new Refused("complaints.too-long", PromiseEnd.NoteMax) { Field = "Given.Why" };
        if (promise.State != PromiseState.Open) throw new Refused("complaints.promise-ended");
        if (to == promise.OwnerId || !await db.Set<Member>().AnyAsync(m => m.Id == to && m.LeftOn == null, cancel)) throw new Refused("complaints.promise-who") { Field = "Given.To" };
        if (promise.ComplaintId is { } of && await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == of && e.StaffId == to, cancel)) throw new Refused("complaints.owner-excluded") { Field = "Given.To" };
        db.Set<PromiseTurn>().Add(new PromiseTurn { PromiseId = id, FromStaff = promise.OwnerId, ToStaff = to, Why = why, By = Staff, At = time.Now() });
        promise.OwnerId = to;
        audit.Add("complaints.promise-give", "complaints.promise", id, to.ToString());
    }

    internal static string Href(Promise promise) => promise.ComplaintId is { } complaint ? ComplaintsDesk.Href(complaint) : $"/promises/{promise.Id}";

    internal void Tell(Promise promise, PromiseEnd end)
    {
        var key = end.Kind switch
        {
            PromiseEndKind.Kept => "complaints.timeline.promise-kept",
            PromiseEndKind.KeptLate => "complaints.timeline.promise-kept-late",
            PromiseEndKind.Broken => "complaints.timeline.promise-broken",
            _ => "complaints.timeline.promise-withdrawn",
        };
        timeline.Add(promise.CustomerId, TimelineKind.Promise, key, [promise.What], end.Note, Href(promise), end.At);
    }

    /// <summary>What was owed next is done: the file shows the next open promise, if it was showing this one.</summary>
    internal async Task ForgetNextAsync(Promise promise, CancellationToken cancel)
    {
        var next = await db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => p.CustomerId == promise.CustomerId && p.State == PromiseState.Open && p.Id != promise.Id)
            .OrderBy(p => p.DueAt).Select(p => (DateTime?)p.DueAt).FirstOrDefaultAsync(cancel);
        await NextContacts.DoneAsync(db, promise.CustomerId, Next, next, promise.DueAt, cancel);
    }

    /// <summary>The reason that stands in the file.</summary>
    private const string Next = "complaints.next-contact.promise";

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    private async Task EndAsync(Guid id, Func<Promise, PromiseEnd> act, CancellationToken cancel)
    {
        var promise = await db.Set<Promise>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        if (Staff is { } staff && promise.ComplaintId is { } of && await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == of && e.StaffId == staff, cancel)) throw new Refused("complaints.excluded-no-part");
        var stood = promise.State;
        var end = act(promise);
        if (end.Note.Length > PromiseEnd.NoteMax) throw new Refused("complaints.too-long", PromiseEnd.NoteMax);
        if (stood == PromiseState.Open && end.Kind == PromiseEndKind.KeptLate)
        {
            // The clock had not marked it yet: it was broken at its due time, by nobody.
            db.Set<PromiseEnd>().Add(new PromiseEnd { PromiseId = id, Kind = PromiseEndKind.Broken, Note = "", At = promise.DueAt });
        }

        db.Set<PromiseEnd>().Add(end);
        Tell(promise, end);
        audit.Add(end.Kind switch
        {
            PromiseEndKind.Kept => "complaints.promise-kept",
            PromiseEndKind.KeptLate => "complaints.promise-kept-late",
            PromiseEndKind.Broken => "complaints.promise-broken",
            _ => "complaints.promise-withdrawn",
        }, "complaints.promise", id);
        await ForgetNextAsync(promise, cancel);
    }
}

/// <summary>Payload of the due work.</summary>
internal sealed record PromiseWork(Guid PromiseId);
