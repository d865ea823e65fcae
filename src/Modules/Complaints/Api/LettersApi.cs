using System.Security.Cryptography;
using System.Text;
using Huitou.Complaints.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The written answer: its template, what stands in it, the PDF, and sending it.</summary>
internal static class LettersApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapGet("/{id:guid}/letter", LetterAsync).Needs("complaints.view").WithName("complaints-letter").WithSummary("The letter to the customer, as it would be printed");
        complaints.MapGet("/{id:guid}/letter.pdf", (Guid id) => new RazorComponentResult(typeof(Pages.Letter), new { Id = id })).Needs("complaints.view").WithMetadata(new PaperAttribute { Always = true }).WithName("complaints-letter-pdf").WithSummary("The letter as PDF; ?in= zh-CN, zh-TW or en").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        complaints.MapGet("/{id:guid}/form.pdf", (Guid id) => new RazorComponentResult(typeof(Pages.Print), new { Id = id })).Needs("complaints.view").WithMetadata(new PaperAttribute { Always = true }).WithName("complaints-form-pdf").WithSummary("The case as a paper to sign, PDF").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        complaints.MapGet("/{id:guid}/letters", SentAsync).Needs("complaints.view").WithName("complaints-letters-sent").WithSummary("The letters that were sent, with their files");
        complaints.MapPost("/{id:guid}/letters", SendAsync).Needs("complaints.work").WithMetadata(new OwnTransactionsAttribute()).WithName("complaints-letters-send").WithSummary("Sends the letter: its PDF is kept with the case; a message brings the customer the link to it");
        app.MapPost("/complaints/{id:guid}/letter/send", SendFromPageAsync).Needs("complaints.work").WithMetadata(new OwnTransactionsAttribute()).ExcludeFromDescription();
        app.MapGet("/p/{Token}/letters/{file:guid}", OfCustomerAsync).WithMetadata(new ByLinkAttribute("progress")).OpenToAll("A customer opens the letter that was sent to them by the link of their case.").ExcludeFromDescription();
        complaints.MapGet("/letters/{language}", LettersAsync).Needs("complaints.view").WithName("complaints-letters").WithSummary("The letter template of a language with its versions");
        complaints.MapPost("/letters/{language}", SaveLetterAsync).Needs("complaints.rules").WithName("complaints-letters-save").WithSummary("A new version of the letter template");
    }

    private static async Task<Ok<LetterBody>> LetterAsync(Guid id, string? language, SentLetters letters, CancellationToken cancel)
    {
        var (letter, _) = await letters.TextAsync(id, language, cancel);
        return TypedResults.Ok(new LetterBody(letter.Language, letter.Version, letter.Lines));
    }

    private static async Task<Ok<List<SentLetter>>> SentAsync(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Complaint>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        return TypedResults.Ok(await db.Set<Attachment>().Where(a => a.ComplaintId == id && a.Channel != "").OrderBy(a => a.At).Select(a => new SentLetter(a.FileId, a.Name, a.Language, a.Template, a.Channel, a.By, a.At)).ToListAsync(cancel));
    }

    private static async Task<Created<Made>> SendAsync(Guid id, SendLetter body, HttpContext http, SentLetters letters, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        var file = await letters.SendAsync(id, body.Language, body.Channel, Named(http.Request.Headers["Idempotency-Key"].FirstOrDefault(), id, body, me, time), cancel);
        return TypedResults.Created($"/api/v1/files/{file}", new Made(file));
    }

    // From the letter's page: the PDF takes a second or two, so no page's transaction waits for it.
    private static async Task<IResult> SendFromPageAsync(Guid id, [FromForm] string? language, [FromForm] string? channel, [FromForm(Name = UnitOfWork.OnceField)] string? once, HttpContext http, SentLetters letters, Texts texts, CurrentUser me, TimeProvider time, CancellationToken cancel)
    {
        await letters.SendAsync(id, language, channel, Named(once, id, new SendLetter(language, channel), me, time), cancel);
        Toast.Leave(http, texts["complaints.letter.sent"]);
        return TypedResults.LocalRedirect($"/complaints/{id}/letter?in={(Texts.Languages.Contains(language) ? language : ComplaintsDesk.Language)}");
    }

    private static Once? Named(string? key, Guid id, SendLetter body, CurrentUser me, TimeProvider time) =>
        key is not { Length: > 0 and <= 100 } ? null : new Once(me.CompanyId, me.Caller, key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"letter {id} {body.Language} {body.Channel}"))), time.Now());

    // The customer takes it from the page of their case; the link says whose it is, the page's own attachments are not there.
    private static async Task<FileStreamHttpResult> OfCustomerAsync(Guid file, HttpContext http, FileStore files, Db db, CancellationToken cancel)
    {
        var id = ((Link)http.Items[WhoIsMiddleware.LinkItem]!).SubjectId;
        id = await db.Set<Complaint>().Where(c => c.Id == id).Select(c => c.MergedInto).FirstOrDefaultAsync(cancel) ?? id;
        if (!await db.Set<Attachment>().AnyAsync(a => a.ComplaintId == id && a.FileId == file && a.Channel != "", cancel)) throw new NotThere();
        var found = await files.OpenAsync(file, cancel);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(found.Content, found.MediaType, found.Name);
    }

    private static async Task<Ok<List<LetterVersion>>> LettersAsync(string language, Letters letters, CancellationToken cancel)
    {
        if (!Texts.Languages.Contains(language)) throw new NotThere();
        return TypedResults.Ok((await letters.VersionsAsync(language, cancel)).ConvertAll(t => new LetterVersion(t.Language, t.Number, t.Words, t.By, t.Number == 0 ? null : t.At)));
    }

    private static async Task<Created<LetterVersion>> SaveLetterAsync(string language, NewLetter body, Letters letters, Db db, CancellationToken cancel)
    {
        var t = await letters.SaveAsync(language, body.Words, body.Seen, cancel);
        await db.SaveAsync($"/api/v1/complaints/letters/{language}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/complaints/letters/{language}", new LetterVersion(t.Language, t.Number, t.Words, t.By, t.At));
    }

    /// <summary>A letter that was sent: its file, which template of which language, which way, by whom.</summary>
    internal sealed record SentLetter(Guid FileId, string Name, string Language, int Template, string Channel, Guid? By, DateTime At);

    /// <summary>Language: zh-CN, zh-TW, en. Channel: sms, wechat, post, counter.</summary>
    internal sealed record SendLetter(string? Language, string? Channel);

    internal sealed record LetterBody(string Language, int Version, IReadOnlyList<string> Lines);

    internal sealed record LetterVersion(string Language, int Number, string Words, Guid? By, DateTime? At);

    internal sealed record NewLetter(string? Words, int? Seen);
}
