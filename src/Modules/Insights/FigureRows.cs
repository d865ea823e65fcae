using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>Figures whose rows can be opened; the word is the one in the address.</summary>
public enum FigureOf { Loops, LoopsLate, Promises, PromisesBroken, Planned, Due, Done, Late, NewCustomers, Quiet }

/// <summary>One row behind a figure.</summary>
/// <param name="At">When: due, or opened.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="Customer">Name; null where the file is not theirs to see.</param>
/// <param name="Words">What it is.</param>
/// <param name="StateKey">Text key of how it stands.</param>
/// <param name="Owner">Who has it.</param>
/// <param name="Href">Where it is.</param>
public sealed record FigureRow(DateTime At, Guid CustomerId, string? Customer, string Words, string StateKey, string? Owner, string Href);

/// <summary>Lists what a figure counted.</summary>
public sealed class FigureRows(Db db, MonthSources sources, People people, TimeProvider time)
{
    public const int PageSize = 50;

    public async Task<(List<FigureRow> Rows, int Total)> ReadAsync(FigureOf of, MonthSpan span, Guid? storeId, Guid? staffId, int page, CancellationToken cancel)
    {
        var (now, last) = (time.Now(), span.LastDay);
        switch (of)
        {
            case FigureOf.Loops or FigureOf.LoopsLate:
                var loops = sources.Loops(span, storeId, staffId);
                if (of == FigureOf.LoopsLate) loops = loops.Where(c => c.State == ComplaintState.Open && ((c.FirstDoneAt == null && c.FirstDueAt < now) || c.NextDueAt < now || c.SolutionDueAt < now));
                var cases = await Named(loops.OrderBy(c => c.At).ThenBy(c => c.Id).Select(c => new Raw { Id = c.Id, At = c.At, CustomerId = c.CustomerId, OwnerId = c.OwnerId, Words = c.Number + " " + c.Title, State = c.State == ComplaintState.Open ? 0 : c.State == ComplaintState.Settled ? 1 : 2 }), page, cancel);
                return ([.. cases.Select(r => r.Row(r.State switch { 0 => "insights.state.complaint-open", 1 => "insights.state.complaint-settled", _ => "insights.state.complaint-ended" }, $"/complaints/{r.Id}"))], await loops.CountAsync(cancel));
            case FigureOf.Promises or FigureOf.PromisesBroken:
                var promises = sources.Promises(span, storeId, staffId);
                if (of == FigureOf.PromisesBroken) promises = promises.Where(p => p.State == PromiseState.Broken || (p.State == PromiseState.Open && p.DueAt < now));
                var owed = await Named(promises.OrderBy(p => p.DueAt).ThenBy(p => p.Id).Select(p => new Raw { Id = p.Id, At = p.DueAt, CustomerId = p.CustomerId, OwnerId = p.OwnerId, Words = p.What, Of = p.ComplaintId, State = p.State == PromiseState.Kept ? 1 : p.State == PromiseState.Broken || p.DueAt < now ? 2 : 0 }), page, cancel);
                return ([.. owed.Select(r => r.Row(r.State switch { 1 => "insights.state.promise-kept", 2 => "insights.state.promise-broken", _ => "insights.state.promise-open" }, r.Of is { } c ? $"/complaints/{c}" : $"/customers/{r.CustomerId}"))], await promises.CountAsync(cancel));
            case FigureOf.NewCustomers:
                var files = sources.Files(span.Begin, span.End, storeId, staffId);
                var opened = await Named(files.OrderByDescending(c => c.OpenedAt).ThenBy(c => c.Id).Select(c => new Raw { Id = c.Id, At = c.OpenedAt, CustomerId = c.Id, OwnerId = c.OwnerId, Words = c.Number, State = 0 }), page, cancel);
                return ([.. opened.Select(r => r.Row("insights.state.opened", $"/customers/{r.Id}"))], await files.CountAsync(cancel));
            case FigureOf.Quiet:
                var quiet = sources.Quiet(span, storeId, staffId);
                var silent = await Named(quiet.OrderByDescending(c => c.PurchaseTotal).ThenBy(c => c.Id).Select(c => new Raw { Id = c.Id, At = c.LastContactAt ?? c.OpenedAt, CustomerId = c.Id, OwnerId = c.OwnerId, Words = c.Number, State = 0 }), page, cancel);
                return ([.. silent.Select(r => r.Row("insights.state.quiet", $"/customers/{r.Id}"))], await quiet.CountAsync(cancel));
            default:
                var calls = sources.Calls(span, storeId, staffId);
                calls = of switch
                {
                    FigureOf.Due => calls.Where(f => f.DueOn <= last),
                    FigureOf.Done => calls.Where(f => f.State == FollowUpState.Done),
                    FigureOf.Late => calls.Where(f => f.State == FollowUpState.Open && f.DueAt < now),
                    _ => calls,
                };
                var tasks = await Named(calls.OrderBy(f => f.DueAt).ThenBy(f => f.Id).Select(f => new Raw { Id = f.Id, At = f.DueAt, CustomerId = f.CustomerId, OwnerId = f.OwnerId, Words = f.Note, State = f.State == FollowUpState.Done ? 1 : f.DueAt < now ? 2 : 0 }), page, cancel);
                return ([.. tasks.Select(r => r.Row(r.State switch { 1 => "insights.state.call-done", 2 => "insights.state.call-late", _ => "insights.state.call-open" }, $"/followups/{r.Id}"))], await calls.CountAsync(cancel));
        }
    }

    // The page's rows, then the names of their customers and owners.
    private async Task<List<NamedRow>> Named(IQueryable<Raw> rows, int page, CancellationToken cancel)
    {
        var raw = await rows.Skip((page - 1) * PageSize).Take(PageSize).ToListAsync(cancel);
        var customerIds = raw.Select(r => r.CustomerId).Distinct().ToArray();
        var ownerIds = raw.Select(r => r.OwnerId).OfType<Guid>().Distinct().ToArray();
        var customers = await db.Set<Customer>().Where(c => customerIds.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, cancel);
        var owners = await people.All.Where(p => ownerIds.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, cancel);
        return [.. raw.Select(r => new NamedRow(r.Id, r.At, r.CustomerId, customers.GetValueOrDefault(r.CustomerId), r.Words, r.State, r.Of, r.OwnerId is { } o ? owners.GetValueOrDefault(o) : null))];
    }

    private sealed record Raw
    {
        public Guid Id { get; init; }
        public DateTime At { get; init; }
        public Guid CustomerId { get; init; }
        public Guid? OwnerId { get; init; }
        public string Words { get; init; } = "";
        public int State { get; init; }
        public Guid? Of { get; init; }
    }

    private sealed record NamedRow(Guid Id, DateTime At, Guid CustomerId, string? Customer, string Words, int State, Guid? Of, string? Owner)
    {
        public FigureRow Row(string stateKey, string href) => new(At, CustomerId, Customer, Words, stateKey, Owner, href);
    }
}
