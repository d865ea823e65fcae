using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>How the mail box is to be reached. A password that is not given stays as it is.</summary>
public sealed record MailBoxDraft(string? Host, int Port, MailSecurity Security, string? UserName, string? Secret, string? Folder, string? Address, bool PlusAddress, Guid? StoreId, bool Active);

/// <summary>
/// What is written to the company's mail box (F1): an answer is put to its case, the rest becomes a case. What no person wrote is left, what looks like
/// spam, comes in a flood or cannot be told waits for a person; nothing is thrown away. In the caller's transaction.
/// </summary>
public sealed class MailDesk(Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit, ComplaintsDesk desk, Handling handling, Callers callers, CustomerDesk customers, MailOwners owners, FileStore files, Jobs jobs, MessageRows messages, IDataProtectionProvider protection)
{
    /// <summary>New cases from one sender, words on cases from one sender, and new cases in all.</summary>
    public const int PerSender = 3, PerSenderDay = 10, WordsPerSenderDay = 30, PerHour = 60;
    public static readonly TimeSpan SenderSpan = TimeSpan.FromMinutes(10);
    /// <summary>Attachments taken of one mail.</summary>
    public const int MostFiles = 10;
    public const string Channel = "mail";

    /// <summary>The company's mail box; null: none is set up.</summary>
    public Task<MailBox?> BoxAsync(CancellationToken cancel = default) => db.Set<MailBox>().FirstOrDefaultAsync(cancel);

    /// <summary>Sets it up, or changes it; what came before the first setting-up is not read.</summary>
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    public async Task<MailBox> SaveAsync(MailBoxDraft draft, int version, CancellationToken cancel = default)
    {
        var (host, user, address, folder) = ((draft.Host ?? "").Trim(), (draft.UserName ?? "").Trim(), (draft.Address ?? "").Trim().ToLowerInvariant(), (draft.Folder ?? "").Trim());
        var box = await db.Set<MailBox>().AsTracking().FirstOrDefaultAsync(cancel);
        if (box is not null && box.Version != version) throw new DbUpdateConcurrencyException();
        var wrong = new List<(string, string)>();
        if (host.Length is 0 or > MailBox.HostMax || Uri.CheckHostName(host) == UriHostNameType.Unknown) wrong.Add(("host", texts["complaints.mail.host-wrong"]));
        if (draft.Port is < 1 or > 65535) wrong.Add(("port", texts["complaints.mail.port-wrong"]));
        if (user.Length == 0) wrong.Add(("userName", texts["complaints.mail.user-needed"]));
        else if (!OneLine(user)) wrong.Add(("userName", texts["complaints.mail.one-line", MailBox.WordMax]));
        if (string.IsNullOrEmpty(draft.Secret) && box is not { Secret.Length: > 0 }) wrong.Add(("password", texts["complaints.mail.password-needed"]));
        if (draft.Secret?.Length > MailBox.SecretMax) wrong.Add(("password", texts["complaints.too-long", MailBox.SecretMax]));
        if (!MailOwners.LooksRight(address) || address.Length > MailBox.WordMax) wrong.Add(("address", texts["complaints.mail.address-wrong"]));
        if (!OneLine(folder)) wrong.Add(("folder", texts["complaints.mail.one-line", MailBox.WordMax]));
        if (draft.StoreId is not { } store || !await db.Set<Store>().AnyAsync(s => s.Id == store && s.ClosedOn == null, cancel)) wrong.Add(("storeId", texts["complaints.choose"]));
        if (wrong.Count > 0) throw new BadInput(wrong);

        var now = time.Now();
        if (box is null) db.Set<MailBox>().Add(box = new MailBox { Since = now, Version = 1 });
        var other = (box.Host, box.UserName, box.Folder) != (host, user, folder.Length == 0 ? "INBOX" : folder);
        (box.Host, box.Port, box.Security, box.UserName, box.Address, box.Folder, box.PlusAddress, box.StoreId, box.Active) = (host, draft.Port, draft.Security, user, address, folder.Length == 0 ? "INBOX" : folder, draft.PlusAddress, draft.StoreId!.Value, draft.Active);
        if (!string.IsNullOrEmpty(draft.Secret)) box.Secret = protection.CreateProtector(MailBox.Purpose).Protect(draft.Secret);
        if (other) (box.Validity, box.LastUid, box.Since) = (0, 0, now); // another box: what lies in it from before is not ours
        (box.ErrorKey, box.Failures) = ("", 0);
        audit.Add("complaints.mail-box", "complaints.mail-box", box.Id, string.IsNullOrEmpty(draft.Secret) ? "host, user, store" : "host, user, store, password");
        if (box.Active) await ReadNowAsync(box, cancel);
        return box;
    }

    // It goes into a line of the protocol, where a break begins another command.
    private static bool OneLine(string word) => word.Length <= MailBox.WordMax && !word.Any(char.IsControl);

    /// <summary>Reads the box as soon as the transaction commits.</summary>
    public async Task ReadNowAsync(MailBox box, CancellationToken cancel = default)
    {
        if (!box.Active) throw new Refused("complaints.mail.off");
        await jobs.SetAsync(MailJob.JobKind, MailJob.KeyOf(box.Id, time.Now()), time.Now(), new MailWork(box.Id), cancel);
    }

    /// <summary>Takes one mail. Sent or read again it is what it was.</summary>
    /// <param name="box">Where it lay.</param>
    /// <param name="read">What it says.</param>
    /// <param name="received">Its attachments, written but in no table yet.</param>
    /// <param name="refused">Attachments that were not taken, with why.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>Null: it was read before.</returns>
    public async Task<Mail?> TakeAsync(MailBox box, ReadMail read, IReadOnlyList<ReceivedFile> received, IReadOnlyList<string> refused, CancellationToken cancel = default)
    {
        if (await db.Set<Mail>().AnyAsync(m => m.OnceKey == read.OnceKey, cancel)) return null;
        var now = time.Now();
        var mail = new Mail
        {
            Id = Ids.New(now), OnceKey = read.OnceKey, Sender = read.Sender.Head(Mail.AddressMax), SenderName = read.SenderName.Head(Customer.NameMax), Subject = read.Subject.Head(Mail.SubjectMax), Words = read.Words.Head(Complaint.WordsMax),
            Files = read.Files.Count, LeftFiles = string.Join('\n', refused).Head(Mail.LeftMax), SentAt = read.SentAt, At = now, Version = 1,
        };
        db.Set<Mail>().Add(mail);
        if (read.Automatic.Length > 0) mail.Keep(MailState.Left, read.Automatic);
        else if (read.Doubt.Length > 0) mail.Keep(MailState.Held, read.Doubt);
        else if (read.Words.Length == 0 && received.Count == 0) mail.Keep(MailState.Held, "complaints.mail.why.empty");
        else if (await CaseOfAsync(read, cancel) is { } known)
        {
            if (await FloodAsync(read.Sender, MailState.Added, now, cancel)) mail.Keep(MailState.Held, "complaints.mail.why.flood");
            else await AddAsync(mail, read, known, received, cancel);
        }
        else if (await FloodAsync(read.Sender, MailState.Opened, now, cancel)) mail.Keep(MailState.Held, "complaints.mail.why.flood");
        else if (await CustomerOfAsync(read.Sender, read.SenderName, box.StoreId, cancel) is { } customer)
        {
            var complaint = await OpenAsync(mail, customer, box, cancel);
            Attach(complaint.Id, received, now);
        }
        else mail.Keep(MailState.Held, "complaints.mail.why.sender");

        return mail;
    }

    /// <summary>A person looked at what was held or left: it becomes a case. Its attachments stay in the mail box.</summary>
    public async Task<Guid> OpenAsync(Guid id, CancellationToken cancel = default)
    {
        var mail = await FindAsync(id, cancel);
        var box = await BoxAsync(cancel) ?? throw new Refused("complaints.mail.off");
        if (mail.ExpiredAt is not null || mail.Words.Length == 0) throw new Refused("complaints.mail.done-already");
        var customer = await CustomerOfAsync(mail.Sender, mail.SenderName, box.StoreId, cancel) ?? throw new Refused("complaints.mail.why.sender");
        mail.Decide(Staff, time.Now(), null); // it must still wait; what became of it is said next
        var complaint = await OpenAsync(mail, customer, box, cancel);
        audit.Add("complaints.mail-open", "complaints.mail", id);
        return complaint.Id;
    }

    /// <summary>A person looked: it is no complaint.</summary>
    public async Task LeaveAsync(Guid id, CancellationToken cancel = default)
    {
        var mail = await FindAsync(id, cancel);
        if (mail.State != MailState.Held) throw new Refused("complaints.mail.done-already");
        mail.Decide(Staff, time.Now(), null);
        audit.Add("complaints.mail-leave", "complaints.mail", id);
    }

    /// <summary>Mails a person may look at: those of the cases in their reach; what is not yet of a case by who looks after the store of the box.</summary>
    public async Task<IQueryable<Mail>> MineAsync(CancellationToken cancel = default)
    {
        var box = await BoxAsync(cancel);
        var whole = box is not null && (me.SeesAll || me.StoreIds.Contains(box.StoreId));
        return db.Set<Mail>().Where(m => m.ComplaintId == null ? whole : db.Set<Complaint>().Any(c => c.Id == m.ComplaintId));
    }

    private async Task<Mail> FindAsync(Guid id, CancellationToken cancel) =>
        await (await MineAsync(cancel)).AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel) ?? throw new NotThere();

    private async Task<Complaint> OpenAsync(Mail mail, MailOwner customer, MailBox box, CancellationToken cancel)
    {
        var words = mail.Words.Length > 0 ? mail.Words : mail.Subject.Length > 0 ? mail.Subject : texts.In(ComplaintsDesk.Language, "complaints.mail.only-files");
        var complaint = await desk.OpenAsync(new OpenComplaint(customer.Id, customer.StoreId ?? box.StoreId, words, "", Channel, $"mail:{mail.Id}", null) { Title = mail.Subject.Head(Complaint.TitleMax), ByMail = (box, mail.Sender) }, cancel);
        mail.Become(MailState.Opened, complaint.Id);
        // Whether file and person agree is checked at once (F2).
        if (mail.SenderName.Length > 0 && !string.Equals(customer.Name, CustomerDesk.Tidy(mail.SenderName), StringComparison.OrdinalIgnoreCase)) callers.Name(complaint, "complaints.mail.other-name", [mail.SenderName], Owner(complaint));
        if (mail.LeftFiles.Length > 0) callers.Name(complaint, "complaints.mail.left-files", [mail.LeftFiles], Owner(complaint));
        if (mail.Words.Length == Complaint.WordsMax) callers.Name(complaint, "complaints.mail.cut", [Complaint.WordsMax], Owner(complaint));
        return complaint;
    }

    private async Task AddAsync(Mail mail, ReadMail read, (Guid Id, bool Sure) known, IReadOnlyList<ReceivedFile> received, CancellationToken cancel)
    {
        var complaint = await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).FirstAsync(c => c.Id == known.Id, cancel);
        var said = read.New.Length > 0 ? read.New : texts.In(ComplaintsDesk.Language, "complaints.mail.only-files");
        if (said.Length <= CaseMessage.WordsMax) await handling.HearAsync(known.Id, Channel, said, cancel);
        else await handling.AddWordsAsync(known.Id, said.Head(Complaint.WordsMax), cancel);
        mail.Become(MailState.Added, known.Id);
        Attach(known.Id, received, time.Now());
        // The owner finds it in their list until they have looked; to an ended case too somebody has to say something.
        if (!complaint.IsOpen || said.Length <= CaseMessage.WordsMax) callers.Name(complaint, complaint.IsOpen ? "complaints.mail.answered" : "complaints.mail.after-end", [], Owner(complaint));
        if (!known.Sure) callers.Name(complaint, "complaints.mail.other-sender", [Masked(read.Sender)], Owner(complaint));
        if (mail.LeftFiles.Length > 0) callers.Name(complaint, "complaints.mail.left-files", [mail.LeftFiles], Owner(complaint));
    }

    /// <summary>An address as pages show it: z***@example.com.</summary>
    public static string Masked(string address) => address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? address[..1] + "***" + address[at..] : address.Length == 0 ? "" : "***";

    private static IEnumerable<Guid> Owner(Complaint complaint) => complaint.OwnerId is { } owner ? [owner] : [];

    // By a mail of ours that it answers, by number and receipt, or by the number from the customer's own address: a number alone anybody can guess.
    private async Task<(Guid Id, bool Sure)?> CaseOfAsync(ReadMail read, CancellationToken cancel)
    {
        var cases = db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]);
        Complaint? found = null;
        if (read.Answers.Count > 0)
        {
            var about = await messages.All.Where(m => read.Answers.Contains(m.Id) && m.ReasonId != null).Select(m => m.ReasonId!.Value).ToListAsync(cancel);
            found = await cases.Where(c => about.Contains(c.Id)).OrderByDescending(c => c.At).FirstOrDefaultAsync(cancel);
        }

        foreach (var (number, receipt) in found is null ? read.Codes : [])
        {
            var named = await cases.FirstOrDefaultAsync(c => c.Number == number, cancel);
            if (named is null || !(named.Fits(receipt) || await IsOfAsync(named.CustomerId, read.Sender, cancel))) continue;
            found = named;
            break;
        }

        for (var i = 0; i < 5 && found is { State: ComplaintState.Merged, MergedInto: { } into }; i++) found = await cases.FirstAsync(c => c.Id == into, cancel);
        return found is null ? null : (found.Id, await IsOfAsync(found.CustomerId, read.Sender, cancel));
    }

    private async Task<bool> IsOfAsync(Guid customer, string sender, CancellationToken cancel) => (await owners.OfAsync(sender, cancel)).Exists(o => o.Id == customer);

    private async Task<MailOwner?> CustomerOfAsync(string sender, string name, Guid store, CancellationToken cancel)
    {
        var own = await owners.OfAsync(sender, cancel);
        var tidy = CustomerDesk.Tidy(name);
        if ((own.Find(c => string.Equals(c.Name, tidy, StringComparison.OrdinalIgnoreCase)) ?? own.FirstOrDefault()) is { } there) return there;
        if (!MailOwners.LooksRight(sender)) return null;
        tidy = (tidy.Length > 0 && !tidy.Contains('@', StringComparison.Ordinal) ? tidy : sender.Split('@')[0]).Head(Customer.NameMax);
        var id = await customers.OpenAsync(new OpenCustomer { Name = tidy, Email = sender, Source = CustomerSource.Complaint, StoreId = store, ConsentHow = "link" }, cancel);
        await db.SaveChangesAsync(cancel);
        return new MailOwner(id, tidy, store);
    }

    private async Task<bool> FloodAsync(string sender, MailState state, DateTime now, CancellationToken cancel)
    {
        var (day, hour) = (now.AddDays(-1), now.AddHours(-1));
        var of = await db.Set<Mail>().Where(m => m.Sender == sender && m.State == state && m.At > day).Select(m => m.At).ToListAsync(cancel);
        if (state == MailState.Added) return of.Count >= WordsPerSenderDay;
        return of.Count >= PerSenderDay || of.Count(at => at > now - SenderSpan) >= PerSender || await db.Set<Mail>().CountAsync(m => m.State == state && m.At > hour, cancel) >= PerHour;
    }

    private void Attach(Guid complaintId, IReadOnlyList<ReceivedFile> received, DateTime now)
    {
        foreach (var file in received) db.Set<Attachment>().Add(new Attachment { ComplaintId = complaintId, FileId = files.Add(file), Name = file.Name.Tail(120), ByCustomer = true, At = now });
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;
}
