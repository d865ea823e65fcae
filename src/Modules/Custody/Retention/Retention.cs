using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>How long files of a class are kept after the last time anything passed (B8): data the shop edits.</summary>
public sealed class RetentionClass : ICompanyOwned, IVersioned
{
    public const int TitleMax = 60;
    public const int LeastMonths = 6;
    public const int MostMonths = 1200;

    public CustomerStage? Stage => Enum.TryParse<CustomerStage>(CustomerStage, out var stage) ? stage : null;
    public CustomerClass? Class => Enum.TryParse<CustomerClass>(CustomerClass, out var known) ? known : null;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Key { get; init; }
    public required string Title { get; set; }
    /// <summary>General, Special, or empty for both.</summary>
    public required string CustomerClass { get; set; }
    /// <summary>Prospect, Buyer, or empty for both.</summary>
    public required string CustomerStage { get; set; }
    public int Months { get; set; }
    public int Version { get; set; }

    public void Set(string title, int months, Texts texts)
    {
        title = title.Trim();
        var wrong = new Wrongs();
        wrong.If(title.Length is 0 or > TitleMax, "In.Title", "custody.retention.title-needed", TitleMax);
        wrong.If(months is < LeastMonths or > MostMonths, "In.Months", "custody.retention.months-wrong", LeastMonths, MostMonths);
        wrong.Stop();
        (Title, Months) = (texts.Kept(Title, title), months);
    }
}

/// <summary>How paper or data was destroyed. Sold as waste paper is no way (S3-1, 25).</summary>
public enum DestructionMethod { Shred, Tear, Wipe }

/// <summary>Where a destruction stands.</summary>
public enum DestructionState { Asked, Approved, Refused, Done }

/// <summary>A file on the list: waits, was destroyed, or was spared because something had come up.</summary>
public enum DestructionItemState { Waiting, Destroyed, Spared }

/// <summary>Files whose time is over, destroyed together: approved, carried out before two witnesses, certified.</summary>
public sealed class Destruction : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "XH";
    public const string Act = "custody.destroy";
    public const string Subject = "custody.destruction";

    /// <summary>Files in one list.</summary>
    public const int Most = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public required string ClassTitle { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who asked.</summary>
    public Guid? OwnerId { get; init; }
    public int Count { get; init; }
    /// <summary>How many of them are confidential or top secret.</summary>
    public int Secret { get; init; }
    public DateTime AskedAt { get; init; }
    public DestructionState State { get; private set; }
    public Guid? RequestId { get; set; }
    public DateTime? DecidedAt { get; private set; }
    public DestructionMethod? Method { get; private set; }
    public bool NotSold { get; private set; }
    public Guid? WitnessOne { get; private set; }
    public Guid? WitnessTwo { get; private set; }
    public Guid? DoneBy { get; private set; }
    public DateTime? DoneAt { get; private set; }
    public int Version { get; set; }

    public void Decide(bool approved, DateTime now)
    {
        if (State == DestructionState.Asked) (State, DecidedAt) = (approved ? DestructionState.Approved : DestructionState.Refused, now);
    }

    /// <summary>Carried out before two witnesses; secret files are shredded, nothing is sold as waste.</summary>
    public void CarryOut(DestructionMethod method, Guid one, Guid two, bool notSold, Guid? by, DateTime now)
    {
        if (State != DestructionState.Approved) throw new Refused("custody.destroy.not-approved");
        var wrong = new Wrongs();
        wrong.If(!Enum.IsDefined(method), "In.Method", "custody.destroy.method-needed");
        wrong.If(Secret > 0 && method == DestructionMethod.Tear, "In.Method", "custody.destroy.secret-shred");
        wrong.If(one == Guid.Empty, "In.One", "custody.destroy.witness-needed");
        wrong.If(two == Guid.Empty || one == two, "In.Two", "custody.destroy.witness-two");
        wrong.If(one == by || two == by, one == by ? "In.One" : "In.Two", "custody.destroy.witness-not-self");
        wrong.If(!notSold, "In.NotSold", "custody.destroy.not-sold-needed");
        wrong.Stop();
        (State, Method, WitnessOne, WitnessTwo, NotSold, DoneBy, DoneAt) = (DestructionState.Done, method, one, two, true, by, now);
    }
}

/// <summary>One file on the list.</summary>
public sealed class DestructionItem : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid DestructionId { get; init; }
    public Guid FileId { get; init; }
    public required string FileNumber { get; init; }
    public SecrecyLevel Level { get; init; }
    public DateOnly DueOn { get; init; }
    public DestructionItemState State { get; set; }
}

/// <summary>A file whose time is over.</summary>
public sealed record DueFile
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; init; } = "";
    public DateTime OpenedAt { get; init; }
    public DateTime? LastContactAt { get; init; }
    public DateOnly? LastPurchaseOn { get; init; }

    /// <summary>The last time anything passed.</summary>
    public DateOnly LastOn(TimeZoneInfo zone)
    {
        var last = DateOnly.FromDateTime((LastContactAt ?? OpenedAt).Local(zone));
        return LastPurchaseOn is { } bought && bought > last ? bought : last;
    }
}

/// <summary>What is due, asking to destroy it, carrying it out.</summary>
public sealed class RetentionDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, ApprovalDesk approvals, Audit audit, Jobs jobs, IEnumerable<PersonHold> holds, Huitou.Staff.Public.People people) : IHandle<ApprovalDecided>
{
    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Files of the class whose time is over; never one with an open promise, debt, complaint, hold or a product still under its duty. One statement.</summary>
    public IQueryable<DueFile> Due(RetentionClass of)
    {
        var until = time.Today(me.Zone).AddMonths(-of.Months);
        var before = until.ToDateTime(TimeOnly.MinValue).Utc(me.Zone);
        var files = db.Set<Customer>().Where(c => (c.LastContactAt ?? c.OpenedAt) < before && c.OpenedAt < before && (c.LastPurchaseOn == null || c.LastPurchaseOn < until) && c.NextContactAt == null);
        if (of.Stage is { } stage) files = files.Where(c => c.Stage == stage);
        if (of.Class is { } known) files = files.Where(c => c.Class == known);
        foreach (var hold in holds)
        {
            var held = hold.PersonIds(db);
            files = files.Where(c => !held.Contains(c.Id));
        }

        files = files.Where(c => !db.Set<DestructionItem>().Any(i => i.FileId == c.Id && i.State == DestructionItemState.Waiting));
        return files.OrderBy(c => c.LastContactAt ?? c.OpenedAt).ThenBy(c => c.Id).Select(c => new DueFile { Id = c.Id, Number = c.Number, Name = c.Name, OpenedAt = c.OpenedAt, LastContactAt = c.LastContactAt, LastPurchaseOn = c.LastPurchaseOn });
    }

    /// <summary>Asks to destroy what is due of a class: all of it, or those chosen.</summary>
    public async Task<Destruction> AskAsync(RetentionClass of, IReadOnlyCollection<Guid> chosen, CancellationToken cancel = default)
    {
        var due = Due(of);
        if (chosen.Count > 0) due = due.Where(d => chosen.Contains(d.Id));
        var files = await due.Take(Destruction.Most).ToListAsync(cancel);
        if (files.Count == 0) throw new Refused("custody.destroy.nothing-due");
        var ids = files.ConvertAll(f => f.Id);
        var levels = await db.Set<SecretFile>().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Level, cancel);
        var now = time.Now();
        var destruction = new Destruction
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Destruction.Series, time.Today(me.Zone).Year, cancel), ClassTitle = of.Title, StoreId = me.StoreId, OwnerId = By,
            Count = files.Count, Secret = levels.Count, AskedAt = now,
        };
        db.Set<Destruction>().Add(destruction);
        await db.SaveChangesAsync(cancel);
        db.Set<DestructionItem>().AddRange(files.Select(f => new DestructionItem
        {
            DestructionId = destruction.Id, FileId = f.Id, FileNumber = f.Number, Level = levels.GetValueOrDefault(f.Id), DueOn = f.LastOn(me.Zone).AddMonths(of.Months),
        }));
        var answer = await approvals.AskAsync(new ApprovalAsk(Destruction.Act, Destruction.Subject, destruction.Id, 0, me.StoreId, "custody.destroy.summary", $"/custody/destructions/{destruction.Id}") { Args = [destruction.Number, of.Title, files.Count] }, cancel);
        if (answer.AlreadyAllowed) destruction.Decide(true, now);
        else destruction.RequestId = answer.RequestId;
        audit.Add("custody.destroy-ask", Destruction.Subject, destruction.Id, $"{files.Count}");
        return destruction;
    }

    /// <summary>Carries an approved destruction out; the electronic files are erased as due work.</summary>
    public async Task CarryOutAsync(Destruction destruction, DestructionMethod method, Guid one, Guid two, bool notSold, CancellationToken cancel = default)
    {
        // Who is not here any more witnesses nothing.
        var here = await people.All.Where(p => p.IsHere && (p.Id == one || p.Id == two)).Select(p => p.Id).ToListAsync(cancel);
        (one, two) = (here.Contains(one) ? one : Guid.Empty, here.Contains(two) ? two : Guid.Empty);
        destruction.CarryOut(method, one, two, notSold, By, time.Now());
        jobs.Add(DestroyJob.Name, Ids.New().ToString("N"), time.Now(), new DestroyJob.Work(destruction.Id));
        audit.Add("custody.destroy", Destruction.Subject, destruction.Id, method.ToString());
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != Destruction.Subject) return;
        var destruction = await db.Set<Destruction>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(d => d.Id == happened.SubjectId, cancel);
        destruction?.Decide(happened.Approved, time.Now());
        if (destruction?.State == DestructionState.Refused) await db.Set<DestructionItem>().Where(i => i.DestructionId == destruction.Id).ExecuteUpdateAsync(s => s.SetProperty(i => i.State, DestructionItemState.Spared), cancel);
    }

    /// <summary>The ready classes, for a company that has none yet.</summary>
    public static async Task SeedAsync(Db db, CancellationToken cancel = default)
    {
        if (await db.Set<RetentionClass>().AnyAsync(cancel)) return;
        db.Set<RetentionClass>().AddRange(
            new RetentionClass { Key = "prospect", Title = "custody.class.prospect", CustomerClass = "", CustomerStage = "Prospect", Months = 24 },
            new RetentionClass { Key = "buyer", Title = "custody.class.buyer", CustomerClass = "General", CustomerStage = "Buyer", Months = 60 },
            new RetentionClass { Key = "special", Title = "custody.class.special", CustomerClass = "Special", CustomerStage = "Buyer", Months = 120 });
    }
}

/// <summary>Erases the files of a destruction, some at a time; one that something has come up for is spared.</summary>
internal sealed class DestroyJob(Db db, Erasure erasure, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "custody.destroy";
    private const int AtOnce = 20;

    /// <param name="DestructionId">Which.</param>
    public sealed record Work(Guid DestructionId);

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<Work>();
        var items = await db.Set<DestructionItem>().AsTracking().Where(i => i.DestructionId == work.DestructionId && i.State == DestructionItemState.Waiting).OrderBy(i => i.Id).Take(AtOnce).ToListAsync(cancel);
        var erased = new List<Guid>();
        foreach (var item in items)
        {
            var held = (await erasure.WhyNotAsync(item.FileId, cancel, destruction: true)).Count > 0;
            item.State = held ? DestructionItemState.Spared : DestructionItemState.Destroyed;
            if (!held) erased.Add(item.FileId);
        }

        await erasure.EraseAsync(erased, cancel);
        if (items.Count == AtOnce) jobs.Add(Name, Ids.New().ToString("N"), time.Now(), work);
    }
}

internal sealed class RetentionClassMap : IEntityTypeConfiguration<RetentionClass>
{
    public void Configure(EntityTypeBuilder<RetentionClass> row)
    {
        row.ToTable("custody_retention_class");
        row.Ignore(c => c.Stage);
        row.Ignore(c => c.Class);
    }
}

internal sealed class DestructionMap : IEntityTypeConfiguration<Destruction>
{
    public void Configure(EntityTypeBuilder<Destruction> row) => row.ToTable("custody_destruction");
}

internal sealed class DestructionItemMap : IEntityTypeConfiguration<DestructionItem>
{
    public void Configure(EntityTypeBuilder<DestructionItem> row) => row.ToTable("custody_destruction_item");
}
