using System.Globalization;
using Huitou.Bench;
using Huitou.Bench.Rows;

// ./bench [NAME…] [--sizes 10000,100000 | all] [--seconds 5] [--no-write]
// ./bench hold [--sizes 10000]   fills a company, starts the program and waits, for whoever wants to look where time goes
string[] known = ["list", "customer", "search", "filters", "intake", "answers", "import", "plan", "memory", "start", "cases", "hold"];
var wanted = new HashSet<string>();
var sizes = new List<int> { 10_000, 100_000 };
var seconds = 5;
var write = true;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--sizes" when i + 1 < args.Length && args[i + 1] == "all": sizes = [10_000, 100_000, 1_000_000]; i++; break;
        case "--sizes" when i + 1 < args.Length: sizes = [.. args[++i].Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture))]; break;
        case "--seconds" when i + 1 < args.Length: seconds = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--no-write": write = false; break;
        case var name when known.Contains(name): wanted.Add(name); break;
        default:
            Console.Error.WriteLine($"usage: ./bench [{string.Join(" | ", known)}]… [--sizes 10000,100000 | all] [--seconds 5] [--no-write]");
            return 2;
    }
}

// A part of the rows is a look, not the record.
if (wanted.Count == 0) wanted = [.. known.SkipLast(2)]; // cases have a town of their own: ./bench cases --sizes 100000
else write = false;

var table = new Table();
var begun = DateTime.UtcNow;
await using (var cluster = await Cluster.StartAsync())
{
    var rates = new RateRows(table, wanted, TimeSpan.FromSeconds(seconds));
    foreach (var size in sizes.Order())
    {
        if (!wanted.Overlaps(["list", "customer", "search", "filters", "intake", "answers", "memory", "plan", "cases", "hold"])) break;
        await RunSizeAsync(cluster, size);
    }

    rates.Growth();
    foreach (var size in sizes.Order())
    {
        if (wanted.Contains("import")) await ImportRow.RunAsync(cluster, table, size);
    }

    if (wanted.Contains("start")) await StartRow.RunAsync(cluster, table);
    table.Print();
    if (write) table.Write($"{begun:yyyy-MM-dd HH:mm} UTC, {(DateTime.UtcNow - begun).TotalMinutes:0} minutes · {Machine.Describe()} · PostgreSQL {cluster.Version}, fsync and synchronous_commit on · .NET {Environment.Version} · {Load.Clients} clients, {seconds} s a run, two runs each, alternating · load of the machine at the end {Machine.Load}");

    async Task RunSizeAsync(Cluster on, int size)
    {
        var database = "town_" + size.ToString(CultureInfo.InvariantCulture);
        Progress.Say($"making a company of {size:#,0} customers");
        var town = await Town.FoundAsync(on, database, size);
        await town.FillAsync(sales: wanted.SetEquals(["plan"]));
        if (wanted.Overlaps(["list", "customer", "search", "filters", "intake", "answers", "memory", "plan"]))
        {
            var (server, _) = await Server.StartAsync(on.DataFolder, on.Super(database));
            await using (server)
            {
                await Calm.NightAsync(on, database);
                await rates.RunAsync(town, server, memory: wanted.Contains("memory") && size == MemorySize());
                if (wanted.Contains("plan")) await PlanRow.RunAsync(town, server, table);
            }
        }

        if (wanted.Contains("cases")) await CasesRow.RunAsync(town, table, TimeSpan.FromSeconds(seconds), rates);
        if (wanted.Contains("hold")) await HoldAsync(town);
        await on.DropAsync(database);
    }

    static async Task HoldAsync(Town town)
    {
        var (server, _) = await Server.StartAsync(town.Cluster.DataFolder, town.Super);
        await using (server)
        {
            Console.WriteLine($"{server.Address}\npid {server.ProcessId}\nCookie: {await server.SignInAsync(Firm.Account, Firm.Password)}\nAuthorization: Bearer {town.Firm.ApiKey}\ncompany {town.Company.Id}\n{town.Super}\n{town.Engine.ConnectionString}\nlog {town.Cluster.Folder}\nEnter ends it.");
            await Console.In.ReadLineAsync();
        }
    }

    int MemorySize() => sizes.Contains(100_000) ? 100_000 : sizes.Max();
}

if (table.Falls == 0) return 0;
Console.Error.WriteLine($"{table.Falls} rows fall short of their bar");
return 1;
