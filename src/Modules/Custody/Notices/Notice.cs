using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>知会, 报告, 通知, 通报 (B12; S3-7).</summary>
public enum NoticeKind { Inform, Report, Notify, Circulate }

/// <summary>Ready words for notices: data the shop edits.</summary>
public sealed class NoticeTemplate : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public NoticeKind Kind { get; set; }
    public required string Title { get; set; }
    public required string Words { get; set; }
    public int Version { get; set; }

    public void Set(string title, string words, Texts texts)
    {
        (title, words) = (title.Trim(), words.ReplaceLineEndings("\n").Trim());
        var wrong = new Wrongs();
        wrong.If(title.Length is 0 or > Notice.TitleMax, "In.Title", "custody.retention.title-needed", Notice.TitleMax);
        wrong.If(words.Length is 0 or > Notice.WordsMax, "In.Words", "custody.rule.words-needed", Notice.WordsMax);
        wrong.Stop();
        (Title, Words) = (texts.Kept(Title, title), texts.Kept(Words, words));
    }
}

/// <summary>A notice handed to a customer: who gave it signs, who received it signs.</summary>
public sealed class Notice : ICompanyOwned, IScoped, IVersioned
{
    public const string Series = "TZ";
    public const string LinkKind = "notice";
    public const int TitleMax = 80;
    public const int WordsMax = 4000;
    public const int ReceiverMax = 40;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public NoticeKind Kind { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public required string Title { get; init; }
    public required string Words { get; init; }
    /// <summary>Name of who gave it: their signature.</summary>
    public required string Giver { get; init; }
    public DateTime GivenAt { get; init; }
    /// <summary>By when the receipt is due.</summary>
    public DateOnly DueOn { get; init; }
    /// <summary>How it was received: link, counter, paper; empty while it is not.</summary>
    public string How { get; private set; } = "";
    public string Receiver { get; private set; } = "";
    public DateTime? ReceivedAt { get; private set; }
    /// <summary>What the receiver drew on the screen; empty where they only gave the name or signed on paper.</summary>
    public string Signature { get; private set; } = "";
    public int Version { get; set; }

    /// <summary>Signed by who received it; once.</summary>
    public void Receive(string receiver, string how, DateTime now, string signature = "", Wrongs? wrong = null)
    {
        receiver = receiver.Trim();
        if (ReceivedAt is not null) throw new Refused("custody.notice.received-already");
        wrong ??= new Wrongs();
        wrong.If(receiver.Length is 0 or > ReceiverMax, "In.Receiver", "custody.notice.receiver-needed", ReceiverMax);
        wrong.If(how is not ("link" or "counter" or "paper"), "In.How", "custody.notice.how-needed");
        wrong.Stop();
        (Receiver, How, ReceivedAt, Signature) = (receiver, how, now, signature);
    }
}

/// <summary>Gives notices and takes their receipts.</summary>
public sealed class NoticeDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, Huitou.Customers.Public.Timeline timeline, Audit audit, Messenger messenger, Texts texts)
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromDays(90);

    /// <summary>Gives one; sent by link too when wanted.</summary>
    public async Task<Notice> GiveAsync(Guid customerId, NoticeKind kind, string title, string words, bool send, CancellationToken cancel = default)
    {
        (title, words) = (title.Trim(), words.ReplaceLineEndings("\n").Trim());
        var wrong = new Wrongs();
        wrong.If(!Enum.IsDefined(kind), "In.Kind", "custody.notice.kind-needed");
        wrong.If(title.Length is 0 or > Notice.TitleMax, "In.Title", "custody.retention.title-needed", Notice.TitleMax);
        wrong.If(words.Length is 0 or > Notice.WordsMax, "In.Words", "custody.rule.words-needed", Notice.WordsMax);
        wrong.Stop();
        var file = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId, c.Phone, c.Email }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var now = time.Now();
        var notice = new Notice
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Notice.Series, time.Today(me.Zone).Year, cancel), Kind = kind, CustomerId = customerId, StoreId = file.StoreId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId,
            Title = title, Words = words, Giver = me.Name, GivenAt = now, DueOn = await terms.DueAsync("notice", file.StoreId, cancel),
        };
        db.Set<Notice>().Add(notice);
        timeline.Add(customerId, TimelineKind.Message, "custody.timeline.notice." + kind, [notice.Number, title], "", $"/custody/notices/{notice.Id}");
        if (send)
        {
            var token = Link.Create(db, Notice.LinkKind, notice.Id, now, LinkLife);
            messenger.Send(new Outgoing(customerId, file.Phone, title, texts.In("zh-CN", "custody.notice.link-body", "/n/" + token), "custody.purpose.notice", notice.Id, "notice:" + notice.Id.ToString("N"), file.StoreId, Mail: file.Email) { Purpose = ContactPurpose.Answer });
        }

        audit.Add("custody.notice", "custody.notice", notice.Id, kind.ToString());
        return notice;
    }

    /// <summary>The receipt; stands on the timeline.</summary>
    /// <param name="notice">Which one, loaded for change.</param>
    /// <param name="receiver">Who received it.</param>
    /// <param name="how">link, counter, paper.</param>
    /// <param name="drawn">Their signature as drawn on the screen, where they drew one.</param>
    public void Receive(Notice notice, string receiver, string how, string? drawn = null)
    {
        var wrong = new Wrongs();
        notice.Receive(receiver, how, time.Now(), wrong.Try(() => DrawnSignature.Read(drawn, "In.Signature")) ?? "", wrong);
        timeline.Add(notice.CustomerId, TimelineKind.Message, "custody.timeline.notice-received", [notice.Number], "", $"/custody/notices/{notice.Id}");
        audit.Add("custody.notice-receipt", "custody.notice", notice.Id, how);
    }

    /// <summary>The ready templates, for a company that has none.</summary>
    public static async Task SeedAsync(Db db, CancellationToken cancel = default)
    {
        if (await db.Set<NoticeTemplate>().AnyAsync(cancel)) return;
        db.Set<NoticeTemplate>().AddRange(Enum.GetValues<NoticeKind>().Select(k => new NoticeTemplate { Kind = k, Title = $"custody.notice.ready.{k}.title", Words = $"custody.notice.ready.{k}.words" }));
    }
}

/// <summary>The machine door to notices.</summary>
internal static class NoticeApi
{
    public sealed record NoticeAnswer(Guid Id, string Number, NoticeKind Kind, Guid CustomerId, string Title, string Words, string Giver, DateTime GivenAt, DateOnly DueOn, string Receiver, string How, DateTime? ReceivedAt, string Signature);

    /// <param name="CustomerId">To whom.</param>
    /// <param name="Kind">Inform 知会, Report 报告, Notify 通知, Circulate 通报.</param>
    /// <param name="Title">Headline.</param>
    /// <param name="Words">The text.</param>
    /// <param name="Send">Send the link for the receipt.</param>
    public sealed record GiveBody(Guid CustomerId, NoticeKind Kind, string? Title, string? Words, bool Send);

    /// <param name="Receiver">Name of who received it.</param>
    /// <param name="How">counter or paper.</param>
    /// <param name="Signature">As drawn on the screen: path of a 600 × 200 SVG, only M and L with whole numbers; may be left out.</param>
    public sealed record ReceiptBody(string? Receiver, string? How, string? Signature = null);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/notices").WithTags("custody");
        group.MapGet("", (Db db, CancellationToken cancel, Guid? customer = null, Guid? cursor = null, int size = 50) => db.Set<Notice>().Where(n => customer == null || n.CustomerId == customer).ListAsync(Answer, cursor, size, cancel)).Needs("custody.notice").WithSummary("Notices to customers, newest first");
        group.MapPost("", Give).Needs("custody.notice").WithSummary("Give a notice");
        group.MapGet("/{id:guid}", async (Guid id, Db db, CancellationToken cancel) => TypedResults.Ok(Answer(await db.Set<Notice>().FirstOrDefaultAsync(n => n.Id == id, cancel) ?? throw new NotThere()))).Needs("custody.notice").WithSummary("One notice");
        group.MapPaper<Pages.NoticePrint>("/{id:guid}/form.pdf").Needs("custody.notice").WithSummary("The notice with its receipt, PDF");
        group.MapPost("/{id:guid}/receipt", Receipt).Needs("custody.notice").WithSummary("The receipt, signed at the counter or on paper");
    }

    private static async Task<Created<NoticeAnswer>> Give(GiveBody body, NoticeDesk desk, Db db, CancellationToken cancel)
    {
        var notice = await desk.GiveAsync(body.CustomerId, body.Kind, body.Title ?? "", body.Words ?? "", body.Send, cancel);
        await db.SaveAsync($"/api/v1/notices/{notice.Id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/notices/{notice.Id}", Answer(notice));
    }

    private static async Task<Ok<NoticeAnswer>> Receipt(Guid id, ReceiptBody body, NoticeDesk desk, Db db, CancellationToken cancel)
    {
        var notice = await db.Set<Notice>().AsTracking().FirstOrDefaultAsync(n => n.Id == id, cancel) ?? throw new NotThere();
        if (body.How == "link") throw new Refused("custody.notice.how-needed");
        desk.Receive(notice, body.Receiver ?? "", body.How ?? "", body.Signature);
        await db.SaveAsync($"/api/v1/notices/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(notice));
    }

    private static NoticeAnswer Answer(Notice n) => new(n.Id, n.Number, n.Kind, n.CustomerId, n.Title, n.Words, n.Giver, n.GivenAt, n.DueOn, n.Receiver, n.How, n.ReceivedAt, n.Signature);
}

internal sealed class NoticeTemplateMap : IEntityTypeConfiguration<NoticeTemplate>
{
    public void Configure(EntityTypeBuilder<NoticeTemplate> row) => row.ToTable("custody_notice_template");
}

internal sealed class NoticeMap : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> row) => row.ToTable("custody_notice");
}
