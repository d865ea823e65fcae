using System.Text;

namespace Huitou.Kernel;

/// <summary>Text for comparing, searching and reading numbers: full-width letters and figures as the usual ones (NFKC).</summary>
public static class HalfWidthText
{
    /// <summary>Never throws: what is no letter at all (U+FFFE, half of a pair), at which <see cref="string.Normalize()"/> gives up, becomes U+FFFD.</summary>
    public static string HalfWidth(this string text)
    {
        try
        {
            return text.IsNormalized(NormalizationForm.FormKC) ? text : text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return string.Concat(text.EnumerateRunes().Select(r => (r.Value & 0xFFFE) == 0xFFFE || r.Value is >= 0xFDD0 and <= 0xFDEF ? "\uFFFD" : r.ToString())).Normalize(NormalizationForm.FormKC);
        }
    }
}
