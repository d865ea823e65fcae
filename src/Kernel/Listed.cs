using System.Linq.Expressions;
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
        return Cut(await rows.OrderByDescending(r => r.Id).Take(size + 1).ToListAsync(cancel), r => r.Id, size);
    }

    /// <summary>
    /// A page of a list that stands in another order than its rows came in: by a day or an instant, then by id. The cursor is the id of the last one seen; its place is looked up, so that
    /// what is written meanwhile neither shows a row twice nor hides one.
    /// </summary>
    /// <param name="rows">The list, cut to what is asked for.</param>
    /// <param name="visible">All of the kind that the person may see: the last one seen may have left the list meanwhile. What is not among it is no cursor.</param>
    /// <param name="key">What the list is ordered by.</param>
    /// <param name="latestFirst">The greatest comes first; else the smallest.</param>
    /// <param name="cursor">The last one seen; none begins.</param>
    /// <param name="size">How many at most.</param>
    /// <param name="cancel">Stops.</param>
    /// <typeparam name="T">A row with an <c>Id</c>.</typeparam>
    /// <typeparam name="TKey">Of the order.</typeparam>
    public static async Task<(List<T> Rows, Guid? Next)> PageByAsync<T, TKey>(this IQueryable<T> rows, IQueryable<T> visible, Expression<Func<T, TKey>> key, bool latestFirst, Guid? cursor, int size, CancellationToken cancel) where T : class
    {
        if (size is < 1 or > Most) throw new BadInput([("size", $"1 … {Most}")]);
        var row = key.Parameters[0];
        var id = Expression.Lambda<Func<T, Guid>>(Expression.Property(row, nameof(ICompanyOwned.Id)), row);
        if (cursor is { } after)
        {
            var last = Expression.Property(Expression.Constant(new Place<Guid>(after)), nameof(Place<>.Value));
            var at = await visible.Where(Expression.Lambda<Func<T, bool>>(Expression.Equal(id.Body, last), row)).Select(key).Take(1).ToListAsync(cancel);
            if (at.Count == 0) throw new Refused("kernel.cursor-wrong") { Field = "cursor" };
            var place = Expression.Property(Expression.Constant(new Place<TKey>(at[0])), nameof(Place<>.Value));
            var (beyond, beside) = latestFirst ? (Expression.LessThan(key.Body, place), Expression.LessThan(id.Body, last)) : (Expression.GreaterThan(key.Body, place), Expression.GreaterThan(id.Body, last));
            rows = rows.Where(Expression.Lambda<Func<T, bool>>(Expression.OrElse(beyond, Expression.AndAlso(Expression.Equal(key.Body, place), beside)), row));
        }

        var ordered = latestFirst ? rows.OrderByDescending(key).ThenByDescending(id) : rows.OrderBy(key).ThenBy(id);
        return Cut(await ordered.Take(size + 1).ToListAsync(cancel), id.Compile(), size);
    }

    // One row more than the page holds tells whether another page follows.
    private static (List<T> Rows, Guid? Next) Cut<T>(List<T> found, Func<T, Guid> id, int size)
    {
        if (found.Count <= size) return (found, null);
        found.RemoveAt(size);
        return (found, id(found[^1]));
    }

    // Read as a member, a value becomes a parameter of the query instead of a text of its own.
    private sealed record Place<TValue>(TValue Value);
}
