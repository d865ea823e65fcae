using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.House;

/// <summary>The dashboard that ships (<c>docs/grafana/huitou.json</c>) asks for nothing that the program does not measure.</summary>
public sealed partial class DashboardTests
{
    /// <summary>Words of the query language itself.</summary>
    private static readonly HashSet<string> Language = ["sum", "by", "rate", "histogram_quantile", "topk", "le", "avg", "max", "min", "increase", "without", "irate"];

    /// <summary>The real program on PostgreSQL, asked some pages; its instruments and their labels, named as the exporter for Prometheus names them.</summary>
    [Fact]
    public async Task Every_figure_and_label_of_the_dashboard_is_one_the_program_gives()
    {
        var cancel = TestContext.Current.CancellationToken;
        var given = new ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (!Telemetry.Meters.Contains(instrument.Meter.Name)) return;
            foreach (var name in NamesOf(instrument)) given.TryAdd(name, []);
            l.EnableMeasurementEvents(instrument, NamesOf(instrument));
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, names) => Keep(tags, names));
        listener.SetMeasurementEventCallback<int>((_, _, tags, names) => Keep(tags, names));
        listener.SetMeasurementEventCallback<double>((_, _, tags, names) => Keep(tags, names));
        RuntimeHelpers.RunClassConstructor(typeof(Admission).TypeHandle);
        listener.Start();

        var folder = Directory.CreateTempSubdirectory("huitou-test-").FullName;
        var app = HuitouApp.Create(new Settings("serve", "http://127.0.0.1:0", folder, null, Production: true, []), await TestHost.PostgresAsync(folder));
        await using (app)
        {
            await app.Services.GetRequiredService<Migrator>().MigrateAsync(cancel);
            await app.StartAsync(cancel);
            using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
            foreach (var page in new[] { "/health/ready", "/sign-in", "/nowhere" }) (await http.GetAsync(page, cancel)).Dispose();
            listener.RecordObservableInstruments();
            await app.StopAsync(cancel);
        }

        Directory.Delete(folder, recursive: true);
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Tidiness.Source.Root, "docs/grafana/huitou.json"), cancel));
        var asked = dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!).ToList();
        Assert.True(asked.Count > 10, "no questions found");
        var wrong = new List<string>();
        foreach (var question in asked)
        {
            var words = Word().Matches(Said().Replace(question, "")).Select(m => m.Value).Where(w => !Language.Contains(w)).ToHashSet();
            var figures = words.Where(given.ContainsKey).ToList();
            if (figures.Count != 1)
            {
                wrong.Add($"{question}: {figures.Count} known figures among {string.Join(", ", words)}; there are {string.Join(", ", given.Keys.Order(StringComparer.Ordinal))}");
                continue;
            }

            // Labels are known of what was measured in these few requests.
            if (given[figures[0]] is { IsEmpty: false } labels) wrong.AddRange(words.Where(w => w != figures[0] && !labels.ContainsKey(w)).Select(w => $"{question}: no label {w}, there are {string.Join(", ", labels.Keys)}"));
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));

        void Keep(ReadOnlySpan<KeyValuePair<string, object?>> tags, object? names)
        {
            foreach (var tag in tags)
            {
                foreach (var name in (string[])names!) given[name].TryAdd(tag.Key.Replace('.', '_'), true);
            }
        }
    }

    /// <summary>What Grafana needs to take the file: ids that differ, places that do not overlap, a source that is chosen.</summary>
    [Fact]
    public void The_file_is_a_dashboard()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Tidiness.Source.Root, "docs/grafana/huitou.json")));
        var root = file.RootElement;
        Assert.NotEmpty(root.GetProperty("title").GetString()!);
        Assert.Matches("^[A-Za-z0-9_-]{1,40}$", root.GetProperty("uid").GetString());
        Assert.True(root.GetProperty("schemaVersion").GetInt32() >= 36);
        var sources = root.GetProperty("templating").GetProperty("list").EnumerateArray().Where(v => v.GetProperty("type").GetString() == "datasource").Select(v => "${" + v.GetProperty("name").GetString() + "}").ToList();
        var panels = root.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        var taken = new HashSet<(int, int)>();
        foreach (var panel in panels)
        {
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.Contains(panel.GetProperty("datasource").GetProperty("uid").GetString()!, sources);
            var targets = panel.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("refId").GetString()).ToList();
            Assert.Equal(targets.Count, targets.Distinct().Count());
            var place = panel.GetProperty("gridPos");
            int Of(string name) => place.GetProperty(name).GetInt32();
            Assert.True(Of("x") >= 0 && Of("x") + Of("w") <= 24, "wider than the page");
            for (var x = Of("x"); x < Of("x") + Of("w"); x++)
            {
                for (var y = Of("y"); y < Of("y") + Of("h"); y++) Assert.True(taken.Add((x, y)), panel.GetProperty("title").GetString() + " lies over another");
            }
        }
    }

    // The exporter's rule: dots to lines, the unit behind, counters end in total.
    private static string[] NamesOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "ms" => "_milliseconds", _ => "" };
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        var kind = instrument.GetType().Name;
        if (kind.StartsWith("Histogram", StringComparison.Ordinal)) return [name + "_bucket", name + "_count", name + "_sum"];
        return kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal) ? [name + "_total"] : [name];
    }

    [GeneratedRegex("\"[^\"]*\"|\\[[0-9]+[smhd]\\]|\\b[0-9.]+\\b")]
    private static partial Regex Said();

    [GeneratedRegex("[a-z_][a-z0-9_]*")]
    private static partial Regex Word();
}
