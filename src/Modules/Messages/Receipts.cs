using System.Text.Json;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>
/// What the provider posts to addresses of the company's own: that messages arrived, or did not (<c>/g/TOKEN</c>), and what customers wrote back
/// (<c>/i/TOKEN</c>). A message that was unknown becomes known by its receipt; told twice is told once. Alibaba Cloud's own shape is understood too.
/// </summary>
internal static class Receipts
{
    public const string LinkKind = "sms-receipt";
    public const string ReplyKind = "sms-reply";
    public static readonly TimeSpan Life = TimeSpan.FromDays(3650);
    private const int Most = 500;
    private const string Shape = "[{ \"id\": \"…\", \"state\": \"delivered\" | \"failed\" }]";
    private const string ReplyShape = "[{ \"from\": \"…\", \"text\": \"…\", \"id\": \"…\" }]";

    /// <param name="Id">Our <c>{id}</c>, or the provider's own number.</param>
    /// <param name="State"><c>delivered</c> or <c>failed</c>.</param>
    public sealed record Receipt(string? Id, string? State);

    /// <param name="Code">0: taken (what Alibaba Cloud wants to read).</param>
    public sealed record ReceiptsAnswer(int Taken, int Unknown, int Code = 0);

    public sealed record RepliesAnswer(int Taken, int Code = 0);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/g/{Token}", TakeAsync).WithMetadata(new ByLinkAttribute(LinkKind))
            .OpenToAll("The text-message provider posts receipts to the company's own address; the token is the secret.").DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/i/{Token}", ReplyAsync).WithMetadata(new ByLinkAttribute(ReplyKind))
            .OpenToAll("The text-message provider posts replies to the company's own address; the token is the secret.").DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<Ok<ReceiptsAnswer>> TakeAsync(string token, HttpContext http, Db db, TakeReceipts receipts, CancellationToken cancel)
    {
        _ = token; // the middleware has found the company by it
        var all = (await ReadAsync(http, Shape, cancel)).ConvertAll(o => new Receipt(Word(o, "id") ?? Word(o, "out_id") ?? Word(o, "biz_id"), (Word(o, "state") ?? Word(o, "success"))?.ToLowerInvariant() switch { "true" => "delivered", "false" => "failed", var said => said }));
        if (all.Any(r => r.Id is null or { Length: 0 or > Message.AddressMax } || r.State is not ("delivered" or "failed"))) throw new BadInput([("body", $"1 … {Most} × {Shape}")]);
        var taken = await receipts.TakeAsync(all.ConvertAll(r => new ToldOf(r.Id!, r.State == "delivered")), cancel: cancel);
        await db.SaveAsync("/g", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new ReceiptsAnswer(taken, all.Count - taken));
    }

    private static async Task<Ok<RepliesAnswer>> ReplyAsync(string token, HttpContext http, Db db, TakeReplies replies, CancellationToken cancel)
    {
        _ = token; // the middleware has found the company by it
        var all = (await ReadAsync(http, ReplyShape, cancel)).ConvertAll(o => new CameIn((Word(o, "from") ?? Word(o, "phone_number") ?? "").Trim(), Word(o, "text") ?? Word(o, "content") ?? "", Word(o, "id") ?? Word(o, "sequence_id")));
        if (all.Any(r => r.From.Length is 0 or > Message.AddressMax || r.Id?.Length > Message.AddressMax)) throw new BadInput([("body", $"1 … {Most} × {ReplyShape}")]);
        // They go back the way they came in: the provider of text messages that is set up.
        var ways = await Ways.OfAsync(db, cancel);
        var channel = ways.Setting.Channel is SmsChannel.ChannelKey or AliyunChannel.ChannelKey or WebhookChannel.ChannelKey ? ways.Setting.Channel : ways.IsReady(AliyunChannel.ChannelKey) && !ways.IsReady(SmsChannel.ChannelKey) ? AliyunChannel.ChannelKey : SmsChannel.ChannelKey;
        var taken = await replies.TakeAsync(channel, all, cancel);
        await db.SaveAsync("/i", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new RepliesAnswer(taken));
    }

    private static async Task<List<JsonElement>> ReadAsync(HttpContext http, string shape, CancellationToken cancel)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: cancel);
            var all = (body.RootElement.ValueKind == JsonValueKind.Array ? body.RootElement.EnumerateArray().Take(Most + 1) : [body.RootElement]).Select(e => e.Clone()).ToList();
            if (all.Count <= Most) return all;
        }
        catch (JsonException)
        {
            // said below, as for all that cannot be read
        }

        throw new BadInput([("body", shape)]);
    }

    private static string? Word(JsonElement one, string name) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value) ? value.ToString() : null;
}
