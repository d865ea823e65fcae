using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Timeline = Huitou.Customers.Public.Timeline;

namespace Huitou.Complaints;

/// <summary>A letter as it stands on paper.</summary>
public sealed record LetterText(string Language, int Version, string Company, string Store, string Address, string Title, IReadOnlyList<string> Lines);

/// <summary>The written answer (F10): what stands in it, and sending it. What was sent is kept as the PDF it was, with the case; the customer finds it behind their link.</summary>
public sealed class SentLetters(Db db, CurrentUser me, TimeProvider time, Texts texts, Timeline timeline, Audit audit, Letters letters, Handling handling, ApprovalRows approvals, CustomerRows customers, Companies companies, FileStore files, PaperPdf papers, Messenger messenger, IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>By a message with the link to it, by post, or over the counter.</summary>
    public static readonly string[] Channels = ["sms", "wechat", "post", "counter"];

    /// <summary>The letter as it would go now, and the way the customer would choose.</summary>
    public async Task<(LetterText Letter, string Channel)> TextAsync(Guid id, string? language, CancellationToken cancel = default)
    {
        language = Texts.Known(language, ComplaintsDesk.Language);
        var view = await CaseView.LoadAsync(db, approvals, customers, id, cancel);
        var c = view.Complaint;
        var company = (await companies.FindAsync(me.CompanyId, cancel))?.Name ?? "";
        var store = await db.Set<Store>().Where(s => s.Id == c.StoreId).Select(s => new { s.City, s.Address, s.Phone }).FirstOrDefaultAsync(cancel);
        var city = store is not null && store.Address.StartsWith(store.City, StringComparison.Ordinal) ? "" : store?.City;
        var template = await letters.InForceAsync(language, cancel);
        var preferred = await db.Set<Customer>().Where(x => x.Id == c.CustomerId).Select(x => x.PreferredChannel).FirstOrDefaultAsync(cancel) ?? "";
        return (new LetterText(language, template.Number, company, view.StoreName, $"{city}{store?.Address} {store?.Phone}".Trim(), texts.In(language, "complaints.letter.title", c.Number), letters.Fill(language, template.Words, letters.WordsOf(view, language, company, store?.Phone ?? "", time.Now()))),
            c.Channel == "letter" ? "post" : Channels.Contains(preferred) ? preferred : "sms");
    }

    /// <summary>
    /// Makes the PDF, keeps it with the case and sends it on its way. Opens its own transactions: one to read, none while the PDF is made, one to write.
    /// </summary>
    /// <param name="id">The case.</param>
    /// <param name="language">Of the letter; null or empty: the usual one.</param>
    /// <param name="channel">One of <see cref="Channels"/>.</param>
    /// <param name="once">Names the act, sent twice it is done once; null: not named.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<Guid> SendAsync(Guid id, string? language, string? channel, Once? once, CancellationToken cancel = default)
    {
        if (!Channels.Contains(channel)) throw new Refused("complaints.channel-unknown") { Field = "channel" };
        await db.BeginAsync(toWrite: false, cancel);
        var (letter, _) = await TextAsync(id, language, cancel);
        await db.EndAsync();
        var pdf = await papers.MakeAsync<Pages.LetterSheet>(services, loggers, new Dictionary<string, object?> { ["Letter"] = letter }, letter.Language, cancel);
        var received = await files.ReceiveAsync(new MemoryStream(pdf), PaperPages.FileName(letter.Title), cancel);

        await db.BeginAsync(toWrite: true, cancel);
        if (once is not null && await DoneAsync(once, cancel) is { } before) return before;
        db.Once = once;
        var complaint = await handling.TakeAsync(id, cancel);
        var now = time.Now();
        var made = new Attachment { Id = Ids.New(now), ComplaintId = id, FileId = files.Add(received), Name = received.Name, Channel = channel!, Language = letter.Language, Template = letter.Version, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = now };
        db.Set<Attachment>().Add(made);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.letter", [complaint.Number], "", ComplaintsDesk.Href(id), now);
        audit.Add("complaints.letter-send", "complaints.complaint", id, channel!);
        if (channel is "sms" or "wechat")
        {
            var to = await db.Set<Customer>().Where(x => x.Id == complaint.CustomerId).Select(x => new { x.Phone, x.Email }).FirstOrDefaultAsync(cancel);
            messenger.Send(new Outgoing(complaint.CustomerId, to?.Phone ?? "", texts.In(letter.Language, "complaints.message.letter-subject", complaint.Number), texts.In(letter.Language, "complaints.message.letter", complaint.Number, "/p/" + Link.Create(db, "progress", id, now, ComplaintsDesk.LinkLife)),
                "complaints.purpose.answer", id, $"complaints-letter:{made.Id:N}", complaint.StoreId, made.By, to?.Email ?? "")
            { Purpose = ContactPurpose.Answer });
        }

        var address = $"/api/v1/complaints/{id}/letters/{made.FileId}";
        try
        {
            await db.SaveAsync(address, Microsoft.AspNetCore.Http.StatusCodes.Status201Created, cancel);
        }
        catch (AlreadyDone)
        {
            await db.StartOverAsync(cancel); // sent twice at one moment: the other one counts
            return await DoneAsync(once!, cancel) ?? throw new NotThere();
        }

        return made.FileId;
    }

    // Sent again, it is what was sent.
    private async Task<Guid?> DoneAsync(Once once, CancellationToken cancel)
    {
        var done = await db.Set<OnceRow>().FirstOrDefaultAsync(o => o.CompanyId == once.CompanyId && o.Caller == once.Caller && o.Key == once.Key, cancel);
        if (done is null) return null;
        if (done.RequestHash != once.RequestHash) throw new Refused("kernel.once-other-content");
        return Guid.Parse(done.Result.Split('/')[^1]);
    }
}
