namespace Huitou.Staff.Public;

/// <summary>
/// What a module still has open in somebody's hands: while anything is, leaving is not complete (A9, S3-8). Registered by
/// higher modules; asked for the page 离职 and again, in the same transaction, when it is confirmed.
/// </summary>
public interface ILeaverCheck
{
    /// <summary>Kinds of open things with their number and the list where they can be handed over; none: empty.</summary>
    Task<IReadOnlyList<(string TextKey, int Count, string Href)>> OpenOfAsync(Guid staffId);
}
