using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A sealing as typed.</summary>
public sealed class SealForm
{
    public string? File { get; set; }
    public string? Title { get; set; }
    public string? Pages { get; set; }
    public string? Place { get; set; }
    public string? Words { get; set; }
}

/// <summary>Seals first-contact forms and opens them (B2): only who the authority table gives the last word, each opening written down.</summary>
public sealed class Seals(Db db, CurrentUser me, TimeProvider time, Numbers numbers, ApprovalDesk desk, Finding finding, FileStore files, Audit audit) : IFileOwner
{
    public const string Series = "FC";

    public async Task<Seal> SealAsync(SealForm form, (Stream Content, string Name)? scan, CancellationToken cancel)
    {
        var wrong = new Wrongs();
        var file = await wrong.TryAsync(() => finding.ByNumberAsync(form.File, cancel));
        var title = Finding.Text(wrong, form.Title, Seal.TitleMax, "In.Title", "custody.seal.title-missing");
        var place = Finding.Text(wrong, form.Place, Seal.PlaceMax, "In.Place", "custody.seal.place-missing");
        var words = Finding.Text(wrong, form.Words, Seal.WordsMax, "In.Words", "", needed: false);
        wrong.If(!int.TryParse(form.Pages, NumberStyles.None, CultureInfo.InvariantCulture, out var pages) || pages is < 1 or > Seal.MostPages, "In.Pages", "custody.seal.pages-wrong", Seal.MostPages);
        wrong.Stop();
        var now = time.Now();
        var seal = new Seal
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Series, time.Today(me.Zone).Year, cancel), FileId = file!.Id, FileNumber = file.Number, Title = title, Pages = pages, Place = place, Words = words,
            ScanId = scan is { } sent ? await files.SaveAsync(sent.Content, sent.Name, cancel) : null, StoreId = me.StoreId, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = now,
        };
        db.Set<Seal>().Add(seal);
        audit.Add("custody.seal", "custody.seal", seal.Id, file.Number);
        return seal;
    }

    /// <summary>True for the general manager, as the table stands.</summary>
    public Task<bool> MayOpenSealsAsync(CancellationToken cancel) => desk.HasLastWordAsync(CustodyActs.Unseal, cancel);

    public async Task<SealOpening> OpenAsync(Guid id, string? why, CancellationToken cancel)
    {
        if (!await db.Set<Seal>().AnyAsync(s => s.Id == id, cancel)) throw new NotThere();
        if (me.StaffId == Guid.Empty || !await MayOpenSealsAsync(cancel)) throw new Refused("custody.seal.not-yours");
        var reason = Finding.Text(why, LevelChange.ReasonMax, "In.Reason", "custody.seal.reason-missing");
        var now = time.Now();
        var opening = new SealOpening { SealId = id, By = me.StaffId, Reason = reason, At = now, Until = now + SealOpening.Shown };
        db.Set<SealOpening>().Add(opening);
        audit.Add("custody.unseal", "custody.seal", id, "opened");
        return opening;
    }

    /// <summary>True while an opening of the person's own lasts.</summary>
    public Task<bool> IsOpenAsync(Guid id, CancellationToken cancel)
    {
        var (now, self) = (time.Now(), me.StaffId);
        return db.Set<SealOpening>().AnyAsync(o => o.SealId == id && o.By == self && o.Until > now, cancel);
    }

    public Task<bool> OwnsAsync(Guid fileId, CancellationToken cancel) => db.Set<Seal>().AnyAsync(s => s.ScanId == fileId, cancel);

    public async Task<bool> MayOpenAsync(Guid fileId, CancellationToken cancel)
    {
        var seal = await db.Set<Seal>().Where(s => s.ScanId == fileId).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancel);
        return seal is { } id && await IsOpenAsync(id, cancel);
    }
}
