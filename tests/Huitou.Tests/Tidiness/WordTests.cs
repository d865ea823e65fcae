using System.Text.Json;
using System.Text.RegularExpressions;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Tidiness;

/// <summary>Every word shown stands in Texts.json, in three languages; code holds none.</summary>
public sealed partial class WordTests
{
    [Fact]
    public async Task Every_key_has_three_languages_with_the_same_places_for_values()
    {
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var wrong = new List<string>();
        foreach (var (key, words) in texts.All)
        {
            if (words.Any(string.IsNullOrWhiteSpace)) wrong.Add($"{key}: a language is empty");
            if (words.Select(w => string.Join(",", Place().Matches(w).Select(m => m.Groups[1].Value).Distinct().Order())).Distinct().Count() > 1) wrong.Add($"{key}: the languages take different values");
            if (Chinese().IsMatch(words[2])) wrong.Add($"{key}: Chinese in the English text");
        }

        Source.Hold(texts.All.Count, wrong, "three languages for every key");
    }

    [Fact]
    public async Task Every_key_named_in_code_has_words()
    {
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files("src", ".razor", ".cs"))
        {
            foreach (Match use in KeyUse().Matches(File.ReadAllText(file)))
            {
                looked++;
                // A key put together (T["kit.ladder." + level]) ends with a dot here: some key has to begin so.
                var key = use.Groups[1].Value;
                if (key.EndsWith('.') ? !texts.All.Keys.Any(k => k.StartsWith(key, StringComparison.Ordinal)) : !texts.Has(key)) wrong.Add($"{Source.Relative(file)}: {use.Groups[1].Value}");
            }
        }

        Source.Hold(looked, wrong, "a key used has words");
    }

    [Fact]
    public async Task Every_key_that_is_answered_with_has_words()
    {
        // What a page says when it has done it (the second word of ActAsync), what a rule refuses with, what stands beside a wrong field.
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var (done, refused, wrong) = (0, 0, new List<string>());
        foreach (var file in Source.Files("src", ".razor", ".cs"))
        {
            var source = File.ReadAllText(file);
            var page = file.EndsWith(".razor", StringComparison.Ordinal);
            foreach (var use in ActUse().Matches(source).Where(_ => page))
            {
                var from = use.Index + use.Length;
                from += Argument(source, from).Length + 1;
                if (from >= source.Length || source[from - 1] != ',') continue; // says nothing
                // Other words in it are what is asked: In.Act == "keep" ? "…" : "…".
                foreach (var key in Literal().Matches(Argument(source, from)).Where(m => m.Value.Contains('.', StringComparison.Ordinal)))
                {
                    done++;
                    if (!texts.Has(key.Groups[1].Value)) wrong.Add($"{Source.Relative(file)}: {key.Groups[1].Value}");
                }
            }

            foreach (Match use in RefusalUse().Matches(source))
            {
                refused++;
                if (!texts.Has(use.Groups[1].Value)) wrong.Add($"{Source.Relative(file)}: {use.Groups[1].Value}");
            }
        }

        Source.Hold(done, wrong, "what was done is said in words");
        Source.Hold(refused, wrong, "what is refused is said in words");
    }

    [Fact]
    public async Task Every_act_of_the_audit_trail_and_its_thing_have_words()
    {
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var (acts, things, wrong) = (new HashSet<string>(), ThingsByConstant(), new List<string>());
        foreach (var file in Source.Files("src", ".razor", ".cs"))
        {
            var source = File.ReadAllText(file);
            foreach (Match use in AuditUse().Matches(source))
            {
                var act = Argument(source, use.Index + use.Length);
                var thing = Argument(source, use.Index + use.Length + act.Length + 1);
                var keys = Literal().Matches(act).Select(m => m.Groups[1].Value).Where(k => k.Contains('.', StringComparison.Ordinal)).ToList();
                // Named whole and here, so that it is found: not put together, not handed in.
                if (keys.Count == 0 || act.Contains('$', StringComparison.Ordinal) || act.Contains('+', StringComparison.Ordinal)) wrong.Add($"{Source.Relative(file)}: {act.Trim()} does not name its act");
                acts.UnionWith(keys);
                if (Literal().Match(thing) is { Success: true } named) things.Add(named.Groups[1].Value);
                else if (!thing.TrimEnd().EndsWith("Subject", StringComparison.Ordinal) && !thing.TrimEnd().EndsWith("Kind", StringComparison.Ordinal)) wrong.Add($"{Source.Relative(file)}: {thing.Trim()} does not name its thing");
            }
        }

        foreach (var (prefix, named) in new[] { ("act.", acts), ("thing.", things) })
        {
            wrong.AddRange(named.Where(k => !texts.Has(prefix + k)).Select(k => $"{prefix}{k} has no words"));
            wrong.AddRange(texts.All.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && !named.Contains(k[prefix.Length..])).Select(k => $"{k}: nothing does that"));
        }

        Source.Hold(acts.Count + things.Count, wrong, "the audit trail says in words what was done to what");
    }

    [Fact]
    public async Task What_the_audit_trail_shows_of_a_thing_is_there()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        var texts = host.Services.GetRequiredService<Texts>();
        var pages = (await DoorTests.DoorsAsync()).Select(d => "/" + RouteValue().Replace(d.RoutePattern.RawText!.Trim('/'), "{0}")).ToHashSet();
        var (shown, wrong) = (host.Services.GetServices<AuditedThing>().ToList(), new List<string>());
        wrong.AddRange(shown.Where(t => !texts.Has("thing." + t.Thing)).Select(t => $"{t.Thing}: nothing is written of it"));
        wrong.AddRange(shown.Where(t => t.Address is { } address && !pages.Contains(address)).Select(t => $"{t.Thing}: no page {t.Address}"));
        wrong.AddRange(shown.SelectMany(t => t.Words).Distinct().Where(w => !texts.All.Keys.Any(k => k.StartsWith(w, StringComparison.Ordinal))).Select(w => $"{w}: no words begin so"));
        Source.Hold(shown.Count, wrong, "pages and words of the audit trail's things");
    }

    // A thing that is a subject elsewhere too (of an approval) is named by a constant.
    private static HashSet<string> ThingsByConstant() =>
        [Huitou.Care.CareDesk.SubjectKind, Huitou.Complaints.Compensations.SubjectKind, Huitou.Custody.Requests.SubjectKind, Huitou.Custody.Loans.SubjectKind, Huitou.Custody.Reports.SubjectKind, Huitou.Custody.Reports.CorrectionKind, Huitou.Custody.Destruction.Subject];

    // As far as the comma that stands in no bracket.
    private static string Argument(string source, int from)
    {
        var (depth, quoted) = (0, false);
        for (var at = from; at < source.Length; at++)
        {
            if (source[at] == '"') quoted = !quoted;
            if (quoted) continue;
            if (source[at] is '(' or '{' or '[') depth++;
            else if (source[at] is ')' or '}' or ']') depth--;
            if (depth < 0 || depth == 0 && source[at] == ',') return source[from..at];
        }

        return "";
    }

    [Fact]
    public void No_Chinese_stands_in_code()
    {
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files("src", ".razor", ".cs").Where(f => !f.Contains($"{Path.DirectorySeparatorChar}Demo{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            looked++;
            var number = 0;
            foreach (var line in Comment().Replace(File.ReadAllText(file), m => new string('\n', m.Value.Count(c => c == '\n'))).Split('\n'))
            {
                number++;
                if (Chinese().IsMatch(line) && !line.Contains("回头客", StringComparison.Ordinal)) wrong.Add($"{Source.Relative(file)}:{number}: {line.Trim()}");
            }
        }

        Source.Hold(looked, wrong, "no Chinese outside comments, Texts.json and the demo's cast");
    }

    [Fact]
    public void Texts_stand_one_line_a_key()
    {
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files("src", "Texts.json"))
        {
            looked++;
            var keys = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(file))!.Count;
            var lines = File.ReadLines(file).Count(l => l.TrimStart().StartsWith('"'));
            if (keys != lines) wrong.Add($"{Source.Relative(file)}: {keys} keys on {lines} lines (or a key twice)");
        }

        Source.Hold(looked, wrong, "a key is one line");
    }

    [Fact]
    public void Time_comes_from_the_clock()
    {
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files("src", ".razor", ".cs"))
        {
            looked++;
            if (WallClock().IsMatch(Comment().Replace(File.ReadAllText(file), ""))) wrong.Add(Source.Relative(file));
        }

        Source.Hold(looked, wrong, "no DateTime.Now, UtcNow or Today in the product");
    }

    [GeneratedRegex(@"\{(\d+)(?:[:,][^}]*)?\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"[\u3400-\u9fff]")]
    private static partial Regex Chinese();

    [GeneratedRegex(@"\b(?:T|[Tt]exts)\[""([a-z0-9][a-z0-9.\-]+)""\s*[\],]")]
    private static partial Regex KeyUse();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteValue();

    [GeneratedRegex(@"\bActAsync\(")]
    private static partial Regex ActUse();

    [GeneratedRegex(@"(?:new (?:Refused|BadInput)\(|""In\.[\w-]+"", )""([a-z][a-z0-9-]*\.[a-z0-9.-]*[a-z0-9])""")]
    private static partial Regex RefusalUse();

    [GeneratedRegex(@"\b[Aa]udit(?:>\(\))?\.Add\(")]
    private static partial Regex AuditUse();

    [GeneratedRegex(@"""([^""]*)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:Now|UtcNow|Today)\b")]
    private static partial Regex WallClock();
}
