using Huitou.Access.Public;

namespace Huitou.Customers;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("customers.customer", "/customers/{0}", "customers.part.", "customers.item.", "customers.changed.", "customers.contact.kind.", "customers.channel.", "customers.consent.", "customers.credit.", "customers.ladder.", "custody.level."),
        new("customers.charge", null, "customers.charge.kind."),
        new("customers.list", null, "customers.message.purpose."),
        new("customers.pair", "/customers/duplicates/{0}"),
        new("customers.device", null, "customers.changed."),
        new("customers.paper", null, "customers.paper.kind."),
        new("customers.store_visit", null, "customers.store-visit.kind."),
        new("customers.template", "/customers/templates/{0}", "customers.template."),
        new("customers.allocation", null, "customers.rule."),
    ];
}
