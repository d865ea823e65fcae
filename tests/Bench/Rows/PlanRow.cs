namespace Huitou.Bench.Rows;

/// <summary>(f) A month's plan against one INSERT … SELECT.</summary>
public static class PlanRow
{
    private const double Bar = 2;

    public static Task RunAsync(Town town, Table table) => Task.CompletedTask;
}
