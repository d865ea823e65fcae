namespace Huitou.Tests;

/// <summary>A clock that stands until it is moved. Timers (waits, delays) run on real time.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    /// <summary>What is measured with it takes no time at all: for what gives up when the machine is busy.</summary>
    public bool MeasuresNothing { get; set; }

    public override long GetTimestamp() => MeasuresNothing ? 0 : base.GetTimestamp();

    public void Forward(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
