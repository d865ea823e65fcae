using System.Globalization;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Custody;

/// <summary>A word to somebody who works here: what waits for them and where. Numbers and days, never a customer's name.</summary>
public sealed class Reminder : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid StaffId { get; init; }
    public required string TextKey { get; init; }
    /// <summary>JSON array of the values.</summary>
    public required string Args { get; init; }
    public required string Href { get; init; }
    /// <summary>Names the occasion: nobody is told the same twice.</summary>
    public required string OnceKey { get; init; }
    public DateTime At { get; init; }
    public DateTime? SeenAt { get; private set; }

    public void See(DateTime now) => SeenAt ??= now;

    /// <summary>In the reader's language.</summary>
    public string Words(Texts texts) => texts.Say(TextKey, Args);
}

/// <summary>What to tell whom, once an occasion.</summary>
public sealed record Word(IEnumerable<Guid> Staff, string OnceKey, string TextKey, string Href, params string[] Args);

/// <summary>Tells people, in the caller's transaction; the bell counts what they have not seen.</summary>
public sealed class Reminders(Db db, TimeProvider time)
{
    /// <summary>Tells each of them once of an occasion.</summary>
    public Task TellAsync(IEnumerable<Guid> staff, string onceKey, string textKey, string href, CancellationToken cancel, params string[] args) => TellAsync([new Word(staff, onceKey, textKey, href, args)], cancel);

    /// <summary>Tells of many occasions: who was told of which is asked once for all.</summary>
    public async Task TellAsync(IReadOnlyCollection<Word> words, CancellationToken cancel)
    {
        var told = await ToldAsync([.. words.SelectMany(w => w.Staff)], [.. words.Select(w => w.OnceKey)], cancel);
        var now = time.Now();
        foreach (var word in words)
        {
            var args = JsonSerializer.Serialize(word.Args);
            db.Set<Reminder>().AddRange(word.Staff.Where(id => told.Add((word.OnceKey, id))).Select(id => new Reminder { Id = Ids.New(now), StaffId = id, TextKey = word.TextKey, Args = args, Href = word.Href, OnceKey = word.OnceKey, At = now }));
        }
    }

    /// <summary>Which of them were told of which of the occasions.</summary>
    public async Task<HashSet<(string OnceKey, Guid StaffId)>> ToldAsync(IEnumerable<Guid> staff, IEnumerable<string> onceKeys, CancellationToken cancel)
    {
        var (people, keys) = (staff.Distinct().ToArray(), onceKeys.Distinct().ToArray());
        if (people.Length == 0 || keys.Length == 0) return [];
        return (await db.Set<Reminder>().Where(r => EF.Parameter(people).Contains(r.StaffId) && EF.Parameter(keys).Contains(r.OnceKey)).Select(r => new { r.OnceKey, r.StaffId }).ToListAsync(cancel)).Select(r => (r.OnceKey, r.StaffId)).ToHashSet();
    }

    /// <summary>Who is here and whose role names the permission; where none does, who may do everything.</summary>
    public async Task<List<Member>> WhoMayAsync(string permission, CancellationToken cancel)
    {
        var found = await (from m in db.Set<Member>()
                           where m.LeftOn == null && db.Set<RolePermission>().Any(p => p.CompanyId == db.CompanyId && p.RoleId == m.RoleId && (p.Permission == permission || p.Permission == Roles.Everything))
                           select new { Member = m, Named = db.Set<RolePermission>().Any(p => p.CompanyId == db.CompanyId && p.RoleId == m.RoleId && p.Permission == permission) }).ToListAsync(cancel);
        return [.. found.Where(f => f.Named || !found.Exists(o => o.Named)).Select(f => f.Member)];
    }
}

/// <summary>Each morning: what comes due in the registers, and what is late, to who does it. Each of it once.</summary>
public sealed class MorningReminders(Db db, CurrentUser user, TimeProvider time, Reminders reminders, RetentionDesk retention, People people, Terms terms, BusinessCalendars calendars) : IJob
{
    public const string Name = "custody.reminders";

    /// <summary>So many days before.</summary>
    public const int Ahead = 3;

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var today = time.Today(user.Zone);
        var words = new List<Word>();
        await ChecksAsync(words, today, cancel);
        await HandoversAsync(words, today, cancel);
        await RightsAsync(words, today, cancel);
        await AppealsAsync(words, today, cancel);
        await RetentionAsync(words, today, cancel);
        await reminders.TellAsync(words, cancel);
    }

    private async Task ChecksAsync(List<Word> words, DateOnly today, CancellationToken cancel)
    {
        var soon = today.AddDays(Ahead);
        var checks = await db.Set<CustodyCheck>().Where(c => c.State == CheckState.Open && c.DueOn <= soon).ToListAsync(cancel);
        if (checks.Count == 0) return;
        var may = await reminders.WhoMayAsync("custody.check", cancel);
        var above = (await people.WithRoleAsync("information-supervisor", cancel)).Select(p => p.Id).ToList();
        foreach (var check in checks)
        {
            // Those of the store; where none of them checks, head office.
            var to = may.Where(m => m.StoreId == check.StoreId).Select(m => m.Id).ToList();
            if (to.Count == 0) to = [.. may.Where(m => m.StoreId is null).Select(m => m.Id)];
            var late = check.DueOn < today;
            words.Add(new(late ? to.Concat(above) : to, $"check:{check.Id:N}:{late}", late ? "custody.reminder.check-late" : "custody.reminder.check", $"/custody/checks/{check.Id}", check.Number, Day(check.DueOn)));
        }
    }

    private async Task HandoversAsync(List<Word> words, DateOnly today, CancellationToken cancel)
    {
        var soon = today.AddDays(Ahead);
        foreach (var list in await db.Set<FileHandover>().Where(h => (h.FromSignedAt == null || h.ToSignedAt == null) && h.DueOn <= soon).ToListAsync(cancel))
        {
            var to = new List<Guid>();
            if (list.FromSignedAt is null) to.Add(list.FromId);
            if (list.ToSignedAt is null) to.Add(list.ToId);
            words.Add(new(to, $"handover:{list.Id:N}:{list.DueOn < today}", "custody.reminder.handover", $"/custody/handovers/{list.Id}", list.Number, Day(list.DueOn)));
        }
    }

    private async Task RightsAsync(List<Word> words, DateOnly today, CancellationToken cancel)
    {
        var soon = today.AddDays(Ahead);
        var asked = await db.Set<RightsRequest>().Where(r => r.State == RightsState.Open && r.DueOn <= soon).Select(r => new { r.Id, r.Number, r.DueOn, r.StoreId }).ToListAsync(cancel);
        if (asked.Count == 0) return;
        var may = await reminders.WhoMayAsync("custody.rights", cancel);
        foreach (var request in asked)
        {
            var to = may.Where(m => m.StoreId is null || m.StoreId == request.StoreId).Select(m => m.Id);
            words.Add(new(to, $"rights:{request.Id:N}:{request.DueOn < today}", "custody.reminder.rights", $"/custody/rights/{request.Id}", request.Number, Day(request.DueOn)));
        }
    }

    // An appeal is answered within the shop's days; late, those who may answer it are told: not who fined, not who was fined.
    private async Task AppealsAsync(List<Word> words, DateOnly today, CancellationToken cancel)
    {
        var appeals = await db.Set<Penalty>().Where(p => p.State == PenaltyState.Appealed).ToListAsync(cancel);
        if (appeals.Count == 0) return;
        var (days, clock) = (await terms.DaysAsync("penalty", cancel), await calendars.ForAsync(null, cancel));
        var may = await reminders.WhoMayAsync("custody.penalty", cancel);
        foreach (var appeal in appeals)
        {
            var due = appeal.DueOn(clock, days, user.Zone)!.Value;
            if (due > today.AddDays(Ahead)) continue;
            words.Add(new(may.Select(m => m.Id).Where(id => id != appeal.DecidedBy && id != appeal.StaffId), $"appeal:{appeal.Id:N}:{due < today}", "custody.reminder.appeal", $"/penalties/{appeal.Id}", appeal.Number, Day(due)));
        }
    }

    // Once a month and class: of which all were told this month is not counted again.
    private async Task RetentionAsync(List<Word> words, DateOnly today, CancellationToken cancel)
    {
        var classes = await db.Set<RetentionClass>().ToListAsync(cancel);
        var keys = classes.ToDictionary(c => c.Key, c => $"retention:{c.Key}:{today:yyyy-MM}");
        List<Guid> to = [.. (await reminders.WhoMayAsync("custody.destroy", cancel)).Select(m => m.Id)];
        var told = await reminders.ToldAsync(to, keys.Values, cancel);
        foreach (var of in classes.Where(c => to.Exists(id => !told.Contains((keys[c.Key], id)))))
        {
            var count = await retention.Due(of).CountAsync(cancel);
            if (count == 0) continue;
            words.Add(new(to, keys[of.Key], "custody.reminder.retention", $"/custody/retention?class={of.Key}", of.Title, count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>What I was told and have not seen: the dot at the bell.</summary>
internal sealed class ReminderBadge(Db db, CurrentUser me) : IBadge
{
    public const string Page = "/reminders";

    public string Href => Page;

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel) =>
        (me.StaffId == Guid.Empty ? 0 : await db.Set<Reminder>().CountAsync(r => r.StaffId == me.StaffId && r.SeenAt == null, cancel), false);
}

/// <summary>The machine door to one's own reminders.</summary>
internal static class ReminderApi
{
    public sealed record ReminderAnswer(Guid Id, string Words, string Href, DateTime At, DateTime? SeenAt);

    /// <param name="Ids">Which; none means all.</param>
    public sealed record SeenBody(Guid[]? Ids);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/reminders").WithTags("custody");
        group.MapGet("", (Db db, CurrentUser me, Texts texts, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<Reminder>().Where(r => r.StaffId == me.StaffId).ListAsync(r => new ReminderAnswer(r.Id, r.Words(texts), r.Href, r.At, r.SeenAt), cursor, size, cancel))
            .RequireAuthorization(new SignedInAttribute()).WithSummary("What one was told, newest first");
        group.MapPost("/seen", Seen).RequireAuthorization(new SignedInAttribute()).WithSummary("Seen: those named, or all");
    }

    private static async Task<NoContent> Seen(SeenBody body, Db db, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        var ids = body.Ids ?? [];
        foreach (var reminder in await db.Set<Reminder>().AsTracking().Where(r => r.StaffId == me.StaffId && r.SeenAt == null && (ids.Length == 0 || ids.Contains(r.Id))).ToListAsync(cancel)) reminder.See(time.Now());
        await db.SaveAsync("/api/v1/reminders", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}

internal sealed class ReminderMap : IEntityTypeConfiguration<Reminder>
{
    public void Configure(EntityTypeBuilder<Reminder> row) => row.ToTable("custody_reminder");
}
