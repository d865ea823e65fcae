using System.Collections.Concurrent;

namespace Huitou.Kernel;

/// <summary>
/// Holds off who tries out addresses of customers: links that led nowhere, counted by where they were tried from, minute by minute. No token of 128 bits
/// is found by trying, but each try asks the database. Counted by this node alone; nothing of it is kept longer than its minute.
/// </summary>
public sealed class LinkGuesses(TimeProvider time)
{
    /// <summary>So many in a minute; a street of customers behind one address mistypes fewer.</summary>
    public const int Most = 20;

    private Minute now = new(0);

    private sealed record Minute(long At)
    {
        public ConcurrentDictionary<string, int> Misses { get; } = [];
    }

    /// <summary>True when no further link is looked up from there in this minute.</summary>
    public bool HeldOff(byte[]? from) => from is not null && This().Misses.GetValueOrDefault(Convert.ToHexStringLower(from)) >= Most;

    /// <summary>A link from there led nowhere. Who cannot be told apart is not counted.</summary>
    public void Missed(byte[]? from)
    {
        if (from is not null) This().Misses.AddOrUpdate(Convert.ToHexStringLower(from), 1, (_, before) => before + 1);
    }

    /// <summary>Until the minute is over, in seconds.</summary>
    public int Seconds => 60 - (int)(time.GetUtcNow().ToUnixTimeSeconds() % 60);

    // Two requests may begin a minute twice, and a miss be forgotten: it is a brake, not a lock.
    private Minute This()
    {
        var at = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var last = Volatile.Read(ref now);
        if (last.At == at) return last;
        var begun = new Minute(at);
        Volatile.Write(ref now, begun);
        return begun;
    }
}
