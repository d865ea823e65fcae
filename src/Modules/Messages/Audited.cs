using Huitou.Access.Public;

namespace Huitou.Messages;

/// <summary>How the audit trail shows this module's things: their pages, and the words of what was done to them.</summary>
internal static class Audited
{
    public static readonly AuditedThing[] Things =
    [
        new("messages.message", "/messages/{0}"),
        new("messages.print_run", "/messages/paper/{0}"),
        new("messages.reply", "/messages/replies/{0}"),
        new("messages.template", null, "messages.ready."),
        new("messages.handle", null, "messages.channel."),
        new("messages.channel", null, "messages.channel."),
        new("messages.spending", null, "messages.channel."),
    ];
}
