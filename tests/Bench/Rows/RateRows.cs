namespace Huitou.Bench.Rows;

/// <summary>Rows (a) to (d), how many a second against what PostgreSQL does alone, and (g), what memory that takes.</summary>
public sealed class RateRows(Table table, HashSet<string> wanted, TimeSpan time)
{
    private const double ReadBar = 0.10, WriteBar = 0.40, GrowthBar = 1.5;
    private const int BarFrom = 100_000;
    private const double MemoryBar = 500; // MB under load; our own
    // The compiler improves what is hot while it runs, on the same core: a shop's server has been up for days. So a row is
    // measured when the processor time of a request has stopped falling for a few slices, at the latest after a while.
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
    private const int SteadySlices = 4, MostSlices = 36;
    private const double Cheaper = 0.98;
    private readonly Dictionary<(string Name, int Size), double> waits = [];
    private readonly Dictionary<(string Row, int Size), double> rates = [];

    public async Task RunAsync(Town town, Server server, bool memory)
    {
        var cookie = new Dictionary<string, string> { ["Cookie"] = await server.SignInAsync(Firm.Account, Firm.Password), ["Accept-Language"] = "zh-CN" };
        var key = new Dictionary<string, string> { ["Authorization"] = "Bearer " + town.Firm.ApiKey };
        if (memory) await AtRestAsync(server);
        foreach (var read in Reads.All.Where(r => wanted.Contains(r.Row)))
        {
            Task<Got> App(TimeSpan how, int seed) => Load.RunAsync(server.Address, cookie, random => new HttpRequestMessage(HttpMethod.Get, read.Path(town, random)), read.Check, how, seed);
            var (got, limit, each) = await AlternateAsync(App, (how, seed) => PgBench.RunAsync(town, read.Script, how, seed), server, $"{read.Row} at {town.Customers:#,0}");
            Add(read.Row, $"{read.Name}, {town.Customers:#,0} customers", town.Customers, got, limit, each, town.Customers >= BarFrom ? ReadBar : null);
        }

        foreach (var wait in Wait.All.Where(w => wanted.Contains(w.Row))) await WaitAsync(town, server, cookie, wait);
        if (wanted.Contains("intake")) await IntakeAsync(town, server, key);
        if (wanted.Contains("answers")) await AnswersAsync(town, server, key);
        if (memory) table.Lines.Add(new("memory", $"memory under load, {town.Customers:#,0} customers", server.Memory().Highest, null, "MB", server.Memory().Highest, MemoryBar, false, $"highest; {server.Memory().Now:0} MB after it"));
    }

    /// <summary>From 100,000 to 1,000,000 customers a row may become slower by half, not more.</summary>
    public void Growth()
    {
        foreach (var ((row, size), rate) in rates.Where(r => r.Key.Size == 1_000_000).ToList())
        {
            if (!rates.TryGetValue((row, 100_000), out var before)) continue;
            table.Lines.Add(new(row, $"{row}, growth 100,000 → 1,000,000", before, rate, "/s", before / rate, GrowthBar, false, "rate before and after"));
        }

        foreach (var ((name, _), most) in waits.Where(w => w.Key.Size == 1_000_000).ToList())
        {
            if (!waits.TryGetValue((name, 100_000), out var before)) continue;
            table.Lines.Add(new("search", $"{name}, growth 100,000 → 1,000,000", before, most, "ms", most / before, GrowthBar, false, "95 of 100 within, before and after"));
        }
    }

    private async Task WaitAsync(Town town, Server server, Dictionary<string, string> cookie, Wait wait)
    {
        var name = $"{wait.Name}, {town.Customers:#,0} customers";
        Progress.Say(name);
        Task<Got> App(TimeSpan how, int seed) => Load.RunAsync(server.Address, cookie, random => new HttpRequestMessage(HttpMethod.Get, wait.Path(town, random)), _ => { }, how, seed, clients: 1);
        await WarmAsync(App, server);
        var (first, second) = (await App(time, 1), await App(time, 2));
        var most = (first.Most + second.Most) / 2;
        waits[(wait.Name, town.Customers)] = most;
        table.Lines.Add(new(wait.Row, name, most, null, "ms", most, town.Customers >= BarFrom ? Wait.Bar : null, false, $"95 of 100 within, one client, {first.Most:0.0} and {second.Most:0.0}; half within {(first.Median + second.Median) / 2:0.0} ms"));
    }

    private async Task WarmAsync(Func<TimeSpan, int, Task<Got>> app, Server server)
    {
        var (best, steady, all) = (double.MaxValue, 0, new List<string>());
        for (var slice = 0; slice < MostSlices && steady < SteadySlices; slice++)
        {
            var used = server.Processor();
            var span = time < Slice ? time : Slice; // a look, not the record
            var got = await app(span, 0);
            var each = (server.Processor() - used) / (got.Rate * span.TotalSeconds);
            all.Add($"{each:0.00}");
            steady = each < best * Cheaper ? 0 : steady + 1;
            best = Math.Min(best, each);
        }

        Progress.Say($"warm after {all.Count} slices, ms of processor each: {string.Join(' ', all)}");
    }

    private async Task IntakeAsync(Town town, Server server, Dictionary<string, string> key)
    {
        foreach (var (name, row, delay, size) in new[] { ("complaint intake", "intake", (string?)null, town.Customers), ("complaint intake, 2 ms flushes", "intake 2 ms", "2000", town.Customers) })
        {
            await town.Cluster.SetAsync("commit_siblings", delay is null ? null : "0");
            await town.Cluster.SetAsync("commit_delay", delay);
            Task<Got> App(TimeSpan how, int seed) => Load.RunAsync(server.Address, key, random => Intake.Request(town, random), Intake.Check, how, seed);
            await SettleAsync(town, App);
            var (got, limit, each) = await AlternateAsync(App, (how, seed) => PgBench.RunAsync(town, "intake.sql", how, seed, Intake.Variables(town, seed)), server, $"{row} at {town.Customers:#,0}");
            Add(row, $"{name}, {town.Customers:#,0} customers", size, got, limit, each, town.Customers >= BarFrom ? WriteBar : null);
        }

        await town.Cluster.SetAsync("commit_delay", null);
        await town.Cluster.SetAsync("commit_siblings", null);
    }

    /// <summary>The same where so many complaints are there before.</summary>
    public async Task IntakeAsync(Town town, Server server, Dictionary<string, string> key, int cases)
    {
        Task<Got> App(TimeSpan how, int seed) => Load.RunAsync(server.Address, key, random => Intake.Request(town, random), Intake.Check, how, seed);
        var (got, limit, each) = await AlternateAsync(App, (how, seed) => PgBench.RunAsync(town, "intake.sql", how, seed, Intake.Variables(town, seed)), server, $"intake at {cases:#,0} complaints");
        table.Lines.Add(Line.Share("cases", $"complaint intake, {cases:#,0} complaints", got.Rate, limit, town.Customers >= BarFrom ? WriteBar : null, $"half within {got.Median:0.0} ms, 99 of 100 within {got.Slow:0.0} ms, {each:0.00} ms of processor each"));
    }

    private async Task AnswersAsync(Town town, Server server, Dictionary<string, string> key)
    {
        var answers = await Answers.MakeAsync(town, new Uri(server.Address), key);
        Task<Got> App(TimeSpan how, int seed) => Load.RunAsync(server.Address, key, random => answers.Request(town, random), Answers.Check, how, seed);
        await SettleAsync(town, App);
        var (got, limit, each) = await AlternateAsync(App, (how, seed) => PgBench.RunAsync(town, "answers.sql", how, seed, answers.Variables(town, seed)), server, $"answers at {town.Customers:#,0}");
        Add("answers", $"survey answer with loop, {town.Customers:#,0} customers", town.Customers, got, limit, each, town.Customers >= BarFrom ? WriteBar : null);
    }

    // The town was analyzed when the written tables were empty, and sessions that begin then keep plans for that: a foreign key to an answer
    // is looked for by reading all answers, until autovacuum looks again. A shop's server has long had that; pgbench begins its sessions later.
    private static async Task SettleAsync(Town town, Func<TimeSpan, int, Task<Got>> app)
    {
        await app(Slice, 3);
        await using var super = await town.Cluster.OpenAsync(town.Database);
        await super.RunAsync("analyze");
    }

    private async Task AtRestAsync(Server server)
    {
        await Task.Delay(TimeSpan.FromSeconds(5));
        table.Lines.Add(Line.Info("memory", "memory at rest", server.Memory().Now, "MB", "after start and one sign-in"));
    }

    // app, limit, app, limit: what else the machine does meets both.
    private async Task<(Got App, double Limit, double Processor)> AlternateAsync(Func<TimeSpan, int, Task<Got>> app, Func<TimeSpan, int, Task<double>> limit, Server server, string name)
    {
        Progress.Say(name);
        await WarmAsync(app, server);
        await limit(TimeSpan.FromSeconds(2), 0);
        var used = server.Processor();
        var first = await app(time, 1);
        used = server.Processor() - used;
        var firstLimit = await limit(time, 1);
        var usedSecond = server.Processor();
        var second = await app(time, 2);
        used += server.Processor() - usedSecond;
        var secondLimit = await limit(time, 2);
        var each = used / ((first.Rate + second.Rate) * time.TotalSeconds);
        Progress.Say($"{name}: {first.Rate:0} and {second.Rate:0} against {firstLimit:0} and {secondLimit:0} a second, {each:0.00} ms of processor each");
        return (second with { Rate = (first.Rate + second.Rate) / 2 }, (firstLimit + secondLimit) / 2, each);
    }

    private void Add(string row, string name, int size, Got got, double limit, double each, double? bar)
    {
        rates[(row, size)] = got.Rate;
        table.Lines.Add(Line.Share(row, name, got.Rate, limit, bar, $"half within {got.Median:0.0} ms, 99 of 100 within {got.Slow:0.0} ms, {each:0.00} ms of processor each"));
    }
}
