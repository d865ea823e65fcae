using System.Net;
using Huitou.Kernel;
using Microsoft.Data.Sqlite;

namespace Huitou;

/// <summary>
/// <c>huitou [verb] [--urls U] [--data DIR] [--database CONN] [--proxies LIST] [--production] [the verb's own words]</c>. Without a verb it
/// serves. Modules bring verbs as <see cref="ICommand"/>.
/// </summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        Settings settings;
        try
        {
            settings = Settings.Read(args);
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message.Split(" (Parameter")[0]);
            return 2;
        }

        Engine engine;
        try
        {
            engine = settings.Database is null ? Engine.Sqlite(settings.DataFolder) : await Postgres.PrepareAsync(settings.Database, settings.DataFolder);
        }
        catch (InvalidOperationException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
        catch (Npgsql.NpgsqlException unreachable)
        {
            await Console.Error.WriteLineAsync($"The database does not answer: {unreachable.Message}\nIs PostgreSQL running, and are host, port and account in --database right?");
            return 1;
        }
        catch (ArgumentException) // its message may hold the password
        {
            await Console.Error.WriteLineAsync("--database is written as \"Host=…;Port=5432;Username=…;Password=…;Database=huitou\".");
            return 2;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The data folder cannot be used: {unusable.Message}\nAnother one: --data DIR");
            return 1;
        }

        try
        {
            return await RunAsync(settings, engine);
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is SqliteReadOnly or SqliteDamaged or SqliteCannotOpen or SqliteNoDatabase)
        {
            await Console.Error.WriteLineAsync($"huitou.db in {settings.DataFolder} cannot be used: {broken.Message}\nAnother folder: --data DIR. A backup is given back by: huitou restore (docs/operations.md)");
            return 1;
        }
    }

    // https://www.sqlite.org/rescode.html
    private const int SqliteReadOnly = 8, SqliteDamaged = 11, SqliteCannotOpen = 14, SqliteNoDatabase = 26;

    private static async Task<int> RunAsync(Settings settings, Engine engine)
    {
        await using var app = HuitouApp.Create(settings, engine);
        if (settings.Verb is "help")
        {
            await using var reading = app.Services.CreateAsyncScope();
            Console.WriteLine("huitou [verb] [--urls U] [--data DIR] [--database CONN] [--proxies LIST] [--production] [the verb's own words]");
            Console.WriteLine($"  {"serve",-14} without a verb: the pages and the API\n  {"migrate",-14} brings the schema forward and ends");
            foreach (var c in reading.ServiceProvider.GetServices<ICommand>().OrderBy(c => c.Verb, StringComparer.Ordinal)) Console.WriteLine($"  {c.Verb,-14} {c.Help}");
            return 0;
        }

        await using (var early = app.Services.CreateAsyncScope())
        {
            if (early.ServiceProvider.GetServices<ICommand>().FirstOrDefault(c => c.BeforeMigration && c.Verb == settings.Verb) is { } first) return await first.RunAsync(settings.Rest, early.ServiceProvider, CancellationToken.None);
        }

        await app.Services.GetRequiredService<Migrator>().MigrateAsync();
        if (settings.Verb is "migrate") return 0;
        if (settings.Verb is "serve")
        {
            if (FreeAddress.WhyNot(settings.Urls) is { } taken)
            {
                await Console.Error.WriteLineAsync(taken);
                return 1;
            }

            foreach (var look in app.Services.GetServices<IBeforeServing>())
            {
                if (await look.PrepareAsync(CancellationToken.None) is not { } why) continue;
                await Console.Error.WriteLineAsync(why);
                return 1;
            }

            return await Serving.RunAsync(app, settings);
        }

        await using var scope = app.Services.CreateAsyncScope();
        var commands = scope.ServiceProvider.GetServices<ICommand>().OrderBy(c => c.Verb, StringComparer.Ordinal).ToList();
        var command = commands.Find(c => c.Verb == settings.Verb);
        if (command is null)
        {
            await Console.Error.WriteLineAsync($"There is no verb '{settings.Verb}'. Verbs: serve, migrate, " + string.Join(", ", commands.Select(c => c.Verb)));
            foreach (var c in commands) await Console.Error.WriteLineAsync($"  {c.Verb,-14} {c.Help}");
            return 2;
        }

        return await command.RunAsync(settings.Rest, scope.ServiceProvider, CancellationToken.None);
    }
}

/// <summary>What the command line said.</summary>
/// <param name="Verb"><c>serve</c>, <c>migrate</c> or a module's verb.</param>
/// <param name="Urls">Addresses to listen on, separated by semicolons.</param>
/// <param name="DataFolder">Folder of everything this installation keeps in files.</param>
/// <param name="Database">PostgreSQL connection string, or null for SQLite.</param>
/// <param name="Production">No demo company, no demo accounts on the sign-in page, logs as JSON.</param>
/// <param name="Rest">The verb's own words.</param>
public sealed record Settings(string Verb, string Urls, string DataFolder, string? Database, bool Production, string[] Rest)
{
    private static readonly string[] Names = ["--urls", "--data", "--database", "--proxies"];

    /// <summary>Proxies that are believed when they name their caller (<see cref="TrustedProxies"/>).</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = TrustedProxies.Read(null);

    public static Settings Read(string[] args)
    {
        string? verb = null, urls = null, data = null;
        var database = Environment.GetEnvironmentVariable("HUITOU_DATABASE");
        var proxies = Environment.GetEnvironmentVariable("HUITOU_PROXIES");
        var production = Environment.GetEnvironmentVariable("HUITOU_PRODUCTION") is "1" or "true";
        var rest = new List<string>();
        // --urls=U is the same as --urls U.
        args = [.. args.SelectMany(word => Names.FirstOrDefault(name => word.StartsWith(name + "=", StringComparison.Ordinal)) is { } name ? [name, word[(name.Length + 1)..]] : new[] { word })];
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => i + 1 < args.Length ? args[++i] : throw new ArgumentException($"{args[i]} needs a value.", nameof(args));
            switch (args[i])
            {
                case "--urls": urls = Value(); break;
                case "--data": data = Value(); break;
                case "--database": database = Value(); break;
                case "--proxies": proxies = Value(); break;
                case "--production": production = true; break;
                case var word when verb is null && !word.StartsWith('-'): verb = word; break;
                case var word when verb is null: throw new ArgumentException($"What is {word}? Known: --urls U, --data DIR, --database CONN, --proxies LIST, --production.", nameof(args));
                case var word: rest.Add(word); break;
            }
        }

        return new(verb ?? "serve", urls ?? "http://localhost:5080", Path.GetFullPath(data ?? "data"), database, production, [.. rest]) { Proxies = TrustedProxies.Read(proxies) };
    }
}
