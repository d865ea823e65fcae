namespace Huitou.Kernel;

/// <summary>
/// A table whose rows hang on a customer, registered as a singleton by the module that owns it: when two files are merged
/// its rows go along, and come back when the merging is undone. A test finds every such table of the schema.
/// </summary>
/// <param name="Table">The table; it has <c>company_id</c> and <c>id</c>.</param>
/// <param name="Column">The column with the customer's id.</param>
public sealed record CustomerTable(string Table, string Column = "customer_id")
{
    /// <summary>Columns that are unique together with the customer: a row whose twin the surviving file has already stays behind.</summary>
    public string[] Unique { get; init; } = [];

    /// <summary>The rows stay with the merged file, for this reason (English, for who reads the code); null: they move.</summary>
    public string? Stays { get; init; }
}
