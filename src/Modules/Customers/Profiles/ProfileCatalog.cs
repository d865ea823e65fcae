using System.Collections.Concurrent;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What the shop asks now, remembered for a short while: every file and list needs it, and it hardly changes.</summary>
public sealed class ProfileCatalog(TimeProvider time)
{
    private static readonly TimeSpan Lives = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<Guid, (long At, IReadOnlyList<AskedItem> Items)> known = new();

    /// <summary>The items of the templates in use, in the order in which they are asked.</summary>
    public async Task<IReadOnlyList<AskedItem>> AskedAsync(Db db, CancellationToken cancel)
    {
        if (known.TryGetValue(db.CompanyId, out var there) && time.GetElapsedTime(there.At) < Lives) return there.Items;
        var rows = await (from i in db.Set<ProfileItem>()
                          join t in db.Set<ProfileTemplate>() on i.TemplateId equals t.Id
                          where t.InUseSince != null && i.LastEdition == null && (i.Sensitive == Sensitive.None || i.AskedSince != null)
                          orderby t.Place, t.Id, i.Place, i.Id
                          select new { Item = i, t.Meant, t.Edition }).ToListAsync(cancel);
        IReadOnlyList<AskedItem> items = rows.ConvertAll(r => Of(r.Item, r.Meant, r.Edition));
        known[db.CompanyId] = (time.GetTimestamp(), items);
        return items;
    }

    /// <summary>After the change commits, the next look reads anew. Other nodes follow within a minute.</summary>
    public void Forget(Db db)
    {
        var company = db.CompanyId;
        db.AfterCommit(() => known.TryRemove(company, out _));
    }

    internal static AskedItem Of(ProfileItem i, MeantFor meant, int edition) => new(i.Id, i.TemplateId, meant, i.Key, i.Title, i.Section, i.Hint, i.Kind, ProfileItem.Split(i.Options), i.Sensitive, i.Field, i.Remind, edition);
}

/// <summary>How items read on screen.</summary>
public static class ProfileWords
{
    public static string Title(Texts texts, AskedItem item) => Title(texts, item.Key, item.Title);
    public static string Title(Texts texts, string key, string title) => title.Length > 0 ? title : texts[$"customers.item.{key}"];

    /// <summary>Words of the shop, or those of a ready key.</summary>
    public static string Own(Texts texts, string words) => words.StartsWith("customers.", StringComparison.Ordinal) && texts.Has(words) ? texts[words] : words;

    /// <summary>An answer as it is read; phones and addresses masked unless they are revealed.</summary>
    public static string Value(Texts texts, ItemKind kind, string value, bool revealed) => value.Length == 0 ? "" : kind switch
    {
        ItemKind.YesNo => texts[value == "yes" ? "customers.yes" : "customers.no"],
        ItemKind.Choice => Own(texts, value),
        ItemKind.Several => string.Join(texts["customers.tags-between"], value.Split('\n').Select(v => Own(texts, v))),
        ItemKind.Phone => CustomerContact.Shown(ContactKind.Phone, value, revealed),
        ItemKind.Address => CustomerContact.Shown(ContactKind.Address, value, revealed),
        _ => value,
    };
}
