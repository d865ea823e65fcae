using Huitou.Approvals.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>Cases stay as figures: kinds, clocks, amounts. Every word said in an erased person's case goes, and the links to its progress.</summary>
internal sealed class Forgetting(Db db, ApprovalWords approvals, FileStore files) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var ids = happened.PersonIds;
        var cases = db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(c => ids.Contains(c.CustomerId));
        var of = cases.Select(c => c.Id);
        var promises = db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => ids.Contains(p.CustomerId));
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && of.Contains(l.SubjectId)).ExecuteDeleteAsync(cancel);
        await approvals.ForgetAsync(db.Set<Compensation>().Where(c => of.Contains(c.ComplaintId)).Select(c => c.Id), cancel);
        await approvals.ForgetAsync(of, cancel);
        await files.RemoveAsync(await db.Set<Attachment>().Where(a => of.Contains(a.ComplaintId)).Select(a => a.FileId).ToListAsync(cancel), cancel);
        await db.Set<Attachment>().Where(a => of.Contains(a.ComplaintId)).ExecuteDeleteAsync(cancel);
        await db.Set<PhoneCall>().Where(c => c.CustomerId != null && ids.Contains(c.CustomerId.Value)).ExecuteUpdateAsync(s => s.SetProperty(c => c.Number, "").SetProperty(c => c.CustomerId, (Guid?)null), cancel);
        await db.Set<Mail>().Where(m => m.ComplaintId != null && of.Contains(m.ComplaintId.Value)).ExecuteUpdateAsync(s => s.SetProperty(m => m.Sender, "").SetProperty(m => m.SenderName, "").SetProperty(m => m.Subject, "").SetProperty(m => m.Words, "").SetProperty(m => m.LeftFiles, ""), cancel);
        await db.Set<Pause>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Note, ""), cancel);
        await db.Set<HelpCall>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.What, "").SetProperty(r => r.Answer, ""), cancel);
        await db.Set<ResultReport>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, ""), cancel);
        await db.Set<Warning>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.What, "").SetProperty(r => r.Effect, "").SetProperty(r => r.Done, "").SetProperty(r => r.Need, ""), cancel);
        await db.Set<Meeting>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Minutes, "").SetProperty(r => r.Decisions, ""), cancel);
        await db.Set<Commendation>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, ""), cancel);
        await db.Set<Addition>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, ""), cancel);
        await db.Set<CaseMessage>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, ""), cancel);
        await db.Set<StepDone>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, "").SetProperty(r => r.WinCustomer, "").SetProperty(r => r.WinStaff, "").SetProperty(r => r.WinCompany, ""), cancel);
        await db.Set<Handover>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Why, ""), cancel);
        await db.Set<Closing>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Result, "").SetProperty(r => r.Lacking, "").SetProperty(r => r.Improvement, ""), cancel);
        await db.Set<Reopening>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, ""), cancel);
        await db.Set<Confirmation>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, "").SetProperty(r => r.Signature, ""), cancel);
        await db.Set<Compensation>().Where(r => of.Contains(r.ComplaintId)).ExecuteUpdateAsync(s => s.SetProperty(r => r.What, "").SetProperty(r => r.Note, ""), cancel);
        await db.Set<PromiseEnd>().Where(e => promises.Any(p => p.Id == e.PromiseId)).ExecuteUpdateAsync(s => s.SetProperty(e => e.Note, ""), cancel);
        await db.Set<PromiseTurn>().Where(t => promises.Any(p => p.Id == t.PromiseId)).ExecuteUpdateAsync(s => s.SetProperty(t => t.Why, ""), cancel);
        await promises.ExecuteUpdateAsync(s => s.SetProperty(p => p.What, "")
            .SetProperty(p => p.State, p => p.State == Public.PromiseState.Open ? Public.PromiseState.Withdrawn : p.State), cancel);
        await cases.ExecuteUpdateAsync(s => s.SetProperty(c => c.Title, c => c.Number).SetProperty(c => c.Words, "").SetProperty(c => c.Demand, "").SetProperty(c => c.Product, "").SetProperty(c => c.Plate, "").SetProperty(c => c.Receipt, ""), cancel);
    }
}

/// <summary>Complaints of a person, what was said and promised.</summary>
internal sealed class HeldCases(Db db) : IHeldData
{
    public int Order => 40;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var cases = await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(c => c.CustomerId == personId).OrderBy(c => c.At).Select(c => new { c.Id, c.Number, c.At, c.Title, c.Words, c.Demand, c.State }).ToListAsync(cancel);
        var of = cases.ConvertAll(c => c.Id);
        var number = cases.ToDictionary(c => c.Id, c => c.Number);
        var said = await db.Set<CaseMessage>().Where(m => of.Contains(m.ComplaintId)).OrderBy(m => m.At).Select(m => new { m.ComplaintId, m.At, m.Direction, m.Words }).ToListAsync(cancel);
        var promises = await db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => p.CustomerId == personId).OrderBy(p => p.MadeAt).Select(p => new { p.MadeAt, p.What, p.DueAt, p.State }).ToListAsync(cancel);
        (string, string)[] talk = [("number", "complaints.held.number"), ("at", "complaints.held.at"), ("side", "complaints.held.side"), ("words", "complaints.held.words")];
        return
        [
            new("complaints.cases", "complaints.title", [("number", "complaints.held.number"), ("at", "complaints.held.at"), ("title", "complaints.held.title"), ("words", "complaints.held.words"), ("demand", "complaints.held.demand"), ("state", "complaints.held.state")],
                cases.ConvertAll(c => (IReadOnlyList<object?>)[c.Number, c.At, c.Title, c.Words, c.Demand, new HeldWord("complaints.state." + c.State)])),
            new("complaints.talk", "complaints.held.talk", talk, [.. said.Where(m => m.Direction != Direction.Note).Select(m => (IReadOnlyList<object?>)[number[m.ComplaintId], m.At, new HeldWord("complaints.held.side." + m.Direction), m.Words])]),
            new("complaints.notes", "complaints.held.notes", talk, [.. said.Where(m => m.Direction == Direction.Note).Select(m => (IReadOnlyList<object?>)[number[m.ComplaintId], m.At, new HeldWord("complaints.held.side." + m.Direction), m.Words])]) { WorkingNotes = true },
            new("complaints.promises", "complaints.promises.title", [("at", "complaints.held.at"), ("what", "complaints.held.what"), ("due", "complaints.held.due"), ("state", "complaints.held.state")],
                promises.ConvertAll(p => (IReadOnlyList<object?>)[p.MadeAt, p.What, p.DueAt, new HeldWord("complaints.promise-state." + p.State)])),
        ];
    }
}
