namespace Huitou.Kit;

/// <summary>A condition that can be chosen from a few.</summary>
/// <param name="Key">Its word in the address.</param>
/// <param name="Label">Its word on screen.</param>
/// <param name="Options">What can be chosen.</param>
/// <param name="Several">More than one at a time.</param>
public sealed record Filter(string Key, string Label, IReadOnlyList<Option> Options, bool Several = false);
