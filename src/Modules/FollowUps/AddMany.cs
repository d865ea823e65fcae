using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>What came of it.</summary>
/// <param name="All">Chosen.</param>
/// <param name="Added">Of these: a follow-up was written. The others asked to be left alone, or have one for that day.</param>
public readonly record struct AddedMany(int All, int Added);

/// <summary>Puts chosen customers on the work lists for a day, each on their owner's or all on one person's. In the caller's transaction.</summary>
public sealed class AddMany(Db db, CurrentUser user, TimeProvider time, People people, Audit audit)
{
    public const int NoteMax = 100;

    /// <param name="chosen">Cut to what the person sees.</param>
    /// <param name="on">The day.</param>
    /// <param name="note">The reason that stands in the row.</param>
    /// <param name="by">Who calls; null: each customer's owner, or who asks where there is none.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<AddedMany> AddAsync(IQueryable<Customer> chosen, DateOnly on, string note, Guid? by, CancellationToken cancel = default)
    {
        var (now, today) = (time.Now(), time.Today(user.Zone));
        note = note.Trim();
        if (on < today || on > today.AddDays(Call.LongestAhead)) throw new Refused("followups.add.day-wrong", Call.LongestAhead) { Field = "In.On" };
        if (note.Length > NoteMax) throw new Refused("followups.result.words-long", NoteMax, note.Length) { Field = "In.Note" };
        if (by is { } who && !await people.All.AnyAsync(p => p.Id == who && p.IsHere, cancel)) throw new Refused("followups.choose") { Field = "In.OwnerId" };
        await ReadyRules.EnsureAsync(db, cancel);
        var setting = await ReadyRules.SettingAsync(db, cancel);
        var customers = await chosen.OrderBy(c => c.Id).Take(CustomerSelection.Most + 1).Select(c => new { c.Id, c.StoreId, c.OwnerId, c.DoNotContactSince }).ToListAsync(cancel);
        if (customers.Count > CustomerSelection.Most) throw new Refused("customers.bulk.too-many", CustomerSelection.Most);
        if (customers.Count == 0) throw new Refused("customers.bulk.none");
        var ids = customers.ConvertAll(c => c.Id);
        var have = (await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).Where(t => t.RuleKey == Rule.Agreed && t.AnchorOn == on && ids.Contains(t.CustomerId)).Select(t => t.CustomerId).ToListAsync(cancel)).ToHashSet();
        Guid? me = user.StaffId == Guid.Empty ? null : user.StaffId;
        var due = on.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone);
        var added = customers.FindAll(c => c.DoNotContactSince is null && !have.Contains(c.Id));
        if (added.Count == 0) throw new Refused("followups.add.nobody", customers.Count);
        db.Set<FollowUp>().AddRange(added.Select(c => new FollowUp
        {
            Id = Ids.New(now), CustomerId = c.Id, StoreId = c.StoreId, OwnerId = by ?? c.OwnerId ?? me, RuleKey = Rule.Agreed, AnchorOn = on, DueOn = on, DueAt = due, Note = note, CreatedAt = now, Version = 1,
        }));
        audit.Add("followups.add", "followups.task", Guid.Empty, string.Create(CultureInfo.InvariantCulture, $"{on:yyyy-MM-dd} {added.Count}/{customers.Count}"));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException failed) when (failed.IsUniqueViolation())
        {
            throw new Refused("followups.add.raced"); // another put the same customers down at the same moment
        }

        await Schedule.NextContactsAsync(db, "select customer_id from followups_task where company_id = {0} and created_at = {1}", [now], cancel);
        return new(customers.Count, added.Count);
    }
}
