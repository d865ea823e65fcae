using Huitou.Access.Public;

namespace Huitou.Mystery;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("mystery.visit", "/mystery/visits/{0}", "mystery.appeal."),
        new("mystery.programme", "/mystery/programmes/{0}"),
        new("mystery.sheet", "/mystery/sheets/{0}"),
    ];
}
