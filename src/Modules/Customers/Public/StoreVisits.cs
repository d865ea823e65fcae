using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers.Public;

/// <summary>What brought a customer to the store.</summary>
public enum StoreVisitKind
{
    /// <summary>A repaired thing was handed back.</summary>
    Repair,

    /// <summary>Something was dealt with in the hall.</summary>
    Hall,
}

/// <summary>A customer was in the store (到店): a repair handed back, or a visit to the hall. Whatever else a workshop or a hall keeps, this is what others hear of.</summary>
public sealed class StoreVisit : ICompanyOwned
{
    public const int WhatMax = 200;
    public const int ReferenceMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public StoreVisitKind Kind { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who served the customer; null: nobody remembers.</summary>
    public Guid? ServedBy { get; init; }
    /// <summary>The thing owned it was about.</summary>
    public Guid? DeviceId { get; init; }
    public DateTime At { get; init; }
    /// <summary>The business day of <see cref="At"/>; follow-ups count from it.</summary>
    public DateOnly VisitedOn { get; init; }
    /// <summary>What was done, in a line.</summary>
    public string What { get; init; } = "";
    /// <summary>Number of the repair slip or the ticket; the same number twice is the same visit. May be empty.</summary>
    public string Reference { get; init; } = "";
    public DateTime NotedAt { get; init; }
    public Guid? NotedBy { get; init; }
    /// <summary>It was noted by mistake and taken back; null: it stands.</summary>
    public DateTime? WithdrawnAt { get; private set; }
    public Guid? WithdrawnBy { get; private set; }

    public void Withdraw(DateTime now, Guid? by) => (WithdrawnAt, WithdrawnBy) = (now, by);
}

/// <summary>Published for each store visit, in its transaction.</summary>
/// <param name="Id">The visit.</param>
/// <param name="CustomerId">Who was there.</param>
/// <param name="Kind">What brought them.</param>
/// <param name="VisitedOn">The business day.</param>
/// <param name="Thing">Model of the thing it was about; may be empty.</param>
public sealed record StoreVisited(Guid Id, Guid CustomerId, StoreVisitKind Kind, DateOnly VisitedOn, string Thing);

/// <summary>Published when a store visit is taken back, in its transaction: what followed from it and is not done yet ends.</summary>
/// <param name="Id">The visit.</param>
/// <param name="CustomerId">Who was not there after all.</param>
/// <param name="Kind">What was thought to have brought them.</param>
/// <param name="VisitedOn">The business day.</param>
public sealed record StoreVisitWithdrawn(Guid Id, Guid CustomerId, StoreVisitKind Kind, DateOnly VisitedOn);

/// <summary>A store visit to be noted.</summary>
public sealed record NewStoreVisit
{
    public required Guid CustomerId { get; init; }
    public required StoreVisitKind Kind { get; init; }
    /// <summary>UTC; null: now.</summary>
    public DateTime? At { get; init; }
    /// <summary>Null: the store of who notes it, else the customer's.</summary>
    public Guid? StoreId { get; init; }
    public Guid? ServedBy { get; init; }
    public Guid? DeviceId { get; init; }
    public string? What { get; init; }
    public string? Reference { get; init; }
}

/// <summary>Notes store visits, in the caller's transaction: the row, the timeline, then <see cref="StoreVisited"/>. The one door for page, API and the modules of workshop and hall.</summary>
public sealed class StoreVisits(Db db, CurrentUser user, TimeProvider time, Texts texts, Events events, Timeline timeline, Audit audit)
{
    /// <summary>What is older is history that nobody types in here.</summary>
    public const int MostDaysBack = 366;

    // The clock of who tells us may be a little ahead.
    private const int MinutesAhead = 10;

    /// <summary>Notes a visit. A reference that is known already is the same visit: nothing is written again.</summary>
    /// <returns>The visit, and whether it is new.</returns>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    /// <exception cref="NotThere">The customer is not within reach.</exception>
    public async Task<(StoreVisit Visit, bool IsNew)> NoteAsync(NewStoreVisit visit, CancellationToken cancel = default)
    {
        var now = time.Now();
        var at = visit.At ?? now;
        var (what, reference) = (CustomerDesk.Tidy(visit.What), CustomerDesk.Tidy(visit.Reference));
        var home = await db.Set<Customer>().Where(c => c.Id == visit.CustomerId).Select(c => new { c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var wrong = new List<(string, string)>();
        if (!Enum.IsDefined(visit.Kind)) wrong.Add(("kind", texts["kernel.bad-input"]));
        if (at > now.AddMinutes(MinutesAhead)) wrong.Add(("at", texts["customers.store-visit.future"]));
        if (at < now.AddDays(-MostDaysBack)) wrong.Add(("at", texts["customers.store-visit.long-ago", MostDaysBack]));
        if (what.Length > StoreVisit.WhatMax) wrong.Add(("what", texts["customers.too-long", StoreVisit.WhatMax]));
        if (reference.Length > StoreVisit.ReferenceMax) wrong.Add(("reference", texts["customers.too-long", StoreVisit.ReferenceMax]));
        if (visit.StoreId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) wrong.Add(("storeId", texts["kernel.points-nowhere"]));
        if (visit.ServedBy is { } by && !await db.Set<Member>().AnyAsync(m => m.Id == by, cancel)) wrong.Add(("servedBy", texts["kernel.points-nowhere"]));
        var thing = visit.DeviceId is { } device ? await db.Set<Device>().Where(d => d.Id == device && d.CustomerId == visit.CustomerId).Select(d => d.Model).FirstOrDefaultAsync(cancel) : "";
        if (thing is null) wrong.Add(("deviceId", texts["kernel.points-nowhere"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        if (reference.Length > 0 && await db.Set<StoreVisit>().IgnoreQueryFilters([Db.SecrecyFilter]).FirstOrDefaultAsync(v => v.Kind == visit.Kind && v.Reference == reference && v.WithdrawnAt == null, cancel) is { } there)
        {
            return there.CustomerId == visit.CustomerId ? (there, false) : throw new BadInput([("reference", texts["customers.store-visit.reference-taken"])]);
        }

        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        var row = new StoreVisit
        {
            Id = Ids.New(now), CustomerId = visit.CustomerId, Kind = visit.Kind, StoreId = visit.StoreId ?? user.StoreId ?? home.StoreId, ServedBy = visit.ServedBy, DeviceId = visit.DeviceId, At = at,
            VisitedOn = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(at, user.Zone)), What = what, Reference = reference, NotedAt = now, NotedBy = me,
        };
        db.Set<StoreVisit>().Add(row);
        timeline.Add(row.CustomerId, TimelineKind.Service, $"customers.timeline.store-visit.{row.Kind}{(thing!.Length > 0 ? "-thing" : "")}", [thing], row.What, $"/customers/{row.CustomerId}/store-visits", at);
        audit.Add("customers.store-visit", "customers.store_visit", row.Id, row.Kind.ToString());
        await db.SaveChangesAsync(cancel);
        await events.PublishAsync(new StoreVisited(row.Id, row.CustomerId, row.Kind, row.VisitedOn, thing), cancel);
        return (row, true);
    }

    /// <summary>Takes a visit back that was noted by mistake. It stays to be seen as such; its number may be used again.</summary>
    /// <exception cref="NotThere">Customer or visit are not within reach.</exception>
    /// <exception cref="Refused">It was taken back already.</exception>
    public async Task WithdrawAsync(Guid customerId, Guid visitId, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var visit = await db.Set<StoreVisit>().AsTracking().FirstOrDefaultAsync(v => v.Id == visitId && v.CustomerId == customerId, cancel) ?? throw new NotThere();
        if (visit.WithdrawnAt is not null) throw new Refused("customers.store-visit.withdrawn-already");
        visit.Withdraw(time.Now(), user.StaffId == Guid.Empty ? null : user.StaffId);
        timeline.Add(customerId, TimelineKind.Service, $"customers.timeline.store-visit-withdrawn.{visit.Kind}", [visit.VisitedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)], href: $"/customers/{customerId}/store-visits");
        audit.Add("customers.store-visit-withdrawn", "customers.store_visit", visit.Id, visit.Kind.ToString());
        await db.SaveChangesAsync(cancel);
        await events.PublishAsync(new StoreVisitWithdrawn(visit.Id, customerId, visit.Kind, visit.VisitedOn), cancel);
    }
}

internal sealed class StoreVisitMap : IEntityTypeConfiguration<StoreVisit>
{
    public void Configure(EntityTypeBuilder<StoreVisit> visit) => visit.ToTable("customers_store_visit");
}
