using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Huitou.Kernel;

/// <summary>
/// The time the program goes by: the machine's clock, while it goes on as clocks do. Where it leaps (a wrong time server, a wrong hand) by more than
/// <see cref="Leap"/>, forward or back, the program keeps its own time for a while: no deadline is told early or twice, nothing
/// is deleted before its day, no sign-in ends. When the clock has come back all is as before; when it stays where it leapt to for
/// <see cref="MostDoubt"/> (for as long as it leapt, where that is shorter), it is believed. A machine that slept is believed at once, and so is the
/// clock a program starts with: a restart is how a person says that the clock is right.
/// </summary>
public sealed class SteadyTime : TimeProvider
{
    /// <summary>What a clock that is being put right does at most.</summary>
    public static readonly TimeSpan Leap = TimeSpan.FromMinutes(10);

    /// <summary>For so long a clock that leapt is doubted at most.</summary>
    public static readonly TimeSpan MostDoubt = TimeSpan.FromHours(6);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(10);
    private readonly TimeProvider machine;
    private readonly Func<TimeSpan?> sinceBoot;
    private readonly ILogger<SteadyTime> log;
    private readonly Lock look = new();
    private Seen seen;

    /// <param name="machine">The machine's clock, and its stamps, which no hand puts forward or back.</param>
    /// <param name="sinceBoot">How long the machine has been on, sleep included; null where it does not say.</param>
    /// <param name="log">Where a leap is told.</param>
    public SteadyTime(TimeProvider machine, Func<TimeSpan?> sinceBoot, ILogger<SteadyTime> log)
    {
        (this.machine, this.sinceBoot, this.log) = (machine, sinceBoot, log);
        seen = new Seen(machine.GetUtcNow(), machine.GetTimestamp(), sinceBoot(), TimeSpan.Zero, 0, 0);
    }

    // What the clocks said at the last look. Ahead: how far the machine's clock is ahead of ours; 0 when it is believed.
    private sealed record Seen(DateTimeOffset Clock, long Stamp, TimeSpan? Boot, TimeSpan Ahead, long DoubtedAt, long ToldAt);

    /// <summary>How far the machine's clock is ahead of the program's time (behind: negative); zero while it is believed.</summary>
    public TimeSpan Ahead => Volatile.Read(ref seen).Ahead;

    public override DateTimeOffset GetUtcNow()
    {
        var last = Volatile.Read(ref seen);
        var now = machine.GetUtcNow();
        var passed = machine.GetElapsedTime(last.Stamp);
        return passed < LookEvery && (now - last.Clock - passed).Duration() < Leap ? now - last.Ahead : Look();
    }

    private DateTimeOffset Look()
    {
        lock (look)
        {
            var (last, now, stamp) = (seen, machine.GetUtcNow(), machine.GetTimestamp());
            var (passed, boot) = (machine.GetElapsedTime(last.Stamp, stamp), sinceBoot());
            var leapt = now - last.Clock - passed;
            // A machine that slept: time went on, the stamps did not.
            if (leapt >= Leap && boot - last.Boot - passed is { } slept && slept > LookEvery) leapt -= slept;
            var (ahead, doubted, told) = (last.Ahead, last.DoubtedAt, last.ToldAt);
            if (leapt.Duration() >= Leap)
            {
                ahead += leapt;
                if (ahead.Duration() < Leap)
                {
                    ahead = TimeSpan.Zero;
                    log.LogWarning("The machine's clock has come back; the program goes by it again");
                }
                else (doubted, told) = (stamp, 0);
            }

            if (ahead != TimeSpan.Zero && machine.GetElapsedTime(doubted, stamp) >= (ahead.Duration() < MostDoubt ? ahead.Duration() : MostDoubt))
            {
                log.LogWarning("The machine's clock has stayed where it leapt to ({Ahead} from the program's time); the program goes by it now", Words(ahead));
                ahead = TimeSpan.Zero;
            }

            if (ahead != TimeSpan.Zero && (told == 0 || machine.GetElapsedTime(told, stamp) >= TellEvery))
            {
                told = stamp;
                log.LogError("The machine's clock leapt and is {Ahead} from the program's time, which goes on as before. Put the clock right; if it is right, restart the program", Words(ahead));
            }

            Volatile.Write(ref seen, new Seen(now, stamp, boot, ahead, doubted, told));
            return now - ahead;
        }
    }

    private static string Words(TimeSpan ahead) => (ahead < TimeSpan.Zero ? "-" : "+") + ahead.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>Counts on while the machine sleeps, which the stamps do not. Elsewhere than on Linux a sleep is taken for a leap.</summary>
    public static TimeSpan? SinceBoot()
    {
        try
        {
            return double.TryParse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
