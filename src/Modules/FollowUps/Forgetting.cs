using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>Calls stay as figures; what was said goes, and nobody calls an erased person any more.</summary>
internal sealed class Forgetting(Db db, TimeProvider time) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var (ids, now) = (happened.PersonIds, time.Now());
        await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => ids.Contains(t.CustomerId)).ExecuteUpdateAsync(s => s
            .SetProperty(t => t.Note, "")
            .SetProperty(t => t.DoneAt, t => t.State == FollowUpState.Open ? now : t.DoneAt)
            .SetProperty(t => t.State, t => t.State == FollowUpState.Open ? FollowUpState.Cancelled : t.State), cancel);
        await db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => ids.Contains(r.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Aim, "").SetProperty(r => r.Words, "").SetProperty(r => r.Needs, ""), cancel);
        var theirs = db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => ids.Contains(r.CustomerId)).Select(r => r.Id);
        await db.Set<ScriptAnswer>().Where(a => theirs.Contains(a.ResultId)).ExecuteDeleteAsync(cancel);
        await db.Set<CycleItem>().IgnoreQueryFilters([Db.ScopeFilter]).Where(i => ids.Contains(i.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(i => i.Note, ""), cancel);
        await db.Set<Visit>().IgnoreQueryFilters([Db.ScopeFilter]).Where(v => ids.Contains(v.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(v => v.Place, "").SetProperty(v => v.Purpose, "").SetProperty(v => v.OpenPoint, "").SetProperty(v => v.Answer, "").SetProperty(v => v.State, v => v.State == VisitState.Planned ? VisitState.Cancelled : v.State), cancel);
        await db.Set<Check>().Where(c => ids.Contains(c.CustomerId)).ExecuteUpdateAsync(s => s.SetProperty(c => c.Words, ""), cancel);
        foreach (var word in happened.Marks.Concat(happened.Names))
        {
            await db.Set<Improvement>().Where(i => i.What.Contains(word) || i.Effect.Contains(word)).ExecuteUpdateAsync(s => s.SetProperty(i => i.What, i => i.What.Replace(word, "—")).SetProperty(i => i.Effect, i => i.Effect.Replace(word, "—")), cancel);
        }
    }
}

/// <summary>Calls and visits, what the person said.</summary>
internal sealed class HeldFollowUps(Db db) : IHeldData
{
    public int Order => 60;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var rows = await db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => r.CustomerId == personId && r.WithdrawnAt == null).OrderBy(r => r.At).Select(r => new { r.At, r.Way, r.Outcome, r.Score, r.Words, r.Needs }).ToListAsync(cancel);
        var answers = await (from a in db.Set<ScriptAnswer>() join r in db.Set<Result>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]) on a.ResultId equals r.Id where r.CustomerId == personId && r.WithdrawnAt == null orderby r.At, a.Place select new { r.At, a.Question, a.Answer }).ToListAsync(cancel);
        return
        [
            new("followups.results", "followups.title", [("at", "followups.held.at"), ("way", "followups.held.way"), ("outcome", "followups.held.outcome"), ("score", "followups.held.score"), ("words", "followups.held.words"), ("needs", "followups.held.needs")],
                rows.ConvertAll(r => (IReadOnlyList<object?>)[r.At, new HeldWord("followups.held.way." + r.Way), new HeldWord("followups.outcome." + r.Outcome.ToString().ToLowerInvariant()), r.Score, r.Words, r.Needs])),
            new("followups.answers", "followups.held.answers", [("at", "followups.held.at"), ("question", "followups.held.question"), ("answer", "followups.held.answer")], answers.ConvertAll(a => (IReadOnlyList<object?>)[a.At, a.Question, a.Answer])),
        ];
    }
}
