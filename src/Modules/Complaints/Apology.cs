using System.Text;
using Huitou.Kernel;

namespace Huitou.Complaints;

/// <summary>An apology in one's own words (S1: 自我道歉语言要比机械式的标准道歉语更有效); pure.</summary>
public static class Apology
{
    /// <summary>Fewer letters than this say nothing about what happened to the customer.</summary>
    public const int Least = 10;

    /// <summary>Null when it will do, else the text key that says why not.</summary>
    /// <param name="words">What was said.</param>
    /// <param name="stock">Stock phrases, and apologies said in other cases: an apology is never a template.</param>
    public static string? WhyNot(string words, IEnumerable<string> stock)
    {
        var plain = Plain(words);
        if (plain.Length < Least) return "complaints.apology-short";
        return stock.Any(s => Plain(s) == plain) ? "complaints.apology-stock" : null;
    }

    /// <summary>Letters and digits only, small: a full stop more does not make it one's own.</summary>
    public static string Plain(string words)
    {
        var plain = new StringBuilder(words.Length);
        foreach (var c in words.HalfWidth())
        {
            if (char.IsLetterOrDigit(c)) plain.Append(char.ToLowerInvariant(c));
        }

        return plain.ToString();
    }
}
