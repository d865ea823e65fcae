using Huitou.Access.Public;

namespace Huitou.Custody;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("custody.request", "/custody/requests/{0}", "custody.request.kind.", "custody.purpose."),
        new("custody.loan", "/custody/loans/{0}"),
        new("custody.seal", "/custody/seals/{0}"),
        new("custody.report", "/custody/reports/{0}"),
        new("custody.check", "/custody/checks/{0}", "custody.check.kind."),
        new("custody.destruction", "/custody/destructions/{0}", "custody.destroy.method."),
        new("custody.handover", "/custody/handovers/{0}"),
        new("custody.leak", "/leaks/{0}"),
        new("custody.notice", "/custody/notices/{0}", "custody.notice.kind.", "custody.notice.how."),
        new("custody.penalty", "/penalties/{0}", "custody.penalty.state.", "custody.penalty.ready."),
        new("custody.penalty-scale", null, "custody.penalty.ready."),
        new("custody.rights-request", "/custody/rights/{0}", "custody.rights.kind.", "custody.rights.identity."),
        new("custody.rule", "/rules/{0}"),
        new("custody.term", null, "custody.terms."),
    ];
}
