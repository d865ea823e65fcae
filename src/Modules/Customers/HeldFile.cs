using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What the archive holds of a person (B14): the file, things owned, people around, consents, words hung on them, what passed.</summary>
internal sealed class HeldFile(Db db, Texts texts) : IHeldData
{
    public int Order => 10;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var c = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).FirstOrDefaultAsync(x => x.Id == personId, cancel) ?? throw new NotThere();
        var devices = await db.Set<Device>().Where(d => d.CustomerId == personId).OrderBy(d => d.BoughtOn).ToListAsync(cancel);
        var people = await db.Set<PersonAround>().Where(p => p.CustomerId == personId).OrderBy(p => p.Id).ToListAsync(cancel);
        var consents = await db.Set<Consent>().Where(x => x.CustomerId == personId).OrderBy(x => x.GivenAt).ToListAsync(cancel);
        var tags = await db.Set<CustomerTag>().Where(t => t.CustomerId == personId).OrderBy(t => t.Name).Select(t => new { t.Name, t.At }).ToListAsync(cancel);
        var passed = await db.Set<TimelineEntry>().Where(e => e.CustomerId == personId).OrderBy(e => e.At).ToListAsync(cancel);
        var known = await (from a in db.Set<ProfileAnswer>()
                           join i in db.Set<ProfileItem>() on a.ItemId equals i.Id
                           where a.CustomerId == personId && a.ReplacedAt == null
                           orderby a.LearntAt
                           select new { i.Key, i.Title, a.Value, a.LearntAt, a.How }).ToListAsync(cancel);
        (string, string)[] line = [("at", "customers.held.at"), ("what", "customers.held.what"), ("words", "customers.held.words")];
        return
        [
            new("customers.file", "customers.held.file", [("item", "customers.held.item"), ("value", "customers.held.value")],
            [
                [new HeldWord("customers.held.number"), c.Number], .. Filled(("customers.held.name", c.Name), ("customers.held.form-of-address", c.FormOfAddress), ("customers.held.phone", c.Phone), ("customers.held.email", c.Email), ("customers.held.wechat", c.WeChat), ("customers.held.address", c.Address),
                    ("customers.held.birthday", c.Birthday.Month == 0 ? null : c.Birthday.Words(texts)), ("customers.source", new HeldWord("customers.source." + c.Source)), ("customers.held.opened", c.OpenedAt), ("customers.held.class", new HeldWord("customers.class." + c.Class)),
                    ("customers.stage", new HeldWord("customers.stage." + c.Stage)), ("customers.tier", new HeldWord("customers.tier." + c.Tier)), ("customers.held.external", c.ExternalNumber), ("customers.preferred-hours", c.PreferredHours), ("customers.do-not-contact", c.DoNotContactSince)),
            ]),
            new("customers.devices", "customers.devices", [("model", "customers.held.model"), ("imei", "customers.held.imei"), ("serial", "customers.held.serial"), ("boughtOn", "customers.held.bought"), ("price", "customers.held.price"), ("warrantyEnd", "customers.held.warranty"), ("note", "customers.held.note")],
                devices.ConvertAll(d => (IReadOnlyList<object?>)[d.Model, d.Imei, d.Serial, d.BoughtOn, d.Price == 0 ? null : d.Price / 100m, d.WarrantyEnd, d.Note])),
            new("customers.people", "customers.held.people", [("relation", "customers.held.relation"), ("name", "customers.held.name"), ("phone", "customers.held.phone"), ("birthday", "customers.held.birthday"), ("note", "customers.held.note")],
                people.ConvertAll(p => (IReadOnlyList<object?>)[p.Relation, p.Name, p.Phone, p.Birthday.Month == 0 ? null : p.Birthday.Words(texts), p.Note])),
            new("customers.consents", "customers.held.consents", [("purpose", "customers.held.purpose"), ("channel", "customers.held.channel"), ("givenAt", "customers.held.given"), ("how", "customers.held.how"), ("withdrawnAt", "customers.held.withdrawn")],
                consents.ConvertAll(x => (IReadOnlyList<object?>)[new HeldWord("customers.consent." + x.Purpose), x.Channel, x.GivenAt, new HeldWord("customers.consent.how." + x.How), x.WithdrawnAt])),
            new("customers.tags", "customers.held.tags", [("name", "customers.held.tag"), ("at", "customers.held.at")], tags.ConvertAll(t => (IReadOnlyList<object?>)[t.Name, t.At])),
            new("customers.profile", "customers.held.profile", [("item", "customers.held.item"), ("value", "customers.held.value"), ("at", "customers.held.at")],
                known.ConvertAll(k => (IReadOnlyList<object?>)[k.Title.Length > 0 ? k.Title : new HeldWord("customers.item." + k.Key), k.Value, k.LearntAt])),
            new("customers.timeline", "customers.held.timeline", line, [.. passed.Where(e => e.Kind != TimelineKind.Note).Select(Line)]),
            new("customers.notes", "customers.held.notes", line, [.. passed.Where(e => e.Kind == TimelineKind.Note).Select(Line), .. c.Note.Length == 0 ? Array.Empty<IReadOnlyList<object?>>() : [[c.OpenedAt, new HeldWord("customers.held.note"), c.Note]]]) { WorkingNotes = true },
        ];

        IReadOnlyList<object?> Line(TimelineEntry e) => [e.At, TimelineWords.Title(e, texts), e.Words];
    }

    private static IEnumerable<IReadOnlyList<object?>> Filled(params (string Key, object? Value)[] facts) =>
        facts.Where(f => f.Value is not (null or "")).Select(f => (IReadOnlyList<object?>)[new HeldWord(f.Key), f.Value]);
}
