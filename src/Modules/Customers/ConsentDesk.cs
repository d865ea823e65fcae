using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Writes down what a customer agrees to: for each purpose by all channels or by named ones, when and how it was said (A3).</summary>
public sealed class ConsentDesk(Db db, CurrentUser user, TimeProvider time, Public.Timeline timeline, Audit audit)
{
    public static readonly string[] Ways = ["counter", "paper", "phone", "link"];
    public static readonly string[] Channels = ["phone", "wechat", "sms", "mail"];

    /// <param name="customerId">Whose.</param>
    /// <param name="purpose">For what.</param>
    /// <param name="agrees">False takes back whatever holds.</param>
    /// <param name="channels">By which; none means by any. A channel that is not named any more is taken back, one that stays keeps its day.</param>
    /// <param name="how">One of <see cref="Ways"/>.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="NotThere">No such customer within reach.</exception>
    public async Task SetAsync(Guid customerId, ConsentPurpose purpose, bool agrees, IEnumerable<string> channels, string how, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var (now, me) = (time.Now(), user.StaffId == Guid.Empty ? (Guid?)null : user.StaffId);
        var there = await db.Set<Consent>().AsTracking().Where(c => c.CustomerId == customerId && c.Purpose == purpose && c.WithdrawnAt == null).ToListAsync(cancel);
        var wanted = agrees ? channels.Where(Channels.Contains).Distinct().DefaultIfEmpty("").ToList() : [];
        foreach (var old in there.Where(c => !wanted.Contains(c.Channel))) old.Withdraw(now, me);
        foreach (var channel in wanted.Where(w => there.TrueForAll(c => c.Channel != w)))
        {
            db.Set<Consent>().Add(new Consent { CustomerId = customerId, Purpose = purpose, Channel = channel, GivenAt = now, How = Ways.Contains(how) ? how : Ways[0], By = me, StoreId = user.StoreId });
        }

        if (agrees == there.Count > 0 && there.TrueForAll(c => wanted.Contains(c.Channel)) && wanted.Count == there.Count) return;
        if (agrees != there.Count > 0) timeline.Add(customerId, TimelineKind.File, agrees ? "customers.timeline.consent-given" : "customers.timeline.consent-withdrawn", [$"customers.consent.{purpose}"]);
        audit.Add(agrees ? "customers.consent.give" : "customers.consent.withdraw", "customers.customer", customerId, $"{purpose} {string.Join(' ', wanted)}".Trim());
    }
}
