using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>One item with what is known of a customer on it.</summary>
public sealed record ProfileLine(AskedItem Item, ProfileAnswer? Answer, bool InFile)
{
    /// <summary>Answered here, or by the file itself.</summary>
    public bool IsKnown => Item.Field.Length > 0 ? InFile : Answer is { Declined: false };

    /// <summary>Worth asking at the next contact.</summary>
    public bool IsOpen => Item.Field.Length > 0 ? !InFile : Answer is null;
}

/// <summary>A customer's profile (A5): what is asked of them, what is known, what may not be asked.</summary>
public sealed record ProfileSheet(Customer Customer, IReadOnlyList<ProfileLine> Lines, IReadOnlyList<SensitiveConsent> Consents, int Done, int Total)
{
    public bool Agreed(Sensitive kind) => kind == Sensitive.None || Consents.Any(c => c.Kind == kind && c.WithdrawnAt is null);

    /// <summary>The next thing to ask, passing over those put off.</summary>
    public AskedItem? Next(IReadOnlyCollection<Guid> passed) => Lines.FirstOrDefault(l => l.IsOpen && l.Item.Field.Length == 0 && Agreed(l.Item.Sensitive) && !passed.Contains(l.Item.Id))?.Item;
}

/// <summary>Keeps what is learnt about a customer, a little at each contact.</summary>
public sealed class Profile(Db db, CurrentUser user, TimeProvider time, ProfileCatalog catalog, Audit audit, Texts texts, Public.Timeline timeline)
{
    private Guid? By => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <exception cref="NotThere">No such customer within reach.</exception>
    public async Task<ProfileSheet> OfAsync(Guid customerId, CancellationToken cancel = default)
    {
        var row = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new
        {
            Customer = c, Consents = db.Set<SensitiveConsent>().Where(s => s.CustomerId == c.Id).OrderBy(s => s.GivenAt).ToList(),
        }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        // Files that were made one may bring two answers to one item: the newer one counts.
        var answers = (await db.Set<ProfileAnswer>().Where(a => a.CustomerId == customerId && a.ReplacedAt == null).ToListAsync(cancel)).GroupBy(a => a.ItemId).ToDictionary(g => g.Key, g => g.MaxBy(a => (a.LearntAt, a.Id))!);
        var c = row.Customer;
        var asked = (await catalog.AskedAsync(db, cancel)).Where(i => ProfileTemplate.IsMeant(i.Meant, c.Tier, c.Stage, c.Class)).ToList();
        var fields = Filled(c.Phone, c.Address, c.BirthMonth);
        var (done, total) = ItemRules.Completeness(asked, answers.Values.Where(a => !a.Declined).Select(a => a.ItemId).ToHashSet(), answers.Values.Where(a => a.Declined).Select(a => a.ItemId).ToHashSet(), fields,
            row.Consents.Where(s => s.WithdrawnAt is null).Select(s => s.Kind).ToHashSet());
        return new(c, asked.ConvertAll(i => new ProfileLine(i, answers.GetValueOrDefault(i.Id), i.Field.Length > 0 && fields.Contains(i.Field))), row.Consents, done, total);
    }

    /// <summary>How much is known of several customers at once, for a page of the list: two statements.</summary>
    public async Task<IReadOnlyDictionary<Guid, (int Done, int Total)>> CountsAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancel = default)
    {
        var asked = await catalog.AskedAsync(db, cancel);
        if (asked.Count == 0 || customerIds.Count == 0) return new Dictionary<Guid, (int, int)>();
        var customers = await db.Set<Customer>().Where(c => customerIds.Contains(c.Id)).Select(c => new
        {
            c.Id, c.Phone, c.Address, c.BirthMonth, c.Tier, c.Stage, c.Class, Agreed = db.Set<SensitiveConsent>().Where(s => s.CustomerId == c.Id && s.WithdrawnAt == null).Select(s => s.Kind).ToList(),
        }).ToListAsync(cancel);
        var answers = (await db.Set<ProfileAnswer>().Where(a => customerIds.Contains(a.CustomerId) && a.ReplacedAt == null).Select(a => new { a.CustomerId, a.ItemId, a.Declined }).ToListAsync(cancel)).ToLookup(a => a.CustomerId);
        return customers.ToDictionary(c => c.Id, c => ItemRules.Completeness(asked.Where(i => ProfileTemplate.IsMeant(i.Meant, c.Tier, c.Stage, c.Class)),
            answers[c.Id].Where(a => !a.Declined).Select(a => a.ItemId).ToHashSet(), answers[c.Id].Where(a => a.Declined).Select(a => a.ItemId).ToHashSet(), Filled(c.Phone, c.Address, c.BirthMonth), c.Agreed.ToHashSet()));
    }

    /// <summary>Keeps an answer. The same answer again changes nothing; another one replaces it and the old one stays to be read.</summary>
    /// <param name="sheet">The customer's profile, as <see cref="OfAsync"/> read it.</param>
    /// <param name="itemId">An item that is asked of this customer.</param>
    /// <param name="typed">As typed; empty takes the answer back.</param>
    /// <param name="declined">The customer would rather not say.</param>
    /// <param name="how">One of <see cref="ProfileAnswer.Ways"/>.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>The text of what is wrong with it; null when it is kept.</returns>
    /// <exception cref="Refused">Sensitive, and the customer has not agreed.</exception>
    public async Task<string?> AnswerAsync(ProfileSheet sheet, Guid itemId, string? typed, bool declined, string how, CancellationToken cancel = default)
    {
        var line = sheet.Lines.FirstOrDefault(l => l.Item.Id == itemId) ?? throw new NotThere();
        var item = line.Item;
        if (item.Field.Length > 0) throw new Refused("customers.answer.in-file");
        var read = declined ? new("", null) : ItemRules.Read(item.Kind, item.Options, typed);
        // An answer whose option is no longer offered stays while nobody changes it.
        if (read.WrongKey is not null && line.Answer?.Value == (typed ?? "").Trim()) return null;
        if (read.WrongKey is not null) return texts[read.WrongKey, read.Args];
        if (!declined && read.Value == (line.Answer is { Declined: false } same ? same.Value : "") && line.Answer is not { Declined: true }) return null;
        if (declined && line.Answer is { Declined: true }) return null;
        if (read.Value.Length > 0 && !sheet.Agreed(item.Sensitive)) throw new Refused("customers.answer.no-consent", texts[$"customers.sensitive.{item.Sensitive}"]);

        var now = time.Now();
        if (line.Answer is not null)
        {
            var id = sheet.Customer.Id;
            foreach (var old in await db.Set<ProfileAnswer>().AsTracking().Where(a => a.CustomerId == id && a.ItemId == itemId && a.ReplacedAt == null).ToListAsync(cancel)) old.Replace(now);
        }

        if (declined || read.Value.Length > 0)
        {
            db.Set<ProfileAnswer>().Add(new ProfileAnswer
            {
                CustomerId = sheet.Customer.Id, ItemId = itemId, Value = read.Value, Declined = declined, Edition = item.Edition, LearntAt = now, LearntBy = By, How = ProfileAnswer.Ways.Contains(how) ? how : ProfileAnswer.Ways[0],
            });
        }

        audit.Add("customers.answer", "customers.customer", sheet.Customer.Id, item.Title.Length > 0 ? item.Title : item.Key);
        return null;
    }

    /// <summary>The customer agrees that something sensitive be kept, or takes it back: then what was kept of it is deleted at once, earlier answers too.</summary>
    public async Task AgreeAsync(Guid customerId, Sensitive kind, bool agrees, string how, CancellationToken cancel = default)
    {
        if (kind == Sensitive.None || !await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var there = await db.Set<SensitiveConsent>().AsTracking().Where(s => s.CustomerId == customerId && s.Kind == kind && s.WithdrawnAt == null).ToListAsync(cancel);
        if (agrees == there.Count > 0) return;
        var now = time.Now();
        if (agrees)
        {
            if (!SensitiveConsent.Ways.Contains(how)) throw new Refused("customers.sensitive.how");
            if (kind == Sensitive.Child && how != "guardian") throw new Refused("customers.sensitive.guardian");
            db.Set<SensitiveConsent>().Add(new SensitiveConsent { CustomerId = customerId, Kind = kind, GivenAt = now, How = how, By = By });
        }
        else
        {
            foreach (var consent in there) consent.Withdraw(now, By);
            var items = db.Set<ProfileItem>().Where(i => i.Sensitive == kind).Select(i => i.Id);
            await db.Set<ProfileAnswer>().Where(a => a.CustomerId == customerId && items.Contains(a.ItemId)).ExecuteDeleteAsync(cancel);
        }

        timeline.Add(customerId, TimelineKind.File, agrees ? "customers.timeline.consent-given" : "customers.timeline.consent-withdrawn", [$"customers.sensitive.{kind}"]);
        audit.Add(agrees ? "customers.consent.give" : "customers.consent.withdraw", "customers.customer", customerId, kind.ToString());
    }

    /// <summary>Dates of the profile that come within their days of warning: a licence's yearly check, the end of an insurance.</summary>
    public static IEnumerable<(AskedItem Item, DateOnly On)> Coming(ProfileSheet sheet, DateOnly today) =>
        from l in sheet.Lines
        where l.Item is { Kind: ItemKind.Date, Remind: > 0 } && l.Answer is { Declined: false }
        let day = DateOnly.ParseExact(l.Answer!.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture)
        where day <= today.AddDays(l.Item.Remind)
        orderby day
        select (l.Item, day);

    private static HashSet<string> Filled(string phone, string address, int birthMonth)
    {
        var filled = new HashSet<string>(StringComparer.Ordinal);
        if (phone.Length > 0) filled.Add("Phone");
        if (address.Length > 0) filled.Add("Address");
        if (birthMonth > 0) filled.Add("Birthday");
        return filled;
    }
}
