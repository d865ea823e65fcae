using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>How the text-message provider is to be spoken to. A secret that is not given stays as it is.</summary>
public sealed record GatewayDraft(string? Url, string? Header, string? Secret, string? Body, string? OkPath, string? OkValue, string? IdPath, bool Dedupes);

/// <summary>How a further channel is to be reached. A secret that is not given stays as it is.</summary>
public sealed record ChannelDraft(string? Url, string? Account, string? Secret, string? Sender, string? Code);

/// <summary>How much a channel may send. The roles are told.</summary>
public sealed record SpendingDraft(int MostHour, int MostDay, long Cost, IReadOnlyList<string> Roles);

/// <summary>What is typed in at WeChat so that it posts here.</summary>
/// <param name="Address">URL.</param>
/// <param name="Token">Token.</param>
/// <param name="Key">EncodingAESKey.</param>
public sealed record Callback(string Address, string Token, string Key);

/// <summary>Sets up how messages leave, for pages and API.</summary>
public sealed class ChannelDesk(Db db, TimeProvider time, Texts texts, SmsChannel sms, OurAddress ours, IDataProtectionProvider protection, Audit audit)
{
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    public async Task<SmsGateway> SaveAsync(GatewayDraft draft, int version, CancellationToken cancel = default)
    {
        var (url, body, header) = (Trim(draft.Url), Trim(draft.Body), Trim(draft.Header));
        var wrong = new List<(string, string)>();
        if (!IsAddress(url, SmsGateway.UrlMax)) wrong.Add(("url", texts["messages.settings.public-wrong"]));
        if (body.Length is 0 or > SmsGateway.BodyMax || !body.Contains("{to}", StringComparison.Ordinal) || !body.Contains("{text}", StringComparison.Ordinal)) wrong.Add(("body", texts["messages.gateway.body-wrong"]));
        else if (new SmsGateway { Body = body } is { IsJson: true } json && !IsJson(json.Fill("1", "1", "1"))) wrong.Add(("body", texts["messages.gateway.body-no-json"]));
        if (!header.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) wrong.Add(("header", texts["messages.gateway.header-wrong"]));
        if (header.Length > 0 && (draft.Secret ?? "").Any(c => char.IsControl(c) || c > 126)) wrong.Add(("secret", texts["messages.gateway.secret-wrong"]));
        TooLong(wrong, ("header", header, SmsGateway.WordMax), ("okPath", draft.OkPath, SmsGateway.WordMax), ("okValue", draft.OkValue, SmsGateway.WordMax), ("idPath", draft.IdPath, SmsGateway.WordMax), ("secret", draft.Secret, SmsGateway.SecretMax));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var row = await db.Set<SmsGateway>().AsTracking().FirstOrDefaultAsync(cancel);
        if (row is null) db.Add(row = new SmsGateway { Version = 1 });
        else if (row.Version != version) throw new DbUpdateConcurrencyException();
        (row.Url, row.Header, row.Body, row.OkPath, row.OkValue, row.IdPath, row.Dedupes) = (url, header, body, Trim(draft.OkPath), Trim(draft.OkValue), Trim(draft.IdPath), draft.Dedupes);
        if (header.Length == 0) row.Secret = "";
        else if (!string.IsNullOrEmpty(draft.Secret)) row.Secret = sms.Protect(draft.Secret);
        audit.Add("messages.settings", "messages.gateway", row.Id, string.IsNullOrEmpty(draft.Secret) ? "url, body, answer" : "url, secret, body, answer");
        return row;
    }

    /// <exception cref="NotThere">There is no such channel.</exception>
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    public async Task<ChannelSetting> SaveAsync(string channel, ChannelDraft draft, int version, CancellationToken cancel = default)
    {
        var form = ChannelForm.Of(channel) ?? throw new NotThere();
        var row = await db.Set<ChannelSetting>().AsTracking().FirstOrDefaultAsync(c => c.Channel == channel, cancel);
        if (row is not null && row.Version != version) throw new DbUpdateConcurrencyException();
        var (url, account, sender) = (Trim(draft.Url), Trim(draft.Account), Trim(draft.Sender));
        var wrong = new List<(string, string)>();
        if (!IsAddress(url, ChannelSetting.UrlMax)) wrong.Add(("url", texts["messages.settings.public-wrong"]));
        if (form.Account && account.Length == 0) wrong.Add(("account", texts["messages.channel.missing"]));
        if (form.Sender && sender.Length == 0) wrong.Add(("sender", texts["messages.channel.missing"]));
        if (string.IsNullOrEmpty(draft.Secret) && row is not { Secret.Length: > 0 }) wrong.Add(("secret", texts["messages.channel.missing"]));
        TooLong(wrong, ("account", account, ChannelSetting.WordMax), ("sender", sender, ChannelSetting.WordMax), ("code", draft.Code, ChannelSetting.WordMax), ("secret", draft.Secret, ChannelSetting.SecretMax));
        if (wrong.Count > 0) throw new BadInput(wrong);
        if (row is null) db.Add(row = new ChannelSetting { Channel = channel, Version = 1 });
        (row.Url, row.Account, row.Sender, row.Code) = (url, form.Account ? account : "", form.Sender ? sender : "", form.Code ? Trim(draft.Code) : "");
        if (!string.IsNullOrEmpty(draft.Secret)) row.Secret = protection.CreateProtector(ChannelSetting.PurposeOf(channel)).Protect(draft.Secret);
        audit.Add("messages.settings", "messages.channel", row.Id, $"{channel}: {(string.IsNullOrEmpty(draft.Secret) ? "url, account" : "url, account, secret")}");
        return row;
    }

    /// <exception cref="NotThere">There is no such channel, or nothing of it is guarded.</exception>
    /// <exception cref="BadInput">What is wrong, by field.</exception>
    public async Task<Spending> SaveAsync(string channel, SpendingDraft draft, int version, CancellationToken cancel = default)
    {
        var wrong = new List<(string, string)>();
        if (draft.MostHour is < 0 or > Spending.CapMax) wrong.Add(("mostHour", texts["messages.contacts.between", 0, Spending.CapMax]));
        if (draft.MostDay is < 0 or > Spending.CapMax) wrong.Add(("mostDay", texts["messages.contacts.between", 0, Spending.CapMax]));
        if (draft.Cost is < 0 or > Spending.CostMax) wrong.Add(("cost", texts["messages.spending.cost-wrong"]));
        var roles = draft.Roles.Distinct().ToList();
        if (roles.Count == 0 || await db.Set<Role>().CountAsync(r => roles.Contains(r.Key), cancel) != roles.Count) wrong.Add(("roles", texts["messages.spending.roles-wrong"]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var row = await db.Set<Spending>().AsTracking().FirstOrDefaultAsync(s => s.Channel == channel, cancel);
        if (row is null) db.Add(row = new Spending { Channel = channel, Version = 1 });
        else if (row.Version != version) throw new DbUpdateConcurrencyException();
        (row.MostHour, row.MostDay, row.Cost, row.Roles) = (draft.MostHour, draft.MostDay, draft.Cost, string.Join(' ', roles.Order(StringComparer.Ordinal)));
        audit.Add("messages.settings", "messages.spending", row.Id, string.Create(CultureInfo.InvariantCulture, $"{channel} {row.MostHour}/{row.MostDay} {row.Cost}"));
        return row;
    }

    /// <summary>A new address for receipts or replies; the one before ends. Shown once: only its hash is kept.</summary>
    public async Task<string> NewAddressAsync(string kind, CancellationToken cancel = default)
    {
        if (kind is not (Receipts.LinkKind or Receipts.ReplyKind)) throw new NotThere();
        var now = time.Now();
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && l.Kind == kind).ExecuteDeleteAsync(cancel);
        var row = await db.Set<Inbound>().AsTracking().FirstOrDefaultAsync(i => i.Kind == kind, cancel);
        if (row is null) db.Add(row = new Inbound { Kind = kind });
        row.Since = now;
        var token = Link.Create(db, kind, row.Id, now, Receipts.Life);
        audit.Add("messages.settings", "messages.inbound", row.Id, kind);
        return await ours.OfAsync(cancel) + (kind == Receipts.LinkKind ? "/g/" : "/i/") + token;
    }

    /// <summary>A new address with token and key for what WeChat posts by itself; the one before ends. Shown once.</summary>
    /// <exception cref="NotThere">No such channel.</exception>
    /// <exception cref="Refused">The channel is not set up yet: without the account's id nothing that comes in can be believed.</exception>
    public async Task<Callback> NewCallbackAsync(string channel, CancellationToken cancel = default)
    {
        var kind = WeChatCallback.KindOf(channel);
        if (kind.Length == 0) throw new NotThere();
        if ((await Ways.OfAsync(db, cancel)).ChannelOf(channel) is not { Account.Length: > 0 }) throw new Refused("messages.callback.first");
        var now = time.Now();
        var made = new Callback("", RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24), WeChatCrypt.NewKey());
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && l.Kind == kind).ExecuteDeleteAsync(cancel);
        var row = await db.Set<Inbound>().AsTracking().FirstOrDefaultAsync(i => i.Kind == kind, cancel);
        if (row is null) db.Add(row = new Inbound { Kind = kind });
        (row.Since, row.Secret) = (now, protection.CreateProtector(WeChatCallback.Protection).Protect(made.Token + "\n" + made.Key));
        audit.Add("messages.settings", "messages.inbound", row.Id, kind);
        return made with { Address = await ours.OfAsync(cancel) + WeChatCallback.PathOf(kind) + Link.Create(db, kind, row.Id, now, Receipts.Life) };
    }

    private void TooLong(List<(string, string)> wrong, params (string Field, string? Value, int Most)[] all)
    {
        foreach (var (field, value, most) in all)
        {
            if ((value ?? "").Length > most || (value ?? "").Any(char.IsControl)) wrong.Add((field, texts["messages.settings.too-long", most]));
        }
    }

    private static bool IsAddress(string url, int most) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && url.Length <= most && uri.UserInfo.Length == 0;

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false; // said beside the field
        }
    }

    private static string Trim(string? text) => (text ?? "").Trim();
}
