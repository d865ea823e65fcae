using FsCheck;
using FsCheck.Fluent;
using Huitou.Customers;
using Xunit;

namespace Huitou.Rules.Customers;

public class ProfileRules
{
    private static readonly IReadOnlyList<AskedItem> Items = [.. Enumerable.Range(0, 12).Select(i => new AskedItem(Guid.Parse($"00000000-0000-0000-0000-{i:000000000000}"), Guid.Empty, MeantFor.All, "", "", "", "",
        ItemKind.Text, [], i % 4 == 3 ? Sensitive.Health : Sensitive.None, i == 5 ? "Phone" : "", 0, 1))];

    private static (int Done, int Total) Count(bool[] answered, bool[] declined, bool phone, bool agreed) => ItemRules.Completeness(Items,
        Items.Where((_, i) => answered[i]).Select(i => i.Id).ToHashSet(), Items.Where((_, i) => declined[i]).Select(i => i.Id).ToHashSet(), phone ? new HashSet<string> { "Phone" } : [], agreed ? new HashSet<Sensitive> { Sensitive.Health } : []);

    private static readonly Gen<bool[]> Flags = Gen.ArrayOf(Gen.Elements(true, false), 12);

    [Fact]
    public void Never_more_is_known_than_is_asked_and_one_answer_more_never_lowers_it() =>
        Prop.ForAll((from a in Flags from d in Flags from p in Gen.Elements(true, false) from g in Gen.Elements(true, false) from i in Gen.Choose(0, 11) select (a, d, p, g, i)).ToArbitrary(), x =>
        {
            var (done, total) = Count(x.a, x.d, x.p, x.g);
            var more = x.a.ToArray();
            more[x.i] = true;
            var (after, same) = Count(more, x.d, x.p, x.g);
            return done >= 0 && done <= total && total <= Items.Count && after >= done && same == total;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_customer_would_not_say_is_not_held_against_the_file() =>
        Prop.ForAll((from a in Flags from i in Gen.Choose(0, 11) select (a, i)).ToArbitrary(), x =>
        {
            var (done, total) = Count(x.a, new bool[12], true, true);
            var declined = new bool[12];
            declined[x.i] = true;
            var (after, less) = Count(x.a, declined, true, true);
            return less == total - 1 && after <= done;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_consent_sensitive_items_do_not_count() => Assert.Equal(9, Count(new bool[12], new bool[12], false, false).Total);

    [Theory]
    [InlineData(ItemKind.Number, "1,234.50", "1234.5")]
    [InlineData(ItemKind.Number, "１２", "12")]
    [InlineData(ItemKind.Date, "2026-02-28", "2026-02-28")]
    [InlineData(ItemKind.YesNo, "yes", "yes")]
    [InlineData(ItemKind.Several, "b\na\nb", "a\nb")]
    [InlineData(ItemKind.Phone, "138 7316 6720", "13873166720")]
    [InlineData(ItemKind.Text, "  =1+1  ", "=1+1")]
    public void An_answer_is_read_by_its_kind(ItemKind kind, string typed, string stored)
    {
        var read = ItemRules.Read(kind, ["a", "b"], typed);
        Assert.Null(read.WrongKey);
        Assert.Equal(stored, read.Value);
    }

    [Theory]
    [InlineData(ItemKind.Number, "viel")]
    [InlineData(ItemKind.Number, "0.00001")]
    [InlineData(ItemKind.Date, "2026-02-30")]
    [InlineData(ItemKind.YesNo, "maybe")]
    [InlineData(ItemKind.Choice, "c")]
    [InlineData(ItemKind.Several, "a\nc")]
    [InlineData(ItemKind.Phone, "12345")]
    public void A_wrong_answer_is_refused(ItemKind kind, string typed) => Assert.NotNull(ItemRules.Read(kind, ["a", "b"], typed).WrongKey);

    [Fact]
    public void No_small_group_is_shown_nor_found_by_subtraction() =>
        Prop.ForAll((Gen.ListOf(Gen.Choose(1, 40))).ToArbitrary(), (Gen.Choose(2, 30)).ToArbitrary(), (counts, least) =>
        {
            var answers = counts.Select((c, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), c)).ToList();
            var people = answers.Sum(a => a.c);
            var sum = AnswerSums.Of(Items[0] with { Kind = ItemKind.Choice }, answers, least);
            return people < least ? sum.People == 0 && sum.Shares.Count == 0 : sum.People == people && sum.Shares.Sum(s => s.Count) == people && sum.Shares.All(s => s.Count >= least);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_several_choices_neither_those_who_chose_one_nor_those_who_did_not_are_few() =>
        Prop.ForAll((Gen.ListOf(from v in Gen.Elements("a", "b", "a\nb", "b\nc", "c") from c in Gen.Choose(1, 30) select (v, c))).ToArbitrary(), (Gen.Choose(2, 20)).ToArbitrary(), (answers, least) =>
        {
            var sum = AnswerSums.Of(Items[0] with { Kind = ItemKind.Several }, [.. answers], least);
            return sum.Shares.All(s => s.Count >= least && (sum.People - s.Count >= least || s.Count == sum.People));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Everything_ready_is_whole()
    {
        Assert.Equal(42, ReadyTemplates.All.Single(r => r.Key == "s3-2").Items.Count);
        Assert.Equal(66, ReadyTemplates.All.Single(r => r.Key == "mackay").Items.Count);
        foreach (var ready in ReadyTemplates.All)
        {
            Assert.True(Enum.TryParse<MeantFor>(ready.For, out _));
            Assert.Equal(ready.Items.Count, ready.Items.Select(i => i.Key).Distinct().Count());
            foreach (var item in ready.Items)
            {
                Assert.True(Enum.TryParse<ItemKind>(item.Kind, out var kind), item.Key);
                Assert.Equal(kind is ItemKind.Choice or ItemKind.Several, item.Options is { Length: > 1 });
                Assert.True(item.Sensitive is null || Enum.TryParse<Sensitive>(item.Sensitive, out _), item.Key);
            }
        }
    }
}
