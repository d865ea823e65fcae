using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>Where the form of a first contact stands.</summary>
public enum FormState { Filling, HandedIn, Returned, Taken }

/// <summary>
/// The form of a new file (A1; S3-8, 3 and 5): complete the same day, handed in by the next, taken by the records officer or
/// handed back with what is missing.
/// </summary>
public sealed class FileForm : ICompanyOwned, IScoped, IVersioned
{
    public const int WordsMax = 500;

    /// <summary>Fields a shop may ask of a form.</summary>
    public static readonly string[] Fields = ["FormOfAddress", "Phone", "WeChat", "Email", "Address", "Birthday", "PreferredHours", "PreferredChannel", "Kind"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; set; }
    /// <summary>Who collected it, and whom gaps go back to.</summary>
    public Guid? OwnerId { get; set; }
    public FormState State { get; private set; }
    /// <summary>当日.</summary>
    public DateOnly CompleteOn { get; init; }
    /// <summary>次日; after it was handed back, the day after that.</summary>
    public DateOnly HandInOn { get; private set; }
    public DateTime? HandedInAt { get; private set; }
    public Guid? HandedInBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public Guid? DecidedBy { get; private set; }
    /// <summary>What was missing when it was handed back: names of fields, by spaces.</summary>
    public string Missing { get; private set; } = "";
    /// <summary>What the records officer said.</summary>
    public string Words { get; private set; } = "";
    public int Version { get; set; }

    public static FileForm Begin(Customer customer, DateOnly on) => new() { CustomerId = customer.Id, StoreId = customer.StoreId, OwnerId = customer.CollectedBy ?? customer.OwnerId, CompleteOn = on, HandInOn = on.AddDays(1) };

    public void HandIn(IReadOnlyList<string> missing, Guid? by, DateTime now)
    {
        if (State is not (FormState.Filling or FormState.Returned)) throw new Refused("customers.form.handed-in-already");
        if (missing.Count > 0) throw new Refused("customers.form.incomplete");
        (State, HandedInAt, HandedInBy) = (FormState.HandedIn, now, by);
    }

    public void Take(Guid? by, DateTime now)
    {
        if (State != FormState.HandedIn) throw new Refused("customers.form.not-handed-in");
        (State, DecidedAt, DecidedBy, Missing, Words) = (FormState.Taken, now, by, "", "");
    }

    /// <summary>退回补充: back to who collected it, due again the next day.</summary>
    public void Return(IEnumerable<string> missing, string words, Guid? by, DateTime now, DateOnly today)
    {
        if (State != FormState.HandedIn) throw new Refused("customers.form.not-handed-in");
        Missing = string.Join(' ', missing.Where(Fields.Contains));
        Words = words.Trim();
        if (Missing.Length + Words.Length == 0) throw new Refused("customers.form.say-what");
        (State, DecidedAt, DecidedBy, HandInOn) = (FormState.Returned, now, by, today.AddDays(1));
    }

    /// <summary>Fields the shop asks for that the file has not.</summary>
    public static IReadOnlyList<string> Gaps(Customer c, string fields) => [.. fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(f => f switch
    {
        "FormOfAddress" => c.FormOfAddress.Length == 0,
        "Phone" => c.Phone.Length == 0,
        "WeChat" => c.WeChat.Length == 0,
        "Email" => c.Email.Length == 0,
        "Address" => c.Address.Length == 0,
        "Birthday" => c.BirthMonth == 0,
        "PreferredHours" => c.PreferredHours.Length == 0,
        "PreferredChannel" => c.PreferredChannel.Length == 0,
        "Kind" => c.KindId is null,
        _ => false,
    })];
}

/// <summary>The forms of new files, from first contact to the records officer.</summary>
public sealed class Forms(Db db, CurrentUser user, TimeProvider time, Public.Timeline timeline, Audit audit, Texts texts)
{
    private Guid? By => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <summary>A file opened by hand at a first contact that the shop wants a form for gets its clock.</summary>
    public async Task BeginAsync(Customer customer, CancellationToken cancel)
    {
        var setting = await SettingAsync(cancel);
        if (setting.FormSources.Split(' ').Contains(customer.Source.ToString())) db.Set<FileForm>().Add(FileForm.Begin(customer, customer.FileOn));
    }

    public async Task<Setting> SettingAsync(CancellationToken cancel) => await db.Set<Setting>().OrderBy(s => s.Id).FirstOrDefaultAsync(cancel) ?? new Setting();

    public async Task HandInAsync(Guid customerId, CancellationToken cancel = default)
    {
        var customer = await db.Set<Customer>().FirstOrDefaultAsync(c => c.Id == customerId, cancel) ?? throw new NotThere();
        var form = await CurrentAsync(customerId, cancel);
        var gaps = FileForm.Gaps(customer, (await SettingAsync(cancel)).FormFields);
        if (gaps.Count > 0) throw new Refused("customers.form.missing", Words(gaps));
        form.HandIn(gaps, By, time.Now());
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.form-handed-in");
        audit.Add("customers.form.hand-in", "customers.customer", customerId);
    }

    public async Task TakeAsync(Guid customerId, CancellationToken cancel = default)
    {
        (await CurrentAsync(customerId, cancel)).Take(By, time.Now());
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.form-taken");
        audit.Add("customers.form.take", "customers.customer", customerId);
    }

    public async Task ReturnAsync(Guid customerId, IReadOnlyCollection<string> missing, string? words, CancellationToken cancel = default)
    {
        if ((words ?? "").Trim().Length > FileForm.WordsMax) throw new Refused("customers.too-long", FileForm.WordsMax);
        (await CurrentAsync(customerId, cancel)).Return(missing, words ?? "", By, time.Now(), time.Today(user.Zone));
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.form-returned", [Words(missing.Where(FileForm.Fields.Contains))], (words ?? "").Trim());
        audit.Add("customers.form.return", "customers.customer", customerId, string.Join(' ', missing));
    }

    /// <summary>Names of fields as they are read.</summary>
    public string Words(IEnumerable<string> fields) => string.Join(texts["customers.tags-between"], fields.Select(f => texts[$"customers.form.field.{f}"]));

    private async Task<FileForm> CurrentAsync(Guid customerId, CancellationToken cancel) =>
        await db.Set<FileForm>().AsTracking().Where(f => f.CustomerId == customerId && f.State != FormState.Taken).OrderByDescending(f => f.Id).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
}

internal sealed class FileFormMap : IEntityTypeConfiguration<FileForm>
{
    public void Configure(EntityTypeBuilder<FileForm> form) => form.ToTable("customers_form");
}
