using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>
/// What became of a message after it was given out. Once it went out its act is done. Kept at the door of contacts, refused for good by the provider or not delivered, it reached nobody: its act is no longer done,
/// says why, and may be given by another way. Sent again by a person, it is on its way again. Heard twice is heard once.
/// </summary>
internal sealed class NotGiven(Db db, MessageRows messages, CurrentUser me, TimeProvider time) : IHandle<MessagesSent>, IHandle<ContactStopped>, IHandle<MessagesTold>, IHandle<ContactAgain>
{
    // In one statement, without the version: a person who changes the act at once must not undo that the message went out.
    public async Task HandleAsync(MessagesSent happened, CancellationToken cancel)
    {
        var ids = happened.All.Where(m => IsOurs(m.WhatKey)).Select(m => m.ReasonId).OfType<Guid>().Distinct().ToList();
        if (ids.Count > 0) await ArriveAsync(ids, cancel);
    }

    public Task HandleAsync(ContactStopped happened, CancellationToken cancel) => StopAsync(happened.WhatKey, IdOf(happened.Href), happened.WhyKey, cancel);

    public async Task HandleAsync(MessagesTold happened, CancellationToken cancel)
    {
        foreach (var news in happened.All)
        {
            if (!news.Delivered) await StopAsync(news.WhatKey, news.MessageId, news.WhyKey, cancel);
            // Nobody could say whether it went out, until now.
            else if (await ActAsync(news.WhatKey, news.MessageId, cancel) is { State: ActState.Going } act) act.Finish(act.DoneBy, time.Now());
        }
    }

    public async Task HandleAsync(ContactAgain happened, CancellationToken cancel)
    {
        var act = await ActAsync(happened.WhatKey, happened.MessageId, cancel);
        if (act is { Way: CareWay.Message, State: ActState.Stopped }) act.Send(me.StaffId == Guid.Empty ? null : me.StaffId);
    }

    private async Task StopAsync(string what, Guid messageId, string why, CancellationToken cancel)
    {
        var act = await ActAsync(what, messageId, cancel);
        if (act is not { Way: CareWay.Message, State: ActState.Going or ActState.Done }) return;
        // Another message on the same occasion went meanwhile.
        if (await All.AnyAsync(m => m.ReasonId == act.Id && m.Id != messageId && m.State != MessageState.Stopped && m.State != MessageState.Failed, cancel)) return;
        act.Stop(why);
    }

    private async Task<CareAct?> ActAsync(string what, Guid messageId, CancellationToken cancel)
    {
        if (!IsOurs(what)) return null;
        var reason = await All.Where(m => m.Id == messageId).Select(m => m.ReasonId).FirstOrDefaultAsync(cancel);
        return reason is null ? null : await db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).AsTracking().FirstOrDefaultAsync(a => a.Id == reason, cancel);
    }

    private Task<int> ArriveAsync(List<Guid> ids, CancellationToken cancel)
    {
        var now = time.Now();
        return db.Set<CareAct>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(a => EF.Parameter(ids).Contains(a.Id) && a.Way == CareWay.Message && a.State == ActState.Going)
            .ExecuteUpdateAsync(s => s.SetProperty(a => a.State, ActState.Done).SetProperty(a => a.DoneAt, now).SetProperty(a => a.Version, a => a.Version + 1), cancel);
    }

    private static bool IsOurs(string what) => what.StartsWith(CareDesk.PurposeOf, StringComparison.Ordinal) && Enum.TryParse<OccasionKind>(what[CareDesk.PurposeOf.Length..], out _);

    private IQueryable<MessageRow> All => messages.All.IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]);

    private static Guid IdOf(string href) => Guid.TryParse(href.Split('/')[^1], out var id) ? id : Guid.Empty;
}
