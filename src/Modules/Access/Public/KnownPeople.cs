using System.Collections.Concurrent;
using Huitou.Access.Sessions;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Access.Public;

/// <summary>Who an account is in a company, ready to be put on a request.</summary>
/// <param name="Stamp">Security stamp of the account: a session with another one is over.</param>
/// <param name="Become">Fills the request's <see cref="CurrentUser"/>.</param>
public sealed record KnownPerson(string Stamp, Action<CurrentUser> Become);

/// <summary>
/// Remembers for a few seconds who an account is, so that a request costs no statement before its own. Changes made on
/// this node are seen at once, those of other nodes within <see cref="For"/>.
/// </summary>
public sealed class KnownPeople(IServiceScopeFactory scopes, TimeProvider time)
{
    public static readonly TimeSpan For = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(Guid Account, Guid? Company), (KnownPerson Person, DateTime Until)> known = new();
    private long age;

    /// <summary>Rises whenever something is forgotten: what was read before must not be remembered after.</summary>
    public long Age => Interlocked.Read(ref age);

    public KnownPerson? Find(Guid account, Guid? company) =>
        known.TryGetValue((account, company), out var found) && found.Until > time.Now() ? found.Person : null;

    /// <summary>Remembers, unless something was forgotten since <paramref name="readAtAge"/>.</summary>
    public void Keep(Guid account, Guid? company, KnownPerson person, long readAtAge)
    {
        if (readAtAge == Age) known[(account, company)] = (person, time.Now() + For);
    }

    /// <summary>Forgets one account: call after commit.</summary>
    public void Forget(Guid account)
    {
        Interlocked.Increment(ref age);
        foreach (var key in known.Keys.Where(k => k.Account == account)) known.TryRemove(key, out _);
    }

    /// <summary>Forgets everybody: a role, a store or a region changed.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref age);
        known.Clear();
    }

    /// <summary>An account's security stamp and the companies it has a place in; no stamp: no such account.</summary>
    public async Task<(string? Stamp, List<Guid> Companies)> ReadAsync(Guid accountId, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: false, cancel);
        var stamp = await db.Set<Account>().Where(a => a.Id == accountId).Select(a => a.SecurityStamp).FirstOrDefaultAsync(cancel);
        var companies = stamp is null ? [] : await db.Set<AccountSeat>().Where(s => s.AccountId == accountId).OrderBy(s => s.CompanyId).Select(s => s.CompanyId).ToListAsync(cancel);
        return (stamp, companies);
    }
}
