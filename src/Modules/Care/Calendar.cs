using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>What there is to think of (D1).</summary>
public enum OccasionKind
{
    Birthday,
    FamilyBirthday,

    /// <summary>A day that matters to the customer, by the shop's notes.</summary>
    Date,
    Festival,

    /// <summary>The day something was bought comes round.</summary>
    Purchase,
    Warranty,
    Replacement,

    /// <summary>A thing's design life ends, however many years later.</summary>
    LifeEnd,
}

/// <summary>What is done (D2).</summary>
public enum CareWay { Message, Call, Card, Gift }

/// <summary>Open, or left out on purpose.</summary>
public enum OccasionState { Open, Skipped }

/// <summary>
/// Where an act stands. Going: its message is given out and on its way, which may take until quiet hours end or somebody hands the letter over. Done: the message went out, the call
/// was put on the work list, the card printed, the gift handed over. Stopped: it did not reach the customer, because the door of contacts kept it or the provider says so.
/// </summary>
public enum ActState { Planned, Waiting, Allowed, Refused, Going, Done, Skipped, Stopped }

/// <summary>What the shop sets for its care; one row, defaults without it.</summary>
public sealed class Setting : ICompanyOwned, IVersioned
{
    public const int LongestHorizon = 92;
    public const int HotlineMax = 30;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Occasions are written so many days ahead.</summary>
    public int HorizonDays { get; set; } = 35;
    /// <summary>Cards and gifts of a month may cost so much, minor units; 0: no limit.</summary>
    public long MonthBudget { get; set; } = 500_000;
    public LeapMonthRule LeapMonth { get; set; }
    public MissingDayRule MissingDay { get; set; }
    public LeapDayRule LeapDay { get; set; }
    /// <summary>Doubt is met for so many days after a purchase, the use is shown for so many, and the next purchase is near so many before the day of replacement.</summary>
    public int ReassureDays { get; set; } = 7;
    public int TrainDays { get; set; } = 30;
    public int AgainDays { get; set; } = 60;
    /// <summary>On welcome cards; empty: the store's phone.</summary>
    public string Hotline { get; set; } = "";
    public int Version { get; set; }

    public KeepRule Rule => new(LeapMonth, MissingDay, LeapDay);

    public static async Task<Setting> OfAsync(Db db, CancellationToken cancel = default) => await db.Set<Setting>().FirstOrDefaultAsync(cancel) ?? new Setting();
}

/// <summary>A festival: data the shop edits.</summary>
public sealed class Festival : ICompanyOwned, IVersioned
{
    public const int NameMax = 20;
    public const int Most = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public FestivalKind Kind { get; set; }
    public int Month { get; set; }
    public int Day { get; set; }
    public bool Active { get; set; } = true;
    public int Version { get; set; }

    /// <summary>Takes over what a form or the API says.</summary>
    public void Set(string? name, FestivalKind kind, int month, int day, bool active, Texts texts)
    {
        name = (name ?? "").Trim();
        if (name.Length is 0 or > NameMax) throw new Refused("care.festival.name-wrong", NameMax) { Field = "In.Name" };
        if (kind is FestivalKind.Qingming or FestivalKind.WinterSolstice) (month, day) = (0, 0);
        else if (month is < 1 or > 12 || day < 1 || day > (kind == FestivalKind.Lunar ? 30 : DateTime.DaysInMonth(2000, month))) throw new Refused("care.festival.day-wrong") { Field = "In.Day" };
        (Name, Kind, Month, Day, Active) = (texts.Kept(Name, name), kind, month, day, active);
    }
}

/// <summary>What is done on occasions of a kind, for customers from a tier on (D2): several may hold, key customers get more (S3-2).</summary>
public sealed class CarePlan : ICompanyOwned, IVersioned
{
    public const int WordsMax = 500;
    public const int GiftMax = 60;
    public const int MostDaysBefore = 30;
    public const long MostCost = 10_000_000;
    public const int Most = 100;

    /// <summary>What may stand in the words.</summary>
    public static readonly string[] Fields = ["{address}", "{what}", "{years}", "{company}"];

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public OccasionKind Kind { get; set; }
    /// <summary>This festival only; null: every one.</summary>
    public Guid? FestivalId { get; set; }
    public Customers.Public.CustomerTier TierFrom { get; set; }
    public CareWay Way { get; set; }
    /// <summary>So many days before the day itself.</summary>
    public int DaysBefore { get; set; }
    /// <summary>The message or card; empty: the shipped words.</summary>
    public string Words { get; set; } = "";
    /// <summary>The template of a message; empty: own words, else the ready one that fits the occasion.</summary>
    public string TemplateKey { get; set; } = "";
    /// <summary>Flowers, a cake.</summary>
    public string Gift { get; set; } = "";
    /// <summary>What one costs us, minor units.</summary>
    public long Cost { get; set; }
    public bool Active { get; set; } = true;
    public int Place { get; init; }
    public int Version { get; set; }

    /// <summary>Takes over what a form or the API says.</summary>
    public void Set(OccasionKind kind, Guid? festival, Customers.Public.CustomerTier tier, CareWay way, int daysBefore, string? words, string? gift, long cost, bool active, string? template = null)
    {
        (words, gift) = ((words ?? "").ReplaceLineEndings("\n").Trim(), (gift ?? "").Trim());
        if (daysBefore is < 0 or > MostDaysBefore) throw new Refused("care.plan.days-wrong", MostDaysBefore) { Field = "In.DaysBefore" };
        if (words.Length > WordsMax) throw new Refused("care.plan.words-long", WordsMax) { Field = "In.Words" };
        if (gift.Length > GiftMax || way == CareWay.Gift && gift.Length == 0) throw new Refused("care.plan.gift-wrong", GiftMax) { Field = "In.Gift" };
        if (cost is < 0 or > MostCost) throw new Refused("care.plan.cost-wrong") { Field = "In.Cost" };
        TemplateKey = way == CareWay.Message && words.Length == 0 ? template ?? "" : "";
        (Kind, FestivalId, TierFrom, Way, DaysBefore, Words, Gift, Cost, Active) = (kind, kind == OccasionKind.Festival ? festival : null, tier, way, daysBefore, words, gift, cost, active);
    }

    /// <summary>The templates a plan may take: what needs a link is sent by who makes the link.</summary>
    public static async Task<IReadOnlyList<Messages.Public.TemplateRow>> TemplatesAsync(Messages.Public.Templates templates, CancellationToken cancel = default) =>
        [.. (await templates.AllAsync(cancel: cancel)).Where(t => t.Purpose != Messages.Public.ContactPurpose.Answer && !t.Words[0].Body.Contains("{link}", StringComparison.Ordinal))];

    /// <summary>The words for a customer.</summary>
    public static string Fill(string words, string address, string what, int years, string company) => words
        .Replace("{address}", address, StringComparison.Ordinal).Replace("{what}", what, StringComparison.Ordinal)
        .Replace("{years}", years.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{company}", company, StringComparison.Ordinal);
}

/// <summary>Something to think of for one customer, once: written ahead by the nightly work.</summary>
public sealed class Occasion : ICompanyOwned, IScoped, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid? StoreId { get; set; }
    public Guid? OwnerId { get; set; }
    public Guid CustomerId { get; init; }
    public OccasionKind Kind { get; init; }
    /// <summary>Whose or what it is: the customer, a person around them, a date, a festival, a thing owned.</summary>
    public Guid SubjectId { get; init; }
    /// <summary>Which year's: the lunar year for a day of the moon. Once in each.</summary>
    public int Year { get; init; }
    public DateOnly OnDate { get; set; }
    public bool Lunar { get; init; }
    /// <summary>Age, or years since; 0 when not known.</summary>
    public int Nth { get; set; }
    /// <summary>The festival, the person, the thing.</summary>
    public string Words { get; set; } = "";
    public OccasionState State { get; set; }
    public DateTime SeenAt { get; set; }
    public DateTime CreatedAt { get; init; }
    public int Version { get; set; }
}

/// <summary>One thing to be done on an occasion.</summary>
public sealed class CareAct : ICompanyOwned, IScoped, IVersioned
{
    public const int NoteMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid OccasionId { get; init; }
    public Guid PlanId { get; init; }
    public Guid? StoreId { get; set; }
    public Guid? OwnerId { get; set; }
    public Guid CustomerId { get; init; }
    public CareWay Way { get; private set; }
    public DateOnly DueOn { get; set; }
    public string Gift { get; set; } = "";
    public long Cost { get; set; }
    public ActState State { get; private set; }
    /// <summary>Text key of why it was stopped.</summary>
    public string Why { get; private set; } = "";
    /// <summary>Why it was skipped, or how the gift was taken.</summary>
    public string Note { get; private set; } = "";
    public Guid? RequestId { get; private set; }
    /// <summary>The print run of a card.</summary>
    public Guid? RunId { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public Guid? DoneBy { get; private set; }
    public DateTime CreatedAt { get; init; }
    public int Version { get; set; }

    /// <summary>Neither done nor left out.</summary>
    public bool IsOpen => State is ActState.Planned or ActState.Waiting or ActState.Allowed or ActState.Going or ActState.Stopped;

    /// <summary>A gift costs money: it waits for who may say yes.</summary>
    public void WaitFor(Guid requestId)
    {
        if (Way != CareWay.Gift || State is not (ActState.Planned or ActState.Refused)) throw new Refused("care.act.not-now");
        (State, RequestId) = (ActState.Waiting, requestId);
    }

    /// <summary>It may be given.</summary>
    public void Allow()
    {
        if (Way != CareWay.Gift || State is not (ActState.Planned or ActState.Refused or ActState.Waiting)) throw new Refused("care.act.not-now");
        State = ActState.Allowed;
    }

    /// <summary>The word came.</summary>
    public void Decide(bool yes, string note)
    {
        if (State != ActState.Waiting) return; // heard twice, or skipped meanwhile
        (State, Note) = (yes ? ActState.Allowed : ActState.Refused, note.Length > NoteMax ? note[..NoteMax] : note);
    }

    /// <summary>Its message is written: done as soon as it goes out (<see cref="NotGiven"/> hears of it).</summary>
    public void Send(Guid? by)
    {
        if (Way != CareWay.Message || State is not (ActState.Planned or ActState.Stopped)) throw new Refused("care.act.not-now");
        (State, DoneBy, Why) = (ActState.Going, by, "");
    }

    public void Finish(Guid? by, DateTime now, string note = "", Guid? run = null)
    {
        if (State is not (ActState.Planned or ActState.Allowed or ActState.Going or ActState.Stopped) || Way == CareWay.Gift && State == ActState.Planned && Cost > 0) throw new Refused("care.act.not-now");
        (State, DoneAt, DoneBy, Why, RunId) = (ActState.Done, now, by, "", run);
        if (note.Length > 0) Note = note;
    }

    /// <summary>The door did not let it out, or the provider did not bring it to the customer: what counted as done no longer does.</summary>
    public void Stop(string whyKey) => (State, Why, DoneAt, DoneBy) = (ActState.Stopped, whyKey, null, null);

    /// <summary>Ways by which what was stopped may be given instead; none where it cannot.</summary>
    public IReadOnlyList<CareWay> OtherWays => State != ActState.Stopped ? [] : Way switch { CareWay.Message => [CareWay.Call, CareWay.Card], CareWay.Card => [CareWay.Call], _ => [] };

    /// <summary>Given by another way instead: it waits there until it is done.</summary>
    public void Turn(CareWay way)
    {
        if (!OtherWays.Contains(way)) throw new Refused("care.act.not-now");
        Way = way;
    }

    public void Skip(string note, Guid? by, DateTime now)
    {
        if (!IsOpen && State != ActState.Refused) throw new Refused("care.act.not-now");
        (State, Note, DoneAt, DoneBy, Why) = (ActState.Skipped, note, now, by, "");
    }

    /// <summary>Takes skipping back.</summary>
    public void Unskip()
    {
        if (State != ActState.Skipped) throw new Refused("care.act.not-now");
        (State, Note, DoneAt, DoneBy, RequestId) = (ActState.Planned, "", null, null, null);
    }
}

internal sealed class SettingMap : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> row)
    {
        row.ToTable("care_setting");
        row.Ignore(s => s.Rule);
    }
}

internal sealed class FestivalMap : IEntityTypeConfiguration<Festival>
{
    public void Configure(EntityTypeBuilder<Festival> row) => row.ToTable("care_festival");
}

internal sealed class CarePlanMap : IEntityTypeConfiguration<CarePlan>
{
    public void Configure(EntityTypeBuilder<CarePlan> row) => row.ToTable("care_plan");
}

internal sealed class OccasionMap : IEntityTypeConfiguration<Occasion>
{
    public void Configure(EntityTypeBuilder<Occasion> row) => row.ToTable("care_occasion");
}

internal sealed class CareActMap : IEntityTypeConfiguration<CareAct>
{
    public void Configure(EntityTypeBuilder<CareAct> row)
    {
        row.ToTable("care_act");
        row.Ignore(a => a.IsOpen);
        row.Ignore(a => a.OtherWays);
    }
}
