using System.Text.Json;
using System.Text.Json.Serialization;

namespace Huitou.Surveys;

/// <summary>A ready form (E1): S2's eight factors, the gap of SERVQUAL, the short ones, and one for each occasion.</summary>
public sealed record Template(string Key, Words Name, SurveyForm Form, bool Anonymous = false);

/// <summary>The ready forms; data that lies beside as JSON.</summary>
public static class Templates
{
    private static readonly Lazy<IReadOnlyList<Template>> Ready = new(Read);

    public static IReadOnlyList<Template> All => Ready.Value;

    public static Template? Find(string key) => All.FirstOrDefault(t => t.Key == key);

    private static List<Template> Read()
    {
        using var stream = typeof(Templates).Assembly.GetManifestResourceStream("Templates.json")!;
        return JsonSerializer.Deserialize<List<Template>>(stream, new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } })!;
    }
}
