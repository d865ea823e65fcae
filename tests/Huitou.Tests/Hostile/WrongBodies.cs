using System.Text.Json;
using System.Text.Json.Nodes;

namespace Huitou.Tests.Hostile;

/// <summary>What can be wrong with a body, made from its description: one place after the other, and all of them at once; and whether the answers name places of it.</summary>
internal sealed class WrongBodies(JsonElement schema, JsonObject good)
{
    private const string Unknown = "没有这个";
    private const int Deepest = 6;
    private static readonly string Long = new('长', 40_000);

    /// <summary>How many were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many places were named as wrong.</summary>
    public int Named { get; private set; }

    public List<string> Wrong { get; } = [];

    /// <summary>Sends them all. Whether it takes one is the operation's to say; what it refuses it names by places of the body, and what cannot be read by its very place.</summary>
    public async Task TryAsync(Func<JsonObject, Task<Reply>> send)
    {
        var foreign = new Dictionary<string, string>();
        var places = new List<(string[] Path, List<JsonNode?> Values, JsonNode Unreadable)>();
        Walk(schema, [], places);
        await SendAsync("nothing", []);
        for (var i = 0; i < places.Select(p => p.Values.Count).DefaultIfEmpty().Max(); i++)
        {
            var all = (JsonObject)good.DeepClone();
            foreach (var (path, values, _) in places) Put(all, path, values[Math.Min(i, values.Count - 1)]);
            await SendAsync($"all, {i}", all);
        }

        foreach (var (path, values, unreadable) in places)
        {
            var name = string.Join('.', path);
            foreach (var value in values) await SendAsync($"{name} = {Browser.Short(value?.ToJsonString() ?? "null")}", With(path, value));
            var reply = await SendAsync($"{name} = {unreadable.ToJsonString()}", With(path, unreadable));
            if ((int)reply.Status == 400 && !reply.Marked().Contains(name)) Wrong.Add($"does not say that {name} cannot be read: {reply}");
        }

        Wrong.AddRange(foreign.Select(f => $"names {f.Key} ({f.Value})"));

        async Task<Reply> SendAsync(string what, JsonObject body)
        {
            var reply = await send(body);
            var marked = reply.Marked();
            (Sent, Named) = (Sent + 1, Named + marked.Count);
            if ((int)reply.Status >= 500) Wrong.Add($"{what}: {reply}");
            foreach (var name in marked.Where(name => name.Length == 0 || BodySchemas.At(schema, name.Split('.')) is null)) foreign.TryAdd(name, what);
            return reply;
        }
    }

    private JsonObject With(string[] path, JsonNode? value)
    {
        var one = (JsonObject)good.DeepClone();
        Put(one, path, value);
        return one;
    }

    private static void Walk(JsonElement schema, string[] path, List<(string[], List<JsonNode?>, JsonNode)> found)
    {
        if (path.Length > Deepest) return;
        if (path.Length > 0) found.Add((path, ValuesOf(schema), IsScalar(schema) ? new JsonObject() : JsonValue.Create(Unknown)));
        if (BodySchemas.Is(schema, "array") && schema.TryGetProperty("items", out var items)) Walk(items, [.. path, "0"], found);
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject().Where(p => p.Name != "version")) Walk(property.Value, [.. path, property.Name], found);
        }
    }

    private static bool IsScalar(JsonElement schema) => !BodySchemas.Is(schema, "array") && !BodySchemas.Is(schema, "object") && !schema.TryGetProperty("properties", out _);

    private static List<JsonNode?> ValuesOf(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var choices)) return [null, .. choices.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Take(5).Select(c => (JsonNode)c.GetString()!)];
        if (BodySchemas.Is(schema, "integer") || BodySchemas.Is(schema, "number")) return [null, -1, 0, int.MaxValue];
        if (BodySchemas.Is(schema, "boolean")) return [null, false, true];
        if (BodySchemas.Is(schema, "array")) return [null, new JsonArray()];
        if (!BodySchemas.Is(schema, "string")) return [null];
        return (schema.TryGetProperty("format", out var format) ? format.GetString() : "") switch
        {
            "uuid" => [null, "00000000-0000-7000-8000-000000000001"],
            "date" => [null, "0001-01-01", "9999-12-31"],
            "date-time" => [null, "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"],
            _ => [null, "", Unknown, "-1", Long],
        };
    }

    private static void Put(JsonObject body, string[] path, JsonNode? value)
    {
        JsonNode at = body;
        for (var i = 0; i < path.Length - 1; i++)
        {
            JsonNode next = path[i + 1] == "0" ? new JsonArray() : new JsonObject();
            if (at is JsonArray list)
            {
                if (list.Count == 0 || list[0] is null) Put(list, next);
                at = list[0]!;
            }
            else at = at[path[i]] ??= next;
        }

        if (at is JsonArray last) Put(last, value?.DeepClone());
        else at[path[^1]] = value?.DeepClone();
    }

    private static void Put(JsonArray list, JsonNode? value)
    {
        if (list.Count == 0) list.Add(value);
        else list[0] = value;
    }
}
