using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>Which customers a template is meant for.</summary>
public enum MeantFor { All, Prospects, Buyers, Key, Special }

/// <summary>How an item is answered. Phones and addresses are shown masked, like those of the file.</summary>
public enum ItemKind { Text, Choice, Several, Date, Number, YesNo, Phone, Address }

/// <summary>What the law calls sensitive (PIPL, article 28): off until the shop switches it on, and then only with a consent of its own.</summary>
public enum Sensitive { None, Health, Religion, Child }

/// <summary>A set of things worth knowing about customers (A5), taken over from a ready one or made by the shop.</summary>
public sealed class ProfileTemplate : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int MostItems = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Key of the ready template it was taken from; empty for the shop's own.</summary>
    public string Key { get; init; } = "";
    /// <summary>The shop's own name; empty: the ready one, in the reader's language.</summary>
    public string Title { get; set; } = "";
    public MeantFor Meant { get; set; }
    /// <summary>Since when it is asked; null: put away.</summary>
    public DateTime? InUseSince { get; set; }
    /// <summary>Rises with every change of what is asked.</summary>
    public int Edition { get; private set; } = 1;
    public int Place { get; set; }
    public int Version { get; set; }

    /// <summary>What is asked has changed: the next edition begins.</summary>
    public int NextEdition() => ++Edition;

    public static string NameOf(Texts texts, string key, string title) => title.Length > 0 ? title : texts[$"customers.template.{key}"];

    /// <summary>True when a customer of this kind is asked.</summary>
    public static bool IsMeant(MeantFor meant, CustomerTier tier, CustomerStage stage, CustomerClass kind) => meant switch
    {
        MeantFor.Prospects => stage == CustomerStage.Prospect,
        MeantFor.Buyers => stage == CustomerStage.Buyer,
        MeantFor.Key => tier >= CustomerTier.Gold,
        MeantFor.Special => kind == CustomerClass.Special,
        _ => true,
    };
}

/// <summary>
/// One thing asked. It is never deleted and its kind never changes: what is no longer asked ends with an edition, and the
/// answers given stay with it.
/// </summary>
public sealed class ProfileItem : ICompanyOwned, IVersioned
{
    public const int TitleMax = 80;
    public const int SectionMax = 20;
    public const int HintMax = 120;
    public const int OptionMax = 40;
    public const int MostOptions = 30;
    public const int MostRemind = 365;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TemplateId { get; init; }
    /// <summary>Key of the ready item, <c>mackay.7</c>; empty for the shop's own.</summary>
    public string Key { get; init; } = "";
    /// <summary>The shop's own wording; empty: the ready one.</summary>
    public string Title { get; set; } = "";
    /// <summary>Heading it stands under: the shop's words, or the key of a ready one.</summary>
    public string Section { get; set; } = "";
    public string Hint { get; set; } = "";
    public ItemKind Kind { get; init; }
    /// <summary>One a line, for choices: the shop's words, or keys of ready ones.</summary>
    public string Options { get; set; } = "";
    public Sensitive Sensitive { get; init; }
    /// <summary>Phone, Address or Birthday: the answer is the file's own, and is not kept twice.</summary>
    public string Field { get; init; } = "";
    /// <summary>For dates: so many days before, it is shown as coming; 0: not.</summary>
    public int Remind { get; set; }
    /// <summary>A sensitive item is asked only since somebody switched it on.</summary>
    public DateTime? AskedSince { get; private set; }
    public Guid? AskedBy { get; private set; }
    public int FirstEdition { get; init; } = 1;
    /// <summary>The last edition that asked it; null: asked.</summary>
    public int? LastEdition { get; private set; }
    public int Place { get; set; }
    public int Version { get; set; }

    public bool IsAsked => LastEdition is null && (Sensitive == Sensitive.None || AskedSince is not null);

    /// <summary>No longer asked from this edition on; answers stay.</summary>
    public void End(int lastEdition) => LastEdition ??= lastEdition;

    /// <summary>Asked again.</summary>
    public void Resume() => LastEdition = null;

    /// <summary>The shop decides to ask something sensitive, and who decided it is kept.</summary>
    public void SwitchOn(Guid? by, DateTime now) => (AskedSince, AskedBy) = (now, by);

    public void SwitchOff() => (AskedSince, AskedBy) = (null, null);

    /// <summary>The options one by one.</summary>
    public static string[] Split(string options) => options.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What a template asked, edition by edition: kept, so that an old answer can be read with the question it answered.</summary>
public sealed class ProfileEdition : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TemplateId { get; init; }
    public int Number { get; init; }
    public DateTime At { get; init; }
    public Guid? By { get; init; }
    /// <summary>Text key of what was changed.</summary>
    public required string What { get; init; }
    /// <summary>JSON of the items asked, <see cref="EditionItem"/>.</summary>
    public required string Items { get; init; }

    public static string Write(IEnumerable<ProfileItem> items) => JsonSerializer.Serialize(items.Where(i => i.IsAsked).OrderBy(i => i.Place)
        .Select(i => new EditionItem(i.Id, i.Key, i.Title, i.Section, i.Kind.ToString(), i.Options)));

    public static IReadOnlyList<EditionItem> Read(string json) => JsonSerializer.Deserialize<List<EditionItem>>(json) ?? [];
}

/// <summary>An item as an edition asked it.</summary>
public sealed record EditionItem(Guid Id, string Key, string Title, string Section, string Kind, string Options);

/// <summary>What is known of a customer on one item, from whom and since when. A newer answer replaces it; the older one stays.</summary>
public sealed class ProfileAnswer : ICompanyOwned
{
    public const int ValueMax = 1000;

    /// <summary>How it was learnt; the first is what a form sends unless told.</summary>
    public static readonly string[] Ways = ["talk", "call", "visit", "form", "import"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Guid ItemId { get; init; }
    /// <summary>Dates as yyyy-MM-dd, numbers with a point, yes or no, choices one a line; empty when declined.</summary>
    public string Value { get; init; } = "";
    /// <summary>Asked, and the customer would rather not say: not asked again.</summary>
    public bool Declined { get; init; }
    /// <summary>Edition of the template that asked.</summary>
    public int Edition { get; init; }
    public DateTime LearntAt { get; init; }
    public Guid? LearntBy { get; init; }
    public string How { get; init; } = Ways[0];
    public DateTime? ReplacedAt { get; private set; }

    public void Replace(DateTime now) => ReplacedAt ??= now;
}

/// <summary>Consent to keep something sensitive, apart from every other (PIPL, articles 29 and 31). Withdrawn, the answers go.</summary>
public sealed class SensitiveConsent : ICompanyOwned
{
    /// <summary>How it may be given; a tick by somebody else is not among them.</summary>
    public static readonly string[] Ways = ["paper", "counter", "link", "guardian"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    public Sensitive Kind { get; init; }
    public DateTime GivenAt { get; init; }
    public required string How { get; init; }
    public Guid? By { get; init; }
    public DateTime? WithdrawnAt { get; private set; }
    public Guid? WithdrawnBy { get; private set; }

    public void Withdraw(DateTime now, Guid? by) => (WithdrawnAt, WithdrawnBy) = (WithdrawnAt ?? now, WithdrawnAt is null ? by : WithdrawnBy);
}

internal sealed class ProfileTemplateMap : IEntityTypeConfiguration<ProfileTemplate>
{
    public void Configure(EntityTypeBuilder<ProfileTemplate> template) => template.ToTable("customers_template");
}

internal sealed class ProfileItemMap : IEntityTypeConfiguration<ProfileItem>
{
    public void Configure(EntityTypeBuilder<ProfileItem> item)
    {
        item.ToTable("customers_item");
        item.Ignore(i => i.IsAsked);
    }
}

internal sealed class ProfileEditionMap : IEntityTypeConfiguration<ProfileEdition>
{
    public void Configure(EntityTypeBuilder<ProfileEdition> edition) => edition.ToTable("customers_edition");
}

internal sealed class ProfileAnswerMap : IEntityTypeConfiguration<ProfileAnswer>
{
    public void Configure(EntityTypeBuilder<ProfileAnswer> answer) => answer.ToTable("customers_answer");
}

internal sealed class SensitiveConsentMap : IEntityTypeConfiguration<SensitiveConsent>
{
    public void Configure(EntityTypeBuilder<SensitiveConsent> consent) => consent.ToTable("customers_sensitive_consent");
}
