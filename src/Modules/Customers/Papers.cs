using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>What kind of paper it is.</summary>
public enum PaperKind { Form, Contract, Identity, Licence, Photo, Letter, Receipt, Title, Other }

/// <summary>A paper of the file, or a scan of one (A14): they stand in the contents list in order of their date of issue (S3-7, c.5).</summary>
public sealed class Paper : ICompanyOwned, IVersioned
{
    public const int TitleMax = 80;
    public const int NumberMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid CustomerId { get; init; }
    /// <summary>The scan or photo; null: paper only.</summary>
    public Guid? FileId { get; set; }
    public PaperKind Kind { get; init; }
    public required string Title { get; set; }
    /// <summary>A contract and title papers bear the number of the file (S3-10, 4 and 5).</summary>
    public string Number { get; set; } = "";
    public DateOnly IssuedOn { get; set; }
    public int Pages { get; set; } = 1;
    /// <summary>Where the paper lies if not with the file: the safe for title papers.</summary>
    public string Place { get; set; } = "";
    public DateTime At { get; init; }
    public Guid? By { get; init; }
    public int Version { get; set; }
}

/// <summary>Keeps the papers of files, from page and API.</summary>
public sealed class PaperDesk(Db db, CurrentUser user, TimeProvider time, Texts texts, Audit audit, Public.Timeline timeline, FileStore files)
{
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<Paper> AddAsync(Guid customerId, PaperKind kind, string? title, string? number, DateOnly? issuedOn, int pages, string? place, Guid? fileId, CancellationToken cancel = default)
    {
        var customer = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.Number }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var wrong = new List<(string, string)>();
        var (name, where, own) = (CustomerDesk.Tidy(title), CustomerDesk.Tidy(place), CustomerDesk.Tidy(number));
        if (name.Length == 0) name = texts[$"customers.paper.kind.{kind}"];
        if (name.Length > Paper.TitleMax) wrong.Add(("Title", texts["customers.too-long", Paper.TitleMax]));
        if (own.Length > Paper.NumberMax) wrong.Add(("Number", texts["customers.too-long", Paper.NumberMax]));
        if (where.Length > Customer.PlaceMax) wrong.Add(("Place", texts["customers.too-long", Customer.PlaceMax]));
        if (pages is < 1 or > 10_000) wrong.Add(("Pages", texts["customers.paper.pages-wrong"]));
        if (issuedOn > time.Today(user.Zone).AddDays(1)) wrong.Add(("IssuedOn", texts["customers.paper.issued-wrong"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var paper = new Paper
        {
            CustomerId = customerId, Kind = kind, Title = name, Number = kind is PaperKind.Contract or PaperKind.Title ? customer.Number : own, IssuedOn = issuedOn ?? time.Today(user.Zone), Pages = pages, Place = where, FileId = fileId,
            At = time.Now(), By = user.StaffId == Guid.Empty ? null : user.StaffId,
        };
        db.Set<Paper>().Add(paper);
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.paper", [name]);
        audit.Add("customers.paper", "customers.paper", paper.Id, kind.ToString());
        return paper;
    }

    /// <summary>Takes a paper off the file, and its scan away for good: nothing else shows it.</summary>
    public async Task RemoveAsync(Paper paper, CancellationToken cancel = default)
    {
        db.Set<Paper>().Remove(paper);
        timeline.Add(paper.CustomerId, TimelineKind.File, "customers.timeline.paper-removed", [paper.Title]);
        audit.Add("customers.paper.remove", "customers.paper", paper.Id);
        await db.SaveChangesAsync(cancel);
        if (paper.FileId is { } file) await files.RemoveAsync([file], cancel);
    }
}

/// <summary>Who may see a customer's file may open what is attached to it.</summary>
internal sealed class PaperFiles(Db db, CurrentUser user) : IFileOwner
{
    public Task<bool> OwnsAsync(Guid fileId, CancellationToken cancel) => db.Set<Paper>().IgnoreQueryFilters([Db.SecrecyFilter]).AnyAsync(p => p.FileId == fileId, cancel);

    public async Task<bool> MayOpenAsync(Guid fileId, CancellationToken cancel)
    {
        if (!user.Can("customers.view")) return false;
        var files = db.Set<Customer>();
        return await db.Set<Paper>().AnyAsync(p => p.FileId == fileId && files.Any(c => c.Id == p.CustomerId), cancel);
    }
}

internal sealed class PaperMap : IEntityTypeConfiguration<Paper>
{
    public void Configure(EntityTypeBuilder<Paper> paper) => paper.ToTable("customers_paper");
}
