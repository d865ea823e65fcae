using System.Runtime.CompilerServices;
using Huitou.Kernel;

namespace Huitou.Kit;

/// <summary>The navigation as one person sees it.</summary>
internal static class MenuOf
{
    // What the modules bring does not change while the program runs.
    private static readonly ConditionalWeakTable<ModuleList, MenuItem[]> All = [];
    private static readonly string[] Words = [.. Enum.GetValues<MenuGroup>().Select(g => "menu." + g.ToString().ToLowerInvariant())];

    /// <summary>Settings stand behind one entry, so that the navigation holds what is used every day.</summary>
    public static List<MenuItem> Items(ModuleList modules, CurrentUser me)
    {
        var all = All.GetValue(modules, list => [.. list.All.SelectMany(m => m.Menu).OrderBy(i => i.Group).ThenBy(i => i.Order)]);
        var mine = new List<MenuItem>(all.Length);
        var settings = false;
        foreach (var item in all)
        {
            if (item.Permission.Length > 0 && !me.Can(item.Permission)) continue;
            if (item.Href.StartsWith("/settings/", StringComparison.Ordinal)) settings = true;
            else mine.Add(item);
        }

        if (!settings) mine.RemoveAll(i => i.Href == "/settings");
        return mine;
    }

    /// <summary>The entry a path lies under: the one with the longest address.</summary>
    public static string? Current(IEnumerable<MenuItem> items, string path) =>
        items.Select(i => i.Href).Where(h => path == h || h != "/" && path.StartsWith(h, StringComparison.Ordinal) && path.Length > h.Length && path[h.Length] == '/').MaxBy(h => h.Length);

    /// <summary>Text key of a group's word.</summary>
    public static string WordOf(MenuGroup group) => Words[(int)group];
}
