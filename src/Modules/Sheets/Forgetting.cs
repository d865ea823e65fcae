using System.Text.Json;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Sheets;

/// <summary>An erased person's refused rows go, and the sources that may hold them: an import that is over needs its source no more.</summary>
internal sealed class Forgetting(Db db, Jobs jobs, TimeProvider time) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        foreach (var word in happened.Marks.SelectMany(m => new[] { m, Encoded(m) }).Concat(happened.Names.SelectMany(n => new[] { $"\"{n}\"", $"\"{Encoded(n)}\"" })).Distinct())
        {
            // Numbers stand in files as people write them: 138 1234 5678.
            await db.Set<RefusedRow>().Where(r => r.Cells.Contains(word) || r.Cells.Replace(" ", "").Replace("-", "").Contains(word) || r.Reason.Contains(word)).ExecuteDeleteAsync(cancel);
        }

        foreach (var word in happened.Marks.Concat(happened.Names).SelectMany(w => new[] { w, Encoded(w) }).Distinct())
        {
            await db.Set<Import>().Where(i => i.FileName.Contains(word)).ExecuteUpdateAsync(s => s.SetProperty(i => i.FileName, "—"), cancel);
        }

        foreach (var id in await db.Set<Import>().Where(i => i.CreatedAt > time.Now().AddDays(-Import.DaysKept - 1)).Select(i => i.Id).ToListAsync(cancel))
        {
            jobs.Add(ForgetSourceJob.Name, Ids.New().ToString("N"), time.Now(), new ImportWork(id));
        }
    }

    private static string Encoded(string word) => JsonSerializer.Serialize(word)[1..^1];
}

/// <summary>Deletes an import's source as soon as it is over; the figures stay. A draft is thrown away with it.</summary>
internal sealed class ForgetSourceJob(Importer importer, Db db, Jobs jobs, TimeProvider time) : IJob
{
    public const string Name = "sheets.forget-source";

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<ImportWork>();
        var state = await db.Set<Import>().Where(i => i.Id == work.ImportId).Select(i => (ImportState?)i.State).FirstOrDefaultAsync(cancel);
        if (state is ImportState.Waiting or ImportState.Running)
        {
            jobs.Add(Name, Ids.New().ToString("N"), time.Now().AddMinutes(10), work);
            return;
        }

        await db.Set<Import>().Where(i => i.Id == work.ImportId && i.State == ImportState.Draft).ExecuteDeleteAsync(cancel);
        File.Delete(importer.PathOf(work.ImportId));
    }
}
