using Huitou.Kernel;
using Huitou.Kit;

namespace Huitou.Custody;

/// <summary>Where a house rule can bind: the entries of the navigation, by their words, so that nobody has to know addresses.</summary>
internal static class RulePlaces
{
    // Not in the navigation but in everybody's own menu.
    private static readonly (string Href, string TextKey)[] Besides = [("/leaks", "custody.leak.title")];

    public static List<Option> Options(ModuleList modules, Texts texts) =>
    [
        .. modules.All.SelectMany(m => m.Menu).Where(i => i.Href != "/" && i.Href != "/rules" && !i.Href.StartsWith("/settings", StringComparison.Ordinal))
            .OrderBy(i => i.Group).ThenBy(i => i.Order).Select(i => new Option(i.Href, texts[i.TextKey])),
        .. Besides.Select(b => new Option(b.Href, texts[b.TextKey])),
    ];
}
