using System.Diagnostics;

namespace Huitou;

/// <summary>
/// What stands around each line of the log: the number of the request and of its trace, never its address. An address that somebody typed may hold
/// a name or a number, one that a customer got holds the key to their page.
/// </summary>
public sealed class QuietScopes : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider all = new();

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { } activity) callback(new Dictionary<string, object?> { ["TraceId"] = activity.TraceId.ToString(), ["SpanId"] = activity.SpanId.ToString() }, state);
        all.ForEachScope(callback, state);
    }

    public IDisposable Push(object? state) => all.Push(state is IReadOnlyList<KeyValuePair<string, object?>> pairs && pairs.Any(p => p.Key == "RequestPath") ? pairs.Where(p => p.Key != "RequestPath").ToDictionary() : state);
}
