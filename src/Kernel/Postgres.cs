using System.Security.Cryptography;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// What only PostgreSQL needs: two roles (<c>huitou_owner</c> owns the tables and migrates; <c>huitou_app</c> is what the
/// program signs in as, neither owner nor superuser) and row-level security by company on every table that has one.
/// </summary>
public static class Postgres
{
    public const string Owner = "huitou_owner";
    public const string App = "huitou_app";

    /// <summary>As <c>app.reader</c>: the company's own work, which levels of secrecy do not stop.</summary>
    public const string ReadsAll = "*";

    /// <summary>Tables that carry a company but no company rule: sign-in, claims of jobs, links, numbers. No personal data beyond sign-in.</summary>
    public static readonly string[] PlatformPrefixes = ["kernel_", "access_account", "access_api_key"];

    /// <summary>
    /// Makes the roles and rights where the given account may, keeps their passwords in <c>database.key</c> of the data folder
    /// (readable by the owner of the process only), and returns the engine that signs in as <c>huitou_app</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The account may not make roles; the message holds the SQL to run by hand.</exception>
    public static async Task<Engine> PrepareAsync(string connectionString, string dataFolder, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(dataFolder);
        var given = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = 15 };
        if (given.Username == App) return Engine.Postgres(Tuned(given), given.ConnectionString, dataFolder);

        var keyFile = Path.Combine(dataFolder, "database.key");
        var known = File.Exists(keyFile);
        var secret = known ? (await File.ReadAllTextAsync(keyFile, cancel)).Trim() : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        if (!known)
        {
            await File.WriteAllTextAsync(keyFile, secret, cancel);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        // Not pooled: a session that waits in a pool keeps the migration's lock, and the next node would wait for it.
        var owner = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Username = Owner, Password = secret, Pooling = false };
        var app = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Username = App, Password = secret };
        if (known && await IsPreparedAsync(Tuned(app), cancel)) return Engine.Postgres(Tuned(app), owner.ConnectionString, dataFolder);

        var sql = RolesSql(secret, given.Database ?? "postgres");
        await using var connection = new NpgsqlConnection(given.ConnectionString);
        await connection.OpenAsync(cancel);
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException("This database account may not create roles. Let an administrator run:\n" + sql.Replace(secret, "<password>", StringComparison.Ordinal), refused);
        }

        return Engine.Postgres(Tuned(app), owner.ConnectionString, dataFolder);
    }

    /// <summary>
    /// Switches row-level security on, forced, for every table with a company, and gives the app its rights. Safe to run again.
    /// A table whose comment begins with <c>append-only</c> keeps its rows from the app, but for the columns the comment names
    /// in brackets: <c>append-only (place, hash)</c>.
    /// </summary>
    public static async Task ProtectAsync(NpgsqlConnection owner, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(ProtectSql, owner);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What <see cref="ProtectAsync"/> runs.</summary>
    internal static string ProtectSql
    {
        get
        {
            var platform = string.Join(" and ", PlatformPrefixes.Select(p => $"c.table_name not like '{p.Replace("_", "\\_", StringComparison.Ordinal)}%'"));
            return $$"""
            do $$
            declare t record;
            begin
              for t in
                select c.table_name from information_schema.columns c
                join information_schema.tables x on x.table_schema = c.table_schema and x.table_name = c.table_name and x.table_type = 'BASE TABLE'
                where c.table_schema = current_schema() and c.column_name = 'company_id' and {{platform}}
                  and not exists (select 1 from pg_policies p where p.schemaname = current_schema() and p.tablename = c.table_name and p.policyname = 'company')
              loop
                execute format('alter table %I enable row level security', t.table_name);
                execute format('alter table %I force row level security', t.table_name);
                execute format('create policy company on %I to huitou_app using (company_id = nullif(current_setting(''app.company_id'', true), '''')::uuid)', t.table_name);
                execute format('create policy owner on %I to huitou_owner using (true)', t.table_name);
              end loop;
              -- Secret files (B2) once more, below the query filter: read by who is named or granted, at the time the program says.
              -- The ids are gathered once a statement; restrictive, so that it narrows what the company's policy gives.
              if to_regclass('custody_secret') is not null then
                for t in
                  select x.table_name, case when x.table_name = 'customers_customer' then 'id' else 'customer_id' end as file_column from information_schema.tables x
                  where x.table_schema = current_schema() and x.table_type = 'BASE TABLE'
                    and exists (select 1 from information_schema.columns o where o.table_schema = x.table_schema and o.table_name = x.table_name and o.column_name = 'company_id')
                    and (x.table_name = 'customers_customer' or exists (select 1 from information_schema.columns o where o.table_schema = x.table_schema and o.table_name = x.table_name and o.column_name = 'customer_id'))
                    and not exists (select 1 from pg_policies p where p.schemaname = current_schema() and p.tablename = x.table_name and p.policyname = 'secrecy')
                loop
                  execute format('create policy secrecy on %I as restrictive for select to huitou_app using (current_setting(''app.reader'', true) = ''*'' or coalesce(%I <> all (array('
                    'select s.id from custody_secret s where not exists (select 1 from custody_reader r where r.company_id = s.company_id and r.file_id = s.id and r.staff_id::text = current_setting(''app.reader'', true) '
                    'and (r.until is null or r.until > nullif(current_setting(''app.at'', true), '''')::timestamptz)))), true))', t.table_name, t.file_column);
                end loop;
              end if;
              -- Foreign keys hold at the commit: the order of statements inside a transaction is nobody's business.
              for t in
                select c.conname, r.relname as table_name from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
                where c.contype = 'f' and not c.condeferred and n.nspname = current_schema()
              loop
                execute format('alter table %I alter constraint %I deferrable initially deferred', t.table_name, t.conname);
              end loop;
            end $$;
            grant usage on schema public to huitou_app;
            grant select, insert, update, delete on all tables in schema public to huitou_app;
            grant usage on all sequences in schema public to huitou_app;
            revoke insert, update, delete on kernel_migration from huitou_app;
            do $$
            declare t record;
            begin
              for t in
                select c.relname, substring(obj_description(c.oid, 'pg_class') from '\((.*)\)') as columns from pg_class c
                where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and obj_description(c.oid, 'pg_class') like 'append-only%'
              loop
                execute format('revoke update, delete, truncate on %I from huitou_app', t.relname);
                if t.columns is not null then execute format('grant update (%s) on %I to huitou_app', t.columns, t.relname); end if;
              end loop;
            end $$;
            """;
        }
    }

    // The program's own account signs in and the owner may make tables: a start that is not the first.
    private static async Task<bool> IsPreparedAsync(string app, CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(app);
            await connection.OpenAsync(cancel);
            await using var command = new NpgsqlCommand($"select has_schema_privilege('{Owner}', 'public', 'create')", connection);
            return await command.ExecuteScalarAsync(cancel) is true;
        }
        catch (PostgresException) // no such role yet, another password, no such database: the way of the first start says what is wrong
        {
            return false;
        }
    }

    private static string RolesSql(string secret, string database) => $$"""
        do $$
        begin
          if not exists (select 1 from pg_roles where rolname = '{{Owner}}') then create role {{Owner}} login password '{{secret}}'; end if;
          if not exists (select 1 from pg_roles where rolname = '{{App}}') then create role {{App}} login password '{{secret}}'; end if;
          if current_setting('is_superuser') = 'on' or exists (select 1 from pg_roles where rolname = current_user and rolcreaterole) then
            alter role {{Owner}} password '{{secret}}';
            alter role {{App}} password '{{secret}}';
          end if;
        end $$;
        grant connect, temporary on database "{{database.Replace("\"", "\"\"", StringComparison.Ordinal)}}" to {{Owner}}, {{App}};
        grant create, usage on schema public to {{Owner}};
        """;

    // Statements are prepared after their second use: the same few run all day.
    private static string Tuned(NpgsqlConnectionStringBuilder connection)
    {
        if (connection.MaxAutoPrepare == 0)
        {
            connection.MaxAutoPrepare = 200;
            connection.AutoPrepareMinUsages = 2;
        }

        // Nothing outlives a transaction here (the company is set for the transaction only), so nothing has to be reset before each.
        connection.NoResetOnClose = true;

        // A node that stands still (a frozen machine, a long pause) gives back what it holds: without this its locks stop every other node.
        if (string.IsNullOrEmpty(connection.Options)) connection.Options = "-c idle_in_transaction_session_timeout=15s";

        return connection.ConnectionString;
    }
}
