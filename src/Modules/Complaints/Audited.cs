using Huitou.Access.Public;

namespace Huitou.Complaints;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("complaints.complaint", "/complaints/{0}", "complaints.channel.", "complaints.major.", "complaints.mood.", "complaints.step.", "complaints.pause.end.", "complaints.pause.", "complaints.held.side."),
        new(Compensations.SubjectKind, null, "complaints.compensation."),
        new("complaints.improvement", "/improvements/{0}", "complaints.improve.kind."),
        new("complaints.promise", "/promises/{0}"),
        new("complaints.rule", "/settings/complaints", "complaints.step.", "complaints.mood.", "complaints.guide.", "complaints.major.", "complaints.grade."),
    ];
}
