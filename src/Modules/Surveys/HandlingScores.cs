using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>Ratings of the handling, for the complaint table.</summary>
internal sealed class HandlingScores(Db db, TimeProvider time) : IHandlingScores
{
    public async Task<IReadOnlyDictionary<Guid, int>> OfAsync(IQueryable<Guid> complaintIds, CancellationToken cancel)
    {
        // What a case was rated is part of the case: who sees the case sees it.
        var rows = await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => r.About == Rating.Handling && complaintIds.Contains(r.SubjectId)).OrderBy(r => r.At).Select(r => new { r.SubjectId, r.Score }).ToListAsync(cancel);
        return rows.GroupBy(r => r.SubjectId).ToDictionary(g => g.Key, g => g.Last().Score);
    }

    public Task<bool> IsAskedAsync(Guid complaintId, CancellationToken cancel) => Asked(complaintId).AnyAsync(cancel);

    public async Task<string?> AddressAsync(Guid complaintId, CancellationToken cancel)
    {
        var asked = await Asked(complaintId).OrderByDescending(r => r.Round).Select(r => new { r.Id, r.ExpiresAt }).FirstOrDefaultAsync(cancel);
        return asked is null ? null : "/r/" + Link.Create(db, AskAfterSettling.LinkKind, asked.Id, time.Now(), asked.ExpiresAt - time.Now());
    }

    private IQueryable<Request> Asked(Guid complaintId)
    {
        var now = time.Now();
        return db.Set<Request>().Where(r => r.About == Rating.Handling && r.SubjectId == complaintId && r.AnsweredAt == null && r.ExpiresAt > now);
    }
}
