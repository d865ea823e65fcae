using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to the rest of the file: forms, kinds, contacts, news, days, our people, money, papers.</summary>
internal static class ArchiveApi
{
    private const int MostPerPage = 200;

    public sealed record FormAnswer(Guid CustomerId, FormState State, DateOnly CompleteOn, DateOnly HandInOn, IReadOnlyList<string> Missing, string Words, Guid? OwnerId);

    /// <summary>hand-in, take, or return with the names of what is missing.</summary>
    public sealed record FormBody(string? Act, string[]? Missing, string? Words);

    public sealed record KindAnswer(Guid Id, string Key, string Title, CustomerClass Class, bool IsBody, bool PutAway);

    /// <summary>A further contact; phones, e-mail and addresses are masked.</summary>
    public sealed record ContactAnswer(Guid Id, ContactKind Kind, string Label, string Value, string Hours, DateTime? DoNotUseSince, int Version);

    public sealed record ContactBody(ContactKind Kind, string? Label, string? Value, string? Hours, bool DoNotUse = false);

    public sealed record NewsAnswer(Guid Id, Guid CustomerId, NewsTopic Topic, string Words, DateOnly HeardOn, Guid? By);

    public sealed record NewsBody(NewsTopic Topic, string? Words, DateOnly? HeardOn);

    /// <summary>Somebody around; the phone is masked. <c>otherId</c> is their own file.</summary>
    public sealed record PersonAnswer(Guid Id, AroundKind Kind, string Relation, string Name, string Position, string Phone, Guid? OtherId, DateOnly? LeftOn, string Note, Api.BirthdayBody? Birthday, int Version);

    /// <summary>Somebody as a whole: what is left out is empty, but the phone, which answers mask: left out it stays. <c>left</c>: no longer at the customer's. To change one, the version read goes in <c>If-Match</c> or here.</summary>
    public sealed record PersonBody(AroundKind Kind, string? Relation, string? Name, string? Phone, string? Position, Api.BirthdayBody? Birthday, Guid? OtherId, string? Note, bool Left = false, int? Version = null);

    /// <summary>A day that matters every year; <c>personId</c>: whose, the customer's own without it. <c>next</c> is when it comes next.</summary>
    public sealed record DayAnswer(Guid Id, Guid? PersonId, string Name, Api.BirthdayBody On, DateOnly? Next);

    public sealed record DayBody(string? Name, Guid? PersonId, Api.BirthdayBody? On);

    /// <summary>One of our people who knows the customer.</summary>
    public sealed record TeamAnswer(Guid Id, Guid StaffId, TeamLevel Level, string Note, DateTime Since);

    /// <summary>Our people and on how firm a footing the customer stands.</summary>
    public sealed record FootingAnswer(Footing Footing, bool IsKey, IReadOnlyList<TeamAnswer> Team);

    public sealed record TeamBody(Guid StaffId, TeamLevel Level, string? Note);

    /// <summary>Money in minor units of its currency.</summary>
    public sealed record ChargeAnswer(Guid Id, ChargeKind Kind, string Title, string Currency, long Amount, DateOnly? DueOn, ChargeState State, DateOnly? ClosedOn, string Words);

    /// <summary>Amount in minor units; the currency is CNY when left out.</summary>
    public sealed record ChargeBody(ChargeKind Kind, string? Title, long Amount, DateOnly? DueOn, string? Words, string? Currency = null);

    /// <summary>pay, back or waive (with why).</summary>
    public sealed record CloseBody(string? Act, string? Why);

    /// <summary>The sums are of all charges, one for each currency; <c>next</c> is the cursor of the charges that follow, null on the last page.</summary>
    public sealed record MoneyAnswer(CreditGrade Credit, IReadOnlyList<MoneySum> Sums, IReadOnlyList<ChargeAnswer> Charges, Guid? Next);

    public sealed record CreditBody(CreditGrade Grade, string? Words);

    public sealed record LadderBody(LadderStep? Step, string? Words);

    public sealed record PaperAnswer(Guid Id, PaperKind Kind, string Title, string Number, DateOnly IssuedOn, int Pages, string Place, Guid? FileId);

    /// <summary>A paper; its scan was stored before by <c>POST /api/v1/files</c>.</summary>
    public sealed record PaperBody(PaperKind Kind, string? Title, string? Number, DateOnly? IssuedOn, int Pages = 1, string? Place = null, Guid? FileId = null);

    public sealed record IdAnswer(Guid Id);

    public sealed record ConsentAnswer(ConsentPurpose Purpose, string Channel, DateTime GivenAt, string How, Guid? By, DateTime? WithdrawnAt);

    /// <summary>channels: phone, wechat, sms, mail; how: counter, paper, phone, link.</summary>
    public sealed record ConsentBody(bool Agrees, string[]? Channels, string? How);

    public sealed record DoNotContactBody(bool Value);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/customer-forms", Forms).Needs("customers.records").WithTags("archive").WithSummary("Forms of first contacts by state: Filling, HandedIn, Returned; by cursor");
        app.MapGet("/api/v1/customer-kinds", Kinds).Needs("customers.view").WithTags("archive").WithSummary("Kinds of customers within the classes");
        app.MapGet("/api/v1/market-news", AllNews).Needs("customers.view").WithTags("archive").WithSummary("What customers told of the market, newest first, by cursor");
        var one = app.MapGroup("/api/v1/customers/{id:guid}").WithTags("archive");
        one.MapGet("/form.pdf", (Guid id) => new RazorComponentResult(typeof(Pages.ArchiveForm), new { Id = id })).Needs("customers.view").WithMetadata(new Huitou.Kit.PaperAttribute { Always = true }).WithSummary("The archive form as PDF, masked").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        one.MapPost("/form", Form).Needs("customers.edit").WithSummary("Hand a form in; take it or hand it back (customers.records)");
        one.MapGet("/consents", Consents).Needs("customers.view").WithSummary("What the customer agreed to, by purpose and channel, with when and how; also what was taken back; by cursor");
        one.MapPut("/consents/{purpose}", SetConsent).Needs("customers.edit").WithSummary("Agreed for a purpose by channels (none: any), or taken back");
        one.MapPut("/do-not-contact", DoNotContact).Needs("customers.edit").WithSummary("Not to be contacted, or again");
        one.MapPost("/updated", Updated).Needs("customers.edit").WithSummary("The file was gone through after a trade");
        one.MapGet("/contacts", Contacts).Needs("customers.view").WithSummary("Further contacts");
        one.MapPost("/contacts", AddContact).Needs("customers.edit").WithSummary("Add a contact");
        one.MapDelete("/contacts/{contactId:guid}", RemoveContact).Needs("customers.edit").WithSummary("Remove a contact");
        one.MapPost("/news", AddNews).Needs("customers.edit").WithSummary("Note what was heard of the market");
        one.MapPut("/contacts/{contactId:guid}", ChangeContact).Needs("customers.edit").WithSummary("Change a contact; a value left out stays, the kind always");
        one.MapGet("/people", PeopleAround).Needs("customers.view").WithSummary("People around the customer");
        one.MapPost("/people", AddPerson).Needs("customers.edit").WithSummary("Add somebody around the customer");
        one.MapPut("/people/{personId:guid}", ChangePerson).Needs("customers.edit").WithSummary("Change somebody around; If-Match or version is needed");
        one.MapDelete("/people/{personId:guid}", RemovePerson).Needs("customers.edit").WithSummary("Take somebody off the file, with their days");
        one.MapGet("/dates", Days).Needs("customers.view").WithSummary("Days that matter, besides birthdays");
        one.MapPost("/dates", NoteDay).Needs("customers.edit").WithSummary("Note a day, by the sun or the moon");
        one.MapDelete("/dates/{dateId:guid}", RemoveDay).Needs("customers.edit").WithSummary("Remove a day");
        one.MapGet("/team", Team).Needs("customers.view").WithSummary("Our people who know the customer, and whether all hangs on one");
        one.MapPost("/team", Join).Needs("customers.edit").WithSummary("One more of us knows the customer");
        one.MapDelete("/team/{memberId:guid}", Leave).Needs("customers.edit").WithSummary("Does not know the customer any more; stays in the history");
        one.MapGet("/money", Money).Needs("customers.view").WithSummary("Debts, fees, deposits, violations by cursor, credit standing");
        one.MapPost("/charges", AddCharge).Needs("customers.edit").WithSummary("Write a debt, fee, deposit or violation");
        one.MapPost("/charges/{chargeId:guid}/closing", CloseCharge).Needs("customers.edit").WithSummary("Paid, paid back, or waived with why");
        one.MapPost("/credit", Judge).Needs("customers.edit").WithSummary("Judge the credit standing");
        one.MapPut("/ladder", Stand).Needs("customers.edit").WithSummary("Where the customer stands on the ladder (null: not known), with why");
        one.MapGet("/papers", Papers).Needs("customers.view").WithSummary("Contents of the file in order of issue, by cursor");
        one.MapPost("/papers", AddPaper).Needs("customers.edit").WithSummary("Add a paper, with or without its scan");
        one.MapDelete("/papers/{paperId:guid}", RemovePaper).Needs("customers.edit").WithSummary("Take a paper off the file; its scan goes for good");
    }

    private static async Task<Ok<Listed<FormAnswer>>> Forms(Db db, CancellationToken cancel, FormState state = FormState.HandedIn, Guid? cursor = null, int size = 50)
    {
        var forms = from f in db.Set<FileForm>() join c in db.Set<Customer>() on f.CustomerId equals c.Id where f.State == state select f;
        if (cursor is { } last && await db.Set<FileForm>().Where(f => f.Id == last).Select(f => (DateOnly?)f.HandInOn).FirstOrDefaultAsync(cancel) is { } day) forms = forms.Where(f => f.HandInOn > day || f.HandInOn == day && f.Id > last);
        return Cut(await forms.OrderBy(f => f.HandInOn).ThenBy(f => f.Id).Take(Checked(size) + 1).ToListAsync(cancel), size, f => f.Id, f => new FormAnswer(f.CustomerId, f.State, f.CompleteOn, f.HandInOn, f.Missing.Split(' ', StringSplitOptions.RemoveEmptyEntries), f.Words, f.OwnerId));
    }

    private static async Task<Results<NoContent, ForbidHttpResult>> Form(Guid id, FormBody body, Db db, CurrentUser me, Forms forms, CancellationToken cancel)
    {
        if (body.Act == "hand-in") await forms.HandInAsync(id, cancel);
        else if (!me.Can("customers.records")) return TypedResults.Forbid();
        else if (body.Act == "take") await forms.TakeAsync(id, cancel);
        else if (body.Act == "return") await forms.ReturnAsync(id, body.Missing ?? [], body.Words, cancel);
        else throw new BadInput([("act", "hand-in, take, return")]);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Listed<ConsentAnswer>>> Consents(Guid id, Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        await SeenAsync(id, db, cancel);
        var consents = db.Set<Consent>().Where(c => c.CustomerId == id);
        if (cursor is { } last && await consents.Where(c => c.Id == last).Select(c => (DateTime?)c.GivenAt).FirstOrDefaultAsync(cancel) is { } at) consents = consents.Where(c => c.GivenAt < at || c.GivenAt == at && c.Id < last);
        return Cut(await consents.OrderByDescending(c => c.GivenAt).ThenByDescending(c => c.Id).Take(Checked(size) + 1).ToListAsync(cancel), size, c => c.Id, c => new ConsentAnswer(c.Purpose, c.Channel, c.GivenAt, c.How, c.By, c.WithdrawnAt));
    }

    private static async Task<NoContent> SetConsent(Guid id, string purpose, ConsentBody body, Db db, ConsentDesk desk, CancellationToken cancel)
    {
        if (!Enum.TryParse<ConsentPurpose>(purpose, ignoreCase: true, out var known) || !Enum.IsDefined(known)) throw new NotThere();
        await desk.SetAsync(id, known, body.Agrees, body.Channels ?? [], body.How ?? "", cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/consents", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DoNotContact(Guid id, DoNotContactBody body, Db db, TimeProvider time, Audit audit, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        if (body.Value != customer.DoNotContactSince is not null)
        {
            customer.DoNotContactSince = body.Value ? time.Now() : null;
            audit.Add("customers.edit", "customers.customer", id, nameof(Customer.DoNotContactSince));
        }

        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Updated(Guid id, Db db, Audit audit, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        customer.UpdateDueSince = null;
        audit.Add("customers.updated", "customers.customer", id);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<KindAnswer>>> Kinds(Db db, Texts texts, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<KindAnswer>>((await db.Set<CustomerKind>().OrderBy(k => k.Place).ToListAsync(cancel)).ConvertAll(k => new KindAnswer(k.Id, k.Key, CustomerKind.NameOf(texts, k.Key, k.Title), k.Class, k.IsBody, k.PutAwaySince is not null)));

    private static async Task<Ok<IReadOnlyList<ContactAnswer>>> Contacts(Guid id, Db db, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        var rows = await db.Set<CustomerContact>().Where(c => c.CustomerId == id).OrderBy(c => c.Place).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<ContactAnswer>>(rows.ConvertAll(c => new ContactAnswer(c.Id, c.Kind, c.Label, CustomerContact.Shown(c.Kind, c.Value, false), c.Hours, c.DoNotUseSince, c.Version)));
    }

    private static async Task<Created<IdAnswer>> AddContact(Guid id, ContactBody body, Db db, ContactDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, $"/api/v1/customers/{id}/contacts", (await desk.SaveAsync(id, null, body.Kind, body.Label, body.Value, body.Hours, !body.DoNotUse, cancel)).Id, cancel);

    private static async Task<NoContent> ChangeContact(Guid id, Guid contactId, ContactBody body, Db db, ContactDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        var contact = await db.Set<CustomerContact>().AsTracking().FirstOrDefaultAsync(c => c.Id == contactId && c.CustomerId == id, cancel) ?? throw new NotThere();
        await desk.SaveAsync(id, contact, contact.Kind, body.Label, body.Value, body.Hours, !body.DoNotUse, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/contacts", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveContact(Guid id, Guid contactId, Db db, ContactDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        await desk.RemoveAsync(await db.Set<CustomerContact>().AsTracking().FirstOrDefaultAsync(c => c.Id == contactId && c.CustomerId == id, cancel) ?? throw new NotThere(), cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/contacts", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Listed<NewsAnswer>>> AllNews(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        var news = from n in db.Set<MarketNews>() join c in db.Set<Customer>() on n.CustomerId equals c.Id select n;
        if (cursor is { } last && await db.Set<MarketNews>().Where(n => n.Id == last).Select(n => (DateTime?)n.At).FirstOrDefaultAsync(cancel) is { } at) news = news.Where(n => n.At < at || n.At == at && n.Id < last);
        return Cut(await news.OrderByDescending(n => n.At).ThenByDescending(n => n.Id).Take(Checked(size) + 1).ToListAsync(cancel), size, n => n.Id, n => new NewsAnswer(n.Id, n.CustomerId, n.Topic, n.Words, n.HeardOn, n.OwnerId));
    }

    private static async Task<Created<IdAnswer>> AddNews(Guid id, NewsBody body, Db db, ContactDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, "/api/v1/market-news", (await desk.HearAsync(id, body.Topic, body.Words, body.HeardOn, cancel)).Id, cancel);

    private static async Task<Ok<IReadOnlyList<PersonAnswer>>> PeopleAround(Guid id, Db db, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        var rows = await db.Set<PersonAround>().Where(p => p.CustomerId == id).OrderBy(p => p.Id).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<PersonAnswer>>(rows.ConvertAll(p => new PersonAnswer(p.Id, p.Kind, p.Relation, p.Name, p.Position, Phone.Mask(p.Phone), p.OtherId, p.LeftOn, p.Note, Api.Said(p.Birthday), p.Version)));
    }

    private static PersonWords Words(PersonBody body) => new() { Kind = body.Kind, Relation = body.Relation, Name = body.Name, Phone = body.Phone, Position = body.Position, Birthday = Api.Read(body.Birthday), OtherId = body.OtherId, Note = body.Note, Left = body.Left };

    private static async Task<Created<IdAnswer>> AddPerson(Guid id, PersonBody body, Db db, AroundDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, $"/api/v1/customers/{id}/people", (await desk.SaveAsync(id, null, Words(body), cancel)).Id, cancel);

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePerson(Guid id, Guid personId, PersonBody body, Db db, AroundDesk desk, Texts texts, HttpContext http, CancellationToken cancel)
    {
        var person = await PersonAsync(id, personId, db, cancel);
        if (Api.Stale(http, body.Version, person.Version, texts) is { } stale) return stale;
        await desk.SaveAsync(id, person, Words(body), cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/people", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemovePerson(Guid id, Guid personId, Db db, AroundDesk desk, CancellationToken cancel)
    {
        await desk.RemoveAsync(await PersonAsync(id, personId, db, cancel), cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/people", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<PersonAround> PersonAsync(Guid id, Guid personId, Db db, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        return await db.Set<PersonAround>().AsTracking().FirstOrDefaultAsync(p => p.Id == personId && p.CustomerId == id, cancel) ?? throw new NotThere();
    }

    private static async Task<Ok<IReadOnlyList<DayAnswer>>> Days(Guid id, Db db, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        var today = time.Today(me.Zone);
        var rows = await db.Set<CustomerDate>().Where(d => d.CustomerId == id).OrderBy(d => d.Id).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<DayAnswer>>(rows.ConvertAll(d => new DayAnswer(d.Id, d.PersonId, d.Name, Api.Said(d.On)!, d.On.Next(today))));
    }

    private static async Task<Created<IdAnswer>> NoteDay(Guid id, DayBody body, Db db, AroundDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, $"/api/v1/customers/{id}/dates", (await desk.NoteDayAsync(id, body.PersonId, body.Name, Api.Read(body.On), cancel)).Id, cancel);

    private static async Task<NoContent> RemoveDay(Guid id, Guid dateId, Db db, AroundDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        desk.Remove(await db.Set<CustomerDate>().AsTracking().FirstOrDefaultAsync(d => d.Id == dateId && d.CustomerId == id, cancel) ?? throw new NotThere());
        await db.SaveAsync($"/api/v1/customers/{id}/dates", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<FootingAnswer>> Team(Guid id, Db db, CancellationToken cancel)
    {
        var c = await db.Set<Customer>().Where(x => x.Id == id).Select(x => new { x.OwnerId, x.DeputyId, x.Tier, x.Class }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var team = await db.Set<TeamMember>().Where(t => t.CustomerId == id && t.Until == null).OrderBy(t => t.Id).ToListAsync(cancel);
        return TypedResults.Ok(new FootingAnswer(Circle.Of(c.OwnerId, c.DeputyId, team.Select(t => (t.StaffId, t.Level))), Circle.IsKey(c.Tier, c.Class), team.ConvertAll(t => new TeamAnswer(t.Id, t.StaffId, t.Level, t.Note, t.Since))));
    }

    private static async Task<Created<IdAnswer>> Join(Guid id, TeamBody body, Db db, AroundDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, $"/api/v1/customers/{id}/team", (await desk.JoinAsync(id, body.StaffId, body.Level, body.Note, cancel)).Id, cancel);

    private static async Task<NoContent> Leave(Guid id, Guid memberId, Db db, AroundDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        desk.End(await db.Set<TeamMember>().AsTracking().FirstOrDefaultAsync(t => t.Id == memberId && t.CustomerId == id && t.Until == null, cancel) ?? throw new NotThere());
        await db.SaveAsync($"/api/v1/customers/{id}/team", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MoneyAnswer>> Money(Guid id, Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        await SeenAsync(id, db, cancel);
        var all = db.Set<Charge>().Where(c => c.CustomerId == id);
        var credit = await db.Set<CreditStanding>().Where(c => c.CustomerId == id).OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Select(c => (CreditGrade?)c.Grade).FirstOrDefaultAsync(cancel);
        var charges = all;
        if (cursor is { } last && await all.Where(c => c.Id == last).Select(c => (DateTime?)c.MadeAt).FirstOrDefaultAsync(cancel) is { } at) charges = charges.Where(c => c.MadeAt < at || c.MadeAt == at && c.Id < last);
        var part = Cut(await charges.OrderByDescending(c => c.MadeAt).ThenByDescending(c => c.Id).Take(Checked(size) + 1).ToListAsync(cancel), size, c => c.Id, c => new ChargeAnswer(c.Id, c.Kind, c.Title, c.Currency, c.Amount, c.DueOn, c.State, c.ClosedOn, c.Words)).Value!;
        return TypedResults.Ok(new MoneyAnswer(credit ?? CreditGrade.Unknown, await MoneyDesk.SumsAsync(db, id, cancel), part.Items, part.Next));
    }

    private static async Task<Created<IdAnswer>> AddCharge(Guid id, ChargeBody body, Db db, MoneyDesk desk, CancellationToken cancel) =>
        await MadeAsync(db, $"/api/v1/customers/{id}/money", (await desk.AddAsync(id, body.Kind, body.Title, body.Amount, body.DueOn, body.Words, body.Currency, cancel)).Id, cancel);

    private static async Task<NoContent> CloseCharge(Guid id, Guid chargeId, CloseBody body, Db db, MoneyDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        desk.Close(await db.Set<Charge>().AsTracking().FirstOrDefaultAsync(c => c.Id == chargeId && c.CustomerId == id, cancel) ?? throw new NotThere(), body.Act ?? "", body.Why);
        await db.SaveAsync($"/api/v1/customers/{id}/money", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Judge(Guid id, CreditBody body, Db db, MoneyDesk desk, CancellationToken cancel)
    {
        await desk.JudgeAsync(id, body.Grade, body.Words, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/money", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Stand(Guid id, LadderBody body, Db db, LadderDesk desk, CancellationToken cancel)
    {
        await desk.SetAsync(id, body.Step, body.Words, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Listed<PaperAnswer>>> Papers(Guid id, Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        await SeenAsync(id, db, cancel);
        var papers = db.Set<Paper>().Where(p => p.CustomerId == id);
        if (cursor is { } last && await papers.Where(p => p.Id == last).Select(p => (DateOnly?)p.IssuedOn).FirstOrDefaultAsync(cancel) is { } day) papers = papers.Where(p => p.IssuedOn > day || p.IssuedOn == day && p.Id > last);
        return Cut(await papers.OrderBy(p => p.IssuedOn).ThenBy(p => p.Id).Take(Checked(size) + 1).ToListAsync(cancel), size, p => p.Id, p => new PaperAnswer(p.Id, p.Kind, p.Title, p.Number, p.IssuedOn, p.Pages, p.Place, p.FileId));
    }

    private static async Task<Created<IdAnswer>> AddPaper(Guid id, PaperBody body, Db db, PaperDesk desk, Huitou.Files.Public.FileStore files, CancellationToken cancel)
    {
        // A file that hangs elsewhere already is somebody else's.
        if (body.FileId is { } file && (!await files.IsMineAsync(file, cancel) || await db.Set<Paper>().AnyAsync(p => p.FileId == file, cancel))) throw new NotThere();
        return await MadeAsync(db, $"/api/v1/customers/{id}/papers", (await desk.AddAsync(id, body.Kind, body.Title, body.Number, body.IssuedOn, body.Pages, body.Place, body.FileId, cancel)).Id, cancel);
    }

    private static async Task<NoContent> RemovePaper(Guid id, Guid paperId, Db db, PaperDesk desk, CancellationToken cancel)
    {
        await SeenAsync(id, db, cancel);
        await desk.RemoveAsync(await db.Set<Paper>().AsTracking().FirstOrDefaultAsync(p => p.Id == paperId && p.CustomerId == id, cancel) ?? throw new NotThere(), cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/papers", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal static int Checked(int size) => size is >= 1 and <= MostPerPage ? size : throw new BadInput([("size", $"1 … {MostPerPage}")]);

    // One row more than asked for says that there is a following page.
    internal static Ok<Listed<TAnswer>> Cut<T, TAnswer>(List<T> rows, int size, Func<T, Guid> id, Func<T, TAnswer> answer) => TypedResults.Ok(new Listed<TAnswer>([.. rows.Take(size).Select(answer)], rows.Count > size ? id(rows[size - 1]) : null));

    private static async Task SeenAsync(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
    }

    private static async Task<Created<IdAnswer>> MadeAsync(Db db, string address, Guid id, CancellationToken cancel)
    {
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new IdAnswer(id));
    }
}
