using System.Security.Cryptography;
using System.Text;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>Draft: never published. Open: takes answers. Closed: takes none any more, its figures stay.</summary>
public enum SurveyState { Draft, Open, Closed }

/// <summary>A satisfaction survey (满意度调查): its name, the draft of its form and the edition that is out.</summary>
public sealed class Survey : ICompanyOwned, IVersioned
{
    public const int NameMax = 80;
    /// <summary>Fewer people than this in a group can be told apart.</summary>
    public const int LeastGroup = 5;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    /// <summary>Key of the ready form it began with; empty.</summary>
    public string Template { get; init; } = "";
    public SurveyState State { get; private set; }
    /// <summary>Nobody is asked who they are; only open doors. Decided once, before the first answer.</summary>
    public bool Anonymous { get; init; }
    /// <summary>Figures of an anonymous survey are shown of groups of at least so many.</summary>
    public int MinGroup { get; set; } = LeastGroup;
    public string Draft { get; private set; } = "";
    /// <summary>What the last act of the designer changed; taking back swaps the two.</summary>
    public string DraftBefore { get; private set; } = "";
    /// <summary>Fingerprint of the draft that somebody filled in as a customer.</summary>
    public string Tried { get; private set; } = "";
    /// <summary>Number of the edition that is out; 0: none.</summary>
    public int Edition { get; private set; }
    public Guid? EditionId { get; private set; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public int Version { get; set; }

    public SurveyForm Form => SurveyForm.Read(Draft);

    public bool IsTried => Tried == Fingerprint;

    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Draft)))[..32];

    /// <summary>Another draft; the one before is kept for taking back.</summary>
    public void Redraft(SurveyForm form)
    {
        var text = form.Write();
        if (text == Draft) return;
        (DraftBefore, Draft) = (Draft, text);
    }

    /// <summary>Takes the last act back; once more brings it again.</summary>
    public void TakeBack()
    {
        if (DraftBefore.Length == 0) throw new Refused("surveys.design.nothing-back");
        (Draft, DraftBefore) = (DraftBefore, Draft);
    }

    /// <summary>Somebody has filled in exactly this draft (E1).</summary>
    public void Try() => Tried = Fingerprint;

    /// <summary>The draft becomes the next edition.</summary>
    /// <exception cref="Refused">Nobody has filled it in, something is missing, or nothing has changed.</exception>
    public SurveyEdition Publish(SurveyForm? before, Guid? by, DateTime now)
    {
        var form = Form.Checked();
        if (!IsTried) throw new Refused("surveys.design.not-tried");
        if (before is not null && SurveyForm.Changes(before, form).Count == 0) throw new Refused("surveys.design.same");
        Edition++;
        State = SurveyState.Open;
        var edition = new SurveyEdition { Id = Ids.New(now), SurveyId = Id, Number = Edition, Content = Draft, At = now, By = by };
        EditionId = edition.Id;
        return edition;
    }

    public void Close() => State = State == SurveyState.Open ? SurveyState.Closed : throw new Refused("surveys.not-open");

    public void Reopen() => State = State == SurveyState.Closed ? SurveyState.Open : throw new Refused("surveys.not-closed");
}

/// <summary>A form as it was published. Never changed: its answers keep it.</summary>
public sealed class SurveyEdition : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid SurveyId { get; init; }
    public int Number { get; init; }
    public required string Content { get; init; }
    public DateTime At { get; init; }
    public Guid? By { get; init; }

    public SurveyForm Form => SurveyForm.Read(Content);
}

internal sealed class SurveyMap : IEntityTypeConfiguration<Survey>
{
    public void Configure(EntityTypeBuilder<Survey> survey)
    {
        survey.ToTable("surveys_survey");
        survey.Ignore(s => s.Form);
        survey.Ignore(s => s.IsTried);
        survey.Ignore(s => s.Fingerprint);
    }
}

internal sealed class SurveyEditionMap : IEntityTypeConfiguration<SurveyEdition>
{
    public void Configure(EntityTypeBuilder<SurveyEdition> edition)
    {
        edition.ToTable("surveys_edition");
        edition.Ignore(e => e.Form);
    }
}
