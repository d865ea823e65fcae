using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access;

/// <summary>A store as typed, on the page and at the machine door.</summary>
public sealed class StoreForm
{
    public string? Number { get; set; }
    public string? Name { get; set; }
    public string? Region { get; set; }
    public string? City { get; set; }
    public string? Address { get; set; }
    public string? Phone { get; set; }
    public string? ClosedOn { get; set; }
    public string? Version { get; set; }
}

/// <summary>Opens and changes stores; both doors come here.</summary>
public sealed class StoreRules(Db db, Audit audit, KnownPeople known, Texts texts)
{
    public const int NumberMax = 10;
    public const int AddressMax = 200;
    public const int PhoneMax = 30;

    public async Task<StoreForm> FormOfAsync(Store store, CancellationToken cancel) => new()
    {
        Number = store.Number, Name = store.Name, City = store.City, Address = store.Address, Phone = store.Phone,
        Region = store.RegionId is { } region ? await db.Set<Region>().Where(r => r.Id == region).Select(r => r.Name).FirstOrDefaultAsync(cancel) : null,
        ClosedOn = store.ClosedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Version = store.Version.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What is wrong with it, by field.</summary>
    public IEnumerable<(string Field, string Message)> Check(StoreForm form)
    {
        if (Clean(form.Number) is not { Length: > 0 and <= NumberMax }) yield return ("Number", texts["access.store.number-rule", NumberMax]);
        if (Clean(form.Name) is not { Length: > 0 and <= Store.NameMax }) yield return ("Name", texts["access.name-rule", Store.NameMax]);
        if (Clean(form.Region).Length > Region.NameMax) yield return ("Region", texts["access.name-rule", Region.NameMax]);
        if (Clean(form.City).Length > Store.NameMax) yield return ("City", texts["access.name-rule", Store.NameMax]);
        if (Clean(form.Address).Length > AddressMax) yield return ("Address", texts["access.name-rule", AddressMax]);
        if (Clean(form.Phone).Length > PhoneMax) yield return ("Phone", texts["access.name-rule", PhoneMax]);
        if (!string.IsNullOrEmpty(form.ClosedOn) && !DateOnly.TryParseExact(form.ClosedOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) yield return ("ClosedOn", texts["access.day-rule"]);
    }

    /// <summary>Stores a checked form; no id makes a new store.</summary>
    public async Task<Guid> SaveAsync(Guid? id, StoreForm form, CancellationToken cancel)
    {
        var number = Clean(form.Number);
        if (await db.Set<Store>().AnyAsync(s => s.Number == number && s.Id != id, cancel)) throw new Refused("access.store.number-taken", number) { Field = "In.Number" };
        Store store;
        if (id is null)
        {
            store = new Store { Number = number, Name = Clean(form.Name) };
            db.Set<Store>().Add(store);
            audit.Add("access.store-opened", "access.store", store.Id);
        }
        else
        {
            store = await db.Set<Store>().AsTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
            if (form.Version is { Length: > 0 } && form.Version != store.Version.ToString(CultureInfo.InvariantCulture)) throw new DbUpdateConcurrencyException();
            audit.Add("access.store-changed", "access.store", store.Id);
        }

        (store.Number, store.Name, store.City, store.Address, store.Phone) = (number, Clean(form.Name), Clean(form.City), Clean(form.Address), Clean(form.Phone));
        store.ClosedOn = string.IsNullOrEmpty(form.ClosedOn) ? null : DateOnly.ParseExact(form.ClosedOn, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        store.RegionId = await RegionAsync(Clean(form.Region), cancel);
        db.AfterCommit(known.ForgetAll);
        return store.Id;
    }

    private async Task<Guid?> RegionAsync(string name, CancellationToken cancel)
    {
        if (name.Length == 0) return null;
        var region = await db.Set<Region>().FirstOrDefaultAsync(r => r.Name == name, cancel);
        if (region is null)
        {
            region = new Region { Name = name };
            db.Set<Region>().Add(region);
            audit.Add("access.region-opened", "access.region", region.Id);
        }

        return region.Id;
    }

    private static string Clean(string? text) => (text ?? "").Trim();
}
