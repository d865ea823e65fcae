using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>The festivals and plans that ship ready; from then on they are the shop's.</summary>
public static class ReadyCare
{
    private static readonly (string Key, FestivalKind Kind, int Month, int Day, bool Active)[] Ready =
    [
        ("new-year", FestivalKind.Solar, 1, 1, true), ("laba", FestivalKind.Lunar, 12, 8, false), ("new-year-eve", FestivalKind.Lunar, 12, 30, false), ("spring", FestivalKind.Lunar, 1, 1, true),
        ("lantern", FestivalKind.Lunar, 1, 15, true), ("women", FestivalKind.Solar, 3, 8, false), ("qingming", FestivalKind.Qingming, 0, 0, false), ("labour", FestivalKind.Solar, 5, 1, false),
        ("dragon-boat", FestivalKind.Lunar, 5, 5, true), ("children", FestivalKind.Solar, 6, 1, false), ("qixi", FestivalKind.Lunar, 7, 7, false), ("mid-autumn", FestivalKind.Lunar, 8, 15, true),
        ("teachers", FestivalKind.Solar, 9, 10, false), ("national", FestivalKind.Solar, 10, 1, true), ("double-ninth", FestivalKind.Lunar, 9, 9, true), ("solstice", FestivalKind.WinterSolstice, 0, 0, true),
    ];

    private static readonly (OccasionKind Kind, CustomerTier From, CareWay Way, int DaysBefore, string Gift, long Cost, string Festival)[] Plans =
    [
        (OccasionKind.Birthday, CustomerTier.None, CareWay.Message, 0, "", 0, ""),
        (OccasionKind.Birthday, CustomerTier.Gold, CareWay.Call, 0, "", 0, ""),
        (OccasionKind.Birthday, CustomerTier.Diamond, CareWay.Gift, 1, "cake", 16_800, ""),
        (OccasionKind.FamilyBirthday, CustomerTier.Gold, CareWay.Message, 1, "", 0, ""),
        (OccasionKind.FamilyBirthday, CustomerTier.Diamond, CareWay.Gift, 1, "flowers", 9_900, ""),
        (OccasionKind.Date, CustomerTier.Silver, CareWay.Message, 0, "", 0, ""),
        (OccasionKind.Festival, CustomerTier.Silver, CareWay.Message, 0, "", 0, ""),
        (OccasionKind.Festival, CustomerTier.Diamond, CareWay.Card, 7, "", 500, "spring"),
        (OccasionKind.Festival, CustomerTier.Diamond, CareWay.Call, 1, "", 0, "mid-autumn"),
        (OccasionKind.Purchase, CustomerTier.Silver, CareWay.Message, 0, "", 0, ""),
        (OccasionKind.Warranty, CustomerTier.None, CareWay.Message, 14, "", 0, ""),
        (OccasionKind.LifeEnd, CustomerTier.None, CareWay.Call, 30, "", 0, ""),
    ];

    /// <summary>Puts in what is missing; part of the caller's writing transaction. Safe to call each time.</summary>
    public static async Task<Setting> EnsureAsync(Db db, CancellationToken cancel = default)
    {
        if (await db.Set<Setting>().FirstOrDefaultAsync(cancel) is { } there) return there;
        var setting = new Setting();
        db.Set<Setting>().Add(setting);
        var festivals = Ready.ToDictionary(r => r.Key, r => new Festival { Name = "care.festival.ready." + r.Key, Kind = r.Kind, Month = r.Month, Day = r.Day, Active = r.Active });
        db.Set<Festival>().AddRange(festivals.Values);
        await db.SaveChangesAsync(cancel);
        db.Set<CarePlan>().AddRange(Plans.Select((p, i) => new CarePlan
        {
            Kind = p.Kind, TierFrom = p.From, Way = p.Way, DaysBefore = p.DaysBefore, Gift = p.Gift.Length == 0 ? "" : "care.gift.ready." + p.Gift, Cost = p.Cost, Place = i,
            FestivalId = p.Festival.Length == 0 ? null : festivals[p.Festival].Id,
        }));
        await db.SaveChangesAsync(cancel);
        return setting;
    }
}

/// <summary>A new company gets the ready rows.</summary>
internal sealed class SeedCare(Db db, Texts texts) : IHandle<CompanyMade>
{
    public async Task HandleAsync(CompanyMade happened, CancellationToken cancel)
    {
        await ReadyCare.EnsureAsync(db, cancel);
        await ReadyOffers.TakeAsync(db, texts, cancel);
    }
}
