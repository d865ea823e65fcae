using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to duplicates and merging (A11), and where the page of a file posts its undoing.</summary>
internal static class MergeApi
{
    private const int MostPerPage = 200;

    /// <summary>Two files that look alike. Phones are masked.</summary>
    public sealed record PairAnswer(Guid Id, PairKind Kind, PairState State, int Score, IReadOnlyList<string> Reasons, Guid AId, string AName, string ANumber, string APhone, Guid BId, string BName, string BNumber, string BPhone);

    public sealed record PairsAnswer(IReadOnlyList<PairAnswer> Items, int Page, bool More);

    /// <summary>How two of one family belong together, e.g. 家人.</summary>
    public sealed record FamilyBody(string? Relation);

    /// <summary>The file that goes, and which parts of it the surviving file takes: <c>Name</c>, <c>Phone</c>, <c>Birthday</c> … <c>bothNotes</c> keeps both notes.</summary>
    public sealed record MergeBody(Guid Other, string[]? Take, bool BothNotes = false);

    public sealed record MergedAnswer(Guid MergeId, Guid Id);

    public sealed record MergedFileAnswer(Guid MergeId, Guid Id, string Name, string Number, DateTime At, Guid? By);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/customers/merges/{id:guid}/undo", UndoOnPage).Needs("customers.merge").ExcludeFromDescription();
        var group = app.MapGroup("/api/v1/customers").WithTags("customers");
        group.MapGet("/duplicates", List).Needs("customers.merge").WithSummary("Files that may be one person, the surest first; state: Open (default), Dismissed, Linked; kind: Same, Family");
        group.MapPost("/duplicates/find", Find).Needs("customers.merge").WithSummary("Looks through the whole archive for duplicates, as due work");
        group.MapPost("/duplicates/{id:guid}/dismiss", Dismiss).Needs("customers.merge").WithSummary("Not the same; does not come up again");
        group.MapPost("/duplicates/{id:guid}/family", Family).Needs("customers.merge").WithSummary("Two of one family: each is noted around the other");
        group.MapPost("/{id:guid}/merge", Merge).Needs("customers.merge").WithSummary("Merges another file into this one; can be undone");
        group.MapGet("/{id:guid}/merges", Merged).Needs("customers.view").WithSummary("Files merged into this one");
        group.MapPost("/merges/{id:guid}/undo", Undo).Needs("customers.merge").WithSummary("Gives the merged file back with its rows");
    }

    private static async Task<Ok<PairsAnswer>> List(Pairs pairs, CancellationToken cancel, PairState state = PairState.Open, PairKind? kind = null, int page = 1, int size = 50)
    {
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        if (page is < 1 or > 10_000) throw new BadInput([("page", "1 … 10000")]);
        var found = pairs.Seen.Where(p => p.State == state);
        if (kind is { } only) found = found.Where(p => p.Kind == only);
        var rows = await found.OrderByDescending(p => p.Score).ThenBy(p => p.Id).Skip((page - 1) * size).Take(size + 1).ToListAsync(cancel);
        return TypedResults.Ok(new PairsAnswer([.. rows.Take(size).Select(p => new PairAnswer(p.Id, p.Kind, p.State, p.Score, p.Reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries), p.AId, p.AName, p.ANumber, Phone.Mask(p.APhone), p.BId, p.BName, p.BNumber, Phone.Mask(p.BPhone)))], page, rows.Count > size));
    }

    private static async Task<Accepted> Find(Pairs pairs, Db db, CancellationToken cancel)
    {
        await pairs.FindNowAsync(cancel);
        await db.SaveAsync("/api/v1/customers/duplicates", StatusCodes.Status202Accepted, cancel);
        return TypedResults.Accepted("/api/v1/customers/duplicates");
    }

    private static async Task<NoContent> Dismiss(Guid id, Pairs pairs, Db db, CancellationToken cancel)
    {
        await pairs.DismissAsync(id, again: false, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Family(Guid id, FamilyBody body, Pairs pairs, Db db, CancellationToken cancel)
    {
        await pairs.LinkAsync(id, body.Relation ?? "", cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MergedAnswer>> Merge(Guid id, MergeBody body, Merges merges, Db db, CancellationToken cancel)
    {
        var merge = await merges.MergeAsync(id, body.Other, body.Take ?? [], body.BothNotes, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new MergedAnswer(merge, id));
    }

    private static async Task<Ok<IReadOnlyList<MergedFileAnswer>>> Merged(Guid id, Merges merges, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        return TypedResults.Ok<IReadOnlyList<MergedFileAnswer>>([.. (await merges.IntoAsync(id, cancel)).Select(m => new MergedFileAnswer(m.MergeId, m.Id, m.Name, m.Number, m.At, m.By))]);
    }

    private static async Task<Ok<MergedAnswer>> Undo(Guid id, Merges merges, Db db, CancellationToken cancel)
    {
        var back = await merges.UndoAsync(id, cancel);
        await db.SaveAsync($"/api/v1/customers/{back}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new MergedAnswer(id, back));
    }

    private static async Task<IResult> UndoOnPage(Guid id, HttpContext http, Merges merges, Db db, Lookups lookups, CurrentUser me, Texts texts, CancellationToken cancel)
    {
        var back = await merges.UndoAsync(id, cancel);
        lookups.Forget(db, me);
        await db.SaveAsync($"/customers/{back}", cancel: cancel);
        Toast.Leave(http, texts["customers.merged.undone"]);
        http.Response.Headers.Location = $"/customers/{back}";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
