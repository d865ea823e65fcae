namespace Huitou.Bench.Rows;

/// <summary>(h) From the command to the first page, on data that are there already.</summary>
public static class StartRow
{
    private const double Bar = 2;
    private const int Times = 3;

    public static async Task RunAsync(Cluster cluster, Table table)
    {
        Progress.Say("start");
        await table.AddAsync("SQLite", Path.Combine(cluster.Folder, "start"), null);
        await cluster.CreateAsync("start");
        await table.AddAsync("PostgreSQL", cluster.DataFolder, cluster.Super("start"));
    }

    private static async Task AddAsync(this Table table, string engine, string folder, string? database)
    {
        await Server.VerbAsync(folder, database, "migrate");
        var took = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var (server, first) = await Server.StartAsync(folder, database);
            await server.DisposeAsync();
            took.Add(first.TotalSeconds);
        }

        var median = took.Order().ElementAt(Times / 2);
        table.Lines.Add(new("start", $"start to first page, {engine}", median, null, "s", median, Bar, false, $"median of {Times}, on one core"));
    }
}
