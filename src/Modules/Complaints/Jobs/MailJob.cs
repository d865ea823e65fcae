using System.Globalization;
using System.Net.Sockets;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Huitou.Complaints;

internal sealed record MailWork(Guid BoxId);

/// <summary>
/// Reads the company's mail box by IMAP, and comes back in a minute. Each mail is one transaction that holds the case and how far was read: a node
/// that dies reads the same mail again and finds it done, two nodes at once meet in the mail's unique key. The box is only marked as read, nothing is deleted.
/// </summary>
internal sealed class MailJob(Db db, IServiceProvider services, Companies companies, OutsideDoor door, FileStore files, Jobs jobs, IDataProtectionProvider protection, IConfiguration configuration, TimeProvider time) : IJob
{
    public const string JobKind = "complaints.mail";
    private const int MostAtOnce = 50;
    /// <summary>More than all attachments may weigh together is not fetched: it is held, and says so.</summary>
    private const uint Largest = 30 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Kind => JobKind;
    public bool OwnTransactions => true;

    public static string KeyOf(Guid box, DateTime at) => string.Create(CultureInfo.InvariantCulture, $"{box:N}:{at:yyyyMMddHHmmssfff}");

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<MailWork>().BoxId;
        await db.BeginAsync(toWrite: false, cancel);
        var box = await db.Set<MailBox>().FirstOrDefaultAsync(b => b.Id == id, cancel);
        await db.EndAsync();
        if (box is not { Active: true }) return;

        var error = "";
        try
        {
            await ReadAsync(box, run, cancel);
        }
        catch (Exception failed) when (ErrorOf(failed, cancel) is { } key)
        {
            error = key;
        }

        await db.BeginAsync(toWrite: true, cancel);
        var (now, failures) = (time.Now(), error.Length == 0 ? 0 : box.Failures + 1);
        await db.Set<MailBox>().Where(b => b.Id == id).ExecuteUpdateAsync(s => s.SetProperty(b => b.CheckedAt, now).SetProperty(b => b.ErrorKey, error).SetProperty(b => b.Failures, failures), cancel);
        // One chain of looks, whoever set it going: a look that comes later is enough. One that is due already may be under way, and about to find this one.
        var mine = id.ToString("N") + ":";
        if (!await db.Set<Due>().AnyAsync(d => d.CompanyId == db.CompanyId && d.Kind == JobKind && d.Id != run.Due.Id && d.State == DueState.Waiting && d.DueAt > now && d.Key.StartsWith(mine), cancel))
        {
            var next = now + Every * Math.Min(15, failures + 1);
            jobs.Add(JobKind, KeyOf(id, next), next, new MailWork(id));
        }

        try
        {
            await db.SaveAsync(cancel: cancel);
        }
        catch (DbUpdateException failed) when (failed.IsUniqueViolation())
        {
            // A look that ended at the same moment has set the next one going.
            await db.EndAsync();
        }
    }

    private TimeSpan Every => TimeSpan.FromSeconds(int.TryParse(configuration["Complaints:MailSeconds"], CultureInfo.InvariantCulture, out var said) && said > 0 ? said : 60);

    private async Task ReadAsync(MailBox box, JobRun run, CancellationToken cancel)
    {
        using var socket = await door.ConnectAsync(box.Host, box.Port, cancel);
        if (box.Security == MailSecurity.Open && !OutsideDoor.IsInside(socket)) throw new OpenOutside();
        using var client = new ImapClient { Timeout = (int)Patience.TotalMilliseconds };
        await client.ConnectAsync(socket, box.Host, box.Port, box.Security switch { MailSecurity.Tls => SecureSocketOptions.SslOnConnect, MailSecurity.StartTls => SecureSocketOptions.StartTls, _ => SecureSocketOptions.None }, cancel);
        await client.AuthenticateAsync(box.UserName, box.Reveal(protection), cancel);
        // Some servers (163, 126) open no folder to a program that does not say its name.
        if (client.Capabilities.HasFlag(ImapCapabilities.Id)) await client.IdentifyAsync(new ImapImplementation { Name = "Huitou", Version = "1" }, cancel);
        var folder = box.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(box.Folder, cancel);
        await folder.OpenAsync(FolderAccess.ReadWrite, cancel);

        var from = folder.UidValidity == box.Validity ? (uint)box.LastUid + 1 : 1;
        var found = await folder.SearchAsync(SearchQuery.Uids(new UniqueIdRange(new UniqueId(from), UniqueId.MaxValue)).And(SearchQuery.DeliveredAfter(box.Since.AddDays(-2))), cancel);
        // "n:*" names the last mail even where its number is smaller.
        var uids = found.Where(u => u.Id >= from).OrderBy(u => u.Id).Take(MostAtOnce).ToList();
        var facts = uids.Count == 0 ? [] : (await folder.FetchAsync(uids, MessageSummaryItems.UniqueId | MessageSummaryItems.Size | MessageSummaryItems.InternalDate | MessageSummaryItems.Envelope, cancel)).OrderBy(f => f.UniqueId.Id).ToList();
        var read = new List<UniqueId>();
        foreach (var fact in facts)
        {
            await run.KeepAsync(cancel);
            var at = fact.InternalDate?.UtcDateTime ?? time.Now();
            if (at >= box.Since.AddMinutes(-1))
            {
                var large = fact.Size > Largest;
                var message = large ? HeadOf(fact.Envelope, at) : await folder.GetMessageAsync(fact.UniqueId, cancel);
                if (await TakeAsync(box, message, at, folder.UidValidity, fact.UniqueId.Id, large, cancel)) read.Add(fact.UniqueId);
            }
            else await OwnAsync(box, (_, _) => Task.FromResult(true), folder.UidValidity, fact.UniqueId.Id, cancel);
        }

        if (read.Count > 0) await folder.AddFlagsAsync(read, MessageFlags.Seen, silent: true, cancel);
        await client.DisconnectAsync(quit: true, cancel);
        if (found.Count(u => u.Id >= from) > MostAtOnce) await SoonAsync(box, cancel);
    }

    /// <returns>True when it needs nobody to look at it in the box itself.</returns>
    private async Task<bool> TakeAsync(MailBox box, MimeMessage message, DateTime at, uint validity, uint uid, bool large, CancellationToken cancel)
    {
        var read = MailReader.Read(message, box.Address, at);
        if (large) read = read with { Doubt = "complaints.mail.why.large" };
        // Attachments are written before the transaction; of what nobody takes the sweeper takes care.
        var (received, refused) = (new List<ReceivedFile>(), new List<string>());
        foreach (var (part, place) in (read.Automatic.Length + read.Doubt.Length > 0 ? [] : read.Files).Select((p, i) => (p, i)))
        {
            var name = part.FileName is { Length: > 0 } said ? said : $"{place + 1}";
            try
            {
                if (place >= MailDesk.MostFiles || part.Content is null) throw new Refused("complaints.mail.files-most", MailDesk.MostFiles);
                await using var content = part.Content.Open();
                received.Add(await files.ReceiveAsync(content, name, cancel));
            }
            catch (Refused why)
            {
                refused.Add($"{name.Head(60)}：{services.GetRequiredService<Texts>().In(Public.ComplaintsDesk.Language, why.Key, why.Args)}");
            }
        }

        try
        {
            return await OwnAsync(box, async (desk, token) => await desk.TakeAsync(box, read, received, refused, token) is { State: not MailState.Held } or null, validity, uid, cancel);
        }
        catch (DbUpdateException failed) when (failed.IsUniqueViolation())
        {
            return true; // another node took it at the same moment
        }
        catch (BadInput)
        {
            // What the archive does not take as a customer a person has to look at.
            read = read with { Doubt = "complaints.mail.why.sender" };
            return await OwnAsync(box, async (desk, token) => await desk.TakeAsync(box, read, [], refused, token) is null, validity, uid, cancel);
        }
    }

    // Of what is too large, who wrote it, when and about what.
    private static MimeMessage HeadOf(Envelope? envelope, DateTime at)
    {
        var head = new MimeMessage { Subject = envelope?.Subject ?? "", Date = envelope?.Date ?? new DateTimeOffset(at) };
        if (envelope?.MessageId is { Length: > 0 } id) head.MessageId = id;
        if (envelope is not null) head.From.AddRange(envelope.From);
        return head;
    }

    // The mail and how far was read, in one transaction.
    private async Task<T> OwnAsync<T>(MailBox box, Func<MailDesk, CancellationToken, Task<T>> act, uint validity, uint uid, CancellationToken cancel)
    {
        T result = default!;
        var company = await companies.FindAsync(db.CompanyId, cancel) ?? throw new LeaseLost();
        await services.AsCompanyAsync(company, "job:" + JobKind, async (own, mine) =>
        {
            result = await act(own.GetRequiredService<MailDesk>(), cancel);
            await mine.Set<MailBox>().Where(b => b.Id == box.Id && (b.Validity != validity || b.LastUid < uid)).ExecuteUpdateAsync(s => s.SetProperty(b => b.Validity, validity).SetProperty(b => b.LastUid, uid), cancel);
            await mine.SaveAsync(cancel: cancel);
        }, cancel);
        return result;
    }

    private async Task SoonAsync(MailBox box, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        jobs.Add(JobKind, KeyOf(box.Id, time.Now()), time.Now(), new MailWork(box.Id));
        await db.SaveAsync(cancel: cancel);
    }

    // What the mail server or the way to it did; anything else is ours, and the runner tries again.
    private static string? ErrorOf(Exception failed, CancellationToken cancel) => failed switch
    {
        OperationCanceledException when !cancel.IsCancellationRequested => "complaints.mail.error.slow",
        InsideAddress => "complaints.mail.error.inside",
        OpenOutside => "complaints.mail.error.open",
        AuthenticationException => "complaints.mail.error.sign-in",
        SslHandshakeException => "complaints.mail.error.tls",
        FolderNotFoundException => "complaints.mail.error.folder",
        SocketException => "complaints.mail.error.no-server",
        ImapCommandException or ImapProtocolException or ServiceNotConnectedException or NotSupportedException or TimeoutException => "complaints.mail.error.refused",
        IOException => "complaints.mail.error.broken-off",
        _ => null,
    };

    /// <summary>The password would go over open country in the clear.</summary>
    private sealed class OpenOutside : Exception;
}

/// <summary>Each night: a look that was lost goes on, and the words of mails that are of no case go after thirty days.</summary>
internal sealed class MailNight(Db db, TimeProvider time, MailDesk desk) : IJob
{
    public const string JobKind = "complaints.mail-night";

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var now = time.Now();
        var old = now - Mail.Life;
        await db.Set<Mail>().Where(m => m.ComplaintId == null && m.ExpiredAt == null && m.At < old)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.Words, "").SetProperty(m => m.Subject, "").SetProperty(m => m.SenderName, "").SetProperty(m => m.Sender, "").SetProperty(m => m.LeftFiles, "").SetProperty(m => m.ExpiredAt, now), cancel);
        if (await desk.BoxAsync(cancel) is { Active: true } box && !await db.Set<Due>().AnyAsync(d => d.CompanyId == db.CompanyId && d.Kind == MailJob.JobKind && d.State == DueState.Waiting, cancel)) await desk.ReadNowAsync(box, cancel);
    }
}
