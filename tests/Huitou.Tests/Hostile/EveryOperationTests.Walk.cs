using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Huitou.Demo;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Hostile;

/// <summary>The way round all operations: the demo company, its people, and for each operation somebody, an address and a body with which it is taken.</summary>
public sealed partial class EveryOperationTests
{
    private const int Guesses = 12;

    /// <summary>One text field: where it stands in the body.</summary>
    internal sealed record Field(string[] Path)
    {
        public string Name => string.Join('.', Path);
    }

    /// <summary>One operation with a body, as the description of the API has it.</summary>
    internal sealed record Operation(string Method, string Path, JsonElement Schema, List<Field> Fields)
    {
        public string Key => $"{Method} {Path}";
    }

    /// <summary>Who is let in, at which address, what the body holds beside the field that is tried, and what was said to it.</summary>
    internal sealed record Way(Browser Who, string Address, JsonObject Body, Reply Reply);

    /// <summary>One walk an engine, for all tests of this class: each undoes what it does.</summary>
    public sealed class Walks : IAsyncDisposable
    {
        private readonly Dictionary<string, Walk> opened = [];

        internal async Task<Walk> OfAsync(string engine) => opened.TryGetValue(engine, out var walk) ? walk : opened[engine] = await Walk.OpenAsync(engine);

        public async ValueTask DisposeAsync()
        {
            foreach (var walk in opened.Values) await walk.DisposeAsync();
        }
    }

    internal sealed class Walk : IAsyncDisposable
    {
        private readonly Dictionary<string, (Way? Way, string Said)> ways = [];
        private readonly Dictionary<string, Browser> people = [];
        private Rows rows = null!;

        public required TestHost Host { get; init; }
        public required Probe Probe { get; init; }

        /// <summary>What went wrong at the beginning.</summary>
        public List<string> Wrong { get; } = [];

        /// <summary>All that take a body.</summary>
        public List<Operation> Operations { get; private set; } = [];

        /// <summary>All that read and may be asked something.</summary>
        public List<Question> Questions { get; private set; } = [];

        public static async Task<Walk> OpenAsync(string engine)
        {
            var probe = new Probe();
            var walk = new Walk { Probe = probe, Host = await TestHost.StartAsync(engine, services => services.ConfigureDbContext<Db>(options => options.AddInterceptors(probe))) };
            await walk.BeginAsync();
            return walk;
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();

        private async Task BeginAsync()
        {
            await DemoCompany.MakeAsync(new Settings("serve", "http://127.0.0.1:0", Host.Engine.DataFolder, null, Production: false, []), Host.Engine, Host.Clock.Now());
            var company = (await Host.Services.GetRequiredService<Companies>().ReadAsync()).Single(c => c.IsDemo);
            await Probe.LearnAsync(Host, company);
            foreach (var account in new[] { "linxiaomei", "admin", "hejianping", "fanyi" }) people[account] = await EveryFormTests.SignInAsync(Host, account);
            await Host.InAsync(company, async (_, db) =>
            {
                foreach (var stands in Stands) Assert.Equal(1, await db.Database.ExecuteSqlRawAsync(stands));
                await db.SaveAsync();
                return 0;
            });
            rows = new(Host, company);
            foreach (var (account, method, address, body) in Before)
            {
                var (status, answer, _) = await people[account].ApiAsync(new(method), await rows.MeantAsync(address), JsonNode.Parse(await rows.MeantAsync(body)));
                if ((int)status >= 300) Wrong.Add($"{method} {address}: {(int)status} {answer}");
            }

            rows = new(Host, company);
            var (_, description, _) = await people["admin"].ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
            Operations = [.. Described(description)];
            Questions = [.. Asked(description)];
        }

        /// <summary>The first of the people and rows with which plain words are taken; what is marked on the way is filled in another way. Where there is none: one that was let in, and what was said.</summary>
        public async Task<(Way? Way, string Said)> FindWayAsync(Operation operation) => ways.TryGetValue(operation.Key, out var found) ? found : ways[operation.Key] = await SeekWayAsync(operation);

        private async Task<(Way? Way, string Said)> SeekWayAsync(Operation operation)
        {
            var (said, shut, refused) = (new Dictionary<string, int>(), new HashSet<Browser>(), (Way?)null);
            foreach (var address in await rows.AddressesAsync(operation.Path))
            {
                foreach (var who in people.Values.Where(p => !shut.Contains(p)))
                {
                    var way = new Way(who, address, await rows.BodyAsync(operation), Unasked);
                    way = await AskAsync(operation, way);
                    for (var attempt = 0; attempt < Guesses && !way.Reply.IsTaken && await rows.GuessAsync(operation, way.Body, way.Reply, attempt); attempt++) way = await AskAsync(operation, way);
                    if (way.Reply.IsTaken) return (way, "");
                    said[$"{way.Reply}"] = said.GetValueOrDefault($"{way.Reply}") + 1;
                    if (way.Reply.Status is HttpStatusCode.UnprocessableEntity) refused ??= way;
                    if (way.Reply.Status == HttpStatusCode.Forbidden) shut.Add(who);
                    if (way.Reply.Status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)) break;
                }
            }

            return (refused, string.Join(" | ", said.OrderByDescending(s => s.Value).Take(5).Select(s => s.Key)));
        }

        private async Task<Way> AskAsync(Operation operation, Way way) => way with { Reply = (await Probe.HoldsAsync([], "", () => SendAsync(operation, way, [], ""))).Answer };

        /// <summary>The body of a way with these words in these fields.</summary>
        public static Task<Reply> SendAsync(Operation operation, Way way, IReadOnlyList<Field> fields, string words) => SendAsync(operation, way, fields, [.. fields.Select(_ => words)]);

        /// <summary>The same with words of its own in each.</summary>
        public static Task<Reply> SendAsync(Operation operation, Way way, IReadOnlyList<Field> fields, IReadOnlyList<string> words)
        {
            var body = (JsonObject)way.Body.DeepClone();
            foreach (var (field, own) in fields.Zip(words)) Put(body, field.Path, own);
            return SendAsync(operation, way, body);
        }

        public static async Task<Reply> SendAsync(Operation operation, Way way, JsonObject body)
        {
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), way.Address) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Huitou", "1");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var response = await way.Who.SendAsync(request);
            return new(response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        /// <summary>Who reads at a path, and at which row; nobody where there is none that is let in.</summary>
        public async Task<(Browser Who, string Address)?> ReaderOfAsync(string path)
        {
            foreach (var address in await rows.AddressesAsync(path))
            {
                foreach (var who in people.Values)
                {
                    if ((await who.ApiAsync(HttpMethod.Get, address)).Status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)) return (who, address);
                }
            }

            return null;
        }

        private static IEnumerable<Question> Asked(JsonElement description)
        {
            foreach (var path in description.GetProperty("paths").EnumerateObject())
            {
                if (!path.Value.TryGetProperty("get", out var get) || !get.TryGetProperty("parameters", out var parameters)) continue;
                var asked = parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()!).ToList();
                if (asked.Count > 0) yield return new(path.Name, asked);
            }
        }

        private static IEnumerable<Operation> Described(JsonElement description)
        {
            foreach (var path in description.GetProperty("paths").EnumerateObject())
            {
                foreach (var method in path.Value.EnumerateObject())
                {
                    if (!method.Value.TryGetProperty("requestBody", out var read) || !read.GetProperty("content").TryGetProperty("application/json", out var json)) continue;
                    var schema = new BodySchemas(description).Whole(json.GetProperty("schema"));
                    var texts = new List<string[]>();
                    BodySchemas.Texts(schema, [], texts);
                    yield return new(method.Name.ToUpperInvariant(), path.Name, schema, texts.ConvertAll(t => new Field(t)));
                }
            }
        }
    }

    private static readonly Reply Unasked = new(HttpStatusCode.Unused, "");

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
}
