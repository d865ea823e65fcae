using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Huitou.Bench;
using Huitou.Customers.Public;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Huitou.Trials.Faults;

/// <summary>How an act ended for who sent it. 2xx: ok. 4xx: failed. No answer, or 5xx: unknown, and sent again under the same name.</summary>
public enum Ended { No, Ok, Failed, Unknown }

/// <summary>One act from outside. Its name is its idempotency key, and stands in what it writes.</summary>
public sealed class Act(int number, string kind)
{
    public string Name { get; } = $"t-{number:0000000}";
    public string Kind { get; } = kind;
    public string Method { get; set; } = "POST";
    public string Path { get; set; } = "";
    public object? Body { get; set; }
    public Ended Ended { get; set; }
    public string? Place { get; set; }
    /// <summary>Its sender has no patience: what was unknown once is never asked again.</summary>
    public bool GivesUp { get; init; }
    public Changing? Of { get; init; }
    public int Tries { get; set; }
}

/// <summary>A file that is changed again and again, one change at a time.</summary>
public sealed class Changing(Guid id)
{
    public Guid Id { get; } = id;
    public int Version { get; set; }
}

/// <summary>
/// What a shop's day sends, all kinds at once: complaints, new files, changes of files, notes, results of calls, answers of surveys, messages;
/// some that must be refused. Goes on through kills and cuts, and knows in the end of each act whether it was answered, and looks in
/// the database whether it is there: lost = answered ok and not there; doubled = there twice; ghost = refused and there.
/// </summary>
public sealed partial class Mixed
{
    private const int Customers = 600, Changed = 24;
    private readonly List<Guid> customers = [];
    private readonly List<Guid> callable = [];
    private readonly ConcurrentQueue<Changing> changing = new();
    private readonly ConcurrentQueue<Guid> calls = new();
    private readonly ConcurrentQueue<Act> again = new();
    private Dictionary<string, string[]> values = [];
    private Guid survey;
    private int number;

    public required Grounds Grounds { get; init; }
    public Firm Firm { get; private set; } = null!;
    public ConcurrentBag<Act> Acts { get; } = [];
    public ConcurrentBag<string> Wrong { get; } = [];
    /// <summary>Statuses of 5xx other than 503, which says to come again: faults of ours.</summary>
    public ConcurrentBag<string> Broken { get; } = [];
    private int acknowledged;
    public int Acknowledged => acknowledged;
    private long lastOk = Stopwatch.GetTimestamp();
    private long longest;
    /// <summary>The longest time without any act answered ok.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, longest);

    public static async Task<Mixed> FoundAsync(Grounds grounds)
    {
        var mixed = new Mixed { Grounds = grounds };
        mixed.Firm = await Firm.FoundAsync(grounds.Engine, async (inside, db) =>
        {
            var desk = inside.GetRequiredService<CustomerDesk>();
            for (var i = 0; i < Customers; i++)
            {
                var id = await desk.OpenAsync(new OpenCustomer { Name = Town.NameOf(i), Phone = Town.PhoneOf(i), Consents = [ConsentPurpose.Service, ConsentPurpose.FollowUp] });
                if (i < Changed) mixed.changing.Enqueue(new Changing(id));
                else if (i % 2 == 0) mixed.customers.Add(id);
                else mixed.callable.Add(id);
            }

            await db.SaveAsync();
        });
        return mixed;
    }

    /// <summary>Over a company that stands and a program that serves it, by the machine door alone: for a program of another version than this.</summary>
    public static async Task<Mixed> OverAsync(Grounds grounds, Firm firm, string address)
    {
        var mixed = new Mixed { Grounds = grounds, Firm = firm };
        using var http = mixed.Client(address);
        for (var i = 0; i < Changed + 120; i++)
        {
            using var made = await http.PostAsJsonAsync("/api/v1/customers", new { name = Town.NameOf(i), phone = Town.PhoneOf(i), storeId = firm.StoreIds[0], consents = new[] { "Service", "FollowUp" } });
            if (!made.IsSuccessStatusCode) throw new InvalidOperationException(await made.Content.ReadAsStringAsync());
            var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
            if (i < Changed) mixed.changing.Enqueue(new Changing(id));
            else if (i % 2 == 0) mixed.customers.Add(id);
            else mixed.callable.Add(id);
        }

        return mixed;
    }

    /// <summary>What has to be there before: follow-ups to record results of, a survey to answer.</summary>
    public async Task PrepareAsync(string address)
    {
        using var http = Client(address, TimeSpan.FromSeconds(90));
        for (var day = 0; day < 8; day++)
        {
            var on = Firm.Today.AddDays(day + 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            using var added = await http.PostAsJsonAsync("/api/v1/followups", new { customerIds = callable, on, note = "trial" });
            if (!added.IsSuccessStatusCode) throw new InvalidOperationException(await added.Content.ReadAsStringAsync());
        }

        foreach (var id in await TextsAsync("select lower(cast(id as text)) from followups_task")) calls.Enqueue(Guid.Parse(id));
        using var made = await http.PostAsJsonAsync("/api/v1/surveys", new { name = "trial", template = "factors" });
        survey = (await made.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var draft = (await http.GetFromJsonAsync<JsonElement>($"/api/v1/surveys/{survey}")).GetProperty("draft");
        values = draft.GetProperty("sections").EnumerateArray().SelectMany(s => s.GetProperty("questions").EnumerateArray()).ToDictionary(q => q.GetProperty("key").GetString()!, q => q.GetProperty("picks").GetArrayLength() > 0 ? new[] { "o1" } : ["5"]);
        (await http.PostAsJsonAsync($"/api/v1/surveys/{survey}/try", new { values })).EnsureSuccessStatusCode();
        (await http.PostAsync($"/api/v1/surveys/{survey}/publish", null)).EnsureSuccessStatusCode();
    }

    public HttpClient Client(string address, TimeSpan? patience = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = new Uri(address), Timeout = patience ?? TimeSpan.FromSeconds(20) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + Firm.ApiKey);
        return http;
    }

    /// <summary>Sends on and on until told to stop, over whatever the server goes through.</summary>
    public async Task RunAsync(string address, int clients, CancellationToken stop, TimeSpan? patience = null)
    {
        lastOk = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            using var http = Client(address, patience);
            var random = new Random(client);
            while (!stop.IsCancellationRequested)
            {
                if (!again.TryDequeue(out var act)) Acts.Add(act = Next(random));
                if (await SendAsync(http, act)) continue;
                if (act.GivesUp) continue;
                again.Enqueue(act);
                await Task.Delay(50, CancellationToken.None);
            }
        })));
    }

    /// <summary>Sends again what is still unknown, but for those whose senders gave up; then one in twenty of what was answered long ago.</summary>
    public async Task FinishAsync(string address)
    {
        using var http = Client(address);
        for (var rounds = 0; rounds < 2000 && again.TryDequeue(out var act); rounds++)
        {
            if (await SendAsync(http, act)) continue;
            again.Enqueue(act);
            await Task.Delay(200);
        }

        if (!again.IsEmpty) Wrong.Add($"{again.Count} acts got no answer to the end");
        foreach (var act in Acts.Where(a => a.Ended == Ended.Ok).OrderBy(a => a.Name, StringComparer.Ordinal).Where((_, i) => i % 20 == 0).ToList())
        {
            var place = act.Place;
            if (!await SendAsync(http, act) || act.Ended != Ended.Ok || place is not null && act.Place != place) Wrong.Add($"{act.Name} ({act.Kind}) was at {place}; sent again {act.Ended} at {act.Place}");
        }
    }

    // True when the act has ended one way or the other.
    private async Task<bool> SendAsync(HttpClient http, Act act)
    {
        act.Tries++;
        var first = act.Ended is Ended.No or Ended.Unknown;
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(act.Method), act.Path) { Headers = { { "Idempotency-Key", act.Name } }, Content = JsonContent.Create(act.Body) };
            using var answer = await http.SendAsync(request);
            var status = (int)answer.StatusCode;
            if (status >= 500)
            {
                if (status is not (502 or 503 or 504)) Broken.Add($"{act.Name} ({act.Kind}): {status} {await answer.Content.ReadAsStringAsync()}");
                act.Ended = Ended.Unknown;
                return false;
            }

            var body = await answer.Content.ReadAsStringAsync();
            act.Ended = answer.IsSuccessStatusCode ? Ended.Ok : Ended.Failed;
            if (act.Ended == Ended.Ok)
            {
                act.Place = answer.Headers.Location?.ToString() ?? act.Place;
                if (act.Of is { } of && first) of.Version++;
                if (first) Told();
            }
            else if (act.Kind != "refused")
            {
                Wrong.Add($"{act.Name} ({act.Kind}, try {act.Tries}): {status} {body}");
            }

            if (act.Of is { } free && first) changing.Enqueue(free);
            return true;
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException)
        {
            act.Ended = Ended.Unknown;
            return false;
        }
    }

    private void Told()
    {
        Interlocked.Increment(ref acknowledged);
        var now = Stopwatch.GetTimestamp();
        var gap = now - Interlocked.Exchange(ref lastOk, now);
        if (gap > Interlocked.Read(ref longest)) Interlocked.Exchange(ref longest, gap);
    }

    private Act Next(Random random)
    {
        var n = Interlocked.Increment(ref number);
        var anybody = customers[n % customers.Count];
        switch (random.Next(20))
        {
            case 0 or 1 or 2 or 3 or 4:
                return Make("complaint", "/api/v1/complaints", name => new { customerId = anybody, words = $"修了两次还是自动关机 {name}", demand = "换一台新的", channel = "phone", sendReceipt = false });
            case 5 or 6 or 7:
                return Make("customer", "/api/v1/customers", name => new { name = $"新客 {name}", phone = "139" + n.ToString("00000000", CultureInfo.InvariantCulture) });
            case 8 or 9 or 10 when changing.TryDequeue(out var of):
                var change = new Act(n, "change") { Of = of, Method = "PATCH", Path = $"/api/v1/customers/{of.Id}" };
                change.Body = new { note = change.Name, version = of.Version };
                return change;
            case 11 or 12 or 13 when calls.TryDequeue(out var call):
                return Make("call", $"/api/v1/followups/{call}/result", name => new { outcome = "Reached", score = 5, words = $"都好 {name}", byCustomer = true });
            case 14 or 15:
                return Make("answer", $"/api/v1/surveys/{survey}/answers", name => new { channel = "phone", customerId = anybody, storeId = Firm.StoreIds[0], values = new Dictionary<string, string[]>(values) { ["words"] = [name] } });
            case 16:
                return Make("message", "/api/v1/customers/messages", name => new { customerIds = new[] { anybody }, purpose = "Service", words = $"膜到了，方便时来取 {name}" });
            case 17:
                return Make("refused", "/api/v1/complaints", name => new { customerId = Guid.NewGuid(), words = $"没有这个人 {name}", demand = "", channel = "phone", sendReceipt = false });
            default:
                return Make("note", $"/api/v1/customers/{anybody}/notes", name => new { words = $"想换一部拍照好的 {name}" });
        }

        Act Make(string kind, string path, Func<string, object> body)
        {
            var act = new Act(n, kind) { Path = path, GivesUp = n % 25 == 0 };
            act.Body = body(act.Name);
            return act;
        }
    }

    /// <summary>What each kind leaves, once an act.</summary>
    private static readonly (string Kind, string Sql)[] Traces =
    [
        ("complaint", "select words from complaints_complaint"), ("refused", "select words from complaints_complaint"), ("customer", "select name from customers_customer"),
        ("call", "select words from followups_result"), ("message", "select body from messages_message"), ("answer", "select words from surveys_answer"), ("note", "select words from customers_timeline where text_key = 'customers.timeline.note'"),
    ];

    /// <summary>Looks whether everything is there once. A line for the table: acknowledged, lost, doubled, ghosts, unknown to the end and of these there.</summary>
    public async Task<(int Lost, int Doubled, int Ghosts, int Unknown, int There)> CompareAsync(Report report, string name)
    {
        int lost = 0, doubled = 0, ghosts = 0, unknown = 0, there = 0;
        foreach (var (kind, sql) in Traces)
        {
            var found = (await TextsAsync(sql)).Select(t => NameOf().Match(t)).Where(m => m.Success).GroupBy(m => m.Value).ToDictionary(g => g.Key, g => g.Count());
            foreach (var act in Acts.Where(a => a.Kind == kind)) Count(act, found.GetValueOrDefault(act.Name));
        }

        // A file changed so often stands at that version, with the words of its last change.
        foreach (var file in changing.Concat(Acts.Where(a => a.Ended == Ended.Unknown && a.Of is not null).Select(a => a.Of!)))
        {
            var id = file.Id.ToString();
            var version = await Grounds.CountAsync($"select version from customers_customer where lower(cast(id as text)) = '{id}'");
            var open2 = Acts.Count(a => a.Of == file && a.Ended == Ended.Unknown);
            if (version < file.Version) lost += file.Version - (int)version;
            if (version > file.Version + open2) doubled += (int)version - file.Version - open2;
        }

        // Beside each act stand its name and its line of audit, in the same transaction.
        var keys = (await TextsAsync("select key from kernel_once")).ToHashSet();
        foreach (var act in Acts.Where(a => a.Ended == Ended.Ok && !keys.Contains(a.Name))) Wrong.Add($"{act.Name} ({act.Kind}) is acknowledged and its name is not kept");
        foreach (var act in Acts.Where(a => a.Ended == Ended.Failed && keys.Contains(a.Name))) Wrong.Add($"{act.Name} ({act.Kind}) was refused and its name is kept");
        var half = await Grounds.CountAsync("select count(*) from complaints_complaint c where not exists (select 1 from customers_timeline t where t.company_id = c.company_id and t.customer_id = c.customer_id and t.text_key = 'complaints.timeline.opened')");
        if (half > 0) Wrong.Add($"{half} complaints stand without their line of timeline");

        lock (report)
        {
            report.Check($"{name}: {Acknowledged} acknowledged, 0 lost, 0 doubled, 0 ghosts", Acts.Count, [.. Enumerable.Repeat("lost", lost), .. Enumerable.Repeat("doubled", doubled), .. Enumerable.Repeat("ghost", ghosts)]);
            report.Check($"{name}: every retry answered the same, no fault of ours", Acts.Count, [.. Wrong, .. Broken]);
        }

        return (lost, doubled, ghosts, unknown, there);

        void Count(Act act, int times)
        {
            if (times > 1) doubled++;
            if (act.Ended == Ended.Ok && times == 0) lost++;
            if (act.Ended == Ended.Failed && times > 0) ghosts++;
            if (act.Ended is not (Ended.Unknown or Ended.No)) return;
            unknown++;
            if (times > 0) there++;
        }
    }

    public async Task<List<string>> TextsAsync(string sql)
    {
        await using DbConnection connection = Grounds.Engine.IsSqlite ? new SqliteConnection(Grounds.Engine.ConnectionString) : new NpgsqlConnection(Grounds.Database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await reader.ReadAsync()) all.Add(reader.GetString(0));
        return all;
    }

    [GeneratedRegex("t-[0-9]{7}")]
    private static partial Regex NameOf();
}
