using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Huitou.Sheets.Public;

namespace Huitou.Sheets;

/// <summary>Guesses which cell of a file is which column, by the headers.</summary>
public static partial class Columns
{
    /// <summary>How many rows are looked at for the headers: templates put notes and titles above them.</summary>
    public const int LookedAt = 20;

    /// <summary>The header row (the one with the most known headers; the first when none is known) and the columns found in it.</summary>
    public static (int HeaderRow, Dictionary<string, int> Mapping) Guess(IEnumerable<SheetRow> first, IReadOnlyList<ImportColumn> columns, Texts texts)
    {
        var known = new Dictionary<string, string>();
        foreach (var column in columns)
        {
            string[] words = texts.All.TryGetValue(column.TextKey, out var translations) ? translations : [];
            var headers = texts.All.TryGetValue(column.HeadersKey, out var others) ? others.SelectMany(o => o.Split('/')) : [];
            foreach (var word in words.Concat(headers).Prepend(column.Key)) known.TryAdd(Bare(word), column.Key);
        }

        var best = (HeaderRow: 0, Mapping: new Dictionary<string, int>());
        foreach (var row in first.Take(LookedAt))
        {
            if (best.HeaderRow == 0) best.HeaderRow = row.Number;
            var mapping = new Dictionary<string, int>();
            for (var i = 0; i < row.Cells.Length; i++)
            {
                if (known.TryGetValue(Bare(row.Cells[i]), out var key)) mapping.TryAdd(key, i);
            }

            if (mapping.Count > best.Mapping.Count) best = (row.Number, mapping);
        }

        return best;
    }

    /// <summary>A header without case, marks, spaces and remarks in brackets: <c>*手机号（必填）</c> is 手机号.</summary>
    public static string Bare(string header)
    {
        var text = new StringBuilder(header.Length);
        foreach (var c in Remarks().Replace(header.HalfWidth(), ""))
        {
            if (char.IsLetterOrDigit(c)) text.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\([^)]*\)|（[^）]*）|\[[^\]]*\]|【[^】]*】")]
    private static partial Regex Remarks();
}
