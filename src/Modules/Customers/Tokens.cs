using System.Text;
using Huitou.Kernel;

namespace Huitou.Customers;

/// <summary>
/// What a customer is found by, the same words for both engines: 1-, 2- and 3-grams of Chinese names, whole other words,
/// pinyin and initials of every part of a name, whole numbers (phone, file number, IMEI), <c>_p</c> + last four of the
/// phone, <c>_n</c> + the whole name, <c>_t</c> + tag, <c>_s</c> and <c>_o</c> for store and owner (so that a short name is found among one's own first).
/// Tokens hold letters, digits and the underscore only.
/// </summary>
public static class Tokens
{
    private const int LongestGram = 3;
    private const int LongestReading = 6;
    private const int MostVariants = 8;
    private const int PrefixFrom = 3;

    /// <summary>What is known of a customer for the search.</summary>
    public readonly record struct Subject(string Name, string Number, string Phone, string ExternalNumber, Guid? StoreId, Guid? OwnerId, IEnumerable<string> Imeis, IEnumerable<string> Tags)
    {
        /// <summary>Further phones, found whole and by their last four.</summary>
        public IEnumerable<string> Phones { get; init; } = [];
        /// <summary>Plates, found whole, without the province, and by their last five.</summary>
        public IEnumerable<string> Plates { get; init; } = [];
    }

    /// <summary>All tokens of a customer, without the company's prefix, each once.</summary>
    public static HashSet<string> Of(Subject customer)
    {
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        AddName(tokens, customer.Name);
        if (NameToken(customer.Name) is { } name) tokens.Add(name);
        foreach (var number in OfNumber(customer.Number)) tokens.Add(number);
        if (Plain(customer.ExternalNumber) is { Length: > 0 } external) tokens.Add(external);
        if (Plain(customer.Phone) is { Length: > 0 } phone)
        {
            tokens.Add(phone);
            if (phone.Length >= 4) tokens.Add("_p" + phone.Tail(4));
        }

        foreach (var more in customer.Phones)
        {
            if (Plain(more) is not { Length: > 0 } plain) continue;
            tokens.Add(plain);
            if (plain.Length >= 4) tokens.Add("_p" + plain.Tail(4));
        }

        foreach (var plate in customer.Plates)
        {
            if (Plain(plate) is not { Length: > 5 } plain) continue;
            tokens.Add(plain);
            tokens.Add(plain.Tail(plain.Length - 1));
            tokens.Add(plain.Tail(5));
        }

        foreach (var imei in customer.Imeis)
        {
            if (Plain(imei) is not { Length: > 0 } plain) continue;
            tokens.Add(plain);
            // Of an IMEI one remembers the last four; of a plate what stands after 湘A.
            if (plain.Length == 15 && plain.All(char.IsAsciiDigit)) tokens.Add("_p" + plain.Tail(4));
            else if (plain.Length > 5) tokens.Add(plain.Tail(5));
            if (plain.Length > 2 && !char.IsAscii(plain[0])) tokens.Add(plain.Tail(plain.Length - 1));
        }

        foreach (var tag in customer.Tags)
        {
            if (Plain(tag) is { Length: > 0 } plain) tokens.Add("_t" + plain);
        }

        if (customer.StoreId is { } store) tokens.Add(StoreToken(store));
        if (customer.OwnerId is { } owner) tokens.Add(OwnerToken(owner));
        return tokens;
    }

    /// <summary>What a file number adds.</summary>
    public static IEnumerable<string> OfNumber(string typed)
    {
        if (Plain(typed) is not { Length: > 0 } number) yield break;
        yield return number;
        if (number.Length > 6) yield return number.Tail(6);
    }

    /// <summary>Who bears this very name; null where nothing of it is a letter or a digit.</summary>
    public static string? NameToken(string name) => Plain(name) is { Length: > 0 } plain ? "_n" + plain : null;

    // The tail of a version 7 id is random; 8 characters tell the stores and staff of a company apart, and the rows are cut to reach once more.
    public static string StoreToken(Guid store) => "_s" + store.ToString("N")[24..];
    public static string OwnerToken(Guid owner) => "_o" + owner.ToString("N")[24..];

    /// <summary>One word of a question: it matches when any of its alternatives do, and an alternative when all its tokens are there.</summary>
    public readonly record struct Word(IReadOnlyList<IReadOnlyList<(string Token, bool Prefix)>> Alternatives);

    /// <summary>What was typed into a search box, as words that must all match; none when nothing can be looked for.</summary>
    public static List<Word> Question(string? typed)
    {
        var text = (typed ?? "").HalfWidth().ToLowerInvariant().Trim();
        if (text.Length is 0 or > 200) return [];
        if (text.All(c => char.IsAsciiDigit(c) || char.IsWhiteSpace(c) || c is '+' or '-')) return Numbers(Plain(text));

        var words = new List<Word>();
        foreach (var part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(8))
        {
            var plain = Plain(part);
            if (plain.Length == 0) continue;
            if (plain.All(char.IsAsciiDigit)) words.AddRange(Numbers(plain));
            else
            {
                (string, bool) whole = (plain, plain.Length >= PrefixFrom && plain.All(char.IsAscii));
                (string, bool)[] parts = [.. Runs(part).SelectMany(Look)];
                List<IReadOnlyList<(string, bool)>> alternatives = [parts];
                if (parts is not [var only] || only != whole) alternatives.Add([whole]); // what is looked for twice takes twice as long
                alternatives.Add([("_t" + plain, false)]);
                words.Add(new(alternatives));
            }
        }

        return words;
    }

    private static List<Word> Numbers(string digits)
    {
        if (digits.Length == 0) return [];
        if (digits.Length == 13 && digits.StartsWith("861", StringComparison.Ordinal)) digits = digits[2..];
        var alternatives = new List<IReadOnlyList<(string, bool)>> { new[] { (digits, false) } };
        if (digits.Length == 4) alternatives.Add([("_p" + digits, false)]);
        if (digits.Length is > 1 and < 6) alternatives.Add([(digits.PadLeft(6, '0'), false)]);
        return [new(alternatives)];
    }

    private static IEnumerable<(string Token, bool Prefix)> Look((bool Chinese, List<Rune> Runes) run)
    {
        var text = string.Concat(run.Runes);
        if (!run.Chinese)
        {
            yield return (text, run.Runes.Count >= PrefixFrom);
            yield break;
        }

        if (run.Runes.Count <= LongestGram) yield return (text, false);
        else for (var i = 0; i + LongestGram <= run.Runes.Count; i++) yield return (string.Concat(run.Runes.Skip(i).Take(LongestGram)), false);
    }

    private static void AddName(HashSet<string> tokens, string name)
    {
        var head = true;
        foreach (var (chinese, runes) in Runs(name.HalfWidth().ToLowerInvariant()))
        {
            if (!chinese)
            {
                tokens.Add(string.Concat(runes));
                head = false;
                continue;
            }

            var text = string.Concat(runes);
            // Nearly every character is one char; rare ones are two.
            var starts = new int[runes.Count + 1];
            for (var i = 0; i < runes.Count; i++) starts[i + 1] = starts[i] + runes[i].Utf16SequenceLength;
            for (var from = 0; from < runes.Count; from++)
            {
                for (var length = 1; length <= LongestGram && from + length <= runes.Count; length++) tokens.Add(text[starts[from]..starts[from + length]]);
            }

            AddReadings(tokens, Pinyin.Readings(runes, head));
            head = false;
        }
    }

    // Every part of the name that somebody may remember: xue, qin, xueqin, lixueqin; xq, lxq.
    private static void AddReadings(HashSet<string> tokens, string[][] readings)
    {
        List<(string Whole, string Initials)> soFar = [], longer = [];
        for (var from = 0; from < readings.Length; from++)
        {
            soFar.Clear();
            soFar.Add(("", ""));
            for (var length = 1; length <= LongestReading && from + length <= readings.Length; length++)
            {
                var here = readings[from + length - 1];
                if (here.Length == 0) break;
                longer.Clear();
                foreach (var (whole, initials) in soFar)
                {
                    foreach (var reading in here)
                    {
                        if (longer.Count < MostVariants) longer.Add((whole + reading, initials + reading[0]));
                    }
                }

                (soFar, longer) = (longer, soFar);
                foreach (var (whole, initials) in soFar)
                {
                    tokens.Add(whole);
                    if (length > 1) tokens.Add(initials);
                }
            }
        }
    }

    /// <summary>Runs of Chinese characters and of other letters and digits; the rest divides.</summary>
    private static IEnumerable<(bool Chinese, List<Rune> Runes)> Runs(string text)
    {
        var run = new List<Rune>();
        var chinese = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var counts = Rune.IsLetterOrDigit(rune);
            var isChinese = counts && IsChinese(rune.Value);
            if (run.Count > 0 && (!counts || isChinese != chinese))
            {
                yield return (chinese, run);
                run = [];
            }

            if (!counts) continue;
            chinese = isChinese;
            run.Add(rune);
        }

        if (run.Count > 0) yield return (chinese, run);
    }

    private static bool IsChinese(int code) => code is >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;

    /// <summary>Letters and digits only, lower case: KH-2026-000123 → kh2026000123.</summary>
    private static string Plain(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(PlainAlready) < 0) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.HalfWidth().ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) plain.Append(rune);
        }

        return plain.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> PlainAlready = System.Buffers.SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");
}
