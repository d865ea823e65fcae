using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>A thing owned as it was written down, on the page or by machine.</summary>
public sealed record DeviceWords
{
    public DeviceKind Kind { get; init; }
    public string? Model { get; init; }
    /// <summary>As typed; null: stays as it was.</summary>
    public string? Imei { get; init; }
    public string? Serial { get; init; }
    public string? Plate { get; init; }
    public string? Unit { get; init; }
    public DateOnly? BoughtOn { get; init; }
    /// <summary>Minor units of the currency.</summary>
    public long Price { get; init; }
    /// <summary>ISO 4217; null: stays as it was, CNY for a new one.</summary>
    public string? Currency { get; init; }
    public Guid? StoreId { get; init; }
    public DateOnly? WarrantyEnd { get; init; }
    public DateOnly? ReplacementDue { get; init; }
    public DateOnly? NextServiceOn { get; init; }
    public int? NextServiceKm { get; init; }
    public int? Mileage { get; init; }
    public int? DesignLifeMonths { get; init; }
    public string? Note { get; init; }
}

/// <summary>Writes things owned down and changes them (A6): the rules of page and API.</summary>
public sealed class DeviceDesk(Db db, CurrentUser user, TimeProvider time, Texts texts, Audit audit, Devices devices, CustomerDesk desk)
{
    public const int MostKm = 5_000_000;
    public const int MostMonths = 1_200;
    /// <summary>In minor units.</summary>
    public const long MostPrice = 1_000_000_000;

    /// <summary>Adds a thing, or changes one.</summary>
    /// <param name="customerId">Whose it is.</param>
    /// <param name="there">The thing to change, tracked; null: a new one.</param>
    /// <param name="what">What was written.</param>
    /// <param name="sure">What may be wrong was said and is right all the same (<see cref="Doubts"/>).</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    /// <exception cref="Doubts">Something may be wrong; said once.</exception>
    public async Task<Device> SaveAsync(Guid customerId, Device? there, DeviceWords what, bool sure, CancellationToken cancel = default)
    {
        var today = time.Today(user.Zone);
        var (model, serial, unit, note) = (CustomerDesk.Tidy(what.Model), (what.Serial ?? "").Trim(), CustomerDesk.Tidy(what.Unit), (what.Note ?? "").Trim());
        var imei = what.Imei is null ? new(there?.Imei ?? "", null) : Imei.Read(what.Imei);
        var plate = NumberPlate.Read(what.Plate);
        var wrong = new List<(string, string)>();
        if (!Enum.IsDefined(what.Kind)) wrong.Add(("kind", texts["kernel.bad-input"]));
        if (model.Length == 0) wrong.Add(("model", texts["customers.device.model-missing"]));
        Short("model", model, Device.ModelMax);
        Short("serial", serial, Device.SerialMax);
        Short("unit", unit, Device.SerialMax);
        Short("note", note, Device.NoteMax);
        if (imei.WrongKey is not null) wrong.Add(("imei", texts[imei.WrongKey, imei.Args]));
        if (plate.WrongKey is not null) wrong.Add(("plate", texts[plate.WrongKey, plate.Args]));
        var currency = string.IsNullOrWhiteSpace(what.Currency) ? there?.Currency ?? Currencies.Usual : what.Currency.Trim().ToUpperInvariant();
        if (!Currencies.IsKnown(currency)) wrong.Add(("currency", texts["customers.currency-unknown", currency.Length > 10 ? currency[..10] : currency]));
        if (what.Price is < 0 or > MostPrice) wrong.Add(("price", texts["customers.device.price-wrong"]));
        foreach (var (field, day) in new[] { ("boughtOn", what.BoughtOn), ("warrantyEnd", what.WarrantyEnd), ("replacementDue", what.ReplacementDue), ("nextServiceOn", what.NextServiceOn) })
        {
            if (day is { Year: <= 1990 or >= 2100 }) wrong.Add((field, texts["customers.date-wrong"]));
        }

        if (what.BoughtOn > today) wrong.Add(("boughtOn", texts["customers.device.future"]));
        Within("nextServiceKm", what.NextServiceKm, MostKm);
        Within("mileage", what.Mileage, MostKm);
        Within("designLifeMonths", what.DesignLifeMonths, MostMonths);
        if (what.StoreId is { } store && store != there?.StoreId && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) wrong.Add(("storeId", texts["kernel.points-nowhere"]));
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        if (imei.WrongKey is null && imei.Digits.Length > 0 && imei.Digits != there?.Imei && await db.Set<Device>().AnyAsync(d => d.CustomerId == customerId && d.Imei == imei.Digits && d.RetiredOn == null, cancel)) wrong.Add(("imei", texts["customers.device.there"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        if (!sure && imei.Digits.Length > 0 && (imei.Digits != there?.Imei || model != there.Model) && await DoubtsAsync(customerId, there?.Id, imei.Digits, model, cancel) is { Count: > 0 } doubts) throw new Doubts(imei.Digits, doubts);

        var isNew = there is null;
        var device = there ?? new Device { CustomerId = customerId, Model = model };
        (device.Model, device.Imei, device.Serial, device.BoughtOn, device.Price) = (model, imei.Digits, serial, what.BoughtOn, what.Price);
        (device.StoreId, device.WarrantyEnd, device.ReplacementDue, device.Note) = (what.StoreId, what.WarrantyEnd, what.ReplacementDue, note);
        device.Currency = currency;
        if (what.Mileage != device.Mileage) device.MileageOn = what.Mileage is null ? null : today;
        (device.Kind, device.Plate, device.Unit, device.NextServiceOn, device.NextServiceKm, device.Mileage, device.DesignLifeMonths) = (what.Kind, plate.Plate, unit, what.NextServiceOn, what.NextServiceKm, what.Mileage, what.DesignLifeMonths);
        audit.Add("customers.device", "customers.device", device.Id);
        if (isNew) await devices.AddAsync(device, cancel);
        else await devices.ChangedAsync(device, cancel);
        return device;

        void Short(string field, string text, int most)
        {
            if (text.Length > most) wrong.Add((field, texts["customers.too-long", most]));
        }

        void Within(string field, int? number, int most)
        {
            if (number < 0 || number > most) wrong.Add((field, texts["customers.device.number-wrong", most]));
        }
    }

    /// <summary>No longer in use from today, or in use again.</summary>
    public Task RetireAsync(Device device, bool retired, CancellationToken cancel = default)
    {
        if (retired == device.RetiredOn is not null) return Task.CompletedTask;
        device.RetiredOn = retired ? time.Today(user.Zone) : null;
        audit.Add("customers.device", "customers.device", device.Id, nameof(Device.RetiredOn));
        return devices.ChangedAsync(device, cancel);
    }

    // Said, not refused: the handset stands in another file (resold, or the files are one person's); the type code belongs to another model (one of the two is mistyped).
    private async Task<List<string>> DoubtsAsync(Guid customerId, Guid? id, string imei, string model, CancellationToken cancel)
    {
        var doubts = new List<string>();
        foreach (var same in await desk.SameImeiAsync(imei, customerId, cancel))
        {
            doubts.Add(texts["customers.same.by-Imei", same.InReach ? texts["customers.same.file", same.Name, same.Number] : texts["customers.same.outside", same.Hint]]);
        }

        var from = imei[..Imei.TypeCodeLength];
        var (low, high) = (from + "0000000", from + "9999999");
        var alike = db.Set<Device>().Where(d => d.Imei.CompareTo(low) >= 0 && d.Imei.CompareTo(high) <= 0 && d.Id != id);
        var other = await alike.Where(d => d.Model != model).GroupBy(d => d.Model).Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).FirstOrDefaultAsync(cancel);
        if (other is not null && !await alike.AnyAsync(d => d.Model == model, cancel)) doubts.Add(texts["customers.imei.other-model", from, other.Key]);
        return doubts;
    }
}

/// <summary>An IMEI that is well formed but may be wrong, or another customer's: said once, then taken.</summary>
public sealed class Doubts(string imei, IReadOnlyList<string> words) : Exception("Said once")
{
    public string Imei { get; } = imei;
    public IReadOnlyList<string> Words { get; } = words;
}
