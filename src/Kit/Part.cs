using Huitou.Kernel;
using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>A piece of a page. Knows the words.</summary>
public abstract class Part : ComponentBase
{
    /// <summary>Every word shown, by key.</summary>
    [Inject] public required Texts T { get; set; }
}
