using System.Text;
using System.Text.Json;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Sheets;

/// <summary>
/// An erased person's refused rows go, and the sources that hold them: an import that is over needs its source no more. Looked for
/// here, as afterwards nobody knows any more who to look for; what cannot be looked through in time goes as well.
/// </summary>
internal sealed class Forgetting(Db db, Engine engine, Importer importer, Jobs jobs, TimeProvider time) : IHandle<PersonsErased>
{
    /// <summary>How long sources are looked through: on SQLite every other writer waits meanwhile.</summary>
    private static readonly TimeSpan OnSqlite = TimeSpan.FromMilliseconds(80), OnPostgres = TimeSpan.FromSeconds(1);

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

        var sought = new Sought(happened.Marks, happened.Names);
        var (begun, most) = (time.GetTimestamp(), engine.IsSqlite ? OnSqlite : OnPostgres);
        // Small ones first: most of them are looked through before the time is up.
        foreach (var import in (await db.Set<Import>().Where(i => i.CreatedAt > time.Now().AddDays(-Import.DaysKept - 1)).ToListAsync(cancel)).OrderBy(i => i.Size))
        {
            if (!Lies(import) || !MayHold(import, sought, () => time.GetElapsedTime(begun) > most)) continue;
            jobs.Add(ForgetSourceJob.Name, Ids.New().ToString("N"), time.Now(), new ImportWork(import.Id));
        }
    }

    private bool Lies(Import import) => File.Exists(importer.PathOf(import.Id)) || File.Exists(importer.RestOf(import.Id));

    // True as well when it could not be told: too long, or broken further down.
    private bool MayHold(Import import, Sought sought, Func<bool> late)
    {
        try
        {
            foreach (var line in RefusedRest.Read(importer.RestOf(import.Id), import.RefusedRestLength))
            {
                if (late() || sought.Within(string.Concat(JsonSerializer.Deserialize<string[]>(line.Cells)!)) || sought.Within(line.Why)) return true;
            }

            if (!File.Exists(importer.PathOf(import.Id))) return false;
            var (path, format) = (importer.PathOf(import.Id), import.ReadFormat());
            if (!SheetReader.ReadsAll(path, format)) return true;
            foreach (var row in SheetReader.Read(path, format))
            {
                if (late() || sought.Within(string.Concat(row.Cells))) return true;
            }

            // A card has more than becomes of it: a third number, an office.
            return format.Kind == SheetKind.VCard && SheetReader.RawCards(path, format).Any(c => late() || sought.Within(c.Encoding.GetString(Encoding.Latin1.GetBytes(string.Concat(c.Lines)))));
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            return true;
        }
    }

    private static string Encoded(string word) => JsonSerializer.Serialize(word)[1..^1];

    /// <summary>Numbers, addresses and names looked for in a row, however it writes them: 138-1234 5678 is 13812345678, also over two cells.</summary>
    internal sealed class Sought(IReadOnlyList<string> marks, IReadOnlyList<string> names)
    {
        private readonly string[] words = [.. marks.Concat(names).Select(Bare).Where(w => w.Length > 1).Distinct(StringComparer.Ordinal)];

        public bool Within(string row)
        {
            if (row.Length < 2) return false;
            var bare = Bare(row);
            return Array.Exists(words, w => bare.Contains(w, StringComparison.Ordinal));
        }

        // A rare character is two halves.
        private static bool Says(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c);

        // Letters and digits only, small ones, full-width as usual ones.
        private static string Bare(string text)
        {
            text = text.HalfWidth();
            return string.Create(text.Count(Says), text, static (to, from) =>
            {
                var at = 0;
                foreach (var c in from)
                {
                    if (Says(c)) to[at++] = char.ToLowerInvariant(c);
                }
            });
        }
    }
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
        File.Delete(importer.RestOf(work.ImportId));
    }
}
