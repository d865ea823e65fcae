namespace Huitou.Tests;

/// <summary>A clock that stands until it is moved. Timers (waits, delays) run on real time.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Forward(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
