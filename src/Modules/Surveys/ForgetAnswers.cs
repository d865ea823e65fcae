using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>Numbers stay and count; the words of an erased person go, and the links given to them.</summary>
internal sealed class ForgetAnswers(Db db) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var answers = db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).Where(a => a.CustomerId != null && happened.PersonIds.Contains(a.CustomerId.Value));
        var invitations = db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(i => happened.PersonIds.Contains(i.CustomerId));
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && invitations.Any(i => i.Id == l.SubjectId)).ExecuteDeleteAsync(cancel);
        await db.Set<SurveyValue>().Where(v => v.Words != "" && answers.Any(a => a.Id == v.AnswerId)).ExecuteUpdateAsync(s => s.SetProperty(v => v.Words, ""), cancel);
        await answers.ExecuteUpdateAsync(s => s.SetProperty(a => a.Words, "").SetProperty(a => a.OneThing, "").SetProperty(a => a.TypedText, "").SetProperty(a => a.Product, "").SetProperty(a => a.Source, ""), cancel);
        await invitations.ExecuteUpdateAsync(s => s.SetProperty(i => i.Product, ""), cancel);
    }
}

/// <summary>What a person answered.</summary>
internal sealed class HeldAnswers(Db db) : IHeldData
{
    public int Order => 51;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var rows = await (from a in db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter])
                          join s in db.Set<Survey>() on a.SurveyId equals s.Id
                          where a.CustomerId == personId
                          orderby a.BegunAt
                          select new { a.BegunAt, s.Name, a.Overall, a.Words, a.OneThing }).ToListAsync(cancel);
        return
        [
            new("surveys.answers", "surveys.tab.answers", [("at", "surveys.held.at"), ("survey", "surveys.survey"), ("overall", "surveys.held.score"), ("words", "surveys.held.words"), ("oneThing", "surveys.held.one-thing")],
                rows.ConvertAll(r => (IReadOnlyList<object?>)[r.BegunAt, r.Name, r.Overall, r.Words, r.OneThing])),
        ];
    }
}
