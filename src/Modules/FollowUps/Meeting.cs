using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>A regular service meeting (顾客服务专题会议, C5): figures as they stood, minutes, what was decided. Closed minutes do not change.</summary>
public sealed class Meeting : ICompanyOwned, IScoped, IVersioned
{
    public const int TitleMax = 60;
    public const int PresentMax = 300;
    public const int MinutesMax = 4000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public DateOnly OnDate { get; init; }
    public string Title { get; private set; } = "";
    public string Present { get; private set; } = "";
    /// <summary>The figures the meeting looked at, a line each, kept as they were.</summary>
    public string Figures { get; init; } = "";
    public string Minutes { get; private set; } = "";
    public DateTime MadeAt { get; init; }
    public DateTime? ClosedAt { get; private set; }
    public int Version { get; set; }

    public void Write(string? title, string? present, string? minutes)
    {
        NeedOpen();
        (title, present, minutes) = ((title ?? "").Trim(), (present ?? "").Trim(), (minutes ?? "").ReplaceLineEndings("\n").Trim());
        if (title.Length is 0 or > TitleMax) throw new Refused("followups.meeting.title-wrong", TitleMax) { Field = "In.Title" };
        if (present.Length > PresentMax) throw new Refused("followups.result.words-long", PresentMax, present.Length) { Field = "In.Present" };
        if (minutes.Length > MinutesMax) throw new Refused("followups.result.words-long", MinutesMax, minutes.Length) { Field = "In.Minutes" };
        (Title, Present, Minutes) = (title, present, minutes);
    }

    public void Close(DateTime now)
    {
        NeedOpen();
        if (Minutes.Length == 0) throw new Refused("followups.meeting.minutes-missing") { Field = "In.Minutes" };
        ClosedAt = now;
    }

    public void NeedOpen()
    {
        if (ClosedAt is not null) throw new Refused("followups.meeting.closed-already");
    }
}

/// <summary>What a meeting decided: who does what by when.</summary>
public sealed class Decision : ICompanyOwned
{
    public const int WhatMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid MeetingId { get; init; }
    public required string What { get; init; }
    public Guid OwnerId { get; init; }
    public DateOnly DueOn { get; init; }
    public DateTime? DoneAt { get; set; }
}

/// <summary>Meetings, and the figures they look at. In the caller's transaction.</summary>
public sealed class MeetingDesk(Db db, CurrentUser me, TimeProvider time, Audit audit, People people, Texts texts, ComplaintRows complaints)
{
    public async Task<Meeting> OpenAsync(DateOnly on, string? title, CancellationToken cancel = default)
    {
        if (Math.Abs(on.DayNumber - time.Today(me.Zone).DayNumber) > 366) throw new Refused("followups.add.day-wrong", 366) { Field = "In.On" };
        var meeting = new Meeting { StoreId = me.StoreId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId, OnDate = on, MadeAt = time.Now(), Figures = string.Join('\n', await FiguresAsync(cancel)) };
        meeting.Write(title, "", "");
        db.Set<Meeting>().Add(meeting);
        audit.Add("followups.meeting", "followups.meeting", meeting.Id, "");
        return meeting;
    }

    public async Task<Decision> DecideAsync(Meeting meeting, string? what, Guid ownerId, DateOnly due, CancellationToken cancel = default)
    {
        meeting.NeedOpen();
        what = (what ?? "").Trim();
        if (what.Length is 0 or > Decision.WhatMax) throw new Refused("followups.meeting.what-wrong", Decision.WhatMax) { Field = "D.What" };
        if (!await people.All.AnyAsync(p => p.Id == ownerId && p.IsHere, cancel)) throw new Refused("followups.choose") { Field = "D.OwnerId" };
        if (due < time.Today(me.Zone) || due > time.Today(me.Zone).AddDays(366)) throw new Refused("followups.add.day-wrong", 366) { Field = "D.DueOn" };
        var decision = new Decision { MeetingId = meeting.Id, What = what, OwnerId = ownerId, DueOn = due };
        db.Set<Decision>().Add(decision);
        return decision;
    }

    private async Task<List<string>> FiguresAsync(CancellationToken cancel)
    {
        var (now, since) = (time.Now(), time.Now().AddDays(-30));
        var late = await db.Set<FollowUp>().CountAsync(t => t.State == FollowUpState.Open && t.DueAt < now, cancel);
        var done = await db.Set<FollowUp>().CountAsync(t => t.State == FollowUpState.Done && t.DoneAt >= since, cancel);
        var low = await db.Set<Result>().CountAsync(r => r.WithdrawnAt == null && r.At >= since && r.Score <= 2, cancel);
        var opened = await complaints.All.CountAsync(c => c.At >= since, cancel);
        var open = await db.Set<Decision>().CountAsync(d => d.DoneAt == null, cancel);
        return [texts.In("zh-CN", "followups.meeting.figure.done", done), texts.In("zh-CN", "followups.meeting.figure.late", late), texts.In("zh-CN", "followups.meeting.figure.low", low), texts.In("zh-CN", "followups.meeting.figure.complaints", opened), texts.In("zh-CN", "followups.meeting.figure.open", open)];
    }
}

internal sealed class MeetingMap : IEntityTypeConfiguration<Meeting>
{
    public void Configure(EntityTypeBuilder<Meeting> row) => row.ToTable("followups_meeting");
}

internal sealed class DecisionMap : IEntityTypeConfiguration<Decision>
{
    public void Configure(EntityTypeBuilder<Decision> row) => row.ToTable("followups_decision");
}
