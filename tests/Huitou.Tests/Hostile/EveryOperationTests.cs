using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Huitou.Demo;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Every operation of the API whose body holds words, as the program's own description lists them (those of archive and custody have <see cref="HostileTests"/>): each text field
/// takes hostile strings. What was taken stands in the database as it was sent, and nothing breaks down. An operation that comes to be later is tried by itself; where no way
/// to it is found the test says so.
/// </summary>
public sealed partial class EveryOperationTests
{
    private const string Marker = "QZMARK";
    private const string Plain = "甲乙";
    private const int PerOperation = 4;
    private const int PerOther = 2;
    private const int Guesses = 12;
    private const int MostRows = 40;

    /// <summary>One text field: where it stands in the body.</summary>
    private sealed record Field(string[] Path)
    {
        public string Name => string.Join('.', Path);
    }

    private sealed record Operation(string Method, string Path, JsonElement Schema, List<Field> Fields)
    {
        public string Key => $"{Method} {Path}";
    }

    private sealed record Reply(HttpStatusCode Status, string Text)
    {
        public override string ToString() => $"{(int)Status} {Browser.Short(Trace().Replace(Text, ""))}";

        public bool IsTaken => (int)Status < 300;

        /// <summary>The fields it names as wrong, with a point between the parts.</summary>
        public List<string> Marked()
        {
            if (Status != HttpStatusCode.UnprocessableEntity && Status != HttpStatusCode.BadRequest) return [];
            try
            {
                using var problem = JsonDocument.Parse(Text);
                return problem.RootElement.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(e => e.Name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal))] : [];
            }
            catch (JsonException)
            {
                return [];
            }
        }
    }

    /// <summary>Who is let in, at which address, and what the body holds beside the field that is tried.</summary>
    private sealed record Way(Browser Who, string Address, JsonObject Body);

    [Theory, Engines(PostgresLong = true)]
    public async Task Every_text_field_of_every_operation_keeps_every_string(string engine)
    {
        var (probe, wrong) = (new Probe(), new List<string>());
        await using var host = await TestHost.StartAsync(engine, services => services.ConfigureDbContext<Db>(options => options.AddInterceptors(probe)));
        await DemoCompany.MakeAsync(new Settings("serve", "http://127.0.0.1:0", host.Engine.DataFolder, null, Production: false, []), host.Engine, host.Clock.Now());
        var company = (await host.Services.GetRequiredService<Companies>().ReadAsync()).Single(c => c.IsDemo);
        await probe.LearnAsync(host, company);
        var people = new Dictionary<string, Browser>();
        foreach (var account in new[] { "linxiaomei", "admin", "hejianping", "fanyi" }) people[account] = await EveryFormTests.SignInAsync(host, account);

        var rows = new Rows(host, company);
        foreach (var (account, method, address, body) in Before)
        {
            var (status, answer, _) = await people[account].ApiAsync(new(method), await rows.MeantAsync(address), JsonNode.Parse(await rows.MeantAsync(body)));
            if ((int)status >= 300) wrong.Add($"{method} {address}: {(int)status} {answer}");
        }

        rows = new(host, company);
        var others = HostileTests.Doors(host);
        var (_, description, _) = await people["admin"].ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
        var operations = Described(description).Where(o => !others.Contains(o.Key)).ToList();
        var corpus = HostileStrings.Corpus();
        var (next, words, own, tried, told) = (0, 0, 0, 0, 0);
        foreach (var operation in operations)
        {
            if (Closed.ContainsKey(operation.Key) || !operation.Key.StartsWith(HostileStrings.Only, StringComparison.Ordinal)) continue;
            if (await FindWayAsync(operation) is not { } way) continue;
            var kept = new List<(Field Field, List<(string, string)> Columns)>();
            foreach (var field in operation.Fields)
            {
                var name = $"{operation.Key} {field.Name}";
                var marker = $"{Marker}{words + own}Z";
                var (reply, columns) = await probe.FindAsync(marker, () => SendAsync(operation, way, [field], marker));
                if ((int)reply.Status >= 500) wrong.Add($"{name}: plain words broke it ({reply})");
                else if (reply.IsTaken && columns.Count > 0) kept.Add((field, columns));
                else if (reply.IsTaken && !Nowhere.ContainsKey(name)) wrong.Add($"{name}: {marker} was taken and is nowhere");
                else if (!reply.IsTaken && !reply.Marked().Contains(field.Name) && !Forms.ContainsKey(name)) wrong.Add($"{name}: plain words are refused ({reply})");
                if (kept.Count > 0 && kept[^1].Field == field) continue;
                own++;
                for (var i = 0; i < PerOther; i++) await TryAsync(operation, way, [(field, [])], corpus[next++ % corpus.Count]);
            }

            words += kept.Count;
            for (var i = 0; kept.Count > 0 && i < (HostileStrings.IsWhole ? corpus.Count : PerOperation); i++)
            {
                var sent = HostileStrings.IsWhole ? corpus[i] : corpus[next++ % corpus.Count];
                if (await TryAsync(operation, way, kept, sent) || kept.Count == 1) continue;
                foreach (var one in kept) await TryAsync(operation, way, [one], sent);
            }

            if (HostileStrings.IsWhole) TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {operation.Key}, {tried} strings, {wrong.Count} wrong {string.Join("\n", wrong.Skip(told))}");
            told = wrong.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {operations.Count} operations, {words} fields of words, {own} of a form of their own; {tried} strings");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(900)));
        if (HostileStrings.Only.Length > 0) return;
        Assert.True(operations.Count > 90 && words > 150, $"{operations.Count} operations, {words} fields of words");

        // The first of the people and rows with which plain words are taken; what is marked on the way is filled in another way.
        async Task<Way?> FindWayAsync(Operation operation)
        {
            var (said, shut) = (new Dictionary<string, int>(), new HashSet<Browser>());
            var ids = await rows.AddressesAsync(operation.Path);
            foreach (var address in ids)
            {
                foreach (var who in people.Values.Where(p => !shut.Contains(p)))
                {
                    var way = new Way(who, address, await rows.BodyAsync(operation));
                    var reply = (await probe.HoldsAsync([], "", () => SendAsync(operation, way, [], ""))).Answer;
                    for (var attempt = 0; attempt < Guesses && !reply.IsTaken && await rows.GuessAsync(operation, way.Body, reply, attempt); attempt++)
                    {
                        reply = (await probe.HoldsAsync([], "", () => SendAsync(operation, way, [], ""))).Answer;
                    }

                    if (reply.IsTaken) return way;
                    said[$"{reply}"] = said.GetValueOrDefault($"{reply}") + 1;
                    if (reply.Status == HttpStatusCode.Forbidden) shut.Add(who);
                    if (reply.Status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)) break;
                }
            }

            wrong.Add($"{operation.Key}: no way to it ({ids.Count} addresses): {string.Join(" | ", said.OrderByDescending(s => s.Value).Take(5).Select(s => s.Key))}");
            return null;
        }

        // One string in these fields at once. False: refused, by one of them or together.
        async Task<bool> TryAsync(Operation operation, Way way, IReadOnlyList<(Field Field, List<(string, string)> Columns)> into, string sent)
        {
            tried += into.Count;
            var name = $"{operation.Key} {string.Join(' ', into.Select(w => w.Field.Name))}";
            var isWords = into[0].Columns.Count > 0 && HostileStrings.OneLine(sent).Length > 0;
            var (reply, held) = await probe.HoldsAsync([.. into.Select(w => w.Columns)], sent, () => SendAsync(operation, way, [.. into.Select(w => w.Field)], sent));
            if ((int)reply.Status >= 500) wrong.Add($"{name}: {Json(sent)} broke it ({reply})");
            if (!reply.IsTaken)
            {
                // Too long is no wonder; then plain words as long are refused too.
                if (isWords && into.Count == 1 && !Keeps(name, sent) && (await probe.HoldsAsync([], "", () => SendAsync(operation, way, [into[0].Field], new string('长', sent.Length)))).Answer.IsTaken) wrong.Add($"{name}: {Json(sent)} is refused: {reply}");
                return false;
            }

            for (var i = 0; isWords && i < into.Count; i++)
            {
                if (!held[i] && !Keeps($"{operation.Key} {into[i].Field.Name}", sent)) wrong.Add($"{operation.Key} {into[i].Field.Name}: {Json(sent)} did not come back from {string.Join(", ", into[i].Columns)}");
            }

            return true;
        }
    }

    private static bool Keeps(string field, string sent) => Array.Exists(Kept, k => field.StartsWith(k.Field, StringComparison.Ordinal) && k.Holds(sent));

    private static async Task<Reply> SendAsync(Operation operation, Way way, IReadOnlyList<Field> fields, string words)
    {
        var body = (JsonObject)way.Body.DeepClone();
        foreach (var field in fields) Put(body, field.Path, words);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), way.Address) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Huitou", "1");
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await way.Who.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static void Put(JsonObject body, string[] path, JsonNode? value)
    {
        JsonNode at = body;
        for (var i = 0; i < path.Length; i++)
        {
            var last = i == path.Length - 1;
            if (path[i] == "0" && at is JsonArray list)
            {
                if (list.Count == 0) list.Add(last ? value : new JsonObject());
                else if (last) list[0] = value;
                at = list[0] ?? new JsonObject();
            }
            else if (last) at[path[i]] = value;
            else at = at[path[i]] ??= path[i + 1] == "0" ? new JsonArray() : new JsonObject();
        }
    }

    // The operations with words in their bodies.
    private static IEnumerable<Operation> Described(JsonElement description)
    {
        foreach (var path in description.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                if (!method.Value.TryGetProperty("requestBody", out var read) || !read.GetProperty("content").TryGetProperty("application/json", out var json)) continue;
                var schema = new Schemas(description).Whole(json.GetProperty("schema"));
                var fields = new List<Field>();
                Schemas.Texts(schema, [], fields);
                if (fields.Count > 0) yield return new(method.Name.ToUpperInvariant(), path.Name, schema, fields);
            }
        }
    }

    [GeneratedRegex(",\"traceId\":\"[^\"]*\"")]
    private static partial Regex Trace();

    private static string Json(string sent) => JsonSerializer.Serialize(Browser.Short(sent));
}
