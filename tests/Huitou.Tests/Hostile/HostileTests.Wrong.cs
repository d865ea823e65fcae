using System.Text.Json;
using System.Text.Json.Nodes;

namespace Huitou.Tests.Hostile;

/// <summary>What is wrong with a body of the archive or of custody is told by the names that were sent.</summary>
public sealed partial class HostileTests
{
    [Theory, Engines(PostgresLong = true)]
    public async Task What_is_wrong_is_named_as_it_was_sent(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var world = await World.OpenAsync(host);
        var (_, description, _) = await world.Shop.As("administrator").ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
        var (wrong, sent, named) = (new List<string>(), 0, 0);
        foreach (var door in FieldsOf(host).DistinctBy(f => (f.Method, f.Route)).Where(f => !Elsewhere.ContainsKey($"{f.Method} {f.Route}")))
        {
            var described = description.GetProperty("paths").GetProperty(Constraint().Replace(door.Route, "}")).GetProperty(door.Method.ToLowerInvariant());
            var schema = new BodySchemas(description).Whole(described.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema"));
            var tried = new WrongBodies(schema, world.BodyOf(door));
            string? address = null;
            await tried.TryAsync(async body =>
            {
                address ??= await world.AddressOfAsync(door);
                var reply = await world.AnswerAsync(door, address, body.ToJsonString());
                if (reply.IsTaken) address = null; // what happens once is done
                return reply;
            });
            (sent, named) = (sent + tried.Sent, named + tried.Named);
            wrong.AddRange(tried.Wrong.Select(w => $"{door.Method} {door.Route} {w}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {sent} bodies, {named} fields named");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong));
        Assert.True(sent > 1_000 && named > 500, $"{sent} bodies, {named} fields named");
    }
}
