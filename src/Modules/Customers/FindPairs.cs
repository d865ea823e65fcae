using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// Looks through the whole archive for files that may be one person (A11), nightly and when asked: one statement a reason, joined
/// in the database over indexes; the pairs are written in small portions. Safe to run again from the start.
/// </summary>
public sealed class FindPairs(Db db, TimeProvider time) : IJob
{
    public const string Name = "customers.find-pairs";

    /// <summary>So many pairs of one reason at most: more is a wrong phone typed a thousand times, not a person.</summary>
    public const int MostOfReason = 20_000;

    private const int Portion = 200;

    public string Kind => Name;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: false, cancel);
        var found = await FindAsync(cancel);
        await db.EndAsync();
        for (var i = 0; i < found.Count; i += Portion)
        {
            await run.KeepAsync(cancel);
            await db.BeginAsync(toWrite: true, cancel);
            await WriteAsync(found.GetRange(i, Math.Min(Portion, found.Count - i)), cancel);
            await db.SaveAsync(cancel: cancel);
        }
    }

    internal readonly record struct Found(Guid A, Guid B, PairKind Kind, int Score, string Reasons);

    private sealed record Two(Guid A, Guid B, string NameA, string NameB, bool Birthday);

    /// <summary>All pairs of the company that look alike.</summary>
    internal async Task<List<Found>> FindAsync(CancellationToken cancel)
    {
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        var alike = new Dictionary<(Guid, Guid), PairReasons.Alike>();
        foreach (var two in await Pairs(from a in all join b in all on a.Phone equals b.Phone where a.Phone != "" && a.Id < b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, p.A.BirthMonth != 0 && p.A.BirthMonth == p.B.BirthMonth && p.A.BirthDay == p.B.BirthDay && p.A.BirthLunar == p.B.BirthLunar))) Add(two, new() { Phone = true });
        // A further phone of one file is the first of another, in either direction, or a further one of both (A3).
        var phones = db.Set<CustomerContact>().Where(k => k.Kind == ContactKind.Phone);
        foreach (var two in await Pairs(from k in phones join b in all on k.Value equals b.Phone join a in all on k.CustomerId equals a.Id where a.Id < b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { Phone = true });
        foreach (var two in await Pairs(from k in phones join a in all on k.Value equals a.Phone join b in all on k.CustomerId equals b.Id where a.Id < b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { Phone = true });
        foreach (var two in await Pairs(from k in phones join l in phones on k.Value equals l.Value where k.CustomerId < l.CustomerId join a in all on k.CustomerId equals a.Id join b in all on l.CustomerId equals b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { Phone = true });
        foreach (var two in await Pairs(from a in all join b in all on a.WeChat equals b.WeChat where a.WeChat != "" && a.Id < b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { WeChat = true });
        foreach (var two in await Pairs(from a in all join b in all on a.Email equals b.Email where a.Email != "" && a.Id < b.Id select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { Email = true });
        foreach (var two in await Pairs(
            from a in all
            join b in all on new { a.Name, a.BirthMonth, a.BirthDay, a.BirthLunar } equals new { b.Name, b.BirthMonth, b.BirthDay, b.BirthLunar }
            where a.BirthMonth != 0 && a.Id < b.Id && (a.BirthYear == 0 || b.BirthYear == 0 || a.BirthYear == b.BirthYear)
            select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, true))) Add(two, default);
        foreach (var two in await Pairs(
            from d in db.Set<Device>()
            join e in db.Set<Device>() on d.Imei equals e.Imei
            where d.Imei != "" && d.CustomerId < e.CustomerId
            join a in all on d.CustomerId equals a.Id
            join b in all on e.CustomerId equals b.Id
            select new { A = a, B = b }, p => new Two(p.A.Id, p.B.Id, p.A.Name, p.B.Name, false))) Add(two, new() { Imei = true });

        var found = new List<Found>();
        foreach (var ((a, b), what) in alike)
        {
            if (PairReasons.Judge(what) is { } judged) found.Add(new(a, b, judged.Kind, judged.Score, judged.Reasons));
        }

        return found;

        Task<List<Two>> Pairs<T>(IQueryable<T> pairs, System.Linq.Expressions.Expression<Func<T, Two>> two) => pairs.Select(two).Take(MostOfReason).ToListAsync(cancel);

        void Add(Two two, PairReasons.Alike reason)
        {
            var was = alike.GetValueOrDefault((two.A, two.B));
            alike[(two.A, two.B)] = new(was.Phone || reason.Phone, was.WeChat || reason.WeChat, was.Imei || reason.Imei, was.Email || reason.Email,
                string.Equals(CustomerDesk.Fold(two.NameA), CustomerDesk.Fold(two.NameB), StringComparison.OrdinalIgnoreCase), was.Birthday || two.Birthday);
        }
    }

    // What was decided stays decided; what is open is brought up to date.
    private async Task WriteAsync(List<Found> found, CancellationToken cancel)
    {
        var firsts = found.ConvertAll(f => f.A);
        var there = (await db.Set<Pair>().AsTracking().Where(p => firsts.Contains(p.AId)).ToListAsync(cancel)).ToDictionary(p => (p.AId, p.BId));
        var now = time.Now();
        foreach (var f in found)
        {
            if (!there.TryGetValue((f.A, f.B), out var pair)) db.Set<Pair>().Add(new Pair { AId = f.A, BId = f.B, Kind = f.Kind, Score = f.Score, Reasons = f.Reasons, FoundAt = now });
            else if (pair.State is PairState.Open) (pair.Kind, pair.Score, pair.Reasons) = (f.Kind, f.Score, f.Reasons);
        }
    }
}
