using Huitou.Access.Sessions;
using Huitou.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Public;

/// <summary>
/// Sign-ins of the company's people, for Staff and the demo. All of it is part of the caller's transaction.
/// </summary>
public sealed class Accounts(Db db, UserManager<Account> users, KnownPeople known, TimeProvider time, IPasswordHasher<Account> hasher, Audit audit)
{
    /// <summary>Makes an account with a place in the current company.</summary>
    /// <param name="name">What the person types to sign in.</param>
    /// <param name="phone">Signs in too; may be empty.</param>
    /// <param name="password">The first password.</param>
    /// <param name="mustChange">True when somebody else chose the password: the first sign-in asks for an own one.</param>
    /// <exception cref="Refused">Name or phone taken, name or password against the rules.</exception>
    public async Task<Guid> OpenAsync(string name, string phone, string password, bool mustChange = true, CancellationToken cancel = default)
    {
        var account = await NewAsync(name, phone, mustChange, cancel);
        Check(await users.CreateAsync(account, password));
        db.Set<AccountSeat>().Add(new AccountSeat { AccountId = account.Id, CompanyId = db.CompanyId });
        return account.Id;
    }

    /// <summary>The same with a password hashed before (<see cref="HashOf"/>), for many accounts that share one: the demo.</summary>
    public async Task<Guid> OpenHashedAsync(string name, string phone, string passwordHash, CancellationToken cancel = default)
    {
        var account = await NewAsync(name, phone, mustChange: false, cancel);
        account.PasswordHash = passwordHash;
        Check(await users.CreateAsync(account));
        db.Set<AccountSeat>().Add(new AccountSeat { AccountId = account.Id, CompanyId = db.CompanyId });
        return account.Id;
    }

    public string HashOf(string password) => hasher.HashPassword(new Account(), password);

    /// <summary>A new first password from a manager; ends all sessions and opens a locked account.</summary>
    /// <exception cref="Refused">The account works for other companies too: only its owner may change the password.</exception>
    public async Task GivePasswordAsync(Guid accountId, string password, CancellationToken cancel = default)
    {
        var account = await HereAsync(accountId, cancel);
        if (await db.Set<AccountSeat>().AnyAsync(s => s.AccountId == accountId && s.CompanyId != db.CompanyId, cancel)) throw new Refused("access.account-shared");
        Check(await users.RemovePasswordAsync(account));
        Check(await users.AddPasswordAsync(account, password)); // renews the security stamp
        Check(await users.SetLockoutEndDateAsync(account, null));
        Check(await users.ResetAccessFailedCountAsync(account));
        account.MustChangePassword = true;
        db.AfterCommit(() => known.Forget(accountId));
    }

    /// <summary>
    /// A signature in place of the pen: the account's own password. A wrong one throws away what the caller has done so far and
    /// counts towards the lock like one at the door; a locked account signs nothing.
    /// </summary>
    /// <param name="accountId">Who signs; none is refused.</param>
    /// <param name="password">As typed.</param>
    /// <param name="wrong">What to say when it is not theirs.</param>
    /// <param name="cancel">Stops before it is counted.</param>
    public async Task SignAsync(Guid? accountId, string password, Refused wrong, CancellationToken cancel = default)
    {
        if (accountId is not { } id || password.Length == 0 || await users.FindByIdAsync(id.ToString()) is not { } account) throw wrong;
        if (await users.IsLockedOutAsync(account)) throw new Refused("access.locked") { Field = wrong.Field };
        if (await users.CheckPasswordAsync(account, password))
        {
            if (account.AccessFailedCount > 0) Check(await users.ResetAccessFailedCountAsync(account));
            return;
        }

        await db.StartOverAsync(toWrite: true, cancel);
        // The row is held first: of guesses made at the same moment each one counts.
        await db.Set<Account>().Where(a => a.Id == id).ExecuteUpdateAsync(s => s.SetProperty(a => a.AccessFailedCount, a => a.AccessFailedCount), cancel);
        account = await users.Users.FirstAsync(a => a.Id == id, cancel);
        Check(await users.AccessFailedAsync(account));
        var locks = await users.IsLockedOutAsync(account);
        if (locks) audit.Add("access.locked-out", "access.account", id, "signature");
        await db.SaveAsync(cancel: cancel);
        throw locks ? new Refused("access.locked") { Field = wrong.Field } : wrong;
    }

    /// <summary>Changes name and phone.</summary>
    public async Task RenameAsync(Guid accountId, string name, string phone, CancellationToken cancel = default)
    {
        var account = await HereAsync(accountId, cancel);
        name = name.Trim();
        phone = PhoneOf(phone);
        if (account.UserName == name && (account.PhoneNumber ?? "") == phone) return;
        await CheckFreeAsync(name, phone, accountId, cancel);
        account.PhoneNumber = phone.Length == 0 ? null : phone;
        if (account.UserName != name) Check(await users.SetUserNameAsync(account, name));
        db.AfterCommit(() => known.Forget(accountId));
    }

    /// <summary>Takes the place in this company away and ends all sessions: who leaves, leaves.</summary>
    public async Task TakePlaceAsync(Guid accountId, CancellationToken cancel = default)
    {
        var account = await HereAsync(accountId, cancel);
        await db.Set<AccountSeat>().Where(s => s.AccountId == accountId && s.CompanyId == db.CompanyId).ExecuteDeleteAsync(cancel);
        if (account.LastCompanyId == db.CompanyId) account.LastCompanyId = null;
        Check(await users.UpdateSecurityStampAsync(account));
        db.AfterCommit(() => known.Forget(accountId));
    }

    /// <summary>Sign-in name of an account of this company; null for another's.</summary>
    public Task<string?> NameAsync(Guid accountId, CancellationToken cancel = default) =>
        (from a in db.Set<Account>()
         join s in db.Set<AccountSeat>() on a.Id equals s.AccountId
         where a.Id == accountId && s.CompanyId == db.CompanyId
         select a.UserName).FirstOrDefaultAsync(cancel);

    /// <summary>Sign-in names of all accounts of this company, by account.</summary>
    public Task<Dictionary<Guid, string>> NamesAsync(CancellationToken cancel = default) =>
        (from a in db.Set<Account>()
         join s in db.Set<AccountSeat>() on a.Id equals s.AccountId
         where s.CompanyId == db.CompanyId
         select new { a.Id, a.UserName }).ToDictionaryAsync(a => a.Id, a => a.UserName!, cancel);

    /// <summary>The account somebody means by what they typed: sign-in name first, then phone.</summary>
    internal async Task<Account?> FindAsync(string nameOrPhone, CancellationToken cancel)
    {
        var typed = nameOrPhone.Trim();
        if (typed.Length is 0 or > Account.NameMax) return null;
        if (await users.FindByNameAsync(typed) is { } named) return named;
        var phone = PhoneOf(typed);
        return phone.Length < 5 ? null : await users.Users.FirstOrDefaultAsync(a => a.PhoneNumber == phone, cancel);
    }

    /// <summary>Digits only, a mainland number without its country.</summary>
    internal static string PhoneOf(string typed)
    {
        var digits = string.Concat(typed.Where(char.IsAsciiDigit));
        return digits.Length == 13 && digits.StartsWith("86", StringComparison.Ordinal) ? digits[2..] : digits;
    }

    /// <summary>Turns the framework's refusal into ours.</summary>
    internal static void Check(IdentityResult result, string? field = null)
    {
        if (result.Succeeded) return;
        var code = result.Errors.First().Code;
        throw new Refused(code switch
        {
            nameof(IdentityErrorDescriber.PasswordTooShort) => "access.password-too-short",
            nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => "access.password-too-plain",
            nameof(IdentityErrorDescriber.PasswordMismatch) => "access.password-wrong",
            nameof(IdentityErrorDescriber.DuplicateUserName) => "access.account-taken",
            nameof(IdentityErrorDescriber.InvalidUserName) => "access.account-name",
            nameof(IdentityErrorDescriber.ConcurrencyFailure) => "kernel.conflict",
            _ => throw new InvalidOperationException("Identity refused: " + code),
        })
        { Field = field };
    }

    private async Task<Account> NewAsync(string name, string phone, bool mustChange, CancellationToken cancel)
    {
        name = name.Trim();
        phone = PhoneOf(phone);
        await CheckFreeAsync(name, phone, null, cancel);
        return new Account
        {
            Id = Ids.New(), UserName = name, PhoneNumber = phone.Length == 0 ? null : phone, MustChangePassword = mustChange,
            LastCompanyId = db.CompanyId, CreatedAt = time.Now(),
        };
    }

    private async Task CheckFreeAsync(string name, string phone, Guid? self, CancellationToken cancel)
    {
        if (name.Length is < Account.NameMin or > Account.NameMax || !name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@')) throw new Refused("access.account-name", Account.NameMin, Account.NameMax);
        await ReclaimAsync(name.ToUpperInvariant(), phone, self, cancel);
        // One person's phone as another's name would send the first to the wrong account.
        if (await db.Set<Account>().AnyAsync(a => a.PhoneNumber == name && a.Id != self, cancel)) throw new Refused("access.account-taken");
        if (phone.Length > 0 && await db.Set<Account>().AnyAsync(a => (a.PhoneNumber == phone || a.NormalizedUserName == phone) && a.Id != self, cancel)) throw new Refused("access.account-phone-taken");
    }

    // An account without a place anywhere (its people left, its demo company is gone) opens no door: its name and phone are free again.
    private async Task ReclaimAsync(string normalizedName, string phone, Guid? self, CancellationToken cancel)
    {
        var free = db.Set<Account>().Where(a => a.Id != self && (a.NormalizedUserName == normalizedName || phone != "" && a.PhoneNumber == phone) && !db.Set<AccountSeat>().Any(s => s.AccountId == a.Id)).Select(a => a.Id);
        foreach (var id in await free.ToListAsync(cancel))
        {
            await db.Set<IdentityUserToken<Guid>>().Where(t => t.UserId == id).ExecuteDeleteAsync(cancel);
            await db.Set<IdentityUserPasskey<Guid>>().Where(p => p.UserId == id).ExecuteDeleteAsync(cancel);
            await db.Set<Account>().Where(a => a.Id == id).ExecuteDeleteAsync(cancel);
        }
    }

    private async Task<Account> HereAsync(Guid accountId, CancellationToken cancel)
    {
        if (!await db.Set<AccountSeat>().AnyAsync(s => s.AccountId == accountId && s.CompanyId == db.CompanyId, cancel)) throw new NotThere();
        return await users.Users.FirstAsync(a => a.Id == accountId, cancel);
    }
}
