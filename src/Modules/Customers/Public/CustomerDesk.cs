using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>A file to open (A1): the least is a name and one way to reach the customer.</summary>
public sealed record OpenCustomer
{
    public required string Name { get; init; }
    public string FormOfAddress { get; init; } = "";
    /// <summary>As typed.</summary>
    public string Phone { get; init; } = "";
    public string Email { get; init; } = "";
    public string WeChat { get; init; } = "";
    public string Address { get; init; } = "";
    public CustomerClass Class { get; init; }
    public CustomerStage Stage { get; init; }
    public CustomerTier Tier { get; init; }
    public CustomerSource Source { get; init; }
    public Birthday Birthday { get; init; }
    /// <summary>Null: the store of who opens it.</summary>
    public Guid? StoreId { get; init; }
    /// <summary>Null: who collected it, always first (A9).</summary>
    public Guid? OwnerId { get; init; }
    public string? ExternalNumber { get; init; }
    public string PreferredChannel { get; init; } = "";
    public string PreferredHours { get; init; } = "";
    public string Note { get; init; } = "";
    /// <summary>What the customer agreed to; empty: asked and refused, or not asked where a machine opens the file.</summary>
    public IReadOnlyList<ConsentPurpose> Consents { get; init; } = [];
    /// <summary>Key of how the consent was given: counter, paper, phone, link.</summary>
    public string ConsentHow { get; init; } = "counter";
    public Guid? KindId { get; init; }
    /// <summary>Of a prospect only.</summary>
    public ProspectStep? Way { get; init; }
    public IReadOnlyList<ProspectLack> Lacks { get; init; } = [];
    public string Website { get; init; } = "";
    public string PaperPlace { get; init; } = "";
    /// <summary>When it was opened, for files taken over from paper; now without it.</summary>
    public DateTime? OpenedAt { get; init; }

    /// <summary>What is wrong with it, by field name; the one place for page, API and import.</summary>
    public IEnumerable<(string Field, string Key, object?[] Args)> Wrong(Texts texts, DateOnly today)
    {
        var name = CustomerDesk.Tidy(Name);
        if (name.Length == 0) yield return (nameof(Name), "customers.name.missing", []);
        else if (name.Length > Customer.NameMax) yield return (nameof(Name), "customers.name.long", [Customer.NameMax, name.Length]);
        if (CustomerDesk.Tidy(FormOfAddress).Length > Customer.FormOfAddressMax) yield return (nameof(FormOfAddress), "customers.too-long", [Customer.FormOfAddressMax]);
        var phone = Public.Phone.Read(Phone);
        if (phone.WrongKey is not null) yield return (nameof(Phone), phone.WrongKey, phone.Args);
        else if (phone.Digits.Length == 0 && Email.Trim().Length == 0 && WeChat.Trim().Length == 0 && Source is not (CustomerSource.Import or CustomerSource.Queue)) yield return (nameof(Phone), "customers.reach.missing", []);
        if (Email.Trim() is { Length: > 0 } email && !CustomerDesk.LooksLikeEmail(email)) yield return (nameof(Email), "customers.email.wrong", []);
        if (WeChat.Trim().Length > Customer.WeChatMax) yield return (nameof(WeChat), "customers.too-long", [Customer.WeChatMax]);
        if (CustomerDesk.Tidy(Address).Length > Customer.AddressMax) yield return (nameof(Address), "customers.too-long", [Customer.AddressMax]);
        if (ExternalNumber?.Trim().Length > CustomerImport.ExternalMax) yield return (nameof(ExternalNumber), "customers.too-long", [CustomerImport.ExternalMax]);
        if (PreferredChannel.Length > 0 && !Customer.Channels.Contains(PreferredChannel)) yield return (nameof(PreferredChannel), "customers.preferred-channel.wrong", [string.Join(", ", Customer.Channels)]);
        if (PreferredHours.Trim().Length > Customer.PreferredMax) yield return (nameof(PreferredHours), "customers.too-long", [Customer.PreferredMax]);
        if (Note.Trim().Length > Customer.NoteMax) yield return (nameof(Note), "customers.too-long", [Customer.NoteMax]);
        if (Website.Trim() is { Length: > 0 } site && (site.Length > Customer.WebsiteMax || CustomerDesk.SiteOf(site) is null)) yield return (nameof(Website), "customers.website.wrong", []);
        if (CustomerDesk.Tidy(PaperPlace).Length > Customer.PlaceMax) yield return (nameof(PaperPlace), "customers.too-long", [Customer.PlaceMax]);
        if (Birthday.Wrong(texts, today) is { } wrong) yield return (nameof(Birthday), wrong.Key, wrong.Args);
    }
}

/// <summary>A row of a bulk opening; its fields are as stored (phone normalised by <see cref="Phone.Read"/>).</summary>
public sealed record NewCustomer
{
    /// <summary>Number in the system imported from; the same number is the same customer.</summary>
    public required string ExternalNumber { get; init; }
    public required string Name { get; init; }
    public string FormOfAddress { get; init; } = "";
    public string Phone { get; init; } = "";
    /// <summary>Further numbers, as <see cref="Public.Phone.Read"/> gives them: they become contacts of the file.</summary>
    public IReadOnlyList<string> FurtherPhones { get; init; } = [];
    public string Email { get; init; } = "";
    public string WeChat { get; init; } = "";
    public string Address { get; init; } = "";
    public CustomerClass Class { get; init; }
    public CustomerStage Stage { get; init; }
    public CustomerTier Tier { get; init; }
    public Birthday Birthday { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public string PreferredHours { get; init; } = "";
    public string Note { get; init; } = "";
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>Search words, where they were worked out ahead.</summary>
    internal string? Words { get; init; }
    /// <summary>When the file was made: C1's limits count from it; now without it.</summary>
    public DateTime? OpenedAt { get; init; }
}

/// <summary>Opens customer files, one by hand or API, many by import: number, owner, timeline, audit, search and event in the caller's transaction.</summary>
public sealed partial class CustomerDesk(Db db, CurrentUser user, TimeProvider time, Numbers numbers, Timeline timeline, Audit audit, Events events, Texts texts, CustomerSearch search, Allocator allocator, StaffGate gate, FilesCount counting, Forms forms)
{
    /// <summary>Series of file numbers.</summary>
    public const string Series = "KH";

    /// <summary>Opens one file and returns its id.</summary>
    /// <exception cref="BadInput">Something is wrong; the messages by field.</exception>
    public async Task<Guid> OpenAsync(OpenCustomer what, CancellationToken cancel = default)
    {
        var now = time.Now();
        var openedAt = what.OpenedAt ?? now;
        var fileOn = DateOnly.FromDateTime(openedAt.Local(user.Zone));
        var wrong = what.Wrong(texts, time.Today(user.Zone)).Select(w => (w.Field, texts[w.Key, w.Args])).ToList();
        if (wrong.Count > 0) throw new BadInput(wrong);

        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        var customer = new Customer
        {
            CompanyId = db.CompanyId, Id = Ids.New(now), Number = await numbers.NextAsync(db, Series, fileOn.Year, cancel), Name = Tidy(what.Name), FormOfAddress = Tidy(what.FormOfAddress),
            Phone = Phone.Read(what.Phone).Digits, Email = what.Email.Trim().ToLowerInvariant(), WeChat = what.WeChat.Trim(), Address = Tidy(what.Address),
            Class = what.Class, Stage = what.Stage, Tier = what.Tier, Source = what.Source, ExternalNumber = string.IsNullOrWhiteSpace(what.ExternalNumber) ? null : what.ExternalNumber.Trim(),
            Birthday = what.Birthday, CollectedBy = me, StoreId = what.StoreId ?? user.StoreId, OpenedAt = openedAt, FileOn = fileOn,
            PreferredChannel = what.PreferredChannel, PreferredHours = what.PreferredHours.Trim(), Note = what.Note.Trim(),
            KindId = what.KindId, Way = what.Stage == CustomerStage.Prospect ? what.Way ?? ProspectStep.Knows : null, Lacks = what.Stage == CustomerStage.Prospect ? string.Join(' ', what.Lacks.Distinct().Order()) : "",
            Website = what.Website.Trim(), PaperPlace = Tidy(what.PaperPlace),
        };
        // 谁收集的档案归谁，此条优先; what nobody collected goes by the shop's rules (A9, S3-8).
        var word = what.OwnerId is { } named ? new Allotment(named, "customers.owner.given") : me is { } collector ? new Allotment(collector, "customers.owner.collected") : (await allocator.ReadAsync(cancel)).Decide(new(customer.Id, null, customer.StoreId, customer.Address));
        if (word.OwnerId is { } owner && !await gate.HoldAsync(owner, cancel)) throw new Refused("customers.bulk.owner-missing") { Field = "In.OwnerId" };
        customer.OwnerId = word.OwnerId;
        customer.KeeperId = word.OwnerId ?? me;
        db.Set<Customer>().Add(customer);
        await forms.BeginAsync(customer, cancel);
        foreach (var purpose in what.Consents.Distinct())
        {
            db.Set<Consent>().Add(new Consent { CustomerId = customer.Id, Purpose = purpose, GivenAt = now, How = what.ConsentHow, By = me, StoreId = customer.StoreId });
        }

        db.Set<Ownership>().Add(new Ownership { CustomerId = customer.Id, OwnerId = customer.OwnerId, Since = openedAt, By = me, Why = word.Why, WhyArgs = System.Text.Json.JsonSerializer.Serialize(word.Args) });

        timeline.Add(customer.Id, TimelineKind.File, "customers.timeline.opened", [customer.Number], at: openedAt);
        audit.Add("customers.open", "customers.customer", customer.Id);
        await counting.AskAsync(customer, cancel);
        await search.AddAsync(customer, cancel);
        await events.PublishAsync(new CustomersOpened([customer.Id]), cancel);
        return customer.Id;
    }

    /// <summary>Customers who may be the same person: by phone, or by name with birthday; also outside the asker's reach, of whom only name and store are told.</summary>
    public async Task<List<MaybeSame>> MaybeSameAsync(string name, string phone, Birthday birthday, Guid? except = null, CancellationToken cancel = default, string weChat = "")
    {
        name = Tidy(name);
        weChat = weChat.Trim();
        var digits = Phone.Read(phone) is { WrongKey: null } read ? read.Digits : "";
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        var found = digits.Length == 0 ? [] : await all.Where(c => c.Phone == digits && c.Id != except).OrderBy(c => c.Id).Take(5).Select(Same(MaybeSameBy.Phone)).ToListAsync(cancel);
        // A number noted as a further phone of somebody.
        if (found.Count == 0 && digits.Length > 0) found = await (from k in db.Set<CustomerContact>() join c in all on k.CustomerId equals c.Id where k.Kind == ContactKind.Phone && k.Value == digits && c.Id != except orderby c.Id select c).Take(5).Select(Same(MaybeSameBy.Phone)).ToListAsync(cancel);
        if (found.Count == 0 && weChat.Length > 0) found = await all.Where(c => c.WeChat == weChat && c.Id != except).OrderBy(c => c.Id).Take(5).Select(Same(MaybeSameBy.WeChat)).ToListAsync(cancel);
        if (found.Count == 0 && birthday.IsKnown)
        {
            found = await all.Where(c => c.BirthMonth == birthday.Month && c.BirthDay == birthday.Day && c.BirthLunar == birthday.Lunar && c.Name == name && c.Id != except)
                .OrderBy(c => c.Id).Take(5).Select(Same(MaybeSameBy.Birthday)).ToListAsync(cancel);
        }

        if (found.Count == 0 && except is null && name.Length > 1)
        {
            found = await (from p in db.Set<PersonAround>()
                           join c in db.Set<Customer>() on p.CustomerId equals c.Id
                           where p.Name == name && p.OtherId == null && (p.Phone == digits && digits != "" || p.BirthMonth == birthday.Month && p.BirthDay == birthday.Day && birthday.Month != 0)
                           orderby p.Id
                           select new MaybeSame { Id = c.Id, Name = p.Name, Number = c.Number, StoreId = c.StoreId, OwnerId = c.OwnerId, By = MaybeSameBy.PersonAround, PersonId = p.Id, Of = c.Name, Relation = p.Relation }).Take(5).ToListAsync(cancel);
        }

        // Families share a phone: another name under it is probably somebody else of the house. Beyond the reach only a hint is told.
        return found.ConvertAll(f => f with { OtherName = f.By is MaybeSameBy.Phone && name.Length > 0 && !string.Equals(Fold(f.Name), Fold(name), StringComparison.OrdinalIgnoreCase), InReach = f.By is MaybeSameBy.PersonAround || user.SeesAll || f.OwnerId == user.StaffId || f.StoreId is { } s && user.StoreIds.Contains(s) });
    }

    /// <summary>Other customers who have a handset with this IMEI in use: it was resold, or one of the files is a duplicate.</summary>
    public async Task<List<MaybeSame>> SameImeiAsync(string imei, Guid? except, CancellationToken cancel = default)
    {
        if (imei.Length == 0) return [];
        var found = await (from d in db.Set<Device>() join c in db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]) on d.CustomerId equals c.Id where d.Imei == imei && d.RetiredOn == null && c.Id != except orderby c.Id select c).Select(Same(MaybeSameBy.Imei)).Take(5).ToListAsync(cancel);
        return found.ConvertAll(f => f with { InReach = user.SeesAll || f.OwnerId == user.StaffId || f.StoreId is { } s && user.StoreIds.Contains(s) });
    }

    private static System.Linq.Expressions.Expression<Func<Customer, MaybeSame>> Same(MaybeSameBy by) =>
        c => new MaybeSame { Id = c.Id, Name = c.Name, Number = c.Number, StoreId = c.StoreId, OwnerId = c.OwnerId, By = by };

    /// <summary>One line as typed: every letter stays, also full-width ones; line breaks and other control characters become a space, spaces stand single and not at the ends.</summary>
    public static string Tidy(string? text) =>
        string.Join(' ', string.Concat((text ?? "").Select(c => char.IsControl(c) ? ' ' : c)).Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The same for comparing: full-width as half-width, so that ＡＢＣ（长沙） is ABC(长沙).</summary>
    public static string Fold(string? text) => Tidy((text ?? "").HalfWidth());

    /// <summary>A website as a link may point to it: http or https, with a host that has a dot; null for anything else.</summary>
    public static string? SiteOf(string site) =>
        Uri.TryCreate(site.Contains("://", StringComparison.Ordinal) ? site : "https://" + site, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri!.Host.Contains('.') && uri.UserInfo.Length == 0 ? uri.AbsoluteUri : null;

    internal static bool LooksLikeEmail(string email) =>
        email.Length <= Customer.EmailMax && email.IndexOf('@') is > 0 and var at && email.LastIndexOf('@') == at && email.IndexOf('.', at) > at + 1 && email[^1] != '.' && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}

/// <summary>Why two files may be one.</summary>
public enum MaybeSameBy { Phone, Birthday, PersonAround, WeChat, Imei }

/// <summary>A file that may be of the same person.</summary>
public sealed record MaybeSame
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Number { get; init; } = "";
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public MaybeSameBy By { get; init; }
    /// <summary>The row among the people around, for <see cref="MaybeSameBy.PersonAround"/>.</summary>
    public Guid? PersonId { get; init; }
    /// <summary>Stands among the people around this customer, as this.</summary>
    public string Of { get; init; } = "";
    public string Relation { get; init; } = "";
    /// <summary>The same phone under another name: probably a family.</summary>
    public bool OtherName { get; init; }
    /// <summary>The asker sees the file; else only <see cref="Hint"/> and its owner are told.</summary>
    public bool InReach { get; init; }

    /// <summary>The name with all but its first character hidden.</summary>
    public string Hint => Name.Length == 0 ? "" : System.Globalization.StringInfo.GetNextTextElement(Name) + "**";
}
