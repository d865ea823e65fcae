namespace Huitou.Access.Public;

/// <summary>An account of a demo company, named on the sign-in page.</summary>
/// <param name="SignInName">What to type.</param>
/// <param name="Name">The person.</param>
/// <param name="RoleName">As the trade calls it.</param>
/// <param name="StoreName">Where; empty for head office.</param>
public sealed record DemoAccount(string SignInName, string Name, string RoleName, string StoreName);

/// <summary>The accounts to try the product with; none where no company is a demo. Implemented by Staff.</summary>
public interface IDemoAccounts
{
    /// <summary>The password of all of them, documented and shown: a demo company holds nothing to protect.</summary>
    public const string Password = "huitou-demo-2026";

    Task<IReadOnlyList<DemoAccount>> ListAsync(CancellationToken cancel);
}
