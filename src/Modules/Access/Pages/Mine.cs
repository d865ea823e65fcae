using Huitou.Access.Sessions;
using Huitou.Kernel;
using Microsoft.AspNetCore.Identity;

namespace Huitou.Access.Pages;

/// <summary>The signed-in person's own account.</summary>
internal static class Mine
{
    public static async Task<Account> Async(UserManager<Account> users, CurrentUser me) =>
        (me.AccountId is { } id ? await users.FindByIdAsync(id.ToString()) : null) ?? throw new NotThere();
}
