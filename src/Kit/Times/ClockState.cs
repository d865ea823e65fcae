namespace Huitou.Kit;

/// <summary>How a deadline stands.</summary>
public enum ClockState
{
    /// <summary>Enough time.</summary>
    Ok,

    /// <summary>Less than a quarter of the time is left.</summary>
    Near,

    /// <summary>Past.</summary>
    Late,

    /// <summary>Stopped, and for whom is said.</summary>
    Hold,

    /// <summary>Done in time.</summary>
    Done,

    /// <summary>Done, but late.</summary>
    DoneLate,
}
