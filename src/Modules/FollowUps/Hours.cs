using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Huitou.FollowUps;

/// <summary>When to try again, in the shop's own time; no database.</summary>
public static class Hours
{
    /// <summary>Hours at which people answer, morning to evening.</summary>
    private static readonly TimeSpan[] Slots = [new(10, 0, 0), new(12, 30, 0), new(15, 30, 0), new(18, 30, 0)];

    /// <summary>At least so long between two calls.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromHours(2);

    /// <summary>
    /// Another hour (C3): the next slot at least two hours away that does not lie near the hour just tried; after the second
    /// call in vain of a day, the next day.
    /// </summary>
    /// <param name="local">When nobody answered, shop time.</param>
    /// <param name="attempts">How many calls were in vain.</param>
    public static DateTime Retry(DateTime local, int attempts)
    {
        var first = attempts % 2 == 0 ? local.Date.AddDays(1) : local.Date;
        for (var day = first; ; day = day.AddDays(1))
        {
            foreach (var slot in Slots)
            {
                var at = day + slot;
                if (at - local >= Apart && Away(slot, local.TimeOfDay) >= Apart) return at;
            }
        }
    }

    private static TimeSpan Away(TimeSpan one, TimeSpan other) => (one - other).Duration();
}

/// <summary>A spot check that anybody can draw again: the same seed over the same calls gives the same sample.</summary>
public static class Sample
{
    /// <summary>The least that says something.</summary>
    public const int Least = 5;

    /// <summary>So many of the calls are called back: the percentage, at least <see cref="Least"/>, at most all.</summary>
    public static int Size(int calls, int percent) => Math.Min(calls, Math.Max(Least, (int)Math.Ceiling(calls * percent / 100.0)));

    /// <summary>Draws without replacement, each equally likely; the order of <paramref name="ids"/> does not matter.</summary>
    public static List<Guid> Draw(IEnumerable<Guid> ids, long seed, int size) =>
        [.. ids.Distinct().Select(id => (id, Lot(seed, id))).OrderBy(x => x.Item2).ThenBy(x => x.id).Take(size).Select(x => x.id)];

    private static ulong Lot(long seed, Guid id)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, seed);
        id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
