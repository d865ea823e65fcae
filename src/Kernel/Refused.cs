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

    /// <summary>
    /// The field it concerns, where there is one, by its name in what a program sends: <c>marks[0].value</c>, or under the name of the form on a page, <c>In.OwnerId</c>.
    /// At the machine door it is <c>ownerId</c>; a page whose input is called otherwise says so (<c>InputOf</c>).
    /// </summary>
    public string? Field { get; init; }

    /// <summary>What else is wrong with the same form: all of it is told at once.</summary>
    public IReadOnlyList<Refused> Others { get; init; } = [];

    /// <summary>This and the others, in the order in which they were found.</summary>
    public IEnumerable<Refused> All => Others.Prepend(this);

    /// <summary>The same, for who calls its fields otherwise: what is wrong with a part is told of the whole.</summary>
    public Refused Named(Func<string, string> name) => new(Key, Args) { Field = Field is null ? null : name(Field), Others = [.. Others.Select(o => o.Named(name))] };
}

/// <summary>
/// Gathers what is wrong with a form, so that whoever filled it in reads everything at once, each beside its field, and not one after
/// the other. The first word about a field is the one that counts.
/// </summary>
public sealed class Wrongs
{
    private readonly List<Refused> all = [];

    /// <summary>True while nothing is wrong with this field.</summary>
    public bool Fine(string field) => !all.Exists(w => w.Field == field);

    /// <summary>Notes that a field is wrong, if it is.</summary>
    public void If(bool wrong, string field, string key, params object?[] args)
    {
        if (wrong) Add(new Refused(key, args) { Field = field });
    }

    /// <summary>Reads a value; what its reader refuses is noted, and the value is the empty one.</summary>
    public T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Refused refused)
        {
            Add(refused);
            return default;
        }
    }

    /// <summary>The same for a value that the database knows.</summary>
    public async Task<T?> TryAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Refused refused)
        {
            Add(refused);
            return default;
        }
    }

    /// <summary>Goes no further where anything is wrong.</summary>
    /// <exception cref="Refused">Everything that is.</exception>
    public void Stop()
    {
        if (all.Count == 0) return;
        throw new Refused(all[0].Key, all[0].Args) { Field = all[0].Field, Others = all[1..] };
    }

    private void Add(Refused refused)
    {
        if (refused.Field is null || Fine(refused.Field)) all.Add(refused);
    }
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
