using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Huitou.Kernel;

/// <summary>
/// A query that is worked out once and then only run (<c>EF.CompileAsyncQuery</c>), for what happens in every act: building and
/// comparing its expression costs more than the database. One for each model, as one process may stand on two engines.
/// Trap: what such a query says of the context itself (<c>db.StaffId</c>) is read once and kept; give it as a parameter. Named filters ask anew each time.
/// </summary>
public sealed class Compiled<TQuery>(Func<TQuery> compile) where TQuery : class
{
    private readonly ConditionalWeakTable<IModel, TQuery> queries = [];

    /// <summary>The query for the engine of this context.</summary>
    public TQuery For(Db db) => queries.GetValue(db.Model, _ => compile());
}
