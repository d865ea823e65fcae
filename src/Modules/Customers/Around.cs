using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>What they are to the customer. A contact is somebody at a customer's company whom we deal with.</summary>
public enum AroundKind { Family, Friend, Colleague, Contact, Organisation }

/// <summary>Somebody around the customer: family, colleague, organisation, with own dates and perhaps an own file (A4).</summary>
public sealed class PersonAround : ICompanyOwned, IVersioned
{
    public const int NameMax = 60;
    public const int RelationMax = 20;
    public const int NoteMax = 500;
    public const int PositionMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    /// <summary>As said: 母亲, 同事.</summary>
    public required string Relation { get; set; }
    public required string Name { get; set; }
    public string Phone { get; set; } = "";
    public int BirthYear { get; set; }
    public int BirthMonth { get; set; }
    public int BirthDay { get; set; }
    public bool BirthLunar { get; set; }
    public bool BirthLeap { get; set; }
    /// <summary>The own file, where there is one.</summary>
    public Guid? OtherId { get; set; }
    public string Note { get; set; } = "";
    public AroundKind Kind { get; set; }
    /// <summary>Post at the customer's: 采购主管.</summary>
    public string Position { get; set; } = "";
    public DateOnly? SinceOn { get; set; }
    /// <summary>Gone from there since (人事变迁).</summary>
    public DateOnly? LeftOn { get; set; }
    public int Version { get; set; }

    public Birthday Birthday
    {
        get => new(BirthYear, BirthMonth, BirthDay, BirthLunar, BirthLeap);
        set => (BirthYear, BirthMonth, BirthDay, BirthLunar, BirthLeap) = (value.Year, value.Month, value.Day, value.Lunar, value.Leap);
    }
}

/// <summary>One consent (A3, B14): for what, by which channel, when and how it was given, when it was taken back.</summary>
public sealed class Consent : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public ConsentPurpose Purpose { get; init; }
    /// <summary>sms, wechat, phone, mail; empty: any.</summary>
    public string Channel { get; init; } = "";
    public DateTime GivenAt { get; init; }
    /// <summary>Key of the way: counter, paper, phone, link, import.</summary>
    public required string How { get; init; }
    public Guid? By { get; init; }
    public Guid? StoreId { get; init; }
    public DateTime? WithdrawnAt { get; private set; }
    public Guid? WithdrawnBy { get; private set; }

    public void Withdraw(DateTime now, Guid? by) => (WithdrawnAt, WithdrawnBy) = (WithdrawnAt ?? now, WithdrawnAt is null ? by : WithdrawnBy);
}

/// <summary>A word the shop hangs on a customer.</summary>
public sealed class CustomerTag : ICompanyOwned
{
    public const int NameMax = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public required string Name { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>Since when who owns the customer, and why (A9): changes keep history.</summary>
public sealed class Ownership : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid? OwnerId { get; init; }
    public DateTime Since { get; init; }
    public Guid? By { get; init; }
    /// <summary>B角 from then on.</summary>
    public Guid? DeputyId { get; init; }
    /// <summary>Text key of the reason: collected first, handed over, decided by the manager.</summary>
    public required string Why { get; init; }
    /// <summary>JSON array of the values for the reason.</summary>
    public string WhyArgs { get; init; } = "[]";
}

/// <summary>A number was shown in full to somebody, for a stated purpose, for ten minutes (B1).</summary>
public sealed class Reveal : ICompanyOwned, ILeftByReaders
{
    /// <summary>How long it stays shown.</summary>
    public static readonly TimeSpan Shown = TimeSpan.FromMinutes(10);

    /// <summary>The purposes one may state.</summary>
    public static readonly string[] Purposes = ["contact", "verify", "deliver", "complaint"];

    bool ILeftByReaders.IsLeftByReaders => true;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid By { get; init; }
    public required string Purpose { get; init; }
    public DateTime At { get; init; }
    public DateTime Until { get; init; }
}

/// <summary>Conditions of the list, kept under a name, for oneself or for all.</summary>
public sealed class View : ICompanyOwned
{
    public const int NameMax = 20;
    public const int MostOwn = 20;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid By { get; init; }
    public required string Name { get; set; }
    public bool Shared { get; set; }
    /// <summary>The query of the address.</summary>
    public required string Query { get; set; }
    public int Place { get; set; }
}

/// <summary>The columns of the list that a person chose; the usual ones without it.</summary>
public sealed class ListColumns : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid By { get; init; }
    /// <summary>Keys, divided by blanks.</summary>
    public required string Columns { get; set; }
}

internal sealed class ListColumnsMap : IEntityTypeConfiguration<ListColumns>
{
    public void Configure(EntityTypeBuilder<ListColumns> columns) => columns.ToTable("customers_columns");
}

/// <summary>What the shop sets for its customers; one row, defaults without it.</summary>
public sealed class Setting : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>换机周期: after how many months a phone is expected to be replaced.</summary>
    public int ReplacementMonths { get; set; } = 30;
    public int WarrantyMonths { get; set; } = 12;
    /// <summary>First contacts after which a form is due (A1), names of <see cref="CustomerSource"/> by spaces.</summary>
    public string FormSources { get; set; } = "Event WalkIn Call Lead";
    /// <summary>What the form must have, names of <see cref="FileForm.Fields"/> by spaces.</summary>
    public string FormFields { get; set; } = "FormOfAddress Phone Birthday PreferredHours";
    public int Version { get; set; }
}

internal sealed class PersonAroundMap : IEntityTypeConfiguration<PersonAround>
{
    public void Configure(EntityTypeBuilder<PersonAround> person)
    {
        person.ToTable("customers_person");
        person.Ignore(p => p.Birthday);
    }
}

internal sealed class ConsentMap : IEntityTypeConfiguration<Consent>
{
    public void Configure(EntityTypeBuilder<Consent> consent) => consent.ToTable("customers_consent");
}

internal sealed class CustomerTagMap : IEntityTypeConfiguration<CustomerTag>
{
    public void Configure(EntityTypeBuilder<CustomerTag> tag) => tag.ToTable("customers_tag");
}

internal sealed class OwnershipMap : IEntityTypeConfiguration<Ownership>
{
    public void Configure(EntityTypeBuilder<Ownership> ownership) => ownership.ToTable("customers_ownership");
}

internal sealed class RevealMap : IEntityTypeConfiguration<Reveal>
{
    public void Configure(EntityTypeBuilder<Reveal> reveal) => reveal.ToTable("customers_reveal");
}

internal sealed class ViewMap : IEntityTypeConfiguration<View>
{
    public void Configure(EntityTypeBuilder<View> view) => view.ToTable("customers_view");
}

internal sealed class SettingMap : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> setting) => setting.ToTable("customers_setting");
}
