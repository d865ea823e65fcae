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

    /// <summary>
    /// On PostgreSQL with <c>./test ci</c> only: long walks over every door and field, whose way through the program is the same on both engines.
    /// On SQLite, where no row-level security stands behind the query filters, every <c>./test</c> has them.
    /// </summary>
    public bool PostgresLong { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. All.Select(engine => PostgresLong && engine == Postgres ? new TheoryDataRow(engine) { Traits = { ["Category"] = ["Long"] } } : new TheoryDataRow(engine))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    /// <summary>PostgreSQL where <c>HUITOU_TEST_POSTGRES</c> names a server, as <c>./test</c> does; alone with <c>HUITOU_TEST_ONLY=postgres</c>.</summary>
    public static IReadOnlyList<string> All { get; } = Environment.GetEnvironmentVariable("HUITOU_TEST_POSTGRES") is { Length: > 0 } ? Environment.GetEnvironmentVariable("HUITOU_TEST_ONLY") is Postgres ? [Postgres] : [Sqlite, Postgres] : [Sqlite];
}
