using System.Collections.Frozen;
using System.Text;

namespace Huitou.Customers;

/// <summary>
/// How names are read, without tones: a real table (npm pinyin-pro, made at build), for the trick with the order of GB2312
/// is wrong on common names. A character may have several readings, a surname its own (曾 zeng, 单 shan, 尉迟 yuchi).
/// </summary>
public static class Pinyin
{
    private const int MostReadings = 2;
    private static readonly Lazy<(FrozenDictionary<int, string[]> Characters, FrozenDictionary<string, string[]> Surnames)> Table = new(Load);

    /// <summary>The readings of each character of a run of Chinese, commonest first; the head of a name is read as a surname too. Unknown characters have none.</summary>
    public static string[][] Readings(IReadOnlyList<Rune> run, bool headIsSurname)
    {
        var readings = run.Select(r => Table.Value.Characters.GetValueOrDefault(r.Value) ?? []).ToArray();
        if (!headIsSurname || run.Count < 2) return readings;
        if (run.Count > 2 && Table.Value.Surnames.TryGetValue($"{run[0]}{run[1]}", out var both)) for (var i = 0; i < 2; i++) readings[i] = [.. readings[i].Prepend(both[i]).Distinct()];
        else if (Table.Value.Surnames.TryGetValue(run[0].ToString(), out var one)) readings[0] = [.. readings[0].Prepend(one[0]).Distinct()];
        return readings;
    }

    private static (FrozenDictionary<int, string[]> Characters, FrozenDictionary<string, string[]> Surnames) Load()
    {
        using var reader = new StreamReader(typeof(Pinyin).Assembly.GetManifestResourceStream("pinyin.txt")!, Encoding.UTF8);
        var characters = new Dictionary<int, string[]>(21_000);
        var surnames = new Dictionary<string, string[]>();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var parts = line.Split(' ');
            if (parts[0][0] == '^') surnames[parts[0][1..]] = parts[1..];
            else characters[Rune.GetRuneAt(parts[0], 0).Value] = [.. parts[1..].Take(MostReadings)];
        }

        return (characters.ToFrozenDictionary(), surnames.ToFrozenDictionary());
    }
}
