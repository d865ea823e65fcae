using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Huitou.Bench;

namespace Huitou.Trials.Rules;

/// <summary>
/// Small faults set into the rules on who may do what, on the contact budget, on approvals and on clocks, one at a time (dotnet-stryker); the tests of
/// <c>tests/Rules</c>, which need no database, must notice at least four of five of each subject. Which files: <c>tests/Rules/stryker-config.json</c>.
/// </summary>
public static class MutationTrial
{
    private const double Least = 80;
    private const string Folder = "tests/Rules";

    /// <summary>The projects that hold the files, and which subject a file belongs to.</summary>
    private static readonly (string Project, Func<string, string> Subject)[] Projects =
    [
        ("Kernel", file => file is "CurrentUser.cs" or "Needs.cs" ? "authorization" : "clocks"), ("Access", _ => "authorization"), ("Messages", _ => "contact budget"),
        ("Approvals", _ => "approvals"), ("Calendars", _ => "clocks"), ("Complaints", _ => "clocks"),
    ];

    private sealed record Mutant(string Project, string Subject, string File, int Line, string Name, string Status, string Put);

    /// <param name="report">What came out.</param>
    /// <param name="only">These projects alone are run; of the others the last run counts.</param>
    public static async Task RunAsync(Report report, string[] only)
    {
        await Tool.RunAsync("dotnet", ["tool", "restore"]);
        var figures = new Figures("mutation", "subject and file", "faults set", "noticed", "of these by never ending", "not noticed", "no test comes there", "noticed %");
        var all = new List<Mutant>();
        foreach (var (project, subject) in Projects)
        {
            var to = Path.GetFullPath($"artifacts/mutation/{project}");
            if (only.Length == 0 || only.Contains(project, StringComparer.OrdinalIgnoreCase)) await SetAsync(project, to);
            var file = Path.Combine(to, "reports", "mutation-report.json");
            if (!File.Exists(file)) continue;
            using var read = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            foreach (var one in read.RootElement.GetProperty("files").EnumerateObject())
            {
                var name = Path.GetFileName(one.Name);
                all.AddRange(one.Value.GetProperty("mutants").EnumerateArray().Select(m => new Mutant(project, subject(name), name, m.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(), m.GetProperty("mutatorName").GetString()!, m.GetProperty("status").GetString()!, m.TryGetProperty("replacement", out var put) ? put.GetString() ?? "" : "")));
            }
        }

        // What was not compiled or is ignored by what the configuration says is no fault set.
        all.RemoveAll(m => m.Status is "Ignored" or "CompileError");
        static bool Noticed(Mutant m) => m.Status is "Killed" or "Timeout";
        foreach (var file in all.GroupBy(m => (m.Subject, m.File)).OrderBy(g => g.Key.Subject, StringComparer.Ordinal)) Row(file.Key.Subject, file.Key.File, [.. file]);
        foreach (var subject in all.GroupBy(m => m.Subject).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Row(subject.Key, "all", [.. subject]);
            var share = 100.0 * subject.Count(Noticed) / subject.Count();
            report.Check(string.Create(CultureInfo.InvariantCulture, $"{subject.Key}: {share:0.0} % of the faults are noticed, at least {Least:0} %"), subject.Count(), share >= Least ? [] : [.. subject.Where(m => !Noticed(m)).Select(m => m.ToString())]);
        }

        foreach (var left in all.Where(m => !Noticed(m))) Console.WriteLine($"{left.File}:{left.Line} {left.Name} ({left.Status}): {left.Put.ReplaceLineEndings(" ")}");
        figures.Write("`./trial mutation`: dotnet-stryker 5.1.0 over `tests/Rules` (no database); the files are named in `tests/Rules/stryker-config.json`.");

        void Row(string subject, string file, List<Mutant> of)
        {
            int N(params string[] status) => of.Count(m => status.Contains(m.Status));
            figures.Add($"{subject}: {file}", W(of.Count), W(N("Killed", "Timeout")), W(N("Timeout")), W(N("Survived")), W(N("NoCoverage")), (100.0 * of.Count(Noticed) / of.Count).ToString("0.0", CultureInfo.InvariantCulture));
        }

        static async Task SetAsync(string project, string to)
        {
            if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
            Directory.CreateDirectory(to);
            using var run = Process.Start(new ProcessStartInfo("dotnet", ["stryker", "-p", $"{project}.csproj", "-O", to, "--skip-version-check"]) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HUITOU_MUTATION"] = project } })!;
            var said = string.Concat(await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync()));
            await run.WaitForExitAsync();
            await File.WriteAllTextAsync(Path.Combine(to, "said.log"), said);
            if (!File.Exists(Path.Combine(to, "reports", "mutation-report.json"))) throw new InvalidOperationException($"{project}: no report\n{string.Join('\n', said.Split('\n').TakeLast(30))}");
            Progress.Say(project);
        }

        static string W(int n) => n.ToString(CultureInfo.InvariantCulture);
    }
}
