using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>Begun and kept step by step; typed from paper for the first time; finished, and never changed after.</summary>
public enum AnswerState { Begun, TypedOnce, Finished }

/// <summary>
/// One answered form (答卷). Whom it is about does not see it, whatever their role: see <see cref="SurveysModule"/>.
/// </summary>
public sealed class SurveyAnswer : ICompanyOwned, IVersioned, IIsAbout
{
    /// <summary>Name of the filter that hides an answer from whom it is about.</summary>
    public const string AboutMe = "about-me";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    public Guid EditionId { get; init; }
    public Guid? InvitationId { get; init; }
    public Guid? DoorId { get; init; }
    /// <summary>Null: nobody said who they are.</summary>
    public Guid? CustomerId { get; set; }
    public Guid? StoreId { get; init; }
    /// <summary>About whom.</summary>
    public Guid? StaffId { get; init; }
    public Guid SubjectId { get; init; }
    public string Product { get; init; } = "";
    /// <summary>message, link, qr, tablet, phone, paper.</summary>
    public required string Channel { get; init; }
    public string Language { get; private set; } = "zh-CN";
    /// <summary>From where, as a keyed hash; only through open doors, and gone after two days.</summary>
    public string Source { get; set; } = "";
    public int Seed { get; init; }
    public AnswerState State { get; private set; }
    /// <summary>What was typed so far, JSON; empty once it is finished.</summary>
    public string TypedText { get; private set; } = "";
    public DateTime BegunAt { get; init; }
    public DateTime KeptAt { get; private set; }
    public DateTime? FinishedAt { get; private set; }
    public int? Overall { get; private set; }
    /// <summary>Within the two best fifths of the overall question.</summary>
    public bool? Content { get; private set; }
    public int? Nps { get; private set; }
    public string Words { get; private set; } = "";
    public string OneThing { get; private set; } = "";
    /// <summary>Who typed it for the customer.</summary>
    public Guid? TypedBy { get; init; }
    /// <summary>The answer it follows: asked again after a loop.</summary>
    public Guid? AgainOf { get; init; }
    /// <summary>The answer that took its place in the index.</summary>
    public Guid? ReplacedBy { get; private set; }
    public int Version { get; set; }

    public Typed Typed => Surveys.Typed.Read(TypedText);

    /// <summary>Stable for one answer, so that a page opened again shows the same order.</summary>
    public static int SeedOf(Guid id) => BitConverter.ToInt32(id.ToByteArray(), 12);

    public void Keep(Typed typed, string language, DateTime now)
    {
        if (State == AnswerState.Finished) throw new Refused("surveys.fill.finished");
        (TypedText, Language, KeptAt) = (typed.Write(), language, now);
    }

    /// <summary>The first of two typings from paper (E2).</summary>
    public void TypedOnce(Typed typed, string language, DateTime now)
    {
        Keep(typed, language, now);
        State = AnswerState.TypedOnce;
    }

    /// <summary>It is whole. Returns what is stored of it, question by question.</summary>
    public List<SurveyValue> Finish(SurveyRun run, Typed typed, string language, DateTime now)
    {
        if (State == AnswerState.Finished) throw new Refused("surveys.fill.finished");
        (State, TypedText, Language, KeptAt, FinishedAt) = (AnswerState.Finished, "", language, now, now);
        (Words, OneThing) = (typed.One(SurveyRun.Free), typed.One(SurveyRun.OneThing));
        var main = run.Form.Questions.FirstOrDefault(q => q.Means == Meaning.Overall);
        Overall = run.NumberOf(main, typed);
        Content = Overall is { } number ? number >= main!.ContentFrom : null;
        Nps = run.NumberOf(run.Form.Questions.FirstOrDefault(q => q.Kind == QuestionKind.Nps), typed);
        return run.Values(typed).ConvertAll(s => new SurveyValue { Id = Ids.New(now), AnswerId = Id, SurveyId = SurveyId, Question = s.Question, Item = s.Item, Number = s.Number, Words = s.Words });
    }

    public void Replaced(Guid by) => ReplacedBy = by;
}

/// <summary>One answer to one question, row or pick. Never changed.</summary>
public sealed class SurveyValue : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid AnswerId { get; init; }
    public Guid SurveyId { get; init; }
    public required string Question { get; init; }
    /// <summary>Key of the pick or row; empty.</summary>
    public string Item { get; init; } = "";
    /// <summary>The number given, the rank, or the place of the pick from 1.</summary>
    public int? Number { get; init; }
    public string Words { get; init; } = "";
}

internal sealed class SurveyAnswerMap : IEntityTypeConfiguration<SurveyAnswer>
{
    public void Configure(EntityTypeBuilder<SurveyAnswer> answer)
    {
        answer.ToTable("surveys_answer");
        answer.Ignore(a => a.Typed);
    }
}

internal sealed class SurveyValueMap : IEntityTypeConfiguration<SurveyValue>
{
    public void Configure(EntityTypeBuilder<SurveyValue> value) => value.ToTable("surveys_value");
}
