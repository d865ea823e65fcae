using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Files;

/// <summary>
/// Each night: contents that no attachment of any company points to any more (an upload that was never saved, a removed company), once
/// they are older than every backup that might still need them. Safe to run twice, and beside an upload of the same content.
/// </summary>
internal sealed class SweepContent(Db db, FileStore files, TimeProvider time) : IJob
{
    public const string JobKind = "files.sweep";

    /// <summary>Older than the oldest backup kept.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(40);

    /// <summary>What was being received and never finished.</summary>
    private static readonly TimeSpan NewLives = TimeSpan.FromDays(1);

    private const int Batch = 200;

    public string Kind => JobKind;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var now = time.Now();
        foreach (var left in Old(files.NewFolder, now - NewLives)) File.Delete(left);
        foreach (var batch in Old(files.Folder, now - Grace).Where(f => Path.GetFileName(f).Length == 64).Chunk(Batch))
        {
            await run.KeepAsync(cancel);
            await db.BeginAsync(toWrite: false, cancel);
            var unused = new List<string>();
            foreach (var file in batch)
            {
                if (!await files.IsUsedAsync(Path.GetFileName(file), cancel)) unused.Add(file);
            }

            await db.EndAsync();
            foreach (var file in unused) Drop(file, now - Grace);
        }
    }

    // Put aside first, then looked at once more: who received the same content meanwhile has made it young, or finds it gone and writes it anew.
    private static void Drop(string file, DateTime before)
    {
        var aside = file + ".gone";
        try
        {
            File.Move(file, aside, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return; // another node was quicker
        }

        if (File.GetLastWriteTimeUtc(aside) >= before && !File.Exists(file)) File.Move(aside, file, overwrite: false);
        else File.Delete(aside);
    }

    private static IEnumerable<string> Old(string folder, DateTime before) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => File.GetLastWriteTimeUtc(f) < before) : [];
}
