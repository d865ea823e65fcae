using Huitou.Kernel;
using Huitou.Surveys;
using Huitou.Surveys.Public;
using Xunit;

namespace Huitou.Rules.Surveys;

public sealed class SurveyRunRules
{
    private static readonly SurveyForm Form = new()
    {
        Title = new("t"),
        Sections =
        [
            new Section
            {
                Key = "s1", Title = new(""), Questions =
                [
                    new Question { Key = "q1", Kind = QuestionKind.Csat, Text = new("?"), Required = true },
                    new Question { Key = "q2", Kind = QuestionKind.Single, Text = new("why {q1}, {store|us}?"), Picks = [new("a", new("A")), new("b", new("B")) ], If = new("q1", Comparison.AtMost, "3") },
                    new Question { Key = "q3", Kind = QuestionKind.Text, Text = new("?"), If = new("q2", Comparison.Is, "b") },
                ],
            },
            new Section { Key = "s2", Title = new("random"), Shuffled = true, Questions = [.. Enumerable.Range(10, 8).Select(i => new Question { Key = "q" + i, Kind = QuestionKind.Scale5, Text = new("?") })] },
        ],
    };

    [Fact]
    public void Who_hangs_on_a_question_that_is_not_asked_is_not_asked()
    {
        var run = new SurveyRun(Form, 7);
        var typed = new Typed { ["q1"] = ["2"], ["q2"] = ["b"], ["q3"] = ["because"] };
        Assert.Equal(["q1", "q2", "q3"], run.Screens(typed).Select(s => s.Key).Take(3));
        Assert.Equal(3, run.Values(typed).Count);
        typed["q1"] = ["5"]; // changed one's mind: what was said below does not count
        Assert.DoesNotContain(run.Screens(typed), s => s.Key is "q2" or "q3");
        Assert.Equal("q1", Assert.Single(run.Values(typed)).Question);
    }

    [Fact]
    public void The_free_word_stands_at_the_end_of_every_form() => Assert.All(Templates.All, t => Assert.Equal(SurveyRun.End, new SurveyRun(t.Form, 1).Screens([])[^1].Key));

    [Fact]
    public void Random_order_is_the_same_for_the_same_answer_and_another_for_another()
    {
        static string Order(int seed) => string.Join(' ', new SurveyRun(Form, seed).AllScreens().Select(s => s.Key));
        Assert.Equal(Order(42), Order(42));
        Assert.True(Enumerable.Range(0, 50).Select(Order).Distinct().Count() > 45);
        Assert.All(Enumerable.Range(0, 50).Select(Order), o => Assert.StartsWith("q1 q2 q3 ", o, StringComparison.Ordinal));
    }

    [Fact]
    public void Holes_are_filled_from_what_is_known_and_said()
    {
        var run = new SurveyRun(Form, 1);
        var typed = new Typed { ["q1"] = ["2"] };
        Assert.Equal("why 2, us?", run.Fill("why {q1}, {store|us}?", "en", typed, new Dictionary<string, string>()));
        Assert.Equal("why 2, the shop?", run.Fill("why {q1}, {store|us}?", "en", typed, new Dictionary<string, string> { ["store"] = "the shop" }));
    }

    [Fact]
    public void Only_what_can_be_is_taken()
    {
        var run = new SurveyRun(Form, 1);
        var wrong = new List<string>();
        var typed = new Typed();
        run.Take(run.Screens([])[0], new Typed { ["q1"] = ["6"], ["q9"] = ["1"] }, typed, (field, key, _) => wrong.Add(field + " " + key));
        Assert.Empty(typed);
        Assert.Contains("q1 surveys.fill.unknown", wrong);
        Assert.Contains("q1 surveys.fill.required", wrong);
    }

    [Fact]
    public void Every_ready_form_can_be_published_and_read_again()
    {
        Assert.Equal(12, Templates.All.Count);
        foreach (var ready in Templates.All)
        {
            ready.Form.Checked();
            Assert.Equal(ready.Form.Write(), SurveyForm.Read(ready.Form.Write()).Write());
            Assert.All(ready.Form.Questions, q => Assert.True(q.Text.Tw.Length > 0 && q.Text.En.Length > 0, q.Text.Cn));
            Assert.Contains(ready.Form.Questions, q => q.Means == Meaning.Overall || q.Kind == QuestionKind.Nps);
        }

        Assert.All(SurveyForm.Factors, f => Assert.Contains(Templates.Find("factors")!.Form.Questions, q => q.Factor == f));
    }

    [Fact]
    public void The_designer_moves_over_the_edge_of_a_section_and_says_what_changed()
    {
        var moved = Form.Move("q3", 1);
        Assert.Equal("q3", moved.Sections[1].Questions[0].Key);
        Assert.Equal(["order"], SurveyForm.Changes(Form, moved).Select(c => c.Kind));
        Assert.Equal(["removed"], SurveyForm.Changes(Form, Form.Remove("q3")).Select(c => c.Kind));
        Assert.Throws<Refused>(() => Form.Move("q1", 1).Checked()); // its condition would look at a later question
        var form = Form with { Given = 30 };
        Assert.Equal("q31", form.Add("s1", new Question { Key = "", Text = new("new") }).Sections[0].Questions[^1].Key);
    }

    [Fact]
    public void Entry_reads_numbers_as_printed()
    {
        var ranking = new Question { Key = "q1", Kind = QuestionKind.Ranking, Text = new("?"), Picks = [new("a", new("A")), new("b", new("B")), new("c", new("C"))] };
        var several = new Question { Key = "q2", Kind = QuestionKind.Multiple, Text = new("?"), Picks = ranking.Picks };
        var form = new SurveyForm { Title = new("t"), Sections = [new Section { Key = "s", Title = new(""), Questions = [ranking, several] }] };
        var sent = new Microsoft.AspNetCore.Http.FormCollection(new() { ["q.q1"] = "2 1 -", ["q.q2"] = "1,3" });
        var typed = EntryFields.Read(form, sent, (f, k) => Assert.Fail(f + k));
        Assert.Equal(("2", "1", false), (typed.One("q1.a"), typed.One("q1.b"), typed.ContainsKey("q1.c")));
        Assert.Equal(["a", "c"], typed["q2"]);
        Assert.Equal("2 1 -", EntryFields.Write(ranking, typed));
        Assert.Equal("1,3", EntryFields.Write(several, typed));
    }

    [Fact]
    public void A_sample_is_the_same_whenever_it_is_drawn_and_has_its_share()
    {
        var programme = new Programme { Name = "p" }.Set(0, 30, 0, 0, 0, 14);
        var people = Enumerable.Range(0, 10_000).Select(i => (Guid.CreateVersion7(), Guid.CreateVersion7())).ToList();
        var drawn = people.Count(p => programme.Draws(p.Item1, p.Item2));
        Assert.InRange(drawn, 2_850, 3_150);
        Assert.All(people.Take(100), p => Assert.Equal(programme.Draws(p.Item1, p.Item2), programme.Draws(p.Item1, p.Item2)));
    }

    // The intervals hold what they promise: 95 %, within two points, for small and large samples and lopsided shares.
    [Theory]
    [InlineData(30, 0.5, 0.2)]
    [InlineData(100, 0.5, 0.2)]
    [InlineData(400, 0.3, 0.3)]
    [InlineData(100, 0.7, 0.1)]
    public void Nps_margin_covers_95_percent(int n, double promoters, double detractors)
    {
        var random = new Random(20261121);
        const int rounds = 20_000;
        var truth = 100 * (promoters - detractors);
        var covered = 0;
        for (var r = 0; r < rounds; r++)
        {
            var (p, d) = (0, 0);
            for (var i = 0; i < n; i++)
            {
                var x = random.NextDouble();
                if (x < promoters) p++;
                else if (x < promoters + detractors) d++;
            }

            var index = new NpsIndex(n, p, d);
            if (index.Low <= truth && truth <= index.High) covered++;
        }

        Assert.InRange(100.0 * covered / rounds, 93, 97);
    }
}
