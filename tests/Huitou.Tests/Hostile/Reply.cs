using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Huitou.Tests.Hostile;

/// <summary>What the machine door said.</summary>
internal sealed partial record Reply(HttpStatusCode Status, string Text)
{
    public override string ToString() => $"{(int)Status} {Browser.Short(Trace().Replace(Text, ""))}";

    public bool IsTaken => (int)Status < 300;

    /// <summary>The fields it names as wrong, with a point between the parts.</summary>
    public List<string> Marked()
    {
        if (Status != HttpStatusCode.UnprocessableEntity && Status != HttpStatusCode.BadRequest) return [];
        try
        {
            using var problem = JsonDocument.Parse(Text);
            return problem.RootElement.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(e => e.Name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal))] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [GeneratedRegex(",\"traceId\":\"[^\"]*\"")]
    private static partial Regex Trace();
}
