using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Huitou.Tests.House;

/// <summary>
/// A person whose name, number, address and mail nobody else has. They are opened, looked for, called, complained for, written to, sold to, exported, and run
/// into every kind of refusal and into a fault. They may stand in the tables and on the pages of who may see them: in no log, trace, metric, address,
/// error page, cache or file. After the erasure they stand nowhere.
/// </summary>
public sealed class CanaryTests
{
    private const string Name = "金丝雀甲乙", Phone = "15911882277", Address = "鸣禽路九百九十一号", Mail = "canary.q7x@example.test", Words = "会唱歌的手机不响了";

    // As they are, as a query string writes them, as JSON may.
    private static readonly string[] Marks = [.. new[] { Name, Phone, Address, Mail, Words }.SelectMany(m => new[] { m, Uri.EscapeDataString(m), WebUtility.HtmlEncode(m), string.Concat(m.Select(c => c < 128 ? c.ToString() : $"\\u{(int)c:X4}")) }).Distinct()];

    private static string? MarkIn(string? text) => text is null ? null : Array.Find(Marks, m => text.Contains(m, StringComparison.OrdinalIgnoreCase));

    [Theory, Engines]
    public async Task A_person_stands_only_where_they_may(string engine)
    {
        var watched = new Watched();
        using var traces = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = watched.Keep };
        ActivitySource.AddActivityListener(traces);
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        metrics.SetMeasurementEventCallback<long>(watched.Measured);
        metrics.SetMeasurementEventCallback<double>(watched.Measured);
        metrics.SetMeasurementEventCallback<int>(watched.Measured);
        metrics.Start();
        await using var host = await TestHost.StartAsync(engine, services => services.AddSingleton<ILoggerProvider>(watched).Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.Debug));
        var shop = await Shop.OpenAsync(host);
        var (manager, general, clerk, nobody) = (shop.As("store-manager"), shop.As("general-manager"), shop.As("other-representative"), Browser.New(host));
        var (pages, wrong) = (new List<(string Address, HttpResponseMessage Answer, string Body)>(), new List<string>());

        // They come in, by page and by API, and everything happens to them.
        await (await (await manager.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", Name), ("In.Phone", Phone), ("In.Service", "true"), ("In.Address", Address), ("In.Email", Mail))).FollowAsync();
        var name = Name; // a parameter of the question, as in the program, and no word of it
        var id = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == name).Select(c => c.Id).SingleAsync());
        var (opened, _, _) = await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = id, words = Words, demand = Words, channel = "counter", sendReceipt = false });
        Assert.Equal(HttpStatusCode.Created, opened);
        var complaint = await shop.LookAsync(db => db.Set<Huitou.Complaints.Complaint>().Select(c => c.Id).SingleAsync());
        await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{id}/notes", new { words = Words });
        await Goods.Scene.SellAsync(shop, id, new DateOnly(2026, 11, 1));
        await host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Messenger>().Send(new Outgoing(id, Phone, Name, Words, "surveys.purpose.rating", null, Ids.New().ToString()));
            services.GetRequiredService<Messenger>().Send(new Outgoing(id, Mail, Name, Words, "surveys.purpose.rating", null, Ids.New().ToString()));
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();

        // Looked at by who may.
        foreach (var address in new[] { $"/customers/{id}", $"/customers/{id}/edit", $"/complaints/{complaint}", "/customers", "/customers?q=" + Uri.EscapeDataString(Name), "/customers?q=" + Phone, "/find?q=" + Phone, "/complaints", "/sales", "/messages", "/followups", "/", $"/api/v1/customers/{id}", $"/api/v1/customers/{id}/timeline", "/api/v1/customers?q=" + Phone, $"/api/v1/complaints/{complaint}", "/api/v1/customers/export?format=csv", $"/customers/{id}/print" })
        {
            await LookAsync(general, address, mayShow: true);
        }

        Assert.True(pages.Count(p => MarkIn(p.Body) is not null) >= 6, "shown only at " + string.Join(", ", pages.Where(p => MarkIn(p.Body) is not null).Select(p => p.Address)));

        // Refused in every way there is: nobody who is refused learns anything.
        foreach (var (browser, address) in new[]
        {
            (clerk, $"/customers/{id}"), (clerk, $"/complaints/{complaint}"), (clerk, $"/api/v1/customers/{id}"), (clerk, "/customers?q=" + Phone), (clerk, "/access/keys"), (nobody, $"/customers/{id}"), (nobody, "/customers?q=" + Phone),
            (nobody, $"/api/v1/customers?q={Phone}"), (nobody, "/" + Phone), (manager, "/no-such-page/" + Uri.EscapeDataString(Name)), (manager, $"/api/v1/no-such-thing/{Phone}"), (nobody, "/p/" + Phone + Phone),
        })
        {
            await LookAsync(browser, address, mayShow: false, typed: true);
        }

        // The same number again, a file that has changed meanwhile, a body that is none, a fault in the middle.
        await (await manager.OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", Name), ("In.Phone", Phone), ("In.Service", "true"));
        await Keep(await manager.ApiAsync(HttpMethod.Patch, $"/api/v1/customers/{id}", new { note = Words, version = 999 }));
        await Keep(await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = Name, phone = Phone, birthday = Address, ownerId = Words }));
        await Keep(await manager.ApiAsync(HttpMethod.Post, "/api/v1/complaints", new { customerId = Guid.NewGuid(), words = Words }));
        await (await nobody.OpenAsync("/sign-in")).SubmitAsync("sign-in", ("In.Account", Phone), ("In.Password", Words));
        // A rule of the database that no row keeps: the server says which row it was.
        foreach (var table in new[] { "customers_timeline", "customers_customer" }) await RunAsync(host, host.Engine.IsPostgres ? $"alter table {table} add constraint planted check (id is null) not valid" : $"create trigger planted_{table} before insert on {table} begin select raise(abort, 'planted'); end");
        await Keep(await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{id}/notes", new { words = Words }), HttpStatusCode.InternalServerError);
        await Keep(await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = Name + "二", phone = "15911882278", address = Address }), HttpStatusCode.InternalServerError);
        using (var broken = await manager.GetAsync($"/customers/{id}/edit")) Assert.Equal(HttpStatusCode.OK, broken.StatusCode);
        foreach (var table in new[] { "customers_timeline", "customers_customer" }) await RunAsync(host, host.Engine.IsPostgres ? $"alter table {table} drop constraint planted" : $"drop trigger planted_{table}");
        await host.RunDueAsync();
        metrics.RecordObservableInstruments();

        Assert.True(!watched.Lines.IsEmpty && watched.Spans.Count > 50 && watched.Labels.Count > 20, $"{watched.Lines.Count} lines, {watched.Spans.Count} spans, {watched.Labels.Count} labels");
        wrong.AddRange(watched.Lines.Where(l => MarkIn(l) is not null).Select(l => "log: " + Short(l)));
        wrong.AddRange(watched.Spans.Where(l => MarkIn(l) is not null).Select(l => "trace: " + Short(l)));
        wrong.AddRange(watched.Labels.Where(l => MarkIn(l) is not null).Select(l => "metric: " + Short(l)));
        wrong.AddRange(Files(host).Where(f => MarkIn(Encoding.UTF8.GetString(File.ReadAllBytes(f))) is not null).Select(f => "file: " + f));
        wrong.AddRange((await shop.LookAsync(db => db.Set<AuditEntry>().ToListAsync())).Select(a => System.Text.Json.JsonSerializer.Serialize(a)).Where(a => MarkIn(a) is not null).Select(a => "audit: " + Short(a)));
        wrong.AddRange((await shop.LookAsync(db => db.Set<Due>().Select(d => d.Payload + d.Error + d.Key).ToListAsync())).Where(d => MarkIn(d) is not null).Select(d => "due work: " + Short(d)));
        var bundle = Path.Combine(host.Engine.DataFolder, "bundle.zip");
        Assert.Equal(0, await VerbAsync(host.Services, "support-bundle", bundle));
        using (var zip = System.IO.Compression.ZipFile.OpenRead(bundle))
        {
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open());
                if (MarkIn(await reader.ReadToEndAsync(TestContext.Current.CancellationToken)) is { } mark) wrong.Add($"support bundle: {entry.Name} holds {mark}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(40)));

        // Erased: nowhere, for nobody, at once.
        await host.InAsync(shop.Company, async (services, db) =>
        {
            Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([id]));
            await db.SaveAsync();
            return 0;
        });
        foreach (var (address, _, _) in pages.ToList())
        {
            using var after = await general.GetAsync(address);
            var body = await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            foreach (var typed in Marks.Where(m => address.Contains(m, StringComparison.OrdinalIgnoreCase))) body = body.Replace(WebUtility.HtmlEncode(Uri.UnescapeDataString(typed)), "", StringComparison.Ordinal).Replace(typed, "", StringComparison.Ordinal);
            if (MarkIn(body) is { } mark) wrong.Add($"after erasure: {address} shows {mark}");
        }

        await host.RunDueAsync();
        foreach (var mark in new[] { Name, Phone, Address, Mail, Words }) wrong.AddRange((await TablesWithAsync(host.Engine, mark)).Select(t => $"after erasure: {mark} stands in {t}"));
        wrong.AddRange(Files(host).Where(f => MarkIn(Encoding.UTF8.GetString(File.ReadAllBytes(f))) is not null).Select(f => "after erasure, file: " + f));
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(40)));

        async Task LookAsync(Browser browser, string address, bool mayShow, bool typed = false)
        {
            var answer = await browser.GetAsync(address);
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (mayShow && answer.StatusCode == HttpStatusCode.OK) pages.Add((address, answer, body));
            // A refused search may show again what was typed into its box, nothing else of them.
            var said = body;
            if (typed) foreach (var word in new[] { Phone, Name }.Where(w => Uri.UnescapeDataString(address).Contains(w, StringComparison.Ordinal))) said = said.Replace(word, "", StringComparison.Ordinal).Replace(Uri.EscapeDataString(word), "", StringComparison.Ordinal);
            if (!mayShow && MarkIn(said) is { } mark) wrong.Add($"{(int)answer.StatusCode} {address} shows {mark}");
            if (!typed && MarkIn(answer.Headers.Location?.OriginalString) is { } place) wrong.Add($"{address} leads to an address with {place}");
            if (MarkIn(body) is not null && answer.StatusCode == HttpStatusCode.OK && answer.Headers.CacheControl?.NoStore != true) wrong.Add($"{address} may be kept in a cache: {answer.Headers.CacheControl}");
            foreach (var header in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Location").SelectMany(h => h.Value)) if (MarkIn(header) is { } inHeader) wrong.Add($"{address} has {inHeader} in a header");
        }

        async Task Keep((HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Response) answer, HttpStatusCode? expected = null)
        {
            var body = await answer.Response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)answer.Status >= 400, $"{(int)answer.Status} {body}");
            if (expected is { } status) Assert.Equal(status, answer.Status);
            if (MarkIn(body) is { } mark) wrong.Add($"{(int)answer.Status} {answer.Response.RequestMessage?.RequestUri?.AbsolutePath} says {mark}");
        }
    }

    /// <summary>Nightly backups before and after an erasure, each restored by the command and looked through to the last byte.</summary>
    [Theory, Engines]
    public async Task Who_was_erased_is_in_no_backup_after_its_retention(string engine)
    {
        const int keep = 30;
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await (await (await shop.As("store-manager").OpenAsync("/customers/new")).SubmitAsync("save", ("In.Name", Name), ("In.Phone", Phone), ("In.Service", "true"), ("In.Address", Address), ("In.Email", Mail))).FollowAsync();
        var name = Name;
        var id = await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Name == name).Select(c => c.Id).SingleAsync());
        await shop.As("store-manager").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{id}/notes", new { words = Words });
        await host.RunDueAsync();

        var folder = Directory.CreateTempSubdirectory("huitou-test-").FullName;
        var key = Path.Combine(folder, "key");
        try
        {
            Assert.Equal(0, await VerbAsync(host.Services, "backup-key", key));
            var before = await BackupAsync();
            Assert.NotNull(await InBackupAsync(before)); // else the looking finds nothing
            // Killed in the middle: a file that is not whole, and the database as it was read.
            File.Copy(before, before + ".part");
            var work = Directory.CreateDirectory(Path.Combine(host.Engine.DataFolder, "backup-0123456789abcdef")).FullName;
            await File.WriteAllTextAsync(Path.Combine(work, "database"), Name, TestContext.Current.CancellationToken);

            await host.InAsync(shop.Company, async (services, db) =>
            {
                Assert.Equal(1, await services.GetRequiredService<Erasure>().EraseAsync([id]));
                await db.SaveAsync();
                return 0;
            });
            await host.RunDueAsync();
            host.Clock.Forward(TimeSpan.FromDays(1));
            var after = await BackupAsync();
            Assert.Null(await InBackupAsync(after));
            Assert.False(Directory.Exists(work));
            Assert.True(File.Exists(before)); // not older than it may be yet

            // An operator copied the old one away and back: it is as old as it was.
            File.SetLastWriteTimeUtc(before, DateTime.UtcNow.AddYears(1));
            host.Clock.Forward(TimeSpan.FromDays(keep - 1) + TimeSpan.FromSeconds(1));
            var last = await BackupAsync();
            Assert.Equal(new[] { after, last }, Directory.GetFiles(folder, "huitou-*").Order(StringComparer.Ordinal));
            foreach (var backup in new[] { after, last }) Assert.Null(await InBackupAsync(backup));
            Assert.DoesNotContain(Directory.EnumerateFiles(host.Engine.DataFolder, "*", SearchOption.AllDirectories), f => MarkIn(Text(f)) is not null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<string> BackupAsync()
        {
            Assert.Equal(0, await VerbAsync(host.Services, "backup", "--to", folder, "--key", key, "--keep", keep.ToString(CultureInfo.InvariantCulture)));
            return Directory.GetFiles(folder, "huitou-*.backup").Max(StringComparer.Ordinal)!;
        }

        // Restored as by somebody who has no newer ledger: what was in it, and where.
        async Task<string?> InBackupAsync(string backup)
        {
            var place = Directory.CreateTempSubdirectory("huitou-test-").FullName;
            var empty = host.Engine.IsPostgres ? await TestHost.PostgresAsync(place) : Engine.Sqlite(place);
            await using (var app = HuitouApp.Create(new Settings("restore", "http://127.0.0.1:0", place, null, Production: true, []), empty)) Assert.Equal(0, await VerbAsync(app.Services, "restore", "--from", backup, "--key", key));
            SqliteConnection.ClearAllPools();
            try
            {
                foreach (var mark in new[] { Name, Phone, Address, Mail, Words }) if ((await TablesWithAsync(empty, mark)).FirstOrDefault() is { } table) return table;
                return Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).FirstOrDefault(f => MarkIn(Text(f)) is not null);
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        }
    }

    private static Task<int> VerbAsync(IServiceProvider services, string verb, params string[] words) => services.GetServices<ICommand>().Single(c => c.Verb == verb).RunAsync(words, services, TestContext.Current.CancellationToken);

    // Also of a file that is open.
    private static string Text(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private static string Short(string text) => text.Length > 300 ? text[..300] : text;

    private static IEnumerable<string> Files(TestHost host) => Directory.EnumerateFiles(host.Engine.DataFolder, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("huitou.db", StringComparison.Ordinal));

    private static async Task RunAsync(TestHost host, string sql)
    {
        await using var connection = await ConnectAsync(host.Engine);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    // Past the row rules.
    private static async Task<DbConnection> ConnectAsync(Engine engine)
    {
        DbConnection connection = engine.IsPostgres
            ? new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES")!) { Database = new Npgsql.NpgsqlConnectionStringBuilder(engine.ConnectionString).Database, Pooling = false }.ConnectionString)
            : new SqliteConnection(engine.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<string>> TablesWithAsync(Engine engine, string word)
    {
        await using var connection = await ConnectAsync(engine);
        var tables = new List<string>();
        await using var command = connection.CreateCommand();
        command.CommandText = engine.IsPostgres ? "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'" : "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'";
        await using (var reader = await command.ExecuteReaderAsync()) while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        var found = new List<string>();
        foreach (var table in tables)
        {
            command.CommandText = engine.IsPostgres ? $"select * from {table} t where t::text like '%{word}%' limit 1" : $"select * from {table}";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (engine.IsSqlite && !Enumerable.Range(0, reader.FieldCount).Any(i => reader.GetValue(i) is string text && text.Contains(word, StringComparison.Ordinal))) continue;
                found.Add(table);
                break;
            }
        }

        return found;
    }

    private sealed class Watched : ILoggerProvider, ISupportExternalScope, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];
        public ConcurrentQueue<string> Spans { get; } = [];
        public ConcurrentQueue<string> Labels { get; } = [];

        public void Keep(Activity span) => Spans.Enqueue($"{span.OperationName} {span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(t => $"{t.Key}={t.Value}"))} {string.Join(' ', span.Events.Select(e => e.Name + string.Join(' ', e.Tags.Select(t => $"{t.Key}={t.Value}"))))} {string.Join(' ', span.Baggage.Select(b => b.Value))}");

        public void Measured<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            var words = new StringBuilder(instrument.Name);
            foreach (var tag in tags) words.Append(' ').Append(tag.Key).Append('=').Append(tag.Value);
            Labels.Enqueue(words.ToString());
        }

        public ILogger CreateLogger(string categoryName) => this;

        private IExternalScopeProvider? scopes;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var words = new StringBuilder(formatter(state, exception)).Append(' ').Append(exception);
            Add(state);
            scopes?.ForEachScope((scope, to) => Add(scope), words); // as the console does in production
            Lines.Enqueue(words.ToString());

            void Add(object? part)
            {
                words.Append(' ').Append(part);
                if (part is IEnumerable<KeyValuePair<string, object?>> pairs) foreach (var pair in pairs) words.Append(' ').Append(pair.Key).Append('=').Append(pair.Value);
            }
        }

        public void Dispose() { }
    }
}
