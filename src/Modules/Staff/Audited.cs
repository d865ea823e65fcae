using Huitou.Access.Public;

namespace Huitou.Staff;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("staff.member", "/staff/{0}", "staff."),
    ];
}
