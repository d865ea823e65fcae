namespace Huitou.Kit;

/// <summary>A column of a table.</summary>
/// <param name="Text">Its head.</param>
/// <param name="Sort">The word in the address that sorts by it (<c>sort=next</c>, <c>sort=-next</c>), or none.</param>
/// <param name="Number">Right-aligned; the cell gets <c>class="num"</c> by the page.</param>
public sealed record Column(string Text, string? Sort = null, bool Number = false);
