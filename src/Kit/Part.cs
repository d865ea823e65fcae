using Huitou.Kernel;
using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>
/// A piece of a page. Knows the words. It is shown when it is ready, not half-way (a ComponentBase also shows itself at its
/// first await, when nothing is loaded yet), and it loads in its turn, so that panels beside each other may all read.
/// </summary>
public abstract class Part : ComponentBase, IHandleEvent
{
    private bool begun;

    /// <summary>Every word shown, by key.</summary>
    [Inject] public required Texts T { get; set; }
    [Inject] public required Turn Turn { get; set; }

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
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

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        using (await Turn.TakeAsync()) await item.InvokeAsync(arg);
        StateHasChanged();
    }
}
