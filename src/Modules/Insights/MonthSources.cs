using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Insights;

/// <summary>Which rows a figure is made of. The figure and the list behind it both begin here, so they cannot differ.</summary>
public sealed class MonthSources(Db db, FollowUpRows followUps, ComplaintRows complaints, PromiseRows promises)
{
    /// <summary>Calls owed in the month, without those taken back.</summary>
    public IQueryable<FollowUpRow> Calls(MonthSpan span, Guid? storeId, Guid? staffId)
    {
        var (first, next) = (span.First, span.Next);
        var found = followUps.All.Where(f => f.DueOn >= first && f.DueOn < next && f.State != FollowUpState.Cancelled);
        if (storeId is not null) found = found.Where(f => f.StoreId == storeId);
        return staffId is null ? found : found.Where(f => f.OwnerId == staffId);
    }

    /// <summary>Complaints (praise is no open loop): of the present month those open now, of a past one those taken down in it.</summary>
    public IQueryable<ComplaintRow> Loops(MonthSpan span, Guid? storeId, Guid? staffId)
    {
        var (begin, end) = (span.Begin, span.End);
        var found = span.IsPresent ? complaints.All.Where(c => c.State == ComplaintState.Open) : complaints.All.Where(c => c.At >= begin && c.At < end);
        found = found.Where(c => c.Kind != ComplaintKind.Praise);
        if (storeId is not null) found = found.Where(c => c.StoreId == storeId);
        return staffId is null ? found : found.Where(c => c.OwnerId == staffId);
    }

    /// <summary>Promises due in the month, without those taken back.</summary>
    public IQueryable<PromiseRow> Promises(MonthSpan span, Guid? storeId, Guid? staffId)
    {
        var (begin, end) = (span.Begin, span.End);
        var found = promises.All.Where(p => p.DueAt >= begin && p.DueAt < end && p.State != PromiseState.Withdrawn);
        if (storeId is not null) found = found.Where(p => p.StoreId == storeId);
        return staffId is null ? found : found.Where(p => p.OwnerId == staffId);
    }

    /// <summary>Customers who have been silent for longer than twice their own interval between purchases: now, or at a past month's end.</summary>
    public IQueryable<Customer> Quiet(MonthSpan span, Guid? storeId, Guid? staffId)
    {
        var day = span.LastDay;
        var found = db.Set<Customer>().Where(c => c.QuietOn != null && c.QuietOn <= day && c.DoNotContactSince == null && c.UncountedSince == null);
        if (storeId is not null) found = found.Where(c => c.StoreId == storeId);
        return staffId is null ? found : found.Where(c => c.OwnerId == staffId);
    }

    /// <summary>Customers whose file was opened in a time.</summary>
    public IQueryable<Customer> Files(DateTime from, DateTime to, Guid? storeId, Guid? staffId)
    {
        var found = db.Set<Customer>().IgnoreQueryFilters([Customer.ErasedFilter]).Where(c => c.OpenedAt >= from && c.OpenedAt < to && c.UncountedSince == null);
        if (storeId is not null) found = found.Where(c => c.StoreId == storeId);
        return staffId is null ? found : found.Where(c => c.OwnerId == staffId);
    }
}
