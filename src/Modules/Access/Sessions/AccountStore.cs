using System.Security.Cryptography;
using Huitou.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Sessions;

/// <summary>
/// Identity's own store over the one context, with three differences: it never saves by itself (the page's
/// <see cref="Db.SaveAsync"/> commits everything together), it loads what it may change (the context reads without
/// tracking by default), and second-factor secrets are stored encrypted.
/// </summary>
public sealed class AccountStore : UserOnlyStore<Account, Db, Guid, IdentityUserClaim<Guid>, IdentityUserLogin<Guid>, IdentityUserToken<Guid>, IdentityUserPasskey<Guid>>
{
    private readonly IDataProtector protector;

    public AccountStore(Db db, IDataProtectionProvider protection, IdentityErrorDescriber describer) : base(db, describer)
    {
        AutoSaveChanges = false;
        protector = protection.CreateProtector("access.account-token");
    }

    public override IQueryable<Account> Users => UsersSet.AsTracking();

    public override Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken = default) =>
        Guid.TryParse(userId, out var id) ? FindUserAsync(id, cancellationToken) : Task.FromResult<Account?>(null);

    // The base attaches and saves: attaching what is tracked takes a stamp never stored for the one to compare with.
    public override Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken = default)
    {
        if (Context.Entry(user).State == EntityState.Detached) Context.Update(user);
        user.ConcurrencyStamp = Ids.New().ToString();
        return Task.FromResult(IdentityResult.Success);
    }

    protected override Task<IdentityUserToken<Guid>?> FindTokenAsync(Account user, string loginProvider, string name, CancellationToken cancellationToken) =>
        FindAsync(UserTokens, t => t.UserId == user.Id && t.LoginProvider == loginProvider && t.Name == name, cancellationToken);

    public override Task SetTokenAsync(Account user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : protector.Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(Account user, string loginProvider, string name, CancellationToken cancellationToken)
    {
        var value = await base.GetTokenAsync(user, loginProvider, name, cancellationToken);
        try
        {
            return value is null ? null : protector.Unprotect(value);
        }
        catch (CryptographicException)
        {
            return null; // the key file is gone: the second factor has to be set up anew, by somebody who may
        }
    }

    // What was added in this request and is not saved yet counts too.
    private static async Task<T?> FindAsync<T>(DbSet<T> set, System.Linq.Expressions.Expression<Func<T, bool>> which, CancellationToken cancel) where T : class =>
        set.Local.AsQueryable().FirstOrDefault(which) ?? await set.AsTracking().FirstOrDefaultAsync(which, cancel);
}
