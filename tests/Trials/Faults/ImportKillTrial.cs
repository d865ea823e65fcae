using System.Diagnostics;
using System.Globalization;
using System.Text;
using Huitou.Bench;

namespace Huitou.Trials.Faults;

/// <summary>
/// kill -9 in the middle of an import of purchases, again and again: the command called anew each time, and the server whose own
/// job does an import sent by the API, started again. What stands in the end is what stands after an import nobody disturbed,
/// on both databases.
/// </summary>
public static class ImportKillTrial
{
    private const int Lines = 20_000;
    private const int MostKills = 12;
    // A killed server's work is taken again when its lease is over, a minute later.
    private const int ServerKills = 2;
    private static readonly TimeSpan ServerPatience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(80);

    private static readonly (string What, string Sql)[] Counts =
    [
        ("sales and returns", "select count(*) from goods_sale"),
        ("returns", "select count(*) from goods_sale where kind = 'Return'"),
        ("lines", "select count(*) from goods_sale_line"),
        ("sum of amounts", "select sum(amount) from goods_sale"),
        ("products", "select count(*) from goods_product"),
        ("customers", "select count(*) from customers_customer"),
        ("file numbers", "select count(distinct number) from customers_customer"),
        ("purchases on files", "select sum(purchase_count) from customers_customer"),
        ("totals on files", "select sum(purchase_total) from customers_customer"),
        ("search rows", "select count(*) from customers_search"),
        ("lines of timeline", "select count(*) from customers_timeline"),
        ("refused rows", "select count(*) from sheets_refused_row"),
        ("rows done", "select sum(rows_done) from sheets_import"),
    ];

    public static async Task RunAsync(Report report)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Purchases(), new UTF8Encoding(true));
        // Both at the same time: most of it is waiting for a program to start.
        await Task.WhenAll(new[] { Grounds.SqliteAsync, Grounds.PostgresAsync }.Select(make => Task.Run(async () =>
        {
            var calm = await RunAsync(make, file, 0);
            var disturbed = await RunAsync(make, file, MostKills);
            var wrong = Counts.Where(c => calm.Found[c.What] != disturbed.Found[c.What]).Select(c => $"{c.What}: {calm.Found[c.What]} undisturbed, {disturbed.Found[c.What]} with kills").ToList();
            if (disturbed.Kills == 0) wrong.Add("the import was over before the first kill");
            var served = await ServeAsync(make, file);
            var wrongServed = Counts.Where(c => calm.Found[c.What] != served.Found[c.What]).Select(c => $"{c.What}: {calm.Found[c.What]} undisturbed, {served.Found[c.What]} with kills of the server").ToList();
            if (served.Kills < ServerKills) wrongServed.Add($"the import was over after {served.Kills} kills");
            lock (report) report.Check($"{calm.Name}: the same import done by a server killed {served.Kills} times at {string.Join(' ', served.At)} rows", Counts.Length, wrongServed);
            lock (report) report.Check($"{calm.Name}: import of {Lines} lines, killed {disturbed.Kills} times at {string.Join(' ', disturbed.At)} rows, equals one without kill ({calm.Found["lines"]} lines, {calm.Found["customers"]} customers)", Counts.Length, wrong);
        })));
        File.Delete(file);
    }

    private sealed record Outcome(string Name, Dictionary<string, long> Found, int Kills, List<long> At);

    private static async Task<Outcome> RunAsync(Func<Task<Grounds>> make, string file, int kills)
    {
        await using var grounds = await make();
        await Firm.FoundAsync(grounds.Engine);
        var random = new Random(7);
        var killed = 0;
        var at = new List<long>();
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            string[] words = ["import", "purchases", file, "--data", grounds.Folder];
            if (grounds.Database is not null) words = [.. words, "--database", grounds.Database];
            using var import = Tool.Start(Path.GetFullPath("artifacts/huitou/Huitou"), words);
            var said = Task.WhenAll(import.StandardOutput.ReadToEndAsync(), import.StandardError.ReadToEndAsync());
            if (killed < kills && Stopwatch.GetElapsedTime(begun) < Patience)
            {
                // Killed some moments after it has moved on, wherever it is then.
                var before = await DoneAsync(grounds);
                while (!import.HasExited && await DoneAsync(grounds) <= before) await Task.Delay(5);
                await Task.Delay(random.Next(0, 120));
                if (!import.HasExited)
                {
                    import.Kill();
                    killed++;
                    await import.WaitForExitAsync();
                    await said;
                    at.Add(await DoneAsync(grounds));
                    continue;
                }
            }

            await import.WaitForExitAsync();
            if (import.ExitCode != 0) throw new InvalidOperationException($"{grounds.Name}: the import ended with {import.ExitCode}: {string.Concat(await said)}");
            break;
        }

        var found = new Dictionary<string, long>();
        foreach (var (what, sql) in Counts) found[what] = await grounds.CountAsync(sql);
        Progress.Say($"{grounds.Name}: {found["lines"]} lines after {killed} kills");
        return new(grounds.Name, found, killed, at);
    }

    // The import is sent to a running server, whose job works on it; the server is killed and started again.
    private static async Task<Outcome> ServeAsync(Func<Task<Grounds>> make, string file)
    {
        await using var grounds = await make();
        var firm = await Firm.FoundAsync(grounds.Engine);
        var random = new Random(11);
        var at = new List<long>();
        var sent = false;
        while (true)
        {
            var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/live");
            await using (server)
            {
                if (!sent)
                {
                    using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
                    http.DefaultRequestHeaders.Add("Authorization", "Bearer " + firm.ApiKey);
                    http.DefaultRequestHeaders.Add("Idempotency-Key", "import-kill");
                    using var answer = await http.PostAsync("/api/v1/imports?kind=purchases&fileName=purchases.csv", new ByteArrayContent(await File.ReadAllBytesAsync(file)) { Headers = { { "Content-Type", "text/csv" } } });
                    if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The import was not taken: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    sent = true;
                }

                var before = await DoneAsync(grounds);
                var begun = Stopwatch.GetTimestamp();
                while (!await OverAsync(grounds) && (at.Count >= ServerKills || await DoneAsync(grounds) <= before))
                {
                    if (Stopwatch.GetElapsedTime(begun) > ServerPatience) throw new TimeoutException($"{grounds.Name}: the server did not go on with the import after {before} rows.\n{server.Log()}");
                    await Task.Delay(20);
                }

                if (await OverAsync(grounds)) break;
                await Task.Delay(random.Next(0, 120));
                await server.KillAsync();
                at.Add(await DoneAsync(grounds));
                Progress.Say($"{grounds.Name}: server killed at {at[^1]} rows");
            }
        }

        var found = new Dictionary<string, long>();
        foreach (var (what, sql) in Counts) found[what] = await grounds.CountAsync(sql);
        return new(grounds.Name, found, at.Count, at);
    }

    private static async Task<bool> OverAsync(Grounds grounds) => await grounds.CountAsync("select count(*) from sheets_import where state in ('Done', 'Failed', 'Cancelled')") > 0;

    private static Task<long> DoneAsync(Grounds grounds) => grounds.CountAsync("select coalesce(sum(rows_done), 0) from sheets_import");

    // Returns, walk-in customers, equal lines, rows that must be refused: a shop's own export.
    private static string Purchases()
    {
        var random = new Random(3);
        var text = new StringBuilder("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n");
        var invoice = 500_000;
        var left = 0;
        var (customer, back) = ("", false);
        for (var i = 0; i < Lines; i++)
        {
            if (left-- == 0)
            {
                invoice++;
                left = random.Next(1, 12);
                back = random.Next(20) == 0;
                customer = random.Next(8) == 0 ? "" : random.Next(10_000, 11_500).ToString(CultureInfo.InvariantCulture);
            }

            var product = random.Next(1, 300);
            var quantity = random.Next(200) == 0 ? "x" : (back ? "-" : "") + random.Next(1, 4).ToString(CultureInfo.InvariantCulture);
            var line = string.Create(CultureInfo.InvariantCulture, $"{(back ? "C" : "")}{invoice},P{product},Product {product},{quantity},{new DateTime(2025, 1, 1, 9, 0, 0).AddMinutes(invoice - 500_000):yyyy-MM-dd HH:mm:ss},{product * 1.5:0.00},{customer}\n");
            text.Append(line);
            if (random.Next(40) == 0)
            {
                text.Append(line);
                i++;
            }
        }

        return text.ToString();
    }
}
