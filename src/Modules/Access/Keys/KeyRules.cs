using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Keys;

/// <summary>A key as typed, on the page and at the machine door.</summary>
public sealed class KeyForm
{
    public string? Name { get; set; }
    public string? ExpiresOn { get; set; }
    public string? StoreId { get; set; }
    public string[]? May { get; set; }
}

/// <summary>Makes and revokes keys; both doors come here.</summary>
public sealed class KeyRules(Db db, CurrentUser me, ModuleList modules, Audit audit, ApiKeys keys, TimeProvider time, Texts texts)
{
    /// <summary>What a key may carry at most: what the person has, but never what makes more keys, roles or people.</summary>
    public IEnumerable<string> MayCarry => modules.All.SelectMany(m => m.Permissions).Where(p => me.Can(p) && p is not ("access.keys" or "access.roles" or "staff.edit"));

    /// <summary>What is wrong with it, by field.</summary>
    public async Task<List<(string Field, string Message)>> CheckAsync(KeyForm form, CancellationToken cancel)
    {
        var wrong = new List<(string, string)>();
        var today = time.Today(me.Zone);
        if ((form.Name ?? "").Trim() is not { Length: > 0 and <= ApiKey.NameMax }) wrong.Add(("Name", texts["access.name-rule", ApiKey.NameMax]));
        if (!DateOnly.TryParseExact(form.ExpiresOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day < today || day > today.AddDays(ApiKey.LongestDays)) wrong.Add(("ExpiresOn", texts["access.key.expires-rule", ApiKey.LongestDays]));
        if (form.May is not { Length: > 0 }) wrong.Add(("May", texts["access.key.may-rule"]));
        else if (form.May.Except(MayCarry).FirstOrDefault() is { } more) wrong.Add(("May", texts["access.key.may-not", texts["permission." + more]]));
        if (string.IsNullOrEmpty(form.StoreId))
        {
            if (!me.SeesAll) wrong.Add(("StoreId", texts["access.more-than-yours"]));
        }
        else if (!Guid.TryParse(form.StoreId, out var store) || !(me.SeesAll || me.StoreIds.Contains(store)) || !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel))
        {
            wrong.Add(("StoreId", texts["access.store-unknown"]));
        }

        return wrong;
    }

    /// <summary>Makes a checked key; the secret is returned and nowhere kept.</summary>
    public (ApiKey Key, string Secret) Make(KeyForm form)
    {
        var secret = ApiKey.NewSecret();
        Guid? store = Guid.TryParse(form.StoreId, out var id) ? id : null;
        var key = new ApiKey
        {
            Name = form.Name!.Trim(), Hash = ApiKey.HashOf(secret), Starts = secret[..8], Permissions = string.Join(' ', form.May!.Distinct().Order(StringComparer.Ordinal)),
            Reach = store is null ? Reach.Company : Reach.Store, StoreId = store, CreatedBy = me.StaffId == Guid.Empty ? null : me.StaffId, CreatedAt = time.Now(),
            ExpiresOn = DateOnly.ParseExact(form.ExpiresOn!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        db.Set<ApiKey>().Add(key);
        audit.Add("access.key-made", "access.api-key", key.Id, key.Permissions);
        return (key, secret);
    }

    public async Task RevokeAsync(Guid id, CancellationToken cancel)
    {
        var key = await db.Set<ApiKey>().AsTracking().FirstOrDefaultAsync(k => k.Id == id, cancel) ?? throw new NotThere();
        if (key.RevokedAt is not null) return;
        key.RevokedAt = time.Now();
        db.AfterCommit(() => keys.Forget(key.Hash));
        audit.Add("access.key-revoked", "access.api-key", key.Id);
    }
}
