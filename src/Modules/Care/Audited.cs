using Huitou.Access.Public;

namespace Huitou.Care;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new(CareDesk.SubjectKind, "/care/acts/{0}", "care.state.", "care.way."),
        new("care.event", "/care/events/{0}"),
        new("care.news", "/care/news/{0}"),
        new("care.offer_rule", "/care/offers/{0}"),
        new("care.promotion", "/care/promotions/{0}"),
        new("care.run", "/care/cards/{0}"),
    ];
}
