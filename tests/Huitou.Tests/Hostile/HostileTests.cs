using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Huitou.Custody;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Tests.Custody;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Huitou.Tests.Hostile;

/// <summary>
/// Every text field of the archive and of custody, found in the bodies that the endpoints accept and not in a list, takes every hostile string and keeps
/// it: what stands in the database afterwards is what was sent, outer white space aside, and in fields of one line control characters and runs of spaces.
/// A field that comes to be later is tried by itself; what is not words but a form of its own (a number, a key, a day) stands in <see cref="Forms"/>.
/// </summary>
public sealed partial class HostileTests
{
    /// <summary>Not free words: it must be refused with a reason or taken, and nothing may break down.</summary>
    private static readonly HashSet<string> Forms =
    [
        // read into a form of their own
        "Phone", "Email", "Website", "Imei", "Plate", "Currency", "Copies", "Days", "Pages", "Until", "FileNumber", "File", "Signature", "Drawn", "Password", "Query", "InForceOn",
        // one of several keys
        "Purpose", "How", "ConsentHow", "Act", "Kind", "Sensitive", "Identity", "Format", "Scale", "Class", "Channel", "Channels", "Language", "Template", "PreferredChannel", "Ready", "Take", "Meant", "Missing[]", "FormSources", "FormFields", "OwnerRoles", "Tier",
        "OutsiderPaper", "Key", "Places", "Id", "LoanDays", "RemindHours", "GrantDays", "Version", "StoreId", "Carrier", "Name@/api/v1/rules/{id:guid}/signatures", "Name@/api/v1/handovers/{id:guid}/signature",
    ];

    /// <summary>Doors whose words go to another module, or whose act happens once in a company: said why.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["POST /api/v1/customers/messages"] = "the words are a message's and go through its templates; tried with the messages",
        ["POST /api/v1/customers/{id:guid}/merge"] = "takes names of fields",
        ["PUT /api/v1/customers/allocation"] = "takes keys and numbers",
    };

    private const int PerField = 10;
    private const string Marker = "QzMark";

    private sealed record Field(string Method, string Route, Type Body, string[] Path)
    {
        public string Name => Path[^1] == "0" ? Path[^2] : Path[^1];
        public bool IsForm => Forms.Contains(Name) || Forms.Contains($"{Name}@{Route}") || Path[^1] == "0" && Forms.Contains(Name + "[]");
        public override string ToString() => $"{Method} {Route} {string.Join('.', Path)}";
    }

    [Theory, Engines(PostgresLong = true)]
    public async Task Every_text_field_of_the_machine_door_keeps_every_string(string engine)
    {
        var heard = new Heard();
        await using var host = await TestHost.StartAsync(engine, services => services.AddSingleton<ILoggerProvider>(heard));
        var world = await World.OpenAsync(host);
        var fields = FieldsOf(host);
        var corpus = HostileStrings.Corpus();
        var (wrong, tried, whole, next, done) = (new List<string>(), 0, 0, 0, 0);
        foreach (var field in fields)
        {
            if (Elsewhere.ContainsKey($"{field.Method} {field.Route}")) continue;
            if (!world.Ways.ContainsKey($"{field.Method} {field.Route}"))
            {
                wrong.Add($"{field}: no way to it is written down");
                continue;
            }

            if (HostileStrings.IsWhole && done++ % 10 == 0) TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {done - 1} of {fields.Count} fields, {tried} strings, {wrong.Count} wrong");

            // Where does it go?
            var marker = $"{Marker}{whole}{tried % 7}";
            var columns = new List<(string Table, string Column)>();
            var stays = false;
            var taken = new List<string>();
            if (!field.IsForm)
            {
                var (status, body) = await world.SendAsync(field, marker);
                if ((int)status >= 300)
                {
                    wrong.Add($"{field}: plain words are refused ({(int)status} {body})");
                    continue;
                }

                columns = await world.FindAsync(marker);
                if (columns.Count == 0)
                {
                    wrong.Add($"{field}: {marker} is nowhere afterwards");
                    continue;
                }

                whole++;
                // Where the next act leaves the one before standing, all are looked for in one go at the end; else each before the next.
                await world.SendAsync(field, marker + "b");
                stays = await world.HoldsAsync(columns, marker);
            }

            var all = field is { Route: "/api/v1/customers", Name: "Name" } or { Route: "/api/v1/customers/{id:guid}/notes" };
            for (var i = 0; i < (all || HostileStrings.IsWhole && !field.IsForm ? corpus.Count : field.IsForm ? 4 : PerField); i++)
            {
                var sent = all || HostileStrings.IsWhole && !field.IsForm ? corpus[i] : corpus[next++ % corpus.Count];
                tried++;
                var (status, body) = await world.SendAsync(field, sent);
                if ((int)status >= 500) wrong.Add($"{field}: {JsonSerializer.Serialize(sent)} broke it ({(int)status}) {heard.Last}");
                else if (field.IsForm || sent.Trim().Length == 0 || HostileStrings.OneLine(sent).Length == 0) continue;
                else if ((int)status >= 300)
                {
                    // Too long is no wonder; then plain words as long are too.
                    if ((int)(await world.SendAsync(field, new string('长', sent.Length))).Status < 300) wrong.Add($"{field}: {JsonSerializer.Serialize(sent)} is refused ({(int)status} {body})");
                }
                else if (stays) taken.Add(sent);
                else if (!await world.HoldsAsync(columns, sent)) wrong.Add(Lost(sent));
            }

            if (taken.Count > 0) wrong.AddRange((await world.MissingAsync(columns, taken)).Select(Lost));
            string Lost(string sent) => $"{field}: {JsonSerializer.Serialize(sent)} did not come back from {string.Join(", ", columns)}";
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{fields.Count} fields, {whole} of them words, {tried} strings, {world.Ways.Count} ways");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(60)));
        Assert.True(whole > 70 && tried > 1_500, $"{whole} fields of words, {tried} strings");

        // And shown they are words: nothing of them became a tag, a handler or a script of the page.
        foreach (var address in world.Shown)
        {
            var page = await world.Shop.As("administrator").OpenAsync(address);
            var foreign = page.Document.All.Where(e => e.Attributes.Any(a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) || e.LocalName is "iframe" or "object" or "embed" or "marquee" || e.LocalName == "script" && !e.HasAttribute("src") && string.IsNullOrEmpty(e.GetAttribute("type")) || e.GetAttribute("href")?.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase) == true).Select(e => e.OuterHtml).Take(3).ToList();
            Assert.True(foreign.Count == 0, $"{address}: {string.Join("\n", foreign)}");
        }
    }

    /// <summary>What no text may hold: half a character, and the character zero. Refused or stored, never a breakdown.</summary>
    [Theory, Engines]
    public async Task What_is_no_text_breaks_nothing(string engine)
    {
        var heard = new Heard();
        await using var host = await TestHost.StartAsync(engine, services => services.AddSingleton<ILoggerProvider>(heard));
        var world = await World.OpenAsync(host);
        var wrong = new List<string>();
        foreach (var field in FieldsOf(host).Where(f => world.Ways.ContainsKey($"{f.Method} {f.Route}")))
        {
            foreach (var raw in new[] { "a\\u0000b", "a\\ud800b", "\\udc00", "\\u0000" })
            {
                var (status, _) = await world.SendAsync(field, "RAW-HERE", json => json.Replace("RAW-HERE", raw, StringComparison.Ordinal));
                if ((int)status >= 500) wrong.Add($"{field}: {raw} broke it ({(int)status}) {heard.Last}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(20)));
    }

    /// <summary>The last thing that broke, for the message of the test.</summary>
    private sealed class Heard : ILoggerProvider, ILogger
    {
        public string Last { get; private set; } = "";
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null) Last = Browser.Short(exception.ToString().ReplaceLineEndings(" "));
        }

        public void Dispose() => GC.SuppressFinalize(this);
    }

    /// <summary>The operations that are tried here, as the description of the API names them.</summary>
    internal static HashSet<string> Doors(TestHost host) => [.. FieldsOf(host).Select(f => $"{f.Method} {Constraint().Replace(f.Route, "}")}")];

    /// <summary>Those of them to which a way is written down.</summary>
    internal static HashSet<string> Tried(TestHost host) => [.. FieldsOf(host).Select(f => $"{f.Method} {f.Route}").Where(d => !Elsewhere.ContainsKey(d)).Select(d => Constraint().Replace(d, "}"))];

    [System.Text.RegularExpressions.GeneratedRegex(@":[a-z]+(\([^)]*\))?}")]
    private static partial System.Text.RegularExpressions.Regex Constraint();

    // Every string in every body of the two modules' endpoints, also within lists and records.
    private static List<Field> FieldsOf(TestHost host)
    {
        var ours = new[] { typeof(CustomersModule).Assembly, typeof(CustodyModule).Assembly };
        var fields = new List<Field>();
        foreach (var door in ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            if (door.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } body || !ours.Contains(body.Assembly)) continue;
            foreach (var method in door.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                Walk(body, [], path => fields.Add(new(method, "/" + door.RoutePattern.RawText!.Trim('/'), body, path)), 0);
            }
        }

        return fields;
    }

    private static void Walk(Type type, string[] before, Action<string[]> found, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0))
        {
            var of = property.PropertyType;
            if (of == typeof(string)) found([.. before, property.Name]);
            else if (of == typeof(string[]) || of == typeof(IReadOnlyList<string>)) found([.. before, property.Name, "0"]);
            else if (of.IsArray && of.GetElementType()!.Namespace?.StartsWith("Huitou", StringComparison.Ordinal) == true && !of.GetElementType()!.IsEnum && depth < 3) Walk(of.GetElementType()!, [.. before, property.Name, "0"], found, depth + 1);
        }
    }
}
