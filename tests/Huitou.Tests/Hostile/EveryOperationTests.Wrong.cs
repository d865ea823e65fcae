namespace Huitou.Tests.Hostile;

/// <summary>What is wrong with a body is told by the names that were sent: who reads an answer of the machine door finds the field in what he wrote.</summary>
public sealed partial class EveryOperationTests
{
    [Theory, Engines(PostgresLong = true)]
    public async Task What_is_wrong_is_named_as_it_was_sent(string engine)
    {
        var walk = await walks.OfAsync(engine);
        var (wrong, sent, named) = (walk.Wrong.ToList(), 0, 0);
        var others = HostileTests.Tried(walk.Host);
        foreach (var operation in walk.Operations.Where(o => !others.Contains(o.Key) && o.Key.StartsWith(HostileStrings.Only, StringComparison.Ordinal)))
        {
            var (found, said) = await walk.FindWayAsync(operation);
            if (found is not { } way)
            {
                if (!Closed.ContainsKey(operation.Key)) wrong.Add($"{operation.Key}: no way to it: {said}");
                continue;
            }

            var tried = new WrongBodies(operation.Schema, way.Body);
            await tried.TryAsync(async body => (await walk.Probe.HoldsAsync([], "", () => Walk.SendAsync(operation, way, body))).Answer);
            (sent, named) = (sent + tried.Sent, named + tried.Named);
            wrong.AddRange(tried.Wrong.Select(w => $"{operation.Key} {w}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {walk.Operations.Count} operations, {sent} bodies, {named} fields named");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong));
        Assert.True(walk.Operations.Count > 200 && named > 500, $"{walk.Operations.Count} operations, {named} fields named");
    }
}
