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
public sealed class WriteToMany(Db db, Messenger messenger, Templates templates, Timeline timeline, Audit audit)
{
    public const int WordsMax = 500;
    /// <summary>Stands for the form of address, or the name; every field of a template may be used.</summary>
    public const string AddressField = "{address}";

    // So many are filled in at a time.
    private const int Batch = 500;

    public static readonly ConsentPurpose[] Purposes = [ConsentPurpose.Service, ConsentPurpose.Promotion];

    public async Task<Reachable> CountAsync(IQueryable<Customer> chosen, ConsentPurpose purpose, CancellationToken cancel = default) =>
        new(await chosen.CountAsync(cancel), await Agreed(chosen, purpose).CountAsync(cancel));

    /// <summary>Which templates fit: those whose purpose is this one. Promotion is promotion; all else is service. What needs a link is sent by who makes the link.</summary>
    public async Task<IReadOnlyList<TemplateRow>> TemplatesAsync(ConsentPurpose? purpose = null, CancellationToken cancel = default) =>
        [.. (await templates.AllAsync(cancel: cancel)).Where(t => t.Purpose != ContactPurpose.Answer && !t.Words[0].Body.Contains("{link}", StringComparison.Ordinal) && (purpose is null || (t.Purpose == ContactPurpose.Promotion) == (purpose == ConsentPurpose.Promotion)))];

    /// <summary>Writes, in words of one's own or from a template. Part of the caller's transaction; the messages leave when it has committed.</summary>
    /// <param name="chosen">Cut to what the person sees.</param>
    /// <param name="purpose">What the customers must have agreed to.</param>
    /// <param name="words">Own words, with fields; empty: the template's.</param>
    /// <param name="template">Key of the template; null or empty: none.</param>
    /// <param name="language">The template's language.</param>
    /// <param name="channel">Key of the channel; empty: the usual one.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>How many were chosen and how many are written to.</returns>
    /// <exception cref="Refused">No words, too many customers, or nobody who agreed.</exception>
    public async Task<Reachable> SendAsync(IQueryable<Customer> chosen, ConsentPurpose purpose, string words, string? template = null, string language = "zh-CN", string channel = "", CancellationToken cancel = default)
    {
        words = words.Trim();
        if (!Purposes.Contains(purpose)) throw new Refused("customers.message.purpose-missing") { Field = "In.Purpose" };
        if (words.Length == 0 && string.IsNullOrEmpty(template)) throw new Refused("customers.message.words-missing") { Field = "In.Words" };
        if (words.Length > WordsMax) throw new Refused("customers.too-long", WordsMax) { Field = "In.Words" };
        // Advertising goes to who agreed to advertising, whatever the person ticked.
        if (words.Length == 0 && (await TemplatesAsync(purpose, cancel)).All(t => t.Key != template)) throw new Refused("customers.message.template-purpose") { Field = "In.Template" };
        var all = await chosen.Take(BulkActs.Most + 1).CountAsync(cancel);
        if (all > BulkActs.Most) throw new Refused("customers.bulk.too-many", BulkActs.Most);
        var people = await Agreed(chosen, purpose).OrderBy(c => c.Id).Select(c => new { c.Id, c.Name, c.Phone, c.Email, c.Address, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        if (people.Count == 0) throw new Refused(all == 0 ? "customers.bulk.none" : "customers.message.nobody", all);
        var kind = purpose == ConsentPurpose.Promotion ? ContactPurpose.Promotion : ContactPurpose.Service;
        foreach (var part in people.Chunk(Batch))
        {
            var ids = part.Select(p => p.Id).ToList();
            var made = words.Length > 0 ? await templates.RenderWordsAsync(words, kind, ids, cancel) : await templates.RenderManyAsync(template!, ids, null, language, cancel);
            foreach (var p in part)
            {
                var said = made[p.Id];
                var id = messenger.Send(new Outgoing(p.Id, p.Phone, said.Subject, said.Body, "customers.message.purpose." + purpose, p.Id, $"customers-message:{Ids.New():N}", p.StoreId, null, p.Email)
                {
                    Purpose = words.Length > 0 ? kind : said.Purpose, Made = said.Key.Length > 0 ? said : null, Channel = channel, Post = p.Address.Length > 0 ? p.Name + "\n" + p.Address : p.Name,
                });
                timeline.Add(p.Id, TimelineKind.Message, "customers.timeline.written", [], said.Body, $"/messages/{id}");
            }
        }

        audit.Add("customers.message", "customers.list", Guid.Empty, string.Create(CultureInfo.InvariantCulture, $"{purpose} {people.Count}/{all}"));
        return new(all, people.Count);
    }

    private IQueryable<Customer> Agreed(IQueryable<Customer> chosen, ConsentPurpose purpose) =>
        chosen.Where(c => c.DoNotContactSince == null && c.Phone != "" && db.Set<Consent>().Any(x => x.CustomerId == c.Id && x.Purpose == purpose && x.WithdrawnAt == null));
}
