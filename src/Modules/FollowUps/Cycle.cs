using System.Globalization;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>One month of one store, or of the company (C2).</summary>
public sealed class Cycle : ICompanyOwned, IScoped, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>The month's first day.</summary>
    public DateOnly Month { get; init; }
    /// <summary>Null: the whole company.</summary>
    public Guid? StoreId { get; init; }
    /// <summary>Who made it.</summary>
    public Guid? OwnerId { get; init; }
    public CycleState State { get; private set; }
    public int PlannedCustomers { get; private set; }
    public int PlannedContacts { get; private set; }
    /// <summary>Customers for whom the plan itself holds several contacts.</summary>
    public int SecondContacts { get; private set; }
    /// <summary>By when it shall be done.</summary>
    public DateOnly ByOn { get; set; }
    /// <summary>Satisfaction aimed at, percent.</summary>
    public int Target { get; set; }
    /// <summary>Within so many days after the first contact comes the second (<see cref="SecondContact"/>); 0: none is planned.</summary>
    public int SecondDays { get; set; }
    /// <summary>True: everybody is contacted a second time; else who was not content or has needs.</summary>
    public bool SecondAll { get; set; }
    public DateTime MadeAt { get; init; }
    /// <summary>Making it takes so many steps, a day of sales or of replacements each; of these are done.</summary>
    public int Steps { get; private set; }
    public int StepsDone { get; private set; }
    /// <summary>Freezing it is due work that was asked for then.</summary>
    public DateTime? FreezeAskedAt { get; private set; }
    /// <summary>So many of its contacts are follow-ups already.</summary>
    public int FreezeDone { get; private set; }
    public DateTime? FrozenAt { get; private set; }
    public Guid? FrozenBy { get; private set; }
    public long? SampleSeed { get; private set; }
    public DateTime? ClosedAt { get; private set; }
    public Guid? ClosedBy { get; private set; }
    public int Version { get; set; }

    /// <summary>The cycle of an address: of the store, or the first the reader sees of that month.</summary>
    /// <param name="db">Cut to what the reader sees.</param>
    /// <param name="month"><c>2026-11</c>.</param>
    /// <param name="store">The store's id; anything else: whichever there is.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="NotThere">There is none.</exception>
    public static async Task<Cycle> FindAsync(Db db, string month, string? store, CancellationToken cancel)
    {
        if (!DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)) throw new NotThere();
        var all = db.Set<Cycle>().Where(c => c.Month == first);
        return (Guid.TryParse(store, out var id) ? await all.FirstOrDefaultAsync(c => c.StoreId == id, cancel) : await all.OrderBy(c => c.StoreId == null ? 0 : 1).ThenBy(c => c.StoreId).FirstOrDefaultAsync(cancel)) ?? throw new NotThere();
    }

    public DateOnly LastDay => Month.AddMonths(1).AddDays(-1);

    /// <summary>Customers are still being picked: due work, and nothing else may change it.</summary>
    public bool IsBeingMade => StepsDone < Steps;

    /// <summary>It is going to be made in so many steps.</summary>
    public void Begin(int steps) => Steps = steps;

    /// <summary>So many steps more are done.</summary>
    public void Went(int steps) => StepsDone = Math.Min(Steps, StepsDone + steps);

    /// <summary>Its contacts are becoming follow-ups: due work, and nothing else may change it.</summary>
    public bool IsBeingFrozen => FreezeAskedAt is not null && State == CycleState.Draft;

    /// <summary>Somebody wants it frozen; it takes a while.</summary>
    public void AskFreeze(DateTime now)
    {
        NeedDraft();
        FreezeAskedAt = now;
    }

    /// <summary>So many of its contacts have become follow-ups.</summary>
    public void FreezeWent(int done) => FreezeDone = done;

    /// <summary>A frozen plan does not change, nor one that is still being made.</summary>
    /// <exception cref="Refused">It is frozen, or not made yet.</exception>
    public void NeedDraft()
    {
        if (IsBeingMade) throw new Refused("followups.cycle.being-made");
        if (IsBeingFrozen) throw new Refused("followups.cycle.being-frozen");
        if (State != CycleState.Draft) throw new Refused("followups.cycle.frozen-already");
    }

    /// <summary>Reviewed and fixed, with its figures.</summary>
    public void Freeze(int customers, int contacts, int second, Guid? by, DateTime now)
    {
        FreezeAskedAt = null;
        NeedDraft();
        if (contacts == 0) throw new Refused("followups.cycle.empty");
        (PlannedCustomers, PlannedContacts, SecondContacts) = (customers, contacts, second);
        (State, FrozenAt, FrozenBy) = (CycleState.Frozen, now, by);
    }

    /// <summary>The sample is drawn from this seed; it stays, so that anybody can draw it again.</summary>
    public void Check(long seed)
    {
        if (State != CycleState.Frozen) throw new Refused("followups.cycle.not-frozen");
        (State, SampleSeed) = (CycleState.Checking, seed);
    }

    /// <summary>The month is over, with what is to be improved written down.</summary>
    public void Close(Guid? by, DateTime now)
    {
        if (State != CycleState.Checking) throw new Refused("followups.cycle.not-checked");
        (State, ClosedAt, ClosedBy) = (CycleState.Closed, now, by);
    }
}

/// <summary>One contact of the plan: which customer, why, by whom, by when.</summary>
public sealed class CycleItem : ICompanyOwned, IScoped
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CycleId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; set; }
    public Guid CustomerId { get; init; }
    public required string RuleKey { get; init; }
    public DateOnly AnchorOn { get; init; }
    public DateOnly DueOn { get; init; }
    public string Note { get; init; } = "";
    /// <summary>The follow-up it became when the plan was frozen.</summary>
    public Guid? TaskId { get; set; }
    public Guid? AddedBy { get; init; }
    public DateTime? RemovedAt { get; set; }
    public Guid? RemovedBy { get; set; }
}

/// <summary>One call of the month that is called back by someone else.</summary>
public sealed class Check : ICompanyOwned
{
    public const int WordsMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CycleId { get; init; }
    public Guid ResultId { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? CalledBy { get; init; }
    public Guid? CheckedBy { get; private set; }
    public DateTime? CheckedAt { get; private set; }
    /// <summary>The customer confirms the call and what was written.</summary>
    public bool? TrueToLife { get; private set; }
    /// <summary>How good the call was, 1–5.</summary>
    public int? Score { get; private set; }
    public string Words { get; private set; } = "";

    /// <summary>Called back and judged, not by who made the call.</summary>
    public void Judge(Guid? by, bool? trueToLife, int score, string? words, DateTime now)
    {
        words = words?.Trim() ?? "";
        if (trueToLife is null) throw new Refused("followups.check.confirm-missing") { Field = "In.TrueToLife" };
        if (by is not null && by == CalledBy) throw new Refused("followups.check.not-yourself");
        if (score is < 1 or > 5) throw new Refused("followups.result.score-missing") { Field = "In.Score" };
        if (words.Length > WordsMax) throw new Refused("followups.result.words-long", WordsMax, words.Length) { Field = "In.Words" };
        (CheckedBy, CheckedAt, TrueToLife, Score, Words) = (by, now, trueToLife, score, words);
    }
}

/// <summary>What the month taught: what changes, who sees to it, by when; the next month shows whether it worked.</summary>
public sealed class Improvement : ICompanyOwned, IVersioned
{
    public const int WhatMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CycleId { get; init; }
    public required string What { get; init; }
    public Guid OwnerId { get; init; }
    public DateOnly DueOn { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateTime? DoneAt { get; private set; }
    public bool? Worked { get; private set; }
    public string Effect { get; private set; } = "";
    public int Version { get; set; }

    /// <summary>It was made; whether it helped has to be said.</summary>
    public void Finish(bool? worked, string? effect, DateTime now)
    {
        effect = effect?.Trim() ?? "";
        if (worked is null) throw new Refused("followups.improvement.worked-missing") { Field = "In.Worked" };
        if (effect.Length > WhatMax) throw new Refused("followups.result.words-long", WhatMax, effect.Length) { Field = "In.Effect" };
        (DoneAt, Worked, Effect) = (now, worked, effect);
    }
}

internal sealed class CycleMap : IEntityTypeConfiguration<Cycle>
{
    public void Configure(EntityTypeBuilder<Cycle> cycle)
    {
        cycle.ToTable("followups_cycle");
        cycle.Ignore(c => c.LastDay);
        cycle.Ignore(c => c.IsBeingMade);
        cycle.Ignore(c => c.IsBeingFrozen);
    }
}

internal sealed class CycleItemMap : IEntityTypeConfiguration<CycleItem>
{
    public void Configure(EntityTypeBuilder<CycleItem> item) => item.ToTable("followups_cycle_item");
}

internal sealed class CheckMap : IEntityTypeConfiguration<Check>
{
    public void Configure(EntityTypeBuilder<Check> check) => check.ToTable("followups_check");
}

internal sealed class ImprovementMap : IEntityTypeConfiguration<Improvement>
{
    public void Configure(EntityTypeBuilder<Improvement> improvement) => improvement.ToTable("followups_improvement");
}
