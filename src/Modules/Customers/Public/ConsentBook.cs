using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>Consents for modules above: taken back, and whether one is given.</summary>
public sealed class ConsentBook(Db db)
{
    /// <summary>Takes back every consent of a customer that still holds. Returns how many.</summary>
    public async Task<int> WithdrawAllAsync(Guid customerId, Guid? by, DateTime now, CancellationToken cancel = default)
    {
        // What was kept only by a consent of its own goes with it.
        var sensitive = db.Set<ProfileItem>().Where(i => i.Sensitive != Sensitive.None).Select(i => i.Id);
        await db.Set<ProfileAnswer>().Where(a => a.CustomerId == customerId && sensitive.Contains(a.ItemId)).ExecuteDeleteAsync(cancel);
        var count = await db.Set<SensitiveConsent>().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).ExecuteUpdateAsync(s => s.SetProperty(c => c.WithdrawnAt, now).SetProperty(c => c.WithdrawnBy, by), cancel);
        return count + await db.Set<Consent>().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).ExecuteUpdateAsync(s => s.SetProperty(c => c.WithdrawnAt, now).SetProperty(c => c.WithdrawnBy, by), cancel);
    }

    /// <summary>Purposes that are agreed to now.</summary>
    public Task<List<ConsentPurpose>> GivenAsync(Guid customerId, CancellationToken cancel = default) =>
        db.Set<Consent>().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).Select(c => c.Purpose).Distinct().ToListAsync(cancel);
}
