using System.Globalization;

namespace Huitou.Custody;

/// <summary>Yuan as typed, in fen.</summary>
internal static class Money
{
    public static bool TryYuan(string? typed, out long fen)
    {
        fen = 0;
        if (!decimal.TryParse(typed?.Trim().TrimStart('¥'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var yuan) || yuan > 1_000_000 || decimal.Round(yuan, 2) != yuan) return false;
        fen = (long)(yuan * 100);
        return true;
    }
}
