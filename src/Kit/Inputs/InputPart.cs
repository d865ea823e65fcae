using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>What every input has: name, label, hint, and the message when it is wrong, tied together for screen readers.</summary>
public abstract class InputPart : Part
{
    /// <summary>The name that is sent, as Blazor binds it: <c>In.Phone</c>.</summary>
    [Parameter, EditorRequired] public required string Name { get; set; }
    [Parameter, EditorRequired] public required string Label { get; set; }
    /// <summary>A line under the input: what will happen, what is meant.</summary>
    [Parameter] public string? Hint { get; set; }
    /// <summary>A quiet word after the label.</summary>
    [Parameter] public string? Note { get; set; }
    /// <summary>Says 可不填 after the label.</summary>
    [Parameter] public bool Optional { get; set; }
    /// <summary>The page's messages; the one for this name is shown here.</summary>
    [Parameter] public FormErrors? Errors { get; set; }
    /// <summary>
    /// Tells inputs of one name on a page apart: the row of a form that stands in each row, the part of a group. An error of this one is named
    /// with it, <c>In.Score-{Of}</c> (see <see cref="Page.InputOf"/>).
    /// </summary>
    [Parameter] public string? Of { get; set; }
    /// <summary>Takes both columns of a form.</summary>
    [Parameter] public bool Wide { get; set; }

    /// <summary>The id of the input with a given name: what ErrorSummary links to.</summary>
    public static string IdOf(string name)
    {
        if (name.StartsWith("In.", StringComparison.Ordinal)) name = name[3..];
        return "f-" + new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
    }

    protected string Id => IdOf(Of is null ? Name : $"{Name}-{Of}");
    protected string? Error => Errors?.All.FirstOrDefault(e => e.Field.Length > 0 && IdOf(e.Field) == Id).Message;
    protected string? Described => (Error, Hint) switch
    {
        (null, null) => null,
        (null, _) => Id + "-hint",
        (_, null) => Id + "-error",
        _ => $"{Id}-error {Id}-hint",
    };
    protected string? Invalid => Error is null ? null : "true";
    protected string? LabelNote => Note ?? (Optional ? T["kit.optional"] : null);

    /// <summary>True for the first wrong input of the form: it takes the focus.</summary>
    protected bool FirstWrong => Errors is { Any: true } && Errors.All.FirstOrDefault(e => e.Field.Length > 0) is { Field: { } wrong } && IdOf(wrong) == Id;
}
