using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The machine door to what the shop sets in custody, to legal holds, and to the customer's own link.</summary>
internal static class KeepingApi
{
    public sealed record HoldAnswer(Guid Id, Guid FileId, string FileNumber, string Reason, DateTime At, DateTime? LiftedAt);
    public sealed record HoldBody(string? FileNumber, string? Reason);
    public sealed record TermAnswer(string Key, int Days);
    public sealed record DaysBody(int Days);
    public sealed record ClassBody(string? Title, int Months);
    public sealed record TemplateAnswer(Guid Id, NoticeKind Kind, string Title, string Words);
    public sealed record TemplateBody(string? Title, string? Words);

    /// <summary>Fen.</summary>
    public sealed record ScaleBody(long Least, long Most);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1").WithTags("custody");
        group.MapGet("/legal-holds", (Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) => db.Set<LegalHold>().Where(h => db.Set<Customer>().Any(c => c.Id == h.FileId)).ListAsync(h => new HoldAnswer(h.Id, h.FileId, h.FileNumber, h.Reason, h.At, h.LiftedAt), cursor, size, cancel))
            .Needs("custody.rights").WithSummary("Files that the law wants kept");
        group.MapPost("/legal-holds", Hold).Needs("custody.rights").WithSummary("Hold a file: neither erased nor destroyed");
        group.MapPost("/legal-holds/{id:guid}/lifting", Lift).Needs("custody.rights").WithSummary("Lift a hold");
        group.MapPost("/customers/{id:guid}/data-link", SendLink).Needs("custody.rights").WithSummary("Send the customer the link to their own data page");
        group.MapGet("/custody-terms", async (Db db, CancellationToken cancel) =>
        {
            var set = await db.Set<Term>().ToDictionaryAsync(t => t.Key, t => t.Days, cancel);
            return TypedResults.Ok(Term.Ready.Select(r => new TermAnswer(r.Key, set.GetValueOrDefault(r.Key, r.Value))).ToList());
        }).Needs("custody.rules").WithSummary("How many days each thing is given");
        group.MapPut("/custody-terms/{key}", SetTerm).Needs("custody.rules").WithSummary("Set a number of days");
        group.MapPut("/retention-classes/{key}", SetClass).Needs("custody.destroy").WithSummary("Set title and months of a class");
        group.MapGet("/notice-templates", async (Db db, Texts texts, CancellationToken cancel) => TypedResults.Ok((await db.Set<NoticeTemplate>().OrderBy(t => t.Kind).ToListAsync(cancel)).ConvertAll(t => new TemplateAnswer(t.Id, t.Kind, texts[t.Title], texts[t.Words])))).Needs("custody.notice").WithSummary("Ready words of notices");
        group.MapPut("/notice-templates/{id:guid}", SetTemplate).Needs("custody.rules").WithSummary("Change ready words");
        group.MapPut("/penalties/scale/{key}", SetScale).Needs("custody.penalty").WithSummary("Set the least and most of a fine");
    }

    private static async Task<Created<HoldAnswer>> Hold(HoldBody body, Db db, CurrentUser me, TimeProvider time, Audit audit, CancellationToken cancel)
    {
        var file = await Files.FindAsync(db, body.FileNumber, "fileNumber", cancel);
        var hold = LegalHold.Make(file.Id, file.Number, body.Reason ?? "", me.StaffId == Guid.Empty ? null : me.StaffId, time.Now());
        db.Set<LegalHold>().Add(hold);
        audit.Add("custody.hold", "customers.customer", file.Id);
        await db.SaveAsync("/api/v1/legal-holds", StatusCodes.Status201Created, cancel);
        return TypedResults.Created("/api/v1/legal-holds", new HoldAnswer(hold.Id, hold.FileId, hold.FileNumber, hold.Reason, hold.At, null));
    }

    private static async Task<NoContent> Lift(Guid id, Db db, CurrentUser me, TimeProvider time, Audit audit, CancellationToken cancel)
    {
        var hold = await db.Set<LegalHold>().AsTracking().FirstOrDefaultAsync(h => h.Id == id && h.LiftedAt == null && db.Set<Customer>().Any(c => c.Id == h.FileId), cancel) ?? throw new NotThere();
        hold.Lift(me.StaffId == Guid.Empty ? null : me.StaffId, time.Now());
        audit.Add("custody.hold-lift", "customers.customer", hold.FileId);
        await db.SaveAsync("/api/v1/legal-holds", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SendLink(Guid id, RightsDesk desk, Db db, CancellationToken cancel)
    {
        await desk.SendLinkAsync(id, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<TermAnswer>> SetTerm(string key, DaysBody body, Db db, Texts texts, Audit audit, CancellationToken cancel)
    {
        if (!Term.Ready.ContainsKey(key)) throw new NotThere();
        if (body.Days is < 1 or > Term.Most) throw new BadInput([("days", texts["custody.terms.wrong", Term.Most])]);
        var term = await db.Set<Term>().AsTracking().FirstOrDefaultAsync(t => t.Key == key, cancel);
        if (term is null) db.Set<Term>().Add(new Term { Key = key, Days = body.Days });
        else term.Days = body.Days;
        audit.Add("custody.terms", "custody.term", Guid.Empty, key);
        await db.SaveAsync("/api/v1/custody-terms", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new TermAnswer(key, body.Days));
    }

    private static async Task<NoContent> SetClass(string key, ClassBody body, Db db, Texts texts, Audit audit, CancellationToken cancel)
    {
        var of = await db.Set<RetentionClass>().AsTracking().FirstOrDefaultAsync(c => c.Key == key, cancel) ?? throw new NotThere();
        of.Set(body.Title ?? texts[of.Title], body.Months, texts);
        audit.Add("custody.retention", "custody.retention-class", of.Id, $"{body.Months}");
        await db.SaveAsync("/api/v1/retention-classes", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetTemplate(Guid id, TemplateBody body, Db db, Texts texts, Audit audit, CancellationToken cancel)
    {
        var template = await db.Set<NoticeTemplate>().AsTracking().FirstOrDefaultAsync(t => t.Id == id, cancel) ?? throw new NotThere();
        template.Set(body.Title ?? texts[template.Title], body.Words ?? texts[template.Words], texts);
        audit.Add("custody.template", "custody.notice-template", template.Id);
        await db.SaveAsync("/api/v1/notice-templates", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetScale(string key, ScaleBody body, Db db, Audit audit, CancellationToken cancel)
    {
        var scale = await db.Set<PenaltyScale>().AsTracking().FirstOrDefaultAsync(s => s.Key == key, cancel) ?? throw new NotThere();
        scale.Set(body.Least, body.Most);
        audit.Add("custody.scale", "custody.penalty-scale", scale.Id, key);
        await db.SaveAsync("/api/v1/penalties/scale", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}
