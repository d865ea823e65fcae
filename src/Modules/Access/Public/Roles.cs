using System.Text.Json;
using Huitou.Kernel;

namespace Huitou.Access.Public;

/// <summary>The roles that ship ready, named as the trade calls them, and the rule on who may give which role.</summary>
public static partial class Roles
{
    /// <summary>As a role's permission: everything, also what later versions bring.</summary>
    public const string Everything = "*";

    /// <summary>A ready role.</summary>
    /// <param name="Reach">How far it sees.</param>
    /// <param name="Names">Name by trade, in the languages of <see cref="Texts"/>; <c>*</c> where the trade has no word of its own.</param>
    /// <param name="May">Permissions.</param>
    public sealed record Ready(Reach Reach, IReadOnlyDictionary<string, string[]> Names, IReadOnlyList<string> May);

    /// <summary>All ready roles by key, from <c>Roles.json</c>.</summary>
    public static IReadOnlyDictionary<string, Ready> All { get; } = Read();

    /// <summary>Changes when the ready roles change.</summary>
    public static string Fingerprint { get; } = Print();

    /// <summary>
    /// What a role is called for the reader: a ready role in their language as long as the company has left its name; what the
    /// company wrote otherwise.
    /// </summary>
    public static string Called(string key, string name) => Words(key).FirstOrDefault(w => w[0] == name) is { } words ? words[Texts.Reader] : name;

    /// <summary>What is kept of a name typed for a role: one of a ready role's names, in whatever language, is no renaming.</summary>
    public static string Kept(string key, string before, string typed) =>
        (Words(key).FirstOrDefault(w => w[0] == before && w.Contains(typed)) ?? Words(key).FirstOrDefault(w => w.Contains(typed)))?[0] ?? typed;

    private static IEnumerable<string[]> Words(string key) => All.TryGetValue(key, out var ready) ? ready.Names.Values : [];

    /// <summary>
    /// Nobody gives away more than they have: neither a permission nor a wider view. Otherwise who may edit staff could
    /// make an administrator.
    /// </summary>
    public static bool MayGive(this CurrentUser me, Reach reach, IEnumerable<string> permissions, ModuleList modules)
    {
        var known = modules.All.SelectMany(m => m.Permissions).ToHashSet();
        // A permission no module knows (of a module not installed here) gives nothing.
        return reach <= me.Reach && permissions.All(p => p == Everything ? known.All(me.Can) : me.Can(p) || !known.Contains(p));
    }

    /// <summary>The permissions a role's rows come to.</summary>
    public static HashSet<string> Expand(IEnumerable<string> rows, ModuleList modules)
    {
        var set = rows.ToHashSet();
        if (set.Remove(Everything)) set.UnionWith(modules.All.SelectMany(m => m.Permissions));
        return set;
    }

    private static Dictionary<string, Ready> Read()
    {
        using var stream = File();
        return JsonSerializer.Deserialize<Dictionary<string, Ready>>(stream, new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        })!;
    }

    private static string Print()
    {
        using var stream = File();
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
    }

    private static Stream File() => typeof(Roles).Assembly.GetManifestResourceStream("Roles.json")!;
}
