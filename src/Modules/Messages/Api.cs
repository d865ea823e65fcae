using System.Globalization;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>The machine door: what became of messages. Words and addresses of customers do not leave by it.</summary>
internal static class Api
{
    private const int MostPerPage = 200;

    /// <summary>One message.</summary>
    /// <param name="State">Waiting, Sending, Sent, Failed, Unknown (nobody can say whether it arrived).</param>
    /// <param name="ErrorKey">What went wrong last; empty when nothing did.</param>
    public sealed record MessageAnswer(Guid Id, Guid CustomerId, Guid? ReasonId, string Purpose, string Channel, string To, string Subject, MessageState State, int Attempts, string ErrorKey, DateTime CreatedAt, DateTime? SentAt);

    public sealed record MessagesAnswer(IReadOnlyList<MessageAnswer> Items, int Page, bool More);

    /// <summary>How often and when customers are contacted.</summary>
    /// <param name="Most">At most so many contacts …</param>
    /// <param name="Days">… in any so many days in a row.</param>
    /// <param name="QuietFrom">Quiet from this minute of the day …</param>
    /// <param name="QuietTo">… to this one, over midnight.</param>
    /// <param name="NeedsConsent">Purposes that need a consent.</param>
    /// <param name="Uncounted">Purposes that are not counted.</param>
    /// <param name="Version">Rises with each change; send the one you have read.</param>
    public sealed record ContactRuleAnswer(int Most, int Days, int QuietFrom, int QuietTo, IReadOnlyList<ContactPurpose>? NeedsConsent, IReadOnlyList<ContactPurpose>? Uncounted, int Version);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/messages").WithTags("messages").Needs("messages.view");
        group.MapGet("", List).WithSummary("Messages to customers, newest first");
        var rule = app.MapGroup("/api/v1/contact-rule").WithTags("messages").Needs("messages.contacts");
        rule.MapGet("", ReadRule).WithSummary("How often and when customers are contacted");
        rule.MapPut("", ChangeRule).WithSummary("Change how often and when customers are contacted");
    }

    private static async Task<Ok<ContactRuleAnswer>> ReadRule(ContactDoor door, CancellationToken cancel) => TypedResults.Ok(Answer(await door.RuleAsync(cancel)));

    private static async Task<Ok<ContactRuleAnswer>> ChangeRule(ContactRuleAnswer request, Db db, ContactDoor door, CancellationToken cancel)
    {
        var row = await door.ChangeRuleAsync(new ContactRuleChange(request.Most, request.Days, request.QuietFrom, request.QuietTo, request.NeedsConsent ?? [], request.Uncounted ?? []), request.Version, cancel);
        await db.SaveAsync("/api/v1/contact-rule", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(row));
    }

    private static ContactRuleAnswer Answer(ContactRule rule) => new(rule.Most, rule.Days, rule.QuietFrom, rule.QuietTo,
        [.. Pages.Contacts.Read(rule.NeedsConsent.Split(' ', StringSplitOptions.RemoveEmptyEntries))], [.. Pages.Contacts.Read(rule.Uncounted.Split(' ', StringSplitOptions.RemoveEmptyEntries))], rule.Version);

    private static async Task<Ok<MessagesAnswer>> List(Db db, CancellationToken cancel, string? state = null, string? channel = null, string? purpose = null, Guid? customerId = null, int page = 1, int size = 50)
    {
        if (page is < 1 or > 100_000) throw new BadInput([("page", page.ToString(CultureInfo.InvariantCulture))]);
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        var rows = await Pages.Index.Found(db, state, channel, purpose, customerId).OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Skip((page - 1) * size).Take(size + 1)
            .Select(m => new MessageAnswer(m.Id, m.CustomerId, m.ReasonId, m.PurposeKey, m.Channel, m.Address, m.Subject, m.State, m.Attempts, m.ErrorKey, m.CreatedAt, m.SentAt)).ToListAsync(cancel);
        return TypedResults.Ok(new MessagesAnswer([.. rows.Take(size).Select(m => m with { To = Message.Mask(m.To) })], page, rows.Count > size));
    }
}
