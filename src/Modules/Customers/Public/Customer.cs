using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers.Public;

/// <summary>一般客户 / 特殊客户 (S3-1).</summary>
public enum CustomerClass { General, Special }

/// <summary>准顾客 / 成交客户.</summary>
public enum CustomerStage { Prospect, Buyer }

/// <summary>Value tier; <see cref="None"/> shows nothing.</summary>
public enum CustomerTier { None, Silver, Gold, Diamond }

/// <summary>How the file came to be (A1).</summary>
public enum CustomerSource { WalkIn, Call, Sale, Survey, Queue, Complaint, Lead, Event, Import }

/// <summary>A prospect's way (A2): knows of us, is interested, wants it, acts.</summary>
public enum ProspectStep { Knows, Interested, Wants, Acts }

/// <summary>What a prospect still lacks: 信心, 需求, 购买力.</summary>
public enum ProspectLack { Confidence, Need, Means }

/// <summary>S2's ladder, five levels (K5); null in the row until something is known.</summary>
public enum LadderStep { Complaining, Content, VerySatisfied, Partner, ForLife }

/// <summary>The row of a customer's file (A1–A9). Phone numbers are stored normalised (digits, mainland without prefix).</summary>
public sealed class Customer : ICustomerFile, IVersioned
{
    /// <summary>Ways to reach somebody that may be preferred.</summary>
    public static readonly string[] Channels = ["phone", "wechat", "sms", "mail"];

    public const int NameMax = 60;
    public const int FormOfAddressMax = 30;
    public const int EmailMax = 120;
    public const int WeChatMax = 40;
    public const int AddressMax = 200;
    public const int PreferredMax = 60;
    public const int NoteMax = 2000;
    public const int WebsiteMax = 200;
    public const int PlaceMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>File number, e.g. <c>KH-2026-000123</c>.</summary>
    public required string Number { get; init; }
    /// <summary>The store the file belongs to.</summary>
    public Guid? StoreId { get; set; }
    /// <summary>从一而终: the owner from first reception to the end (A9).</summary>
    public Guid? OwnerId { get; set; }
    /// <summary>B角.</summary>
    public Guid? DeputyId { get; set; }
    public required string Name { get; set; }
    public string FormOfAddress { get; set; } = "";
    public string Phone { get; set; } = "";
    public string Email { get; set; } = "";
    public string WeChat { get; set; } = "";
    public string Address { get; set; } = "";
    public CustomerClass Class { get; set; }
    public CustomerStage Stage { get; set; }
    public CustomerTier Tier { get; set; }
    public LadderStep? Ladder { get; set; }
    public CustomerSource Source { get; init; }
    /// <summary>Number this customer has in a system imported from; unique where given.</summary>
    public string? ExternalNumber { get; init; }
    /// <summary>Birthday: year may be unknown (0); month and day 0 when unknown; lunar months count 1–12 with <see cref="BirthLeap"/>.</summary>
    public int BirthYear { get; set; }
    public int BirthMonth { get; set; }
    public int BirthDay { get; set; }
    public bool BirthLunar { get; set; }
    public bool BirthLeap { get; set; }
    /// <summary>Who collected the file.</summary>
    public Guid? CollectedBy { get; init; }
    public DateTime OpenedAt { get; init; }
    /// <summary>The business day the file was made: C1's limits count from it.</summary>
    public DateOnly FileOn { get; init; }
    /// <summary>Since when nobody may contact them; null: may.</summary>
    public DateTime? DoNotContactSince { get; set; }
    public string PreferredChannel { get; set; } = "";
    public string PreferredHours { get; set; } = "";
    /// <summary>The next thing owed to this customer, kept through <see cref="NextContacts"/> by who owes it; lists sort by it.</summary>
    public DateTime? NextContactAt { get; set; }
    /// <summary>Text key of the reason.</summary>
    public string NextContactReason { get; set; } = "";
    public DateTime? LastContactAt { get; set; }
    /// <summary>Figures of purchases, kept by <see cref="CustomerFigures"/> with each sale.</summary>
    public DateOnly? LastPurchaseOn { get; set; }
    public int PurchaseCount { get; set; }
    /// <summary>Sum of sales less returns, minor units.</summary>
    public long PurchaseTotal { get; set; }
    /// <summary>Currency of that sum; empty before the first purchase.</summary>
    public string PurchaseCurrency { get; set; } = "";
    public DateOnly? FirstPurchaseOn { get; set; }
    /// <summary>The day from which the silence is longer than twice the customer's own interval between purchases; null while there is none to compare with.</summary>
    public DateOnly? QuietOn { get; set; }
    /// <summary>The newest phone in use, kept by <see cref="Devices"/> for lists.</summary>
    public string DeviceModel { get; set; } = "";
    /// <summary>When that phone is expected to be replaced.</summary>
    public DateOnly? ReplacementDue { get; set; }
    public string Note { get; set; } = "";
    /// <summary>What kind of customer within the class (A2): lawyer, bank, dealer …; rows the shop edits.</summary>
    public Guid? KindId { get; set; }
    /// <summary>How far a prospect has come; null: not known, or a buyer.</summary>
    public ProspectStep? Way { get; set; }
    /// <summary>What a prospect lacks: names of <see cref="ProspectLack"/> by spaces.</summary>
    public string Lacks { get; set; } = "";
    public string Website { get; set; } = "";
    /// <summary>Since a trade that the file does not know of yet (A7, S3-4): cleared when the file was gone through.</summary>
    public DateTime? UpdateDueSince { get; set; }
    /// <summary>Where the paper lies: cabinet and shelf (A14).</summary>
    public string PaperPlace { get; set; } = "";
    /// <summary>Erased at the customer's wish (B14): only the number is left.</summary>
    public DateTime? ErasedAt { get; private set; }
    /// <summary>The one named keeper of the file (A13).</summary>
    public Guid? KeeperId { get; set; }
    /// <summary>Since when the file waits for the sales director's word (A13); null: it counts.</summary>
    public DateTime? UncountedSince { get; set; }
    /// <summary>The file this one was merged into (A11); rows with it are out of every query, see <see cref="CustomerMap.MergedFilter"/>.</summary>
    public Guid? MergedInto { get; set; }
    public int Version { get; set; }

    /// <summary>Name of the filter that leaves out erased customers; read models that only name them turn it off.</summary>
    public const string ErasedFilter = "erased";

    /// <summary>Takes over what a form or the API says of the file; owner, stage of a buyer and figures stay with who keeps them.</summary>
    public void Change(OpenCustomer to)
    {
        (Name, FormOfAddress, Phone) = (CustomerDesk.Tidy(to.Name), CustomerDesk.Tidy(to.FormOfAddress), Public.Phone.Read(to.Phone).Digits);
        (Email, WeChat, Address) = (to.Email.Trim().ToLowerInvariant(), to.WeChat.Trim(), CustomerDesk.Tidy(to.Address));
        (Class, Stage, Tier, Birthday, StoreId) = (to.Class, to.Stage, to.Tier, to.Birthday, to.StoreId);
        (PreferredChannel, PreferredHours, Note) = (to.PreferredChannel, to.PreferredHours.Trim(), to.Note.Trim());
        (KindId, Way, Website, PaperPlace) = (to.KindId, to.Stage == CustomerStage.Prospect ? to.Way : null, to.Website.Trim(), CustomerDesk.Tidy(to.PaperPlace));
        Lacks = to.Stage == CustomerStage.Prospect ? string.Join(' ', to.Lacks.Distinct().Order()) : "";
        UpdateDueSince = null;
    }

    /// <summary>Takes over what is empty here and known there; names of the fields that were filled.</summary>
    internal List<string> FillEmpty(NewCustomer from)
    {
        var filled = new List<string>();
        void Field(string name, bool empty, bool known, Action fill)
        {
            if (!empty || !known) return;
            fill();
            filled.Add(name);
        }

        Field(nameof(FormOfAddress), FormOfAddress.Length == 0, from.FormOfAddress.Length > 0, () => FormOfAddress = from.FormOfAddress);
        Field(nameof(Phone), Phone.Length == 0, from.Phone.Length > 0, () => Phone = from.Phone);
        Field(nameof(Email), Email.Length == 0, from.Email.Length > 0, () => Email = from.Email);
        Field(nameof(WeChat), WeChat.Length == 0, from.WeChat.Length > 0, () => WeChat = from.WeChat);
        Field(nameof(Address), Address.Length == 0, from.Address.Length > 0, () => Address = from.Address);
        Field(nameof(Birthday), !Birthday.IsKnown, from.Birthday.IsKnown, () => Birthday = from.Birthday);
        Field(nameof(Tier), Tier == CustomerTier.None, from.Tier != CustomerTier.None, () => Tier = from.Tier);
        Field(nameof(StoreId), StoreId is null, from.StoreId is not null, () => StoreId = from.StoreId);
        Field(nameof(OwnerId), OwnerId is null, from.OwnerId is not null, () => OwnerId = from.OwnerId);
        Field(nameof(PreferredHours), PreferredHours.Length == 0, from.PreferredHours.Length > 0, () => PreferredHours = from.PreferredHours);
        Field(nameof(Note), Note.Length == 0, from.Note.Length > 0, () => Note = from.Note);
        return filled;
    }

    public Birthday Birthday
    {
        get => new(BirthYear, BirthMonth, BirthDay, BirthLunar, BirthLeap);
        set => (BirthYear, BirthMonth, BirthDay, BirthLunar, BirthLeap) = (value.Year, value.Month, value.Day, value.Lunar, value.Leap);
    }
}

/// <summary>How a file is stored; files merged into another are left out of queries by a named filter.</summary>
public sealed class CustomerMap : IEntityTypeConfiguration<Customer>
{
    /// <summary>Name of the filter that leaves out files merged into another.</summary>
    public const string MergedFilter = "merged";

    public void Configure(EntityTypeBuilder<Customer> customer)
    {
        customer.ToTable("customers_customer");
        customer.Ignore(c => c.Birthday);
        customer.HasQueryFilter(Customer.ErasedFilter, c => c.ErasedAt == null);
        customer.HasQueryFilter(MergedFilter, c => c.MergedInto == null);
    }
}
