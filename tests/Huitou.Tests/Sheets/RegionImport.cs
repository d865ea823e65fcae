using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Sheets;

/// <summary>A kind of import for the tests of the frame: regions by name. Dies where it is told to.</summary>
public sealed class RegionImport(Db db) : ImportKind
{
    /// <summary>Throws when it meets this name, once.</summary>
    public static string? DieAt { get; set; }

    public override string Kind => "regions";
    public override string Permission => "imports.run";
    public override string TextKey => "sheets.imports.title";
    public override IReadOnlyList<ImportColumn> Columns => [new("name", "sheets.import.file", true, "access.region"), new("note", "sheets.import.when", false)];

    public override object NewMemory() => new HashSet<string>();

    public override void Remember(object memory, ImportRow row) => ((HashSet<string>)memory).Add(row["name"]);

    public override async Task ImportBatchAsync(ImportBatch batch, CancellationToken cancel)
    {
        var names = batch.Rows.Select(r => r["name"]).ToArray();
        var there = (await db.Set<Region>().Where(r => names.Contains(r.Name)).Select(r => r.Name).ToListAsync(cancel)).ToHashSet();
        var seen = (HashSet<string>)batch.Memory!;
        foreach (var row in batch.Rows)
        {
            if (DieAt is not null && row["name"] == DieAt)
            {
                DieAt = null;
                throw new IOException("the power went out");
            }

            if (row["name"].Length == 0) batch.Refuse(row, "sheets.file.row-too-long", row.Number);
            else if (!seen.Add(row["name"])) batch.Refuse(row, "kernel.there-already");
            else if (there.Contains(row["name"])) batch.Same();
            else
            {
                db.Set<Region>().Add(new Region { Name = row["name"] });
                batch.Added();
            }
        }
    }
}
