namespace Huitou.Demo;

/// <summary>The clock of the story that the demo tells: stands where it is put, so that the product's own doors write yesterday's rows.</summary>
/// <param name="start">Where it stands first.</param>
/// <param name="end">The end of the story: what would happen later has not happened.</param>
internal sealed class StoryClock(DateTimeOffset start, DateTimeOffset end) : TimeProvider
{
    private DateTimeOffset now = start;

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Moves to an instant; never back, and not past the end.</summary>
    public void MoveTo(DateTime utc)
    {
        var to = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        if (to > end) to = end;
        if (to > now) now = to;
    }
}
