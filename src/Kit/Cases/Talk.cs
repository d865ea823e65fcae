namespace Huitou.Kit;

/// <summary>Who speaks in a conversation.</summary>
public enum TalkSide { Customer, Us, Event }

/// <summary>One thing said, or one thing that happened between.</summary>
/// <param name="Side">Who.</param>
/// <param name="Text">What, as said.</param>
/// <param name="Head">Name, time, channel.</param>
/// <param name="Tone">For events: kept, late.</param>
public sealed record Talk(TalkSide Side, string Text, string? Head = null, Tone Tone = Tone.Plain);
