namespace Huitou.Customers.Public;

/// <summary>Whether a list of customers may leave as a file (B5); implemented by who keeps the files. Asked in the transaction that records the export.</summary>
public interface IExportGate
{
    /// <summary>Lets it out, by the asker's own authority or a granted request; else asks for it.</summary>
    /// <param name="rows">How many rows go.</param>
    /// <param name="plain">Nothing masked.</param>
    /// <param name="reason">As the asker gave it; may be empty.</param>
    /// <param name="cancel">Stops.</param>
    Task<ExportPass> AskAsync(int rows, bool plain, string reason, CancellationToken cancel);
}

/// <summary>What the gate says.</summary>
/// <param name="Number">Number of the request: it stands on the file.</param>
/// <param name="WaitsAt">Address of the request that waits for a yes; null: it may go.</param>
public sealed record ExportPass(string Number, string? WaitsAt);
