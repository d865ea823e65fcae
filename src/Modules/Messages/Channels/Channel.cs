using Huitou.Messages.Public;

namespace Huitou.Messages;

/// <summary>What a channel can say after one try.</summary>
public enum Delivery { Sent, Refused, Later, Unknown, AskAgain }

/// <param name="Delivery">Sent; refused for good; surely not sent, try later; nobody can say; or nobody can say, but it takes an id only once and may be asked again.</param>
/// <param name="ProviderId">The channel's number for it.</param>
/// <param name="ErrorKey">Text key of what went wrong.</param>
public sealed record Delivered(Delivery Delivery, string ProviderId = "", string ErrorKey = "");

/// <summary>A way to customers. Called outside any transaction; must come back within <see cref="Longest"/>.</summary>
public interface IChannel
{
    /// <summary>Half a lease of due work: who is slower than this is 'unknown' before another node looks.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    string Key { get; }

    /// <summary>What a customer's consent calls it.</summary>
    ContactWay Way { get; }

    /// <summary>The other side takes a message with the same id only once: what got lost on the way may be asked again.</summary>
    bool TakesOnce(MessageSetting setting) => false;

    /// <summary>So many messages of a batch go by it beside each other.</summary>
    int AtOnce => 32;

    Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel);
}

/// <summary>Keeps everything on screen (the row itself is the message), so that a shop can try before it connects anything.</summary>
public sealed class SandboxChannel : IChannel
{
    public const string ChannelKey = "sandbox";

    public string Key => ChannelKey;
    public ContactWay Way => ContactWay.Sms;

    public Task<Delivered> SendAsync(Message message, MessageSetting setting, CancellationToken cancel) =>
        Task.FromResult(new Delivered(Delivery.Sent, "sandbox-" + message.Id.ToString("N")));
}
