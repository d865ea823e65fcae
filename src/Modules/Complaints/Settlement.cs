using Huitou.Complaints.Public;

namespace Huitou.Complaints;

/// <summary>When a case may be settled; pure. Nothing is settled over a customer's head.</summary>
public static class Settlement
{
    /// <summary>A promise of the case that falls due within this time after settling must be kept first; a later one stays in the register.</summary>
    public static readonly TimeSpan PromiseHorizon = TimeSpan.FromDays(7);

    private static readonly (string Key, string Name)[] Ready = [(RecoveryStep.Apology, ""), (RecoveryStep.Listen, ""), (RecoveryStep.Remedy, "")];

    /// <summary>What is still missing: text keys with a value, in the order in which to do them.</summary>
    /// <param name="kind">Of the case.</param>
    /// <param name="round">Which time it is taken up.</param>
    /// <param name="done">Steps done in this round.</param>
    /// <param name="waitingApprovals">What waits for a yes.</param>
    /// <param name="openPromises">Not kept yet.</param>
    /// <param name="now">Now.</param>
    /// <param name="needed">Steps of the case's order that settling needs, with their names; null: those of S1.</param>
    public static IReadOnlyList<(string Key, string Value)> Missing(ComplaintKind kind, int round, IReadOnlyCollection<string> done, IReadOnlyCollection<string> waitingApprovals, IReadOnlyCollection<(string What, DateTime Due)> openPromises, DateTime now, IReadOnlyList<(string Key, string Name)>? needed = null)
    {
        var missing = new List<(string, string)>();
        if (kind == ComplaintKind.Complaint)
        {
            foreach (var (key, name) in (needed ?? Ready).Where(s => !done.Contains(s.Key) && (round == 1 || !RecoveryStep.OnlyFirstRound(s.Key))))
            {
                missing.Add(key is RecoveryStep.Apology or RecoveryStep.Listen or RecoveryStep.Remedy ? ("complaints.missing." + key.ToLowerInvariant(), "") : ("complaints.missing.step", name));
            }
        }

        missing.AddRange(waitingApprovals.Select(what => ("complaints.missing.approval", what)));
        missing.AddRange(openPromises.Where(p => p.Due <= now + PromiseHorizon).OrderBy(p => p.Due).Select(p => ("complaints.missing.promise", p.What)));
        return missing;
    }
}
