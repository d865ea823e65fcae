using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>Who has a case open now, and whether they are writing: told to the others, so that two do not answer at once. Gone by itself.</summary>
public sealed class Presence : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid ComplaintId { get; init; }
    public Guid StaffId { get; init; }
    public DateTime At { get; set; }
    public bool Writing { get; set; }
}

internal sealed class PresenceMap : IEntityTypeConfiguration<Presence>
{
    public void Configure(EntityTypeBuilder<Presence> row) => row.ToTable("complaints_presence");
}

/// <summary>Somebody else who has the case open.</summary>
public sealed record Beside
{
    public string Name { get; init; } = "";
    public bool Writing { get; init; }
}

/// <summary>Keeps and tells who has a case open.</summary>
public sealed class Presences(Db db, CurrentUser me, TimeProvider time)
{
    /// <summary>A page says so every fifteen seconds; two missed and its reader is gone.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(40);

    /// <summary>The others who have it open now.</summary>
    public Task<List<Beside>> OthersAsync(Guid complaintId, CancellationToken cancel = default)
    {
        var since = time.Now() - Lasts;
        return (from p in db.Set<Presence>()
                join m in db.Set<Member>() on p.StaffId equals m.Id
                where p.ComplaintId == complaintId && p.StaffId != me.StaffId && p.At > since && m.LeftOn == null
                orderby m.Name
                select new Beside { Name = m.Name, Writing = p.Writing }).ToListAsync(cancel);
    }

    /// <summary>I have it open. Says who else has.</summary>
    public async Task<List<Beside>> HereAsync(Guid complaintId, bool writing, CancellationToken cancel = default)
    {
        if (!await db.Set<Complaint>().AnyAsync(c => c.Id == complaintId, cancel)) throw new NotThere();
        var others = await OthersAsync(complaintId, cancel);
        if (me.StaffId == Guid.Empty) return others; // a machine reads, it does not answer
        var now = time.Now();
        if (await db.Set<Presence>().Where(p => p.ComplaintId == complaintId && p.StaffId == me.StaffId).ExecuteUpdateAsync(s => s.SetProperty(p => p.At, now).SetProperty(p => p.Writing, writing), cancel) == 0)
        {
            var old = now.AddHours(-1);
            await db.Set<Presence>().Where(p => p.At < old).ExecuteDeleteAsync(cancel);
            db.Set<Presence>().Add(new Presence { ComplaintId = complaintId, StaffId = me.StaffId, At = now, Writing = writing });
        }

        return others;
    }
}
