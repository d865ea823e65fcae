using System.Security.Cryptography;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Files.Public;

/// <summary>Lets who may see a thing see the files attached to it; registered by the module whose thing it is.</summary>
public interface IFileOwner
{
    /// <summary>True when the file hangs on a thing of this module that the current person may see.</summary>
    Task<bool> MayOpenAsync(Guid fileId, CancellationToken cancel);

    /// <summary>True when the file hangs on a thing of this module at all: then only owners decide, and the right to see files in general does not open it.</summary>
    Task<bool> OwnsAsync(Guid fileId, CancellationToken cancel) => Task.FromResult(false);
}

/// <summary>What a look at an attachment's content found.</summary>
public enum FileCheck { Whole, Changed, Missing }

/// <summary>A file that has been written but stands in no table yet.</summary>
public sealed record ReceivedFile(string Sha256, long Size, string MediaType, string Name);

/// <summary>An attachment, opened. Disposing closes it.</summary>
public sealed record OpenedFile(Guid Id, string Name, string MediaType, string Sha256, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>
/// Attachments (A14): pictures and pdf. The content is written under a temporary name, flushed, then moved to the name of its
/// hash before the row is committed, and never overwritten: a row whose content is missing cannot come to be.
/// </summary>
public sealed class FileStore(Db db, Engine engine, CurrentUser user, TimeProvider time, Jobs jobs)
{
    /// <summary>Receives and adds in one go, in the caller's transaction. From slow senders use <see cref="ReceiveAsync"/> before the transaction begins.</summary>
    /// <exception cref="Refused">Too large, empty, or of a kind that may not be attached.</exception>
    public async Task<Guid> SaveAsync(Stream content, string name, CancellationToken cancel = default) => Add(await ReceiveAsync(content, name, cancel));

    /// <summary>Writes the content to its place. Needs no transaction.</summary>
    /// <exception cref="Refused">Too large, empty, or of a kind that may not be attached; nothing is left behind.</exception>
    public async Task<ReceivedFile> ReceiveAsync(Stream content, string name, CancellationToken cancel = default)
    {
        var waiting = NewFolder;
        Directory.CreateDirectory(waiting);
        var path = Path.Combine(waiting, Guid.NewGuid().ToString("N"));
        try
        {
            var (hash, size, type) = await WriteAsync(content, path, cancel);
            var place = PathOf(hash);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            Put(path, place);

            return new ReceivedFile(hash, size, type, Clean(name));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Adds the row, in the caller's transaction.</summary>
    public Guid Add(ReceivedFile file)
    {
        var row = new StoredFile
        {
            Sha256 = file.Sha256, Size = file.Size, MediaType = file.MediaType, Name = file.Name,
            By = user.StaffId == Guid.Empty ? null : user.StaffId, At = time.Now(),
        };
        db.Set<StoredFile>().Add(row);
        return row.Id;
    }

    /// <summary>Opens an attachment of the company. Who may see it is the caller's question.</summary>
    /// <exception cref="NotThere">There is none.</exception>
    public async Task<OpenedFile> OpenAsync(Guid id, CancellationToken cancel = default)
    {
        var row = await db.Set<StoredFile>().FirstOrDefaultAsync(f => f.Id == id, cancel) ?? throw new NotThere();
        return new OpenedFile(row.Id, row.Name, row.MediaType, row.Sha256, new FileStream(PathOf(row.Sha256), FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true));
    }

    /// <summary>True for one that the current person stored: only they may hang it on something by its id.</summary>
    public Task<bool> IsMineAsync(Guid id, CancellationToken cancel = default)
    {
        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        return db.Set<StoredFile>().AnyAsync(f => f.Id == id && f.By == me, cancel);
    }

    /// <summary>What of it is shown beside a link: name, media type, size.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name, string MediaType, long Size)>> ListAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        var rows = await db.Set<StoredFile>().Where(f => ids.Contains(f.Id)).Select(f => new { f.Id, f.Name, f.MediaType, f.Size }).ToListAsync(cancel);
        return rows.ConvertAll(f => (f.Id, f.Name, f.MediaType, f.Size));
    }

    /// <summary>Takes attachments away for good (B14): the rows in the caller's transaction, the content as due work, unless something else has the same.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default)
    {
        if (ids.Count == 0) return;
        var rows = await db.Set<StoredFile>().Where(f => ids.Contains(f.Id)).Select(f => new { f.Id, f.Sha256 }).ToListAsync(cancel);
        await db.Set<StoredFile>().Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancel);
        foreach (var hash in rows.Select(r => r.Sha256).Distinct()) jobs.Add(RemoveContent.JobKind, Ids.New().ToString("N"), time.Now(), new RemoveContent.Work(hash));
    }

    /// <summary>Whether each attachment's content is there and has the hash of its row; one at a time, so that little is read at once.</summary>
    public async Task<FileCheck> CheckAsync(Guid id, CancellationToken cancel = default)
    {
        var row = await db.Set<StoredFile>().FirstOrDefaultAsync(f => f.Id == id, cancel) ?? throw new NotThere();
        if (!File.Exists(PathOf(row.Sha256))) return FileCheck.Missing;
        await using var content = new FileStream(PathOf(row.Sha256), FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)) == row.Sha256 ? FileCheck.Whole : FileCheck.Changed;
    }

    /// <summary>All attachments of the company by id, from <paramref name="after"/> on.</summary>
    public Task<List<Guid>> NextAsync(Guid after, int most, CancellationToken cancel = default) =>
        db.Set<StoredFile>().Where(f => f.Id > after).OrderBy(f => f.Id).Select(f => f.Id).Take(most).ToListAsync(cancel);

    internal string Folder => Path.Combine(engine.DataFolder, "files");
    internal string NewFolder => Path.Combine(Folder, "new");
    internal string PathOf(string hash) => Path.Combine(Folder, hash[..2], hash[2..4], hash);

    /// <summary>True when an attachment of any company has this content.</summary>
    internal async Task<bool> IsUsedAsync(string hash, CancellationToken cancel) => db.Engine.IsPostgres
        ? await db.Database.SqlQueryRaw<bool>("select files_in_use({0}) as \"Value\"", hash).AsAsyncEnumerable().FirstAsync(cancel)
        : await db.Set<StoredFile>().IgnoreQueryFilters([Db.CompanyFilter]).AnyAsync(f => f.Sha256 == hash, cancel);

    // The same content may be there already: it becomes young again, so that the sweeper leaves it alone, or has just been swept and is put down anew.
    private void Put(string path, string place)
    {
        for (var again = 0; ; again++)
        {
            try
            {
                File.Move(path, place, overwrite: false);
                return;
            }
            catch (IOException) when (File.Exists(place) || again < 3)
            {
                try
                {
                    File.SetLastWriteTimeUtc(place, time.Now());
                    return;
                }
                catch (FileNotFoundException)
                {
                    // Swept between the two lines.
                }
            }
        }
    }

    private static async Task<(string Sha256, long Size, string MediaType)> WriteAsync(Stream content, string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        string? type = null;
        long size = 0;
        while (await content.ReadAtLeastAsync(buffer, MediaTypes.Looked, throwOnEndOfStream: false, cancel) is > 0 and var n)
        {
            if (size == 0) type = MediaTypes.Of(buffer.AsSpan(0, n)) ?? throw new Refused("files.kind");
            if ((size += n) > StoredFile.Largest) throw new Refused("files.too-large", StoredFile.Largest / 1024 / 1024);
            hash.AppendData(buffer, 0, n);
            await file.WriteAsync(buffer.AsMemory(0, n), cancel);
        }

        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), size, type ?? throw new Refused("files.empty"));
    }

    private static string Clean(string name)
    {
        name = new string([.. name.Replace('\\', '/').Split('/')[^1].Where(c => !char.IsControl(c))]).Trim();
        return name.Length == 0 ? "file" : name.Tail(StoredFile.NameMax);
    }
}
