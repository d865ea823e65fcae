using System.Diagnostics;
using System.Net.Http.Json;
using Npgsql;

namespace Huitou.Bench.Rows;

/// <summary>(f) A month's plan of the whole company, asked for by the API, against one INSERT … SELECT of the same rows.</summary>
public static class PlanRow
{
    private const double Bar = 2;
    private const int BarFrom = 100_000;
    private static readonly int[] Months = [0, -1, 1];

    public static async Task RunAsync(Town town, Server server, Table table)
    {
        var name = $"month's plan, {town.Customers:#,0} customers";
        Progress.Say(name);
        using var http = new HttpClient { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + town.Firm.ApiKey);
        await using var super = await town.Cluster.OpenAsync(town.Database);
        var (app, limit, rows) = (new List<double>(), new List<double>(), 0L);
        foreach (var months in Months)
        {
            var month = new DateOnly(town.Firm.Today.Year, town.Firm.Today.Month, 1).AddMonths(months);
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsJsonAsync("/api/v1/cycles", new { month = month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture) });
            app.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The plan answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}\n{server.Log()}");
            rows = await super.ScalarAsync<long>("select count(*) from followups_cycle_item");
            var cycle = await super.ScalarAsync<Guid>("select id from followups_cycle");
            await EmptyAsync(super, "followups_cycle_item");

            var (took, written) = await ByHandAsync(town, cycle, month);
            limit.Add(took);
            if (written != rows) throw new InvalidOperationException($"The plan of {month} has {rows} rows, the limit wrote {written}.");
            await EmptyAsync(super, "followups_cycle_item", "followups_cycle");
        }

        var ratio = app.Order().ElementAt(1) / limit.Order().ElementAt(1);
        table.Lines.Add(new("plan", name, app.Order().ElementAt(1), limit.Order().ElementAt(1), "ms", ratio, town.Customers >= BarFrom ? Bar : null, false, $"median of {Months.Length} months, {rows:#,0} contacts"));
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
