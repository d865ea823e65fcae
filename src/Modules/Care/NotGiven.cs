using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>
/// What became of a message after it was given out. Kept at the door of contacts, refused for good by the provider or not delivered, it reached nobody: its act is no longer done,
/// says why, and may be given by another way. Sent again by a person, it is done again. Heard twice is heard once.
/// </summary>
internal sealed class NotGiven(Db db, MessageRows messages, CurrentUser me, TimeProvider time) : IHandle<ContactStopped>, IHandle<MessagesTold>, IHandle<ContactAgain>
{
    public Task HandleAsync(ContactStopped happened, CancellationToken cancel) => StopAsync(happened.WhatKey, IdOf(happened.Href), happened.WhyKey, cancel);

    public async Task HandleAsync(MessagesTold happened, CancellationToken cancel)
    {
        foreach (var news in happened.All.Where(n => !n.Delivered)) await StopAsync(news.WhatKey, news.MessageId, news.WhyKey, cancel);
    }

    public async Task HandleAsync(ContactAgain happened, CancellationToken cancel)
    {
        var act = await ActAsync(happened.WhatKey, happened.MessageId, cancel);
        if (act is { Way: CareWay.Message, State: ActState.Stopped }) act.Finish(me.StaffId == Guid.Empty ? null : me.StaffId, time.Now());
    }

    private async Task StopAsync(string what, Guid messageId, string why, CancellationToken cancel)
    {
        var act = await ActAsync(what, messageId, cancel);
        if (act is not { Way: CareWay.Message, State: ActState.Done }) return;
        // Another message on the same occasion went meanwhile.
        if (await All.AnyAsync(m => m.ReasonId == act.Id && m.Id != messageId && m.State != MessageState.Stopped && m.State != MessageState.Failed, cancel)) return;
        act.Stop(why);
    }

    private async Task<CareAct?> ActAsync(string what, Guid messageId, CancellationToken cancel)
    {
        if (!what.StartsWith(CareDesk.PurposeOf, StringComparison.Ordinal) || !Enum.TryParse<OccasionKind>(what[CareDesk.PurposeOf.Length..], out _)) return null;
        var reason = await All.Where(m => m.Id == messageId).Select(m => m.ReasonId).FirstOrDefaultAsync(cancel);
        return reason is null ? null : await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).AsTracking().FirstOrDefaultAsync(a => a.Id == reason, cancel);
    }

    private IQueryable<MessageRow> All => messages.All.IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]);

    private static Guid IdOf(string href) => Guid.TryParse(href.Split('/')[^1], out var id) ? id : Guid.Empty;
}
