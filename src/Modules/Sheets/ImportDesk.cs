using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Sheets;

/// <summary>What the page, the machine door and the command line do with imports. Writes in the caller's transaction.</summary>
public sealed class ImportDesk(Db db, CurrentUser user, Jobs jobs, IEnumerable<ImportKind> kinds, Texts texts, TimeProvider time)
{
    /// <summary>A draft nobody starts is thrown away after.</summary>
    private static readonly TimeSpan DraftLife = TimeSpan.FromDays(2);

    /// <summary>The kinds this person may import.</summary>
    public IReadOnlyList<ImportKind> Kinds { get; } = [.. kinds.Where(k => user.Can(k.Permission)).OrderBy(k => k.Kind, StringComparer.Ordinal)];

    /// <summary>A kind by name.</summary>
    /// <exception cref="NotThere">There is none, or this person may not import it.</exception>
    public ImportKind Kind(string name) => Kinds.FirstOrDefault(k => k.Kind == name) ?? throw new NotThere();

    /// <summary>An import of a kind this person may import.</summary>
    /// <exception cref="NotThere">There is none.</exception>
    public async Task<Import> FindAsync(Guid id, CancellationToken cancel)
    {
        var import = await db.Set<Import>().AsTracking().FirstOrDefaultAsync(i => i.Id == id, cancel);
        return import is not null && Kinds.Any(k => k.Kind == import.Kind) ? import : throw new NotThere();
    }

    /// <summary>A received file becomes a draft.</summary>
    public void Add(Import import)
    {
        db.Set<Import>().Add(import);
        jobs.Add(ForgetImportJob.Name, import.Id.ToString(), time.Now() + DraftLife, new ImportWork(import.Id));
    }

    /// <summary>Header row, columns and decisions for a table: as somebody said for one with the same headers before, else as guessed.</summary>
    public async Task<(int HeaderRow, Dictionary<string, int> Mapping, Dictionary<string, string> Given, bool Known)> GuessAsync(IReadOnlyList<SheetRow> first, ImportKind kind, CancellationToken cancel)
    {
        var (header, mapping) = Columns.Guess(first, kind.Columns, texts);
        var cells = first.FirstOrDefault(r => r.Number == header)?.Cells ?? [];
        return await KnownAsync(kind, cells, cancel) is { } known ? (header, known.ReadMapping(), known.ReadGiven(), true) : (header, mapping, [], false);
    }

    /// <summary>What was said of these headers before, by this person or else by a colleague.</summary>
    public async Task<KnownMapping?> KnownAsync(ImportKind kind, IReadOnlyList<string> headers, CancellationToken cancel)
    {
        if (headers.Count == 0) return null;
        var hash = KnownMapping.HashOf(headers);
        var me = user.StaffId;
        return await db.Set<KnownMapping>().Where(m => m.Kind == kind.Kind && m.Headers == hash).OrderByDescending(m => m.By == me).ThenByDescending(m => m.At).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Remembers how a person put the columns right, for the next table with these headers.</summary>
    public async Task RememberAsync(Import import, IReadOnlyList<string> headers, CancellationToken cancel)
    {
        if (headers.Count == 0 || user.StaffId == Guid.Empty) return;
        var (hash, me, kind) = (KnownMapping.HashOf(headers), user.StaffId, import.Kind);
        var known = await db.Set<KnownMapping>().AsTracking().FirstOrDefaultAsync(m => m.Kind == kind && m.Headers == hash && m.By == me, cancel);
        if (known is null) db.Set<KnownMapping>().Add(new KnownMapping { Kind = kind, Headers = hash, By = me, Mapping = import.Mapping, Given = import.Given, At = time.Now() });
        else (known.Mapping, known.Given, known.At) = (import.Mapping, import.Given, time.Now());
    }

    /// <summary>A draft is started: it becomes due work.</summary>
    public async Task StartAsync(Import import, int headerRow, IReadOnlyDictionary<string, int> mapping, CancellationToken cancel, bool byRunner = true, IReadOnlyDictionary<string, string>? given = null)
    {
        var now = time.Now();
        import.Start(Kind(import.Kind), headerRow, mapping, given, texts, now);
        if (byRunner) jobs.Add(ImportJob.Name, import.Id.ToString(), now, new ImportWork(import.Id));
        if (db.Entry(import).State == EntityState.Added) return;
        await jobs.SetAsync(ForgetImportJob.Name, import.Id.ToString(), now.AddDays(Import.DaysKept), new ImportWork(import.Id), cancel);
    }

    /// <summary>Stops it between two batches; what was committed stays, and the same file may be imported again.</summary>
    public async Task CancelAsync(Import import, CancellationToken cancel)
    {
        var now = time.Now();
        var stopped = await db.Set<Import>().Where(i => i.Id == import.Id && (i.State == ImportState.Draft || i.State == ImportState.Waiting || i.State == ImportState.Running))
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.State, ImportState.Cancelled).SetProperty(i => i.FinishedAt, now).SetProperty(i => i.Version, i => i.Version + 1), cancel);
        if (stopped == 0) throw new Refused("sheets.import.over-already");
        await jobs.CancelAsync(ImportJob.Name, import.Id.ToString(), cancel);
    }
}
