using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>Open until somebody says how it ended.</summary>
public enum LeakState { Open, Closed }

/// <summary>Customer data leaked or may have (B9; S3-1, 27): whoever sees it remedies at once and reports; it is followed to its end.</summary>
public sealed class Leak : ICompanyOwned, IVersioned
{
    public const string Series = "XM";
    public const int WordsMax = 1000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    /// <summary>False: it may have.</summary>
    public bool Certain { get; init; }
    public required string What { get; init; }
    /// <summary>What was done at once.</summary>
    public string Remedy { get; init; } = "";
    public Guid? FileId { get; init; }
    public string FileNumber { get; init; } = "";
    public Guid? StoreId { get; init; }
    /// <summary>Who reported it.</summary>
    public Guid? OwnerId { get; init; }
    public DateTime At { get; init; }
    public DateOnly DueOn { get; init; }
    public LeakState State { get; private set; }
    public string Outcome { get; private set; } = "";
    public Guid? ClosedBy { get; private set; }
    public DateTime? ClosedAt { get; private set; }
    public int Version { get; set; }

    public void NeedOpen()
    {
        if (State == LeakState.Closed) throw new Refused("custody.leak.closed-already");
    }

    /// <summary>Ends it with what came of it and what keeps it from happening again.</summary>
    public void Close(string outcome, Guid? by, DateTime now)
    {
        NeedOpen();
        outcome = outcome.Trim();
        if (outcome.Length is 0 or > WordsMax) throw new Refused("custody.leak.outcome-needed", WordsMax) { Field = "In.Words" };
        (State, Outcome, ClosedBy, ClosedAt) = (LeakState.Closed, outcome, by, now);
    }
}

/// <summary>Something done about it.</summary>
public sealed class LeakStep : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid LeakId { get; init; }
    public required string Words { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>Somebody was told, and when they said they had read it.</summary>
public sealed class LeakTold : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid LeakId { get; init; }
    public Guid StaffId { get; init; }
    public DateTime At { get; init; }
    public DateTime? SeenAt { get; private set; }

    public void See(DateTime now) => SeenAt ??= now;
}

/// <summary>Reports and follows leaks.</summary>
public sealed class LeakDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, People people, Audit audit, Jobs jobs)
{
    /// <summary>Told at once (S3-1, 27).</summary>
    public static readonly string[] ToldAtOnce = ["information-supervisor", "customer-service-manager"];

    /// <summary>Told when nobody of those read it in time, or nobody holds these posts.</summary>
    public const string ToldNext = "general-manager";

    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Reports one. The file may be named by whoever knows its number, also when they may not open it.</summary>
    public async Task<Leak> ReportAsync(bool certain, string what, string remedy, string fileNumber, CancellationToken cancel = default)
    {
        (what, remedy, fileNumber) = (what.Trim(), remedy.Trim(), fileNumber.Trim().ToUpperInvariant());
        var wrong = new Wrongs();
        wrong.If(what.Length is 0 or > Leak.WordsMax, "In.What", "custody.leak.what-needed", Leak.WordsMax);
        wrong.If(remedy.Length > Leak.WordsMax, "In.Remedy", "custody.too-long", Leak.WordsMax);
        wrong.If(fileNumber.Length > 20, "In.FileNumber", "custody.no-such-file");
        wrong.Stop();
        var file = fileNumber.Length == 0 ? null : await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Number == fileNumber).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancel);
        var now = time.Now();
        var leak = new Leak
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Leak.Series, time.Today(me.Zone).Year, cancel), Certain = certain, What = what, Remedy = remedy, FileId = file, FileNumber = fileNumber,
            StoreId = me.StoreId, OwnerId = By, At = now, DueOn = await terms.DueAsync("incident", me.StoreId, cancel),
        };
        db.Set<Leak>().Add(leak);
        await db.SaveChangesAsync(cancel);
        var told = await people.All.Where(p => p.IsHere && ToldAtOnce.Contains(p.RoleKey)).Select(p => p.Id).ToListAsync(cancel);
        if (told.Count == 0) await TellNextAsync(leak.Id, cancel);
        foreach (var person in told) db.Set<LeakTold>().Add(new LeakTold { LeakId = leak.Id, StaffId = person, At = now });
        jobs.Add(LeakUnseen.Name, leak.Id.ToString("N"), now.AddDays(await terms.DaysAsync("incident-seen", cancel)), new LeakUnseen.Work(leak.Id));
        audit.Add("custody.leak", "custody.leak", leak.Id, certain ? "certain" : "possible");
        return leak;
    }

    /// <summary>The one report that everybody may read: their own, what they were told of, and all for who handles leaks.</summary>
    public async Task<Leak> FindAsync(Guid id, CancellationToken cancel = default)
    {
        var (staff, all) = (me.StaffId, me.Can("custody.leak"));
        return await db.Set<Leak>().AsTracking().FirstOrDefaultAsync(l => l.Id == id && (all || l.OwnerId == staff && staff != Guid.Empty || db.Set<LeakTold>().Any(t => t.LeakId == l.Id && t.StaffId == staff)), cancel) ?? throw new NotThere();
    }

    /// <summary>Something was done about it.</summary>
    public void Add(Leak leak, string words)
    {
        leak.NeedOpen();
        words = words.Trim();
        if (words.Length is 0 or > Leak.WordsMax) throw new Refused("custody.leak.words-needed", Leak.WordsMax) { Field = "In.Words" };
        db.Set<LeakStep>().Add(new LeakStep { LeakId = leak.Id, Words = words, By = By, At = time.Now() });
        audit.Add("custody.leak-step", "custody.leak", leak.Id);
    }

    /// <summary>Who was told says so.</summary>
    public async Task SeeAsync(Leak leak, CancellationToken cancel = default)
    {
        var told = await db.Set<LeakTold>().AsTracking().FirstOrDefaultAsync(t => t.LeakId == leak.Id && t.StaffId == me.StaffId, cancel) ?? throw new NotThere();
        told.See(time.Now());
    }

    /// <summary>Ends it.</summary>
    public void Close(Leak leak, string outcome)
    {
        leak.Close(outcome, By, time.Now());
        audit.Add("custody.leak-close", "custody.leak", leak.Id);
    }

    internal async Task TellNextAsync(Guid leakId, CancellationToken cancel)
    {
        foreach (var person in await people.All.Where(p => p.IsHere && p.RoleKey == ToldNext && !db.Set<LeakTold>().Any(t => t.LeakId == leakId && t.StaffId == p.Id)).Select(p => p.Id).ToListAsync(cancel))
        {
            db.Set<LeakTold>().Add(new LeakTold { LeakId = leakId, StaffId = person, At = time.Now() });
        }
    }
}

/// <summary>Nobody who was told has read it in time: it goes on to the general manager.</summary>
internal sealed class LeakUnseen(Db db, LeakDesk desk) : IJob
{
    public const string Name = "custody.leak-unseen";

    /// <param name="LeakId">Which.</param>
    public sealed record Work(Guid LeakId);

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<Work>().LeakId;
        if (!await db.Set<Leak>().AnyAsync(l => l.Id == id && l.State == LeakState.Open, cancel) || await db.Set<LeakTold>().AnyAsync(t => t.LeakId == id && t.SeenAt != null, cancel)) return;
        await desk.TellNextAsync(id, cancel);
    }
}

/// <summary>Data of secret files does not go through ordinary channels (S3-1, 26): such a message is refused with its reason.</summary>
internal sealed class SecretInMessages(Db db) : IOutgoingCheck
{
    public async Task<string?> WhyNotAsync(Guid customerId, string subject, string body, CancellationToken cancel)
    {
        var secret = await (from s in db.Set<SecretFile>()
                            join c in db.Set<Customer>() on s.Id equals c.Id
                            select new { c.Id, c.Number, c.Name, c.Phone, c.Email, c.WeChat, c.Address }).ToListAsync(cancel);
        var text = subject + "\n" + body;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        foreach (var file in secret)
        {
            // Their own name may stand in a word to themselves; nothing else of the file, and nothing at all of it in a word to others.
            string[] data = file.Id == customerId ? [file.Number, file.Email, file.WeChat, file.Address] : [file.Number, file.Name, file.Email, file.WeChat, file.Address];
            if (data.Any(d => d.Length > 1 && text.Contains(d, StringComparison.OrdinalIgnoreCase)) || file.Phone.Length > 6 && digits.Contains(file.Phone, StringComparison.Ordinal)) return "custody.message-secret";
        }

        return null;
    }
}

internal sealed class LeakMap : IEntityTypeConfiguration<Leak>
{
    public void Configure(EntityTypeBuilder<Leak> row) => row.ToTable("custody_leak");
}

internal sealed class LeakStepMap : IEntityTypeConfiguration<LeakStep>
{
    public void Configure(EntityTypeBuilder<LeakStep> row) => row.ToTable("custody_leak_step");
}

internal sealed class LeakToldMap : IEntityTypeConfiguration<LeakTold>
{
    public void Configure(EntityTypeBuilder<LeakTold> row) => row.ToTable("custody_leak_told");
}
