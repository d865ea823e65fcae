using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The register of promises.</summary>
internal static class PromisesApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        var promises = app.MapGroup("/api/v1/promises").WithTags("promises");
        promises.MapGet("/", PromisesAsync).Needs("promises.view").WithName("promises-list").WithSummary("Promises within reach, the next due first");
        promises.MapPost("/", AddPromiseAsync).Needs("complaints.work").WithName("promises-add").WithSummary("Writes a promise down, with or without a case");
        promises.MapGet("/register", RegisterAsync).Needs("promises.view").WithName("promises-register").WithSummary("The register of promises, summed by person and store");
        promises.MapPost("/{id:guid}/owner", GivePromiseAsync).Needs("complaints.work").WithName("promises-give").WithSummary("Gives a promise to another owner");
        app.MapGet("/promises/register.xlsx", RegisterFileAsync).Needs("promises.view").ExcludeFromDescription();
        promises.MapPost("/{id:guid}/end", EndPromiseAsync).Needs("complaints.work").WithName("promises-end").WithSummary("Ends a promise: kept, withdrawn with the customer's word, or broken");
    }

    private static async Task<Ok<List<PromiseRow>>> PromisesAsync(PromiseRows rows, PromiseState? state, Guid? customerId, Guid? ownerId, int? take, CancellationToken cancel)
    {
        var found = rows.All;
        if (state is { } s) found = found.Where(p => p.State == s);
        if (customerId is { } customer) found = found.Where(p => p.CustomerId == customer);
        if (ownerId is { } owner) found = found.Where(p => p.OwnerId == owner);
        return TypedResults.Ok(await found.OrderBy(p => p.DueAt).Take(Math.Clamp(take ?? 50, 1, Most)).ToListAsync(cancel));
    }

    private static async Task<Created<Made>> AddPromiseAsync(NewPromise body, Promises promises, CurrentUser me, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "promises", await promises.AddAsync(body.CustomerId, body.ComplaintId, body.What ?? "", Utc(body.DueAt), body.By ?? me.StaffId, cancel), cancel);

    private static async Task<NoContent> GivePromiseAsync(Guid id, HandoverBody body, Promises promises, Db db, CancellationToken cancel)
    {
        await promises.GiveAsync(id, body.To, body.Why ?? "", cancel);
        await db.SaveAsync($"/api/v1/promises/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RegisterBody>> RegisterAsync(PromiseTable table, CurrentUser me, TimeProvider time, string? on, string? by, CancellationToken cancel)
    {
        var span = TableSpan.Of("month", on, time.Today(me.Zone));
        var (all, lines) = await table.ReadAsync(span.From, span.Next.AddDays(-1), by, cancel);
        return TypedResults.Ok(new RegisterBody(span.From, span.Next.AddDays(-1), by == "store" ? "store" : "owner", all, lines));
    }

    private static async Task RegisterFileAsync(PromiseTable table, Texts texts, CurrentUser me, TimeProvider time, HttpContext http, string? on, string? by, CancellationToken cancel)
    {
        var span = TableSpan.Of("month", on, time.Today(me.Zone));
        by = by == "store" ? "store" : "owner";
        var (all, lines) = await table.ReadAsync(span.From, span.Next.AddDays(-1), by, cancel);
        await using var whole = new MemoryStream();
        await using (var sheet = SheetWriter.Xlsx(whole, texts["complaints.register.title"], me.Name)) await table.WriteAsync(sheet, by, all, lines, cancel);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"promises-{TableSpan.Text(span.From)}.xlsx\"";
        http.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(http.Response.Body, cancel);
    }

    private static async Task<NoContent> EndPromiseAsync(Guid id, PromiseEndBody body, Promises promises, Db db, CancellationToken cancel)
    {
        await (body.As switch
        {
            PromiseState.Kept => promises.KeepAsync(id, body.Note ?? "", cancel),
            PromiseState.Broken => promises.BreakAsync(id, body.Note ?? "", cancel),
            PromiseState.Withdrawn => promises.WithdrawAsync(id, body.Note ?? "", cancel),
            _ => throw new Refused("complaints.promise-end-how"),
        });
        await db.SaveAsync($"/api/v1/promises/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    internal sealed record NewPromise(Guid CustomerId, Guid? ComplaintId, string? What, DateTime DueAt, Guid? By);

    internal sealed record PromiseEndBody(PromiseState As, string? Note);

    internal sealed record RegisterBody(DateOnly From, DateOnly To, string By, PromiseLine All, IReadOnlyList<PromiseLine> Lines);
}
