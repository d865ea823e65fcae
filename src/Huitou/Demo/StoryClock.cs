namespace Huitou.Demo;

/// <summary>The clock of the story that the demo tells: stands where it is put, so that the product's own doors write yesterday's rows.</summary>
internal sealed class StoryClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Moves to an instant; never back.</summary>
    public void MoveTo(DateTime utc)
    {
        var to = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        if (to > now) now = to;
    }
}
