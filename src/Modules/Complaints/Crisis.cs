using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>Somebody in the crisis team of a major case (F7), and their part in it.</summary>
public sealed class CrisisMember : ICompanyOwned
{
    public const int PartMax = 60;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid StaffId { get; init; }
    public required string Part { get; init; }
    /// <summary>The general manager leads (S3-3, 2.6).</summary>
    public bool Leads { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class CrisisMemberMap : IEntityTypeConfiguration<CrisisMember>
{
    public void Configure(EntityTypeBuilder<CrisisMember> row) => row.ToTable("complaints_crisis_member");
}

/// <summary>A meeting of the crisis team: when, where, what was said, what was decided. Its tasks are improvements of the kind task.</summary>
public sealed class Meeting : ICompanyOwned
{
    public const int PlaceMax = 80;
    public const int MinutesMax = 4000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public DateTime HeldAt { get; init; }
    public required string Place { get; init; }
    public required string Minutes { get; init; }
    public required string Decisions { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

internal sealed class MeetingMap : IEntityTypeConfiguration<Meeting>
{
    public void Configure(EntityTypeBuilder<Meeting> row) => row.ToTable("complaints_meeting");
}

/// <summary>The crisis team of a major case: who is in it, when it met, what it decided. Settling comes before court.</summary>
public sealed class CrisisTeam(Db db, CurrentUser me, TimeProvider time, Handling handling, People people, Audit audit)
{
    private const string Leader = "general-manager";

    /// <summary>Calls somebody into the team; the first call calls the general manager too, who leads it.</summary>
    public async Task CallAsync(Guid id, Guid staff, string? part, CancellationToken cancel = default)
    {
        await MajorAsync(id, cancel);
        part = part?.Trim() ?? "";
        if (part.Length > CrisisMember.PartMax) throw new Refused("complaints.too-long", CrisisMember.PartMax) { Field = "Team.Part" };
        var here = await people.HereAsync(cancel);
        if (!here.Any(p => p.Id == staff)) throw new Refused("complaints.handover-who") { Field = "Team.StaffId" };
        var out_ = await db.Set<Excluded>().Where(e => e.ComplaintId == id).Select(e => e.StaffId).ToListAsync(cancel);
        if (out_.Contains(staff)) throw new Refused("complaints.owner-excluded") { Field = "Team.StaffId" };
        var there = await db.Set<CrisisMember>().Where(m => m.ComplaintId == id).Select(m => m.StaffId).ToListAsync(cancel);
        if (there.Contains(staff)) throw new Refused("complaints.crisis.there-already") { Field = "Team.StaffId" };
        if (there.Count == 0 && here.FirstOrDefault(p => p.RoleKey == Leader && p.Id != staff && !out_.Contains(p.Id)) is { } leader) Add(id, leader.Id, "", leads: true);
        Add(id, staff, part, leads: there.Count == 0 && here.Any(p => p.Id == staff && p.RoleKey == Leader));
    }

    /// <summary>Writes a meeting down; what was decided becomes tasks by itself, each with an owner and a day.</summary>
    public async Task HoldAsync(Guid id, DateTime? heldAt, string? place, string? minutes, string? decisions, CancellationToken cancel = default)
    {
        await MajorAsync(id, cancel);
        (place, minutes, decisions) = (place?.Trim() ?? "", minutes?.Trim() ?? "", decisions?.Trim() ?? "");
        if (heldAt is null || heldAt > time.Now().AddDays(30)) throw new Refused("complaints.crisis.when") { Field = "Meet.HeldAt" };
        if (minutes.Length == 0) throw new Refused("complaints.write-it") { Field = "Meet.Minutes" };
        if (minutes.Length > Meeting.MinutesMax) throw new Refused("complaints.too-long", Meeting.MinutesMax) { Field = "Meet.Minutes" };
        if (decisions.Length > Meeting.MinutesMax) throw new Refused("complaints.too-long", Meeting.MinutesMax) { Field = "Meet.Decisions" };
        if (place.Length > Meeting.PlaceMax) throw new Refused("complaints.too-long", Meeting.PlaceMax) { Field = "Meet.Place" };
        var now = time.Now();
        db.Set<Meeting>().Add(new Meeting { Id = Ids.New(now), ComplaintId = id, HeldAt = heldAt.Value, Place = place, Minutes = minutes, Decisions = decisions, By = Staff, At = now });
        audit.Add("complaints.meeting", "complaints.complaint", id);
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    private void Add(Guid id, Guid staff, string part, bool leads)
    {
        db.Set<CrisisMember>().Add(new CrisisMember { ComplaintId = id, StaffId = staff, Part = part, Leads = leads, By = Staff, At = time.Now() });
        audit.Add("complaints.crisis-call", "complaints.complaint", id, staff.ToString());
    }

    private async Task MajorAsync(Guid id, CancellationToken cancel)
    {
        if ((await handling.TakeAsync(id, cancel)).Grade != ComplaintGrade.Major) throw new Refused("complaints.crisis.only-major");
    }
}
