using Huitou.Kernel;

namespace Huitou.Customers;

/// <summary>
/// Looks after a merging (A11) for rows that were being written to the merged file at that moment, and has them follow: soon, when the
/// requests of that moment are over, and once more when the slowest batch is.
/// </summary>
internal sealed class FollowMerge(Merges merges) : IJob
{
    public const string Name = "customers.merge-follow";

    private static readonly TimeSpan[] After = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15)];

    public sealed record Work(Guid MergeId);

    public string Kind => Name;

    public static void Add(Jobs jobs, Guid mergeId, DateTime now)
    {
        for (var i = 0; i < After.Length; i++) jobs.Add(Name, $"{mergeId}:{i}", now + After[i], new Work(mergeId));
    }

    public Task RunAsync(JobRun run, CancellationToken cancel) => merges.FollowAsync(run.Due.Read<Work>().MergeId, cancel);
}
