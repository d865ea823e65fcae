using System.Diagnostics;
using System.Text;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;
using Win32Exception = System.ComponentModel.Win32Exception;

namespace Huitou.Kit;

/// <summary>
/// The one door to PDF (decision 0013): a paper's own HTML goes through the process <c>weasyprint - -</c>, by pipes, without a shell. What goes in has been
/// through <see cref="PaperHtml"/>, so nobody's words can make it open a file or an address. Two at a time, so long and so large at most.
/// </summary>
public sealed class PaperPdf
{
    /// <summary>Bytes that come out at most: what an attachment may have.</summary>
    public const int Largest = 10 * 1024 * 1024;
    /// <summary>Letters that go in at most: a paper of some hundred pages.</summary>
    public const int LongestHtml = 2 * 1024 * 1024;
    /// <summary>Where the tool is, if not on the path.</summary>
    public const string Variable = "HUITOU_WEASYPRINT";
    private const int Seats = 2;
    private static readonly string[] Kept = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE"];

    private readonly SemaphoreSlim seats = new(Seats, Seats);
    private readonly ILogger<PaperPdf> log;
    private readonly string? given;
    private string? found;

    /// <param name="log">Says that it failed, never what the paper holds.</param>
    public PaperPdf(ILogger<PaperPdf> log) : this(log, Environment.GetEnvironmentVariable(Variable)) { }

    /// <param name="log">As above.</param>
    /// <param name="tool">The tool's file; null looks for it on the path.</param>
    public PaperPdf(ILogger<PaperPdf> log, string? tool) => (this.log, given) = (log, tool);

    /// <summary>How long a paper may wait for its turn, and how long the tool may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the tool is installed; installed later it is seen at the next look.</summary>
    public bool IsHere => Tool() is not null;

    /// <summary>Renders a sheet with the given parameters and makes the PDF of it. Needs no transaction and should hold none: it takes a second or two.</summary>
    public async Task<byte[]> MakeAsync<TSheet>(IServiceProvider services, ILoggerFactory loggers, IReadOnlyDictionary<string, object?> parameters, string language, CancellationToken cancel = default) where TSheet : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TSheet>(ParameterView.FromDictionary(new Dictionary<string, object?>(parameters)))).ToHtmlString());
        return await MakeAsync(PaperHtml.Of(html, language) ?? throw new InvalidOperationException($"{typeof(TSheet).Name} has no element of the class paper-sheet."), cancel);
    }

    /// <summary>Makes the PDF of a paper.</summary>
    /// <exception cref="Refused">The tool is missing, busy, or failed.</exception>
    public async Task<byte[]> MakeAsync(PaperHtml paper, CancellationToken cancel = default)
    {
        var tool = Tool() ?? throw new Refused("kit.paper.no-tool");
        if (paper.Document.Length > LongestHtml) throw new Refused("kit.paper.too-long");
        if (!await seats.WaitAsync(Patience, cancel)) throw new Refused("kit.paper.busy");
        try
        {
            return await RunAsync(tool, paper.Document, cancel);
        }
        finally
        {
            seats.Release();
        }
    }

    private async Task<byte[]> RunAsync(string tool, string html, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        // Relative addresses lead nowhere: there are none, and this says so once more.
        var start = new ProcessStartInfo(tool, ["--quiet", "--encoding", "utf-8", "--base-url", "about:blank", "-", "-"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true, WorkingDirectory = Path.GetTempPath(),
            StandardInputEncoding = new UTF8Encoding(false),
        };
        // Nothing of ours in its surroundings: passwords of databases may stand there.
        foreach (var name in start.Environment.Keys.Where(k => !Kept.Contains(k)).ToList()) start.Environment.Remove(name);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            var errors = DrainAsync(process.StandardError.BaseStream, limit.Token);
            var reading = ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await process.StandardInput.WriteAsync(html.AsMemory(), limit.Token);
            process.StandardInput.Close();
            var pdf = await reading;
            await errors;
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode == 0 && pdf.AsSpan().StartsWith("%PDF"u8)) return pdf;
            log.LogWarning("The tool for PDF ended with {ExitCode} and {Bytes} bytes", process.ExitCode, pdf.Length);
        }
        catch (Exception fault) when (fault is IOException or Win32Exception or InvalidDataException || fault is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            log.LogWarning(fault, "The tool for PDF failed or took too long");
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }

        throw new Refused("kit.paper.failed");
    }

    private static async Task<byte[]> ReadAsync(Stream from, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, cancel)) > 0)
        {
            if (all.Length + read > Largest) throw new InvalidDataException("Larger than a paper may be.");
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    // Read so that it does not wait for us; kept nowhere, it may quote the paper.
    private static async Task DrainAsync(Stream from, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        while (await from.ReadAsync(buffer, cancel) > 0)
        {
        }
    }

    private string? Tool()
    {
        if (found is not null && File.Exists(found)) return found;
        if (!string.IsNullOrEmpty(given)) return found = File.Exists(given) ? given : null;
        return found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(p => Path.Combine(p, "weasyprint")).FirstOrDefault(File.Exists);
    }
}
