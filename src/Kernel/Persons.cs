namespace Huitou.Kernel;

/// <summary>
/// Persons were erased (B14), in this transaction: every module that holds anything of them removes or blanks it, set-based,
/// in its own tables; figures and totals stay. Published by Customers; heard by modules below and above it.
/// </summary>
/// <param name="PersonIds">Their ids: rows that hang on them are found by these.</param>
/// <param name="Marks">What tells them apart without doubt (phone, e-mail, IMEI …): for text that no id points to.</param>
/// <param name="Names">Their names, which others may bear too.</param>
public sealed record PersonsErased(IReadOnlyList<Guid> PersonIds, IReadOnlyList<string> Marks, IReadOnlyList<string> Names);

/// <summary>Why persons may not be erased or destroyed yet: a promise, a debt, an open complaint, a legal hold. Registered as a singleton.</summary>
/// <param name="TextKey">Says what is open; <c>{0}</c> is how many.</param>
/// <param name="Href">Where it is seen; <c>{0}</c> is the person's id.</param>
/// <param name="PersonIds">The persons it holds, as a query that EF puts into one statement; a person once for each open thing.</param>
public sealed record PersonHold(string TextKey, string Href, Func<Db, IQueryable<Guid>> PersonIds)
{
    /// <summary>It stops only what the shop does by its own calendar (destruction when the time is over), not what the person asks for.</summary>
    public bool OnlyDestruction { get; init; }
}

/// <summary>What a module holds of a person, for the person to see and carry away (B14). One class a module.</summary>
public interface IHeldData
{
    /// <summary>Place among the modules.</summary>
    int Order { get; }

    /// <summary>All that is held; the asker's right to see the person was checked before.</summary>
    Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel);
}

/// <summary>A table of what is held.</summary>
/// <param name="Key">Stable name in the machine-readable copy: <c>customers.devices</c>.</param>
/// <param name="TitleKey">Text key of its title.</param>
/// <param name="Columns">Stable name in the copy and text key of each column.</param>
/// <param name="Rows">Cells: text, number, day, instant, yes or no, a <see cref="HeldWord"/>, or nothing.</param>
public sealed record HeldPart(string Key, string TitleKey, IReadOnlyList<(string Name, string TextKey)> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>Our working notes: staff see them, they are not part of what is handed to the customer (S3-8, 13).</summary>
    public bool WorkingNotes { get; init; }
}

/// <summary>A cell that is one of our words, read in the reader's language.</summary>
/// <param name="Key">Text key.</param>
/// <param name="Args">Its values.</param>
public sealed record HeldWord(string Key, params object?[] Args);

/// <summary>Looks before the first request whether this installation may serve at all. Registered by a module.</summary>
public interface IBeforeServing
{
    /// <summary>Puts right what can be put right; returns why not to serve, English, for who runs the machine, or null.</summary>
    Task<string?> PrepareAsync(CancellationToken cancel);
}
