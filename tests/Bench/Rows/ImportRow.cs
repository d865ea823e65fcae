using System.Diagnostics;
using System.Globalization;
using System.Text;
using Huitou.Kernel;
using Npgsql;

namespace Huitou.Bench.Rows;

/// <summary>
/// (e) Customers from a table against the least PostgreSQL can do for the same final rows: COPY into bare staging tables and one
/// INSERT … SELECT into each of the same tables, with the same indexes, keys and row rules, as the same role, for a second company.
/// </summary>
public static class ImportRow
{
    private const double Bar = 0.5;
    private const double MemoryBar = 500; // MB
    private const int BarFrom = 100_000;
    private const string Other = "01900000-0000-7fff-8000-000000000001";

    public static async Task RunAsync(Cluster cluster, Table table, int count)
    {
        Progress.Say($"import of {count:#,0} customers");
        // A million rows are long enough to be told once.
        var rounds = count < 1_000_000 ? 2 : 1;
        var highest = 0.0;
        var used = new List<double>();
        var town = await Town.FoundAsync(cluster, "import", 0);
        var app = new List<double>();
        var limit = new List<double>();
        await using var super = await cluster.OpenAsync("import");
        await super.RunAsync("create schema staging; grant usage on schema staging to huitou_app");
        await super.RunAsync($"insert into kernel_company select '{Other}', number + 1, name, trade, zone_id, is_demo, created_at from kernel_company");
        foreach (var under in (string[])["access_region", "access_store", "access_role", "staff_member"]) await CopyCompanyAsync(super, town, under);
        for (var round = 0; round < rounds; round++)
        {
            var file = Path.Combine(cluster.Folder, $"customers-{round}.csv");
            await WriteFileAsync(file, round, count);
            var before = await CountsAsync(super, town);
            await Calm.DiskAsync(super);
            var begun = Stopwatch.GetTimestamp();
            var (said, memory, processor) = await Server.VerbWithMemoryAsync(cluster.DataFolder, cluster.Super("import"), "import", "customers", file, "--company", town.Company.Number.ToString(CultureInfo.InvariantCulture));
            app.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            highest = Math.Max(highest, memory);
            used.Add(processor);
            var after = await CountsAsync(super, town);
            if (after["customers_customer"] - before.GetValueOrDefault("customers_customer") != count) throw new InvalidOperationException("Not all rows became customers: " + said);
            var grown = after.Where(t => t.Value > before.GetValueOrDefault(t.Key)).Select(t => t.Key).ToList();
            limit.Add(await LimitAsync(cluster, super, town, grown, Path.Combine(cluster.Folder, $"rows-{round}")));
            Progress.Say($"import: {app[^1]:0.0} s against {limit[^1]:0.0} s ({string.Join(", ", grown.Select(t => $"{t} {after[t] - before.GetValueOrDefault(t):#,0}"))})");
        }

        table.Lines.Add(Line.Share("import", $"import of {count:#,0} customers", count / app.Average(), count / limit.Average(), count >= BarFrom ? Bar : null, $"rows a second, the whole command; half of it is reached in {2 * limit.Average():0.0} s, it took {app.Average():0.0} s, {used.Average():0.0} s of them processor of the program"));
        table.Lines.Add(new("import", $"memory of that import, {count:#,0} customers", highest, null, "MB", highest, MemoryBar, false, "highest"));
        await super.DisposeAsync();
        await cluster.DropAsync("import");
    }

    // The rows of the product's import are written to files, taken out of the way and stored again by hand for the other company.
    private static async Task<double> LimitAsync(Cluster cluster, NpgsqlConnection super, Town town, List<string> tables, string folder)
    {
        var ordered = await ByReferenceAsync(super, tables);
        Directory.CreateDirectory(folder);
        await Tool.RunAsync("chmod", ["a+rwx", folder]);
        foreach (var t in ordered)
        {
            await super.RunAsync($"drop table if exists staging.{t}; create table staging.{t} as select * from {t} where false; grant all on staging.{t} to huitou_app");
            await super.RunAsync($"copy (select * from {t} x where company_id = '{town.Company.Id}' and not exists (select 1 from {t} y where y.company_id = '{Other}' and y.{await KeyAsync(super, t)} = x.{await KeyAsync(super, t)})) to '{folder}/{t}'");
        }

        await Calm.DiskAsync(super);
        await using var app = new NpgsqlConnection(town.Engine.ConnectionString);
        await app.OpenAsync();
        var begun = Stopwatch.GetTimestamp();
        await app.RunAsync("begin");
        await app.RunAsync($"select set_config('app.company_id', '{Other}', true)");
        foreach (var t in ordered)
        {
            await using (var copy = await app.BeginTextImportAsync($"copy staging.{t} from stdin"))
            {
                using var rows = new StreamReader(Path.Combine(folder, t));
                var part = new char[1 << 20];
                while (await rows.ReadBlockAsync(part) is > 0 and var n) await copy.WriteAsync(part.AsMemory(0, n));
            }

            var columns = await ColumnsAsync(super, t);
            await app.RunAsync($"insert into {t} ({string.Join(", ", columns)}) select {string.Join(", ", columns.Select(c => c == "company_id" ? $"'{Other}'::uuid" : c))} from staging.{t}");
        }

        await app.RunAsync("commit");
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task CopyCompanyAsync(NpgsqlConnection super, Town town, string t)
    {
        var columns = await ColumnsAsync(super, t);
        await super.RunAsync($"set session_replication_role = replica; insert into {t} ({string.Join(", ", columns)}) select {string.Join(", ", columns.Select(c => c == "company_id" ? $"'{Other}'::uuid" : c))} from {t} where company_id = '{town.Company.Id}'; set session_replication_role = origin");
    }

    private static async Task<Dictionary<string, long>> CountsAsync(NpgsqlConnection super, Town town)
    {
        var tables = await super.ListAsync(
            "select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'company_id' and c.table_name not like 'kernel\\_%' and c.table_name not like 'sheets\\_%'",
            r => r.GetString(0));
        var counts = new Dictionary<string, long>();
        foreach (var t in tables) counts[t] = await super.ScalarAsync<long>($"select count(*) from {t} where company_id = '{town.Company.Id}'");
        return counts;
    }

    private static Task<List<string>> ColumnsAsync(NpgsqlConnection super, string t) =>
        super.ListAsync($"select column_name from information_schema.columns where table_schema = 'public' and table_name = '{t}' order by ordinal_position", r => r.GetString(0));

    private static async Task<string> KeyAsync(NpgsqlConnection super, string t) =>
        (await super.ListAsync($"select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = '{t}'::regclass and i.indisprimary and a.attname <> 'company_id'", r => r.GetString(0))).Single();

    // What others point at comes first.
    private static async Task<List<string>> ByReferenceAsync(NpgsqlConnection super, List<string> tables)
    {
        var references = await super.ListAsync("select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f' and conrelid <> confrelid", r => (From: r.GetString(0), To: r.GetString(1)));
        var ordered = new List<string>();
        while (ordered.Count < tables.Count)
        {
            ordered.AddRange(tables.Except(ordered).Where(t => references.All(r => r.From != t || !tables.Contains(r.To) || ordered.Contains(r.To))).ToList());
        }

        return ordered;
    }

    private static async Task WriteFileAsync(string file, int round, int count)
    {
        var text = new StringBuilder("姓名,手机号,门店,客户编号\n");
        for (var i = 1; i <= count; i++)
        {
            var n = round * count + i;
            text.Append(CultureInfo.InvariantCulture, $"{Town.NameOf(n)},{Town.PhoneOf(n)},{1 + n % Firm.Stores:00},W{n:0000000}\n");
        }

        await File.WriteAllTextAsync(file, text.ToString(), new UTF8Encoding(true));
    }
}
