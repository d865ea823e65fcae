using System.Text.Json;
using Huitou.Kernel;

namespace Huitou.Customers;

/// <summary>Why somebody owns a file, in the reader's language.</summary>
public static class OwnerWords
{
    public static string Why(Ownership row, Texts texts) => Why(row.Why, row.WhyArgs, texts);

    public static string Why(string key, string args, Texts texts) =>
        texts[key, [.. (JsonSerializer.Deserialize<JsonElement[]>(args) ?? []).Select(a => a.ValueKind is JsonValueKind.Number ? (object)a.GetInt32() : a.GetString() is { } text ? texts.Has(text) ? texts[text] : text : "")]];
}
