using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Huitou.Kernel;

/// <summary>
/// Every word shown to a person, by key, in three languages. The words lie in the modules' <c>Texts.json</c>, one line a key:
/// <c>"customers.title": ["客户", "客戶", "Customers"]</c> (zh-CN, zh-TW, en). The language is the request's
/// <see cref="CultureInfo.CurrentUICulture"/>.
/// </summary>
public sealed class Texts
{
    /// <summary>The languages, in the order in which a key's words stand.</summary>
    public static readonly string[] Languages = ["zh-CN", "zh-TW", "en"];

    /// <summary>The language that a program asks for, or the usual one where it asks for none.</summary>
    /// <exception cref="Refused">There is no such language; field <c>language</c>.</exception>
    public static string Known(string? asked, string usual) =>
        string.IsNullOrEmpty(asked) ? usual : Languages.Contains(asked) ? asked : throw new Refused("kernel.language-unknown", string.Join(", ", Languages)) { Field = "language" };

    private readonly FrozenDictionary<string, string[]> words;

    /// <summary>Reads the words of the kernel, the kit, the host and all modules.</summary>
    /// <exception cref="InvalidDataException">A key stands twice, or does not have exactly three words.</exception>
    public Texts(IEnumerable<Assembly> assemblies)
    {
        var all = new Dictionary<string, string[]>();
        foreach (var assembly in assemblies.Distinct())
        {
            using var stream = assembly.GetManifestResourceStream("Texts.json");
            if (stream is null) continue;
            foreach (var (key, value) in JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!)
            {
                if (value.Length != Languages.Length) throw new InvalidDataException($"{assembly.GetName().Name}: {key} needs {Languages.Length} languages.");
                if (!all.TryAdd(key, value)) throw new InvalidDataException($"{assembly.GetName().Name}: {key} stands twice.");
            }
        }

        words = all.ToFrozenDictionary();
    }

    /// <summary>The word for a key in the reader's language; the key itself where there is none, so that a gap is seen.</summary>
    public string this[string key] => words.TryGetValue(key, out var value) ? value[Reader] : key;

    /// <summary>The same with values put in for <c>{0}</c>, <c>{1}</c> …, formatted for the reader's language; in English <c>{0} {0:call|calls}</c> counts.</summary>
    public string this[string key, params object?[] args] =>
        words.TryGetValue(key, out var value) ? Fill(CultureInfo.CurrentCulture, value[Reader], args) : key;

    /// <summary>The word in a given language (0 zh-CN, 1 zh-TW, 2 en), for messages to customers who chose theirs.</summary>
    public string In(string language, string key, params object?[] args)
    {
        var index = Math.Max(0, Array.IndexOf(Languages, language));
        return words.TryGetValue(key, out var value) ? Fill(CultureInfo.GetCultureInfo(language), value[index], args) : key;
    }

    /// <summary>
    /// The words of a row that keeps a key and its values as JSON; a value that is itself a key is said too. Words of somebody's own stand
    /// as they are, like everywhere: <c>texts[stored]</c> says what a ready row's key says, or what the company wrote instead.
    /// </summary>
    public string Say(string stored, string args) => args.Length == 0
        ? this[stored]
        : this[stored, [.. JsonSerializer.Deserialize<JsonElement[]>(args)!.Select(a => a.ValueKind is JsonValueKind.Number && a.TryGetInt64(out var whole) ? (object)whole : this[a.ToString()])]];

    /// <summary>
    /// What is kept of words typed over those of a row that ships ready: as long as they are what its key says, in whatever language, the key
    /// stays and every reader goes on reading their own language; else the words are the company's.
    /// </summary>
    public string Kept(string stored, string? typed) =>
        words.TryGetValue(stored, out var ready) && typed is not null && ready.Contains(typed.ReplaceLineEndings("\n").Trim()) ? stored : typed ?? "";

    /// <summary>True when the key has words.</summary>
    public bool Has(string key) => words.ContainsKey(key);

    /// <summary>All keys with their three words.</summary>
    public IReadOnlyDictionary<string, string[]> All => words;

    // A line written before its text took one more value reads with a dash there, instead of not at all.
    private static string Fill(CultureInfo culture, string text, object?[] args)
    {
        const int most = 10;
        IFormatProvider by = culture.TwoLetterISOLanguageName == "en" ? new Counting(culture) : culture;
        try
        {
            return string.Format(by, text, args);
        }
        catch (FormatException) when (args.Length < most)
        {
            return string.Format(by, text, [.. args, .. Enumerable.Repeat<object?>("—", most - args.Length)]);
        }
    }

    /// <summary>The place of the reader's language in <see cref="Languages"/>.</summary>
    public static int Reader => CultureInfo.CurrentUICulture.Name switch
    {
        "zh-TW" or "zh-HK" or "zh-Hant" => 1,
        var name when name.StartsWith("en", StringComparison.Ordinal) => 2,
        _ => 0,
    };

    // English counts: "{0} {0:call|calls}" is one call, else calls.
    private sealed class Counting(CultureInfo culture) : IFormatProvider, ICustomFormatter
    {
        public object? GetFormat(Type? type) => type == typeof(ICustomFormatter) ? this : culture.GetFormat(type);

        public string Format(string? format, object? value, IFormatProvider? provider)
        {
            if (format?.IndexOf('|', StringComparison.Ordinal) is >= 0 and var between) return value is 1 or 1L or "1" ? format[..between] : format[(between + 1)..];
            return value is IFormattable number ? number.ToString(format, culture) : value?.ToString() ?? "";
        }
    }
}
