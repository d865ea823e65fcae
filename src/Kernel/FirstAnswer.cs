namespace Huitou.Kernel;

/// <summary>
/// When work that nobody waits for may begin: a moment after the first answer, or a while after the start. On a small machine the
/// first page would otherwise share one processor with the model of the database and every job.
/// </summary>
public sealed class FirstAnswer(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1); // for the page's style sheet and scripts
    private readonly TaskCompletionSource given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What has to end first: while a demo company is being told, nobody else does its due work.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    /// <summary>An answer has gone out.</summary>
    public void Given() => given.TrySetResult();

    /// <summary>Waits for it.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        await Before.WaitAsync(cancel);
        await Task.WhenAny(given.Task, Task.Delay(Longest, time, cancel));
        await Task.Delay(Rest, time, cancel);
    }
}
