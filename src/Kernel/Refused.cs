namespace Huitou.Kernel;

/// <summary>
/// A rule says no. Carries the text key that says which rule and what to do, so that the page shows it beside the form
/// (422) and the API answers with problem details (422).
/// </summary>
/// <param name="key">Text key.</param>
/// <param name="args">Values for the text.</param>
public sealed class Refused(string key, params object?[] args) : Exception(key)
{
    public string Key { get; } = key;
    public object?[] Args { get; } = args;

    /// <summary>The form field it concerns, where there is one.</summary>
    public string? Field { get; init; }
}

/// <summary>Missing, or not for this person: both are the same 404.</summary>
public sealed class NotThere : Exception;

/// <summary>The thing stands elsewhere now (merged into another): the answer is a redirect there, 302, for it may come back.</summary>
/// <param name="address">Its address.</param>
public sealed class MovedTo(string address) : Exception
{
    public string Address { get; } = address;
}

/// <summary>An input of the machine door is wrong: the messages by field, already in the caller's language. Answers 422 with problem details.</summary>
public sealed class BadInput(IReadOnlyList<(string Field, string Message)> errors) : Exception("Input refused")
{
    public IReadOnlyList<(string Field, string Message)> Errors { get; } = errors;
}
