using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>How a figure stands to what it should reach (E6).</summary>
/// <param name="Figure"><see cref="Target.Index"/> or <see cref="Target.Nps"/>.</param>
/// <param name="Aim">Percent of content customers, or points of NPS.</param>
/// <param name="Since">From when it is meant to.</param>
/// <param name="Standing">Missed and reached are said only where the whole interval says so; null: too few answers.</param>
public sealed record TargetStand(string Figure, int Aim, DateOnly Since, Standing? Standing)
{
    public bool Missed => Standing == Public.Standing.Under;
}

/// <summary>Targets beside the figures they are set for; a missed one becomes a corrective action that leads back here (E6).</summary>
public sealed class SurveyTargets(Db db, CurrentUser me, ImprovementDesk improvements)
{
    /// <summary>What holds now for a store, or the company: the last one set for each figure, the store's own before the company's.</summary>
    public async Task<List<TargetStand>> StandAsync(Guid surveyId, Guid? storeId, Tally all, CancellationToken cancel = default)
    {
        var set = await db.Set<Target>().Where(t => t.SurveyId == surveyId && (t.StoreId == storeId || t.StoreId == null)).OrderByDescending(t => t.StoreId == storeId).ThenByDescending(t => t.Since).ThenByDescending(t => t.Id)
            .Select(t => new { t.Figure, t.Aim, t.Since }).ToListAsync(cancel);
        return [.. set.DistinctBy(t => t.Figure).OrderBy(t => t.Figure, StringComparer.Ordinal).Select(t => new TargetStand(t.Figure, t.Aim, t.Since, t.Figure == Target.Nps
            ? all.NetPromoters.HasEnough ? all.NetPromoters.Against(t.Aim) : null
            : all.Index.HasEnough ? all.Index.Against(t.Aim / 100.0) : null))];
    }

    /// <summary>Corrective actions made for these figures, those under way first; none for who has no part in improvements.</summary>
    public async Task<List<ImprovementLine>> ActionsAsync(Guid surveyId, Guid? storeId, CancellationToken cancel = default)
    {
        if (!me.Can("complaints.view")) return [];
        var origin = Origin(surveyId, storeId);
        return await improvements.All.Where(i => i.Origin == origin).OrderByDescending(i => i.IsOpen).ThenBy(i => i.DueOn).Take(20).ToListAsync(cancel);
    }

    /// <summary>Makes a corrective action, in the caller's transaction; its page leads back to these figures.</summary>
    /// <exception cref="NotThere">There is no such survey or store within reach.</exception>
    /// <exception cref="Refused">Something is missing; fields <c>In.What</c>, <c>In.Owner</c>, <c>In.Due</c>.</exception>
    public async Task<Guid> CorrectAsync(Guid surveyId, Guid? storeId, string? what, Guid? owner, DateOnly? due, CancellationToken cancel = default)
    {
        var name = await db.Set<Survey>().Where(s => s.Id == surveyId).Select(s => s.Name).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        if (storeId is not null && !await db.Set<Access.Public.Store>().AnyAsync(s => s.Id == storeId, cancel)) throw new NotThere();
        return await improvements.MakeAsync(Origin(surveyId, storeId), name, storeId, what, owner, due, cancel);
    }

    private static string Origin(Guid surveyId, Guid? storeId) => $"/surveys/{surveyId}/figures{(storeId is null ? "" : $"?store={storeId}")}";
}
