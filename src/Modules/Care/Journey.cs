using System.Linq.Expressions;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>The way after a purchase (D6; S1): reassure against doubt, inform and train, appreciate (the longest), buy again and recommend.</summary>
public enum JourneyStage { Reassure, Train, Appreciate, Again }

/// <summary>Where the stages begin and end on a day: everything follows from the last purchase and the day of replacement, so it is always true.</summary>
public readonly record struct JourneyDays(DateOnly Today, int ReassureDays, int TrainDays, int AgainDays)
{
    public DateOnly ReassureFrom => Today.AddDays(-ReassureDays);
    public DateOnly TrainFrom => Today.AddDays(-TrainDays);
    public DateOnly AgainUntil => Today.AddDays(AgainDays);

    /// <summary>Which stage; null: has not bought.</summary>
    public JourneyStage? Of(DateOnly? lastPurchase, DateOnly? replacementDue) =>
        lastPurchase is not { } on ? null : on >= ReassureFrom ? JourneyStage.Reassure : on >= TrainFrom ? JourneyStage.Train : replacementDue <= AgainUntil ? JourneyStage.Again : JourneyStage.Appreciate;

    /// <summary>The same as a condition for the database.</summary>
    public Expression<Func<Customer, bool>> Is(JourneyStage stage)
    {
        var (reassure, train, again) = (ReassureFrom, TrainFrom, AgainUntil);
        return stage switch
        {
            JourneyStage.Reassure => c => c.LastPurchaseOn >= reassure,
            JourneyStage.Train => c => c.LastPurchaseOn < reassure && c.LastPurchaseOn >= train,
            JourneyStage.Again => c => c.LastPurchaseOn < train && c.ReplacementDue != null && c.ReplacementDue <= again,
            _ => c => c.LastPurchaseOn < train && (c.ReplacementDue == null || c.ReplacementDue > again),
        };
    }

    public static JourneyDays Of(Setting setting, DateOnly today) => new(today, setting.ReassureDays, setting.TrainDays, setting.AgainDays);
}

/// <summary>A welcome card for a customer: its QR code opens a page with the hotline, without anything personal.</summary>
public sealed class Welcome : ICompanyOwned, IScoped
{
    public const string LinkKind = "welcome";
    public static readonly TimeSpan Life = TimeSpan.FromDays(3 * 365);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public required string Token { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }

    /// <summary>The customer's card; made when there is none.</summary>
    public static async Task<Welcome> ForAsync(Db db, CurrentUser me, TimeProvider time, Timeline timeline, Guid customerId, CancellationToken cancel)
    {
        if (await db.Set<Welcome>().FirstOrDefaultAsync(w => w.CustomerId == customerId, cancel) is { } there) return there;
        var file = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId, c.OwnerId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var (now, id) = (time.Now(), Ids.New());
        var card = new Welcome { Id = id, CustomerId = customerId, StoreId = file.StoreId, OwnerId = file.OwnerId, Token = Link.Create(db, LinkKind, id, now, Life), MadeAt = now, MadeBy = me.StaffId == Guid.Empty ? null : me.StaffId };
        db.Set<Welcome>().Add(card);
        timeline.Add(customerId, TimelineKind.Contact, "care.timeline.welcome", href: $"/care/welcome/{id}");
        return card;
    }
}

internal sealed class WelcomeMap : IEntityTypeConfiguration<Welcome>
{
    public void Configure(EntityTypeBuilder<Welcome> row) => row.ToTable("care_welcome");
}
