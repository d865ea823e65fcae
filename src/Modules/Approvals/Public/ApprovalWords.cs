using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Approvals.Public;

/// <summary>What was said in requests and decisions about an erased person's things goes; who decided what, when, stays.</summary>
public sealed class ApprovalWords(Db db) : IHandle<PersonsErased>
{
    /// <summary>Blanks the words of the requests about these things, given as a query.</summary>
    public async Task ForgetAsync(IQueryable<Guid> subjectIds, CancellationToken cancel = default)
    {
        var requests = db.Set<ApprovalRequest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => subjectIds.Contains(r.SubjectId));
        await db.Set<RequestStep>().Where(s => s.Note != "" && requests.Any(r => r.Id == s.RequestId)).ExecuteUpdateAsync(s => s.SetProperty(x => x.Note, ""), cancel);
        await requests.ExecuteUpdateAsync(s => s.SetProperty(r => r.Summary, "").SetProperty(r => r.SummaryArgs, ""), cancel);
    }

    /// <summary>The same for ids at hand.</summary>
    public async Task ForgetAsync(IReadOnlyCollection<Guid> subjectIds, CancellationToken cancel = default)
    {
        var requests = db.Set<ApprovalRequest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => subjectIds.Contains(r.SubjectId));
        await db.Set<RequestStep>().Where(s => s.Note != "" && requests.Any(r => r.Id == s.RequestId)).ExecuteUpdateAsync(s => s.SetProperty(x => x.Note, ""), cancel);
        await requests.ExecuteUpdateAsync(s => s.SetProperty(r => r.Summary, "").SetProperty(r => r.SummaryArgs, ""), cancel);
    }

    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        await db.Set<RequestStep>().Where(s => s.Note != "" && db.Set<ApprovalRequest>().Any(r => r.Id == s.RequestId && happened.PersonIds.Contains(r.SubjectId))).ExecuteUpdateAsync(s => s.SetProperty(x => x.Note, ""), cancel);
        await db.Set<ApprovalRequest>().Where(r => happened.PersonIds.Contains(r.SubjectId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Summary, "").SetProperty(r => r.SummaryArgs, ""), cancel);
        // Summaries name nobody; should one all the same, the number or name goes with it.
        foreach (var word in happened.Marks.Concat(happened.Names))
        {
            await db.Set<ApprovalRequest>().Where(r => r.Summary.Contains(word)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Summary, r => r.Summary.Replace(word, "—")), cancel);
            await db.Set<ApprovalRequest>().Where(r => r.SummaryArgs.Contains(word)).ExecuteUpdateAsync(s => s.SetProperty(r => r.SummaryArgs, r => r.SummaryArgs.Replace(word, "—")), cancel);
            await db.Set<RequestStep>().Where(r => r.Note.Contains(word)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Note, r => r.Note.Replace(word, "—")), cancel);
        }
    }
}
