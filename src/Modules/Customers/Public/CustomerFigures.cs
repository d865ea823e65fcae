using Huitou.Kernel;

namespace Huitou.Customers.Public;

/// <summary>What a batch of sales means to one customer.</summary>
/// <param name="CustomerId">Whose.</param>
/// <param name="Count">New sales, without returns.</param>
/// <param name="Sum">Sales less returns, minor units of the batch's currency.</param>
/// <param name="First">Day of the earliest sale; null: only returns.</param>
/// <param name="Last">Day of the latest sale; null: only returns.</param>
/// <param name="UpdateDue">Since now the file is due for update (A7); null where history is taken over.</param>
public readonly record struct Bought(Guid CustomerId, int Count, long Sum, DateOnly? First, DateOnly? Last, DateTime? UpdateDue = null);

/// <summary>
/// The door by which purchases reach the customers' rows: one statement a batch, in the caller's transaction. The file's
/// version is left alone, so who edits the file meanwhile has no conflict.
/// </summary>
public static class CustomerFigures
{
    /// <summary>A customer is not called silent before so many days.</summary>
    public const int LeastQuietDays = 90;

    private const string Count = "t.purchase_count + v.count";
    private const string First = "case when v.first is not null and (t.first_purchase_on is null or v.first < t.first_purchase_on) then v.first else t.first_purchase_on end";
    private const string Last = "case when v.last is not null and (t.last_purchase_on is null or t.last_purchase_on < v.last) then v.last else t.last_purchase_on end";

    /// <summary>
    /// Adds purchases of one currency. The sum stays in the currency of a customer's first purchase: amounts of another are
    /// in the sales list and not in the sum.
    /// </summary>
    public static Task<int> ApplyAsync(Db db, string currency, IReadOnlyCollection<Bought> rows, CancellationToken cancel = default) =>
        db.UpdateAsync("customers_customer",
            $"""
            purchase_count = {Count},
            purchase_total = t.purchase_total + case when t.purchase_currency = '' or t.purchase_currency = v.currency then v.sum else 0 end,
            purchase_currency = case when t.purchase_currency = '' then v.currency else t.purchase_currency end,
            first_purchase_on = {First},
            last_purchase_on = {Last},
            quiet_on = case when {Count} > 1 and {Last} > {First} then {QuietOn(db.Engine)} end,
            stage = case when v.last is not null then 'Buyer' else t.stage end,
            update_due_since = coalesce(t.update_due_since, v.due)
            """, "t.id = v.id", cancel,
            BulkColumn.Of("id", rows.Select(r => r.CustomerId)), BulkColumn.Of("count", rows.Select(r => r.Count)), BulkColumn.Of("sum", rows.Select(r => r.Sum)),
            BulkColumn.Of("first", rows.Select(r => r.First)), BulkColumn.Of("last", rows.Select(r => r.Last)), BulkColumn.Of("currency", rows.Select(_ => currency)),
            BulkColumn.Of("due", rows.Select(r => r.UpdateDue)));

    /// <summary>The same for one customer whose figures were put together from two files.</summary>
    internal static DateOnly? QuietOn(int count, DateOnly? first, DateOnly? last) =>
        count > 1 && first is { } from && last is { } to && to > from ? to.AddDays(Math.Max(LeastQuietDays, 2 * (to.DayNumber - from.DayNumber) / (count - 1))) : null;

    // The last purchase and twice the mean interval between the purchases so far.
    private static string QuietOn(Engine engine) => engine.IsPostgres
        ? $"({Last}) + greatest({LeastQuietDays}, 2 * (({Last}) - ({First})) / ({Count} - 1))"
        : $"date({Last}, '+' || max({LeastQuietDays}, cast(2 * (julianday({Last}) - julianday({First})) / ({Count} - 1) as integer)) || ' days')";
}
