using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to saved views, tags, the notes one takes back, and what the shop sets for its archive.</summary>
internal static class SetupApi
{
    /// <summary>Conditions of the list under a name; <c>query</c> is what follows the list's address and what <c>GET /api/v1/customers</c> takes.</summary>
    public sealed record ViewAnswer(Guid Id, string Name, bool Shared, string Query, bool Own);
    public sealed record ViewBody(string? Name, string? Query, bool Shared = false);

    /// <summary>All the tags of a file: what is left out goes.</summary>
    public sealed record TagsBody(string[]? Tags);

    /// <summary>A word to hang on files: those of <c>ids</c>, or with <c>all</c> every one that meets <c>query</c>. At most 2,000.</summary>
    public sealed record TagManyBody(string? Tag, Guid[]? Ids, string? Query, bool All = false);
    public sealed record TaggedAnswer(int Files);

    /// <summary>Names of sources after which a form is due, of the fields it must have, and the months of a phone.</summary>
    public sealed record SettingAnswer(IReadOnlyList<string> FormSources, IReadOnlyList<string> FormFields, int ReplacementMonths, int WarrantyMonths);

    /// <summary>What is left out stays.</summary>
    public sealed record SettingBody(string[]? FormSources, string[]? FormFields, int? ReplacementMonths, int? WarrantyMonths);
    public sealed record KindBody(string? Title, CustomerClass Class = CustomerClass.General, bool IsBody = false);

    /// <summary>What is left out stays; an empty title of a ready kind is the ready word again.</summary>
    public sealed record KindChangeBody(string? Title, bool? PutAway);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").WithTags("archive");
        group.MapGet("/customer-views", Views).Needs("customers.view").WithSummary("Saved views: one's own and those shared");
        group.MapPost("/customer-views", SaveView).Needs("customers.view").WithSummary("Keep conditions of the list under a name");
        group.MapDelete("/customer-views/{id:guid}", RemoveView).Needs("customers.view").WithSummary("Take away a view of one's own");
        group.MapPost("/customers/tags", TagMany).Needs("customers.edit").WithSummary("Hang a word on many files");
        group.MapPut("/customers/{id:guid}/tags", SetTags).Needs("customers.edit").WithSummary("The tags of a file, all of them");
        group.MapDelete("/customers/{id:guid}/notes/{noteId:guid}", TakeBack).Needs("customers.edit").WithSummary("Take back a note of one's own, within ten minutes");
        group.MapGet("/customer-setup", Setting).Needs("customers.setup").WithSummary("Which first contacts want a form, what must stand in it, months of a phone");
        group.MapPut("/customer-setup", SetSetting).Needs("customers.setup").WithSummary("Set the form of first contacts and the months");
        group.MapPost("/customer-kinds", AddKind).Needs("customers.setup").WithSummary("A kind of customers of the shop's own");
        group.MapPatch("/customer-kinds/{id:guid}", ChangeKind).Needs("customers.setup").WithSummary("Another word for a kind, or no longer offered");
    }

    private static async Task<Ok<List<ViewAnswer>>> Views(Db db, CurrentUser me, CancellationToken cancel)
    {
        var self = me.StaffId;
        return TypedResults.Ok(await db.Set<View>().Where(v => v.By == self || v.Shared).OrderBy(v => v.Place).ThenBy(v => v.Id).Take(200).Select(v => new ViewAnswer(v.Id, v.Name, v.Shared, v.Query, v.By == self)).ToListAsync(cancel));
    }

    private static async Task<Created<ViewAnswer>> SaveView(ViewBody body, SetupDesk desk, Db db, CancellationToken cancel)
    {
        var view = await desk.SaveViewAsync(body.Name, body.Shared, body.Query, cancel);
        await db.SaveAsync("/api/v1/customer-views", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/customer-views", new ViewAnswer(view.Id, view.Name, view.Shared, view.Query, true));
    }

    private static async Task<NoContent> RemoveView(Guid id, SetupDesk desk, Db db, CancellationToken cancel)
    {
        await desk.RemoveViewAsync(id, cancel);
        await db.SaveAsync("/api/v1/customer-views", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<TaggedAnswer>> TagMany(TagManyBody body, BulkActs acts, Db db, CurrentUser me, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var ids = await acts.ChosenAsync(body.All, body.Query ?? "", body.Ids ?? [], views.Where(v => me.Can(v.Permission)), cancel);
        await acts.TagAsync(ids, body.Tag ?? "", cancel);
        await db.SaveAsync("/api/v1/customers", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new TaggedAnswer(ids.Count));
    }

    private static async Task<Ok<IReadOnlyList<string>>> SetTags(Guid id, TagsBody body, SetupDesk desk, Db db, CancellationToken cancel)
    {
        var tags = await desk.SetTagsAsync(id, body.Tags ?? [], cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(tags);
    }

    private static async Task<NoContent> TakeBack(Guid id, Guid noteId, Db db, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        var entry = await db.Set<TimelineEntry>().AsTracking().FirstOrDefaultAsync(e => e.Id == noteId && e.CustomerId == id, cancel) ?? throw new NotThere();
        if (!Pages.StoryPanel.MayTakeBack(entry, me, time.Now())) throw new Refused("customers.note-undo-late", (int)Pages.StoryPanel.UndoFor.TotalMinutes);
        db.Set<TimelineEntry>().Remove(entry);
        await db.SaveAsync($"/api/v1/customers/{id}/timeline", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<SettingAnswer>> Setting(SetupDesk desk, CancellationToken cancel) => TypedResults.Ok(Answer(await desk.SettingAsync(cancel)));

    private static async Task<Ok<SettingAnswer>> SetSetting(SettingBody body, SetupDesk desk, Db db, CancellationToken cancel)
    {
        var setting = await desk.SettingAsync(cancel);
        var there = Answer(setting);
        desk.Set(setting, body.FormSources ?? there.FormSources, body.FormFields ?? there.FormFields, body.ReplacementMonths ?? there.ReplacementMonths, body.WarrantyMonths ?? there.WarrantyMonths);
        var answer = Answer(setting);
        await db.SaveAsync("/api/v1/customer-setup", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(answer);
    }

    private static async Task<Created<ArchiveApi.KindAnswer>> AddKind(KindBody body, SetupDesk desk, Db db, CancellationToken cancel)
    {
        var kind = await desk.AddKindAsync(body.Title, body.Class, body.IsBody, cancel);
        await db.SaveAsync("/api/v1/customer-kinds", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/customer-kinds", new ArchiveApi.KindAnswer(kind.Id, kind.Key, kind.Title, kind.Class, kind.IsBody, false));
    }

    private static async Task<NoContent> ChangeKind(Guid id, KindChangeBody body, SetupDesk desk, Db db, CancellationToken cancel)
    {
        desk.Change(await db.Set<CustomerKind>().AsTracking().FirstOrDefaultAsync(k => k.Id == id, cancel) ?? throw new NotThere(), body.Title, body.PutAway);
        await db.SaveAsync("/api/v1/customer-kinds", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static SettingAnswer Answer(Setting s) => new(s.FormSources.Split(' ', StringSplitOptions.RemoveEmptyEntries), s.FormFields.Split(' ', StringSplitOptions.RemoveEmptyEntries), s.ReplacementMonths, s.WarrantyMonths);
}
