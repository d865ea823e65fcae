using System.Text.Json;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>
/// The provider's word that a message arrived, or did not: posted to an address of the company's own. A message that was unknown
/// becomes known by it; told twice is told once.
/// </summary>
internal static class Receipts
{
    public const string LinkKind = "sms-receipt";
    public static readonly TimeSpan Life = TimeSpan.FromDays(3650);
    private const int Most = 500;

    /// <param name="Id">Our <c>{id}</c>, or the provider's own number.</param>
    /// <param name="State"><c>delivered</c> or <c>failed</c>.</param>
    public sealed record Receipt(string? Id, string? State);

    public sealed record ReceiptsAnswer(int Taken, int Unknown);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/g/{Token}", TakeAsync).WithMetadata(new ByLinkAttribute(LinkKind))
        .OpenToAll("The text-message provider posts receipts to the company's own address; the token is the secret.").DisableAntiforgery().ExcludeFromDescription();

    private static async Task<Ok<ReceiptsAnswer>> TakeAsync(string token, HttpContext http, Db db, ContactDoor door, TimeProvider time, CancellationToken cancel)
    {
        _ = token; // the middleware has found the company by it
        List<Receipt> all;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: cancel);
            all = [.. (body.RootElement.ValueKind == JsonValueKind.Array ? body.RootElement.EnumerateArray().Take(Most + 1) : [body.RootElement]).Select(Read)];
        }
        catch (JsonException)
        {
            throw new BadInput([("body", "[{ \"id\": \"…\", \"state\": \"delivered\" | \"failed\" }]")]);
        }

        if (all.Count > Most || all.Any(r => r.Id is null or { Length: 0 or > Message.AddressMax } || r.State is not ("delivered" or "failed"))) throw new BadInput([("body", $"1 … {Most} × {{ \"id\": \"…\", \"state\": \"delivered\" | \"failed\" }}")]);
        var taken = 0;
        foreach (var receipt in all)
        {
            var ours = Guid.TryParse(receipt.Id, out var id) ? id : Guid.Empty;
            var message = await db.Set<Message>().AsTracking().FirstOrDefaultAsync(m => m.Channel == SmsChannel.ChannelKey && (m.Id == ours || (m.ProviderId == receipt.Id && m.ProviderId != "")), cancel);
            if (message is null) continue;
            taken++;
            if (message.Told(receipt.State == "delivered", time.Now())) await door.ReleaseAsync(message.ContactKey, cancel);
        }

        await db.SaveAsync("/g", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new ReceiptsAnswer(taken, all.Count - taken));
    }

    private static Receipt Read(JsonElement one)
    {
        string? Word(string name) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value) ? value.ToString() : null;
        return new(Word("id"), Word("state")?.ToLowerInvariant());
    }
}
