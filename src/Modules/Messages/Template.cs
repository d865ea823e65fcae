using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>
/// A template of messages that the shop wrote, or a ready one it changed (same key). The words stand in its editions: what was
/// sent names the edition it was made with, edition 0 being the shipped words.
/// </summary>
public sealed class Template : ICompanyOwned, IVersioned
{
    public const int NameMax = 40;
    public const int SubjectMax = 60;
    public const int BodyMax = 1000;
    public const int CodeMax = 100;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    /// <summary>Empty: the shipped name.</summary>
    public string Name { get; set; } = "";
    public ContactPurpose Purpose { get; set; }
    /// <summary>Key of the channel it is for; empty: the company's usual one.</summary>
    public string Channel { get; set; } = "";
    /// <summary>The provider's own number of this template, where the provider wants every word approved beforehand.</summary>
    public string ProviderCode { get; set; } = "";
    /// <summary>The edition in use.</summary>
    public int Edition { get; set; }
    public DateTime? RetiredAt { get; set; }
    public int Version { get; set; }
}

/// <summary>The words of a template at one time. Never changed: a change is the next one.</summary>
public sealed class TemplateEdition : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid TemplateId { get; init; }
    public int Number { get; init; }
    public string SubjectCn { get; init; } = "";
    public string SubjectTw { get; init; } = "";
    public string SubjectEn { get; init; } = "";
    public string BodyCn { get; init; } = "";
    public string BodyTw { get; init; } = "";
    public string BodyEn { get; init; } = "";
    public DateTime At { get; init; }
    public Guid? ByStaff { get; init; }

    internal TemplateWords[] Words => [new(SubjectCn, BodyCn), new(SubjectTw, BodyTw), new(SubjectEn, BodyEn)];
}

internal sealed class TemplateMap : IEntityTypeConfiguration<Template>
{
    public void Configure(EntityTypeBuilder<Template> template) => template.ToTable("messages_template");
}

internal sealed class TemplateEditionMap : IEntityTypeConfiguration<TemplateEdition>
{
    public void Configure(EntityTypeBuilder<TemplateEdition> edition)
    {
        edition.ToTable("messages_template_edition");
        edition.Ignore(e => e.Words);
    }
}
