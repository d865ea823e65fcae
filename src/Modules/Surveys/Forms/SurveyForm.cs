using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Huitou.Kernel;

namespace Huitou.Surveys;

/// <summary>Kinds of questions (E1).</summary>
public enum QuestionKind { Single, Multiple, Scale5, Scale10, Nps, Csat, Ces, Matrix, Number, Date, Text, Ranking }

/// <summary>What a question counts as in the figures.</summary>
public enum Meaning
{
    None,
    /// <summary>The judgement of the whole: the index.</summary>
    Overall,
    /// <summary>Would buy again.</summary>
    Repurchase,
    /// <summary>What is expected of a good shop (SERVQUAL).</summary>
    Expectation,
    /// <summary>What was found in this one.</summary>
    Perception,
    /// <summary>Rows are shops, ours (key <c>us</c>) and others.</summary>
    Competitors,
}

/// <summary>How a condition compares.</summary>
public enum Comparison { Is, IsNot, AtMost, AtLeast }

/// <summary>A text in three languages side by side; what is empty is read from Simplified Chinese.</summary>
public sealed partial record Words(string Cn, string Tw = "", string En = "")
{
    public string In(string language) => language switch
    {
        "zh-TW" when Tw.Length > 0 => Tw,
        "en" when En.Length > 0 => En,
        _ => Cn,
    };

    /// <summary>For staff: where something is filled in for the customer stands what stands for it.</summary>
    public string Plain(string language) => Holes().Replace(In(language), "$2");

    [GeneratedRegex(@"\{([a-z]+\d*)(?:\|([^}]*))?\}")]
    internal static partial Regex Holes();
}

/// <summary>One answer to choose, or one row of a matrix.</summary>
public sealed record Pick(string Key, Words Text)
{
    /// <summary>May be said in own words.</summary>
    public bool Other { get; init; }
}

/// <summary>Shown only if another question was answered so.</summary>
/// <param name="Question">Key of the other question.</param>
/// <param name="How">How it compares.</param>
/// <param name="Value">Key of a pick, or a number.</param>
public sealed record Condition(string Question, Comparison How, string Value);

public sealed record Question
{
    public const int TextMax = 300;
    public const int MostPicks = 30;

    public required string Key { get; init; }
    public QuestionKind Kind { get; init; }
    public required Words Text { get; init; }
    public Words? Hint { get; init; }
    public bool Required { get; init; }
    /// <summary>Choices, things to rank.</summary>
    public IReadOnlyList<Pick> Picks { get; init; } = [];
    /// <summary>Rows of a matrix.</summary>
    public IReadOnlyList<Pick> Rows { get; init; } = [];
    /// <summary>Choices come in random order.</summary>
    public bool Shuffled { get; init; }
    /// <summary>Words at the ends of a scale.</summary>
    public Words? Low { get; init; }
    public Words? High { get; init; }
    /// <summary>Bounds of a number.</summary>
    public int? Least { get; init; }
    public int? Most { get; init; }
    /// <summary>Key of the factor it asks about: one of <see cref="SurveyForm.Factors"/>, or one's own.</summary>
    public string Factor { get; init; } = "";
    public Meaning Means { get; init; }
    public Condition? If { get; init; }

    /// <summary>Least and greatest number of a scale; null for what has none.</summary>
    [JsonIgnore]
    public (int Low, int High)? Scale => Kind switch
    {
        QuestionKind.Scale5 or QuestionKind.Csat or QuestionKind.Matrix => (1, 5),
        QuestionKind.Scale10 => (1, 10),
        QuestionKind.Nps => (0, 10),
        QuestionKind.Ces => (1, 7),
        _ => null,
    };

    [JsonIgnore]
    public bool HasPicks => Kind is QuestionKind.Single or QuestionKind.Multiple or QuestionKind.Ranking;

    /// <summary>From this number on somebody is content: the two best fifths.</summary>
    [JsonIgnore]
    public int ContentFrom => Kind switch { QuestionKind.Scale10 or QuestionKind.Nps => 9, QuestionKind.Ces => 6, _ => 4 };

    /// <summary>Looks whether it can be asked.</summary>
    /// <exception cref="Refused">Which part is missing.</exception>
    public Question Checked()
    {
        if (Text.Cn.Length == 0) throw new Refused("surveys.design.text-needed") { Field = "text.cn" };
        foreach (var (field, text) in new[] { ("text.cn", Text.Cn), ("text.tw", Text.Tw), ("text.en", Text.En) })
        {
            if (text.Length > TextMax) throw new Refused("surveys.rate.too-long", TextMax, text.Length) { Field = field };
        }

        if (HasPicks && Picks.Count < 2) throw new Refused("surveys.design.two-picks") { Field = "picks" };
        if (Picks.Count > MostPicks || Rows.Count > MostPicks) throw new Refused("surveys.design.most-picks", MostPicks) { Field = "picks" };
        if (Kind == QuestionKind.Matrix && Rows.Count == 0) throw new Refused("surveys.design.rows-needed") { Field = "rows" };
        if (Picks.Concat(Rows).Any(p => p.Text.Cn.Length == 0)) throw new Refused("surveys.design.text-needed") { Field = "picks" };
        if (Picks.Select(p => p.Key).Distinct().Count() < Picks.Count || Rows.Select(p => p.Key).Distinct().Count() < Rows.Count) throw new Refused("surveys.design.twice") { Field = "picks" };
        if (Least > Most) throw new Refused("surveys.design.least-most") { Field = "most" };
        return this;
    }
}

/// <summary>Questions that belong together; a screen of their own where the form is shown section by section.</summary>
public sealed record Section
{
    public required string Key { get; init; }
    public required Words Title { get; init; }
    public bool Shuffled { get; init; }
    public Condition? If { get; init; }
    public IReadOnlyList<Question> Questions { get; init; } = [];
}

/// <summary>
/// The form of a survey. Immutable: every act of the designer gives another one, so that undoing is going back to the one
/// before. At its end stand a free word and the one thing to change, always (E1).
/// </summary>
public sealed record SurveyForm
{
    public const int MostQuestions = 80;

    /// <summary>S2's eight factors of satisfaction.</summary>
    public static readonly string[] Factors = ["reliable", "responsive", "able", "courteous", "trusted", "safe", "understanding", "tangible"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter() },
    };

    public required Words Title { get; init; }
    public Words? Intro { get; init; }
    /// <summary>A section a screen, else a question a screen.</summary>
    public bool BySection { get; init; }
    /// <summary>Counts the keys given out, so that none comes twice.</summary>
    public int Given { get; init; }
    public IReadOnlyList<Section> Sections { get; init; } = [];

    [JsonIgnore]
    public IEnumerable<Question> Questions => Sections.SelectMany(s => s.Questions);

    public Question? Find(string key) => Questions.FirstOrDefault(q => q.Key == key);

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static SurveyForm Read(string json) => JsonSerializer.Deserialize<SurveyForm>(json, Json)!;

    /// <summary>Whether it can be published; the first thing that is wrong.</summary>
    public SurveyForm Checked()
    {
        if (Title.Cn.Length == 0) throw new Refused("surveys.design.text-needed") { Field = "title.cn" };
        if (!Questions.Any()) throw new Refused("surveys.design.no-question");
        if (Questions.Count() > MostQuestions) throw new Refused("surveys.design.most-questions", MostQuestions);
        var before = new HashSet<string>();
        foreach (var (at, section) in Sections.Index())
        {
            Check(section.If, before, section.Title.Cn);
            foreach (var (nth, question) in section.Questions.Index())
            {
                try
                {
                    question.Checked();
                }
                catch (Refused wrong)
                {
                    throw wrong.Named(field => $"sections[{at}].questions[{nth}].{field}");
                }

                Check(question.If, before, question.Text.Cn);
                if (!before.Add(question.Key) || SurveyRun.Own.Contains(question.Key)) throw new Refused("surveys.design.twice");
            }
        }

        return this;

        static void Check(Condition? condition, HashSet<string> before, string text)
        {
            if (condition is not null && !before.Contains(condition.Question)) throw new Refused("surveys.design.condition-order", text);
        }
    }

    /// <summary>Puts a question at the end of a section; its key is new.</summary>
    public SurveyForm Add(string section, Question question)
    {
        var key = "q" + (Given + 1);
        return With(section, s => s with { Questions = [.. s.Questions, question with { Key = key }] }) with { Given = Given + 1 };
    }

    public SurveyForm AddSection(Words title) => this with { Sections = [.. Sections, new Section { Key = "s" + (Given + 1), Title = title }], Given = Given + 1 };

    public SurveyForm Change(Question question) => this with { Sections = [.. Sections.Select(s => s with { Questions = [.. s.Questions.Select(q => q.Key == question.Key ? question : q)] })] };

    public SurveyForm Change(Section section) => With(section.Key, s => section with { Questions = s.Questions });

    /// <summary>Takes a question or a section out.</summary>
    public SurveyForm Remove(string key) => this with { Sections = [.. Sections.Where(s => s.Key != key).Select(s => s with { Questions = [.. s.Questions.Where(q => q.Key != key)] })] };

    /// <summary>Moves a question or section one up (-1) or down (1); over the edge of its section into the next.</summary>
    public SurveyForm Move(string key, int by)
    {
        var sections = Sections.ToList();
        var at = sections.FindIndex(s => s.Key == key);
        if (at >= 0)
        {
            var to = Math.Clamp(at + by, 0, sections.Count - 1);
            (sections[at], sections[to]) = (sections[to], sections[at]);
            return this with { Sections = sections };
        }

        at = sections.FindIndex(s => s.Questions.Any(q => q.Key == key));
        if (at < 0) return this;
        var questions = sections[at].Questions.ToList();
        var place = questions.FindIndex(q => q.Key == key);
        var moved = questions[place];
        questions.RemoveAt(place);
        var target = place + by;
        if (target < 0 || target > questions.Count)
        {
            var next = at + by;
            if (next < 0 || next >= sections.Count) return this;
            sections[at] = sections[at] with { Questions = questions };
            sections[next] = sections[next] with { Questions = by < 0 ? [.. sections[next].Questions, moved] : [moved, .. sections[next].Questions] };
        }
        else
        {
            questions.Insert(target, moved);
            sections[at] = sections[at] with { Questions = questions };
        }

        return this with { Sections = sections };
    }

    private SurveyForm With(string section, Func<Section, Section> change) => this with { Sections = [.. Sections.Select(s => s.Key == section ? change(s) : s)] };

    /// <summary>What changes from one edition to the next, question by question.</summary>
    public static IReadOnlyList<FormChange> Changes(SurveyForm? before, SurveyForm after)
    {
        if (before is null) return [.. after.Questions.Select(q => new FormChange("added", q.Text))];
        var changes = new List<FormChange>();
        if (before.Title != after.Title || before.Intro != after.Intro || before.BySection != after.BySection) changes.Add(new("title", after.Title));
        foreach (var question in after.Questions)
        {
            var old = before.Find(question.Key);
            if (old is null) changes.Add(new("added", question.Text));
            else if (Of(old) != Of(question)) changes.Add(new("changed", question.Text));
        }

        changes.AddRange(before.Questions.Where(q => after.Find(q.Key) is null).Select(q => new FormChange("removed", q.Text)));
        if (!Places(after, before).SequenceEqual(Places(before, after))) changes.Add(new("order", after.Title));
        if (changes.Count == 0 && before.Write() != after.Write()) changes.Add(new("title", after.Title));
        return changes;

        static string Of(Question question) => JsonSerializer.Serialize(question, Json);

        // In which section, in which order, of what both have.
        static IEnumerable<(string, string)> Places(SurveyForm form, SurveyForm other) => form.Sections.SelectMany(s => s.Questions.Where(q => other.Find(q.Key) is not null).Select(q => (s.Key, q.Key)));
    }
}

/// <summary>One difference between two editions.</summary>
/// <param name="Kind">added, changed, removed, order, title.</param>
/// <param name="Text">Of which question.</param>
public sealed record FormChange(string Kind, Words Text);
