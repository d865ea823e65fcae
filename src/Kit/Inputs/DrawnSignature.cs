using System.Globalization;
using System.Text.RegularExpressions;
using Huitou.Kernel;

namespace Huitou.Kit;

/// <summary>
/// A signature drawn on the screen: lines as the path of an SVG 600 wide and 200 high, whole numbers only. It is read at the door letter by letter and
/// is nothing but such lines afterwards, so it can stand in a page and in a PDF as it is.
/// </summary>
public static partial class DrawnSignature
{
    public const int Width = 600;
    public const int Height = 200;
    /// <summary>Letters of the longest one: some thousand points.</summary>
    public const int Max = 12_000;
    // A dot or a touch by mistake signs nothing.
    private const int LeastPoints = 4;
    private const int LeastSpan = 30;

    /// <summary>What was drawn, tidied; empty when nothing was.</summary>
    /// <exception cref="Refused">It is no such path, or too little or too much to be a signature.</exception>
    public static string Read(string? sent, string field = "In.Drawn")
    {
        var path = (sent ?? "").Trim();
        if (path.Length == 0) return "";
        if (path.Length > Max || !Lines().IsMatch(path)) throw new Refused("kit.signature.wrong") { Field = field };
        var numbers = Number().EnumerateMatches(path);
        int points = 0, at = 0, left = Width, right = 0, top = Height, bottom = 0;
        foreach (var match in numbers)
        {
            var value = int.Parse(path.AsSpan(match.Index, match.Length), NumberStyles.None, CultureInfo.InvariantCulture);
            if (at++ % 2 == 0) (left, right) = (Math.Min(left, value), Math.Max(right, value));
            else (top, bottom, points) = (Math.Min(top, value), Math.Max(bottom, value), points + 1);
        }

        if (right > Width || bottom > Height) throw new Refused("kit.signature.wrong") { Field = field };
        if (points < LeastPoints || right - left + bottom - top < LeastSpan) throw new Refused("kit.signature.little") { Field = field };
        return path;
    }

    /// <summary>Whether these are lines and nothing else; what stands in a page asks once more.</summary>
    public static bool IsPath(string path) => path.Length <= Max && Lines().IsMatch(path);

    [GeneratedRegex(@"^(?:M[0-9]{1,3} [0-9]{1,3}(?:L[0-9]{1,3} [0-9]{1,3})*)+$", RegexOptions.NonBacktracking)]
    private static partial Regex Lines();

    [GeneratedRegex(@"[0-9]+")]
    private static partial Regex Number();
}
