using System.Numerics;
using System.Runtime.CompilerServices;

namespace Huitou.Statistics;

/// <summary>
/// Random numbers that are the same on every machine and version, so that an interval shown twice is the same twice: xoshiro256++ of
/// Blackman and Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47, seeded through splitmix64.
/// </summary>
internal struct Draws
{
    private ulong a, b, c, d;

    public Draws(ulong seed)
    {
        a = Mix(ref seed);
        b = Mix(ref seed);
        c = Mix(ref seed);
        d = Mix(ref seed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(a + d, 23) + a;
        var t = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = BitOperations.RotateLeft(d, 45);
        return result;
    }

    /// <summary>0 ≤ x &lt; 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// How often each of n things comes in n draws with return: a multinomial. Each draw takes 32 random bits by multiplication
    /// (Lemire 2019); the bias is under n / 2³².
    /// </summary>
    public void Resample(Span<ushort> counts)
    {
        counts.Clear();
        var n = (ulong)counts.Length;
        var left = counts.Length;
        for (; left > 1; left -= 2)
        {
            var bits = Next();
            counts[(int)((uint)bits * n >> 32)]++;
            counts[(int)((bits >> 32) * n >> 32)]++;
        }

        if (left == 1) counts[(int)((uint)Next() * n >> 32)]++;
    }

    private static ulong Mix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
