using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>Somebody around a customer as it was written down, on the page or by machine.</summary>
public sealed record PersonWords
{
    public AroundKind Kind { get; init; }
    public string? Relation { get; init; }
    public string? Name { get; init; }
    /// <summary>As typed; null: stays as it was.</summary>
    public string? Phone { get; init; }
    public string? Position { get; init; }
    public Birthday Birthday { get; init; }
    /// <summary>Their own file.</summary>
    public Guid? OtherId { get; init; }
    public string? Note { get; init; }
    /// <summary>No longer at the customer's.</summary>
    public bool Left { get; init; }
}

/// <summary>Keeps the people around a customer, the days that matter, and our own people who know the customer (A4), from page and API.</summary>
public sealed class AroundDesk(Db db, CurrentUser user, TimeProvider time, Texts texts, Audit audit, Timeline timeline, Events events, Huitou.Staff.Public.People people)
{
    /// <summary>Adds somebody, or changes them.</summary>
    /// <param name="customerId">Around whom.</param>
    /// <param name="there">The person to change, tracked; null: a new one.</param>
    /// <param name="what">What was written.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<PersonAround> SaveAsync(Guid customerId, PersonAround? there, PersonWords what, CancellationToken cancel = default)
    {
        var today = time.Today(user.Zone);
        var (relation, name, position, note) = (CustomerDesk.Tidy(what.Relation), CustomerDesk.Tidy(what.Name), CustomerDesk.Tidy(what.Position), (what.Note ?? "").Trim());
        var phone = what.Phone is null ? new(there?.Phone ?? "", null) : Phone.Read(what.Phone);
        var wrong = new List<(string, string)>();
        if (!Enum.IsDefined(what.Kind)) wrong.Add(("kind", texts["kernel.bad-input"]));
        if (relation.Length is 0 or > PersonAround.RelationMax) wrong.Add(("relation", texts["customers.person.relation-missing"]));
        if (name.Length == 0) wrong.Add(("name", texts["customers.name.missing"]));
        else if (name.Length > PersonAround.NameMax) wrong.Add(("name", texts["customers.name.long", PersonAround.NameMax, name.Length]));
        if (phone.WrongKey is not null) wrong.Add(("phone", texts[phone.WrongKey, phone.Args]));
        if (position.Length > PersonAround.PositionMax) wrong.Add(("position", texts["customers.too-long", PersonAround.PositionMax]));
        if (note.Length > PersonAround.NoteMax) wrong.Add(("note", texts["customers.too-long", PersonAround.NoteMax]));
        if (what.Birthday.Wrong(texts, today) is { } day) wrong.Add(("birthday", texts[day.Key, day.Args]));
        await SeenAsync(customerId, cancel);
        // A link kept as it is may point to a file beyond this person's reach.
        if (what.OtherId is { } other && other != there?.OtherId && (other == customerId || !await db.Set<Customer>().AnyAsync(c => c.Id == other, cancel))) wrong.Add(("otherId", texts["kernel.points-nowhere"]));
        if (wrong.Count > 0) throw new BadInput(wrong);

        var arrived = what.Kind == AroundKind.Contact && (there?.Kind != AroundKind.Contact || there.Name != name || what.Left != there.LeftOn is not null);
        var person = there ?? new PersonAround { CustomerId = customerId, Relation = relation, Name = name };
        (person.Kind, person.Relation, person.Name, person.Phone, person.Position, person.Birthday, person.OtherId, person.Note) = (what.Kind, relation, name, phone.Digits, position, what.Birthday, what.OtherId, note);
        person.LeftOn = what.Left ? person.LeftOn ?? today : null;
        if (there is null) db.Set<PersonAround>().Add(person);
        if (arrived)
        {
            timeline.Add(customerId, TimelineKind.File, what.Left ? "customers.timeline.contact-left" : "customers.timeline.contact-new", [name, position]);
            await events.PublishAsync(new ContactArrived(customerId, person.Id, string.Join(' ', new[] { position, name }.Where(x => x.Length > 0)), what.Left), cancel);
        }

        audit.Add("customers.person", "customers.person", person.Id);
        return person;
    }

    /// <summary>Takes somebody off the file, with the days that were theirs.</summary>
    public async Task RemoveAsync(PersonAround person, CancellationToken cancel = default)
    {
        db.Set<CustomerDate>().RemoveRange(await db.Set<CustomerDate>().AsTracking().Where(d => d.CustomerId == person.CustomerId && d.PersonId == person.Id).ToListAsync(cancel));
        db.Set<PersonAround>().Remove(person);
        audit.Add("customers.person.remove", "customers.person", person.Id);
    }

    /// <summary>Notes a day of the customer's or of somebody around.</summary>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<CustomerDate> NoteDayAsync(Guid customerId, Guid? personId, string? typed, Birthday on, CancellationToken cancel = default)
    {
        var name = CustomerDesk.Tidy(typed);
        var wrong = new List<(string, string)>();
        if (name.Length is 0 or > CustomerDate.NameMax) wrong.Add(("name", texts["customers.date.name-wrong", CustomerDate.NameMax]));
        if (!on.IsKnown) wrong.Add(("on.day", texts["customers.birthday.day-missing"]));
        else if (on.Wrong(texts, time.Today(user.Zone)) is { } day) wrong.Add(("on.day", texts[day.Key, day.Args]));
        await SeenAsync(customerId, cancel);
        if (personId is { } person && !await db.Set<PersonAround>().AnyAsync(p => p.Id == person && p.CustomerId == customerId, cancel)) wrong.Add(("personId", texts["kernel.points-nowhere"]));
        if (await db.Set<CustomerDate>().CountAsync(d => d.CustomerId == customerId, cancel) >= CustomerDate.Most) wrong.Add(("", texts["customers.date.too-many", CustomerDate.Most]));
        if (wrong.Count > 0) throw new BadInput(wrong);
        var date = new CustomerDate { CustomerId = customerId, PersonId = personId, Name = name, Year = on.Year, Month = on.Month, Day = on.Day, Lunar = on.Lunar, Leap = on.Leap };
        db.Set<CustomerDate>().Add(date);
        audit.Add("customers.date", "customers.customer", customerId);
        return date;
    }

    public void Remove(CustomerDate date)
    {
        db.Set<CustomerDate>().Remove(date);
        audit.Add("customers.date.remove", "customers.customer", date.CustomerId);
    }

    /// <summary>One more of us knows the customer.</summary>
    /// <exception cref="BadInput">Something is wrong; by field.</exception>
    public async Task<TeamMember> JoinAsync(Guid customerId, Guid? staffId, TeamLevel level, string? typed, CancellationToken cancel = default)
    {
        var note = CustomerDesk.Tidy(typed);
        await SeenAsync(customerId, cancel);
        var who = staffId is { } id ? await people.All.Where(p => p.Id == id && p.IsHere).Select(p => new { p.Id, p.Name }).FirstOrDefaultAsync(cancel) : null;
        if (who is null) throw new BadInput([("staffId", texts["customers.team.who-missing"])]);
        if (await db.Set<TeamMember>().AnyAsync(t => t.CustomerId == customerId && t.StaffId == who.Id && t.Until == null, cancel)) throw new BadInput([("staffId", texts["customers.team.there"])]);
        if (note.Length > TeamMember.NoteMax) throw new BadInput([("note", texts["customers.too-long", TeamMember.NoteMax])]);
        var member = new TeamMember { CustomerId = customerId, StaffId = who.Id, Level = Enum.IsDefined(level) ? level : TeamLevel.Front, Note = note, Since = time.Now(), By = user.StaffId == Guid.Empty ? null : user.StaffId };
        db.Set<TeamMember>().Add(member);
        timeline.Add(customerId, TimelineKind.File, "customers.timeline.team-joined", [who.Name]);
        audit.Add("customers.team", "customers.customer", customerId);
        return member;
    }

    public void End(TeamMember member)
    {
        member.End(time.Now());
        audit.Add("customers.team.end", "customers.customer", member.CustomerId);
    }

    private async Task SeenAsync(Guid customerId, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
    }
}
