namespace Huitou.Kit;

/// <summary>One step of the way to a page. Without address it is the page itself.</summary>
public sealed record Crumb(string Text, string? Href = null);
