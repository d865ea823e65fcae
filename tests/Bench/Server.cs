using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Huitou.Bench;

/// <summary>The published program, running on one core.</summary>
public sealed partial class Server : IAsyncDisposable
{
    private const string Published = "artifacts/huitou/Huitou";

    private readonly Process process;
    private readonly string log;
    private readonly Task writing;
    private bool ended;

    private Server(Process process, string address, string log)
    {
        (this.process, Address, this.log) = (process, address, log);
        writing = Task.WhenAll(KeepAsync(process.StandardOutput, log + ".out"), KeepAsync(process.StandardError, log + ".err"));
    }

    public string Address { get; }
    public int ProcessId => process.Id;

    /// <summary>Starts it and waits for the first page.</summary>
    /// <param name="dataFolder">Its folder.</param>
    /// <param name="database">As <c>--database</c> takes it; null: SQLite.</param>
    /// <param name="firstPage">What is asked for until it answers.</param>
    /// <param name="port">0: a free one.</param>
    /// <param name="cores">Where it runs.</param>
    /// <param name="program">Another build than the one that is published here.</param>
    public static async Task<(Server Server, TimeSpan FirstPage)> StartAsync(string dataFolder, string? database, string firstPage = "/sign-in", int port = 0, string cores = Machine.ServerCore, string program = Published)
    {
        if (port == 0) port = FreePort();
        var address = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        string[] args = ["-c", cores, Path.GetFullPath(program), "--production", "--urls", address, "--data", dataFolder];
        if (database is not null) args = [.. args, "--database", database];
        Directory.CreateDirectory(dataFolder);
        var begun = Stopwatch.GetTimestamp();
        var server = new Server(Tool.Start("taskset", args), address, Path.Combine(dataFolder, $"program-{port}"));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(address + firstPage);
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The first page answered {(int)answer.StatusCode}.");
                return (server, Stopwatch.GetElapsedTime(begun));
            }
            // Where others share the core, the first page may take longer than one request waits.
            catch (Exception early) when (early is (HttpRequestException or TaskCanceledException) && !server.process.HasExited && Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(120))
            {
                await Task.Delay(5);
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException("The program did not start:\n" + server.Log());
            }
        }
    }

    /// <summary>Runs a verb of the program to its end, on the program's core.</summary>
    public static Task<string> VerbAsync(string dataFolder, string? database, params string[] words)
    {
        string[] args = ["-c", Machine.ServerCore, Path.GetFullPath(Published), words[0], "--data", dataFolder];
        if (database is not null) args = [.. args, "--database", database];
        return Tool.RunAsync("taskset", [.. args, .. words[1..]]);
    }

    /// <summary>The same, with the most memory it used, megabytes, and the processor time, seconds.</summary>
    public static async Task<(string Said, double Memory, double Processor)> VerbWithMemoryAsync(string dataFolder, string? database, params string[] words)
    {
        string[] args = ["-c", Machine.ServerCore, Path.GetFullPath(Published), words[0], "--data", dataFolder];
        if (database is not null) args = [.. args, "--database", database];
        using var process = Tool.Start("taskset", [.. args, .. words[1..]]);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var (highest, used) = (0.0, 0.0);
        while (!process.HasExited)
        {
            try
            {
                var line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
                if (line is not null) highest = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
                used = Math.Max(used, ProcessorOf(process.Id) / 1000);
            }
            catch (IOException)
            {
                break; // it has just ended
            }

            await Task.Delay(100);
        }

        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{words[0]} ended with {process.ExitCode}: {string.Concat(await said)}");
        return (string.Concat(await said), highest, used);
    }

    /// <summary>Memory in use now and at its highest, megabytes.</summary>
    public (double Now, double Highest) Memory()
    {
        var status = File.ReadAllLines($"/proc/{ProcessId}/status");
        double Of(string name) => double.Parse(status.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        return (Of("VmRSS:"), Of("VmHWM:"));
    }

    /// <summary>Milliseconds of processor the program has used since it started: what a busy machine does not blur.</summary>
    public double Processor() => ProcessorOf(ProcessId);

    private static double ProcessorOf(int id)
    {
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 10.0; // ticks of 10 ms
    }

    /// <summary>Signs in on the page, as a person would; the cookies to send from then on.</summary>
    public async Task<string> SignInAsync(string account, string password)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(Address) };
        var cookies = new Dictionary<string, string>();
        async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            if (cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            var answer = await http.SendAsync(request);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set.Select(s => s.Split(';')[0].Split('=', 2))) cookies[cookie[0]] = cookie[1];
            }

            return answer;
        }

        using var page = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/sign-in"));
        var html = await page.Content.ReadAsStringAsync();
        var fields = new Dictionary<string, string> { ["In.Account"] = account, ["In.Password"] = password };
        foreach (Match hidden in HiddenField().Matches(html)) fields[WebUtility.HtmlDecode(hidden.Groups["name"].Value)] = WebUtility.HtmlDecode(hidden.Groups["value"].Value);
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent(fields) });
        if ((int)answer.StatusCode is not (302 or 303)) throw new InvalidOperationException($"Signing in answered {(int)answer.StatusCode}:\n{await answer.Content.ReadAsStringAsync()}\n{Log()}");
        return string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}"));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>What it said so far.</summary>
    public string Log() => string.Concat(new[] { ".out", ".err" }.Where(e => File.Exists(log + e)).Select(e => File.ReadAllText(log + e)));

    /// <summary>Ends it as a service manager would; a second time is nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ended) return;
        ended = true;
        if (!process.HasExited)
        {
            await Tool.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        await writing;
        process.Dispose();
    }

    private static async Task KeepAsync(StreamReader from, string file)
    {
        try
        {
            await using var to = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1);
            await from.BaseStream.CopyToAsync(to);
        }
        catch (IOException)
        {
            await from.BaseStream.CopyToAsync(Stream.Null); // a trial has filled the disk: the program must not wait for its log
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"[^>]*>""")]
    private static partial Regex HiddenField();
}
