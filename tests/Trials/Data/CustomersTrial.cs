using Huitou.Access.Public;
using Huitou.Bench;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Trials.Data;

/// <summary>
/// The files of imports/ as customers: each row becomes a customer or comes back with its reason, the cards of an address book
/// become who they are, and the same file again changes nothing.
/// </summary>
public static class CustomersTrial
{
    // What the content deserves: added, refused. A number that cannot be one here stays in the note where there is an e-mail.
    private static readonly Dictionary<string, (int Added, int Refused)> Deserve = new()
    {
        ["John_Doe_ANDROID.vcf"] = (4, 2), ["John_Doe_IPHONE.vcf"] = (1, 0), ["John_Doe_MS_OUTLOOK.vcf"] = (1, 0), ["gmail-single.vcf"] = (1, 0), ["outlook-2003.vcf"] = (1, 0), ["rfc6350-example.vcf"] = (1, 0),
    };

    private static readonly (string Name, string Phone, string Email, Birthday Birthday)[] Known =
    [
        ("Simon Perreault", "+14182626501", "simon.perreault@viagenie.ca", new(0, 2, 3, false, false)), ("Greg Dartmouth", "", "gdartmouth@hotmail.com", new(1960, 9, 10, false, false)),
        ("John Doe III", "", "jdoe@hotmail.com", new(1980, 3, 21, false, false)), ("Mr. John Richter James Doe Sr.", "", "john.doe@ibm.cm", new(1980, 3, 22, false, false)), ("john.doe", "", "john.doe@company.com", default),
    ];

    public static async Task RunAsync(string folder, Report report)
    {
        var files = Directory.GetFiles(Path.Combine(folder, "imports"), "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".vcf" or ".csv" or ".xls" or ".xlsx").Order(StringComparer.Ordinal).ToList();
        var work = Directory.CreateTempSubdirectory("huitou-trial-").FullName;
        var engine = Engine.Sqlite(work);
        var firm = await Firm.FoundAsync(engine);
        var wrong = new List<string>();
        await using (var app = HuitouApp.Create(new Settings("import", "http://127.0.0.1:0", work, null, Production: true, []), engine))
        {
            foreach (var file in files)
            {
                var name = Path.GetFileName(file);
                var import = await ImportAsync(app.Services, firm.Company, file);
                if (import is null)
                {
                    Console.WriteLine($"       {name}: no column is a name, nothing to import");
                    if (Deserve.ContainsKey(name)) wrong.Add($"{name} was not taken");
                    continue;
                }

                Console.WriteLine($"       {name}: {import.RowsTotal} rows, {import.RowsAdded} added, {import.RowsSame} there, {import.RowsRefused} refused");
                if (import.State != ImportState.Done || import.RowsAdded + import.RowsSame + import.RowsRefused != import.RowsTotal) wrong.Add($"{name}: {import.State}, {import.RowsAdded} + {import.RowsSame} + {import.RowsRefused} of {import.RowsTotal}");
                if (Deserve.TryGetValue(name, out var deserved) && deserved != (import.RowsAdded, import.RowsRefused)) wrong.Add($"{name}: {import.RowsAdded} added and {import.RowsRefused} refused, {deserved} were due");
                var again = await ImportAsync(app.Services, firm.Company, file);
                if (again!.RowsAdded != 0) wrong.Add($"{name}: a second time {again.RowsAdded} were added");
            }

            await app.Services.AsCompanyAsync(firm.Company, "trial", async (_, db) =>
            {
                var there = await db.Set<Customer>().ToListAsync();
                foreach (var (name, phone, email, birthday) in Known)
                {
                    if (!there.Exists(c => c.Name == name && c.Phone == phone && c.Email == email && c.Birthday == birthday)) wrong.Add($"{name} is not there as the card says: {string.Join(" / ", there.Where(c => c.Email == email).Select(c => $"{c.Name} {c.Phone} {c.Birthday}"))}");
                }
            });
        }

        report.Check("files of other systems as customers, twice", files.Count, wrong);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(work, recursive: true);
    }

    private static async Task<Import?> ImportAsync(IServiceProvider services, Company company, string file)
    {
        var importer = services.GetRequiredService<Importer>();
        Guid id = default;
        try
        {
            await services.AsCompanyAsync(company, "trial", async (inside, db) =>
            {
                var desk = inside.GetRequiredService<ImportDesk>();
                var kind = desk.Kind("customers");
                await using var source = File.OpenRead(file);
                var import = await importer.ReceiveAsync(kind, source, Path.GetFileName(file), null, default);
                var (header, mapping, _, _) = await desk.GuessAsync(importer.Preview(import), kind, default);
                desk.Add(import);
                await desk.StartAsync(import, header, mapping, default, byRunner: false);
                await db.SaveAsync();
                id = import.Id;
            });
        }
        catch (Refused)
        {
            return null;
        }

        while (await importer.RunSliceAsync(company.Id, id, TimeSpan.FromSeconds(5), default)) { }
        Import? done = null;
        await services.AsCompanyAsync(company, "trial", async (_, db) => done = await db.Set<Import>().FirstAsync(i => i.Id == id));
        return done;
    }
}
