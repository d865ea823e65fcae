using System.Text.Json;
using System.Text.Json.Nodes;

namespace Huitou.Tests.Hostile;

/// <summary>Reads the API's own description: what a body holds, and what may stand in it.</summary>
internal sealed class BodySchemas(JsonElement description)
{
    private const int Deepest = 8;
    private const int MostReferences = 16;

    /// <summary>A schema with what it refers to in the place of the reference.</summary>
    public JsonElement Whole(JsonElement schema) => JsonDocument.Parse(Resolved(JsonNode.Parse(schema.GetRawText())!, 0).ToJsonString()).RootElement;

    private JsonNode Resolved(JsonNode schema, int depth)
    {
        if (depth > MostReferences || schema is not JsonObject given) return schema.DeepClone();
        if (given["$ref"] is { } reference) return Resolved(Find(reference.GetValue<string>()), depth + 1);
        if (given["oneOf"] is JsonArray ways)
        {
            // Something or nothing.
            var something = Resolved(ways.First(w => w!["type"]?.ToString() != "null")!, depth);
            if (something is JsonObject maybe) maybe["x-null"] = true;
            return something;
        }

        var whole = (JsonObject)given.DeepClone();
        foreach (var (name, property) in given["properties"] as JsonObject ?? []) whole["properties"]![name] = Resolved(property!, depth + 1);
        foreach (var within in new[] { "items", "additionalProperties" })
        {
            if (given[within] is { } one) whole[within] = Resolved(one, depth + 1);
        }

        return whole;
    }

    private JsonNode Find(string reference) => JsonNode.Parse(description.GetProperty("components").GetProperty("schemas").GetProperty(reference.Split('/')[^1]).GetRawText())!;

    /// <summary>The words of a schema: strings that are no date, no id, no number and no choice.</summary>
    public static void Texts(JsonElement schema, string[] before, List<string[]> found)
    {
        if (before.Length > Deepest) return;
        if (Is(schema, "string"))
        {
            if (!Is(schema, "integer") && !Is(schema, "number") && !schema.TryGetProperty("format", out _) && !schema.TryGetProperty("enum", out _)) found.Add(before);
        }
        else if (Is(schema, "array") && schema.TryGetProperty("items", out var items)) Texts(items, [.. before, "0"], found);
        else if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject().Where(p => p.Name != "version")) Texts(property.Value, [.. before, property.Name], found);
        }
    }

    public static bool Is(JsonElement schema, string type) => schema.TryGetProperty("type", out var is_) && (is_.ValueKind == JsonValueKind.Array ? is_.EnumerateArray().Any(t => t.GetString() == type) : is_.GetString() == type);

    public static bool MayBeNothing(JsonElement schema) => schema.TryGetProperty("x-null", out _) || Is(schema, "null");

    /// <summary>The schema at a place of a body; none where the description knows no such place.</summary>
    public static JsonElement? At(JsonElement schema, IEnumerable<string> path)
    {
        foreach (var part in path)
        {
            if (Is(schema, "array") && schema.TryGetProperty("items", out var items) && part.All(char.IsAsciiDigit)) schema = items;
            else if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(part, out var property)) schema = property;
            else if (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object) return any; // any name, and what stands there
            else return null;
        }

        return schema;
    }
}
