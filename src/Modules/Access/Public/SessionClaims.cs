using System.Security.Claims;

namespace Huitou.Access.Public;

/// <summary>Names of what a session's cookie says.</summary>
public static class SessionClaims
{
    public const string Account = ClaimTypes.NameIdentifier;
    public const string Stamp = "stamp";
    /// <summary>The company worked in.</summary>
    public const string Company = "company";
    /// <summary>Hash of the API key, in place of an account.</summary>
    public const string Key = "key";
}
