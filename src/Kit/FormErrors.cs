using Huitou.Kernel;

namespace Huitou.Kit;

/// <summary>What is wrong with a form: messages by field name (the name the input carries), in the reader's words.</summary>
public sealed class FormErrors
{
    private readonly List<(string Field, string Message)> all = [];

    /// <summary>In the order in which they were found; the field is empty for what concerns the whole form.</summary>
    public IReadOnlyList<(string Field, string Message)> All => all;

    public bool Any => all.Count > 0;

    /// <summary>The first message for a field, or null.</summary>
    public string? this[string field] => all.Find(e => e.Field == field).Message;

    public void Add(string field, string message) => all.Add((field, message));

    /// <summary>What a desk found wrong: <c>model</c> is the input <c>In.Model</c> here, unless the form calls it otherwise.</summary>
    public void Add(BadInput wrong, params (string Field, string Input)[] names)
    {
        foreach (var (field, message) in wrong.Errors)
        {
            var input = Array.Find(names, n => n.Field == field).Input ?? (field.Length == 0 ? "" : char.ToUpperInvariant(field[0]) + field[1..]);
            all.Add((input.Length == 0 ? "" : "In." + input, message));
        }
    }

    /// <summary>The same, where the page says how its inputs are called.</summary>
    public void Add(BadInput wrong, Func<string, string> inputOf)
    {
        foreach (var (field, message) in wrong.Errors) all.Add((field.Length == 0 ? "" : inputOf("In." + char.ToUpperInvariant(field[0]) + field[1..]), message));
    }
}
