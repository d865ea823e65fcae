using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// Customers out of a table (A12). The same customer is who has the file number, the old system's number, or phone and name;
/// perhaps the same is who has the phone under another name, or name and birthday. What then happens is decided before the
/// import starts. The same file again changes nothing, a row that cannot stand is refused with the reason.
/// </summary>
public sealed class CustomerImport(Db db, CustomerDesk desk, CustomerSearch search, ImportMatches matches, Timeline timeline, Audit audit, Texts texts, TimeProvider time, CurrentUser user, Allocator allocator, StaffGate gate) : ImportKind
{
    public const int ExternalMax = 60;

    /// <summary>What to do with customers who may be there already: leave those rows out, fill what is empty, open them all the same.</summary>
    public const string Duplicates = "duplicates", Skip = "skip", Fill = "fill", Open = "open";

    /// <summary>Who gets files that name no owner: nobody yet, or as the shop's rules say (A9).</summary>
    public const string Owners = "owners", Wait = "wait", ByRules = "rules";

    public override string Kind => "customers";
    public override string Permission => "customers.import";
    public override string TextKey => "customers.title";

    public override IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("name", "customers.name", true, "customers.headers.name"),
        new("phone", "customers.phone", false, "customers.headers.phone"),
        new("phone-2", "customers.phone-2", false, "customers.headers.phone-2"),
        new("address-form", "customers.form-of-address", false, "customers.headers.address-form"),
        new("email", "customers.email", false, "customers.headers.email"),
        new("we-chat", "customers.we-chat", false, "customers.headers.we-chat"),
        new("address", "customers.address", false, "customers.headers.address"),
        new("birthday", "customers.birthday", false, "customers.headers.birthday"),
        new("store", "customers.store-number", false, "customers.headers.store"),
        new("owner", "customers.column.owner", false, "customers.headers.owner"),
        new("tier", "customers.tier", false, "customers.headers.tier"),
        new("stage", "customers.stage", false, "customers.headers.stage"),
        new("class", "customers.class", false, "customers.headers.class"),
        new("tags", "customers.tags", false, "customers.headers.tags"),
        new("preferred-hours", "customers.preferred-hours", false, "customers.headers.preferred-hours"),
        new("note", "customers.note", false, "customers.headers.note"),
        new("external", "customers.external-number", false, "customers.headers.external"),
        new("number", "customers.number", false, "customers.headers.number"),
    ];

    public override IReadOnlyList<ImportChoice> Choices
    {
        get
        {
            var choices = new List<ImportChoice> { new(Duplicates, "customers.import.duplicates", [(Skip, "customers.import.duplicates.skip"), (Fill, "customers.import.duplicates.fill"), (Open, "customers.import.duplicates.open")]) };
            // Who may not give customers to anybody does not by a table either.
            if (user.Can("customers.assign")) choices.Add(new(Owners, "customers.import.owners", [(Wait, "customers.import.owners.wait"), (ByRules, "customers.import.owners.rules")]));
            return choices;
        }
    }

    /// <summary>What is kept over the whole file: whom the rules look at, and for the preview the rows that came before.</summary>
    private sealed class Memory
    {
        public Allocator.Scene? Scene { get; set; }
        public ImportMatches.Known Rows { get; } = new();
    }

    public override object? NewMemory() => new Memory();

    public override async Task PrepareAsync(ImportBatch batch, CancellationToken cancel)
    {
        var reader = new CustomerReader(texts, time.Today(user.Zone), await CustomerReader.HouseAsync(db, cancel), await search.PrefixAsync(cancel), await matches.NumbersAsync(batch.Rows.Select(r => r["number"]), cancel));
        var read = new List<ImportedCustomer>(batch.Rows.Count);
        foreach (var row in batch.Rows)
        {
            if (reader.Read(batch, row) is { } customer) read.Add(customer);
        }

        batch.Prepared = read;
    }

    public override async Task ImportBatchAsync(ImportBatch batch, CancellationToken cancel)
    {
        var fresh = new List<NewCustomer>();
        var filled = new List<(Guid Id, NewCustomer From)>();
        foreach (var (customer, match) in await DecideAsync(batch, cancel))
        {
            switch (match.Fate)
            {
                case RowFate.New: fresh.Add(customer.Customer); batch.Added(); break;
                case RowFate.Same when match.Id is { } id && Chosen(customer.Row) == Fill: filled.Add((id, customer.Customer)); break;
                case RowFate.Same: batch.Same(); break;
                case RowFate.Filled: filled.Add((match.Id!.Value, customer.Customer)); break;
                default: batch.Refuse(customer.Row, match.WhyKey, match.With); break;
            }
        }

        var memory = batch.Memory as Memory ?? new Memory();
        // Decided for the whole file: every row says the same.
        if (fresh.Count > 0) await desk.OpenNewAsync(fresh, cancel, batch.Rows[0][Owners] == ByRules ? files => AllotAsync(memory, files, cancel) : null);
        if (filled.Count > 0) await FillAsync(batch, filled, cancel);
    }

    // One after the other, each counting for the next; who has left meanwhile is not given any.
    private async Task<IReadOnlyDictionary<Guid, Allotment>> AllotAsync(Memory memory, IReadOnlyList<Customer> files, CancellationToken cancel)
    {
        while (true)
        {
            var scene = memory.Scene ??= await allocator.ReadAsync(cancel);
            var words = files.Select(f => (f.Id, Word: scene.Next(new(f.Id, null, f.StoreId, f.Address)))).Where(f => f.Word.OwnerId is not null).ToDictionary(f => f.Id, f => f.Word);
            var held = true;
            foreach (var owner in words.Values.Select(w => w.OwnerId!.Value).Distinct()) held &= await gate.HoldAsync(owner, cancel);
            if (held) return words;
            memory.Scene = null;
        }
    }

    public override async Task LookAsync(ImportBatch batch, CancellationToken cancel)
    {
        foreach (var (customer, match) in await DecideAsync(batch, cancel, (batch.Memory as Memory)?.Rows))
        {
            if (match.WhyKey.Length > 0) batch.Say(customer.Row, match.Fate, match.WhyKey, match.With);
            else batch.Say(customer.Row, match.Fate);
        }
    }

    private static string Chosen(ImportRow row) => row[Duplicates] is { Length: > 0 } chosen ? chosen : Skip;

    // Each good row with what becomes of it, rows of this batch before it included; in the preview, which stores nothing, those of the batches before too.
    private async Task<List<(ImportedCustomer Customer, ImportMatch Match)>> DecideAsync(ImportBatch batch, CancellationToken cancel, ImportMatches.Known? before = null)
    {
        if (batch.Prepared is null) await PrepareAsync(batch, cancel);
        var read = (List<ImportedCustomer>)batch.Prepared!;
        var known = await matches.ReadAsync(read, cancel);
        return read.ConvertAll(customer =>
        {
            var match = known.Find(customer);
            if (before is not null && match.Fate != RowFate.Same && before.Find(customer) is { Fate: not RowFate.New } earlier && (match.Fate == RowFate.New || earlier.Fate == RowFate.Same)) match = earlier;
            if (match.Fate == RowFate.MaybeSame)
            {
                match = Chosen(customer.Row) switch
                {
                    Open => match with { Fate = RowFate.New },
                    Fill when match.Id is not null => match with { Fate = RowFate.Filled },
                    _ => match,
                };
            }

            if (match.Fate == RowFate.New) (before ?? known).Add(customer);
            return (customer, match);
        });
    }

    // What is empty is filled, what is there stays: the shop's own word counts more than a list.
    private async Task FillAsync(ImportBatch batch, List<(Guid Id, NewCustomer From)> rows, CancellationToken cancel)
    {
        var ids = rows.Select(r => r.Id).Distinct().ToArray();
        var there = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().Where(c => EF.Parameter(ids).Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        var changed = new HashSet<Guid>();
        foreach (var (id, from) in rows)
        {
            var fields = there.TryGetValue(id, out var customer) ? customer.FillEmpty(from) : [];
            if (fields.Count == 0)
            {
                batch.Same();
                continue;
            }

            batch.Added();
            if (!changed.Add(id)) continue;
            timeline.Add(id, TimelineKind.File, "customers.timeline.filled", [customer!.Number]);
            audit.Add("customers.fill", "customers.customer", id, string.Join(' ', fields));
        }

        if (changed.Count > 0) await search.PutManyAsync(changed, cancel);
    }
}
