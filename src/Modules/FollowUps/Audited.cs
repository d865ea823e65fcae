using Huitou.Access.Public;

namespace Huitou.FollowUps;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("followups.rule", null, "followups.rule.", "followups.cause.", "followups.line.", "followups.shift."),
        new("followups.visit", "/visits/{0}"),
        new("followups.meeting", "/meetings/{0}"),
    ];
}
