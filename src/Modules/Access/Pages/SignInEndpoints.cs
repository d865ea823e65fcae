using Huitou.Access.Sessions;
using Huitou.Kernel;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Access.Pages;

/// <summary>What of signing in and out is not a page: leaving, and the two questions a passkey is asked.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", async (SignInManager<Account> signIn) =>
        {
            await signIn.SignOutAsync();
            return TypedResults.LocalRedirect("/sign-in");
        }).WithMetadata(new RequireAntiforgeryTokenAttribute()).OpenToAll("Leaving is always allowed.").ExcludeFromDescription();

        app.MapPost("/sign-in/passkey-options", async (SignInManager<Account> signIn) =>
            TypedResults.Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json"))
            .WithMetadata(new RequireAntiforgeryTokenAttribute()).OpenToAll("Asks any passkey of this address; names nobody.").ExcludeFromDescription();

        app.MapPost("/account/passkey-options", async Task<IResult> (CurrentUser me, UserManager<Account> users, SignInManager<Account> signIn) =>
        {
            var account = me.AccountId is { } id ? await users.FindByIdAsync(id.ToString()) : null;
            if (account is null) throw new NotThere();
            return TypedResults.Content(await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.UserName!, DisplayName = me.Name }), "application/json");
        }).WithMetadata(new RequireAntiforgeryTokenAttribute(), new SignedInAttribute()).ExcludeFromDescription();
    }
}
