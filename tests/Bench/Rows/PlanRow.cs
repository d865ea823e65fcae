using System.Diagnostics;
using System.Net.Http.Json;
using Npgsql;

namespace Huitou.Bench.Rows;

/// <summary>(f) A month's plan of the whole company, asked for by the API until it is made, against one INSERT … SELECT of the same rows; then its freezing, until every contact is a follow-up.</summary>
public static class PlanRow
{
    private const double Bar = 2;
    private const int BarFrom = 100_000;
    // The running month comes last: it is frozen.
    private static readonly int[] Months = [-1, 1, 0];
    // A month of a million customers is long enough to be measured once.
    private const int OnceFrom = 1_000_000;
    private const double GrowthBar = 12;
    private static readonly Dictionary<int, double> Took = [];

    public static async Task RunAsync(Town town, Server server, Table table)
    {
        var name = $"month's plan, {town.Customers:#,0} customers";
        Progress.Say(name);
        using var http = new HttpClient { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromMinutes(20) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + town.Firm.ApiKey);
        await using var super = await town.Cluster.OpenAsync(town.Database);
        await Calm.NightAsync(town.Cluster, town.Database);
        var (app, limit, contacts) = (new List<double>(), new List<double>(), new List<long>());
        var all = town.Customers >= OnceFrom ? Months[^1..] : Months;
        foreach (var months in all)
        {
            var month = new DateOnly(town.Firm.Today.Year, town.Firm.Today.Month, 1).AddMonths(months);
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsJsonAsync("/api/v1/cycles", new { month = month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture) });
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The plan answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}\n{server.Log()}");
            await MadeAsync(super);
            app.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            var rows = await super.ScalarAsync<long>("select count(*) from followups_cycle_item");
            contacts.Add(rows);
            var cycle = await super.ScalarAsync<Guid>("select id from followups_cycle");
            await EmptyAsync(super, "followups_cycle_item");

            var (byHand, written) = await ByHandAsync(town, cycle, month);
            limit.Add(byHand);
            if (written != rows) throw new InvalidOperationException($"The plan of {month} has {rows} rows, the limit wrote {written}.");
            Progress.Say($"{month}: {app[^1]:0} ms, the statement by hand {limit[^1]:0} ms, {rows} contacts");
            if (months == all[^1]) await FreezeAsync(http, super, server, table, cycle, town.Customers, rows);
            else await EmptyAsync(super, "followups_cycle_item", "followups_cycle");
        }

        var (took, alone) = (app.Order().ElementAt(app.Count / 2), limit.Order().ElementAt(limit.Count / 2));
        var measured = contacts[app.IndexOf(took)];
        table.Lines.Add(new("plan", name, took, alone, "ms", took / alone, town.Customers >= BarFrom ? Bar : null, false, $"{(all.Length > 1 ? $"median of {all.Length} months" : "one month")}, {measured:#,0} contacts"));
        // Of the same month: others have fewer or more sales behind them.
        Took[town.Customers] = app[^1];
        if (Took.TryGetValue(town.Customers / 10, out var before)) table.Lines.Add(new("plan", $"month's plan, growth {town.Customers / 10:#,0} → {town.Customers:#,0}", before, app[^1], "ms", app[^1] / before, GrowthBar, false, "time before and after, the same month"));
    }

    // A large plan is due work: the time runs until its last step is committed.
    private static async Task MadeAsync(NpgsqlConnection super)
    {
        while (await super.ScalarAsync<long>("select count(*) from followups_cycle where steps_done < steps") > 0) await Task.Delay(20);
    }

    // Of the rows that were written by hand, which are the same; nothing is held against it, so it has no bar.
    private static async Task FreezeAsync(HttpClient http, NpgsqlConnection super, Server server, Table table, Guid cycle, int customers, long contacts)
    {
        var (before, begun) = (server.Memory(), Stopwatch.GetTimestamp());
        using var answer = await http.PostAsync($"/api/v1/cycles/{cycle}/freeze", null);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"Freezing answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}\n{server.Log()}");
        while (await super.ScalarAsync<long>("select count(*) from followups_cycle where state = 'Draft'") > 0) await Task.Delay(20);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var without = await super.ScalarAsync<long>("select count(*) from followups_cycle_item where task_id is null");
        if (without > 0) throw new InvalidOperationException($"{without} contacts of {contacts} became no follow-up.");
        var after = server.Memory();
        Progress.Say($"frozen within {took:0} ms");
        table.Lines.Add(Line.Info("plan", $"month's plan frozen, {customers:#,0} customers", took, "ms", $"{contacts:#,0} contacts, {contacts * 1000 / took:#,0} a second; memory {before.Now:0} MB before, {after.Now:0} MB after, {after.Highest:0} MB at its highest since the start"));
    }

    private static async Task EmptyAsync(NpgsqlConnection super, params string[] tables)
    {
        foreach (var table in tables) await super.RunAsync($"delete from {table}");
        foreach (var table in tables) await super.RunAsync($"vacuum {table}");
    }

    private static async Task<(double Took, int Rows)> ByHandAsync(Town town, Guid cycle, DateOnly month)
    {
        await using var app = new NpgsqlConnection(town.Engine.ConnectionString);
        await app.OpenAsync();
        var begun = Stopwatch.GetTimestamp();
        await app.RunAsync("begin");
        await app.RunAsync($"select set_config('app.company_id', '{town.Company.Id}', true)");
        await using var command = new NpgsqlCommand(PgBench.Limit("plan.sql"), app) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("company", town.Company.Id);
        command.Parameters.AddWithValue("cycle", cycle);
        command.Parameters.AddWithValue("month", month);
        var rows = await command.ExecuteNonQueryAsync();
        await app.RunAsync("commit");
        return (Stopwatch.GetElapsedTime(begun).TotalMilliseconds, rows);
    }
}
