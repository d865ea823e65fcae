using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>
/// WeCom only says that something came (<c>kf_msg_or_event</c>): this fetches it (<c>kf/sync_msg</c>), page by page from where it stopped. Words of customers become replies,
/// <c>msg_send_fail</c> a receipt. Fetched twice is told once.
/// </summary>
internal sealed class SyncWeCom(Db db, WeComChannel wecom, TakeReplies replies, TakeReceipts receipts, Texts texts) : IJob
{
    public const string JobKind = "messages.sync-wecom";
    private const int PageSize = 200;
    private const int MostPages = 100;
    private const int FromCustomer = 3;

    /// <param name="Token">Theirs, good for ten minutes: without it they answer only so often.</param>
    public sealed record Work(string Token);

    /// <summary>One message of theirs.</summary>
    private sealed record Came(string Id, string From, string Words, string Failed);

    public string Kind => JobKind;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var token = run.Due.Read<Work>().Token;
        for (var page = 0; page < MostPages; page++)
        {
            await db.BeginAsync(toWrite: false, cancel);
            var account = (await Ways.OfAsync(db, cancel)).ChannelOf(WeComChannel.ChannelKey);
            var from = await db.Set<Inbound>().Where(i => i.Kind == WeChatCallback.WeComKind).Select(i => i.ReadTo).FirstOrDefaultAsync(cancel);
            await db.EndAsync();
            if (account is not { IsReady: true } || from is null) return;

            var (all, next, more) = (new List<Came>(), from, false);
            var asked = await wecom.CallAsync(account, "/cgi-bin/kf/sync_msg", new { cursor = from, token, limit = PageSize, open_kfid = account.Sender }, Delivery.Later, text =>
            {
                if (TencentChannel.CodeOf(text) != 0) return new Delivered(Delivery.Later);
                using var answer = JsonDocument.Parse(text);
                next = Word(answer.RootElement, "next_cursor") is { Length: > 0 } cursor ? cursor : from;
                more = answer.RootElement.TryGetProperty("has_more", out var has) && has.ToString() is "1" or "True";
                if (answer.RootElement.TryGetProperty("msg_list", out var list) && list.ValueKind == JsonValueKind.Array) all.AddRange(list.EnumerateArray().Select(Read));
                return new Delivered(Delivery.Sent);
            }, cancel);
            if (asked.Delivery != Delivery.Sent) throw new TryLater();

            await run.KeepAsync(cancel);
            await db.BeginAsync(toWrite: true, cancel);
            await replies.TakeAsync(WeComChannel.ChannelKey, [.. all.Where(c => c.From.Length is > 0 and <= Message.AddressMax).Select(c => new CameIn(c.From, c.Words, c.Id))], cancel);
            await receipts.TakeAsync([.. all.Where(c => c.Failed.Length > 0).Select(c => new ToldOf(c.Failed, Delivered: false))], WeComChannel.ChannelKey, cancel);
            var row = await db.Set<Inbound>().AsTracking().FirstOrDefaultAsync(i => i.Kind == WeChatCallback.WeComKind, cancel);
            if (row is not null) row.ReadTo = next;
            await db.SaveAsync(cancel: cancel);
            if (!more || next == from) return;
        }
    }

    private Came Read(JsonElement one)
    {
        var kind = Word(one, "msgtype");
        if (kind == "event") return new(Word(one, "msgid"), "", "", one.TryGetProperty("event", out var happened) && Word(happened, "event_type") == "msg_send_fail" ? Word(happened, "fail_msgid") : "");
        var byCustomer = one.TryGetProperty("origin", out var origin) && origin.ValueKind == JsonValueKind.Number && origin.GetInt32() == FromCustomer;
        var words = kind == "text" && one.TryGetProperty("text", out var text) ? Word(text, "content") : texts.In("zh-CN", "messages.reply.no-words");
        return new(Word(one, "msgid"), byCustomer ? Word(one, "external_userid") : "", words, "");
    }

    private static string Word(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value.ToString() : "";

    /// <summary>They could not be asked; the runner comes back later.</summary>
    private sealed class TryLater : Exception;
}
