using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Sheets;

/// <summary><c>import KIND FILE [--company NUMBER] [--set COLUMN=VALUE]…</c>: the same import as on screen. Killed and called again with the same file, it goes on where it was.</summary>
internal sealed class ImportCommand : ICommand
{
    public string Verb => "import";
    public string Help => "import KIND FILE [--company NUMBER] [--set COLUMN=VALUE]…   imports a table (csv, csv.gz, xlsx, xls, vcf); safe to run again; --set gives a column one value for all rows";

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        var words = args.ToList();
        var number = "";
        if (words.IndexOf("--company") is >= 0 and var at && at + 1 < words.Count)
        {
            number = words[at + 1];
            words.RemoveRange(at, 2);
        }

        var given = new Dictionary<string, string>();
        while (words.IndexOf("--set") is >= 0 and var set && set + 1 < words.Count)
        {
            if (words[set + 1].Split('=', 2) is not [var column, var value]) return Say(Help);
            given[column] = value;
            words.RemoveRange(set, 2);
        }

        if (words is not [var kindName, var path]) return Say(Help);
        if (!File.Exists(path)) return Say($"There is no file {path}.");
        var all = await services.GetRequiredService<Companies>().ReadAsync(cancel);
        var company = number.Length == 0 ? (all.Count == 1 ? all[0] : null) : all.Find(c => c.Number.ToString() == number);
        if (company is null) return Say("Which company? --company " + string.Join(" | ", all.Select(c => $"{c.Number} ({c.Name})")));

        var importer = services.GetRequiredService<Importer>();
        var texts = services.GetRequiredService<Texts>();
        try
        {
            var id = await TakeAsync(services, importer, company, kindName, path, given, cancel);
            var import = await ShowAsync(services, company, id, cancel);
            while (await importer.RunSliceAsync(company.Id, id, TimeSpan.FromSeconds(2), cancel))
            {
                import = await ShowAsync(services, company, id, cancel);
                Console.Error.WriteLine($"{import.RowsDone} of {import.RowsTotal?.ToString() ?? "?"} rows");
            }

            import = await ShowAsync(services, company, id, cancel);
            Console.WriteLine($"{import.State}: {import.RowsDone} rows, {import.RowsAdded} added, {import.RowsSame} there already, {import.RowsRefused} refused (/imports/{id})");
            if (import.Failure.Length > 0) Console.Error.WriteLine(Reason.Read(texts, import.Failure));
            return import.State == ImportState.Done ? 0 : 1;
        }
        catch (Refused refused)
        {
            return Say(texts[refused.Key, refused.Args]);
        }
        catch (NotThere)
        {
            return Say($"Nothing imports '{kindName}'.");
        }
    }

    /// <summary>A new import, or the one of the same file that did not come to its end.</summary>
    private static async Task<Guid> TakeAsync(IServiceProvider services, Importer importer, Company company, string kindName, string path, Dictionary<string, string> given, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "command");
        var desk = scope.ServiceProvider.GetRequiredService<ImportDesk>();
        var kind = desk.Kind(kindName);
        await using var file = File.OpenRead(path);
        var import = await importer.ReceiveAsync(kind, file, Path.GetFileName(path), by: null, cancel);
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        var before = await db.Set<Import>().FirstOrDefaultAsync(i => i.Sha256 == import.Sha256 && i.Kind == import.Kind && (i.State == ImportState.Waiting || i.State == ImportState.Running), cancel);
        if (before is not null && File.Exists(importer.PathOf(before.Id)))
        {
            File.Delete(importer.PathOf(import.Id));
            return before.Id;
        }

        var (header, mapping, decided, _) = await desk.GuessAsync(importer.Preview(import), kind, cancel);
        foreach (var (word, value) in decided) given.TryAdd(word, value);
        desk.Add(import);
        await desk.StartAsync(import, header, mapping, cancel, byRunner: false, given);
        await db.SaveAsync(cancel: cancel);
        return import.Id;
    }

    private static async Task<Import> ShowAsync(IServiceProvider services, Company company, Guid id, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "command");
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        return await db.Set<Import>().FirstAsync(i => i.Id == id, cancel);
    }

    private static int Say(string words)
    {
        Console.Error.WriteLine(words);
        return 2;
    }
}
