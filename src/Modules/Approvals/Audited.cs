using Huitou.Access.Public;

namespace Huitou.Approvals;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("approvals.request", "/approvals/{0}", "approvals.act."),
        new("approvals.rule", null, "approvals.act."),
    ];
}
