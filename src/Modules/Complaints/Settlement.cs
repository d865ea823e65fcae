using Huitou.Complaints.Public;

namespace Huitou.Complaints;

/// <summary>When a case may be settled; pure. Nothing is settled over a customer's head.</summary>
public static class Settlement
{
    /// <summary>A promise of the case that falls due within this time after settling must be kept first; a later one stays in the register.</summary>
    public static readonly TimeSpan PromiseHorizon = TimeSpan.FromDays(7);

    /// <summary>What is still missing: text keys with a value, in the order in which to do them.</summary>
    public static IReadOnlyList<(string Key, string Value)> Missing(ComplaintKind kind, int round, IReadOnlyCollection<RecoveryStep> done, IReadOnlyCollection<string> waitingApprovals, IReadOnlyCollection<(string What, DateTime Due)> openPromises, DateTime now)
    {
        var missing = new List<(string, string)>();
        if (kind == ComplaintKind.Complaint)
        {
            if (round == 1 && !done.Contains(RecoveryStep.Apology)) missing.Add(("complaints.missing.apology", ""));
            if (!done.Contains(RecoveryStep.Listen)) missing.Add(("complaints.missing.listen", ""));
            if (!done.Contains(RecoveryStep.Remedy)) missing.Add(("complaints.missing.remedy", ""));
        }

        missing.AddRange(waitingApprovals.Select(what => ("complaints.missing.approval", what)));
        missing.AddRange(openPromises.Where(p => p.Due <= now + PromiseHorizon).OrderBy(p => p.Due).Select(p => ("complaints.missing.promise", p.What)));
        return missing;
    }
}
