using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>A pair as the list shows it; both files are within the asker's reach.</summary>
public sealed record PairRow
{
    public Guid Id { get; init; }
    public PairKind Kind { get; init; }
    public PairState State { get; init; }
    public int Score { get; init; }
    public string Reasons { get; init; } = "";
    public Guid AId { get; init; }
    public string AName { get; init; } = "";
    public string ANumber { get; init; } = "";
    public string APhone { get; init; } = "";
    public Guid? AOwner { get; init; }
    public Guid BId { get; init; }
    public string BName { get; init; } = "";
    public string BNumber { get; init; } = "";
    public string BPhone { get; init; } = "";
    public Guid? BOwner { get; init; }
}

/// <summary>What is decided about two files that look alike.</summary>
public sealed class Pairs(Db db, CurrentUser user, TimeProvider time, Audit audit, Timeline timeline, Jobs jobs)
{
    /// <summary>Pairs of which the person sees both files.</summary>
    public IQueryable<PairRow> Seen =>
        from p in db.Set<Pair>()
        join a in db.Set<Customer>() on p.AId equals a.Id
        join b in db.Set<Customer>() on p.BId equals b.Id
        select new PairRow
        {
            Id = p.Id, Kind = p.Kind, State = p.State, Score = p.Score, Reasons = p.Reasons, AId = a.Id, AName = a.Name, ANumber = a.Number, APhone = a.Phone, AOwner = a.OwnerId,
            BId = b.Id, BName = b.Name, BNumber = b.Number, BPhone = b.Phone, BOwner = b.OwnerId,
        };

    /// <summary>Looks through the archive now.</summary>
    public Task FindNowAsync(CancellationToken cancel) => jobs.SetAsync(FindPairs.Name, "now", time.Now(), new { }, cancel);

    /// <summary>Not the same; the pair does not come up again. <paramref name="again"/>: look at it once more.</summary>
    public async Task DismissAsync(Guid id, bool again, CancellationToken cancel)
    {
        var pair = await LoadAsync(id, cancel);
        pair.Decide(again ? PairState.Open : PairState.Dismissed, time.Now(), Me);
        audit.Add(again ? "customers.pair-again" : "customers.pair-dismissed", "customers.pair", pair.Id);
    }

    /// <summary>Two of one family: each stands among the people around the other.</summary>
    public async Task LinkAsync(Guid id, string relation, CancellationToken cancel)
    {
        relation = CustomerDesk.Tidy(relation);
        if (relation.Length is 0 or > PersonAround.RelationMax) throw new Refused("customers.pair.relation", PersonAround.RelationMax) { Field = "In.Relation" };
        var pair = await LoadAsync(id, cancel);
        var files = await db.Set<Customer>().Where(c => c.Id == pair.AId || c.Id == pair.BId).ToDictionaryAsync(c => c.Id, cancel);
        foreach (var (self, other) in new[] { (files[pair.AId], files[pair.BId]), (files[pair.BId], files[pair.AId]) })
        {
            if (await db.Set<PersonAround>().AnyAsync(p => p.CustomerId == self.Id && p.OtherId == other.Id, cancel)) continue;
            db.Set<PersonAround>().Add(new PersonAround { CustomerId = self.Id, Relation = relation, Name = other.Name, OtherId = other.Id });
            timeline.Add(self.Id, TimelineKind.File, "customers.timeline.family", [other.Name]);
        }

        pair.Decide(PairState.Linked, time.Now(), Me);
        audit.Add("customers.pair-linked", "customers.pair", pair.Id);
    }

    /// <summary>The pair of two files somebody wants to lay side by side, made where there is none.</summary>
    public async Task<Guid> OfAsync(Guid one, Guid other, CancellationToken cancel)
    {
        if (one == other) throw new Refused("customers.merge.itself") { Field = "In.Other" };
        if (await db.Set<Customer>().CountAsync(c => c.Id == one || c.Id == other, cancel) != 2) throw new NotThere();
        // The database's order of ids is the same on both engines only as text.
        var (a, b) = string.CompareOrdinal(one.ToString(), other.ToString()) < 0 ? (one, other) : (other, one);
        if (await db.Set<Pair>().AsTracking().FirstOrDefaultAsync(p => p.AId == a && p.BId == b, cancel) is not { } pair)
        {
            pair = new Pair { AId = a, BId = b, Kind = PairKind.Same, Score = 0, Reasons = "", FoundAt = time.Now() };
            db.Set<Pair>().Add(pair);
        }
        else if (pair.State is PairState.Dismissed) pair.Decide(PairState.Open, time.Now(), Me);

        return pair.Id;
    }

    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    private async Task<Pair> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (!await Seen.AnyAsync(p => p.Id == id, cancel)) throw new NotThere();
        return await db.Set<Pair>().AsTracking().FirstAsync(p => p.Id == id, cancel);
    }
}
