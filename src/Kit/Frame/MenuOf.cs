using Huitou.Kernel;

namespace Huitou.Kit;

/// <summary>The navigation as one person sees it.</summary>
internal static class MenuOf
{
    public static List<IGrouping<MenuGroup, MenuItem>> Groups(ModuleList modules, CurrentUser me) =>
        [.. Items(modules, me).GroupBy(i => i.Group).OrderBy(g => g.Key)];

    /// <summary>Settings stand behind one entry, so that the navigation holds what is used every day.</summary>
    public static IEnumerable<MenuItem> Items(ModuleList modules, CurrentUser me)
    {
        var all = modules.All.SelectMany(m => m.Menu).Where(i => i.Permission.Length == 0 || me.Can(i.Permission)).ToList();
        var settings = all.RemoveAll(i => i.Href.StartsWith("/settings/", StringComparison.Ordinal));
        return all.Where(i => i.Href != "/settings" || settings > 0).OrderBy(i => i.Group).ThenBy(i => i.Order);
    }

    /// <summary>The entry a path lies under: the one with the longest address.</summary>
    public static string? Current(IEnumerable<MenuItem> items, string path) =>
        items.Select(i => i.Href).Where(h => path == h || h != "/" && path.StartsWith(h + "/", StringComparison.Ordinal)).MaxBy(h => h.Length);
}
