using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>A way to reach somebody.</summary>
public enum ContactKind { Phone, Email, WeChat, Website, Address, Other }

/// <summary>A further way to reach the customer (A3), besides the first ones that stand on the file itself.</summary>
public sealed class CustomerContact : ICompanyOwned, IVersioned
{
    public const int LabelMax = 20;
    public const int ValueMax = 200;
    public const int Most = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public ContactKind Kind { get; init; }
    /// <summary>As said: office, mother's.</summary>
    public string Label { get; set; } = "";
    /// <summary>As stored by its kind: phones by <see cref="Public.Phone.Read"/>, e-mail in small letters.</summary>
    public required string Value { get; set; }
    /// <summary>When it is good to use it.</summary>
    public string Hours { get; set; } = "";
    /// <summary>Not by this way, since.</summary>
    public DateTime? DoNotUseSince { get; set; }
    public int Place { get; set; }
    public int Version { get; set; }

    /// <summary>What was typed as it is stored, or the text key of what is wrong.</summary>
    public static ItemRules.Reading Read(ContactKind kind, string? typed)
    {
        var text = CustomerDesk.Tidy(typed);
        if (text.Length == 0) return new("", "customers.contact.missing");
        if (text.Length > ValueMax) return new(text, "customers.too-long", ValueMax);
        switch (kind)
        {
            case ContactKind.Phone:
                var phone = Phone.Read(text);
                return new(phone.Digits, phone.WrongKey, phone.Args);
            case ContactKind.Email:
                return CustomerDesk.LooksLikeEmail(text) ? new(text.ToLowerInvariant(), null) : new(text, "customers.email.wrong");
            case ContactKind.Website:
                return CustomerDesk.SiteOf(text) is not null ? new(text, null) : new(text, "customers.website.wrong");
            default:
                return new(text, null);
        }
    }

    private const string Hidden = "****";

    /// <summary>As pages, lists, exports and the API show it (B1): in full only while the file is revealed. The import knows a value with <c>***</c> for one that says nothing.</summary>
    public static string Shown(ContactKind kind, string value, bool revealed)
    {
        if (revealed) return kind == ContactKind.Phone ? Phone.Whole(value) : value;
        if (value.Length == 0) return "";
        return kind switch
        {
            ContactKind.Phone => Phone.Mask(value),
            ContactKind.Website => value,
            ContactKind.Email => value.IndexOf('@') is > 0 and var at ? value.Head(Math.Min(1, at - 1)) + Hidden + value[at..] : Hidden,
            ContactKind.Address => value.Head(Math.Min(6, value.Length / 2)) + Hidden,
            ContactKind.WeChat => value.Head(value.Length < 3 ? 0 : 1) + Hidden,
            _ => Hidden,
        };
    }
}

/// <summary>What kind of news it is.</summary>
public enum NewsTopic { Price, Competitor, Product, Policy, Demand, Other }

/// <summary>市场信息: what a customer told of the market, noted apart from what concerns the customer (A3, S3-4).</summary>
public sealed class MarketNews : ICompanyOwned, IScoped
{
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who heard it.</summary>
    public Guid? OwnerId { get; init; }
    public NewsTopic Topic { get; init; }
    public required string Words { get; init; }
    public DateOnly HeardOn { get; init; }
    public DateTime At { get; init; }
}

/// <summary>Keeps contacts and news, from page and API.</summary>
public sealed class ContactDesk(Db db, CurrentUser user, TimeProvider time, Texts texts, Audit audit, CustomerSearch search)
{
    /// <summary>Adds a contact, or changes one (its kind stays).</summary>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<CustomerContact> SaveAsync(Guid customerId, CustomerContact? contact, ContactKind kind, string? label, string? value, string? hours, bool use, CancellationToken cancel = default)
    {
        var customer = await db.Set<Customer>().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere();
        kind = contact?.Kind ?? kind;
        var wrong = new List<(string, string)>();
        // A masked value left empty stays.
        var read = contact is not null && string.IsNullOrWhiteSpace(value) ? new(contact.Value, null) : CustomerContact.Read(kind, value);
        if (read.WrongKey is not null) wrong.Add(("value", texts[read.WrongKey, read.Args]));
        if (CustomerDesk.Tidy(label).Length > CustomerContact.LabelMax) wrong.Add(("label", texts["customers.too-long", CustomerContact.LabelMax]));
        if ((hours ?? "").Trim().Length > Customer.PreferredMax) wrong.Add(("hours", texts["customers.too-long", Customer.PreferredMax]));
        var others = await db.Set<CustomerContact>().Where(c => c.CustomerId == customerId).Select(c => new { c.Id, c.Kind, c.Value }).ToListAsync(cancel);
        if (others.Exists(o => o.Id != contact?.Id && o.Kind == kind && o.Value == read.Value) || kind == ContactKind.Phone && customer.Phone == read.Value) wrong.Add(("value", texts["customers.contact.there"]));
        if (contact is null && others.Count >= CustomerContact.Most) wrong.Add(("value", texts["customers.contact.too-many", CustomerContact.Most]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var isNew = contact is null;
        contact ??= new CustomerContact { CustomerId = customerId, Kind = kind, Value = read.Value, Place = others.Count + 1 };
        (contact.Label, contact.Value, contact.Hours) = (CustomerDesk.Tidy(label), read.Value, (hours ?? "").Trim());
        contact.DoNotUseSince = use ? null : contact.DoNotUseSince ?? time.Now();
        if (isNew) db.Set<CustomerContact>().Add(contact);
        audit.Add("customers.contact", "customers.customer", customerId, kind.ToString());
        await search.PutAsync(customer, cancel);
        return contact;
    }

    public async Task RemoveAsync(CustomerContact contact, CancellationToken cancel = default)
    {
        db.Set<CustomerContact>().Remove(contact);
        audit.Add("customers.contact.remove", "customers.customer", contact.CustomerId, contact.Kind.ToString());
        await search.PutAsync(await db.Set<Customer>().FirstAsync(c => c.Id == contact.CustomerId, cancel), cancel);
    }

    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<MarketNews> HearAsync(Guid customerId, NewsTopic topic, string? words, DateOnly? heardOn, CancellationToken cancel = default)
    {
        var customer = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var (text, today) = ((words ?? "").Trim(), time.Today(user.Zone));
        if (text.Length is 0 or > MarketNews.WordsMax) throw new BadInput([("words", texts["customers.news.words-wrong", MarketNews.WordsMax])]);
        if (heardOn > today) throw new BadInput([("heardOn", texts["customers.date-wrong"])]);
        var news = new MarketNews { CustomerId = customerId, StoreId = customer.StoreId, OwnerId = user.StaffId == Guid.Empty ? null : user.StaffId, Topic = topic, Words = text, HeardOn = heardOn ?? today, At = time.Now() };
        db.Set<MarketNews>().Add(news);
        return news;
    }
}

internal sealed class CustomerContactMap : IEntityTypeConfiguration<CustomerContact>
{
    public void Configure(EntityTypeBuilder<CustomerContact> contact) => contact.ToTable("customers_contact");
}

internal sealed class MarketNewsMap : IEntityTypeConfiguration<MarketNews>
{
    public void Configure(EntityTypeBuilder<MarketNews> news) => news.ToTable("customers_news");
}
