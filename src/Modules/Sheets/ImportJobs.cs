using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Sheets;

/// <summary>Ids of one import.</summary>
public sealed record ImportWork(Guid ImportId);

/// <summary>Works on an import a slice at a time, so that other due work gets its turn in between.</summary>
internal sealed class ImportJob(Importer importer, Db db, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "sheets.import";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    public string Kind => Name;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ImportWork>();
        if (!await importer.RunSliceAsync(run.Due.CompanyId, work.ImportId, Slice, cancel)) return;

        await run.KeepAsync(cancel);
        await db.BeginAsync(toWrite: true, cancel);
        await jobs.SetAsync(Name, work.ImportId.ToString(), time.Now(), work, cancel);
        await db.SaveAsync(cancel: cancel);
    }
}

/// <summary>Deletes the source and the refused rows when an import's days are over; drafts nobody started go altogether.</summary>
internal sealed class ForgetImportJob(Importer importer, Db db) : IJob
{
    public const string Name = "sheets.forget";

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<ImportWork>().ImportId;
        await db.Set<RefusedRow>().Where(r => r.ImportId == id).ExecuteDeleteAsync(cancel);
        await db.Set<Import>().Where(i => i.Id == id && i.State == ImportState.Draft).ExecuteDeleteAsync(cancel);
        File.Delete(importer.PathOf(id));
        File.Delete(importer.RestOf(id));
    }
}
