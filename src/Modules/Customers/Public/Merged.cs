namespace Huitou.Customers.Public;

/// <summary>A file was merged into another, in this transaction; the rows of all <see cref="CustomerTable"/>s have moved.</summary>
/// <param name="KeptId">The surviving file.</param>
/// <param name="GoneId">The file that is out of sight now.</param>
public sealed record CustomersMerged(Guid KeptId, Guid GoneId);

/// <summary>A merging was undone, in this transaction; rows are back at the files they belong to.</summary>
/// <param name="KeptId">The file in which the other's rows were until now.</param>
/// <param name="GoneId">The file that is back.</param>
public sealed record CustomersUnmerged(Guid KeptId, Guid GoneId);

/// <summary>Says no to a merging, by throwing <see cref="Huitou.Kernel.Refused"/>: a module that guards files (levels, holds) registers one.</summary>
public interface IMergeCheck
{
    Task CheckAsync(Guid keptId, Guid goneId, CancellationToken cancel);
}

/// <summary>Files went from one owner to another, in this transaction.</summary>
/// <param name="From">The owner before; null: none.</param>
/// <param name="To">The owner now; null: none.</param>
/// <param name="CustomerIds">The files.</param>
public sealed record OwnersChanged(Guid? From, Guid? To, IReadOnlyList<Guid> CustomerIds)
{
    /// <summary>The owner before leaves the company.</summary>
    public bool Leaver { get; init; }
}
