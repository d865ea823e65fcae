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
    /// <summary>How customers reach this installation; put before our addresses in messages that leave.</summary>
    public string PublicAddress { get; set; } = "";
    public int Version { get; set; }
    /// <summary>The provider of text messages, where that is the channel; a row of its own.</summary>
    public SmsGateway? Gateway { get; set; }
}

internal sealed class MessageSettingMap : IEntityTypeConfiguration<MessageSetting>
{
    public void Configure(EntityTypeBuilder<MessageSetting> setting)
    {
        setting.ToTable("messages_setting");
        setting.Ignore(s => s.Gateway);
    }
}
