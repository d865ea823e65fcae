using Huitou.Kernel;

namespace Huitou.Complaints;

/// <summary>Writes the due work of a case's clocks: one row, at the next instant somebody must be told.</summary>
public sealed class ClockKeeper(Jobs jobs)
{
    public const string Job = "complaints.clock";

    /// <summary>After a clock was set. The key carries the clocks' version: work of an older setting finds that it is, and does nothing.</summary>
    public void Schedule(Complaint complaint, int step = 0, DateTime? after = null)
    {
        var next = complaint.Moments().Where(m => after is null || m.At > after).Select(m => (DateTime?)m.At).Min();
        if (next is null) return;
        jobs.Add(Job, $"{complaint.Id:N}:{complaint.ClockVersion}:{step}", next.Value, new ClockWork(complaint.Id, complaint.ClockVersion, step));
    }
}

internal sealed record ClockWork(Guid ComplaintId, int ClockVersion, int Step);
