namespace Huitou.Custody.Public;

/// <summary>A register on the tabs of /custody, registered as a singleton.</summary>
/// <param name="Order">Place.</param>
/// <param name="TextKey">Word on the tab.</param>
/// <param name="Href">Its page.</param>
/// <param name="Permission">Who sees it.</param>
public sealed record CustodyTab(int Order, string TextKey, string Href, string Permission);
