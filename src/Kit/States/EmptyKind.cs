namespace Huitou.Kit;

/// <summary>Why there is nothing to show.</summary>
public enum EmptyKind
{
    /// <summary>Nothing yet: say how to begin.</summary>
    Nothing,

    /// <summary>All done: say so, offer the next.</summary>
    Done,

    /// <summary>Nothing matches: name the condition to drop.</summary>
    NoMatch,
}
