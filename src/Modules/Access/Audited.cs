using Huitou.Access.Public;

namespace Huitou.Access;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("access.role", "/settings/roles/{0}", "permission.", "access.reach.", "access.role."),
        new("access.store", "/settings/stores/{0}"),
        new("access.api-key", null, "permission."),
    ];
}
