using System.Collections.Concurrent;
using System.Reflection;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>
/// A piece of a page. Knows the words. It is shown when it is ready, not half-way (a ComponentBase also shows itself at its
/// first await, when nothing is loaded yet), and it loads in its turn, so that panels beside each other may all read.
/// </summary>
public abstract class Part : ComponentBase, IHandleEvent
{
    private static readonly ConcurrentDictionary<Type, bool> Loading = new();
    private bool begun;

    /// <summary>Every word shown, by key.</summary>
    [Inject] public required Texts T { get; set; }
    [Inject] public required Turn Turn { get; set; }

    public override Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (Loading.GetOrAdd(GetType(), LoadsOf)) return LoadAsync();

        // An icon, a clock, a tag: hundreds on a page, and nothing to wait for.
        if (!begun)
        {
            begun = true;
            OnInitialized();
        }

        OnParametersSet();
        StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task LoadAsync()
    {
        using (await Turn.TakeAsync())
        {
            if (!begun)
            {
                begun = true;
                OnInitialized();
                await OnInitializedAsync();
            }

            OnParametersSet();
            await OnParametersSetAsync();
        }

        StateHasChanged();
    }

    private static bool LoadsOf(Type part) => Overrides(part, nameof(OnInitializedAsync)) || Overrides(part, nameof(OnParametersSetAsync));

    private static bool Overrides(Type part, string method) =>
        part.GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic, [])!.DeclaringType != typeof(ComponentBase);

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        using (await Turn.TakeAsync()) await item.InvokeAsync(arg);
        StateHasChanged();
    }
}
