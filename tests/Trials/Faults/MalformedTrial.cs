using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Huitou.Bench;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Trials.Faults;

/// <summary>
/// Very many requests that no honest program sends, over every route there is: wrong types, cut-off and nested bodies, wrong kinds of content, letters
/// for ids, forms with fields that are not there, headers and addresses that are no such thing, and lines that are no HTTP; with a key that may do
/// everything, as a signed-in person with valid forms, and as nobody. Seeded: request N is the same each time. None may be answered 5xx, and
/// the memory must not grow. Beside it, files that are bombs, look outside or pretend to be others.
/// </summary>
public static partial class MalformedTrial
{
    private const int Clients = 12;
    // What would end the trial's own way in.
    private static readonly string[] Left = ["sign-out", "/settings/demo", "/access/keys", "/keys", "password", "/health", "second-factor", "sessions"];

    private sealed record Way(string Method, string Pattern, bool Form);
    private sealed record Form(string Path, Dictionary<string, string> Hidden, string[] Fields);

    public static async Task RunAsync(Report report, int count, string? only)
    {
        var figures = new Figures("malformed", "database", "requests", "routes", "2xx", "3xx", "4xx", "no answer (connection closed)", "5xx", "memory early MB", "memory late MB", "bombs: most MB more", "seconds");
        foreach (var make in new[] { ("sqlite", Grounds.SqliteAsync), ("postgres", (Func<Task<Grounds>>)Grounds.PostgresAsync) }.Where(g => only is null || only == g.Item1).Select(g => g.Item2))
        {
            await using var grounds = await make();
            await ThrowAsync(grounds, report, figures, count / 2);
        }

        figures.Write($"`./trial malformed --count {count}`: seeded, {Clients} at a time, a third each with a key that may do everything, as a signed-in person, as nobody.", keep: only is not null);
    }

    private static async Task ThrowAsync(Grounds grounds, Report report, Figures figures, int count)
    {
        var mixed = await Mixed.FoundAsync(grounds);
        var ways = Ways(grounds);
        var (server, _) = await Server.StartAsync(grounds.Folder, grounds.Database, "/health/ready", cores: Machine.AllCores);
        await using (server)
        {
            await mixed.PrepareAsync(server.Address);
            using (var some = new CancellationTokenSource(TimeSpan.FromSeconds(4))) await mixed.RunAsync(server.Address, 4, some.Token);
            var ids = new List<string>();
            foreach (var table in new[] { "customers_customer", "complaints_complaint", "followups_task", "surveys_survey", "access_store", "staff_member", "messages_message", "surveys_answer" })
            {
                try { ids.AddRange(await mixed.TextsAsync($"select lower(cast(id as text)) from {table} limit 20")); }
                catch (System.Data.Common.DbException) { } // a table of another name
            }

            var cookie = await server.SignInAsync(Firm.Account, Firm.Password);
            var forms = await FormsAsync(server, cookie, ways);
            cookie = forms.Cookie;
            Progress.Say($"{grounds.Name}: {ways.Count} routes, {forms.Found.Count} forms");

            var statuses = new ConcurrentDictionary<int, int>();
            var broken = new ConcurrentBag<string>();
            var memory = new List<(int At, double Now)>();
            var next = -1;
            var begun = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
            {
                using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { BaseAddress = new Uri(server.Address), Timeout = TimeSpan.FromSeconds(30) };
                int n;
                while ((n = Interlocked.Increment(ref next)) < count)
                {
                    if (n % (count / 20) == 0)
                    {
                        lock (memory) memory.Add((n, server.Memory().Now));
                        if (n % (count / 5) == 0) Progress.Say($"{grounds.Name}: {n} of {count}, {broken.Count} of 5xx, {server.Memory().Now:0} MB");
                    }

                    var random = new Random(n);
                    var what = "";
                    int status;
                    try
                    {
                        if (n % 10 == 9)
                        {
                            var lines = Raw(random, ways, ids);
                            what = "raw " + Encoding.Latin1.GetString(lines.AsSpan(0, Math.Min(lines.Length, 120))).ReplaceLineEndings("\\n");
                            status = await RawAsync(server.Address, lines);
                        }
                        else
                        {
                            using var request = Request(random, n, ways, forms.Found, ids, mixed.Firm.ApiKey, cookie);
                            what = $"{request.Method} {request.RequestUri} {request.Content?.Headers.ContentType?.MediaType}";
                            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                            status = (int)answer.StatusCode;
                            if (status >= 500) what += " " + (await answer.Content.ReadAsStringAsync()).ReplaceLineEndings(" ");
                            else await answer.Content.CopyToAsync(Stream.Null);
                        }
                    }
                    catch (Exception none) when (none is HttpRequestException or IOException or SocketException or TaskCanceledException or FormatException)
                    {
                        status = 0;
                    }

                    if (status == 505) status = 400; // the server's own answer to a version of HTTP that does not exist
                    statuses.AddOrUpdate(status, 1, (_, before) => before + 1);
                    if (status >= 500) broken.Add($"request {n}: {status} {(what.Length > 300 ? what[..300] : what)}");
                }
            })));
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            memory.Sort();
            var early = memory.Where(m => m.At >= count / 5 && m.At < count * 2 / 5).Select(m => m.Now).DefaultIfEmpty().Max();
            var late = memory.Where(m => m.At >= count * 4 / 5).Select(m => m.Now).DefaultIfEmpty().Max();

            var before = server.Memory().Now;
            var bombs = await BombsAsync(server, mixed, report, grounds.Name);
            var most = server.Memory().Highest - Math.Max(before, late);

            using (var http = mixed.Client(server.Address))
            {
                using var still = await http.GetAsync("/api/v1/customers?size=1");
                report.Check($"{grounds.Name}: the key still opens, so what was thrown went in to the end", 1, still.IsSuccessStatusCode ? [] : [((int)still.StatusCode).ToString(CultureInfo.InvariantCulture)]);
            }

            int Of(int from) => statuses.Where(s => s.Key >= from && s.Key < from + 100).Sum(s => s.Value);
            report.Check($"{grounds.Name}: {count} malformed requests over {ways.Count} routes, none answered 5xx", count, [.. broken.Order(StringComparer.Ordinal)]);
            report.Check($"{grounds.Name}: memory is flat ({early:0} MB early, {late:0} MB late)", 1, late <= early * 1.15 + 20 ? [] : ["it grows"]);
            report.Check($"{grounds.Name}: bombs take no memory ({most:0} MB more at most)", 1, most < 250 ? [] : [$"{most:0} MB"]);
            if (broken.Count + bombs > 0) await File.WriteAllTextAsync($"artifacts/malformed-{grounds.Name}.log", server.Log());
            string N(double n) => n.ToString("0", CultureInfo.InvariantCulture);
            figures.Add(grounds.Name, N(count), N(ways.Count), N(Of(200)), N(Of(300)), N(Of(400)), N(statuses.GetValueOrDefault(0)), N(Of(500) + bombs), N(early), N(late), N(Math.Max(0, most)), N(seconds));
        }
    }

    private static List<Way> Ways(Grounds grounds)
    {
        var app = HuitouApp.Create(new Settings("trial", "http://127.0.0.1:0", grounds.Folder, null, true, []), grounds.Engine);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => new Way(m, "/" + e.RoutePattern.RawText?.TrimStart('/'), m == "POST" && e.Metadata.Any(x => x.GetType().Name.Contains("ComponentType", StringComparison.Ordinal)))))
            .Where(w => !Left.Any(l => w.Pattern.Contains(l, StringComparison.OrdinalIgnoreCase)) && !w.Pattern.Contains("_framework", StringComparison.Ordinal) && !w.Pattern.EndsWith(".gz", StringComparison.Ordinal) && !w.Pattern.EndsWith(".br", StringComparison.Ordinal))
            .Distinct().OrderBy(w => w.Pattern, StringComparer.Ordinal).ThenBy(w => w.Method, StringComparer.Ordinal)];
    }

    // Pages without parameters are read once, for their forms with valid marks.
    private static async Task<(List<Form> Found, string Cookie)> FormsAsync(Server server, string cookie, List<Way> ways)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(server.Address) };
        var found = new List<Form>();
        foreach (var path in ways.Where(w => w.Form && !w.Pattern.Contains('{', StringComparison.Ordinal)).Select(w => w.Pattern).Distinct())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", cookie } } };
            using var answer = await http.SendAsync(request);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var given in set.Select(s => s.Split(';')[0]).Where(s => s.StartsWith("ht-form", StringComparison.Ordinal) && !cookie.Contains("ht-form", StringComparison.Ordinal))) cookie += "; " + given;
            }

            var html = await answer.Content.ReadAsStringAsync();
            foreach (Match form in FormTag().Matches(html))
            {
                var hidden = new Dictionary<string, string>();
                foreach (Match field in Hidden().Matches(form.Value)) hidden[WebUtility.HtmlDecode(field.Groups["n"].Value)] = WebUtility.HtmlDecode(field.Groups["v"].Value);
                var fields = Named().Matches(form.Value).Select(m => WebUtility.HtmlDecode(m.Groups["n"].Value)).Where(f => !hidden.ContainsKey(f)).Distinct().ToArray();
                if (form.Value.Contains("method=\"post\"", StringComparison.Ordinal) && fields.Length > 0 && !Left.Any(l => form.Value.Contains(l, StringComparison.OrdinalIgnoreCase))) found.Add(new(path, hidden, fields));
            }
        }

        return (found, cookie);
    }

    private static readonly string[] Words =
    [
        "", " ", "null", "undefined", "NaN", "-1", "0", "1", "99999999999999999999", "1e309", "-9223372036854775809", "2147483648", "0x10", "1,5", "true", "２０２６", "2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01T25:61:61Z", "٣", "%", "%00", "%2e%2e%2f", "..", "../../etc/passwd",
        "..\\..\\windows\\win.ini", "'", "\"", "' or 1=1--", "\"; drop table customers_customer;--", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "<svg/onload=1>", "=cmd|' /C calc'!A0", "@SUM(1)", "\u0000", "a\u0000b", "\u202e", "\ufeff", "\uffff", "\ud83d", "𠮷野家", "👩‍👩‍👧‍👦", "Z̸͖̗a̷l̶g̵o̴", "null\r\nX: 1",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-0000-0000-000000000000}", "[]", "{}", "[[[[[[[[]]]]]]]]", "Infinity", "-0", "1_000", "1;2", "a,b,,c", "../", "//", "?", "#", "&", "+", "zh-CN", "xx-YY", "Asia/Nowhere",
    ];

    private static string Word(Random random, List<string> ids) => random.Next(12) switch
    {
        0 => ids.Count == 0 ? "x" : ids[random.Next(ids.Count)],
        1 => Guid.NewGuid().ToString()[..random.Next(1, 36)],
        2 => new string((char)random.Next(32, 0x3000), random.Next(1, 3000)),
        3 => new string('9', random.Next(1, 400)),
        _ => Words[random.Next(Words.Length)],
    };

    // A lone surrogate cannot be sent as UTF-8; everything else can.
    private static string Sent(string word) => new([.. word.Where(c => !char.IsSurrogate(c))]);

    private static string Fill(string pattern, Random random, List<string> ids) => Parameter().Replace(pattern, _ => random.Next(3) > 0 && ids.Count > 0 ? ids[random.Next(ids.Count)] : Uri.EscapeDataString(Sent(Word(random, ids)) is { Length: > 0 } w ? w[..Math.Min(w.Length, 400)] : "x"));

    private static HttpRequestMessage Request(Random random, int n, List<Way> ways, List<Form> forms, List<string> ids, string key, string cookie)
    {
        HttpRequestMessage request;
        var who = n % 3;
        if (who == 1 && forms.Count > 0 && random.Next(2) == 0)
        {
            var form = forms[random.Next(forms.Count)];
            var fields = form.Hidden.Where(h => h.Key is "__RequestVerificationToken" or "_handler" || random.Next(8) > 0).Select(h => KeyValuePair.Create(h.Key, h.Key is "__RequestVerificationToken" or "_handler" || random.Next(6) > 0 ? h.Key == "_once" ? $"m-{n}" : h.Value : Sent(Word(random, ids)))).ToList();
            fields.AddRange(form.Fields.Where(_ => random.Next(6) > 0).Select(f => KeyValuePair.Create(f, Sent(Word(random, ids)))));
            if (random.Next(4) == 0) fields.Add(KeyValuePair.Create(Sent(Word(random, ids)), Sent(Word(random, ids))));
            if (random.Next(5) == 0) fields.Add(fields[random.Next(fields.Count)]);
            request = new HttpRequestMessage(HttpMethod.Post, form.Path + Query(random, ids));
            if (random.Next(3) == 0)
            {
                var parts = new MultipartFormDataContent();
                foreach (var (name, value) in fields.Where(f => f.Key.Length > 0)) parts.Add(new StringContent(value), "\"" + new string([.. name.Where(c => c is > ' ' and < (char)127 and not '"')]) + "\"");
                parts.Add(new ByteArrayContent(Junk(random)), "\"In.Files\"", "\"..%2F..%2Fx.xlsx\"");
                request.Content = parts;
            }
            else request.Content = new FormUrlEncodedContent(fields);
        }
        else
        {
            var way = ways[random.Next(ways.Count)];
            var method = random.Next(12) == 0 ? new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "QUERY" }[random.Next(9)] : way.Method;
            request = new HttpRequestMessage(new HttpMethod(method), Fill(way.Pattern, random, ids) + Query(random, ids));
            if (method is "POST" or "PUT" or "PATCH" or "DELETE" || random.Next(30) == 0) request.Content = Body(random, ids);
        }

        if (who == 0) request.Headers.TryAddWithoutValidation("Authorization", random.Next(20) == 0 ? "Bearer " + Sent(Word(random, ids)) : "Bearer " + key);
        if (who == 1) request.Headers.TryAddWithoutValidation("Cookie", random.Next(20) == 0 ? "ht-form=x; ht-language=" + Uri.EscapeDataString(Sent(Word(random, ids))) + "; huitou=CfDJ8" : cookie);
        if (random.Next(4) == 0) request.Headers.TryAddWithoutValidation(new[] { "Accept-Language", "If-Match", "If-None-Match", "Range", "Accept", "X-Forwarded-For", "X-Forwarded-Proto", "Origin", "Turbo-Frame", "X-Form-Token", "If-Modified-Since", "Content-Encoding", "Expect" }[random.Next(13)], new string([.. Word(random, ids).Where(c => c is >= ' ' and < (char)127)]));
        if (random.Next(4) == 0) request.Headers.TryAddWithoutValidation("Idempotency-Key", random.Next(3) == 0 ? "same" : new string([.. Word(random, ids).Where(c => c is >= ' ' and < (char)127)]));
        return request;
    }

    private static string Query(Random random, List<string> ids)
    {
        if (random.Next(3) == 0) return "";
        var names = new[] { "page", "size", "q", "cursor", "format", "from", "to", "on", "month", "state", "store", "owner", "customer", "customerId", "kind", "by", "sort", "desc", "view", "tab", "year", "day", "id", "in", "after", "channel", "only", "look", "plain", "fileName", "set", "lang", "range", "back" };
        return "?" + string.Join('&', Enumerable.Range(0, random.Next(1, 5)).Select(_ => names[random.Next(names.Length)] + "=" + Uri.EscapeDataString(Sent(Word(random, ids)))));
    }

    private static HttpContent? Body(Random random, List<string> ids)
    {
        var types = new[] { "application/json", "application/json; charset=utf-16", "text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=\"", "application/x-www-form-urlencoded", "application/json-patch+json", "image/svg+xml", "x/y" };
        switch (random.Next(6))
        {
            case 0: return null;
            case 1: return Bytes(Junk(random), types[random.Next(types.Length)]);
            case 2: return Bytes(Encoding.UTF8.GetBytes(Json(random, ids, 0)), types[random.Next(types.Length)]);
            default: return Bytes(Encoding.UTF8.GetBytes(Json(random, ids, 0)), "application/json");
        }
    }

    private static ByteArrayContent Bytes(byte[] bytes, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static readonly string[] Names =
        ["name", "phone", "customerId", "customerIds", "words", "demand", "channel", "storeId", "ownerId", "version", "note", "notes", "from", "to", "on", "month", "outcome", "score", "values", "template", "purpose", "language", "kind", "state", "days", "amount", "currency", "price", "birthday", "items", "lines", "rows", "questions", "sections", "id", "ids", "reason", "title", "text", "key", "url", "email", "address", "until", "at", "seconds", "answers", "subject", "active", "most", "quietFrom", "quietTo", "roles", "permissions", "consents", "tags", "model", "imei"];

    private static string Json(Random random, List<string> ids, int depth)
    {
        if (depth == 0)
        {
            switch (random.Next(14))
            {
                case 0: return "{\"name\":";
                case 1: return new string('[', random.Next(1, 5000));
                case 2: return "{\"a\":\"\\ud800\",\"name\":\"\\ud800\",\"words\":\"\\u0000\"}";
                case 3: return "";
                case 4: return Sent(Word(random, ids));
            }
        }

        switch (random.Next(depth == 0 ? 3 : 9))
        {
            case <= 2 when depth < 4: return "{" + string.Join(',', Enumerable.Range(0, random.Next(0, 9)).Select(_ => $"\"{Names[random.Next(Names.Length)]}\":{Json(random, ids, depth + 1)}")) + "}";
            case 3 when depth < 4: return "[" + string.Join(',', Enumerable.Range(0, random.Next(0, 5)).Select(_ => Json(random, ids, depth + 1))) + "]";
            case 4: return new[] { "null", "true", "false", "0", "-1", "1e400", "99999999999", "1.5", "-9223372036854775808", "2147483647" }[random.Next(10)];
            default: return System.Text.Json.JsonSerializer.Serialize(Sent(Word(random, ids)));
        }
    }

    private static byte[] Junk(Random random)
    {
        var bytes = new byte[random.Next(0, 2000)];
        random.NextBytes(bytes);
        byte[][] starts = [[0x50, 0x4B, 3, 4], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], "%PDF-"u8.ToArray(), "GIF89a"u8.ToArray(), [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "BEGIN:VCARD\n"u8.ToArray(), "BEGIN:VCALENDAR\n"u8.ToArray(), [0x1F, 0x8B, 8], "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"u8.ToArray()];
        return [.. starts[random.Next(starts.Length)], .. bytes];
    }

    private static byte[] Raw(Random random, List<Way> ways, List<string> ids)
    {
        var path = Fill(ways[random.Next(ways.Count)].Pattern, random, ids);
        var text = random.Next(16) switch
        {
            0 => $"GET {path}\r\n\r\n",
            1 => $"GET {path} HTTP/9.9\r\nHost: x\r\n\r\n",
            2 => $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello",
            3 => $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            4 => $"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n",
            5 => $"GET {path}\0 HTTP/1.1\r\nHost: x\r\n\r\n",
            6 => $"GET /{new string('a', random.Next(100, 20000))} HTTP/1.1\r\nHost: x\r\n\r\n",
            7 => $"GET {path} HTTP/1.1\r\nHost: x\r\nX: {new string('b', random.Next(100, 60000))}\r\n\r\n",
            8 => $"GET {path} HTTP/1.1\nHost: x\n\n",
            9 => $"GET /%ff%fe%c0%ae%c0%ae/{(char)random.Next(128, 255)} HTTP/1.1\r\nHost: x\r\n\r\n",
            10 => $"GET {path} HTTP/1.1\r\nHost: x\r\nHost: y\r\nNo colon here\r\n\r\n",
            11 => $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"a\":",
            12 => $"GET http://evil.example{path} HTTP/1.1\r\nHost: [::1\r\n\r\n",
            13 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + new string('\u0001', random.Next(1, 200)),
            14 => string.Concat(Enumerable.Range(0, random.Next(1, 300)).Select(_ => (char)random.Next(0, 256))),
            _ => $"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\nCONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        };
        return Encoding.Latin1.GetBytes(text);
    }

    // The first status that comes back; 0 when the connection is closed without one.
    private static async Task<int> RawAsync(string address, byte[] bytes)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(address).Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(bytes);
        socket.Client.Shutdown(SocketShutdown.Send);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[64];
        try
        {
            var n = await stream.ReadAtLeastAsync(buffer, 12, throwOnEndOfStream: false, patience.Token);
            return n >= 12 && int.TryParse(Encoding.Latin1.GetString(buffer, 9, 3), CultureInfo.InvariantCulture, out var status) ? status : 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    // Files that are bombs, look outside, or pretend to be others: taken or refused, never a fault, never much memory.
    private static async Task<int> BombsAsync(Server server, Mixed mixed, Report report, string name)
    {
        using var http = mixed.Client(server.Address, TimeSpan.FromSeconds(60));
        var sheet = "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{0}</sheetData></worksheet>";
        var xxe = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e;</t></is></c></row></sheetData></worksheet>";
        var laughs = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"ha\">" + string.Concat(Enumerable.Range(1, 12).Select(i => $"<!ENTITY {(char)('a' + i)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + i - 1)};", 10))}\">")) + "]><worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&m;</t></is></c></row></sheetData></worksheet>";
        var outside = Path.Combine(Path.GetTempPath(), "huitou-was-here");
        var cases = new List<(string What, string Path, byte[] Bytes, string Type)>
        {
            ("xlsx of a gigabyte of blanks", "/api/v1/imports?kind=customers&fileName=a.xlsx", Zip(("xl/worksheets/sheet1.xml", Blanks(1 << 30))), "application/octet-stream"),
            ("xlsx with a row of a gigabyte", "/api/v1/imports?kind=customers&fileName=b.xlsx", Zip(("xl/worksheets/sheet1.xml", Text(string.Format(CultureInfo.InvariantCulture, sheet, "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>"), 1 << 29))), "application/octet-stream"),
            ("xlsx with an entity of a file", "/api/v1/imports?kind=customers&fileName=c.xlsx", Zip(("xl/worksheets/sheet1.xml", Text(xxe, 0))), "application/octet-stream"),
            ("xlsx with laughs", "/api/v1/imports?kind=customers&fileName=d.xlsx", Zip(("xl/worksheets/sheet1.xml", Text(laughs, 0))), "application/octet-stream"),
            ("zip with names outside", "/api/v1/imports?kind=customers&fileName=e.xlsx", Zip(("../../../.." + outside, Text("x", 0)), (outside, Text("x", 0))), "application/octet-stream"),
            ("gz of a gigabyte", "/api/v1/imports?kind=customers&fileName=f.csv.gz", Gz(1 << 30), "application/gzip"),
            ("csv of one line without end", "/api/v1/imports?kind=customers&fileName=g.csv", [.. Enumerable.Repeat((byte)'a', 30_000_000)], "text/csv"),
            ("csv of quotes", "/api/v1/imports?kind=customers&fileName=h.csv", [.. "姓名,电话\n\""u8.ToArray(), .. Enumerable.Repeat((byte)'"', 2_000_001)], "text/csv"),
            ("a name that is a path", "/api/v1/imports?kind=customers&fileName=..%2F..%2F..%2Fetc%2Fpasswd.csv", "姓名,电话\n王,13812345678\n"u8.ToArray(), "text/csv"),
            ("picture that is a page", "/api/v1/files?name=..%2F..%2Fx.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. "<script>alert(1)</script>"u8], "image/png"),
            ("gif that is a script", "/api/v1/files?name=a.js", [.. "GIF89a/*"u8, .. "*/=1;alert(1)"u8], "text/javascript"),
            ("svg", "/api/v1/files?name=a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"u8.ToArray(), "image/svg+xml"),
            ("html", "/api/v1/files?name=a.html", "<html><script>alert(1)</script></html>"u8.ToArray(), "text/html"),
            ("xls of noise", "/api/v1/imports?kind=customers&fileName=i.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. Noise(200_000)], "application/octet-stream"),
            ("vcard without end", "/api/v1/imports?kind=customers&fileName=j.vcf", [.. "BEGIN:VCARD\nVERSION:3.0\nFN:"u8, .. Enumerable.Repeat((byte)'x', 5_000_000)], "text/vcard"),
        };
        var wrong = new List<string>();
        foreach (var (what, path, bytes, type) in cases)
        {
            try
            {
                using var answer = await http.PostAsync(path, Bytes(bytes, type));
                if ((int)answer.StatusCode >= 500) wrong.Add($"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                if (what is "svg" or "html" && answer.IsSuccessStatusCode) wrong.Add($"{what} was taken");
                if (answer.IsSuccessStatusCode && path.StartsWith("/api/v1/files", StringComparison.Ordinal))
                {
                    using var shown = await http.GetAsync(answer.Headers.Location);
                    var policy = string.Concat(shown.Headers.TryGetValues("Content-Security-Policy", out var set) ? set : []);
                    if (!policy.Contains("sandbox", StringComparison.Ordinal) || !shown.Headers.Contains("X-Content-Type-Options")) wrong.Add($"{what} is shown without its fence");
                }
            }
            catch (Exception none) when (none is HttpRequestException or TaskCanceledException)
            {
                wrong.Add($"{what}: no answer ({none.GetType().Name})");
            }
        }

        // What was taken as an import is worked off in the background.
        for (var looks = 0; looks < 120 && await mixed.Grounds.CountAsync("select count(*) from sheets_import where state not in ('Done', 'Failed', 'Cancelled', 'Draft', 'Waiting', 'Mapping')") > 0; looks++) await Task.Delay(500);
        if (File.Exists(outside)) wrong.Add("a file was written outside");
        if (await mixed.Grounds.CountAsync("select count(*) from customers_customer where name like '%root:%'") > 0) wrong.Add("an entity was read");
        report.Check($"{name}: bombs, entities, paths and files in disguise are taken or refused, never a fault", cases.Count, wrong);
        return wrong.Count;
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private static Action<Stream> Blanks(int count) => to =>
    {
        var part = Enumerable.Repeat((byte)' ', 1 << 20).ToArray();
        for (var i = 0; i < count >> 20; i++) to.Write(part);
    };

    private static Action<Stream> Text(string text, int more) => to =>
    {
        to.Write(Encoding.UTF8.GetBytes(text));
        var part = Enumerable.Repeat((byte)'a', 1 << 20).ToArray();
        for (var i = 0; i < more >> 20; i++) to.Write(part);
    };

    private static byte[] Zip(params (string Name, Action<Stream> Write)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Add(string name, Action<Stream> write)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                write(entry);
            }

            Add("[Content_Types].xml", Text("<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>", 0));
            Add("_rels/.rels", Text("<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>", 0));
            Add("xl/workbook.xml", Text("<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>", 0));
            Add("xl/_rels/workbook.xml.rels", Text("<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>", 0));
            foreach (var (name, write) in entries) Add(name, write);
        }

        return bytes.ToArray();
    }

    private static byte[] Gz(int count)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) Blanks(count)(zip);
        return bytes.ToArray();
    }

    [GeneratedRegex("\\{[^{}]*(\\{[^{}]*\\}[^{}]*)*\\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex FormTag();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<n>[^\"]+)\" value=\"(?<v>[^\"]*)\"[^>]*>")]
    private static partial Regex Hidden();

    [GeneratedRegex("<(?:input|select|textarea|button)[^>]* name=\"(?<n>[^\"]+)\"")]
    private static partial Regex Named();
}
