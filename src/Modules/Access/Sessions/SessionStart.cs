using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Huitou.Access.Sessions;

/// <summary>What became of an attempt to sign in.</summary>
public enum Attempt { Done, SecondFactor, NewPassword, Wrong, Locked, NoPlace }

/// <summary>
/// Signing in, the same way for password and passkey. An unknown name costs the same time, gives the same words and locks
/// the same way as a wrong password, so that nobody learns which accounts exist.
/// </summary>
public sealed class SessionStart(Db db, UserManager<Account> users, SessionManager signIn, Accounts accounts, Companies companies, IServiceProvider services, KnownPeople known, IMemoryCache memory)
{
    /// <summary>A hash nobody knows the password of, made once: checking against it takes as long as any check.</summary>
    private static string? nobodysHash;

    public async Task<Attempt> WithPasswordAsync(string name, string password, string newPassword, CancellationToken cancel)
    {
        var account = await accounts.FindAsync(name, cancel);
        if (account is null) return Miss(name, password);
        if (await users.IsLockedOutAsync(account))
        {
            Spend(password);
            return Locked(account);
        }

        var check = await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true);
        if (check.IsLockedOut) return Locked(account);
        if (!check.Succeeded) return Attempt.Wrong;
        if (!await ChoosePlaceAsync(account, cancel)) return Attempt.NoPlace;
        if (account.MustChangePassword)
        {
            if (newPassword.Length == 0) return Attempt.NewPassword;
            if (newPassword == password) throw new Refused("access.password-same") { Field = "In.NewPassword" };
            Accounts.Check(await users.ChangePasswordAsync(account, password, newPassword), "In.NewPassword");
            account.MustChangePassword = false;
        }

        var result = await signIn.EnterAsync(account);
        return result.RequiresTwoFactor ? Attempt.SecondFactor : result.Succeeded ? Done(account, "password") : Attempt.Wrong;
    }

    public async Task<Attempt> WithCodeAsync(string code, CancellationToken cancel)
    {
        var account = await signIn.GetTwoFactorAuthenticationUserAsync();
        if (account is null) return Attempt.NoPlace;
        code = code.Replace(" ", "", StringComparison.Ordinal);
        var recovery = code.Length > 8;
        var result = recovery ? await signIn.TwoFactorRecoveryCodeSignInAsync(code) : await signIn.TwoFactorAuthenticatorSignInAsync(code, isPersistent: true, rememberClient: false);
        if (result.IsLockedOut) return Locked(account);
        return result.Succeeded ? Done(account, recovery ? "recovery-code" : "second-factor") : Attempt.Wrong;
    }

    public async Task<Attempt> WithPasskeyAsync(string credentialJson, CancellationToken cancel)
    {
        PasskeyAssertionResult<Account> proof;
        try
        {
            proof = await signIn.PerformPasskeyAssertionAsync(credentialJson);
        }
        catch (InvalidOperationException)
        {
            return Attempt.Wrong; // no ceremony was begun in this browser, or it is over
        }

        if (!proof.Succeeded) return Attempt.Wrong;
        var account = proof.User;
        if (await users.IsLockedOutAsync(account)) return Attempt.Locked;
        Accounts.Check(await users.AddOrUpdatePasskeyAsync(account, proof.Passkey)); // its counter has moved
        if (!await ChoosePlaceAsync(account, cancel)) return Attempt.NoPlace;
        await signIn.SignInAsync(account, isPersistent: true, "passkey");
        return Done(account, "passkey");
    }

    private Attempt Miss(string name, string password)
    {
        Spend(password);
        var key = "access.miss:" + Link.HashOf(name.Trim().ToUpperInvariant());
        var misses = memory.Get<int>(key) + 1;
        memory.Set(key, misses, users.Options.Lockout.DefaultLockoutTimeSpan);
        return misses >= users.Options.Lockout.MaxFailedAccessAttempts ? Attempt.Locked : Attempt.Wrong;
    }

    // As long as a check takes: who is not here, and who is locked out, is told so no sooner.
    private void Spend(string password)
    {
        nobodysHash ??= users.PasswordHasher.HashPassword(new Account(), Ids.New().ToString());
        users.PasswordHasher.VerifyHashedPassword(new Account(), nobodysHash, password);
    }

    /// <summary>The company to work in: the last one, else the first with a place.</summary>
    private async Task<bool> ChoosePlaceAsync(Account account, CancellationToken cancel)
    {
        var seats = await db.Set<AccountSeat>().Where(s => s.AccountId == account.Id).OrderBy(s => s.CompanyId).Select(s => s.CompanyId).ToListAsync(cancel);
        if (seats.Count == 0) return false;
        if (account.LastCompanyId is not { } last || !seats.Contains(last)) account.LastCompanyId = seats[0];
        return true;
    }

    private Attempt Done(Account account, string how)
    {
        db.AfterCommit(() => known.Forget(account.Id));
        note = (account, false, how);
        return Attempt.Done;
    }

    private Attempt Locked(Account account)
    {
        note = (account, true, "");
        return Attempt.Locked;
    }

    private (Account Account, bool Locked, string Detail)? note;

    /// <summary>After the commit: a line in the company's audit trail. Of its own, as before sign-in no company is known.</summary>
    public async Task NoteAsync(CancellationToken cancel)
    {
        if (note is not { } n || n.Account.LastCompanyId is not { } id || await companies.FindAsync(id, cancel) is not { } company) return;
        await services.AsCompanyAsync(company, "account:" + n.Account.Id, async (own, ownDb) =>
        {
            own.GetRequiredService<Audit>().Add(n.Locked ? "access.locked-out" : "access.sign-in", "access.account", n.Account.Id, n.Detail);
            await ownDb.SaveAsync(cancel: cancel);
        }, cancel);
    }
}

/// <summary>The framework's, with a way in for who has proved the password already: proving it twice costs twice.</summary>
public sealed class SessionManager(UserManager<Account> users, IHttpContextAccessor http, IUserClaimsPrincipalFactory<Account> maker, IOptions<IdentityOptions> options, ILogger<SignInManager<Account>> log, IAuthenticationSchemeProvider schemes, IUserConfirmation<Account> confirmation)
    : SignInManager<Account>(users, http, maker, options, log, schemes, confirmation)
{
    /// <summary>Signs in, or begins the second factor.</summary>
    public Task<SignInResult> EnterAsync(Account account) => SignInOrTwoFactorAsync(account, isPersistent: true);
}
