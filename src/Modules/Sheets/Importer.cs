using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Sheets;

/// <summary>Takes files in and brings them into the tables batch by batch. One for the process.</summary>
public sealed class Importer(IServiceProvider services, Engine engine, Companies companies, TimeProvider time)
{
    /// <summary>A batch shall take so long on SQLite, whose other writers wait behind it (a writer behind small batches waited 0.1 s, behind a long one 8 s).</summary>
    private static readonly TimeSpan OnSqlite = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan OnPostgres = TimeSpan.FromMilliseconds(400);
    private const int FirstBatch = 500;
    private const int SmallestBatch = 50;
    private const int LargestBatch = 5_000;
    private const int LookedAtOnce = 1_000;

    // Open files between two slices of work, so that a slice need not read again what is done.
    private readonly ConcurrentDictionary<Guid, OpenFile> open = new();

    /// <summary>Where a source lies; the id is the name.</summary>
    public string PathOf(Guid importId) => Path.Combine(engine.DataFolder, "imports", importId.ToString("N"));

    /// <summary>Where the refused rows lie that the table does not keep.</summary>
    public string RestOf(Guid importId) => PathOf(importId) + ".refused";

    /// <summary>How many refused rows the table keeps; less is for tests.</summary>
    public int KeptInTable { get; set; } = Import.MostRefusedKept;

    /// <summary>Writes a source to the data folder and reads how it is made. Not yet a row: the caller adds the draft in its transaction.</summary>
    /// <exception cref="Refused">Too large, empty, or not a table; nothing is left behind.</exception>
    public async Task<Import> ReceiveAsync(ImportKind kind, Stream source, string fileName, Guid? by, CancellationToken cancel)
    {
        var id = Ids.New();
        Directory.CreateDirectory(Path.Combine(engine.DataFolder, "imports"));
        try
        {
            var (size, hash) = await CopyAsync(source, PathOf(id), cancel);
            var format = SheetReader.Detect(PathOf(id));
            var name = Path.GetFileName(fileName.Replace('\\', '/'));
            var import = new Import
            {
                Id = id, Kind = kind.Kind, FileName = name.Tail(Import.FileNameMax), Sha256 = hash, Size = size,
                Format = JsonSerializer.Serialize(format), CreatedAt = time.Now(), By = by,
            };
            return import;
        }
        catch
        {
            File.Delete(PathOf(id));
            throw;
        }
    }

    /// <summary>The first rows, for the preview.</summary>
    public List<SheetRow> Preview(Import import, int rows = Columns.LookedAt) => [.. SheetReader.Read(PathOf(import.Id), import.ReadFormat()).Take(rows)];

    /// <summary>
    /// What the rows of the file would become, for the preview: worked out as the import does, batch by batch to the end of the
    /// file or until the time is up; nothing stored. In the caller's transaction.
    /// </summary>
    public static async Task<Looked> LookAsync(Import import, ImportKind kind, IEnumerable<SheetRow> rows, IReadOnlyDictionary<string, int> mapping, IReadOnlyDictionary<string, string> given, TimeSpan time, CancellationToken cancel)
    {
        var (looked, memory, watch) = (new Looked(), kind.NewMemory(), Stopwatch.StartNew());
        foreach (var part in rows.Chunk(LookedAtOnce))
        {
            if (watch.Elapsed > time) return looked;
            var taken = part.Select(r => (Row: r, Read: new ImportRow(r, mapping, given))).ToList();
            var batch = new ImportBatch(import.Id, import.By, [.. taken.Select(t => t.Read)], memory);
            await kind.LookAsync(batch, cancel);
            foreach (var (row, read) in taken) looked.Add(row, batch.FateOf(read));
        }

        looked.Whole = true;
        return looked;
    }

    /// <summary>
    /// Works on an import for about <paramref name="slice"/>. True when there is more to do. Safe to call again after any
    /// death, and by two at once: the version of the import's row lets one batch pass.
    /// </summary>
    public async Task<bool> RunSliceAsync(Guid companyId, Guid importId, TimeSpan slice, CancellationToken cancel)
    {
        var company = await companies.FindAsync(companyId, cancel) ?? throw new NotThere();
        var watch = Stopwatch.StartNew();
        do
        {
            try
            {
                if (!await RunBatchAsync(company, importId, cancel))
                {
                    await CloseAsync(importId);
                    return false;
                }
            }
            catch
            {
                // The transaction is gone, and with it what this reader gave out: read again from the cursor.
                await CloseAsync(importId);
                throw;
            }
        }
        while (watch.Elapsed < slice && !cancel.IsCancellationRequested);

        return true;
    }

    private async Task<bool> RunBatchAsync(Company company, Guid importId, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "import");
        var db = scope.ServiceProvider.GetRequiredService<Db>();

        // What takes long, reading the file, is done before the transaction that writes.
        await db.BeginAsync(toWrite: false, cancel);
        var import = await db.Set<Import>().FirstOrDefaultAsync(i => i.Id == importId, cancel);
        await db.EndAsync();
        if (import is null || import.IsOver || import.State == ImportState.Draft) return false;
        var kind = scope.ServiceProvider.GetServices<ImportKind>().FirstOrDefault(k => k.Kind == import.Kind)
            ?? throw new InvalidOperationException($"No module imports {import.Kind}.");

        try
        {
            if (import.State == ImportState.Waiting)
            {
                var rows = SheetReader.Read(PathOf(importId), import.ReadFormat()).LongCount(r => r.Number > import.HeaderRow);
                await ChangeAsync(db, importId, i => i.Begin(rows), cancel);
                return true;
            }

            var file = await FileAtAsync(import, kind);
            var batch = await file.NextAsync();
            // The next rows are read and worked out while these are stored.
            if (batch.Rows.Count == batch.Wanted) file.PrepareNext();
            var watch = Stopwatch.StartNew();
            var more = await StoreAsync(db, kind, batch, watch, cancel);
            file.Fit(watch.Elapsed, engine.IsSqlite ? OnSqlite : OnPostgres, SmallestBatch, LargestBatch);
            return more;
        }
        catch (Refused refused)
        {
            await db.EndAsync();
            db.ChangeTracker.Clear();
            await ChangeAsync(db, importId, i => i.Fail(Reason.Pack(refused.Key, refused.Args), time.Now()), cancel);
            return false;
        }
        catch (FileNotFoundException)
        {
            await ChangeAsync(db, importId, i => i.Fail(Reason.Pack("sheets.file.gone"), time.Now()), cancel);
            return false;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Cancelled meanwhile, or another node has it: nothing was stored, look again.
            await CloseAsync(importId);
            return true;
        }
    }

    private async Task<bool> StoreAsync(Db db, ImportKind kind, ImportBatch batch, Stopwatch watch, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        // A first import begins on empty tables: what PostgreSQL planned then, its looks behind foreign keys too, reads a table whole once it has grown.
        if (engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("discard plans", cancel);
        watch.Restart();
        var import = await db.Set<Import>().AsTracking().FirstAsync(i => i.Id == batch.ImportId, cancel);
        if (import.State != ImportState.Running || import.RowsDone != batch.Before) throw new DbUpdateConcurrencyException();
        if (batch.Rows.Count > 0) await kind.ImportBatchAsync(batch, cancel);

        var room = (int)Math.Max(0, KeptInTable - import.RowsRefused);
        var refused = batch.Refusals.OrderBy(r => r.Row.Number).Select(r => new RefusedRow { ImportId = batch.ImportId, RowNumber = r.Row.Number, Reason = r.Reason, Cells = Cut(r.Row.Cells) });
        db.Set<RefusedRow>().AddRange(refused.Take(room));
        if (batch.Refusals.Count > room) import.RefusedRestLength = await RefusedRest.AppendAsync(RestOf(import.Id), import.RefusedRestLength, refused.Skip(room), cancel);

        import.Advance(batch);
        var over = batch.Rows.Count < batch.Wanted;
        if (over)
        {
            await kind.FinishAsync(batch, cancel);
            import.Finish(time.Now());
        }

        await db.SaveAsync(cancel: cancel);
        watch.Stop();
        return !over;
    }

    private static async Task ChangeAsync(Db db, Guid importId, Action<Import> change, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        var import = await db.Set<Import>().AsTracking().FirstAsync(i => i.Id == importId, cancel);
        if (!import.IsOver) change(import);
        await db.SaveAsync(cancel: cancel);
    }

    private static string Cut(IReadOnlyList<string> cells)
    {
        var text = JsonSerializer.Serialize(cells.Select(c => c.Length > 500 ? c[..500] + "…" : c));
        return text.Length <= 20_000 ? text : JsonSerializer.Serialize(cells.Take(20).Select(c => c.Length > 100 ? c[..100] + "…" : c));
    }

    private async Task<OpenFile> FileAtAsync(Import import, ImportKind kind)
    {
        foreach (var (id, old) in open)
        {
            if (id != import.Id && old.IsForgotten) await CloseAsync(id);
        }

        if (open.TryGetValue(import.Id, out var file) && file.At == import.RowsDone) return file;
        await CloseAsync(import.Id);
        file = new OpenFile(import, SheetReader.Read(PathOf(import.Id), import.ReadFormat()).Where(r => r.Number > import.HeaderRow), kind.NewMemory(), FirstBatch, PrepareAsync);
        file.Skip(import.RowsDone, kind);
        open[import.Id] = file;
        return file;
    }

    // With a reach, a transaction and a kind of its own, as it runs beside the batch before.
    private async Task PrepareAsync(Guid companyId, string kindName, ImportBatch batch)
    {
        var company = await companies.FindAsync(companyId) ?? throw new NotThere();
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "import");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false);
        await scope.ServiceProvider.GetServices<ImportKind>().First(k => k.Kind == kindName).PrepareAsync(batch, CancellationToken.None);
        await db.EndAsync();
    }

    private async Task CloseAsync(Guid importId)
    {
        if (open.TryRemove(importId, out var file)) await file.DisposeAsync();
    }

    private static async Task<(long Size, string Sha256)> CopyAsync(Stream source, string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        long size = 0;
        while (await source.ReadAsync(buffer, cancel) is > 0 and var n)
        {
            if ((size += n) > Import.LargestFile) throw new Refused("sheets.file.too-large", Import.LargestFile / 1024 / 1024);
            hash.AppendData(buffer, 0, n);
            await file.WriteAsync(buffer.AsMemory(0, n), cancel);
        }

        file.Flush(flushToDisk: true);
        return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>A file being read, at a certain row, with the kind's memory of what came before and the next batch on its way.</summary>
    private sealed class OpenFile(Import import, IEnumerable<SheetRow> rows, object? memory, int batch, Func<Guid, string, ImportBatch, Task> prepare) : IAsyncDisposable
    {
        private readonly IEnumerator<SheetRow> rows = rows.GetEnumerator();
        private readonly Dictionary<string, int> mapping = import.ReadMapping();
        private readonly Dictionary<string, string> given = import.ReadGiven();
        private long usedAt = Environment.TickCount64;
        private long read;
        private int size = batch;
        private Task<ImportBatch>? next;

        /// <summary>Rows given out so far.</summary>
        public long At { get; private set; }

        public bool IsForgotten => Environment.TickCount64 - usedAt > 600_000;

        public void Skip(long count, ImportKind kind)
        {
            for (; read < count && rows.MoveNext(); read++)
            {
                if (memory is not null) kind.Remember(memory, new ImportRow(rows.Current, mapping, given));
            }

            At = read;
        }

        /// <summary>The next batch, worked out.</summary>
        public async Task<ImportBatch> NextAsync()
        {
            usedAt = Environment.TickCount64;
            PrepareNext();
            var batch = await next!;
            next = null;
            At += batch.Rows.Count;
            return batch;
        }

        /// <summary>Begins to read and work out the next batch.</summary>
        public void PrepareNext() => next ??= PrepareAsync(size);

        private Task<ImportBatch> PrepareAsync(int wanted) => Task.Run(async () =>
        {
            var before = read;
            var taken = new List<ImportRow>(wanted);
            while (taken.Count < wanted && rows.MoveNext()) taken.Add(new ImportRow(rows.Current, mapping, given));
            read += taken.Count;
            var batch = new ImportBatch(import.Id, import.By, taken, memory) { Before = before, Wanted = wanted };
            if (taken.Count > 0) await prepare(import.CompanyId, import.Kind, batch);
            return batch;
        });

        /// <summary>Makes the next batch so large that it takes about the time it may; never more than twice the last.</summary>
        public void Fit(TimeSpan took, TimeSpan aim, int least, int most) =>
            size = (int)Math.Clamp(size * Math.Clamp(aim / (took + TimeSpan.FromMilliseconds(1)), 0.25, 2), least, most);

        public async ValueTask DisposeAsync()
        {
            // What was read ahead and is not wanted any more may fail as it likes: it is read again.
            if (next is not null) await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            rows.Dispose();
        }
    }
}

/// <summary>What rows of a file would become, as far as it was looked at.</summary>
public sealed class Looked
{
    /// <summary>So many rows to look at by eye are kept; the others are counted.</summary>
    public const int MostFlagged = 100;
    private const int MostFirst = 50;

    private readonly Dictionary<int, (RowFate Fate, string Words)> first = [];
    private readonly List<(SheetRow Row, RowFate Fate, string Words)> flagged = [];
    private readonly SortedDictionary<RowFate, int> fates = [];

    public int Rows { get; private set; }

    /// <summary>To the end of the file.</summary>
    public bool Whole { get; internal set; }

    /// <summary>How many rows become what.</summary>
    public IReadOnlyDictionary<RowFate, int> Fates => fates;

    /// <summary>Perhaps twice, or refused: from the whole of what was looked at.</summary>
    public IReadOnlyList<(SheetRow Row, RowFate Fate, string Words)> Flagged => flagged;

    /// <summary>What one of the first rows becomes; null: nothing was said of it.</summary>
    public (RowFate Fate, string Words)? FateOf(SheetRow row) => first.TryGetValue(row.Number, out var fate) ? fate : null;

    internal void Add(SheetRow row, (RowFate Fate, string Words)? fate)
    {
        Rows++;
        if (fate is not { } known) return;
        fates[known.Fate] = fates.GetValueOrDefault(known.Fate) + 1;
        if (first.Count < MostFirst) first[row.Number] = known;
        if (known.Fate is RowFate.MaybeSame or RowFate.Refused && flagged.Count < MostFlagged) flagged.Add((row, known.Fate, known.Words));
    }
}
