using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>How a company reaches its customers: one row; without it, the sandbox. The password is stored protected, never shown.</summary>
public sealed class MessageSetting : ICompanyOwned, IVersioned
{
    public const int HostMax = 200;
    public const int NameMax = 100;
    public const int PasswordMax = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>Key of the channel in use.</summary>
    public string Channel { get; set; } = SandboxChannel.ChannelKey;
    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;
    /// <summary>STARTTLS before anything is said.</summary>
    public bool Tls { get; set; } = true;
    public string UserName { get; set; } = "";
    /// <summary>Protected by data protection, purpose <see cref="SmtpChannel.Purpose"/>; empty: none.</summary>
    public string Secret { get; set; } = "";
    public string FromAddress { get; set; } = "";
    public string FromName { get; set; } = "";
    /// <summary>How customers reach this installation, without a slash at the end; put before our addresses in messages that leave and in what is printed (<see cref="Public.OurAddress"/>).</summary>
    public string PublicAddress { get; set; } = "";
    public int Version { get; set; }
    /// <summary>The provider of text messages, where that is the channel; a row of its own.</summary>
    public SmsGateway? Gateway { get; private set; }
    /// <summary>The setting of the further channel that is to take a message.</summary>
    public ChannelSetting? Of { get; private set; }
    /// <summary>What the customer is called in that channel.</summary>
    public string Handle { get; private set; } = "";

    /// <summary>A copy for one message: what is remembered is shared.</summary>
    public MessageSetting With(SmsGateway? gateway, ChannelSetting? of, string handle)
    {
        var copy = (MessageSetting)MemberwiseClone();
        (copy.Gateway, copy.Of, copy.Handle) = (gateway, of, handle);
        return copy;
    }
}

/// <summary>All that says how a company's messages leave, read in one go and remembered. Shared: not to be changed.</summary>
public sealed record Ways(MessageSetting Setting, SmsGateway? Gateway, IReadOnlyList<ChannelSetting> Channels, IReadOnlyList<Spending> Spendings)
{
    private static readonly Type[] MadeOf = [typeof(MessageSetting), typeof(SmsGateway), typeof(ChannelSetting), typeof(Spending)];

    public static Task<Ways> OfAsync(Db db, CancellationToken cancel = default) => db.RememberAsync("messages.ways", MadeOf, async () => new Ways(
        await db.Set<MessageSetting>().FirstOrDefaultAsync(cancel) ?? new MessageSetting(), await db.Set<SmsGateway>().FirstOrDefaultAsync(cancel), await db.Set<ChannelSetting>().ToListAsync(cancel), await db.Set<Spending>().ToListAsync(cancel)));

    public Spending SpendingOf(string channel) => Spendings.FirstOrDefault(s => s.Channel == channel) ?? Spending.Shipped(channel);

    public ChannelSetting? ChannelOf(string channel) => Channels.FirstOrDefault(c => c.Channel == channel);

    /// <summary>True when the channel has all it needs.</summary>
    public bool IsReady(string channel) => channel switch
    {
        SandboxChannel.ChannelKey or PaperChannel.ChannelKey => true,
        SmtpChannel.ChannelKey => Setting.Host.Length > 0 && Setting.FromAddress.Length > 0,
        SmsChannel.ChannelKey => Gateway is { Url.Length: > 0 },
        _ => ChannelOf(channel) is { IsReady: true },
    };
}

internal sealed class MessageSettingMap : IEntityTypeConfiguration<MessageSetting>
{
    public void Configure(EntityTypeBuilder<MessageSetting> setting)
    {
        setting.ToTable("messages_setting");
        setting.Ignore(s => s.Gateway);
        setting.Ignore(s => s.Of);
        setting.Ignore(s => s.Handle);
    }
}
