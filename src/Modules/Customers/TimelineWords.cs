using System.Text.Json;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;

namespace Huitou.Customers;

/// <summary>How an entry of the timeline is shown.</summary>
public static class TimelineWords
{
    /// <summary>The headline in the reader's language; a value that is itself a text key is read too.</summary>
    public static string Title(Public.TimelineEntry entry, Texts texts)
    {
        var args = JsonSerializer.Deserialize<JsonElement[]>(entry.Args) ?? [];
        return texts[entry.TextKey, [.. args.Select(a => Value(a, texts))]];
    }

    public static string Icon(TimelineKind kind) => kind switch
    {
        TimelineKind.Contact => "phone-call",
        TimelineKind.Purchase => "shopping-bag",
        TimelineKind.Service => "tool",
        TimelineKind.Satisfaction => "star",
        TimelineKind.Complaint => "message-report",
        TimelineKind.Promise => "hand-stop",
        TimelineKind.Message => "message",
        TimelineKind.Approval => "file-check",
        TimelineKind.Note => "note",
        _ => "id",
    };

    /// <summary>A promise made says nothing yet; kept it is good, broken or made good late it is not.</summary>
    public static Tone Tone(TimelineKind kind, string textKey) => kind switch
    {
        TimelineKind.Promise when textKey.EndsWith("-broken", StringComparison.Ordinal) => Kit.Tone.Bad,
        TimelineKind.Promise when textKey.EndsWith("-late", StringComparison.Ordinal) => Kit.Tone.Warn,
        TimelineKind.Promise when !textKey.EndsWith("-kept", StringComparison.Ordinal) => Kit.Tone.Plain,
        TimelineKind.Contact or TimelineKind.Message => Kit.Tone.Accent,
        TimelineKind.Satisfaction or TimelineKind.Promise => Kit.Tone.Good,
        TimelineKind.Complaint => Kit.Tone.Bad,
        _ => Kit.Tone.Plain,
    };

    private static object? Value(JsonElement value, Texts texts) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.Null => "",
        JsonValueKind.String when texts.Has(value.GetString()!) => texts[value.GetString()!],
        _ => value.ToString(),
    };
}
