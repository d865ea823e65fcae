using System.Data.Common;
using System.Globalization;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Tests.Kernel;

/// <summary>
/// Data of every earlier schema come forward: the migrations run one file at a time, and after each of them rows are planted in every table that
/// is new or has changed, every column filled. In the end each row stands where it stood with the values it had, so the program of before reads it, and
/// can be written again with the columns of its time alone, as that program writes it while the later one starts beside it (expand, then contract).
/// </summary>
public sealed class UpgradeTests
{
    /// <summary>
    /// What a migration changes in rows that stand, or takes away, with the reason; anything else is a loss. Taken away is only what the release before does not
    /// read any more (contract): the reason names that release. These are of before the first one.
    /// </summary>
    private static readonly Dictionary<string, string> Meant = new()
    {
        ["messages_gateway.most_hour"] = "stands in messages_spending since messages/0021_channel, which is carried over there",
        ["messages_gateway.most_day"] = "the same",
        ["messages_gateway.receipt_since"] = "how far receipts were read: read anew for each channel since messages/0021_channel",
    };

    [Theory, Engines]
    public async Task Rows_of_every_earlier_schema_stand_after_the_last(string engine)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var whole = await TestHost.StartAsync(engine);
        var notes = await NotesAsync(whole.Engine);
        var keys = await KeysAsync(whole.Engine);
        var folder = Directory.CreateTempSubdirectory("huitou-test-").FullName;
        var empty = engine == EnginesAttribute.Postgres ? await TestHost.PostgresAsync(folder) : Engine.Sqlite(folder);
        await using var app = HuitouApp.Create(new Settings("serve", "http://127.0.0.1:0", folder, null, Production: true, []), empty);
        var migrator = app.Services.GetRequiredService<Migrator>();
        await using var connection = await OpenAsync(empty);
        await RunAsync(connection, "create table kernel_migration (module text not null, file text not null, hash text not null, at timestamptz not null, primary key (module, file))");
        if (empty.IsPostgres) await RunAsync(connection, "alter table kernel_migration owner to huitou_owner");
        await RunAsync(connection, "create temporary table note as select * from kernel_migration");
        foreach (var note in notes) await RunAsync(connection, "insert into note (module, file, hash, at) values (@a, @b, @c, @d)", note.Module, note.File, note.Hash, DateTime.UtcNow);

        // As releases went: every module's first file, then the next; a file that needs another module's later one comes right after that.
        var order = migrator.Files().Select((f, level) => (f.Module, f.File, Level: level)).OrderBy(f => f.File[..4], StringComparer.Ordinal).ThenBy(f => f.Level).ToList();
        var (planted, shapes, stage) = (new List<Row>(), new Dictionary<string, string>(), 0);
        while (order.Count > 0)
        {
            var moved = false;
            var held = new HashSet<string>();
            foreach (var (module, file, level) in order.ToList())
            {
                if (held.Contains(module)) continue;
                await RunAsync(connection, "delete from kernel_migration");
                await RunAsync(connection, "insert into kernel_migration (module, file, hash, at) select module, file, hash, at from note where module <> @a or file <> @b", module, file);
                try
                {
                    Assert.Equal(1, await migrator.MigrateAsync(cancel));
                }
                catch (InvalidOperationException early) when (early.Message.StartsWith("Migration ", StringComparison.Ordinal) && level > 0 && early.InnerException is DbException { Message: var why } && (why.Contains("no such table", StringComparison.Ordinal) || why.Contains("does not exist", StringComparison.Ordinal) || why.Contains("no such column", StringComparison.Ordinal)))
                {
                    held.Add(module);
                    continue;
                }

                order.Remove((module, file, level));
                moved = true;
                stage++;
                await PlantAsync(connection, empty, keys, shapes, planted, stage, $"{module}/{file}");
            }

            Assert.True(moved, "Nothing goes on before " + string.Join(", ", order.Take(5)));
        }

        var lost = new List<string>();
        foreach (var row in planted)
        {
            var now = await ReadAsync(connection, empty, row.Table, row.Where, row.Key);
            if (now is null) lost.Add($"{row.Table} of {row.Stage}: the row is gone");
            else lost.AddRange(row.Values.Where(v => v.Value != now.GetValueOrDefault(v.Key) && !Meant.ContainsKey($"{row.Table}.{v.Key}")).Select(v => $"{row.Table}.{v.Key} of {row.Stage}: '{v.Value}' is '{now.GetValueOrDefault(v.Key)}'"));
        }

        lost.AddRange(await RefusedAsync(connection, empty, planted));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage} files, {planted.Count} rows in {planted.Select(p => p.Table).Distinct().Count()} tables"));
        Assert.True(stage > 90 && planted.Count > 250, $"{stage} files, {planted.Count} rows");
        Assert.True(lost.Count == 0, $"{lost.Count}:\n" + string.Join("\n", lost.Take(40)));
        var without = shapes.Keys.Except(planted.Select(p => p.Table)).ToList();
        Assert.True(without.Count == 0, "No row could be planted in " + string.Join(", ", without));
        Assert.True(await migrator.IsCurrentAsync(cancel));

        await using var program = await TestHost.StartAsync(engine, over: empty);
        using var answer = await Browser.New(program).GetAsync("/health/ready");
        Assert.Equal("ready", await answer.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>A planted row: how it is found again, and what stood in it.</summary>
    private sealed record Row(string Table, string Stage, string Where, object[] Key, Dictionary<string, string?> Values);

    private sealed record Note(string Module, string File, string Hash);

    /// <summary>A foreign key of the whole schema: also before it is declared its column holds what it will point to.</summary>
    private sealed record Pointing(string Table, string Column, string Parent, string ParentColumn);

    private sealed record Column(string Name, string Type, bool Needed, bool Key);

    private static async Task PlantAsync(DbConnection connection, Engine engine, List<Pointing> keys, Dictionary<string, string> shapes, List<Row> planted, int stage, string file)
    {
        var waiting = new List<(string Table, List<Column> Columns)>();
        var all = await ColumnsAsync(connection, engine);
        foreach (var table in await TablesAsync(connection, engine))
        {
            var columns = all[table];
            var shape = string.Join(",", columns);
            if (shapes.GetValueOrDefault(table) == shape) continue;
            shapes[table] = shape;
            waiting.Add((table, columns));
        }

        // What is pointed to comes first.
        for (var moved = true; moved && waiting.Count > 0;)
        {
            moved = false;
            foreach (var (table, columns) in waiting.ToList())
            {
                // What stands once in a company has its row.
                if (planted.Exists(p => p.Table == table) && columns.Where(c => c.Key).All(c => c.Name == "company_id"))
                {
                    waiting.Remove((table, columns));
                    moved = true;
                    continue;
                }

                if (Values(table, columns, keys, planted, stage) is not { } values) continue;
                var names = values.Keys.ToList();
                try
                {
                    await RunAsync(connection, $"insert into {table} ({string.Join(", ", names.Select(Quoted))}) values ({string.Join(", ", names.Select((_, i) => "@" + (char)('a' + i / 26) + (char)('a' + i % 26)))})", two: true, [.. values.Values]);
                }
                catch (DbException again) when (planted.Exists(p => p.Table == table) && again is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or SqliteException { SqliteExtendedErrorCode: 2067 })
                {
                    // Also what stands once in a company by a rule of its own.
                    waiting.Remove((table, columns));
                    moved = true;
                    continue;
                }
                catch (DbException failed)
                {
                    throw new InvalidOperationException($"{table} after {file}: {failed.Message}", failed);
                }

                var key = columns.Where(c => c.Key).Select(c => c.Name).ToList();
                var where = string.Join(" and ", key.Select((k, i) => $"{Quoted(k)} = @{(char)('a' + i)}"));
                object[] of = [.. key.Select(k => values[k])];
                planted.Add(new Row(table, file, where, of, (await ReadAsync(connection, engine, table, where, of))!));
                waiting.Remove((table, columns));
                moved = true;
            }
        }

        foreach (var (table, _) in waiting) shapes[table] = ""; // again after the next file
    }

    // Every column filled; null where what it points to is not there yet and has to be.
    private static Dictionary<string, object>? Values(string table, List<Column> columns, List<Pointing> keys, List<Row> planted, int stage)
    {
        var values = new Dictionary<string, object>();
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(stage);
        foreach (var column in columns)
        {
            var to = keys.FirstOrDefault(k => k.Table == table && k.Column == column.Name && k.ParentColumn != "company_id") ?? keys.FirstOrDefault(k => k.Table == table && k.Column == column.Name);
            if (to is not null && column.Name != "company_id")
            {
                var parent = planted.LastOrDefault(p => p.Table == to.Parent && p.Values.GetValueOrDefault(to.ParentColumn) is not null);
                if (parent is not null) values[column.Name] = column.Type == "uuid" ? Guid.Parse(parent.Values[to.ParentColumn]!) : parent.Values[to.ParentColumn]!;
                else if (column.Needed) return null;
                continue;
            }

            if (column.Name == "company_id" && table != "kernel_company")
            {
                if (planted.FirstOrDefault(p => p.Table == "kernel_company") is not { } company) return null;
                values[column.Name] = Guid.Parse(company.Values["id"]!);
                continue;
            }

            values[column.Name] = column.Type switch
            {
                "uuid" => Ids.New(),
                "text" => $"{column.Name}-{stage}",
                "bigint" or "integer" => column.Name == "score" ? 1 + stage % 5 : stage, // the only column that minds
                "bytea" or "blob" => new[] { (byte)'b', (byte)('0' + stage % 10), (byte)('0' + stage / 10) },
                "boolean" => true,
                "timestamptz" or "timestamp with time zone" => now,
                "date" => DateOnly.FromDateTime(now.AddDays(stage)),
                "double precision" or "real" or "numeric" => stage + 0.5,
                "tsvector" => "word",
                var other => throw new NotSupportedException($"{table}.{column.Name} is a {other}"),
            };
        }

        return values;
    }

    // Each row taken out and written again as of its time. The keys are those that stood: they are not what is asked here.
    private static async Task<List<string>> RefusedAsync(DbConnection connection, Engine engine, List<Row> planted)
    {
        var refused = new List<string>();
        await RunAsync(connection, engine.IsPostgres ? "set session_replication_role = replica" : "pragma foreign_keys = off");
        foreach (var row in planted)
        {
            var columns = string.Join(", ", row.Values.Keys.Where(c => !Meant.ContainsKey($"{row.Table}.{c}")).Select(Quoted));
            await RunAsync(connection, $"create temporary table taken as select * from {row.Table} where {row.Where}", row.Key);
            await RunAsync(connection, "begin");
            try
            {
                Assert.Equal(1, await RunAsync(connection, $"delete from {row.Table} where {row.Where}", row.Key));
                await RunAsync(connection, $"insert into {row.Table} ({columns}) select {columns} from taken");
            }
            catch (DbException no)
            {
                refused.Add($"{row.Table} cannot be written as of {row.Stage}: {no.Message}");
            }

            await RunAsync(connection, "rollback");
            await RunAsync(connection, "drop table taken");
        }

        await RunAsync(connection, engine.IsPostgres ? "reset session_replication_role" : "pragma foreign_keys = on");
        return refused;
    }

    private static string Quoted(string name) => $"\"{name}\"";

    private static async Task<Dictionary<string, string?>?> ReadAsync(DbConnection connection, Engine engine, string table, string where, object[] key)
    {
        var columns = (await ColumnsAsync(connection, engine, table))[table];
        await using var command = Make(connection, $"select {string.Join(", ", columns.Select(c => $"cast({Quoted(c.Name)} as text)"))} from {table} where {where}", two: false, key);
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) return null;
        return columns.Select((c, i) => (c.Name, Value: reader.IsDBNull(i) ? null : reader.GetString(i))).ToDictionary(c => c.Name, c => c.Value);
    }

    private static Task<List<string>> TablesAsync(DbConnection connection, Engine engine) => ListAsync(connection, engine.IsPostgres
        ? "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'kernel_migration' order by 1"
        // Tables of a full-text index keep themselves.
        : "select name from sqlite_schema t where type = 'table' and name <> 'kernel_migration' and name not like 'sqlite%' and sql not like 'create virtual%' and not exists (select 1 from sqlite_schema v where v.sql like 'create virtual%' and t.name like v.name || '\\_%' escape '\\') order by 1", r => r.GetString(0));

    // Of all tables at once: asked for one by one after each file they took most of the time.
    private static async Task<Dictionary<string, List<Column>>> ColumnsAsync(DbConnection connection, Engine engine, string? only = null) => (await ListAsync(connection, engine.IsPostgres
        ? $"""
          select c.relname, a.attname, format_type(a.atttypid, null), a.attnotnull, coalesce(a.attnum = any (i.indkey), false)
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' left join pg_index i on i.indrelid = c.oid and i.indisprimary
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' {(only is null ? "" : $"and c.relname = '{only}'")} order by c.relname, a.attnum
          """
        : $"select t.name, x.name, lower(x.type), x.\"notnull\" = 1, x.pk > 0 from sqlite_schema t join pragma_table_xinfo(t.name) x where t.type = 'table' and x.hidden = 0 {(only is null ? "" : $"and t.name = '{only}'")} order by t.name, x.cid",
        r => (Table: r.GetString(0), Column: new Column(r.GetString(1), r.GetString(2), Convert.ToBoolean(r.GetValue(3), CultureInfo.InvariantCulture), Convert.ToBoolean(r.GetValue(4), CultureInfo.InvariantCulture)))))
        .GroupBy(c => c.Table).ToDictionary(g => g.Key, g => g.Select(c => c.Column).ToList());

    private static async Task<List<Pointing>> KeysAsync(Engine engine)
    {
        await using var connection = await OpenAsync(engine);
        if (engine.IsPostgres)
        {
            return await ListAsync(connection, """
                select f.conrelid::regclass::text, a.attname, f.confrelid::regclass::text, p.attname
                from pg_constraint f cross join unnest(f.conkey, f.confkey) as k (mine, theirs)
                join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.mine join pg_attribute p on p.attrelid = f.confrelid and p.attnum = k.theirs
                where f.contype = 'f'
                """, r => new Pointing(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3)));
        }

        return await ListAsync(connection, "select t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", 'id') from sqlite_schema t join pragma_foreign_key_list(t.name) f where t.type = 'table'", r => new Pointing(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3)));
    }

    private static async Task<List<Note>> NotesAsync(Engine engine)
    {
        await using var connection = await OpenAsync(engine);
        return await ListAsync(connection, "select module, file, hash from kernel_migration", r => new Note(r.GetString(0), r.GetString(1), r.GetString(2)));
    }

    // Past the row rules: as who plants and looks.
    private static async Task<DbConnection> OpenAsync(Engine engine)
    {
        DbConnection connection = engine.IsPostgres
            ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES")!) { Database = new NpgsqlConnectionStringBuilder(engine.ConnectionString).Database, Pooling = false }.ConnectionString)
            : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<T>> ListAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = Make(connection, sql, two: false);
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<T>();
        while (await reader.ReadAsync()) all.Add(read(reader));
        return all;
    }

    private static Task<int> RunAsync(DbConnection connection, string sql, params object[] values) => RunAsync(connection, sql, two: false, values);

    private static async Task<int> RunAsync(DbConnection connection, string sql, bool two, object[] values)
    {
        await using var command = Make(connection, sql, two, values);
        return await command.ExecuteNonQueryAsync();
    }

    private static DbCommand Make(DbConnection connection, string sql, bool two, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (value, i) in values.Select((v, i) => (v, i)))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = two ? $"{(char)('a' + i / 26)}{(char)('a' + i % 26)}" : ((char)('a' + i)).ToString();
            parameter.Value = value;
            if (parameter is NpgsqlParameter text && value is string) text.NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
