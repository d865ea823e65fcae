using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The machine door to house rules.</summary>
internal static class RuleApi
{
    public sealed record RuleAnswer(Guid Id, string Title, string Places, int Edition, DateOnly InForceOn, bool Signed);
    public sealed record RuleWords(Guid Id, string Title, int Edition, DateOnly InForceOn, string Words, IReadOnlyList<EditionAnswer> Editions);
    public sealed record EditionAnswer(int Number, DateOnly InForceOn, EditionState State, DateTime At);
    public sealed record SignatureAnswer(Guid StaffId, string Name, DateTime? At);

    /// <param name="RuleId">Null for a new rule.</param>
    /// <param name="Title">Name.</param>
    /// <param name="Places">Beginnings of addresses where it binds, separated by spaces.</param>
    /// <param name="Words">The text.</param>
    /// <param name="InForceOn">First day.</param>
    public sealed record WriteBody(Guid? RuleId, string? Title, string? Places, string? Words, DateOnly? InForceOn);
    public sealed record SignBody(string? Name);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/rules").WithTags("custody");
        group.MapGet("", async (RuleDesk desk, CurrentUser me, Texts texts, CancellationToken cancel) => TypedResults.Ok((await desk.InForce(me.StaffId).ToListAsync(cancel)).ConvertAll(r => new RuleAnswer(r.RuleId, texts[r.Title], r.Places, r.Number, r.InForceOn, r.Signed))))
            .RequireAuthorization(new SignedInAttribute()).WithSummary("House rules in force and whether the caller has signed");
        group.MapPost("", Write).Needs("custody.rules").WithSummary("A rule or its next edition; asks the general manager");
        group.MapGet("/{id:guid}", Get).RequireAuthorization(new SignedInAttribute()).WithSummary("The words in force and the editions");
        group.MapPost("/{id:guid}/signatures", Sign).RequireAuthorization(new SignedInAttribute()).WithSummary("Read and signed with one's own name");
        group.MapPost("/{id:guid}/reminders", Remind).Needs("custody.rules").WithSummary("Remind those who have not signed the edition in force");
        group.MapGet("/{id:guid}/signatures", Signatures).Needs("custody.rules").WithSummary("Who has signed the edition in force and who has not");
    }

    private static async Task<Created<EditionAnswer>> Write(WriteBody body, RuleDesk desk, Db db, CancellationToken cancel)
    {
        var edition = await desk.WriteAsync(body.RuleId, body.Title ?? "", body.Places ?? "", body.Words ?? "", body.InForceOn ?? default, cancel);
        await db.SaveAsync($"/api/v1/rules/{edition.RuleId}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/rules/{edition.RuleId}", new EditionAnswer(edition.Number, edition.InForceOn, edition.State, edition.At));
    }

    private static async Task<Ok<RuleWords>> Get(Guid id, RuleDesk desk, CurrentUser me, Db db, Texts texts, CancellationToken cancel)
    {
        var rule = await desk.InForce(me.StaffId).FirstOrDefaultAsync(r => r.RuleId == id, cancel) ?? throw new NotThere();
        var words = await db.Set<RuleEdition>().Where(e => e.Id == rule.EditionId).Select(e => e.Words).FirstAsync(cancel);
        var editions = await db.Set<RuleEdition>().Where(e => e.RuleId == id && e.State == EditionState.Approved).OrderBy(e => e.Number).Select(e => new EditionAnswer(e.Number, e.InForceOn, e.State, e.At)).ToListAsync(cancel);
        return TypedResults.Ok(new RuleWords(id, texts[rule.Title], rule.Number, rule.InForceOn, texts[words], editions));
    }

    private static async Task<NoContent> Sign(Guid id, SignBody body, RuleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.SignAsync(id, body.Name ?? "", cancel);
        await db.SaveAsync($"/api/v1/rules/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Remind(Guid id, RuleDesk desk, Db db, CancellationToken cancel)
    {
        await desk.RemindAsync(id, cancel);
        await db.SaveAsync($"/api/v1/rules/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<SignatureAnswer>>> Signatures(Guid id, RuleDesk desk, CurrentUser me, Db db, CancellationToken cancel)
    {
        var rule = await desk.InForce(me.StaffId).FirstOrDefaultAsync(r => r.RuleId == id, cancel) ?? throw new NotThere();
        var signed = await db.Set<RuleSignature>().Where(s => s.EditionId == rule.EditionId).OrderBy(s => s.At).Select(s => new SignatureAnswer(s.StaffId, s.Name, s.At)).ToListAsync(cancel);
        signed.AddRange((await desk.Unsigned(rule.EditionId).ToListAsync(cancel)).Select(p => new SignatureAnswer(p.Id, p.Name, null)));
        return TypedResults.Ok(signed);
    }
}
