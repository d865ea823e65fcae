using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Huitou.Access.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Trials.Data;

/// <summary>
/// The monthly plans (C2) over a real shop's year (purchases/*.csv.gz): each month made by the program, against S3-8's limits
/// reckoned from the file alone, and who has been silent too long, row by row and month by month. On SQLite, and on PostgreSQL where HUITOU_TEST_POSTGRES names a server.
/// </summary>
public static class PlansTrial
{
    // S3-8: representative and specialist, days from the later of file and purchase.
    private static readonly (string Rule, int Days)[] Limits = [("rep-3", 3), ("rep-30", 30), ("rep-60", 60), ("spec-15", 15), ("spec-30", 30), ("spec-60", 60)];

    private readonly record struct Contact(string Customer, string Rule, DateOnly Due);

    public static async Task RunAsync(string folder, Report report)
    {
        var file = Directory.GetFiles(Path.Combine(folder, "purchases"), "*.csv.gz").Order(StringComparer.Ordinal).First();
        var wanted = Reckon(file);
        await RunOnAsync("SQLite", file, wanted, report, work => Task.FromResult(Engine.Sqlite(work)));
        if (Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES") is not { Length: > 0 } server) return;
        await RunOnAsync("PostgreSQL", file, wanted, report, async work =>
        {
            var name = "plans" + Guid.NewGuid().ToString("N")[..10];
            await using (var connection = new NpgsqlConnection(server))
            {
                await connection.OpenAsync();
                await using var create = new NpgsqlCommand($"create database {name}", connection);
                await create.ExecuteNonQueryAsync();
            }

            return await Kernel.Postgres.PrepareAsync(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString, work);
        });
    }

    /// <summary>Slow and obvious: every row of a sale owes every limit; the latest of each kind in a month counts.</summary>
    private static Dictionary<DateOnly, HashSet<Contact>> Reckon(string file)
    {
        var filed = new Dictionary<string, DateOnly>();
        var sold = new List<(string Customer, string Invoice, DateOnly On)>();
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = Cells(line);
            var customer = cells[6];
            // A row without a price is a gift or a sample: nothing was bought, and the import refuses it with that reason.
            if (customer.Length == 0 || decimal.Parse(cells[5], CultureInfo.InvariantCulture) == 0) continue;
            var on = DateOnly.FromDateTime(DateTime.Parse(cells[4], CultureInfo.InvariantCulture));
            filed.TryAdd(customer, on); // the file is made with the first row that names them
            if (!cells[0].StartsWith('C')) sold.Add((customer, cells[0], on));
        }

        var latest = new Dictionary<(DateOnly Month, string Customer, string Rule), DateOnly>();
        foreach (var (customer, _, on) in sold)
        {
            var anchor = filed[customer] > on ? filed[customer] : on;
            foreach (var (rule, days) in Limits)
            {
                var due = anchor.AddDays(days);
                var key = (new DateOnly(due.Year, due.Month, 1), customer, rule);
                if (!latest.TryGetValue(key, out var was) || was < due) latest[key] = due;
            }
        }

        var months = latest.GroupBy(l => l.Key.Month).ToDictionary(g => g.Key, g => g.Select(l => new Contact(l.Key.Customer, l.Key.Rule, l.Value)).ToHashSet());
        // Who bought more than once and stays away for twice the mean time between two purchases, ninety days at least, is asked in that month, where nothing else is owed to them.
        foreach (var of in sold.GroupBy(s => s.Customer))
        {
            var (count, first, last) = (of.Select(s => s.Invoice).Distinct().Count(), of.Min(s => s.On), of.Max(s => s.On));
            if (count < 2 || first == last) continue;
            var quiet = last.AddDays(Math.Max(90, 2 * (last.DayNumber - first.DayNumber) / (count - 1)));
            if (months.TryGetValue(new DateOnly(quiet.Year, quiet.Month, 1), out var owed) && owed.All(c => c.Customer != of.Key)) owed.Add(new Contact(of.Key, Rule.Silent, quiet));
        }

        return months;
    }

    private static async Task RunOnAsync(string name, string file, Dictionary<DateOnly, HashSet<Contact>> wanted, Report report, Func<string, Task<Engine>> make)
    {
        var work = Directory.CreateTempSubdirectory("huitou-trial-").FullName;
        var engine = await make(work);
        await using (var app = HuitouApp.Create(new Settings("import", "http://127.0.0.1:0", work, null, Production: true, []), engine, _ => { }))
        {
            await app.Services.GetRequiredService<Migrator>().MigrateAsync();
            var company = new Company { Id = Ids.New(), Number = 1, Name = "Trial", ZoneId = "Europe/London", CreatedAt = DateTime.UnixEpoch };
            await using (var scope = app.Services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                await db.BeginAsync(toWrite: true);
                db.Set<Company>().Add(company);
                await db.SaveAsync();
            }

            var specialists = new HashSet<Guid>();
            await app.Services.AsCompanyAsync(company, "trial", async (_, db) =>
            {
                var roles = await Roles.SeedAsync(db, company.Trade);
                var store = new Store { Number = "01", Name = "Main" };
                db.Set<Store>().Add(store);
                for (var i = 1; i <= 6; i++)
                {
                    var member = new Member { Number = $"{i:000}", Name = $"Seller {i}", RoleId = roles[i <= 4 ? "representative" : "specialist"].Id, StoreId = store.Id, JoinedOn = new DateOnly(2010, 1, 1) };
                    if (i > 4) specialists.Add(member.Id);
                    db.Set<Member>().Add(member);
                }

                await db.SaveAsync();
            });
            await using (var scope = app.Services.CreateAsyncScope())
            {
                var import = scope.ServiceProvider.GetServices<ICommand>().First(c => c.Verb == "import");
                var code = await import.RunAsync(["purchases", file, "--set", "currency=GBP", "--set", "store=01"], app.Services, CancellationToken.None);
                report.Check($"{name}: {Path.GetFileName(file)} imported", 1, code == 0 ? [] : [$"exit {code}"]);
            }

            foreach (var month in wanted.Keys.Order())
            {
                var found = new List<(Contact Contact, Guid? Owner, Guid? Representative)>();
                var watch = new Stopwatch();
                await app.Services.AsCompanyAsync(company, "trial", async (services, db) =>
                {
                    watch.Start();
                    // Every second one as due work makes it: some days at a time.
                    var plan = services.GetRequiredService<Plan>();
                    var id = await plan.MakeAsync(month, null, atOnce: month.Month % 2 == 0 ? 0 : int.MaxValue - 1);
                    var cycle = await db.Set<Cycle>().AsTracking().SingleAsync(c => c.Id == id);
                    while (cycle.IsBeingMade) await plan.GoOnAsync(cycle, 5);
                    watch.Stop();
                    found = [.. (await (from i in db.Set<CycleItem>() join c in db.Set<Customers.Public.Customer>() on i.CustomerId equals c.Id where i.CycleId == id && i.RuleKey != Rule.Replacement select new { c.ExternalNumber, i.RuleKey, i.DueOn, i.OwnerId, Representative = c.OwnerId }).ToListAsync())
                        .Select(i => (new Contact(i.ExternalNumber!, i.RuleKey, i.DueOn), i.OwnerId, i.Representative))];
                    await db.SaveAsync();
                });
                var planned = found.Select(f => f.Contact).ToHashSet();
                List<string> wrong =
                [
                    .. wanted[month].Except(planned).Select(c => $"missing {c}"), .. planned.Except(wanted[month]).Select(c => $"not owed {c}"),
                    .. found.Count == planned.Count ? Array.Empty<string>() : [$"{found.Count - planned.Count} twice"],
                    .. found.Where(f => f.Contact.Rule.StartsWith("spec", StringComparison.Ordinal) ? f.Owner is not { } s || !specialists.Contains(s) : f.Owner != f.Representative).Select(f => $"wrong hands {f.Contact}"),
                ];
                report.Check($"{name}: the plan of {month:yyyy-MM}, {planned.Count} contacts with {planned.Select(c => c.Customer).Distinct().Count()} customers ({watch.Elapsed.TotalMilliseconds:0} ms)", wanted[month].Count, wrong);
            }
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(work, recursive: true);
    }

    // A csv line with quoted cells.
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[i++]);
            else if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(line[i]);
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
