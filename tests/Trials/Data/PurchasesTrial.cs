using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Huitou.Access.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Trials.Data;

/// <summary>
/// A real shop's purchases (purchases/*.csv.gz) through the command line: every row lands or is refused, a second run changes
/// nothing, and recency, frequency and money per customer agree with the reference, by one SQL over the sales. On SQLite, and
/// on PostgreSQL where HUITOU_TEST_POSTGRES names a server.
/// </summary>
public static class PurchasesTrial
{
    public static async Task RunAsync(string folder, Report report)
    {
        await RunOnAsync("SQLite", folder, report, work => Task.FromResult(Engine.Sqlite(work)));
        if (Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES") is not { Length: > 0 } server) return;
        await RunOnAsync("PostgreSQL", folder, report, async work =>
        {
            var name = "trial" + Guid.NewGuid().ToString("N")[..10];
            await using (var connection = new NpgsqlConnection(server))
            {
                await connection.OpenAsync();
                await using var create = new NpgsqlCommand($"create database {name}", connection);
                await create.ExecuteNonQueryAsync();
            }

            return await Kernel.Postgres.PrepareAsync(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString, work);
        });
    }

    private static async Task RunOnAsync(string name, string folder, Report report, Func<string, Task<Engine>> make)
    {
        var files = Directory.GetFiles(Path.Combine(folder, "purchases"), "*.csv.gz");
        var work = Directory.CreateTempSubdirectory("huitou-trial-").FullName;
        var engine = await make(work);
        await using (var app = HuitouApp.Create(new Settings("import", "http://127.0.0.1:0", work, null, Production: true, []), engine, _ => { }))
        {
            await app.Services.GetRequiredService<Migrator>().MigrateAsync();
            var company = await OpenAsync(app.Services);
            foreach (var file in files)
            {
                var rows = Rows(file);
                var watch = Stopwatch.StartNew();
                var code = await ImportAsync(app.Services, file);
                watch.Stop();
                var first = await CountAsync(app.Services, company);
                report.Check($"{name}: every row of {Path.GetFileName(file)} landed or was refused ({watch.Elapsed.TotalSeconds:0.0} s)", rows,
                    code == 0 && first.Lines + first.Refused == rows ? [] : [$"exit {code}: {first.Lines} landed, {first.Refused} refused, {rows} in the file"]);
                code = await ImportAsync(app.Services, file);
                var second = await CountAsync(app.Services, company);
                report.Check($"{name}: a second run changes nothing", rows, code == 0 && second with { Refused = 0 } == first with { Refused = 0 } ? [] : [$"exit {code}: {first} became {second}"]);
            }

            await RfmAsync(name, folder, report, app.Services, company);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(work, recursive: true);
    }

    private sealed record Counts(long Lines, long Sales, long Customers, long Money, long Tasks, long Refused);

    private static async Task<Company> OpenAsync(IServiceProvider services)
    {
        var company = new Company { Id = Ids.New(), Number = 1, Name = "Trial", ZoneId = "Europe/London", CreatedAt = DateTime.UnixEpoch };
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<Db>();
            await db.BeginAsync(toWrite: true);
            db.Set<Company>().Add(company);
            await db.SaveAsync();
        }

        await services.AsCompanyAsync(company, "trial", async (_, db) =>
        {
            var roles = await Roles.SeedAsync(db, company.Trade);
            var store = new Store { Number = "01", Name = "Main" };
            db.Set<Store>().Add(store);
            for (var i = 1; i <= 4; i++) db.Set<Member>().Add(new Member { Number = $"{i:000}", Name = $"Seller {i}", RoleId = roles["representative"].Id, StoreId = store.Id, JoinedOn = new DateOnly(2010, 1, 1) });
            await db.SaveAsync();
        });
        return company;
    }

    private static async Task<int> ImportAsync(IServiceProvider services, string file)
    {
        await using var scope = services.CreateAsyncScope();
        var command = scope.ServiceProvider.GetServices<ICommand>().First(c => c.Verb == "import");
        return await command.RunAsync(["purchases", file, "--set", "currency=GBP", "--set", "store=01"], services, CancellationToken.None);
    }

    private static async Task<Counts> CountAsync(IServiceProvider services, Company company)
    {
        Counts counts = null!;
        await services.AsCompanyAsync(company, "trial", async (_, db) => counts = new Counts(
            await db.Set<SaleLine>().LongCountAsync(), await db.Set<Sale>().LongCountAsync(), await db.Set<Customers.Public.Customer>().LongCountAsync(),
            await db.Set<SaleLine>().SumAsync(l => l.Amount) + await db.Set<Customers.Public.Customer>().SumAsync(c => c.PurchaseTotal),
            await db.Set<Customers.Public.TimelineEntry>().LongCountAsync(), await db.Set<Sheets.Import>().OrderByDescending(i => i.Id).Select(i => i.RowsRefused).FirstAsync()));
        return counts;
    }

    // The reference: recency in days from the day after the last sale, frequency in invoices, money of sales, returns left out.
    private static async Task RfmAsync(string name, string folder, Report report, IServiceProvider services, Company company)
    {
        var found = new Dictionary<string, (int Recency, int Frequency, long Money)>();
        await services.AsCompanyAsync(company, "trial", async (_, db) =>
        {
            var last = await db.Set<Sale>().Where(s => s.Kind == SaleKind.Sale && s.CustomerId != null).MaxAsync(s => s.SoldOn);
            var rows = await (from s in db.Set<Sale>()
                              join c in db.Set<Customers.Public.Customer>() on s.CustomerId equals c.Id
                              where s.Kind == SaleKind.Sale
                              group s by c.ExternalNumber into g
                              select new { Number = g.Key, Last = g.Max(s => s.SoldOn), Count = g.Count(), Money = g.Sum(s => s.Amount) }).ToListAsync();
            foreach (var row in rows) found[row.Number!] = (last.DayNumber + 1 - row.Last.DayNumber, row.Count, row.Money);
        });
        var wrong = new List<string>();
        var cases = 0;
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "purchases"), "rfm_reference*.csv"))
        {
            foreach (var cells in File.ReadLines(file).Skip(1).Select(l => l.Split(',')))
            {
                cases++;
                var money = (long)Math.Round(decimal.Parse(cells[3], CultureInfo.InvariantCulture) * 100, MidpointRounding.AwayFromZero);
                var wanted = (int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[2], CultureInfo.InvariantCulture), money);
                if (!found.TryGetValue(cells[0], out var mine)) wrong.Add($"{cells[0]} has no sale");
                else if ((mine.Recency, mine.Frequency) != (wanted.Item1, wanted.Item2) || Math.Abs(mine.Money - wanted.money) > 1) wrong.Add($"{cells[0]}: {mine}, reference {wanted}");
            }
        }

        report.Check($"{name}: recency, frequency and money per customer", cases, wrong);
    }

    private static int Rows(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var rows = -1;
        while (reader.ReadLine() is not null) rows++;
        return rows;
    }
}
