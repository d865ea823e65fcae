namespace Huitou.Kit;

/// <summary>A saved view, or any other tab.</summary>
/// <param name="Text">Its word.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="Count">How many there are, where that is known without cost.</param>
/// <param name="Current">It is being looked at.</param>
public sealed record SavedView(string Text, string Href, int? Count = null, bool Current = false);
