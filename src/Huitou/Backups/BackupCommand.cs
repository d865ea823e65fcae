using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Huitou.Customers;
using Huitou.Kernel;

namespace Huitou.Backups;

/// <summary><c>huitou backup-key FILE</c>: makes the key that backups are sealed with. It belongs on another machine or paper, not beside the backups.</summary>
public sealed class BackupKeyCommand : ICommand
{
    public string Verb => "backup-key";
    public string Help => "backup-key FILE   makes a key for backups; keep a copy away from them: without it no backup opens";
    public bool BeforeMigration => true;

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        if (args is not [var path]) return Words.Say(Help);
        if (File.Exists(path)) return Words.Say($"{path} is there already; it stays as it is.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteLineAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        return 0;
    }
}

/// <summary>
/// <c>huitou backup --to FILE|FOLDER --key FILE [--keep DAYS]</c>: database, attachments, imports and keys of the data folder in one sealed file,
/// while the program goes on serving. The database stands at one moment; attachments never change and are written before their rows, so
/// those taken after it are all that its rows point to. What is older than <c>--keep</c> goes: who was erased is in no backup after that.
/// </summary>
public sealed class BackupCommand(Engine engine, ErasureLedger ledger, TimeProvider time) : ICommand
{
    /// <summary>Entries of the archive.</summary>
    internal const string ManifestEntry = "manifest.json", DatabaseEntry = "database", LedgerEntry = "erasures.ledger";

    /// <summary>Small files of the data folder that come along; the password of the database's roles does not, each installation has its own.</summary>
    internal static readonly string[] Single = ["protection.key", "audit-heads.log"];

    /// <summary>Folders that come along.</summary>
    internal static readonly string[] Folders = ["files", "imports"];

    // Of a file in a folder: its name says the moment its database stands at, also in a copy, whose time stamp is another.
    private const string FileStart = "huitou-", FileMoment = "yyyyMMdd-HHmmss", FileEnd = ".backup", Unfinished = ".part";
    // The database as it was read, not sealed yet; in the data folder.
    private const string WorkStart = "backup-";

    public string Verb => "backup";
    public string Help => "backup --to FILE|FOLDER --key FILE [--keep DAYS]   everything in one sealed file, while the program serves; --keep throws older ones of the folder away";
    public bool BeforeMigration => true;

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        if (!Words.Read(args, out var words, "--to", "--key", "--keep") || !words.TryGetValue("--to", out var to) || Words.KeyFile(words) is not { } keyFile) return Words.Say(Help);
        if (words.GetValueOrDefault("--keep") is { } text && (!int.TryParse(text, CultureInfo.InvariantCulture, out var keep) || keep is < 1 or > 40)) return Words.Say("--keep takes 1 to 40 days: attachments without rows are kept for 40, and who was erased must not live on in backups.");
        try
        {
            // One at a time, so that a folder of work that stands there is of a run that was killed.
            await using var alone = new FileStream(Path.Combine(engine.DataFolder, "backup.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            foreach (var left in Directory.GetDirectories(engine.DataFolder, WorkStart + "*")) Directory.Delete(left, recursive: true);
            var watch = Stopwatch.StartNew();
            var key = Sealed.ReadKey(keyFile);
            var at = time.Now();
            var file = Directory.Exists(to) || to.EndsWith('/') ? Path.Combine(to, FileStart + at.ToString(FileMoment, CultureInfo.InvariantCulture) + FileEnd) : to;
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            Directory.CreateDirectory(folder);
            var rows = await WriteAsync(file, key, at, cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {rows.Values.Sum()} rows of {rows.Count} tables, {new FileInfo(file).Length / 1024.0 / 1024:0.0} MB, {watch.Elapsed.TotalSeconds:0.0} s"));
            if (words.GetValueOrDefault("--keep") is { } days) ThrowAway(folder, at.AddDays(-int.Parse(days, CultureInfo.InvariantCulture)));
            return 0;
        }
        catch (Exception failed) when (failed is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            return Words.Say("No backup was made: " + failed.Message, 1);
        }
    }

    // Backups of before that moment, and what a run that was killed had written of one.
    private static void ThrowAway(string folder, DateTime oldest)
    {
        foreach (var file in Directory.GetFiles(folder, FileStart + "*"))
        {
            var name = Path.GetFileName(file)[FileStart.Length..];
            if (name.Length < FileMoment.Length || name[FileMoment.Length..] is not (FileEnd or FileEnd + Unfinished)) continue;
            if (DateTime.TryParseExact(name[..FileMoment.Length], FileMoment, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && at < oldest) File.Delete(file);
        }
    }

    private async Task<Dictionary<string, long>> WriteAsync(string file, byte[] key, DateTime at, CancellationToken cancel)
    {
        var work = Directory.CreateDirectory(Path.Combine(engine.DataFolder, WorkStart + Guid.NewGuid().ToString("N"))).FullName;
        var part = file + Unfinished;
        try
        {
            var snapshot = Path.Combine(work, DatabaseEntry);
            var rows = await Snapshot.TakeAsync(engine, snapshot, cancel);
            await using (var target = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1024 * 1024))
            {
                await using var sealing = new SealingStream(target, key);
                await using (var zip = new GZipStream(sealing, CompressionLevel.Fastest, leaveOpen: true))
                await using (var tar = new TarWriter(zip, TarEntryFormat.Pax, leaveOpen: true))
                {
                    await AddAsync(tar, ManifestEntry, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new Manifest(at, Snapshot.NameOf(engine), rows))), cancel);
                    await AddAsync(tar, DatabaseEntry, snapshot, cancel);
                    foreach (var name in Single) await AddAsync(tar, name, Path.Combine(engine.DataFolder, name), cancel);
                    await AddAsync(tar, LedgerEntry, ledger.Path, cancel);
                    foreach (var folder in Folders.Select(f => Path.Combine(engine.DataFolder, f)).Where(Directory.Exists))
                    {
                        // What is being received stands in files/new until it is whole.
                        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(p => !p.StartsWith(Path.Combine(folder, "new") + "/", StringComparison.Ordinal)))
                        {
                            await AddAsync(tar, Path.GetRelativePath(engine.DataFolder, path), path, cancel);
                        }
                    }
                }

                await sealing.CloseAsync();
                target.Flush(flushToDisk: true);
            }

            File.Move(part, file, overwrite: true);
            return rows;
        }
        finally
        {
            File.Delete(part);
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task AddAsync(TarWriter tar, string name, string path, CancellationToken cancel)
    {
        try
        {
            // Others may append to it: as much as is there now.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await AddAsync(tar, name, new FirstPart(file, file.Length), cancel);
        }
        catch (FileNotFoundException)
        {
            // not made yet, or taken away since the folder was read
        }
    }

    private static Task AddAsync(TarWriter tar, string name, Stream content, CancellationToken cancel) => tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite }, cancel);

    /// <summary>The first bytes of a file that may grow.</summary>
    private sealed class FirstPart(Stream inner, long length) : Stream
    {
        private long read;
        public override int Read(Span<byte> buffer)
        {
            var n = inner.Read(buffer[..(int)Math.Min(buffer.Length, length - read)]);
            read += n;
            return n;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => read; set { inner.Position = value; read = value; } }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => read + offset, _ => length + offset };
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Words of a command line.</summary>
internal static class Words
{
    /// <summary>Pairs of name and value; false when there is anything else.</summary>
    public static bool Read(string[] args, out Dictionary<string, string> words, params string[] names)
    {
        words = [];
        for (var i = 0; i < args.Length; i += 2)
        {
            if (Array.IndexOf(names, args[i]) < 0 || i + 1 == args.Length) return false;
            words[args[i]] = args[i + 1];
        }

        return true;
    }

    public static string? KeyFile(Dictionary<string, string> words) => words.GetValueOrDefault("--key") ?? Environment.GetEnvironmentVariable("HUITOU_BACKUP_KEY");

    public static int Say(string words, int code = 2)
    {
        Console.Error.WriteLine(words);
        return code;
    }
}
