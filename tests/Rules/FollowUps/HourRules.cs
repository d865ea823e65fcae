using FsCheck;
using FsCheck.Fluent;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Xunit;

namespace Huitou.Rules.FollowUps;

/// <summary>When to call again, in which order to work, and which calls are checked.</summary>
public sealed class HourRules
{
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);

    private static Gen<DateTime> Instants => Gen.Choose(0, 60 * 24 * 400).Select(m => new DateTime(2026, 1, 1).AddMinutes(m));

    /// <summary>Against looking at every minute that follows.</summary>
    [Fact]
    public void Who_did_not_answer_is_tried_at_another_hour()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Instants.ToArbitrary(), Gen.Choose(1, 6).ToArbitrary(), (now, attempts) =>
        {
            var slots = new[] { 600, 750, 930, 1110 };
            var slow = attempts % 2 == 0 ? now.Date.AddDays(1) : now.Date;
            while (!(slots.Contains((int)slow.TimeOfDay.TotalMinutes) && slow - now >= TwoHours && (slow.TimeOfDay - now.TimeOfDay).Duration() >= TwoHours)) slow = slow.AddMinutes(1);
            return Hours.Retry(now, attempts) == slow;
        }));
    }

    [Fact]
    public void The_sample_is_the_same_for_everybody_who_draws_it()
    {
        var many = Gen.Choose(0, int.MaxValue).Select(i => new Guid(i, 1, 2, [1, 2, 3, 4, 5, 6, 7, 8])).ListOf();
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(many.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (ids, seed, percent) =>
        {
            var all = ids.Distinct().ToList();
            var size = Sample.Size(all.Count, percent);
            var drawn = Sample.Draw(ids, seed, size);
            return drawn.Count == size && drawn.Distinct().Count() == size && drawn.TrueForAll(all.Contains) && Sample.Draw(Enumerable.Reverse(ids), seed, size).SequenceEqual(drawn);
        }));
    }

    [Fact]
    public void Each_call_is_drawn_about_equally_often()
    {
        var ids = Enumerable.Range(1, 20).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var times = ids.ToDictionary(i => i, _ => 0);
        for (var seed = 0; seed < 4_000; seed++)
        {
            foreach (var id in Sample.Draw(ids, seed, 5)) times[id]++;
        }

        // 4,000 × 5 / 20 = 1,000 each; five deviations of the binomial are 137.
        Assert.All(times.Values, n => Assert.InRange(n, 863, 1_137));
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(3, 10, 3)]
    [InlineData(40, 10, 5)]
    [InlineData(101, 10, 11)]
    public void A_sample_is_a_share_and_at_least_five(int calls, int percent, int size) => Assert.Equal(size, Sample.Size(calls, percent));

    /// <summary>Against asking of every pair which one has to come first.</summary>
    [Fact]
    public void The_list_is_in_the_order_the_page_explains()
    {
        var now = new DateTime(2026, 11, 21, 8, 0, 0);
        var row = from minutes in Gen.Choose(-4_000, 600)
                  from tier in Gen.Elements(CustomerTier.None, CustomerTier.Gold, CustomerTier.Diamond)
                  from agreed in Gen.Elements(true, false)
                  from retry in Gen.Elements<int?>(null, null, -60, 60, 300)
                  select new WorkRow { Id = Guid.NewGuid(), DueAt = now.AddMinutes(minutes), DueOn = DateOnly.FromDateTime(now.AddMinutes(minutes)), Tier = tier, Appointed = agreed, RetryAt = retry is { } r ? now.AddMinutes(r) : null };
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(row.ListOf().ToArbitrary(), rows =>
        {
            var order = WorkList.Order(rows, now);
            for (var i = 0; i < order.Count; i++)
            {
                for (var j = i + 1; j < order.Count; j++)
                {
                    if (MustBeBefore(order[j], order[i])) return false;
                }
            }

            return order.Count == rows.Count;
        }));

        bool MustBeBefore(WorkRow a, WorkRow b)
        {
            var (x, y) = (Kind(a), Kind(b));
            if (x != y) return x < y;
            return x switch
            {
                0 => a.DueOn < b.DueOn || a.DueOn == b.DueOn && a.Tier > b.Tier,
                1 => a.DueAt < b.DueAt,
                2 => a.Tier > b.Tier || a.Tier == b.Tier && (a.RetryAt ?? a.DueAt) < (b.RetryAt ?? b.DueAt),
                _ => a.RetryAt < b.RetryAt,
            };
        }

        int Kind(WorkRow r)
        {
            if (r.RetryAt is { } retry && retry > now) return 3;
            if (r.DueAt < now) return 0;
            return r.Appointed && r.DueAt <= now + TwoHours ? 1 : 2;
        }
    }

    [Fact]
    public void A_sentence_whose_value_is_unknown_is_not_said()
    {
        var lines = Script.Read("“{address}好” | 按 T\n“上次您说到{said}？”\n“几分？” | | 1/2", new Dictionary<string, string> { ["address"] = "李老师", ["said"] = "" });
        Assert.Equal(["“李老师好”", "“几分？”"], lines.Select(l => l.Text));
        Assert.Equal("按 T", lines[0].Hint);
        Assert.Equal(["1", "2"], lines[1].Answers);
    }
}
