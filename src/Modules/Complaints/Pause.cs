using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>What made a paused clock go on: a person, the customer's word, its day, the settling, the merging.</summary>
public enum PauseEnd { Hand, Customer, Time, Settled, Merged }

/// <summary>
/// The solution clock of a case rests, for a reason and until a day at the latest (F5: nothing expires unseen). Only this clock may: the first answer and the
/// next word are the customer's to wait for, and reports are the house's.
/// </summary>
public sealed class Pause : ICompanyOwned
{
    public const int NoteMax = 300;
    /// <summary>Nothing rests longer without a person saying so again.</summary>
    public const int MostDays = 30;
    /// <summary>Key of the reason that ends as soon as the customer says something.</summary>
    public const string Customer = "customer";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public int Round { get; init; }
    /// <summary>Key of a rule of the kind <c>pause</c>.</summary>
    public required string Reason { get; init; }
    public required string Note { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
    public DateTime Until { get; init; }
    /// <summary>Business time that was left, microseconds: exactly as much is left when it goes on.</summary>
    public long LeftMicros { get; init; }
    /// <summary>The same until the warning; negative: it was given before.</summary>
    public long WarnLeftMicros { get; init; }
    public PauseEnd? EndKind { get; private set; }
    /// <summary>Null: the customer, or the day.</summary>
    public Guid? EndedBy { get; private set; }
    public DateTime? EndedAt { get; private set; }
    /// <summary>Business time it rested, microseconds.</summary>
    public long TookMicros { get; private set; }

    public void End(PauseEnd kind, Guid? by, DateTime at, TimeSpan took) => (EndKind, EndedBy, EndedAt, TookMicros) = (kind, by, at, Micros(took));

    internal static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}

internal sealed class PauseMap : IEntityTypeConfiguration<Pause>
{
    public void Configure(EntityTypeBuilder<Pause> row) => row.ToTable("complaints_pause");
}

/// <summary>
/// Lets the solution clock rest and go on. While it rests its deadline stands where it would be if it went on at the last possible moment, so
/// every list, table and job reads the truth without knowing of pauses; going on sooner brings it forward.
/// </summary>
public sealed class Pausing(Db db, CurrentUser me, TimeProvider time, BusinessCalendars hours, ClockKeeper clocks, Jobs jobs, Timeline timeline, Audit audit, Texts texts)
{
    public const string Job = "complaints.pause";

    /// <summary>The clock rests until an instant at the latest.</summary>
    public async Task RestAsync(Complaint complaint, string? reason, string? note, DateTime? until, CancellationToken cancel)
    {
        var rules = await HandlingRules.ReadAsync(db, cancel);
        if (string.IsNullOrEmpty(reason) || !rules.Of("pause").Contains(reason)) throw new Refused("complaints.pause.reason-needed") { Field = "Rest.Reason" };
        note = note?.Trim() ?? "";
        if (note.Length == 0) throw new Refused("complaints.pause.note-needed") { Field = "Rest.Note" };
        if (note.Length > Pause.NoteMax) throw new Refused("complaints.too-long", Pause.NoteMax) { Field = "Rest.Note" };
        var now = time.Now();
        if (until is not { } latest || latest <= now || latest > now.AddDays(Pause.MostDays)) throw new Refused("complaints.pause.until-wrong", Pause.MostDays) { Field = "Rest.Until" };
        var shop = await hours.ForAsync(complaint.StoreId, cancel);
        var (left, warnLeft) = (Clocks.Left(shop, now, complaint.SolutionDueAt), Clocks.Left(shop, now, complaint.SolutionWarnAt));
        complaint.Rest(now, latest, Clocks.GoOn(shop, complaint.SolutionFrom, latest, left, warnLeft, complaint.SolutionWarnAt));
        var pause = new Pause { Id = Ids.New(now), ComplaintId = complaint.Id, Round = complaint.Round, Reason = reason, Note = note, By = Staff, At = now, Until = latest, LeftMicros = Pause.Micros(left), WarnLeftMicros = Pause.Micros(warnLeft) };
        db.Set<Pause>().Add(pause);
        clocks.Schedule(complaint);
        jobs.Add(Job, pause.Id.ToString("N"), latest, new PauseWork(complaint.Id, pause.Id));
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.paused", [complaint.Number, rules.NameOf(texts, "pause", reason)], note, ComplaintsDesk.Href(complaint.Id), now);
        audit.Add("complaints.pause", "complaints.complaint", complaint.Id, reason);
    }

    /// <summary>The clock goes on with exactly the time it had; nothing where it does not rest.</summary>
    /// <param name="complaint">Tracked.</param>
    /// <param name="kind">What made it go on.</param>
    /// <param name="cancel">Stops.</param>
    public async Task GoOnAsync(Complaint complaint, PauseEnd kind, CancellationToken cancel)
    {
        if (complaint.PausedAt is not { } from) return;
        var pause = await db.Set<Pause>().AsTracking().Where(p => p.ComplaintId == complaint.Id && p.EndKind == null).OrderByDescending(p => p.At).FirstAsync(cancel);
        // Its day may have passed while no job ran: then it went on at that moment, whoever asks now.
        var now = time.Now();
        var at = pause.Until < now ? pause.Until : now;
        if (at == pause.Until) kind = PauseEnd.Time;
        var shop = await hours.ForAsync(complaint.StoreId, cancel);
        var took = shop.BusinessTimeBetween(from, at);
        complaint.GoOn(Clocks.GoOn(shop, complaint.SolutionFrom, at, TimeSpan.FromMicroseconds(pause.LeftMicros), TimeSpan.FromMicroseconds(pause.WarnLeftMicros), complaint.SolutionWarnAt), Pause.Micros(took));
        pause.End(kind, kind is PauseEnd.Time or PauseEnd.Customer ? null : Staff, at, took);
        clocks.Schedule(complaint);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.went-on", [complaint.Number], "", ComplaintsDesk.Href(complaint.Id), now);
        audit.Add("complaints.go-on", "complaints.complaint", complaint.Id, kind.ToString());
    }

    /// <summary>The customer said something: a clock that waits for them goes on.</summary>
    public async Task HeardAsync(Complaint complaint, CancellationToken cancel)
    {
        if (complaint.PausedAt is null) return;
        if (await db.Set<Pause>().AnyAsync(p => p.ComplaintId == complaint.Id && p.EndKind == null && p.Reason == Pause.Customer, cancel)) await GoOnAsync(complaint, PauseEnd.Customer, cancel);
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;
}

internal sealed record PauseWork(Guid ComplaintId, Guid PauseId);

/// <summary>A pause reached its day: the clock goes on, and whoever owns the case is named.</summary>
internal sealed class PauseJob(Db db, Pausing pausing, Callers callers) : IJob
{
    public string Kind => Pausing.Job;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<PauseWork>();
        if (!await db.Set<Pause>().AnyAsync(p => p.Id == work.PauseId && p.EndKind == null, cancel)) return;
        var complaint = await db.Set<Complaint>().AsTracking().FirstOrDefaultAsync(c => c.Id == work.ComplaintId, cancel);
        if (complaint?.PausedAt is null) return;
        await pausing.GoOnAsync(complaint, PauseEnd.Time, cancel);
        callers.Name(complaint, "complaints.call.went-on", [], complaint.OwnerId is { } owner ? [owner] : []);
    }
}
