using Huitou.Messages.Public;

namespace Huitou.Messages;

/// <summary>
/// Letters and cards: nothing leaves by itself. They wait for a print run (<see cref="PrintRun"/>), are printed, and pass the door in the
/// moment a person hands them over.
/// </summary>
public sealed class PaperChannel : IChannel
{
    public const string ChannelKey = "paper";

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Paper;

    public Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel) => throw new InvalidOperationException("Paper is handed over by a person.");
}
