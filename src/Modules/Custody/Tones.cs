using Huitou.Kit;

namespace Huitou.Custody;

/// <summary>Colours of states.</summary>
internal static class Tones
{
    public static Tone Of(DestructionState state) => state switch { DestructionState.Done => Tone.Good, DestructionState.Refused => Tone.Bad, DestructionState.Asked => Tone.Warn, _ => Tone.Accent };
    public static Tone Of(RightsState state) => state switch { RightsState.Done => Tone.Good, RightsState.Refused => Tone.Bad, RightsState.Queued => Tone.Warn, _ => Tone.Accent };
}
