using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Kernel;

/// <summary>A page of a list at the machine door, by cursor.</summary>
/// <param name="Items">As many as asked for.</param>
/// <param name="Next">The cursor of the next ones; none at the end.</param>
public sealed record Listed<T>(IReadOnlyList<T> Items, Guid? Next);

/// <summary>Cuts a register to a page, newest first: ids rise with time, so they are order and cursor in one.</summary>
public static class Register
{
    /// <summary>The longest page.</summary>
    public const int Most = 200;

    /// <param name="rows">The register.</param>
    /// <param name="answer">A row as it is told.</param>
    /// <param name="cursor">The last one seen; none begins.</param>
    /// <param name="size">How many at most.</param>
    /// <param name="cancel">Stops.</param>
    public static async Task<Ok<Listed<TAnswer>>> ListAsync<T, TAnswer>(this IQueryable<T> rows, Func<T, TAnswer> answer, Guid? cursor, int size, CancellationToken cancel) where T : class, ICompanyOwned
    {
        var (found, next) = await PageAsync(rows, cursor, size, cancel);
        return TypedResults.Ok(new Listed<TAnswer>([.. found.Select(answer)], next));
    }

    public static async Task<(List<T> Rows, Guid? Next)> PageAsync<T>(this IQueryable<T> rows, Guid? cursor, int size, CancellationToken cancel) where T : class, ICompanyOwned
    {
        if (size is < 1 or > Most) throw new BadInput([("size", $"1 … {Most}")]);
        if (cursor is { } after) rows = rows.Where(r => r.Id < after);
        var found = await rows.OrderByDescending(r => r.Id).Take(size + 1).ToListAsync(cancel);
        if (found.Count <= size) return (found, null);
        found.RemoveAt(size);
        return (found, found[^1].Id);
    }
}
