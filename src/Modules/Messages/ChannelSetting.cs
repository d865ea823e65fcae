using Huitou.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>How one of the further channels is reached; a row a channel. What each column means there: <see cref="ChannelForm"/>.</summary>
public sealed class ChannelSetting : ICompanyOwned, IVersioned
{
    public const int UrlMax = 400;
    public const int WordMax = 100;
    public const int SecretMax = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Channel { get; init; }
    public string Url { get; set; } = "";
    /// <summary>Key id, app id, corporation id.</summary>
    public string Account { get; set; } = "";
    /// <summary>Protected by data protection, purpose <see cref="PurposeOf"/>; empty: none.</summary>
    public string Secret { get; set; } = "";
    /// <summary>Name of the signature, or the account that speaks.</summary>
    public string Sender { get; set; } = "";
    /// <summary>The provider's template for messages that name none.</summary>
    public string Code { get; set; } = "";
    public int Version { get; set; }

    public static string PurposeOf(string channel) => "messages.channel." + channel;

    /// <summary>The secret as it was typed; only on its way out.</summary>
    internal string Reveal(IDataProtectionProvider protection) => Secret.Length == 0 ? "" : protection.CreateProtector(PurposeOf(Channel)).Unprotect(Secret);

    /// <summary>True when all that the channel needs is there.</summary>
    internal bool IsReady => ChannelForm.Of(Channel) is { } form && Url.Length > 0 && Secret.Length > 0 && (!form.Account || Account.Length > 0) && (!form.Sender || Sender.Length > 0);
}

/// <summary>Which columns a channel has on its page.</summary>
/// <param name="Channel">Key.</param>
/// <param name="Url">What stands there at first.</param>
/// <param name="Account">It has a key id.</param>
/// <param name="Sender">It has a sender.</param>
/// <param name="Code">It has a template of the provider.</param>
public sealed record ChannelForm(string Channel, string Url, bool Account, bool Sender, bool Code)
{
    public static IReadOnlyList<ChannelForm> All { get; } =
    [
        new("aliyun", "https://dysmsapi.aliyuncs.com/", true, true, true),
        new("wechat", "https://api.weixin.qq.com", true, false, true),
        new("wecom", "https://qyapi.weixin.qq.com", true, true, false),
        new("webhook", "", false, false, false),
    ];

    public static ChannelForm? Of(string? channel) => All.FirstOrDefault(f => f.Channel == channel);
}

/// <summary>What a customer is called in a channel: an open id, the id of an outside contact. The newest counts.</summary>
public sealed class Handle : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>A plain id: customers stand above this module.</summary>
    public Guid CustomerId { get; set; }
    public required string Channel { get; init; }
    public required string Name { get; init; }
    public DateTime At { get; set; }
}

internal sealed class ChannelSettingMap : IEntityTypeConfiguration<ChannelSetting>
{
    public void Configure(EntityTypeBuilder<ChannelSetting> setting)
    {
        setting.ToTable("messages_channel");
        setting.Ignore(s => s.IsReady);
    }
}

internal sealed class HandleMap : IEntityTypeConfiguration<Handle>
{
    public void Configure(EntityTypeBuilder<Handle> handle) => handle.ToTable("messages_handle");
}
