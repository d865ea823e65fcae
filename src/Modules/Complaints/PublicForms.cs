using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Complaints;

/// <summary>What a customer wrote into a public form.</summary>
public sealed record FormWords(ComplaintKind Kind, string Words, string Demand, string Product, string Name, string Phone);

/// <summary>
/// The public forms of the stores (F1, F2): opened, renewed and closed by the shop; what comes in becomes a case. Floods are held off
/// by counting what came from one address, from one phone and to one store; machines by a field nobody sees and by the time it takes to write.
/// </summary>
public sealed class PublicForms(Db db, CurrentUser me, TimeProvider time, Audit audit, Texts texts, ComplaintsDesk desk, CustomerDesk customers, FileStore files)
{
    /// <summary>Nobody writes a complaint in less; nobody leaves the page open longer.</summary>
    public static readonly TimeSpan Quickest = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    /// <summary>A family or an office behind one address gets through; a machine does not.</summary>
    public const int PerAddress = 5, PerAddressDay = 20, PerPhoneDay = 5, PerStoreHour = 60;
    public static readonly TimeSpan AddressSpan = TimeSpan.FromMinutes(10);
    public const string Channel = "qr";

    private static readonly TimeSpan LinkLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan SourceLife = TimeSpan.FromDays(2);

    /// <summary>Opens a store's form, or opens it again.</summary>
    public async Task<PublicForm> OpenAsync(Guid storeId, CancellationToken cancel = default)
    {
        if (!Mine(storeId) || !await db.Set<Store>().AnyAsync(s => s.Id == storeId && s.ClosedOn == null, cancel)) throw new NotThere();
        var form = await db.Set<PublicForm>().AsTracking().FirstOrDefaultAsync(f => f.StoreId == storeId, cancel);
        if (form is { ClosedAt: null }) return form;
        var now = time.Now();
        var id = form?.Id ?? Ids.New(now);
        var token = Link.Create(db, PublicForm.LinkKind, id, now, LinkLife);
        if (form is null) db.Set<PublicForm>().Add(form = new PublicForm { Id = id, StoreId = storeId, Token = token, Since = now, By = Staff });
        else (form.Token, form.Since, form.By, form.ClosedAt) = (token, now, Staff, null);
        audit.Add("complaints.form-open", "complaints.form", id);
        return form;
    }

    /// <summary>Another address; posters with the old one lead nowhere from now on.</summary>
    public async Task<PublicForm> RenewAsync(Guid id, CancellationToken cancel = default)
    {
        var form = await TakeAsync(id, cancel);
        if (form.ClosedAt is not null) throw new Refused("complaints.form.closed-already");
        await EndAddressAsync(form, cancel);
        var now = time.Now();
        (form.Token, form.Since, form.By) = (Link.Create(db, PublicForm.LinkKind, id, now, LinkLife), now, Staff);
        audit.Add("complaints.form-renew", "complaints.form", id);
        return form;
    }

    public async Task CloseAsync(Guid id, CancellationToken cancel = default)
    {
        var form = await TakeAsync(id, cancel);
        if (form.ClosedAt is not null) return;
        await EndAddressAsync(form, cancel);
        form.ClosedAt = time.Now();
        audit.Add("complaints.form-close", "complaints.form", id);
    }

    /// <summary>True for a store in reach.</summary>
    public bool Mine(Guid storeId) => me.SeesAll || me.StoreIds.Contains(storeId);

    /// <summary>What a customer sent through the form: their file is found by the phone or opened, the case opened, its receipt given.</summary>
    /// <param name="form">Which form.</param>
    /// <param name="id">What the form was given out with; the same again is the same case.</param>
    /// <param name="shownAt">When the form was given out.</param>
    /// <param name="source">From where, see <see cref="SourceOf"/>.</param>
    /// <param name="trap">What stands in the field that nobody sees.</param>
    /// <param name="what">The words.</param>
    /// <param name="sent">Pictures, at most <see cref="Attachment.Most"/>.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<FormSent> SendAsync(PublicForm form, Guid id, DateTime shownAt, string source, string? trap, FormWords what, IReadOnlyList<IFormFile> sent, CancellationToken cancel = default)
    {
        if (await db.Set<FormSent>().FirstOrDefaultAsync(s => s.Id == id, cancel) is { } before) return before;
        var now = time.Now();
        if (!string.IsNullOrEmpty(trap)) throw new Refused("complaints.form.trap");
        if (now - shownAt < Quickest) throw new Refused("complaints.form.too-quick");
        if (now - shownAt > Longest) throw new Refused("complaints.form.too-old");
        var (name, phone) = (CustomerDesk.Tidy(what.Name), Phone.Read(what.Phone));
        var wrongs = new Wrongs();
        wrongs.If(what.Words.Trim().Length == 0, "In.Words", "complaints.form.words-needed");
        wrongs.If(name.Length == 0, "In.Name", "complaints.form.name-needed");
        wrongs.If(name.Length > Customer.NameMax, "In.Name", "complaints.too-long", Customer.NameMax);
        if (phone.WrongKey is { } wrong) wrongs.If(true, "In.Phone", wrong, phone.Args);
        wrongs.If(phone.Digits.Length == 0 && wrongs.Fine("In.Phone"), "In.Phone", "complaints.form.phone-needed");
        wrongs.If(sent.Count > Attachment.Most, "In.Files", "complaints.form.files-most", Attachment.Most);
        wrongs.Stop();
        await HoldOffAsync(form, source, phone.Digits, now, cancel);

        var matches = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Phone == phone.Digits).OrderBy(c => c.Id).Take(10).Select(c => new { c.Id, c.Name, c.StoreId }).ToListAsync(cancel);
        var found = matches.Find(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)) ?? matches.Find(c => c.StoreId == form.StoreId) ?? matches.FirstOrDefault();
        var customer = found?.Id;
        if (customer is null)
        {
            customer = await customers.OpenAsync(new OpenCustomer { Name = name, Phone = phone.Digits, Source = CustomerSource.Complaint, StoreId = form.StoreId, ConsentHow = "link" }, cancel);
            await db.SaveChangesAsync(cancel);
        }

        var complaint = (await desk.OpenAsync(new OpenComplaint(customer.Value, form.StoreId, what.Words, what.Demand, Channel, "", null) { Kind = what.Kind, Product = what.Product }, cancel)).Id;
        if (found is not null && !string.Equals(found.Name, name, StringComparison.OrdinalIgnoreCase))
        {
            // Whether file and person agree is checked at once (F2): the one who works on it asks.
            db.Set<CaseMessage>().Add(new CaseMessage { Id = Ids.New(now), ComplaintId = complaint, Direction = Direction.Note, Channel = "", Words = texts.In(ComplaintsDesk.Language, "complaints.form.other-name", name), At = now });
        }

        foreach (var file in sent) await AttachAsync(complaint, file, "In.Files", cancel);
        var row = new FormSent { Id = id, FormId = form.Id, ComplaintId = complaint, Source = source, At = now };
        db.Set<FormSent>().Add(row);
        await db.Set<FormSent>().Where(s => s.At < now - SourceLife && s.Source != "").ExecuteUpdateAsync(s => s.SetProperty(r => r.Source, ""), cancel);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException failed) when (failed.IsUniqueViolation())
        {
            throw new Refused("complaints.form.sent-already"); // the same form, pressed twice at one moment: the other one counts
        }

        return row;
    }

    /// <summary>Hangs a picture or paper on a case.</summary>
    public async Task AttachAsync(Guid complaintId, IFormFile file, string field, CancellationToken cancel = default)
    {
        try
        {
            await using var content = file.OpenReadStream();
            var id = await files.SaveAsync(content, file.FileName, cancel);
            db.Set<Attachment>().Add(new Attachment { ComplaintId = complaintId, FileId = id, Name = Path.GetFileName(file.FileName) is { Length: > 0 and <= 120 } name ? name : "file", ByCustomer = Staff is null, By = Staff, At = time.Now() });
            audit.Add("complaints.attach", "complaints.complaint", complaintId);
        }
        catch (Refused refused) when (refused.Field is null)
        {
            throw new Refused(refused.Key, refused.Args) { Field = field };
        }
    }

    private async Task HoldOffAsync(PublicForm form, string source, string phone, DateTime now, CancellationToken cancel)
    {
        var (span, day, hour) = (now - AddressSpan, now.AddDays(-1), now.AddHours(-1));
        if (source.Length > 0)
        {
            var from = await db.Set<FormSent>().Where(s => s.Source == source && s.At > day).Select(s => s.At).ToListAsync(cancel);
            if (from.Count >= PerAddressDay || from.Count(at => at > span) >= PerAddress) throw new Refused("complaints.form.flood");
        }

        if (await db.Set<FormSent>().CountAsync(s => s.FormId == form.Id && s.At > hour, cancel) >= PerStoreHour) throw new Refused("complaints.form.flood");
        var ofPhone = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Phone == phone).Select(c => c.Id);
        if (await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(c => c.Channel == Channel && c.At > day && ofPhone.Contains(c.CustomerId), cancel) >= PerPhoneDay) throw new Refused("complaints.form.flood");
    }

    private async Task<PublicForm> TakeAsync(Guid id, CancellationToken cancel)
    {
        var form = await db.Set<PublicForm>().AsTracking().FirstOrDefaultAsync(f => f.Id == id, cancel);
        return form is not null && Mine(form.StoreId) ? form : throw new NotThere();
    }

    private async Task EndAddressAsync(PublicForm form, CancellationToken cancel)
    {
        var hash = Link.HashOf(form.Token);
        await db.Set<Link>().Where(l => l.Hash == hash && l.CompanyId == db.CompanyId).ExecuteDeleteAsync(cancel);
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;
}

/// <summary>Who may read a case may open what is attached to it.</summary>
internal sealed class CaseFiles(Db db, CurrentUser me) : IFileOwner
{
    public async Task<bool> OwnsAsync(Guid fileId, CancellationToken cancel) => await db.Set<Attachment>().AnyAsync(a => a.FileId == fileId, cancel) || await db.Set<Improvement>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).AnyAsync(i => i.ProofFile == fileId, cancel);

    public async Task<bool> MayOpenAsync(Guid fileId, CancellationToken cancel)
    {
        if (!me.Can("complaints.view")) return false;
        var cases = db.Set<Complaint>();
        return await db.Set<Attachment>().AnyAsync(a => a.FileId == fileId && cases.Any(c => c.Id == a.ComplaintId), cancel) || await db.Set<Improvement>().AnyAsync(i => i.ProofFile == fileId, cancel);
    }
}

/// <summary><c>huitou complaints-verify</c>: whether the words of every case are what the customer's receipt was given for (F14).</summary>
internal sealed class VerifyCommand : ICommand
{
    public string Verb => "complaints-verify";
    public string Help => "complaints-verify [NUMBER RECEIPT]: whether the words of every complaint, or of one, are what the receipt was given for (exit code 1 when not)";

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        if (args.Length is not (0 or 2)) return Say(Help);
        var (looked, forgotten, wrong, one) = (0, 0, 0, false);
        foreach (var company in await services.GetRequiredService<Companies>().ReadAsync(cancel))
        {
            await services.AsCompanyAsync(company, "complaints-verify", async (_, db) =>
            {
                var cases = db.Set<Complaint>().OrderBy(c => c.Id).AsQueryable();
                if (args.Length == 2) cases = cases.Where(c => c.Number == args[0]);
                await foreach (var c in cases.AsAsyncEnumerable().WithCancellation(cancel))
                {
                    if (c.Receipt.Length == 0)
                    {
                        forgotten++; // the person was erased, the words with them
                        continue;
                    }

                    looked++;
                    var matches = args.Length == 0 || c.Fits(args[1]);
                    one |= args.Length == 2 && matches && c.IsUnchanged;
                    if (c.IsUnchanged && matches) continue;
                    if (!c.IsUnchanged) wrong++;
                    if (args.Length == 0) Console.WriteLine($"{company.Name} {c.Number}: CHANGED since the receipt was given");
                }
            }, cancel);
        }

        if (args.Length == 2)
        {
            Console.WriteLine(one ? $"{args[0]}: the receipt fits, the words are unchanged" : $"{args[0]}: NO case with this receipt, or its words were changed");
            return one ? 0 : 1;
        }

        Console.WriteLine($"{looked} complaints looked at, {wrong} changed, {forgotten} erased with their persons");
        return wrong > 0 ? 1 : 0;
    }

    private static int Say(string words)
    {
        Console.Error.WriteLine(words);
        return 2;
    }
}
