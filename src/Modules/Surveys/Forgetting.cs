using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>Scores stay and count; the words of an erased person go, and the links given to them.</summary>
internal sealed class Forgetting(Db db) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var ratings = db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => happened.PersonIds.Contains(r.CustomerId));
        var requests = db.Set<Request>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => happened.PersonIds.Contains(r.CustomerId));
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && requests.Any(r => r.Id == l.SubjectId)).ExecuteDeleteAsync(cancel);
        await ratings.ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, "").SetProperty(r => r.OneThing, ""), cancel);
        await requests.ExecuteUpdateAsync(s => s.SetProperty(r => r.Topic, "").SetProperty(r => r.Words, "").SetProperty(r => r.OneThing, ""), cancel);
    }
}

/// <summary>What a person rated.</summary>
internal sealed class HeldRatings(Db db) : IHeldData
{
    public int Order => 50;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var rows = await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => r.CustomerId == personId).OrderBy(r => r.At).Select(r => new { r.At, r.Score, r.Words, r.OneThing }).ToListAsync(cancel);
        return
        [
            new("surveys.ratings", "surveys.title", [("at", "surveys.held.at"), ("score", "surveys.held.score"), ("words", "surveys.held.words"), ("oneThing", "surveys.held.one-thing")],
                rows.ConvertAll(r => (IReadOnlyList<object?>)[r.At, r.Score, r.Words, r.OneThing])),
        ];
    }
}
