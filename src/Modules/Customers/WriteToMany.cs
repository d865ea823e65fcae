using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Whom a message would reach.</summary>
/// <param name="All">Chosen.</param>
/// <param name="Agreed">Of these: reachable, and agreed to this use.</param>
public readonly record struct Reachable(int All, int Agreed);

/// <summary>
/// Writes to many customers at once (B2, B14): only who has agreed to the use and did not ask to be left alone; each once, through
/// the one way out of the house. The rest is counted and said, never written to.
/// </summary>
public sealed class WriteToMany(Db db, Messenger messenger, Timeline timeline, Audit audit)
{
    public const int WordsMax = 500;
    private const int SubjectMax = 24;

    /// <summary>Stands for the form of address, or the name.</summary>
    public const string AddressField = "{address}";

    public static readonly ConsentPurpose[] Purposes = [ConsentPurpose.Service, ConsentPurpose.Promotion];

    public async Task<Reachable> CountAsync(IQueryable<Customer> chosen, ConsentPurpose purpose, CancellationToken cancel = default) =>
        new(await chosen.CountAsync(cancel), await Agreed(chosen, purpose).CountAsync(cancel));

    /// <summary>Writes. Part of the caller's transaction; the messages leave when it has committed.</summary>
    /// <returns>How many were chosen and how many are written to.</returns>
    /// <exception cref="Refused">No words, too many customers, or nobody who agreed.</exception>
    public async Task<Reachable> SendAsync(IQueryable<Customer> chosen, ConsentPurpose purpose, string words, CancellationToken cancel = default)
    {
        words = words.Trim();
        if (!Purposes.Contains(purpose)) throw new Refused("customers.message.purpose-missing") { Field = "In.Purpose" };
        if (words.Length == 0) throw new Refused("customers.message.words-missing") { Field = "In.Words" };
        if (words.Length > WordsMax) throw new Refused("customers.too-long", WordsMax) { Field = "In.Words" };
        var all = await chosen.Take(BulkActs.Most + 1).CountAsync(cancel);
        if (all > BulkActs.Most) throw new Refused("customers.bulk.too-many", BulkActs.Most);
        var people = await Agreed(chosen, purpose).OrderBy(c => c.Id).Select(c => new { c.Id, c.Name, c.FormOfAddress, c.Phone, c.Email, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        if (people.Count == 0) throw new Refused(all == 0 ? "customers.bulk.none" : "customers.message.nobody", all);
        foreach (var p in people)
        {
            var said = words.Replace(AddressField, p.FormOfAddress.Length > 0 ? p.FormOfAddress : p.Name, StringComparison.Ordinal);
            var id = messenger.Send(new Outgoing(p.Id, p.Phone, said.Length > SubjectMax ? said[..(SubjectMax - 1)] + "…" : said, said, "customers.message.purpose." + purpose, p.Id, $"customers-message:{Ids.New():N}", p.StoreId, null, p.Email)
            {
                Purpose = purpose == ConsentPurpose.Promotion ? ContactPurpose.Promotion : ContactPurpose.Service,
            });
            timeline.Add(p.Id, TimelineKind.Message, "customers.timeline.written", [], said, $"/messages/{id}");
        }

        audit.Add("customers.message", "customers.list", Guid.Empty, string.Create(CultureInfo.InvariantCulture, $"{purpose} {people.Count}/{all}"));
        return new(all, people.Count);
    }

    private IQueryable<Customer> Agreed(IQueryable<Customer> chosen, ConsentPurpose purpose) =>
        chosen.Where(c => c.DoNotContactSince == null && c.Phone != "" && db.Set<Consent>().Any(x => x.CustomerId == c.Id && x.Purpose == purpose && x.WithdrawnAt == null));
}
