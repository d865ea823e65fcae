using System.Globalization;
using System.Text.Json;
using Huitou.Kernel;

namespace Huitou.Surveys;

/// <summary>What is on one screen.</summary>
/// <param name="Key">Key of its section or question; <see cref="SurveyRun.End"/> for the last.</param>
/// <param name="Title">Over the questions; may be empty.</param>
/// <param name="Questions">In the order of this answer.</param>
public sealed record Screen(string Key, Words? Title, IReadOnlyList<Question> Questions);

/// <summary>What was typed, by field: <c>q3</c>, <c>q4.r2</c>, <c>q5.other</c>; several for several picks.</summary>
public sealed class Typed : Dictionary<string, string[]>
{
    public Typed() : base(StringComparer.Ordinal) { }

    public string One(string field) => TryGetValue(field, out var all) && all.Length > 0 ? all[0] : "";

    public string Write() => JsonSerializer.Serialize<Dictionary<string, string[]>>(this);

    public static Typed Read(string json)
    {
        var typed = new Typed();
        if (json.Length == 0) return typed;
        foreach (var (field, values) in JsonSerializer.Deserialize<Dictionary<string, string[]>>(json)!) typed[field] = values;
        return typed;
    }
}

/// <summary>One stored answer to one question, row or pick.</summary>
public readonly record struct Said(string Question, string Item, int? Number, string Words);

/// <summary>
/// One run through a form: which screens, in which order, what is shown under which condition, and what was answered.
/// Without database and without clock: the same for page, script, phone, paper and machine door.
/// </summary>
/// <param name="form">The edition.</param>
/// <param name="seed">Decides what order random parts have.</param>
public sealed class SurveyRun(SurveyForm form, int seed)
{
    /// <summary>Key of the last screen: free word, the one thing, a phone number.</summary>
    public const string End = "end";
    public const string Free = "words";
    public const string OneThing = "one";
    public const string Name = "name";
    public const string Phone = "phone";
    public const int WordsMax = 2000;
    public const int OneThingMax = 500;

    /// <summary>Keys no question may have.</summary>
    public static readonly string[] Own = [End, Free, OneThing, Name, Phone];

    private const int LargestNumber = 999_999_999;

    public SurveyForm Form { get; } = form;

    /// <summary>The screens as things stand with these answers, the last one included.</summary>
    public List<Screen> Screens(Typed typed)
    {
        var screens = new List<Screen>();
        foreach (var section in Form.Sections)
        {
            if (!Holds(section.If, typed)) continue;
            var questions = Order(section).Where(q => Holds(q.If, typed)).ToList();
            if (questions.Count == 0) continue;
            if (Form.BySection) screens.Add(new(section.Key, section.Title, questions));
            else screens.AddRange(questions.Select(q => new Screen(q.Key, section.Title, [q])));
        }

        screens.Add(new(End, null, []));
        return screens;
    }

    /// <summary>All of them, whatever is answered: for a script that judges the conditions itself.</summary>
    public List<Screen> AllScreens()
    {
        var screens = new List<Screen>();
        foreach (var section in Form.Sections)
        {
            var questions = Order(section).ToList();
            if (questions.Count == 0) continue;
            if (Form.BySection) screens.Add(new(section.Key, section.Title, questions));
            else screens.AddRange(questions.Select(q => new Screen(q.Key, section.Title, [q])));
        }

        screens.Add(new(End, null, []));
        return screens;
    }

    public IReadOnlyList<Pick> Picks(Question question) => question.Shuffled ? Shuffle(question.Picks, Salt(question.Key)) : question.Picks;

    public IReadOnlyList<Pick> Rows(Question question) => question.Shuffled ? Shuffle(question.Rows, Salt(question.Key)) : question.Rows;

    /// <summary>Whether a question is asked with these answers; who hangs on a question that is not asked is not asked.</summary>
    public bool IsAsked(Question question, Typed typed) => Form.Sections.First(s => s.Questions.Any(q => q.Key == question.Key)) is var section && Holds(section.If, typed) && Holds(question.If, typed);

    private bool Holds(Condition? condition, Typed typed)
    {
        if (condition is null) return true;
        var of = Form.Find(condition.Question);
        if (of is null || !IsAsked(of, typed)) return false;
        var values = typed.TryGetValue(condition.Question, out var all) ? all : [];
        return condition.How switch
        {
            Comparison.Is => values.Contains(condition.Value),
            Comparison.IsNot => values.Length > 0 && !values.Contains(condition.Value),
            Comparison.AtMost => Number(values) is { } n && Number([condition.Value]) is { } most && n <= most,
            _ => Number(values) is { } m && Number([condition.Value]) is { } least && m >= least,
        };
    }

    /// <summary>
    /// Reads what was typed for the questions of a screen: known fields only, trimmed. What cannot be is told by field with a text key.
    /// </summary>
    /// <param name="screen">Which.</param>
    /// <param name="sent">All fields sent, without their prefix.</param>
    /// <param name="into">Where it is kept.</param>
    /// <param name="wrong">Takes what is wrong: field, text key, values.</param>
    /// <param name="strict">False keeps half-answered things without a word.</param>
    public void Take(Screen screen, Typed sent, Typed into, Action<string, string, object?[]> wrong, bool strict = true)
    {
        if (screen.Key == End)
        {
            Words(Free, WordsMax);
            Words(OneThing, OneThingMax);
            Words(Name, 40);
            Words(Phone, 20);
            return;
        }

        foreach (var question in screen.Questions)
        {
            foreach (var field in Fields(question)) into.Remove(field);
            foreach (var field in Fields(question))
            {
                var values = sent.TryGetValue(field, out var all) ? all.Select(v => v.ReplaceLineEndings("\n").Trim()).Where(v => v.Length > 0).Distinct().ToArray() : [];
                if (values.Length == 0) continue;
                if (Wrong(question, field, values) is { } key)
                {
                    wrong(field, key.Key, key.Args);
                    continue;
                }

                into[field] = values;
            }

            if (!strict) continue;
            if (question.Kind == QuestionKind.Ranking && Fields(question).Select(into.One).Where(v => v.Length > 0).ToList() is { Count: > 0 } ranks && ranks.Distinct().Count() < ranks.Count) wrong(question.Key, "surveys.fill.rank-twice", []);
            if (question.Required && IsAsked(question, into) && !IsAnswered(question, into)) wrong(Fields(question)[0], question.Kind is QuestionKind.Text or QuestionKind.Number or QuestionKind.Date ? "surveys.fill.required-words" : "surveys.fill.required", []);
        }

        void Words(string field, int most)
        {
            into.Remove(field);
            var text = sent.One(field).ReplaceLineEndings("\n").Trim();
            if (text.Length > most) wrong(field, "surveys.rate.too-long", [most, text.Length]);
            else if (text.Length > 0) into[field] = [text];
        }
    }

    /// <summary>The fields of a question.</summary>
    public static IReadOnlyList<string> Fields(Question question) => question.Kind switch
    {
        QuestionKind.Matrix => [.. question.Rows.Select(r => question.Key + "." + r.Key)],
        QuestionKind.Ranking => [.. question.Picks.Select(r => question.Key + "." + r.Key)],
        QuestionKind.Single or QuestionKind.Multiple when question.Picks.Any(p => p.Other) => [question.Key, question.Key + ".other"],
        _ => [question.Key],
    };

    public static bool IsAnswered(Question question, Typed typed) => question.Kind is QuestionKind.Matrix
        ? Fields(question).All(typed.ContainsKey) : question.Kind is QuestionKind.Ranking ? Fields(question).Any(typed.ContainsKey) : typed.ContainsKey(question.Key);

    private static (string Key, object?[] Args)? Wrong(Question question, string field, string[] values)
    {
        if (field.EndsWith(".other", StringComparison.Ordinal)) return values[0].Length > OneThingMax ? ("surveys.rate.too-long", [OneThingMax, values[0].Length]) : null;
        if (question.Scale is { } scale) return Number(values) is { } n && n >= scale.Low && n <= scale.High ? null : ("surveys.fill.unknown", []);
        switch (question.Kind)
        {
            case QuestionKind.Single when values.Length != 1 || question.Picks.All(p => p.Key != values[0]):
            case QuestionKind.Multiple when values.Any(v => question.Picks.All(p => p.Key != v)):
            case QuestionKind.Ranking when Number(values) is not { } rank || rank < 1 || rank > question.Picks.Count:
                return ("surveys.fill.unknown", []);
            case QuestionKind.Number when Number(values) is not { } n || n < (question.Least ?? -LargestNumber) || n > (question.Most ?? LargestNumber):
                return question.Least is not null || question.Most is not null ? ("surveys.fill.number-between", [question.Least ?? -LargestNumber, question.Most ?? LargestNumber]) : ("surveys.fill.number", []);
            case QuestionKind.Date when !DateOnly.TryParseExact(values[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _):
                return ("surveys.fill.date", []);
            case QuestionKind.Text when values[0].Length > WordsMax:
                return ("surveys.rate.too-long", [WordsMax, values[0].Length]);
            default:
                return null;
        }
    }

    /// <summary>What is stored of it: only of questions that were asked.</summary>
    public List<Said> Values(Typed typed)
    {
        var said = new List<Said>();
        foreach (var question in Form.Questions)
        {
            if (!IsAsked(question, typed)) continue;
            switch (question.Kind)
            {
                case QuestionKind.Single or QuestionKind.Multiple:
                    foreach (var value in typed.GetValueOrDefault(question.Key) ?? [])
                    {
                        var place = question.Picks.Select(p => p.Key).ToList().IndexOf(value);
                        if (place >= 0) said.Add(new(question.Key, value, place + 1, question.Picks[place].Other ? typed.One(question.Key + ".other") : ""));
                    }

                    break;
                case QuestionKind.Matrix or QuestionKind.Ranking:
                    foreach (var pick in question.Kind == QuestionKind.Matrix ? question.Rows : question.Picks)
                    {
                        if (Number(typed.GetValueOrDefault(question.Key + "." + pick.Key)) is { } n) said.Add(new(question.Key, pick.Key, n, ""));
                    }

                    break;
                case QuestionKind.Text or QuestionKind.Date:
                    if (typed.One(question.Key) is { Length: > 0 } words) said.Add(new(question.Key, "", null, words));
                    break;
                default:
                    if (Number(typed.GetValueOrDefault(question.Key)) is { } number) said.Add(new(question.Key, "", number, ""));
                    break;
            }
        }

        return said;
    }

    /// <summary>The number answered to a question that has one; null.</summary>
    public int? NumberOf(Question? question, Typed typed) => question is null || !IsAsked(question, typed) ? null : Number(typed.GetValueOrDefault(question.Key));

    /// <summary>Fills in <c>{store}</c>, <c>{product|what stands for it}</c> and earlier answers <c>{q3}</c>; <paramref name="known"/> knows the first, the form the second.</summary>
    public string Fill(string text, string language, Typed typed, IReadOnlyDictionary<string, string> known) => Surveys.Words.Holes().Replace(text, hole =>
    {
        var key = hole.Groups[1].Value;
        if (known.TryGetValue(key, out var value) && value.Length > 0) return value;
        if (Form.Find(key) is { } question && Spoken(question, language, typed) is { Length: > 0 } said) return said;
        return hole.Groups[2].Value;
    });

    /// <summary>What was answered, in words.</summary>
    public static string Spoken(Question question, string language, Typed typed)
    {
        string Of(IEnumerable<Pick> picks, string key) => picks.FirstOrDefault(p => p.Key == key)?.Text.In(language) ?? key;
        return question.Kind switch
        {
            QuestionKind.Single or QuestionKind.Multiple => string.Join(" · ", (typed.GetValueOrDefault(question.Key) ?? []).Select(v => question.Picks.Any(p => p.Key == v && p.Other) && typed.One(question.Key + ".other") is { Length: > 0 } other ? other : Of(question.Picks, v))),
            QuestionKind.Matrix => string.Join(" · ", question.Rows.Where(r => typed.ContainsKey(question.Key + "." + r.Key)).Select(r => $"{r.Text.In(language)} {typed.One(question.Key + "." + r.Key)}")),
            QuestionKind.Ranking => string.Join(" › ", question.Picks.Where(p => typed.ContainsKey(question.Key + "." + p.Key)).OrderBy(p => Number([typed.One(question.Key + "." + p.Key)])).Select(p => p.Text.In(language))),
            _ => typed.One(question.Key),
        };
    }

    private static int? Number(string[]? values) => values is { Length: > 0 } && int.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;

    private IEnumerable<Question> Order(Section section) => section.Shuffled ? Shuffle(section.Questions, Salt(section.Key)) : section.Questions;

    // Stable over runtimes and releases: FNV-1a of the key, then splitmix64.
    private static uint Salt(string key)
    {
        var hash = 2166136261u;
        foreach (var c in key) hash = (hash ^ c) * 16777619u;
        return hash;
    }

    private List<T> Shuffle<T>(IReadOnlyList<T> items, uint salt)
    {
        var all = items.ToList();
        var state = ((ulong)(uint)seed << 32) | salt;
        for (var i = all.Count - 1; i > 0; i--)
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            var j = (int)((z ^ (z >> 31)) % (ulong)(i + 1));
            (all[i], all[j]) = (all[j], all[i]);
        }

        return all;
    }
}
