using Microsoft.EntityFrameworkCore;

namespace Huitou.Kernel;

// Who was granted only a look at a file changes nothing of it (B3).
public sealed partial class Db
{
    // Every act of somebody that changes a file asks it, mostly of one.
    private static readonly CompiledQueryFor<FileReader> GrantOf = new((db, file, staff, now) => db.Set<FileReader>()
        .Where(r => r.FileId == file && r.StaffId == staff && r.Until != null && r.Until > now && !db.Set<FileReader>().Any(c => c.FileId == r.FileId && c.StaffId == staff && c.Until == null)));

    private Type? fileType;

    /// <summary>True when the person sees this file only because looking at it was granted (B3): by reach and level it is not theirs.</summary>
    public async Task<bool> OnlyLooksAsync(Guid fileId, CancellationToken cancel = default) => await OnlyLookedAtAsync([fileId], cancel);

    /// <summary>Who was granted to look changes nothing of a file, whatever their role may. For statements over sets; what is tracked is asked at saving.</summary>
    /// <exception cref="Refused">One of the files is only looked at.</exception>
    public async Task MayChangeAsync(IReadOnlyCollection<Guid> fileIds, CancellationToken cancel = default)
    {
        if (await OnlyLookedAtAsync(fileIds, cancel)) throw new Refused("kernel.only-looks");
    }

    // The file: its row, and every set with a CustomerId of the module that owns it. What happens with a customer elsewhere has rights of its own.
    private async Task HoldReadersAsync(List<Change> changes, CancellationToken cancel)
    {
        if (SeesSecrets || user.StaffId == Guid.Empty || FileType is not { } file) return;
        HashSet<Guid>? ids = null;
        foreach (var change in changes)
        {
            if (change.Entry is not { } entry) continue; // appended: left by readers, or of another module
            if (entry.Metadata.ClrType.Assembly != file.Assembly || entry.Entity is ILeftByReaders { IsLeftByReaders: true }) continue;
            if (entry.Entity is ICustomerFile row)
            {
                if (entry.State is not EntityState.Added) (ids ??= []).Add(row.Id);
            }
            else if (entry.Metadata.FindProperty("CustomerId") is { } of && entry.Property(of).CurrentValue is Guid id)
            {
                (ids ??= []).Add(id);
            }
        }

        if (ids is not null) await MayChangeAsync(ids, cancel);
    }

    // Looked for once a context, which is pooled: every act that saves asks.
    private Type? FileType => fileType ??= Model.GetEntityTypes().FirstOrDefault(e => typeof(ICustomerFile).IsAssignableFrom(e.ClrType))?.ClrType;

    private async Task<bool> OnlyLookedAtAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        if (SeesSecrets || user.StaffId == Guid.Empty || FileType is not { } file || Model.FindEntityType(typeof(FileReader)) is null) return false;
        List<Guid> granted;
        if (ids.Count == 1) granted = await GrantOf.FirstAsync(this, ids.First(), StaffId, Moment, cancel) is { } grant ? [grant.FileId] : [];
        else granted = await Set<FileReader>()
            .Where(r => ids.Contains(r.FileId) && r.StaffId == StaffId && r.Until != null && r.Until > Moment && !Set<FileReader>().Any(c => c.FileId == r.FileId && c.StaffId == StaffId && c.Until == null))
            .Select(r => r.FileId).Distinct().ToListAsync(cancel);
        if (granted.Count == 0) return false;
        return await (Task<bool>)typeof(Db).GetMethod(nameof(AnyNotMineAsync), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(file).Invoke(this, [granted, cancel])!;
    }

    // Without the grant: within the reach, and of no upper level.
    private async Task<bool> AnyNotMineAsync<T>(List<Guid> ids, CancellationToken cancel) where T : class, ICustomerFile =>
        await Set<T>().IgnoreQueryFilters([ScopeFilter]).Where(e => ids.Contains(e.Id)).Within(this).CountAsync(e => !Set<SecretFile>().Any(s => s.Id == e.Id), cancel) < ids.Count;
}
