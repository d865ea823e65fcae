using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>Channels, spending, replies, letters and names in channels at the machine door. Secrets go in and never come out.</summary>
internal static class ChannelApi
{
    /// <param name="Secret">Only written; not given: it stays.</param>
    public sealed record GatewayBody(string? Url, string? Header, string? Secret, string? Body, string? OkPath, string? OkValue, string? IdPath, bool Dedupes, int Version);

    public sealed record GatewayAnswer(string Url, string Header, bool HasSecret, string Body, string OkPath, string OkValue, string IdPath, bool Dedupes, int Version);

    /// <param name="Secret">Only written; not given: it stays.</param>
    public sealed record ChannelBody(string? Url, string? Account, string? Secret, string? Sender, string? Code, int Version);

    public sealed record ChannelAnswer(string Channel, bool Ready, string Url, string Account, bool HasSecret, string Sender, string Code, int Version);

    /// <param name="Cost">Of one message or one part of a text message, in 1/10,000 yuan.</param>
    /// <param name="Roles">Keys of the roles that are told at 80 % and at the stop.</param>
    public sealed record SpendingBody(int MostHour, int MostDay, long Cost, IReadOnlyList<string>? Roles, int Version);

    public sealed record SpendingAnswer(string Channel, int MostHour, int MostDay, long Cost, IReadOnlyList<string> Roles, int LastHour, int LastDay, int Version);

    /// <param name="Kind">receipts, replies, wechat or wecom.</param>
    public sealed record AddressBody(string Kind);

    /// <param name="Token">Only for a WeChat callback: what is typed in as Token over there.</param>
    /// <param name="Key">Likewise: the EncodingAESKey.</param>
    public sealed record AddressAnswer(string Address, string? Token = null, string? Key = null);

    public sealed record ReplyAnswer(Guid Id, Guid? CustomerId, ReplyKind Kind, string Words, DateTime At, DateTime? AnsweredAt);

    public sealed record RepliesAnswer(IReadOnlyList<ReplyAnswer> Items, int Page, bool More);

    /// <param name="Words">Not given: it was answered in another way.</param>
    public sealed record AnswerBody(string? Words);

    public sealed record PrintedAnswer(Guid RunId, int Letters, int Stopped);

    public sealed record HandleBody(Guid CustomerId, string Channel, string Name);

    public static void Map(IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/api/v1/messages").WithTags("messages").Needs("messages.settings");
        settings.MapGet("/gateway", ReadGateway).WithSummary("How the text-message provider is spoken to");
        settings.MapPut("/gateway", ChangeGateway).WithSummary("Change how the text-message provider is spoken to");
        settings.MapGet("/channels", ReadChannels).WithSummary("The further channels: aliyun, wechat, wecom, webhook");
        settings.MapPut("/channels/{channel}", ChangeChannel).WithSummary("Change how a channel is reached");
        settings.MapGet("/spending", ReadSpending).WithSummary("Caps and cost of each channel, and what was used");
        settings.MapPut("/spending/{channel}", ChangeSpending).WithSummary("Change a channel's caps, its cost and who is told");
        settings.MapPost("/addresses", NewAddress).WithSummary("A new address for receipts, replies, or what WeChat posts; the one before ends");
        settings.MapPut("/handles", PutHandle).WithSummary("What a customer is called in a channel: an open id, the id of an outside contact");
        var replies = app.MapGroup("/api/v1/messages/replies").WithTags("messages");
        replies.MapGet("", Replies).Needs("messages.view").WithSummary("What customers wrote back, newest first; open=true: what waits for an answer");
        replies.MapPost("/{id:guid}/answer", AnswerReply).Needs("messages.write").WithSummary("Answer a reply, or say that it was answered in another way");
        var paper = app.MapGroup("/api/v1/messages/print-runs").WithTags("messages").Needs("messages.write");
        paper.MapPost("", MakeRun).WithSummary("A print run of all letters that wait");
        paper.MapPost("/{id:guid}/handing-over", HandOver).WithSummary("The letters of a run were posted or handed over");
    }

    private static async Task<Ok<GatewayAnswer>> ReadGateway(Db db, CancellationToken cancel) => TypedResults.Ok(Of(await db.Set<SmsGateway>().FirstOrDefaultAsync(cancel) ?? new SmsGateway()));

    private static async Task<Ok<GatewayAnswer>> ChangeGateway(GatewayBody body, ChannelDesk desk, Db db, CancellationToken cancel)
    {
        var row = await desk.SaveAsync(new GatewayDraft(body.Url, body.Header, body.Secret, body.Body, body.OkPath, body.OkValue, body.IdPath, body.Dedupes), body.Version, cancel);
        await db.SaveAsync("/api/v1/messages/gateway", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Of(row));
    }

    private static async Task<Ok<List<ChannelAnswer>>> ReadChannels(Db db, CancellationToken cancel)
    {
        var rows = await db.Set<ChannelSetting>().ToListAsync(cancel);
        return TypedResults.Ok(ChannelForm.All.Select(f => Of(rows.Find(r => r.Channel == f.Channel) ?? new ChannelSetting { Channel = f.Channel, Url = f.Url })).ToList());
    }

    private static async Task<Ok<ChannelAnswer>> ChangeChannel(string channel, ChannelBody body, ChannelDesk desk, Db db, CancellationToken cancel)
    {
        var row = await desk.SaveAsync(channel, new ChannelDraft(body.Url, body.Account, body.Secret, body.Sender, body.Code), body.Version, cancel);
        await db.SaveAsync("/api/v1/messages/channels", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Of(row));
    }

    private static async Task<Ok<List<SpendingAnswer>>> ReadSpending(Db db, IEnumerable<IChannel> channels, TimeProvider time, CancellationToken cancel)
    {
        var (ways, now, all) = (await Ways.OfAsync(db, cancel), time.Now(), new List<SpendingAnswer>());
        foreach (var channel in channels.Where(c => Spending.Guards(c.Key)))
        {
            var s = ways.SpendingOf(channel.Key);
            all.Add(new(s.Channel, s.MostHour, s.MostDay, s.Cost, s.Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries), await SpendingGuard.OutSinceAsync(db, s.Channel, now.AddHours(-1), cancel), await SpendingGuard.OutSinceAsync(db, s.Channel, now.AddDays(-1), cancel), s.Version));
        }

        return TypedResults.Ok(all);
    }

    private static async Task<NoContent> ChangeSpending(string channel, SpendingBody body, ChannelDesk desk, IEnumerable<IChannel> channels, Db db, CancellationToken cancel)
    {
        if (!Spending.Guards(channel) || channels.All(c => c.Key != channel)) throw new NotThere();
        await desk.SaveAsync(channel, new SpendingDraft(body.MostHour, body.MostDay, body.Cost, body.Roles ?? []), body.Version, cancel);
        await db.SaveAsync("/api/v1/messages/spending", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AddressAnswer>> NewAddress(AddressBody body, ChannelDesk desk, Db db, CancellationToken cancel)
    {
        if (body.Kind?.ToLowerInvariant() is WeChatChannel.ChannelKey or WeComChannel.ChannelKey)
        {
            var made = await desk.NewCallbackAsync(body.Kind.ToLowerInvariant(), cancel);
            await db.SaveAsync("/api/v1/messages/addresses", StatusCodes.Status200OK, cancel);
            return TypedResults.Ok(new AddressAnswer(made.Address, made.Token, made.Key));
        }

        var address = await desk.NewAddressAsync(body.Kind?.ToLowerInvariant() switch { "receipts" => Receipts.LinkKind, "replies" => Receipts.ReplyKind, _ => "" }, cancel);
        await db.SaveAsync("/api/v1/messages/addresses", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new AddressAnswer(address));
    }

    private static async Task<NoContent> PutHandle(HandleBody body, Db db, IEnumerable<ITemplateSubjects> subjects, IEnumerable<IChannel> channels, TimeProvider time, Audit audit, CancellationToken cancel)
    {
        var seen = false;
        foreach (var source in subjects) seen |= await source.MayAsync(body.CustomerId, cancel);
        if (!seen) throw new NotThere();
        var name = (body.Name ?? "").Trim();
        if (!channels.Any(c => c.Key == body.Channel && c.Way == ContactWay.WeChat)) throw new BadInput([("channel", "wechat | wecom")]);
        if (name.Length is 0 or > Message.AddressMax) throw new BadInput([("name", $"1 … {Message.AddressMax}")]);
        var row = await db.Set<Handle>().AsTracking().FirstOrDefaultAsync(h => h.Channel == body.Channel && h.Name == name, cancel);
        if (row is null) db.Add(row = new Handle { Channel = body.Channel, Name = name });
        (row.CustomerId, row.At) = (body.CustomerId, time.Now());
        audit.Add("messages.handle", "messages.handle", row.Id, body.Channel);
        await db.SaveAsync("/api/v1/messages/handles", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RepliesAnswer>> Replies(Db db, CancellationToken cancel, bool open = false, Guid? customerId = null, int page = 1, int size = 50)
    {
        if (page is < 1 or > 100_000) throw new BadInput([("page", page.ToString(CultureInfo.InvariantCulture))]);
        if (size is < 1 or > 200) throw new BadInput([("size", "1 … 200")]);
        var rows = await Pages.Replies.Found(db, open, customerId).OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Skip((page - 1) * size).Take(size + 1).Select(r => new ReplyAnswer(r.Id, r.CustomerId, r.Kind, r.Words, r.At, r.AnsweredAt)).ToListAsync(cancel);
        return TypedResults.Ok(new RepliesAnswer([.. rows.Take(size)], page, rows.Count > size));
    }

    private static async Task<NoContent> AnswerReply(Guid id, AnswerBody body, ReplyDesk desk, Db db, CancellationToken cancel)
    {
        await desk.AnswerAsync(id, body.Words, cancel);
        await db.SaveAsync($"/api/v1/messages/replies/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PrintedAnswer>> MakeRun(PrintDesk desk, Db db, CancellationToken cancel)
    {
        var printed = await desk.MakeAsync(cancel);
        await db.SaveAsync("/api/v1/messages/print-runs", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new PrintedAnswer(printed.RunId, printed.Done, printed.Stopped));
    }

    private static async Task<Ok<PrintedAnswer>> HandOver(Guid id, PrintDesk desk, Db db, CancellationToken cancel)
    {
        var printed = await desk.HandOverAsync(id, cancel);
        await db.SaveAsync("/api/v1/messages/print-runs", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new PrintedAnswer(printed.RunId, printed.Done, printed.Stopped));
    }

    private static GatewayAnswer Of(SmsGateway g) => new(g.Url, g.Header, g.Secret.Length > 0, g.Body, g.OkPath, g.OkValue, g.IdPath, g.Dedupes, g.Version);

    private static ChannelAnswer Of(ChannelSetting c) => new(c.Channel, c.IsReady, c.Url, c.Account, c.Secret.Length > 0, c.Sender, c.Code, c.Version);
}
