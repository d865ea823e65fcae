using Huitou.Language;
using Xunit;

namespace Huitou.Rules.Language;

public sealed class CommentRules
{
    [Fact]
    public void Words_are_found_in_Chinese_and_Latin()
    {
        Assert.True(Segmenter.HasDictionary);
        var words = Segmenter.Words("手机屏幕很清晰，售后服务也不错！iPhone 15");
        Assert.Contains("手机", words);
        Assert.Contains("屏幕", words);
        Assert.Contains("服务", words);
        Assert.Contains("iphone", words);
        Assert.Contains("15", words);
        Assert.DoesNotContain("，", words);
        Assert.Empty(Segmenter.Words("！？ 。"));
        Assert.Empty(Segmenter.Words(""));
    }

    [Fact]
    public void What_is_no_letter_at_all_is_left_out()
    {
        Assert.Equal("ab手机", Folding.Fold("A\ufffeB手\ufdd0机"));
        Assert.Equal("a\ufffd", Folding.Fold("A\ud800"));
        Assert.Equal("好😀", Folding.Fold("好😀"));
    }

    [Theory]
    [InlineData("等了快一个钟头", "responsive")]
    [InlineData("等了快一個鐘頭", "responsive")]
    [InlineData("店員態度很冷淡", "courteous")]
    [InlineData("答应的事没兑现", "reliable")]
    [InlineData("太贵了，不值", "price")]
    public void A_comment_speaks_of_its_topics(string comment, string topic) => Assert.Contains(topic, Topics.Of(comment));

    [Fact]
    public void A_comment_may_speak_of_none_or_of_several()
    {
        Assert.Empty(Topics.Of("嗯"));
        Assert.True(Topics.Of("态度好，就是等得太久，价格也贵").Count >= 3);
        Assert.Equal(10, Topics.Keys.Count);
    }

    [Theory]
    [InlineData("非常满意，店员很耐心", Mood.Good)]
    [InlineData("骗人，再也不来了", Mood.Bad)]
    [InlineData("不好用", Mood.Bad)]
    [InlineData("不是很满意", Mood.Bad)]
    [InlineData("今天下雨", Mood.Unclear)]
    [InlineData("非常滿意", Mood.Good)]
    public void The_list_of_words_hears_mood_and_not(string comment, Mood mood) => Assert.Equal(mood, new LexiconMood().Judge(comment).Mood);

    [Fact]
    public void A_shop_learns_from_its_own_answers_only_when_there_are_enough()
    {
        Assert.Null(LearnedMood.Learn(Own(60)));
        Assert.Equal("lexicon", MoodJudge.Choose(Own(60)).Method);
        Assert.Equal("lexicon", MoodJudge.Choose([]).Method);
        var judge = MoodJudge.Choose(Own(300));
        Assert.Equal("learned", judge.Method);
        Assert.True(judge.Accuracy > 0.9);
        Assert.Equal(120, judge.TriedOn);
        Assert.Equal(Mood.Bad, judge.Judge("套餐变更 没有人告诉").Mood);
        Assert.Equal(judge.Good("套餐变更"), MoodJudge.Choose(Own(300)).Good("套餐变更"));
    }

    [Fact]
    public void Telling_words_are_what_the_unhappy_say()
    {
        var telling = TellingWords.Of(Enumerable.Repeat("套餐变更没有人告诉", 100), Enumerable.Repeat("店员热情", 100));
        Assert.Contains(telling, t => t.Word.Contains("套餐", StringComparison.Ordinal));
        Assert.DoesNotContain(telling, t => t.Word == "店员");
        Assert.Empty(TellingWords.Of([], ["店员"]));
    }

    // Words of the shop's own that no list of ours knows.
    private static List<RatedComment> Own(int each) =>
        [.. Enumerable.Range(0, each * 2).Select(i => i % 2 == 0 ? new RatedComment($"第 {i % 7} 次办，套餐变更没有人告诉", false) : new RatedComment($"第 {i % 7} 次办，贴膜送到手上", true))];
}
