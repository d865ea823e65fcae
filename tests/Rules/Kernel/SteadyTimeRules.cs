using Huitou.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Huitou.Rules.Kernel;

/// <summary>The program's own time over a machine's clock that is moved by hand.</summary>
public sealed class SteadyTimeRules
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    /// <summary>A machine: a clock that can be put anywhere, stamps that only go on, and a count since boot that also counts sleep.</summary>
    private sealed class Machine : TimeProvider
    {
        public DateTimeOffset Clock { get; set; } = Start;
        public TimeSpan Awake { get; private set; }
        public TimeSpan Boot { get; private set; }

        public override DateTimeOffset GetUtcNow() => Clock;
        public override long GetTimestamp() => Awake.Ticks + 1;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan by) => (Clock, Awake, Boot) = (Clock + by, Awake + by, Boot + by);
        public void Sleep(TimeSpan by) => (Clock, Boot) = (Clock + by, Boot + by);
    }

    private static (Machine Machine, SteadyTime Time) Make()
    {
        var machine = new Machine();
        return (machine, new SteadyTime(machine, () => machine.Boot, NullLogger<SteadyTime>.Instance));
    }

    public static TheoryData<double> Leaps => [2, -2, 40 * 24, -40 * 24, 0.2, -0.2];

    [Theory, MemberData(nameof(Leaps))]
    public void A_leap_and_its_return_are_not_noticed(double hours)
    {
        var (machine, time) = Make();
        var steps = TimeSpan.FromSeconds(3);
        var truth = Start;
        void Go(int count)
        {
            for (var i = 0; i < count; i++)
            {
                machine.Pass(steps);
                truth += steps;
                Assert.Equal(truth, time.GetUtcNow());
            }
        }

        Go(100);
        machine.Clock += TimeSpan.FromHours(hours);
        Go(200);
        Assert.Equal(TimeSpan.FromHours(hours), time.Ahead);
        machine.Clock -= TimeSpan.FromHours(hours);
        Go(100);
        Assert.Equal(TimeSpan.Zero, time.Ahead);
    }

    /// <summary>Asked many times a second, as requests do: most of the askings fall between two looks at the clocks.</summary>
    [Theory, MemberData(nameof(Leaps))]
    public void Between_two_looks_the_time_is_the_same_as_at_them(double hours)
    {
        var (machine, time) = Make();
        var (step, truth) = (TimeSpan.FromMilliseconds(130), Start);
        foreach (var leap in new[] { 0, hours, -hours })
        {
            machine.Clock += TimeSpan.FromHours(leap);
            for (var i = 0; i < 100; i++)
            {
                machine.Pass(step);
                truth += step;
                Assert.Equal(truth, time.GetUtcNow());
            }
        }
    }

    [Theory, MemberData(nameof(Leaps))]
    public void A_clock_that_stays_where_it_leapt_to_is_believed_in_the_end(double hours)
    {
        var (machine, time) = Make();
        machine.Clock += TimeSpan.FromHours(hours);
        Assert.Equal(Start, time.GetUtcNow());
        var doubted = TimeSpan.FromHours(Math.Min(6, Math.Abs(hours)));
        for (var waited = TimeSpan.FromMinutes(1); waited < doubted; waited += TimeSpan.FromMinutes(1))
        {
            machine.Pass(TimeSpan.FromMinutes(1));
            Assert.Equal(Start + waited, time.GetUtcNow());
        }

        machine.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(machine.Clock, time.GetUtcNow());
    }

    [Fact]
    public void A_machine_that_slept_is_believed_at_once()
    {
        var (machine, time) = Make();
        machine.Pass(TimeSpan.FromMinutes(5));
        machine.Sleep(TimeSpan.FromHours(62));
        Assert.Equal(machine.Clock, time.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, time.Ahead);
    }

    [Fact]
    public void A_clock_that_is_put_right_little_by_little_is_followed()
    {
        var (machine, time) = Make();
        for (var i = 0; i < 1000; i++)
        {
            machine.Pass(TimeSpan.FromSeconds(30));
            machine.Clock += TimeSpan.FromSeconds(i % 2 == 0 ? 20 : -15);
            Assert.Equal(machine.Clock, time.GetUtcNow());
        }
    }

    [Fact]
    public void Two_leaps_are_one_from_where_it_began_and_a_day_of_quiet_needs_no_look()
    {
        var (machine, time) = Make();
        machine.Clock += TimeSpan.FromDays(40);
        Assert.Equal(Start, time.GetUtcNow());
        machine.Pass(TimeSpan.FromMinutes(1));
        machine.Clock -= TimeSpan.FromDays(40) + TimeSpan.FromHours(2);
        Assert.Equal(Start.AddMinutes(1), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(-2), time.Ahead);
        machine.Pass(TimeSpan.FromDays(1));
        Assert.Equal(machine.Clock, time.GetUtcNow());
    }

    private sealed class Told : Microsoft.Extensions.Logging.ILogger<SteadyTime>
    {
        public List<(Microsoft.Extensions.Logging.LogLevel Level, string Words)> Lines { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;
        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add((logLevel, formatter(state, exception)));
    }

    [Fact]
    public void A_leap_is_told_at_once_and_every_ten_minutes_and_its_end_once()
    {
        var (machine, told) = (new Machine(), new Told());
        var time = new SteadyTime(machine, () => machine.Boot, told);
        machine.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(machine.Clock, time.GetUtcNow());
        Assert.Empty(told.Lines);
        machine.Clock -= TimeSpan.FromHours(2);
        time.GetUtcNow();
        var line = Assert.Single(told.Lines);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Error, line.Level);
        Assert.Contains("leapt and is -0.02:00:00 from", line.Words);
        for (var i = 0; i < 599; i++)
        {
            machine.Pass(TimeSpan.FromSeconds(1));
            time.GetUtcNow();
        }

        Assert.Single(told.Lines);
        machine.Pass(TimeSpan.FromSeconds(1));
        time.GetUtcNow();
        Assert.Equal(2, told.Lines.Count);
        machine.Clock += TimeSpan.FromHours(2);
        time.GetUtcNow();
        machine.Pass(TimeSpan.FromMinutes(30));
        time.GetUtcNow();
        Assert.Equal(3, told.Lines.Count);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, told.Lines[^1].Level);
        Assert.Contains("has come back", told.Lines[^1].Words);
        // One that stays is believed, and that is told once.
        machine.Clock += TimeSpan.FromMinutes(15);
        time.GetUtcNow();
        Assert.Contains("is +0.00:15:00 from", told.Lines[^1].Words);
        machine.Pass(TimeSpan.FromMinutes(15));
        Assert.Equal(machine.Clock, time.GetUtcNow());
        Assert.Equal(5, told.Lines.Count);
        Assert.Contains("has stayed where it leapt to (+0.00:15:00", told.Lines[^1].Words);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(-10, true)]
    [InlineData(9.99, false)]
    [InlineData(-9.99, false)]
    public void Ten_minutes_are_a_leap(double minutes, bool leap)
    {
        var (machine, time) = Make();
        machine.Clock += TimeSpan.FromMinutes(minutes);
        Assert.Equal(leap ? Start : machine.Clock, time.GetUtcNow());
        Assert.Equal(leap ? TimeSpan.FromMinutes(minutes) : TimeSpan.Zero, time.Ahead);
    }

    /// <summary>A machine that slept for an hour and woke with its clock an hour too far as well: the sleep is believed, the rest is not.</summary>
    [Fact]
    public void A_sleep_and_a_leap_are_told_apart()
    {
        var (machine, time) = Make();
        machine.Sleep(TimeSpan.FromHours(1));
        machine.Clock += TimeSpan.FromHours(1);
        Assert.Equal(Start.AddHours(1), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(1), time.Ahead);
    }

    [Fact]
    public void Where_the_machine_does_not_say_how_long_it_is_on_a_sleep_is_a_leap()
    {
        var machine = new Machine();
        var time = new SteadyTime(machine, () => null, NullLogger<SteadyTime>.Instance);
        machine.Sleep(TimeSpan.FromHours(62));
        Assert.Equal(Start, time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(62), time.Ahead);
    }

    [Fact]
    public void This_machine_says_how_long_it_is_on()
    {
        if (!OperatingSystem.IsLinux()) return;
        var (first, then) = (SteadyTime.SinceBoot(), SteadyTime.SinceBoot());
        Assert.True(first > TimeSpan.FromSeconds(1) && then >= first);
    }
}
