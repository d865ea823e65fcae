using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>Consents for modules above: taken back, and whether one is given.</summary>
public sealed class ConsentBook(Db db)
{
    /// <summary>Takes back every consent of a customer that still holds. Returns how many.</summary>
    public Task<int> WithdrawAllAsync(Guid customerId, Guid? by, DateTime now, CancellationToken cancel = default) =>
        db.Set<Consent>().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).ExecuteUpdateAsync(s => s.SetProperty(c => c.WithdrawnAt, now).SetProperty(c => c.WithdrawnBy, by), cancel);

    /// <summary>Purposes that are agreed to now.</summary>
    public Task<List<ConsentPurpose>> GivenAsync(Guid customerId, CancellationToken cancel = default) =>
        db.Set<Consent>().Where(c => c.CustomerId == customerId && c.WithdrawnAt == null).Select(c => c.Purpose).Distinct().ToListAsync(cancel);
}
