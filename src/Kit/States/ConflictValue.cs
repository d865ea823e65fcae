namespace Huitou.Kit;

/// <summary>One value two people changed.</summary>
public sealed record ConflictValue(string Label, string Mine, string Theirs);
