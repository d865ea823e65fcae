using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>Where a step stands.</summary>
public enum StepState { Next, Now, Done, Failed }

/// <summary>One step of a way.</summary>
/// <param name="Title">Its word.</param>
/// <param name="State">Behind, present, to come, or failed.</param>
/// <param name="Note">A quiet line.</param>
/// <param name="When">At the right.</param>
/// <param name="Body">What may be done in it.</param>
public sealed record Step(string Title, StepState State, string? Note = null, string? When = null, RenderFragment? Body = null);
