using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody.Public;

/// <summary>Sets levels and names custodians (B2), with history and audit, in the caller's transaction.</summary>
public sealed class Secrecy(Db db, CurrentUser me, TimeProvider time, Audit audit)
{
    /// <summary>The level of a file the person may see.</summary>
    public async Task<SecrecyLevel> LevelOfAsync(Guid customerId, CancellationToken cancel = default) =>
        await db.Set<SecretFile>().Where(s => s.Id == customerId).Select(s => s.Level).FirstOrDefaultAsync(cancel);

    /// <summary>Puts a file on another level. Whoever raises an ordinary file becomes its first custodian, so that it is never without one.</summary>
    public async Task SetAsync(Guid customerId, SecrecyLevel level, string reason, IReadOnlyCollection<Guid>? custodians = null, CancellationToken cancel = default)
    {
        reason = reason.Trim();
        var wrong = new Wrongs();
        wrong.If(!Enum.IsDefined(level), "In.Level", "custody.level-unknown");
        wrong.If(reason.Length is 0 or > LevelChange.ReasonMax, "In.Reason", "custody.reason-needed", LevelChange.ReasonMax);
        var file = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.Number }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var there = await db.Set<SecretFile>().AsTracking().FirstOrDefaultAsync(s => s.Id == customerId, cancel);
        var before = there?.Level ?? SecrecyLevel.Ordinary;
        wrong.If(before == level, "In.Level", "custody.level-same");
        wrong.Stop();
        var now = time.Now();
        Guid? by = me.StaffId == Guid.Empty ? null : me.StaffId;
        if (level == SecrecyLevel.Ordinary)
        {
            db.Set<SecretFile>().Remove(there!);
            foreach (var reader in await db.Set<FileReader>().AsTracking().Where(r => r.FileId == customerId && r.Until == null).ToListAsync(cancel)) reader.Until = now;
        }
        else if (there is null)
        {
            db.Set<SecretFile>().Add(new SecretFile { Id = customerId, Number = file.Number, Level = level, Since = now, By = by });
            foreach (var staff in (custodians ?? []).Concat(by is { } self ? [self] : []).Distinct()) await NameAsync(customerId, staff, cancel);
        }
        else
        {
            there.Level = level;
        }

        db.Set<LevelChange>().Add(new LevelChange { FileId = customerId, Number = file.Number, From = before, To = level, Reason = reason, By = by, At = now });
        audit.Add("custody.level", "customers.customer", customerId, $"{before} {level}");
    }

    /// <summary>Names a custodian (专人管理). The file must be of an upper level; who names need not see what is in it.</summary>
    public async Task NameAsync(Guid fileId, Guid staffId, CancellationToken cancel = default)
    {
        if (!await db.Set<Member>().AnyAsync(m => m.Id == staffId && m.LeftOn == null, cancel)) throw new Refused("custody.custodian-unknown") { Field = "In.StaffId" };
        if (await db.Set<FileReader>().AnyAsync(r => r.FileId == fileId && r.StaffId == staffId && r.Until == null, cancel)) throw new Refused("custody.custodian-already") { Field = "In.StaffId" };
        db.Set<FileReader>().Add(new FileReader { FileId = fileId, StaffId = staffId, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = time.Now() });
        audit.Add("custody.custodian", "customers.customer", fileId, staffId.ToString());
    }

    /// <summary>Ends a custodian's charge; the last one stays until another is named.</summary>
    public async Task ReleaseAsync(Guid fileId, Guid staffId, CancellationToken cancel = default)
    {
        var custodians = await db.Set<FileReader>().AsTracking().Where(r => r.FileId == fileId && r.Until == null).ToListAsync(cancel);
        var mine = custodians.Find(r => r.StaffId == staffId) ?? throw new NotThere();
        if (custodians.Count == 1 && await db.Set<SecretFile>().AnyAsync(s => s.Id == fileId, cancel)) throw new Refused("custody.last-custodian");
        mine.Until = time.Now();
        audit.Add("custody.custodian-released", "customers.customer", fileId, staffId.ToString());
    }
}
