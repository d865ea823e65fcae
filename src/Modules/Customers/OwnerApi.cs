using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to owning and allocation (A9).</summary>
internal static class OwnerApi
{
    private const int MostPerPage = 200;

    public sealed record OwnershipRow(Guid? OwnerId, Guid? DeputyId, DateTime Since, Guid? By, string Why, string WhyKey);

    /// <summary>Who looks after a file; the history newest first. <c>uncountedSince</c>: it waits for the sales director (A13).</summary>
    public sealed record OwnershipAnswer(Guid? OwnerId, Guid? DeputyId, Guid? KeeperId, DateTime? UncountedSince, IReadOnlyList<OwnershipRow> History);

    /// <summary>All three are set as sent; an owner stays an owner.</summary>
    public sealed record OwnershipBody(Guid OwnerId, Guid? DeputyId, Guid? KeeperId, string? Why);

    /// <summary>Gives files away: those of <c>ids</c>, or with <c>all</c> every one that meets the conditions of <c>query</c> (as in the address of the list).</summary>
    public sealed record AssignBody(Guid To, Guid[]? Ids, string? Query, bool All = false);

    public sealed record HandoverAnswer(Guid? Id, int Files);

    public sealed record HandoverLine(Guid Id, HandoverKind Kind, Guid? FromId, Guid ToId, Guid? By, DateTime At, int Files, DateTime? UndoneAt);

    public sealed record Suggestion(Guid StaffId, int Points, int Files, int? Most);

    public sealed record UndecidedAnswer(Guid Id, string Number, string Name, Guid? StoreId, CustomerSource Source, IReadOnlyList<Suggestion> Suggestions);

    public sealed record AllocatedAnswer(int Done, int Left);

    public sealed record AreaAnswer(Guid Id, string Words, Guid? StoreId, Guid? StaffId);

    public sealed record CapacityAnswer(Guid StaffId, int Files, int? Most);

    /// <summary>The shop's allocation: rules in their order, areas, capacity, posts that may own, whether files wait for the sales director.</summary>
    public sealed record RulesAnswer(IReadOnlyList<RuleForm> Rules, IReadOnlyList<AreaAnswer> Areas, IReadOnlyList<CapacityAnswer> Capacity, IReadOnlyList<string> OwnerRoles, bool ApproveFiles);

    public sealed record RulesBody(RuleForm[]? Rules, string[]? OwnerRoles, bool? ApproveFiles);

    public sealed record AreaBody(string? Words, Guid? StoreId, Guid? StaffId);

    public sealed record CapacityBody(int? Most);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/customers").WithTags("customers");
        group.MapGet("/{id:guid}/ownership", Get).Needs("customers.view").WithSummary("Owner, deputy, keeper, and the history with its reasons");
        group.MapPut("/{id:guid}/ownership", Set).Needs("customers.assign").WithSummary("Sets owner, deputy and keeper, with a reason");
        group.MapPost("/assign", Assign).Needs("customers.assign").WithSummary("Gives many files to one person: by ids, or by the conditions of the list");
        group.MapGet("/handovers", Handovers).Needs("customers.assign").WithSummary("Files that changed hands together, newest first");
        group.MapPost("/handovers/{id:guid}/undo", UndoHandover).Needs("customers.assign").WithSummary("Gives back what is still with whom it went to");
        group.MapGet("/undecided", Undecided).Needs("customers.assign").WithSummary("Files without an owner, with suggestions");
        group.MapPost("/undecided/allocate", Allocate).Needs("customers.assign").WithSummary("Goes through the undecided by the shop's rules");
        group.MapGet("/allocation", Rules).Needs("customers.rules").WithSummary("The shop's rules of allocation");
        group.MapPut("/allocation", SetRules).Needs("customers.rules").WithSummary("Sets rules, posts, approval; what is not sent stays");
        group.MapPost("/allocation/areas", AddArea).Needs("customers.rules").WithSummary("Adds words of an address and where they lie");
        group.MapDelete("/allocation/areas/{id:guid}", RemoveArea).Needs("customers.rules").WithSummary("Takes an area out");
        group.MapPut("/allocation/capacity/{staff:guid}", SetCapacity).Needs("customers.rules").WithSummary("How many files a person may own; null: any number");
    }

    private static async Task<Ok<OwnershipAnswer>> Get(Guid id, Db db, Texts texts, CancellationToken cancel)
    {
        var file = await db.Set<Customer>().Where(c => c.Id == id).Select(c => new { c.OwnerId, c.DeputyId, c.KeeperId, c.UncountedSince }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var history = await db.Set<Ownership>().Where(o => o.CustomerId == id).OrderByDescending(o => o.Since).ThenByDescending(o => o.Id).Take(MostPerPage).ToListAsync(cancel);
        return TypedResults.Ok(new OwnershipAnswer(file.OwnerId, file.DeputyId, file.KeeperId, file.UncountedSince, [.. history.Select(o => new OwnershipRow(o.OwnerId, o.DeputyId, o.Since, o.By, OwnerWords.Why(o, texts), o.Why))]));
    }

    private static async Task<NoContent> Set(Guid id, OwnershipBody body, Owners owners, Db db, CancellationToken cancel)
    {
        await owners.SetAsync(id, body.OwnerId, body.DeputyId, body.KeeperId, body.Why ?? "", cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<HandoverAnswer>> Assign(AssignBody body, BulkActs acts, Db db, CurrentUser me, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        var ids = await acts.ChosenAsync(body.All, body.Query ?? "", body.Ids ?? [], views.Where(v => me.Can(v.Permission)), cancel);
        var handover = await acts.GiveAsync(ids, body.To, cancel);
        await db.SaveAsync("/api/v1/customers/handovers", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new HandoverAnswer(handover?.Id, handover?.Files ?? 0));
    }

    private static async Task<Ok<IReadOnlyList<HandoverLine>>> Handovers(Owners owners, CancellationToken cancel, int page = 1, int size = 50)
    {
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        if (page is < 1 or > 10_000) throw new BadInput([("page", "1 … 10000")]);
        var rows = await owners.Seen.OrderByDescending(h => h.At).ThenByDescending(h => h.Id).Skip((page - 1) * size).Take(size).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<HandoverLine>>([.. rows.Select(h => new HandoverLine(h.Id, h.Kind, h.FromId, h.ToId, h.By, h.At, h.Files, h.UndoneAt))]);
    }

    private static async Task<Ok<HandoverAnswer>> UndoHandover(Guid id, Owners owners, Db db, CancellationToken cancel)
    {
        var back = await owners.UndoAsync(id, cancel);
        await db.SaveAsync("/api/v1/customers/handovers", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new HandoverAnswer(id, back));
    }

    private static async Task<Ok<IReadOnlyList<UndecidedAnswer>>> Undecided(Allocator allocator, CancellationToken cancel, int page = 1, int size = 50)
    {
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        if (page is < 1 or > 10_000) throw new BadInput([("page", "1 … 10000")]);
        var scene = await allocator.ReadAsync(cancel);
        var rows = await allocator.Waiting.OrderBy(c => c.Id).Skip((page - 1) * size).Take(size).Select(c => new { c.Id, c.Number, c.Name, c.StoreId, c.Source }).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<UndecidedAnswer>>([.. rows.Select(r => new UndecidedAnswer(r.Id, r.Number, r.Name, r.StoreId, r.Source, [.. scene.Suggest(r.StoreId, 3).Select(s => new Suggestion(s.Candidate.Id, s.Points, s.Candidate.Files, s.Candidate.Most))]))]);
    }

    private static async Task<Ok<AllocatedAnswer>> Allocate(Allocator allocator, Db db, CancellationToken cancel)
    {
        var (done, left) = await allocator.AllocateAsync(cancel);
        await db.SaveAsync("/api/v1/customers/undecided", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new AllocatedAnswer(done, left));
    }

    private static async Task<Ok<RulesAnswer>> Rules(Allocator allocator, Db db, CancellationToken cancel)
    {
        var scene = await allocator.ReadAsync(cancel);
        var setting = await Allocator.SettingAsync(db, cancel);
        return TypedResults.Ok(new RulesAnswer([.. scene.Rules.OrderBy(r => r.Place).Select(r => new RuleForm(r.Kind, r.Place, r.IsOn, r.Months, r.Share, r.Skill, r.Workload, r.Efficiency))],
            [.. scene.Areas.Select(a => new AreaAnswer(a.Id, a.Words, a.StoreId, a.StaffId))], [.. scene.Candidates.Select(c => new CapacityAnswer(c.Id, c.Files, c.Most))], [.. setting.Roles], setting.ApproveFiles));
    }

    private static async Task<NoContent> SetRules(RulesBody body, AllocationDesk desk, Db db, CancellationToken cancel)
    {
        if (body.Rules is { } rules) await desk.SetRulesAsync(rules, cancel);
        if (body.OwnerRoles is not null || body.ApproveFiles is not null)
        {
            var setting = await Allocator.SettingAsync(db, cancel);
            await desk.SetAsync(body.OwnerRoles ?? [.. setting.Roles], body.ApproveFiles ?? setting.ApproveFiles, cancel);
        }

        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> AddArea(AreaBody body, AllocationDesk desk, Db db, CancellationToken cancel)
    {
        await desk.AddAreaAsync(body.Words, body.StoreId, body.StaffId, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveArea(Guid id, AllocationDesk desk, Db db, CancellationToken cancel)
    {
        await desk.RemoveAreaAsync(id, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetCapacity(Guid staff, CapacityBody body, AllocationDesk desk, Db db, CancellationToken cancel)
    {
        await desk.SetCapacityAsync(staff, body.Most, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }
}
