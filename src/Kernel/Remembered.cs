using System.Collections.Concurrent;
using System.Diagnostics;

namespace Huitou.Kernel;

/// <summary>
/// What a company looks up in nearly every act and hardly ever changes (rules, calendars, who works where), remembered for
/// seconds. Rows changed through <see cref="Db"/> on this node are forgotten at their commit, and not trusted within the
/// transaction that changes them; what another node or a bulk statement changed is seen within <see cref="For"/>.
/// </summary>
public sealed class Remembered
{
    public static readonly TimeSpan For = TimeSpan.FromSeconds(15);

    private const int Most = 20_000;
    private readonly ConcurrentDictionary<(Guid Company, string What), (object Value, long Age, long At)> known = new();
    private readonly ConcurrentDictionary<(Guid Company, Type Row), long> ages = new();

    /// <summary>What was read before, or what <paramref name="read"/> reads now in the caller's transaction.</summary>
    /// <param name="db">Of the company.</param>
    /// <param name="what">Name of the thing remembered, unique in the program.</param>
    /// <param name="rows">The entities it is made of.</param>
    /// <param name="read">Reads it; the result is shared between requests and must not be changed.</param>
    public async Task<T> GetAsync<T>(Db db, string what, Type[] rows, Func<Task<T>> read) where T : class
    {
        if (db.HasChanged(rows)) return await read();
        var key = (db.CompanyId, what);
        var age = AgeOf(db.CompanyId, rows);
        if (known.TryGetValue(key, out var there) && there.Age == age && Stopwatch.GetElapsedTime(there.At) < For) return (T)there.Value;
        var value = await read();
        if (known.Count > Most) known.Clear();
        known[key] = (value, age, Stopwatch.GetTimestamp());
        return value;
    }

    /// <summary>Rows of these kinds have changed: what was made of them is old.</summary>
    internal void Forget(Guid company, IEnumerable<Type> rows)
    {
        foreach (var row in rows)
        {
            if (ages.ContainsKey((company, row))) ages.AddOrUpdate((company, row), 1, (_, age) => age + 1);
        }
    }

    // A sum of counters that only rise: another sum means that something was changed since.
    private long AgeOf(Guid company, Type[] rows)
    {
        long sum = 0;
        foreach (var row in rows) sum += ages.GetOrAdd((company, row), 0);
        return sum;
    }
}
