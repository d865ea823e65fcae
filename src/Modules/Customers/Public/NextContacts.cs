using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>
/// The door for the next thing owed to a customer: several modules owe something, the file shows the earliest. Each module
/// has a reason (a text key) of its own and never moves another's, unless its own comes sooner. In the caller's transaction.
/// </summary>
public static partial class NextContacts
{
    /// <summary>Many customers in one statement.</summary>
    /// <param name="db">The caller's.</param>
    /// <param name="reason">Text key of the caller's reason.</param>
    /// <param name="owed">SQL over the caller's own tables that gives <c>customer_id, due_at</c>, one row a customer; <c>{0}</c> is the company, <c>{1}</c> … the values.</param>
    /// <param name="values">What the SQL takes.</param>
    /// <param name="cancel">Stops.</param>
    public static Task<int> OweAsync(Db db, string reason, string owed, IReadOnlyList<object> values, CancellationToken cancel = default)
    {
        if (!Key().IsMatch(reason)) throw new ArgumentException("Not a text key.", nameof(reason));
        // Both parts are written in code, never a value from outside. What is owed is worked out once: a server that has not counted its
        // rows yet would do it again for every customer.
        var sql = $$"""
            with v as materialized ({{owed}})
            update customers_customer as c set next_contact_at = v.due_at, next_contact_reason = '{{reason}}'
            from v
            where c.company_id = {0} and c.id = v.customer_id and (c.next_contact_at is null or c.next_contact_at > v.due_at or (c.next_contact_reason = '{{reason}}' and c.next_contact_at <> v.due_at))
            """;
        return db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, .. values], cancel);
    }

    /// <summary>One customer: shown when nothing is owed sooner.</summary>
    public static Task OweAsync(Db db, Guid customerId, string reason, DateTime at, CancellationToken cancel = default) =>
        All(db).Where(c => c.Id == customerId && (c.NextContactAt == null || c.NextContactAt > at))
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.NextContactAt, at).SetProperty(c => c.NextContactReason, reason), cancel);

    /// <summary>What was owed is done: the file shows the module's next, or nothing. Another module's reason stays.</summary>
    /// <param name="db">The caller's.</param>
    /// <param name="customerId">Whose.</param>
    /// <param name="reason">The module's reason.</param>
    /// <param name="next">What it owes next; null: nothing.</param>
    /// <param name="was">Only when this instant is shown; null: whichever.</param>
    /// <param name="cancel">Stops.</param>
    public static Task DoneAsync(Db db, Guid customerId, string reason, DateTime? next = null, DateTime? was = null, CancellationToken cancel = default) =>
        All(db).Where(c => c.Id == customerId && c.NextContactReason == reason && (was == null || c.NextContactAt == was))
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.NextContactAt, next).SetProperty(c => c.NextContactReason, next == null ? "" : reason), cancel);

    /// <summary>Somebody spoke with the customer.</summary>
    public static Task SpokenAsync(Db db, Guid customerId, DateTime at, CancellationToken cancel = default) =>
        All(db).Where(c => c.Id == customerId).ExecuteUpdateAsync(s => s.SetProperty(c => c.LastContactAt, at), cancel);

    // What is owed does not ask whose customer it is: the caller may act on its own thing.
    private static IQueryable<Customer> All(Db db) => db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);

    [GeneratedRegex(@"^[a-z][a-z0-9.-]*$")]
    private static partial Regex Key();
}
