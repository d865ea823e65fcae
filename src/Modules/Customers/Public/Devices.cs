using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers.Public;

/// <summary>What kind of thing it is.</summary>
public enum DeviceKind { Phone, Car, Unit, Appliance, Other }

/// <summary>A thing the customer owns (A6), from purchase to replacement: a phone, a car, a flat, an appliance.</summary>
public sealed class Device : ICompanyOwned, IVersioned
{
    public const int ModelMax = 80;
    public const int SerialMax = 40;
    public const int NoteMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public required string Model { get; set; }
    /// <summary>15 digits or empty.</summary>
    public string Imei { get; set; } = "";
    public string Serial { get; set; } = "";
    public DateOnly? BoughtOn { get; set; }
    /// <summary>ISO 4217.</summary>
    public string Currency { get; set; } = Currencies.Usual;
    /// <summary>Minor units; 0 when unknown.</summary>
    public long Price { get; set; }
    /// <summary>Where it was bought; null: elsewhere or unknown.</summary>
    public Guid? StoreId { get; set; }
    public DateOnly? WarrantyEnd { get; set; }
    /// <summary>换机周期: when it is expected to be replaced.</summary>
    public DateOnly? ReplacementDue { get; set; }
    /// <summary>No longer in use since.</summary>
    public DateOnly? RetiredOn { get; set; }
    public string Note { get; set; } = "";
    public DeviceKind Kind { get; set; }
    /// <summary>As <see cref="NumberPlate.Read"/> stores it.</summary>
    public string Plate { get; set; } = "";
    /// <summary>Building, unit, room.</summary>
    public string Unit { get; set; } = "";
    /// <summary>Next maintenance by date …</summary>
    public DateOnly? NextServiceOn { get; set; }
    /// <summary>… or by mileage, whichever comes first.</summary>
    public int? NextServiceKm { get; set; }
    public int? Mileage { get; set; }
    public DateOnly? MileageOn { get; set; }
    /// <summary>How long it is made to last.</summary>
    public int? DesignLifeMonths { get; set; }
    public int Version { get; set; }

    /// <summary>The day its design life ends; null where it is not known.</summary>
    public DateOnly? LifeEnd => BoughtOn is { } on && DesignLifeMonths is { } months ? on.AddMonths(months) : null;

    /// <summary>The day the next maintenance is due: the date given, or the day the mileage will be reached at the pace driven since it was bought; the earlier one.</summary>
    public DateOnly? ServiceDue
    {
        get
        {
            DateOnly? byKm = null;
            if (NextServiceKm is { } due && Mileage is > 0 and var driven && MileageOn is { } seen)
            {
                if (driven >= due) byKm = seen;
                else if (BoughtOn is { } bought && seen > bought && (due - driven) * (long)(seen.DayNumber - bought.DayNumber) / driven is var days and < 36_500) byKm = seen.AddDays((int)days);
            }

            return NextServiceOn is { } on && byKm is { } km ? on < km ? on : km : NextServiceOn ?? byKm;
        }
    }
}

internal sealed class DeviceMap : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> device)
    {
        device.ToTable("customers_device");
        device.Ignore(d => d.LifeEnd);
        device.Ignore(d => d.ServiceDue);
    }
}

/// <summary>Adds and changes things owned; keeps what lists show of them on the customer's row.</summary>
public sealed class Devices(Db db, Timeline timeline, CustomerSearch search)
{
    /// <summary>Adds a phone in use. Warranty and replacement are reckoned from the purchase where they are not given.</summary>
    public async Task<Guid> AddAsync(Device device, CancellationToken cancel = default)
    {
        Put(device, await SettingAsync(cancel));
        await NoteOnCustomerAsync(device.CustomerId, device, cancel);
        return device.Id;
    }

    /// <summary>The same for the first things of many customers at once, one each.</summary>
    public async Task AddManyAsync(IReadOnlyCollection<Device> devices, CancellationToken cancel = default)
    {
        var setting = await SettingAsync(cancel);
        var ids = devices.Select(d => d.CustomerId).ToArray();
        var customers = await db.Set<Customer>().AsTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        foreach (var device in devices)
        {
            Put(device, setting);
            var customer = customers.GetValueOrDefault(device.CustomerId) ?? throw new NotThere();
            (customer.DeviceModel, customer.ReplacementDue) = (device.Model, device.ReplacementDue);
        }

        await search.PutManyAsync(ids, cancel);
    }

    private async Task<Setting> SettingAsync(CancellationToken cancel) => await db.Set<Setting>().OrderBy(s => s.Id).FirstOrDefaultAsync(cancel) ?? new Setting();

    private void Put(Device device, Setting setting)
    {
        if (device.Kind == DeviceKind.Phone)
        {
            device.WarrantyEnd ??= device.BoughtOn?.AddMonths(setting.WarrantyMonths);
            device.ReplacementDue ??= device.BoughtOn?.AddMonths(setting.ReplacementMonths);
        }

        db.Set<Device>().Add(device);
        timeline.Add(device.CustomerId, TimelineKind.File, "customers.timeline.device-added", [device.Model]);
    }

    /// <summary>Call after a device was changed or retired (and is tracked).</summary>
    public Task ChangedAsync(Device device, CancellationToken cancel = default) => NoteOnCustomerAsync(device.CustomerId, device, cancel);

    // Lists of a million rows show and sort by the newest phone in use, so the customer's row carries it.
    private async Task NoteOnCustomerAsync(Guid customerId, Device changed, CancellationToken cancel)
    {
        var customer = db.Set<Customer>().Local.FirstOrDefault(c => c.Id == customerId) ?? await db.Set<Customer>().AsTracking().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere();
        var devices = await db.Set<Device>().Where(d => d.CustomerId == customerId && d.Id != changed.Id && d.RetiredOn == null).ToListAsync(cancel);
        if (changed.RetiredOn is null) devices.Add(changed);
        var newest = devices.OrderByDescending(d => d.BoughtOn ?? DateOnly.MinValue).ThenByDescending(d => d.Id).FirstOrDefault();
        (customer.DeviceModel, customer.ReplacementDue) = (newest?.Model ?? "", newest?.ReplacementDue);
        await search.PutAsync(customer, cancel);
    }
}
