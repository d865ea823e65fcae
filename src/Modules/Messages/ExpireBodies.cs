using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Messages;

/// <summary>Each night: words older than <see cref="Message.BodyLife"/> go, the row that it was sent stays (B14).</summary>
public sealed class ExpireBodies(Db db, TimeProvider time) : IJob
{
    public const string JobKind = "messages.expire";

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var now = time.Now();
        var before = now - Message.BodyLife;
        await db.Set<Message>().Where(m => m.CreatedAt < before && m.BodyExpiredAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.Body, "").SetProperty(m => m.Fields, "").SetProperty(m => m.Post, "").SetProperty(m => m.BodyExpiredAt, now), cancel);
        await db.Set<CustomerReply>().Where(r => r.At < before && r.WordsExpiredAt == null).ExecuteUpdateAsync(s => s.SetProperty(r => r.Words, "").SetProperty(r => r.WordsExpiredAt, now), cancel);
    }
}
