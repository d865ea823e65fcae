using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The public forms of the stores.</summary>
internal static class FormsApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        var forms = complaints.MapGroup("/forms");
        forms.MapGet("/", FormsAsync).Needs("complaints.settle").WithName("complaints-forms").WithSummary("QR doors of the stores");
        forms.MapPost("/", OpenFormAsync).Needs("complaints.settle").WithName("complaints-forms-open").WithSummary("Opens a QR door for a store");
        forms.MapPost("/{id:guid}/renewal", RenewFormAsync).Needs("complaints.settle").WithName("complaints-forms-renew").WithSummary("Gives a QR door a new code; the old one ends");
        forms.MapDelete("/{id:guid}", CloseFormAsync).Needs("complaints.settle").WithName("complaints-forms-close").WithSummary("Closes a QR door");
    }

    private static async Task<Ok<List<FormBody>>> FormsAsync(PublicForms forms, Db db, CancellationToken cancel) =>
        TypedResults.Ok((await db.Set<PublicForm>().Where(f => f.ClosedAt == null).OrderBy(f => f.Id).ToListAsync(cancel)).Where(f => forms.Mine(f.StoreId)).Select(Form).ToList());

    private static async Task<Created<FormBody>> OpenFormAsync(StoreBody body, PublicForms forms, Db db, CancellationToken cancel)
    {
        var form = await forms.OpenAsync(body.StoreId, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/complaints/forms", Form(form));
    }

    private static async Task<Ok<FormBody>> RenewFormAsync(Guid id, PublicForms forms, Db db, CancellationToken cancel)
    {
        var form = await forms.RenewAsync(id, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Form(form));
    }

    private static async Task<NoContent> CloseFormAsync(Guid id, PublicForms forms, Db db, CancellationToken cancel)
    {
        await forms.CloseAsync(id, cancel);
        await db.SaveAsync("/api/v1/complaints/forms", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static FormBody Form(PublicForm form) => new(form.Id, form.StoreId, "/c/" + form.Token, form.Since);

    internal sealed record StoreBody(Guid StoreId);

    internal sealed record FormBody(Guid Id, Guid StoreId, string Address, DateTime Since);
}
