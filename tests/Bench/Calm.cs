using System.Diagnostics;
using Npgsql;

namespace Huitou.Bench;

/// <summary>Waits until nothing works beside what is to be measured: for the program and for its limit alike.</summary>
public static class Calm
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A program that has just begun does the night's work of a company (pairs of files, the care calendar): over a million customers it takes minutes
    /// of both processors, which a shop's server spends at night. When it is done, what it wrote is vacuumed and on the disk.
    /// </summary>
    public static async Task NightAsync(Cluster cluster, string database)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var super = await cluster.OpenAsync(database);
        await Task.Delay(TimeSpan.FromSeconds(5)); // it begins a moment after the first answer
        while (await super.ScalarAsync<long>("select count(*) from kernel_due where due_at <= now() and state = 'Waiting'") > 0 && Stopwatch.GetElapsedTime(begun) < Longest) await Task.Delay(500);
        Progress.Say($"due work is done ({Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s)");
        await super.RunAsync("vacuum analyze");
        await DiskAsync(super);
        await WarmAsync(super);
    }

    // What is in memory on a server that has served for a day: tables and indexes from the smallest on, as far as PostgreSQL's own memory goes.
    // Rows come by COPY, which keeps nothing in memory, and a page read from the disk for the first time would be measured as the program's.
    private static Task WarmAsync(NpgsqlConnection super) => super.RunAsync("""
        create extension if not exists pg_prewarm;
        select sum(pg_prewarm(oid)) from (
          select oid, sum(pg_relation_size(oid)) over (order by pg_relation_size(oid), oid) as so_far
          from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace
        ) r where so_far < 0.8 * (select setting::bigint * 8192 from pg_settings where name = 'shared_buffers')
        """);

    /// <summary>What was written before is on the disk, and no autovacuum looks through it.</summary>
    public static async Task DiskAsync(NpgsqlConnection super)
    {
        var begun = Stopwatch.GetTimestamp();
        while (await super.ScalarAsync<long>("select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'") > 0 && Stopwatch.GetElapsedTime(begun) < Longest) await Task.Delay(500);
        await super.RunAsync("checkpoint");
    }
}
