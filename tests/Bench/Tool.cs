using System.Diagnostics;
using System.Globalization;

namespace Huitou.Bench;

/// <summary>Other programs.</summary>
public static class Tool
{
    /// <summary>Runs a program to its end; its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public static async Task<string> RunAsync(string program, string[] args, params (string Name, string Value)[] environment)
    {
        using var process = Start(program, args, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', args)}: exit code {process.ExitCode}\n{await error}{await output}");
        return await output;
    }

    public static Process Start(string program, string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, args) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}

/// <summary>The machine this runs on.</summary>
public static class Machine
{
    // The bench itself runs on one core, so Environment.ProcessorCount would say 1.
    public static int Cores { get; } = File.ReadLines("/proc/cpuinfo").Count(l => l.StartsWith("processor", StringComparison.Ordinal));

    public static string AllCores => Cores == 1 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0-{Cores - 1}");

    /// <summary>The core of the program; the load generator and pgbench have the other one, PostgreSQL both.</summary>
    public const string ServerCore = "0";

    /// <summary>Memory of the machine in MB.</summary>
    public static long Memory { get; } = long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?";
        return string.Create(CultureInfo.InvariantCulture, $"{Cores} × {model}, {Memory / 1024} GB, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
    }

    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
