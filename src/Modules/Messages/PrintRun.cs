using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Messages;

/// <summary>Letters and cards printed together, and whether somebody has handed them over.</summary>
public sealed class PrintRun : ICompanyOwned, IScoped, IVersioned
{
    /// <summary>So many letters at once.</summary>
    public const int Most = 500;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? OwnerId { get; init; }
    public int Letters { get; set; }
    public DateTime? HandedAt { get; private set; }
    public Guid? HandedBy { get; private set; }
    public int Version { get; set; }

    public void HandOver(Guid? by, DateTime at)
    {
        if (HandedAt is not null) throw new Refused("messages.paper.handed-already");
        (HandedAt, HandedBy) = (at, by);
    }
}

/// <summary>What came of it.</summary>
/// <param name="Done">Letters printed, or handed over.</param>
/// <param name="Stopped">Letters that may not go.</param>
public readonly record struct Printed(Guid RunId, int Done, int Stopped);

/// <summary>
/// Gathers the letters that wait, and hands them over: the door is looked at before anything is printed, and passed when it leaves the hand.
/// In the caller's transaction.
/// </summary>
public sealed class PrintDesk(Db db, CurrentUser user, TimeProvider time, ContactDoor door, IEnumerable<IOutgoingCheck> checks, Events events, Audit audit)
{
    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <summary>Letters that wait for a run, of the customers this person sees.</summary>
    public IQueryable<Message> Waiting => db.Set<Message>().Where(m => m.Wanted == PaperChannel.ChannelKey && m.State == MessageState.Waiting && m.RunId == null);

    /// <summary>A run of all that waits, at most <see cref="PrintRun.Most"/>. Who may not be written to is taken out now, with the reason on the timeline.</summary>
    /// <exception cref="Refused">Nothing waits, or none of it may go.</exception>
    public async Task<Printed> MakeAsync(CancellationToken cancel = default)
    {
        var now = time.Now();
        var letters = await Waiting.AsTracking().OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).Take(PrintRun.Most).ToListAsync(cancel);
        if (letters.Count == 0) throw new Refused("messages.paper.none");
        var run = new PrintRun { Id = Ids.New(now), MadeAt = now, MadeBy = Me, StoreId = user.StoreId, OwnerId = Me, Version = 1 };
        foreach (var purpose in letters.GroupBy(l => l.Purpose))
        {
            var answers = await door.LookAsync([.. purpose.Select(l => l.CustomerId).Distinct()], purpose.Key, ContactWay.Paper, cancel);
            foreach (var letter in purpose)
            {
                var why = letter.Post.Length == 0 || !letter.Post.Contains('\n', StringComparison.Ordinal) ? "messages.error.no-post" : answers[letter.CustomerId].May ? await CheckAsync(letter, cancel) : answers[letter.CustomerId].WhyKey;
                if (why is null) letter.Print(run.Id);
                else await StopAsync(letter, why, cancel);
            }
        }

        run.Letters = letters.Count(l => l.RunId == run.Id);
        if (run.Letters > 0) db.Add(run);
        audit.Add("messages.paper", "messages.print_run", run.Id, string.Create(CultureInfo.InvariantCulture, $"{run.Letters}/{letters.Count}"));
        return new(run.Id, run.Letters, letters.Count - run.Letters);
    }

    /// <summary>Posted, or given into the hand: each letter passes the door now. What may not go any more is to be taken out.</summary>
    public async Task<Printed> HandOverAsync(Guid runId, CancellationToken cancel = default)
    {
        var now = time.Now();
        var run = await db.Set<PrintRun>().AsTracking().FirstOrDefaultAsync(r => r.Id == runId, cancel) ?? throw new NotThere();
        run.HandOver(Me, now);
        var (gone, stopped) = (new List<SentMessage>(), 0);
        // In one order, so that two runs never wait for one another.
        foreach (var letter in await db.Set<Message>().AsTracking().Where(m => m.RunId == runId && m.State == MessageState.Waiting).OrderBy(m => m.CustomerId).ThenBy(m => m.Id).ToListAsync(cancel))
        {
            var answer = await door.TakeAsync(new Contact(letter.CustomerId, letter.Purpose, ContactWay.Paper, letter.PurposeKey, letter.ContactKey), cancel);
            if (answer.May)
            {
                letter.HandOver(now, time.Today(user.Zone));
                gone.Add(letter.Gone);
                continue;
            }

            await StopAsync(letter, answer.WhyKey, cancel);
            stopped++;
        }

        if (gone.Count > 0) await events.PublishAsync(new MessagesSent(gone), cancel);
        audit.Add("messages.paper", "messages.print_run", run.Id, string.Create(CultureInfo.InvariantCulture, $"handed-over {gone.Count}, taken-out {stopped}"));
        return new(run.Id, gone.Count, stopped);
    }

    private async Task<string?> CheckAsync(Message letter, CancellationToken cancel)
    {
        foreach (var check in checks)
        {
            if (await check.WhyNotAsync(letter.CustomerId, letter.Subject, letter.Body, cancel) is { } why) return why;
        }

        return null;
    }

    private Task StopAsync(Message letter, string why, CancellationToken cancel)
    {
        letter.Stop(why);
        return events.PublishAsync(new ContactStopped(letter.CustomerId, letter.PurposeKey, why, $"/messages/{letter.Id}"), cancel);
    }
}

internal sealed class PrintRunMap : IEntityTypeConfiguration<PrintRun>
{
    public void Configure(EntityTypeBuilder<PrintRun> run) => run.ToTable("messages_print_run");
}
