using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Finds owners by the shop's rules (A9): for a file that opens without one, for those that wait, and as suggestions for who decides.</summary>
public sealed class Allocator(Db db, CurrentUser user, TimeProvider time, People people, Owners owners)
{
    /// <summary>So many at once at most: it stays one short transaction.</summary>
    public const int Most = 2_000;

    /// <summary>All that the rules look at, read once.</summary>
    public sealed record Scene(List<AllocationRule> Rules, List<Candidate> Candidates, HashSet<Guid> Here, List<Area> Areas, Dictionary<Guid, string> Stores, Dictionary<Guid, string> Names, DateOnly Today)
    {
        public Allotment Decide(FileFacts file) => Allocating.Decide(Rules, file, Here, Candidates, Areas, id => Stores.GetValueOrDefault(id, ""), Today);

        /// <summary>Decides, and each one counts for the next.</summary>
        public Allotment Next(FileFacts file)
        {
            var word = Decide(file);
            var at = word.OwnerId is { } owner ? Candidates.FindIndex(c => c.Id == owner) : -1;
            if (at >= 0) Candidates[at] = Candidates[at] with { Files = Candidates[at].Files + 1 };
            return word;
        }

        /// <summary>The best by figures, near ones first, for who decides.</summary>
        public List<(Candidate Candidate, int Points)> Suggest(Guid? storeId, int most)
        {
            var rule = Rules.Find(r => r.Kind is AllocationKind.ByFigures) ?? new AllocationRule { Kind = AllocationKind.ByFigures, Skill = 1, Workload = 1, Efficiency = 1 };
            return [.. Allocating.Ranked(rule, Candidates).OrderByDescending(r => r.Candidate.HasRoom).ThenByDescending(r => r.Candidate.StoreId == storeId && storeId is not null).Take(most)];
        }
    }

    /// <summary>Reads the scene: one statement for the figures of everybody.</summary>
    public async Task<Scene> ReadAsync(CancellationToken cancel)
    {
        var now = time.Now();
        var setting = await SettingAsync(db, cancel);
        var roles = setting.Roles.ToArray();
        var staff = await (from m in db.Set<Member>() join r in db.Set<Role>() on m.RoleId equals r.Id where m.LeftOn == null select new { m.Id, m.Name, m.StoreId, m.JoinedOn, r.Key }).ToListAsync(cancel);
        var capacity = await db.Set<Capacity>().ToDictionaryAsync(c => c.StaffId, c => c.Most, cancel);
        var eligible = staff.Where(s => roles.Contains(s.Key)).ToList();
        var ids = eligible.ConvertAll(s => s.Id);
        var figures = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.OwnerId != null && ids.Contains(c.OwnerId.Value)).GroupBy(c => c.OwnerId!.Value).Select(g => new
        {
            g.Key, Files = g.Count(), Buyers = g.Count(c => c.Stage == CustomerStage.Buyer), Owed = g.Count(c => c.NextContactAt != null), Late = g.Count(c => c.NextContactAt < now),
        }).ToDictionaryAsync(f => f.Key, cancel);
        var candidates = eligible.ConvertAll(s => figures.TryGetValue(s.Id, out var f)
            ? new Candidate(s.Id, s.StoreId, s.JoinedOn) { Files = f.Files, Most = capacity.TryGetValue(s.Id, out var m) ? m : null, Skill = f.Buyers * 1000 / f.Files, Efficiency = f.Owed == 0 ? 1000 : 1000 - f.Late * 1000 / f.Owed }
            : new Candidate(s.Id, s.StoreId, s.JoinedOn) { Most = capacity.TryGetValue(s.Id, out var n) ? n : null });
        return new(await RulesAsync(db, cancel), candidates, [.. staff.Select(s => s.Id)], await db.Set<Area>().ToListAsync(cancel), await db.Set<Store>().ToDictionaryAsync(s => s.Id, s => s.Name, cancel),
            staff.ToDictionary(s => s.Id, s => s.Name), time.Today(user.Zone));
    }

    /// <summary>Files without an owner that the person sees, the oldest first.</summary>
    public IQueryable<Customer> Waiting => Conditions.InReach(db, user).Where(c => c.OwnerId == null);

    /// <summary>Allocates those that wait by the rules; each one counts for the next.</summary>
    /// <returns>How many got an owner, how many the sales manager has to decide.</returns>
    public async Task<(int Done, int Left)> AllocateAsync(CancellationToken cancel)
    {
        if (!user.Can("customers.assign")) throw new Refused("customers.bulk.may-not");
        var scene = await ReadAsync(cancel);
        var waiting = await Waiting.OrderBy(c => c.Id).Select(c => new FileFacts(c.Id, c.Source == CustomerSource.Import ? null : c.CollectedBy, c.StoreId, c.Address)).Take(Most).ToListAsync(cancel);
        var decided = new List<(Guid File, Allotment Word)>();
        foreach (var file in waiting)
        {
            // What somebody read in from a table, nobody collected.
            if (scene.Next(file) is { OwnerId: not null } word) decided.Add((file.Id, word));
        }

        foreach (var group in decided.GroupBy(d => (d.Word.OwnerId, d.Word.Why, Args: string.Join('\u001f', d.Word.Args))))
        {
            await owners.GiveAsync([.. group.Select(d => d.File)], group.Key.OwnerId!.Value, HandoverKind.Rules, group.Key.Why, group.First().Word.Args, cancel: cancel);
        }

        return (decided.Count, waiting.Count - decided.Count);
    }

    /// <summary>The sales manager's word for one file.</summary>
    public async Task GiveAsync(Guid customerId, Guid to, bool suggested, CancellationToken cancel)
    {
        if (!user.Can("customers.assign")) throw new Refused("customers.bulk.may-not");
        if (!await Waiting.AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        if (!await people.All.AnyAsync(p => p.Id == to && p.IsHere, cancel)) throw new Refused("customers.bulk.owner-missing");
        await owners.GiveAsync([customerId], to, suggested ? HandoverKind.Suggested : HandoverKind.Decided, suggested ? "customers.owner.suggested" : "customers.owner.decided", cancel: cancel);
    }

    /// <summary>The shop's rules; the ready ones where it has none.</summary>
    public static async Task<List<AllocationRule>> RulesAsync(Db db, CancellationToken cancel)
    {
        var rules = await db.Set<AllocationRule>().OrderBy(r => r.Place).ToListAsync(cancel);
        return rules.Count > 0 ? rules : AllocationRule.Ready();
    }

    /// <summary>The shop's settings of ownership; the usual ones where it has none.</summary>
    public static async Task<OwnerSetting> SettingAsync(Db db, CancellationToken cancel) => await db.Set<OwnerSetting>().OrderBy(s => s.Id).FirstOrDefaultAsync(cancel) ?? new OwnerSetting();
}
