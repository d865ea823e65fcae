using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Huitou.Customers;
using Huitou.Kernel;

namespace Huitou.Backups;

/// <summary>
/// <c>huitou restore --from FILE --key FILE [--ledger FILE]</c>: into an empty data folder, and on PostgreSQL an empty database. Nothing is put in
/// place before the whole file has proved whole. Then the rows are counted against the backup, the schema is brought forward, and who was
/// erased since is erased again.
/// </summary>
public sealed class RestoreCommand(Engine engine, Settings settings, ErasureLedger ledger, Migrator migrator) : ICommand
{
    public string Verb => "restore";
    public string Help => "restore --from FILE --key FILE [--ledger FILE]   into an empty --data (and --database); --ledger: the newest erasures.ledger, so that who was erased stays erased";
    public bool BeforeMigration => true;

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        if (!Words.Read(args, out var words, "--from", "--key", "--ledger") || !words.TryGetValue("--from", out var from) || Words.KeyFile(words) is not { } keyFile) return Words.Say(Help);
        var watch = Stopwatch.StartNew();
        var work = Path.Combine(engine.DataFolder, "restore-" + Guid.NewGuid().ToString("N"));
        try
        {
            if (!await Snapshot.IsEmptyAsync(engine, cancel)) return Words.Say("There is a database already. A restore goes into an empty --data and an empty --database; it never writes over one.", 1);
            var manifest = await UnpackAsync(from, Sealed.ReadKey(keyFile), work, cancel);
            if (manifest.Engine != Snapshot.NameOf(engine)) return Words.Say($"This is a backup of {manifest.Engine}: {(manifest.Engine == "postgres" ? "give an empty --database" : "leave --database away")}.", 1);
            if (PutFiles(work) is { } why) return Words.Say(why, 1);
            PutLedger(work, words.GetValueOrDefault("--ledger"), manifest.At);
            await Snapshot.PutAsync(engine, Path.Combine(work, BackupCommand.DatabaseEntry), cancel);
            var found = await Snapshot.CountAsync(engine, cancel);
            var differ = manifest.Rows.Where(r => r.Key != "kernel_migration" && found.GetValueOrDefault(r.Key, -1) != r.Value).Select(r => $"{r.Key}: {found.GetValueOrDefault(r.Key)} rows, {r.Value} in the backup").ToList();
            if (differ.Count > 0) return Words.Say("What stands now is not what was backed up:\n" + string.Join('\n', differ), 1);

            await migrator.MigrateAsync(cancel);
            foreach (var look in services.GetServices<IBeforeServing>().Where(l => settings.Production || l is KeepErased))
            {
                if (await look.PrepareAsync(cancel) is { } not) return Words.Say("Restored, and not to be served yet: " + not, 1);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored as of {manifest.At:yyyy-MM-dd HH:mm:ss} UTC: {manifest.Rows.Values.Sum()} rows of {manifest.Rows.Count} tables, as many as were backed up, {watch.Elapsed.TotalSeconds:0.0} s"));
            return 0;
        }
        catch (Exception failed) when (failed is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            return Words.Say("Not restored: " + failed.Message, 1);
        }
        finally
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<Manifest> UnpackAsync(string from, byte[] key, string work, CancellationToken cancel)
    {
        Manifest? manifest = null;
        await using var file = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, 1024 * 1024);
        await using var opening = new OpeningStream(file, key);
        await using (var zip = new GZipStream(opening, CompressionMode.Decompress, leaveOpen: true))
        await using (var tar = new TarReader(zip, leaveOpen: true))
        {
            while (await tar.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                if (entry.EntryType is not TarEntryType.RegularFile) throw new InvalidDataException($"The backup holds what is no file: {entry.Name}");
                if (entry.Name == BackupCommand.ManifestEntry)
                {
                    manifest = await JsonSerializer.DeserializeAsync<Manifest>(entry.DataStream!, cancellationToken: cancel);
                    continue;
                }

                var path = Path.GetFullPath(Path.Combine(work, entry.Name));
                if (!path.StartsWith(work + "/", StringComparison.Ordinal)) throw new InvalidDataException($"The backup holds a file outside of it: {entry.Name}");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await entry.ExtractToFileAsync(path, overwrite: false, cancel);
            }

            await zip.CopyToAsync(Stream.Null, cancel);
        }

        await opening.CopyToAsync(Stream.Null, cancel); // to the marked end
        return manifest ?? throw new InvalidDataException("The backup says nothing about itself.");
    }

    private string? PutFiles(string work)
    {
        foreach (var name in BackupCommand.Single)
        {
            var (came, place) = (Path.Combine(work, name), Path.Combine(engine.DataFolder, name));
            if (!File.Exists(came)) continue;
            if (!File.Exists(place)) File.Move(came, place);
            else if (name == "protection.key" && !File.ReadAllBytes(came).AsSpan().SequenceEqual(File.ReadAllBytes(place))) return $"{place} is another one than in the backup: what it opens would not open any more. Restore into an empty --data.";
        }

        foreach (var folder in BackupCommand.Folders.Where(f => Directory.Exists(Path.Combine(work, f))))
        {
            foreach (var came in Directory.EnumerateFiles(Path.Combine(work, folder), "*", SearchOption.AllDirectories))
            {
                var place = Path.Combine(engine.DataFolder, Path.GetRelativePath(work, came));
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                if (!File.Exists(place)) File.Move(came, place);
            }
        }

        return null;
    }

    // Never an older one over a newer: the longest there is.
    private void PutLedger(string work, string? given, DateTime at)
    {
        if (given is not null && !File.Exists(given)) throw new InvalidDataException($"There is no ledger {given}.");
        var here = File.Exists(ledger.Path) ? ledger.Path : null;
        var newest = new[] { given, here, Path.Combine(work, BackupCommand.LedgerEntry) }.Where(File.Exists).MaxBy(f => new FileInfo(f!).Length);
        if (given is null && here is null) Console.Error.WriteLine($"No newer erasures.ledger was there: customers erased after {at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC come back until it is put to {ledger.Path}.");
        if (newest is null || newest == here) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(ledger.Path))!);
        File.Copy(newest, ledger.Path, overwrite: true);
    }
}
