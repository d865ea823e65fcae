using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to profiles: what is asked, what is known, and the sums without names.</summary>
internal static class ProfileApi
{
    /// <summary>A template. <c>key</c> names the ready one it was taken from.</summary>
    public sealed record TemplateAnswer(Guid Id, string Key, string Title, MeantFor Meant, bool InUse, int Edition, IReadOnlyList<ItemAnswer> Items);

    /// <summary>An item of a template. <c>asked</c> is false for one that was ended, or is sensitive and not switched on.</summary>
    public sealed record ItemAnswer(Guid Id, string Key, string Title, string Section, string Hint, ItemKind Kind, IReadOnlyList<OptionAnswer> Options, Sensitive Sensitive, bool Asked, int FirstEdition, int? LastEdition);

    /// <summary>A choice: the value that is stored, the words it is read by.</summary>
    public sealed record OptionAnswer(string Value, string Words);

    /// <summary>A template to add: by <c>ready</c> (a key of the house) or by <c>title</c>.</summary>
    public sealed record TemplateBody(string? Ready, string? Title, string? Meant, bool InUse = true);

    /// <summary>An item to add or reword. Kind and sensitivity count only when it is added.</summary>
    public sealed record ItemBody(string? Title, string? Section, string? Hint, string? Kind, string[]? Options, string? Sensitive, int Remind = 0);

    /// <summary>Whether an item is asked, and for a sensitive one whether the shop has switched it on.</summary>
    public sealed record AskingBody(bool? Ended, bool? SwitchedOn);

    /// <summary>What is known on one item. Phones and addresses are masked. <c>consentMissing</c>: nothing can be kept before the customer agrees.</summary>
    public sealed record KnownAnswer(Guid ItemId, string Title, ItemKind Kind, Sensitive Sensitive, string Value, string Words, bool InFile, bool Declined, bool ConsentMissing, DateTime? LearntAt, Guid? LearntBy, string? How);

    /// <summary>A customer's profile.</summary>
    public sealed record ProfileAnswerBody(int Done, int Total, Guid? Next, IReadOnlyList<KnownAnswer> Items);

    /// <summary>An answer: dates yyyy-MM-dd, yes or no, several choices one a line. Empty takes it back.</summary>
    public sealed record ValueBody(string? Value, bool Declined = false, string? How = null);

    /// <summary>Consent for something sensitive: given or taken back; <c>how</c>: paper, counter, link, guardian.</summary>
    public sealed record AgreeBody(bool Agrees, string? How);

    /// <summary>A sum without names. <c>value</c> null: the answers too few to show one by one.</summary>
    public sealed record SumAnswer(Guid ItemId, string Title, ItemKind Kind, int People, IReadOnlyList<ShareAnswer> Shares, decimal? Low, decimal? Middle, decimal? High);

    public sealed record ShareAnswer(string? Value, string? Words, int Count);

    public static void Map(IEndpointRouteBuilder app)
    {
        var templates = app.MapGroup("/api/v1/profile-templates").WithTags("profiles");
        templates.MapGet("", List).Needs("customers.view").WithSummary("Templates with what they ask");
        templates.MapPost("", Add).Needs("customers.setup").WithSummary("Take over a ready template, or begin one of one's own");
        templates.MapPatch("/{id:guid}", Change).Needs("customers.setup").WithSummary("Name, whom it is meant for, in use or put away");
        templates.MapPost("/{id:guid}/items", AddItem).Needs("customers.setup").WithSummary("Ask one more thing: a new edition");
        templates.MapPut("/{id:guid}/items/{itemId:guid}", ChangeItem).Needs("customers.setup").WithSummary("Reword an item; answers stay");
        templates.MapPost("/{id:guid}/items/{itemId:guid}/asking", Asking).Needs("customers.setup").WithSummary("End or resume an item, switch a sensitive one on or off");
        var customers = app.MapGroup("/api/v1/customers/{id:guid}").WithTags("profiles");
        customers.MapGet("/profile", Get).Needs("customers.view").WithSummary("What is known of a customer, and the next thing to ask");
        customers.MapPut("/profile/{itemId:guid}", Put).Needs("customers.edit").WithSummary("Keep an answer; the one before stays readable");
        customers.MapPut("/sensitive-consents/{kind}", Agree).Needs("customers.edit").WithSummary("Consent for something sensitive; taken back, its answers are deleted");
        app.MapGet("/api/v1/profile-sums", Sums).Needs("customers.sums").WithTags("profiles").WithSummary("Answers summed without names, no group smaller than 10");
    }

    private static async Task<Ok<IReadOnlyList<TemplateAnswer>>> List(Db db, Texts texts, CancellationToken cancel)
    {
        var all = await db.Set<ProfileTemplate>().OrderBy(t => t.Place).ThenBy(t => t.Id).ToListAsync(cancel);
        var items = (await db.Set<ProfileItem>().OrderBy(i => i.Place).ThenBy(i => i.Id).ToListAsync(cancel)).ToLookup(i => i.TemplateId);
        return TypedResults.Ok<IReadOnlyList<TemplateAnswer>>(all.ConvertAll(t => Of(t, items[t.Id], texts)));
    }

    private static async Task<Results<Created<TemplateAnswer>, ProblemHttpResult>> Add(TemplateBody body, Db db, CurrentUser me, TimeProvider time, TemplateDesk desk, ProfileCatalog catalog, Audit audit, Texts texts, CancellationToken cancel)
    {
        ProfileTemplate template;
        if (body.Ready is { } key)
        {
            var ready = ReadyTemplates.All.FirstOrDefault(r => r.Key == key) ?? throw new BadInput([("ready", string.Join(", ", ReadyTemplates.All.Select(r => r.Key)))]);
            if (await db.Set<ProfileTemplate>().AnyAsync(t => t.Key == key, cancel)) throw new Refused("customers.template.taken");
            template = ReadyTemplates.TakeOver(db, ready, await db.Set<ProfileTemplate>().CountAsync(cancel) + 1, me.StaffId == Guid.Empty ? null : me.StaffId, time.Now());
            audit.Add("customers.template.take", "customers.template", template.Id, key);
            catalog.Forget(db);
        }
        else
        {
            template = await desk.AddAsync(body.Title, body.Meant, cancel);
        }

        var answer = Of(template, db.Set<ProfileItem>().Local.Where(i => i.TemplateId == template.Id), texts);
        var address = $"/api/v1/profile-templates/{template.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, answer);
    }

    private static async Task<NoContent> Change(Guid id, TemplateBody body, Db db, TemplateDesk desk, CancellationToken cancel)
    {
        desk.Change(await TemplateAsync(id, db, cancel), body.Title, body.Meant, body.InUse);
        await db.SaveAsync($"/api/v1/profile-templates/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Created<ItemAnswer>> AddItem(Guid id, ItemBody body, Db db, TemplateDesk desk, Texts texts, CancellationToken cancel)
    {
        var item = await desk.SaveItemAsync(await TemplateAsync(id, db, cancel), null, Input(body), cancel);
        var address = $"/api/v1/profile-templates/{id}/items/{item.Id}";
        var answer = Of(item, texts);
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, answer);
    }

    private static async Task<Ok<ItemAnswer>> ChangeItem(Guid id, Guid itemId, ItemBody body, Db db, TemplateDesk desk, Texts texts, CancellationToken cancel)
    {
        var template = await TemplateAsync(id, db, cancel);
        var item = await desk.SaveItemAsync(template, await ItemAsync(id, itemId, db, cancel), Input(body), cancel);
        var answer = Of(item, texts);
        await db.SaveAsync($"/api/v1/profile-templates/{id}/items/{itemId}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(answer);
    }

    private static async Task<Ok<ItemAnswer>> Asking(Guid id, Guid itemId, AskingBody body, Db db, TemplateDesk desk, Texts texts, CancellationToken cancel)
    {
        var (template, item) = (await TemplateAsync(id, db, cancel), await ItemAsync(id, itemId, db, cancel));
        if (body.SwitchedOn is { } on) await desk.SwitchAsync(template, item, on, cancel);
        if (body.Ended is true) await desk.EndAsync(template, item, cancel);
        else if (body.Ended is false) await desk.ResumeAsync(template, item, cancel);
        var answer = Of(item, texts);
        await db.SaveAsync($"/api/v1/profile-templates/{id}/items/{itemId}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(answer);
    }

    private static async Task<Ok<ProfileAnswerBody>> Get(Guid id, Profile profile, Texts texts, CancellationToken cancel)
    {
        var sheet = await profile.OfAsync(id, cancel);
        return TypedResults.Ok(new ProfileAnswerBody(sheet.Done, sheet.Total, sheet.Next([])?.Id, [.. sheet.Lines.Select(l =>
        {
            var may = sheet.Agreed(l.Item.Sensitive);
            var value = l.Answer is { } a && may ? l.Item.Kind is ItemKind.Phone or ItemKind.Address ? ProfileWords.Value(texts, l.Item.Kind, a.Value, false) : a.Value : "";
            return new KnownAnswer(l.Item.Id, ProfileWords.Title(texts, l.Item), l.Item.Kind, l.Item.Sensitive, value, l.Answer is null || !may ? "" : ProfileWords.Value(texts, l.Item.Kind, l.Answer.Value, false), l.InFile, l.Answer?.Declined ?? false, !may, l.Answer?.LearntAt, l.Answer?.LearntBy, l.Answer?.How);
        })]));
    }

    private static async Task<NoContent> Put(Guid id, Guid itemId, ValueBody body, Db db, Profile profile, CancellationToken cancel)
    {
        if (await profile.AnswerAsync(await profile.OfAsync(id, cancel), itemId, body.Value, body.Declined, body.How ?? "", cancel) is { } wrong) throw new BadInput([("value", wrong)]);
        await db.SaveAsync($"/api/v1/customers/{id}/profile", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Agree(Guid id, string kind, AgreeBody body, Db db, Profile profile, CancellationToken cancel)
    {
        if (!Enum.TryParse<Sensitive>(kind, ignoreCase: true, out var sensitive) || !Enum.IsDefined(sensitive)) throw new NotThere();
        await profile.AgreeAsync(id, sensitive, body.Agrees, body.How ?? "", cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/profile", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<SumAnswer>>> Sums(AnswerSums sums, Texts texts, CancellationToken cancel, int least = AnswerSums.Least) =>
        TypedResults.Ok<IReadOnlyList<SumAnswer>>([.. (await sums.AllAsync(least, cancel)).Where(s => s.People > 0).Select(s => new SumAnswer(s.Item.Id, ProfileWords.Title(texts, s.Item), s.Item.Kind, s.People,
            [.. s.Shares.Select(x => new ShareAnswer(x.Value, x.Value is null ? null : ProfileWords.Value(texts, s.Item.Kind == ItemKind.Several ? ItemKind.Choice : s.Item.Kind, x.Value, false), x.Count))], s.Quartiles?.Low, s.Quartiles?.Middle, s.Quartiles?.High))]);

    private static async Task<ProfileTemplate> TemplateAsync(Guid id, Db db, CancellationToken cancel) => await db.Set<ProfileTemplate>().AsTracking().FirstOrDefaultAsync(t => t.Id == id, cancel) ?? throw new NotThere();

    private static async Task<ProfileItem> ItemAsync(Guid templateId, Guid id, Db db, CancellationToken cancel) =>
        await db.Set<ProfileItem>().AsTracking().FirstOrDefaultAsync(i => i.Id == id && i.TemplateId == templateId, cancel) ?? throw new NotThere();

    private static ItemInput Input(ItemBody body) => new(body.Title, body.Section, body.Hint, body.Kind, string.Join('\n', body.Options ?? []), body.Sensitive, body.Remind);

    private static TemplateAnswer Of(ProfileTemplate t, IEnumerable<ProfileItem> items, Texts texts) =>
        new(t.Id, t.Key, ProfileTemplate.NameOf(texts, t.Key, t.Title), t.Meant, t.InUseSince is not null, t.Edition, [.. items.OrderBy(i => i.Place).Select(i => Of(i, texts))]);

    private static ItemAnswer Of(ProfileItem i, Texts texts) => new(i.Id, i.Key, ProfileWords.Title(texts, i.Key, i.Title), ProfileWords.Own(texts, i.Section), ProfileWords.Own(texts, i.Hint), i.Kind,
        [.. ProfileItem.Split(i.Options).Select(o => new OptionAnswer(o, ProfileWords.Own(texts, o)))], i.Sensitive, i.IsAsked, i.FirstEdition, i.LastEdition);
}
