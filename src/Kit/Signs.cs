using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Huitou.Kernel;
using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>
/// The small signs as finished markup: what <c>Icon</c>, <c>Clock</c>, <c>Ladder</c> and <c>Tier</c> show. A list of fifty rows has
/// five hundred of them; there it calls these, for as components they took most of the page's time.
/// </summary>
public static class Signs
{
    private const int LadderTop = 5;
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly ConcurrentDictionary<(string Name, string? Class), string> Icons = new();

    private static readonly string[] Ladders = [.. Enumerable.Range(0, LadderTop + 1).Select(level => "<svg viewBox=\"0 0 39 8\" width=\"39\" height=\"8\" aria-hidden=\"true\">"
        + string.Concat(Enumerable.Range(1, LadderTop).Select(i => $"<rect class=\"{(i <= level ? level == 1 ? "bad" : "accent" : "rest")}\" x=\"{(i - 1) * 8}\" y=\"0\" width=\"6\" height=\"8\" rx=\"1.5\"></rect>")) + "</svg>")];

    /// <summary>An icon that is decoration.</summary>
    public static MarkupString Icon(ResourceAssetCollection assets, string name, string? css = null) => new(IconText(assets, name, css));

    /// <summary>The key that works a button, inside it.</summary>
    public static MarkupString Key(string key) => new($"<kbd class=\"key\" aria-hidden=\"true\">{Html.Encode(key)}</kbd>");

    /// <summary>How a deadline stands: icon, words, colour and a quiet word after it.</summary>
    public static MarkupString Clock(ResourceAssetCollection assets, ClockState state, string? words, string? why = null)
    {
        var (css, icon) = state switch
        {
            ClockState.Near => ("warn", "clock-exclamation"),
            ClockState.Late or ClockState.DoneLate => ("bad", "alert-triangle"),
            ClockState.Done => ("good", "circle-check"),
            ClockState.Hold => ("plain", "player-pause"),
            _ => ("plain", "clock"),
        };
        return new($"<span class=\"clock {css}\">{IconText(assets, icon, null)}{Html.Encode(words ?? "")}{(why is null ? null : $"<span class=\"clock-why\">{Html.Encode(why)}</span>")}</span>");
    }

    /// <summary>The ladder as the row of squares of a list; 0 when not known yet.</summary>
    public static MarkupString Ladder(Texts texts, int level) =>
        new($"<span class=\"ladder-small\">{Ladders[Math.Clamp(level, 0, LadderTop)]}{Html.Encode(texts[level is < 1 or > LadderTop ? "kit.ladder.0" : "kit.ladder." + level])}</span>");

    /// <summary>The last two characters of a name in a circle (small, nothing, large).</summary>
    public static MarkupString Avatar(string name, string? size = null) => new($"<span class=\"avatar {Html.Encode(size ?? "")}\" aria-hidden=\"true\">{Html.Encode(Short(name.Trim(), size == "small" ? 1 : 2))}</span>");

    // A two-character name shows its given name alone where the circle is small, as in the pictures' lists of staff.
    private static string Short(string name, int take)
    {
        var characters = StringInfo.ParseCombiningCharacters(name);
        if (characters.Length == 0) return "";
        if (name[0] < 0x2E80) return string.Concat(name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(w => char.ToUpperInvariant(w[0])));
        return characters.Length <= take ? name : name[characters[^take]..];
    }

    /// <summary>The value tier; nothing without a word.</summary>
    public static MarkupString Tier(string? text, bool high) => new(string.IsNullOrEmpty(text) ? "" : $"<span class=\"tier {(high ? "high" : null)}\">{Html.Encode(text)}</span>");

    /// <summary>A secret file's mark, as <c>SecrecyMark</c> shows it; nothing for ordinary.</summary>
    public static MarkupString Secrecy(string? level, Huitou.Kernel.Texts texts) =>
        new(level is "Confidential" or "TopSecret" ? $"<span class=\"secrecy {(level == "TopSecret" ? "top" : null)}\">{Html.Encode(texts[level == "TopSecret" ? "kit.secrecy.top" : "kit.secrecy.confidential"])}</span>" : "");

    private static string IconText(ResourceAssetCollection assets, string name, string? css)
    {
        if (Icons.TryGetValue((name, css), out var known)) return known;
        var markup = $"<svg class=\"icon {Html.Encode(css ?? "")}\" aria-hidden=\"true\"><use href=\"/{Html.Encode(assets["lib/icons.svg"])}#{Html.Encode(name)}\"></use></svg>";
        if (Icons.Count < 1_000) Icons[(name, css)] = markup;
        return markup;
    }
}
