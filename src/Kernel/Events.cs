using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>Hears an event of a lower module, in the same transaction; database only. What waits or may fail becomes due work.</summary>
public interface IHandle<in TEvent>
{
    Task HandleAsync(TEvent happened, CancellationToken cancel);
}

/// <summary>A company was made, in this transaction: each module adds its ready rows (roles, authority table, rules, calendar). Heard lowest module first.</summary>
public sealed record CompanyMade(Company Company);

/// <summary>How a lower module tells the higher ones that something happened, without knowing them.</summary>
public sealed class Events(IServiceProvider services)
{
    public async Task PublishAsync<TEvent>(TEvent happened, CancellationToken cancel = default)
    {
        foreach (var handler in services.GetServices<IHandle<TEvent>>()) await handler.HandleAsync(happened, cancel);
    }
}
