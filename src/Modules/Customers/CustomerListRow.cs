using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;

namespace Huitou.Customers;

/// <summary>A customer as the list shows it.</summary>
public sealed record CustomerListRow
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; init; } = "";
    /// <summary>As stored; shown masked.</summary>
    public string Phone { get; init; } = "";
    public CustomerTier Tier { get; init; }
    public CustomerStage Stage { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public LadderStep? Ladder { get; init; }
    public DateTime? NextContactAt { get; init; }
    public string NextContactReason { get; init; } = "";
    public DateTime? LastContactAt { get; init; }
    public DateOnly? LastPurchaseOn { get; init; }
    public string DeviceModel { get; init; } = "";
    public DateOnly? ReplacementDue { get; init; }
    /// <summary>It does not count yet (A13).</summary>
    public bool Uncounted { get; init; }

    public static IQueryable<CustomerListRow> Of(IQueryable<Customer> customers) => customers.Select(c => new CustomerListRow
    {
        Id = c.Id, Number = c.Number, Name = c.Name, Phone = c.Phone, Tier = c.Tier, Stage = c.Stage, StoreId = c.StoreId, OwnerId = c.OwnerId, Ladder = c.Ladder,
        NextContactAt = c.NextContactAt, NextContactReason = c.NextContactReason, LastContactAt = c.LastContactAt, LastPurchaseOn = c.LastPurchaseOn, DeviceModel = c.DeviceModel, ReplacementDue = c.ReplacementDue, Uncounted = c.UncountedSince != null,
    });
}

/// <summary>How the next contact is said: 超 3 小时, 18:00 前, 今天, 11-24.</summary>
public static class NextContactWords
{
    // What is due at the end of the day is due some time that day: no hour is named.
    private static readonly TimeOnly Evening = new(20, 0);

    public static (ClockState State, string Words) Of(DateTime at, DateTime now, TimeZoneInfo zone, Texts texts)
    {
        var (local, here) = (at.Local(zone), now.Local(zone));
        if (at < now)
        {
            var (key, first, second) = Deadline.Span(now - at);
            return (ClockState.Late, texts["kit.late", texts[key, first, second]]);
        }

        if (local.Date == here.Date)
        {
            return TimeOnly.FromDateTime(local) >= Evening ? (ClockState.Ok, texts["kit.today"]) : (ClockState.Near, texts["customers.next.before", local.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)]);
        }

        return local.Date == here.Date.AddDays(1) ? (ClockState.Ok, texts["kit.tomorrow"])
            : (ClockState.Ok, local.ToString(local.Year == here.Year ? "MM-dd" : "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }
}
