using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Huitou.Tests;

/// <summary>Runs a test once on each engine: <c>[Theory, Engines] public async Task X(string engine)</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnginesAttribute : DataAttribute
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. All.Select(engine => new TheoryDataRow(engine))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    /// <summary>PostgreSQL where <c>HUITOU_TEST_POSTGRES</c> names a server, as <c>./test</c> does; alone with <c>HUITOU_TEST_ONLY=postgres</c>.</summary>
    public static IReadOnlyList<string> All { get; } = Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES") is { Length: > 0 } ? Environment.GetEnvironmentVariable("HUITOU_TEST_ONLY") is Postgres ? [Postgres] : [Sqlite, Postgres] : [Sqlite];
}
