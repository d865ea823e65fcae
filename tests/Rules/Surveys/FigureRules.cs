using Huitou.Surveys;
using Xunit;

namespace Huitou.Rules.Surveys;

public sealed class FigureRules
{
    [Fact]
    public void A_hidden_group_cannot_be_told_from_the_whole_less_what_is_shown()
    {
        static string Shown(int least, params int[] sizes) => string.Join(' ', SurveyFigures.Hide([.. sizes.Select((n, i) => new FigureLine($"{i}", $"{i}", new Tally { N = n }))], least).Where(l => l.Tally is not null).Select(l => l.Tally!.N).Order());
        Assert.Equal("10 20", Shown(5, 10, 20));
        Assert.Equal("20", Shown(5, 3, 10, 20)); // 10 goes too: else the 3 are what is left
        Assert.Equal("", Shown(5, 3, 10));
        Assert.Equal("10 20", Shown(5, 3, 4, 10, 20)); // 7 together tell nobody apart
        Assert.Equal("20", Shown(5, 1, 2, 10, 20));
        Assert.Equal("", Shown(5, 4));
    }

    [Fact]
    public void Weights_give_each_group_its_customers_part()
    {
        FigureLine Line(string key, int rated, int content) => new(key, key, new Tally { N = rated, Rated = rated, Content = content });
        var weighed = SurveyFigures.Weigh([Line("busy", 90, 90), Line("quiet", 10, 5), Line("", 50, 0)], new Dictionary<string, int> { ["busy"] = 100, ["quiet"] = 300 })!.Value;
        Assert.Equal(0.25 * 1 + 0.75 * 0.5, weighed.Share, 9);
        Assert.True(weighed.Margin > 0.15); // the quiet group's doubt counts with its weight
        Assert.Null(SurveyFigures.Weigh([Line("busy", 90, 90)], new Dictionary<string, int> { ["busy"] = 100 }));
    }

    [Fact]
    public void Shops_are_compared_by_those_who_know_both()
    {
        var question = new Question { Key = "q1", Kind = QuestionKind.Matrix, Text = new("比一比"), Means = Meaning.Competitors, Rows = [new("us", new("我们")), new("chain", new("连锁")), new("online", new("网上"))] };
        // Who knows only the chain is strict with everybody: that is no reason to be proud.
        var people = Enumerable.Range(0, 40).Select(i => new Dictionary<string, int> { ["us"] = 4, ["chain"] = i % 2 == 0 ? 3 : 4 }).Concat(Enumerable.Range(0, 40).Select(_ => new Dictionary<string, int> { ["chain"] = 1 })).Concat([new() { ["us"] = 5, ["online"] = 3 }]).ToList();
        var table = Competitors.Of(question, [.. people]);
        var chain = table.Others[0];
        Assert.Equal((80, 40), ((int)chain.Mark.N, (int)chain.Gap.N));
        Assert.Equal(0.5, chain.Gap.Value, 9);
        Assert.True(chain.Gap.Low > 0 && chain.Gap.High < 1);
        Assert.False(table.Others[1].Gap.HasEnough);
        Assert.Equal(41, (int)table.All.N);
        Assert.Equal((80, 20), (chain.Index.N, chain.Index.Content)); // fours of those who know both; the strict give ones
        Assert.Equal((41, 41), (table.Index.N, table.Index.Content));
    }

    [Fact]
    public void A_yearly_programme_spreads_its_customers_over_the_year()
    {
        var programme = new Programme { Name = "每年" };
        var days = Enumerable.Range(0, 3650).Select(_ => programme.DayOf(Guid.NewGuid())).ToList();
        Assert.InRange(days.Min(), 1, 365);
        Assert.InRange(days.Max(), 1, 365);
        Assert.InRange(days.GroupBy(d => d).Max(g => g.Count()), 1, 30); // 10 a day on average
        var one = Guid.NewGuid();
        Assert.Equal(programme.DayOf(one), programme.DayOf(one));
    }
}
