using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The machine door to retention and destruction.</summary>
internal static class RetentionApi
{
    /// <summary>A class of files and how long it is kept.</summary>
    public sealed record ClassAnswer(string Key, string Title, string CustomerClass, string CustomerStage, int Months);

    /// <summary>A file whose time is over.</summary>
    public sealed record DueAnswer(Guid Id, string Number, DateOnly LastOn, DateOnly DueOn);

    public sealed record DestructionAnswer(Guid Id, string Number, string ClassTitle, int Count, int Secret, DestructionState State, DateTime AskedAt, DestructionMethod? Method, Guid? WitnessOne, Guid? WitnessTwo, Guid? DoneBy, DateTime? DoneAt, IReadOnlyList<ItemAnswer>? Items);
    public sealed record ItemAnswer(string FileNumber, SecrecyLevel Level, DateOnly DueOn, DestructionItemState State);

    /// <param name="Class">Key of the class.</param>
    /// <param name="FileIds">Only these of what is due; all (at most 500) when empty.</param>
    public sealed record AskBody(string? Class, Guid[]? FileIds);

    /// <param name="Method">Shred, Tear, Wipe; secret files are not torn.</param>
    /// <param name="WitnessOne">Staff.</param>
    /// <param name="WitnessTwo">Staff, another.</param>
    /// <param name="NotSold">Nothing was sold as waste.</param>
    public sealed record CarryBody(DestructionMethod Method, Guid WitnessOne, Guid WitnessTwo, bool NotSold);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").WithTags("custody");
        group.MapGet("/retention-classes", async (Db db, Texts texts, CancellationToken cancel) => TypedResults.Ok((await db.Set<RetentionClass>().OrderBy(c => c.Months).ToListAsync(cancel)).ConvertAll(c => new ClassAnswer(c.Key, texts[c.Title], c.CustomerClass, c.CustomerStage, c.Months)))).Needs("custody.destroy").WithSummary("Classes of files and how long they are kept");
        group.MapGet("/retention-classes/{key}/due", Due).Needs("custody.destroy").WithSummary("Files of a class whose time is over");
        group.MapGet("/destructions", (Db db, Texts texts, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<Destruction>().ListAsync(d => Answer(d, null, texts), cursor, size, cancel)).Needs("custody.destroy").WithSummary("Destructions, newest first");
        group.MapPost("/destructions", Ask).Needs("custody.destroy").WithSummary("Ask to destroy what is due of a class");
        group.MapGet("/destructions/{id:guid}", Get).Needs("custody.destroy").WithSummary("One destruction with its list");
        group.MapGet("/destructions/{id:guid}/certificate.pdf", (Guid id) => new RazorComponentResult(typeof(Pages.Certificate), new { Id = id })).Needs("custody.destroy").WithMetadata(new PaperAttribute { Always = true }).WithSummary("The certificate of destruction as PDF").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        group.MapPost("/destructions/{id:guid}/carrying-out", Carry).Needs("custody.destroy").WithSummary("Carried out before two witnesses");
    }

    private static async Task<Ok<List<DueAnswer>>> Due(string key, Db db, CurrentUser me, RetentionDesk desk, CancellationToken cancel, int skip = 0, int size = 50)
    {
        if (size is < 1 or > 500 || skip < 0) throw new BadInput([("size", "1 … 500")]);
        var of = await db.Set<RetentionClass>().FirstOrDefaultAsync(c => c.Key == key, cancel) ?? throw new NotThere();
        var rows = await desk.Due(of).Skip(skip).Take(size).ToListAsync(cancel);
        return TypedResults.Ok(rows.ConvertAll(r => new DueAnswer(r.Id, r.Number, r.LastOn(me.Zone), r.LastOn(me.Zone).AddMonths(of.Months))));
    }

    private static async Task<Created<DestructionAnswer>> Ask(AskBody body, Db db, RetentionDesk desk, Texts texts, CancellationToken cancel)
    {
        var of = await db.Set<RetentionClass>().FirstOrDefaultAsync(c => c.Key == body.Class, cancel) ?? throw new NotThere();
        var destruction = await desk.AskAsync(of, body.FileIds ?? [], cancel);
        var address = $"/api/v1/destructions/{destruction.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, Answer(destruction, null, texts));
    }

    private static async Task<Ok<DestructionAnswer>> Get(Guid id, Db db, Texts texts, CancellationToken cancel)
    {
        var destruction = await db.Set<Destruction>().FirstOrDefaultAsync(d => d.Id == id, cancel) ?? throw new NotThere();
        var items = await db.Set<DestructionItem>().Where(i => i.DestructionId == id).OrderBy(i => i.FileNumber).Select(i => new ItemAnswer(i.FileNumber, i.Level, i.DueOn, i.State)).ToListAsync(cancel);
        return TypedResults.Ok(Answer(destruction, items, texts));
    }

    private static async Task<Ok<DestructionAnswer>> Carry(Guid id, CarryBody body, Db db, RetentionDesk desk, Texts texts, CancellationToken cancel)
    {
        var destruction = await db.Set<Destruction>().AsTracking().FirstOrDefaultAsync(d => d.Id == id, cancel) ?? throw new NotThere();
        await desk.CarryOutAsync(destruction, body.Method, body.WitnessOne, body.WitnessTwo, body.NotSold, cancel);
        await db.SaveAsync($"/api/v1/destructions/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(destruction, null, texts));
    }

    private static DestructionAnswer Answer(Destruction d, IReadOnlyList<ItemAnswer>? items, Texts texts) => new(d.Id, d.Number, texts[d.ClassTitle], d.Count, d.Secret, d.State, d.AskedAt, d.Method, d.WitnessOne, d.WitnessTwo, d.DoneBy, d.DoneAt, items);
}
