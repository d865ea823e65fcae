using Huitou.Kernel;

namespace Huitou.Kit;

/// <summary>The navigation as one person sees it.</summary>
internal static class MenuOf
{
    public static List<IGrouping<MenuGroup, MenuItem>> Groups(ModuleList modules, CurrentUser me) =>
        [.. Items(modules, me).GroupBy(i => i.Group).OrderBy(g => g.Key)];

    public static IEnumerable<MenuItem> Items(ModuleList modules, CurrentUser me) =>
        modules.All.SelectMany(m => m.Menu).Where(i => i.Permission.Length == 0 || me.Can(i.Permission)).OrderBy(i => i.Group).ThenBy(i => i.Order);

    /// <summary>The entry a path lies under: the one with the longest address.</summary>
    public static string? Current(IEnumerable<MenuItem> items, string path) =>
        items.Select(i => i.Href).Where(h => path == h || h != "/" && path.StartsWith(h + "/", StringComparison.Ordinal)).MaxBy(h => h.Length);
}
