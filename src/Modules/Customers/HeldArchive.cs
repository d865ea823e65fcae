using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What else the archive holds of a person (B14): answers, further contacts, days, money, papers.</summary>
internal sealed class HeldArchive(Db db, Texts texts) : IHeldData
{
    public int Order => 11;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var answers = await (from a in db.Set<ProfileAnswer>()
                             join i in db.Set<ProfileItem>() on a.ItemId equals i.Id
                             where a.CustomerId == personId && a.Value != ""
                             orderby a.LearntAt
                             select new { i.Key, i.Title, i.Kind, a.Value, a.LearntAt, a.How, a.ReplacedAt }).ToListAsync(cancel);
        var contacts = await db.Set<CustomerContact>().Where(c => c.CustomerId == personId).OrderBy(c => c.Place).ToListAsync(cancel);
        var dates = await db.Set<CustomerDate>().Where(d => d.CustomerId == personId).OrderBy(d => d.Id).ToListAsync(cancel);
        var consents = await db.Set<SensitiveConsent>().Where(s => s.CustomerId == personId).OrderBy(s => s.GivenAt).ToListAsync(cancel);
        var charges = await db.Set<Charge>().Where(c => c.CustomerId == personId).OrderBy(c => c.MadeAt).ToListAsync(cancel);
        var papers = await db.Set<Paper>().Where(p => p.CustomerId == personId).OrderBy(p => p.IssuedOn).ToListAsync(cancel);
        var visits = await db.Set<StoreVisit>().Where(v => v.CustomerId == personId).OrderBy(v => v.At).ToListAsync(cancel);
        var credit = await db.Set<CreditStanding>().Where(c => c.CustomerId == personId).OrderBy(c => c.At).ToListAsync(cancel);
        return
        [
            new("customers.answers", "customers.profile", [("item", "customers.held.item"), ("value", "customers.held.value"), ("learntAt", "customers.held.at"), ("how", "customers.answer.how"), ("replacedAt", "customers.held.replaced")],
                answers.ConvertAll(a => (IReadOnlyList<object?>)[ProfileWords.Title(texts, a.Key, a.Title), ProfileWords.Value(texts, a.Kind, a.Value, revealed: true), a.LearntAt, new HeldWord("customers.answer.how." + a.How), a.ReplacedAt])),
            new("customers.contacts", "customers.contacts", [("kind", "customers.contact.kind"), ("label", "customers.contact.label"), ("value", "customers.held.value"), ("hours", "customers.preferred-hours")],
                contacts.ConvertAll(c => (IReadOnlyList<object?>)[new HeldWord($"customers.contact.kind.{c.Kind}"), c.Label, c.Value, c.Hours])),
            new("customers.dates", "customers.dates", [("name", "customers.date.name"), ("day", "customers.held.birthday")], dates.ConvertAll(d => (IReadOnlyList<object?>)[d.Name, d.On.Words(texts)])),
            new("customers.sensitive-consents", "customers.sensitive.own-consent", [("kind", "customers.held.item"), ("givenAt", "customers.held.given"), ("how", "customers.held.how"), ("withdrawnAt", "customers.held.withdrawn")],
                consents.ConvertAll(s => (IReadOnlyList<object?>)[new HeldWord($"customers.sensitive.{s.Kind}"), s.GivenAt, new HeldWord($"customers.sensitive.how.{s.How}"), s.WithdrawnAt])),
            new("customers.charges", "customers.money", [("kind", "customers.charge.kind"), ("title", "customers.charge.title"), ("amount", "customers.charge.amount"), ("currency", "customers.currency"), ("dueOn", "customers.charge.due"), ("state", "customers.charge.state"), ("closedOn", "customers.charge.closed")],
                charges.ConvertAll(c => (IReadOnlyList<object?>)[new HeldWord($"customers.charge.kind.{c.Kind}"), c.Title, decimal.Parse(Currencies.Plain(c.Amount, c.Currency), System.Globalization.CultureInfo.InvariantCulture), c.Currency, c.DueOn, new HeldWord($"customers.charge.state.{c.State}"), c.ClosedOn])),
            new("customers.credit", "customers.credit", [("grade", "customers.credit"), ("words", "customers.held.words"), ("at", "customers.held.at")], credit.ConvertAll(c => (IReadOnlyList<object?>)[new HeldWord($"customers.credit.{c.Grade}"), c.Words, c.At])) { WorkingNotes = true },
            new("customers.store-visits", "customers.store-visits", [("kind", "customers.store-visit.kind"), ("at", "customers.held.at"), ("what", "customers.store-visit.what"), ("reference", "customers.store-visit.reference"), ("withdrawnAt", "customers.held.withdrawn")],
                visits.ConvertAll(v => (IReadOnlyList<object?>)[new HeldWord($"customers.store-visit.kind.{v.Kind}"), v.At, v.What, v.Reference, v.WithdrawnAt])),
            new("customers.papers", "customers.papers", [("issuedOn", "customers.paper.issued"), ("title", "customers.paper.name"), ("number", "customers.paper.number"), ("pages", "customers.paper.pages")], papers.ConvertAll(p => (IReadOnlyList<object?>)[p.IssuedOn, p.Title, p.Number, p.Pages])),
        ];
    }
}
