using Huitou.Customers;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Customers;

/// <summary>S3-8's principles of allocation (A9): the same facts give the same owner, and why.</summary>
public class AllocationRules
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public void Who_collected_it_comes_first_whatever_else_speaks_and_however_the_shop_turns_the_rules()
    {
        var (store, collector, other) = (Ids.New(), Ids.New(), Ids.New());
        var rules = AllocationRule.Ready();
        foreach (var rule in rules) rule.IsOn = rule.Kind != AllocationKind.Collector;
        rules.Find(r => r.Kind == AllocationKind.Collector)!.Place = 9;
        var word = Allocating.Decide(rules, new(Ids.New(), collector, store, "岳麓区"), new HashSet<Guid> { collector, other }, [new(other, store, Today)], [new() { Words = "岳麓区", StaffId = other }], _ => "", Today);
        Assert.Equal((collector, "customers.owner.collected"), (word.OwnerId!.Value, word.Why));
        // Unless they are gone.
        Assert.Equal((other, "customers.owner.area"), Allocating.Decide(rules, new(Ids.New(), collector, store, "岳麓区"), new HashSet<Guid> { other }, [new(other, store, Today)], [new() { Words = "岳麓区", StaffId = other }], _ => "", Today) is var next ? (next.OwnerId!.Value, next.Why) : default);
    }

    [Fact]
    public void Nobody_beyond_their_capacity_and_then_the_manager_decides()
    {
        var store = Ids.New();
        var full = new Candidate(Ids.New(), store, Today.AddYears(-3)) { Files = 10, Most = 10 };
        var word = Allocating.Decide(AllocationRule.Ready(), new(Ids.New(), null, store, ""), new HashSet<Guid>(), [full], [], _ => "", Today);
        Assert.Equal((null, "customers.owner.undecided"), (word.OwnerId, word.Why));
        Assert.Equal("customers.undecided.full", Assert.Single(word.Args));
    }

    [Fact]
    public void The_share_of_new_staff_comes_near_what_was_set()
    {
        var lots = Enumerable.Range(0, 20_000).Count(_ => Allocating.Lot(Ids.New()) < 20);
        Assert.InRange(lots, 3_600, 4_400);
    }

    [Fact]
    public void It_says_the_same_as_the_slow_obvious_way_in_whatever_order_things_are_told()
    {
        var kinds = new HashSet<string>();
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            Guid[] stores = [Ids.New(), Ids.New(), Ids.New()];
            var people = Enumerable.Range(0, random.Next(8)).Select(_ => new Candidate(Ids.New(), random.Next(4) == 0 ? null : stores[random.Next(3)], Today.AddDays(-random.Next(600)))
            {
                Files = random.Next(6), Most = random.Next(3) == 0 ? random.Next(6) : null, Skill = random.Next(4) * 250, Efficiency = random.Next(4) * 250,
            }).ToList();
            var here = people.Select(p => p.Id).Append(Ids.New()).ToHashSet();
            string[] words = ["岳麓区", "岳麓区麓谷街道", "芙蓉区", "星沙"];
            var areas = words.Where(_ => random.Next(2) == 0).Select(w => random.Next(2) == 0 && people.Count > 0 ? new Area { Words = w, StaffId = people[random.Next(people.Count)].Id } : new Area { Words = w, StoreId = stores[random.Next(3)] }).ToList();
            var rules = AllocationRule.Ready();
            foreach (var rule in rules) (rule.IsOn, rule.Place, rule.Share, rule.Months, rule.Skill, rule.Workload) = (random.Next(5) > 0, random.Next(6), random.Next(101), 1 + random.Next(20), random.Next(5), 1 + random.Next(5));
            var file = new FileFacts(Ids.New(), random.Next(6) == 0 ? here.ElementAt(random.Next(here.Count)) : random.Next(6) == 0 ? Ids.New() : null, random.Next(3) == 0 ? null : stores[random.Next(3)], random.Next(2) == 0 ? "" : "长沙市" + words[random.Next(4)] + "一号");

            var expected = Slow(rules, file, here, people, areas);
            foreach (var _ in Enumerable.Range(0, 3))
            {
                var word = Allocating.Decide(Shuffled(rules, random), file, here, Shuffled(people, random), Shuffled(areas, random), _ => "店", Today);
                Assert.Equal(expected, (word.OwnerId, word.Why));
                kinds.Add(word.Why);
            }
        }

        Assert.Equal(6, kinds.Count); // every way was met
    }

    private static List<T> Shuffled<T>(IEnumerable<T> items, Random random) => [.. items.OrderBy(_ => random.Next())];

    // Word for word as the page says it, one question after the other.
    private static (Guid?, string) Slow(List<AllocationRule> rules, FileFacts file, HashSet<Guid> here, List<Candidate> people, List<Area> areas)
    {
        foreach (var person in here)
        {
            if (file.CollectedBy == person) return (person, "customers.owner.collected");
        }

        var able = new List<Candidate>();
        foreach (var p in people)
        {
            if (p.Most is null || p.Files < p.Most) able.Add(p);
        }

        var ordered = rules.Where(r => r.Kind != AllocationKind.Collector && r.Kind != AllocationKind.Manager).ToList();
        ordered.Sort((a, b) => a.Place != b.Place ? a.Place - b.Place : a.Kind - b.Kind);
        foreach (var rule in ordered)
        {
            if (!rule.IsOn || able.Count == 0) continue;
            if (rule.Kind == AllocationKind.NearestArea)
            {
                Area? best = null;
                foreach (var area in areas)
                {
                    if (!file.Address.Contains(area.Words, StringComparison.Ordinal)) continue;
                    if (best is null || area.Words.Length > best.Words.Length) best = area;
                }

                if (best?.StaffId is { } ground)
                {
                    if (able.Any(a => a.Id == ground)) return (ground, "customers.owner.area");
                    continue;
                }

                var store = best?.StoreId ?? file.StoreId;
                var near = able.Where(a => store is not null && a.StoreId == store).ToList();
                if (near.Count == 1) return (near[0].Id, best is null ? "customers.owner.store" : "customers.owner.area");
                if (near.Count > 1) able = near;
            }
            else if (rule.Kind == AllocationKind.ShareToNew)
            {
                if (Allocating.Lot(file.Id) >= rule.Share) continue;
                Candidate? least = null;
                foreach (var p in able)
                {
                    if (p.JoinedOn <= Today.AddMonths(-rule.Months)) continue;
                    if (least is null || p.Files < least.Files || p.Files == least.Files && p.Id.CompareTo(least.Id) < 0) least = p;
                }

                if (least is not null) return (least.Id, "customers.owner.new");
            }
            else
            {
                Candidate? top = null;
                foreach (var p in able)
                {
                    if (top is null || Points(p) > Points(top) || Points(p) == Points(top) && (p.Files < top.Files || p.Files == top.Files && p.Id.CompareTo(top.Id) < 0)) top = p;
                }

                return (top!.Id, "customers.owner.figures");

                int Points(Candidate p)
                {
                    var most = Math.Max(1, able.Max(a => a.Files));
                    return (rule.Skill * p.Skill + rule.Workload * (1000 - p.Files * 1000 / most) + rule.Efficiency * p.Efficiency) / (rule.Skill + rule.Workload + rule.Efficiency) / 10;
                }
            }
        }

        return (null, "customers.owner.undecided");
    }
}
