using System.Collections.Frozen;
using Huitou.Calendars.Public;
using Huitou.Kernel;

namespace Huitou.Complaints;

/// <summary>The hours in which the clocks run.</summary>
public sealed class ShopHours(CurrentUser me)
{
    // A shop that entered nothing is taken to be open every day from nine to nine, as the trade is.
    private static readonly IReadOnlyList<IReadOnlyList<OpenWindow>> Week = [.. Enumerable.Repeat<IReadOnlyList<OpenWindow>>([new OpenWindow(9 * 60, 21 * 60)], 7)];

    public Task<BusinessClock> OfAsync(Guid? storeId, CancellationToken cancel)
    {
        _ = (storeId, cancel);
        return Task.FromResult(new BusinessClock(me.Zone, Week, FrozenDictionary<DateOnly, IReadOnlyList<OpenWindow>>.Empty));
    }
}
