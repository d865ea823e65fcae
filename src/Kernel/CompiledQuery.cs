using System.Collections.Concurrent;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Huitou.Kernel;

/// <summary>
/// A question about one thing, asked so often that finding its translation anew each time counts (docs/decisions/0012): a
/// static field, translated once for each engine. It sees the company and the reach of the asker like any other query.
/// </summary>
/// <param name="query">The rows, from the context and the id; only what EF translates, no method of our own inside.</param>
public sealed class CompiledQuery<TRow>(Expression<Func<Db, Guid, IQueryable<TRow>>> query)
{
    // EF keeps a compiled query to the model it was first asked with; a process that serves two engines has two models.
    private readonly ConcurrentDictionary<IModel, Func<Db, Guid, IAsyncEnumerable<TRow>>> translated = new();

    /// <summary>All rows.</summary>
    public Task<List<TRow>> ListAsync(Db db, Guid id, CancellationToken cancel = default) => Of(db, id).ToListAsync(cancel).AsTask();

    /// <summary>The first row, or none.</summary>
    public Task<TRow?> FirstAsync(Db db, Guid id, CancellationToken cancel = default) => Of(db, id).FirstOrDefaultAsync(cancel).AsTask();

    private IAsyncEnumerable<TRow> Of(Db db, Guid id) => translated.GetOrAdd(db.Model, _ => EF.CompileAsyncQuery(query))(db, id);
}

/// <summary>The same where it also matters who asks, and when.</summary>
/// <param name="query">The rows, from the context, the id, the staff member and the moment.</param>
public sealed class CompiledQueryFor<TRow>(Expression<Func<Db, Guid, Guid, DateTime, IQueryable<TRow>>> query)
{
    private readonly ConcurrentDictionary<IModel, Func<Db, Guid, Guid, DateTime, IAsyncEnumerable<TRow>>> translated = new();

    /// <summary>The first row, or none.</summary>
    public Task<TRow?> FirstAsync(Db db, Guid id, Guid staffId, DateTime now, CancellationToken cancel = default) =>
        translated.GetOrAdd(db.Model, _ => EF.CompileAsyncQuery(query))(db, id, staffId, now).FirstOrDefaultAsync(cancel).AsTask();
}
