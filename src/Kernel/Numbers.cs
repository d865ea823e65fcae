using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// Numbers that people read: <c>KH-2026-000123</c>. Unique and rising within company, series and year, not gapless.
/// On PostgreSQL blocks are reserved in a transaction of their own, so that writers do not queue behind one row; on
/// SQLite, which has one writer anyway, the number is taken in the act's own transaction.
/// </summary>
public sealed partial class Numbers(Engine engine)
{
    private const int SmallestBlock = 32;
    private const int LargestBlock = 512;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(2);

    private const string Take = """
        insert into kernel_number (company_id, series, year, next) values ({0}, {1}, {2}, {3} + 1)
        on conflict (company_id, series, year) do update set next = kernel_number.next + {3}
        returning next - {3} as "Value"
        """;

    private readonly ConcurrentDictionary<(Guid, string, int), Reserve> reserves = new();

    /// <summary>The next number of a series.</summary>
    public async Task<string> NextAsync(Db db, string series, int year, CancellationToken cancel = default)
    {
        if (engine.IsSqlite) return Format(series, year, await TakeAsync(db, series, year, 1, cancel));
        var reserve = reserves.GetOrAdd((db.CompanyId, series, year), _ => new Reserve());
        await reserve.Lock.WaitAsync(cancel);
        try
        {
            if (reserve.Next == reserve.End)
            {
                // Who uses a block up in seconds gets twice as many next time.
                reserve.Size = Stopwatch.GetElapsedTime(reserve.At) < Busy ? Math.Min(reserve.Size * 2, LargestBlock) : SmallestBlock;
                reserve.Next = await ReserveAsync(db.CompanyId, series, year, reserve.Size, cancel);
                reserve.End = reserve.Next + reserve.Size;
                reserve.At = Stopwatch.GetTimestamp();
            }

            return Format(series, year, reserve.Next++);
        }
        finally
        {
            reserve.Lock.Release();
        }
    }

    /// <summary>The first of <paramref name="count"/> numbers in a row, for bulk work, taken in the act's own transaction.</summary>
    public static Task<long> TakeAsync(Db db, string series, int year, int count, CancellationToken cancel = default) =>
        db.Database.SqlQueryRaw<long>(Take, db.CompanyId, series, year, count).AsAsyncEnumerable().FirstAsync(cancel).AsTask();

    public static string Format(string series, int year, long number) => string.Create(CultureInfo.InvariantCulture, $"{series}-{year}-{number:000000}");

    /// <summary>A number as it was typed, in any case, without dashes or leading zeros (<c>ks2026 15</c>), as it stands; null when it is none of this shape.</summary>
    public static (string Series, string Number)? Read(string typed)
    {
        if (Typed().Match(typed.Trim().ToUpperInvariant()) is not { Success: true, Groups: var g }) return null;
        return (g["series"].Value, Format(g["series"].Value, int.Parse(g["year"].Value, CultureInfo.InvariantCulture), long.Parse(g["number"].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex("^(?<series>[A-Z]{2})[- ]?(?<year>[0-9]{4})[- ]?(?<number>[0-9]{1,12})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Typed();

    private async Task<long> ReserveAsync(Guid company, string series, int year, int count, CancellationToken cancel)
    {
        await using var connection = (NpgsqlConnection)engine.Connect();
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(string.Format(CultureInfo.InvariantCulture, Take, "$1", "$2", "$3", "$4"), connection);
        command.Parameters.AddWithValue(company);
        command.Parameters.AddWithValue(series);
        command.Parameters.AddWithValue(year);
        command.Parameters.AddWithValue((long)count);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private sealed class Reserve
    {
        public SemaphoreSlim Lock { get; } = new(1, 1);
        public long Next { get; set; }
        public long End { get; set; }
        public int Size { get; set; } = SmallestBlock / 2;
        public long At { get; set; }
    }
}
