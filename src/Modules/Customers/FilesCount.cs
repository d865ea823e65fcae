using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Where the shop says so, a new file counts only once the sales director approved it (A13, S3-4): asked of the authority table, marked until then.</summary>
public sealed class FilesCount(Db db, TimeProvider time, ApprovalDesk desk, Timeline timeline, Audit audit) : IHandle<ApprovalDecided>
{
    /// <summary>The act, and the kind of the subject of such a request.</summary>
    public const string Subject = "customers.count";

    /// <summary>S3-4: 客户档案由销售总监进行审批确认.</summary>
    public static ApprovalAct Act { get; } = new(Subject, 90, Amounts: false, new ReadyRule("sales-director", Substitute: "general-manager", WithinHours: 24));

    /// <summary>Asks for a file that was just made; whose own word is enough has given it by making it.</summary>
    public async Task AskAsync(Customer customer, CancellationToken cancel)
    {
        if (!(await Allocator.SettingAsync(db, cancel)).ApproveFiles) return;
        var answer = await desk.AskAsync(new ApprovalAsk(Subject, Subject, customer.Id, 0, customer.StoreId, "customers.count.summary", $"/customers/{customer.Id}") { Args = [customer.Number] }, cancel);
        if (!answer.AlreadyAllowed) customer.UncountedSince = time.Now();
    }

    /// <inheritdoc/>
    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != Subject) return;
        var file = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter, CustomerMap.MergedFilter]).AsTracking().FirstOrDefaultAsync(c => c.Id == happened.SubjectId, cancel);
        if (file is null) return;
        if (happened.Approved) file.UncountedSince = null;
        timeline.Add(file.Id, TimelineKind.Approval, happened.Approved ? "customers.timeline.counted" : "customers.timeline.not-counted", words: happened.Note);
        audit.Add(happened.Approved ? "customers.counted" : "customers.not-counted", "customers.customer", file.Id);
    }
}
