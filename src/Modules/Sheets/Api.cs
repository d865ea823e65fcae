using System.Text.Json;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace Huitou.Sheets;

/// <summary>An import as the machine door tells it. <c>rowsDone</c> of <c>rowsTotal</c> (null until counted) are committed.</summary>
public sealed record ImportAnswer(Guid Id, string Kind, string FileName, string State, long? RowsTotal, long RowsDone, long RowsAdded, long RowsSame, long RowsRefused,
    string? Failure, DateTime CreatedAt, DateTime? StartedAt, DateTime? FinishedAt);

/// <summary>A page of imports, newest first; <c>next</c> is the address of the following, or null.</summary>
public sealed record ImportsPage(IReadOnlyList<ImportAnswer> Imports, string? Next);

/// <summary>A row that was not taken over: why, and what stood in it.</summary>
public sealed record RefusedAnswer(int Row, string Reason, string[] Cells);

/// <summary>A page of refused rows; <c>next</c> is the address of the following, or null.</summary>
public sealed record RefusedPage(IReadOnlyList<RefusedAnswer> Rows, string? Next);

internal static class Api
{
    private const int PageSize = 500, ImportsPerPage = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        var imports = app.MapGroup("/api/v1/imports").WithTags("imports");
        imports.MapGet("", ListAsync).Needs("imports.view").WithSummary("Imports, newest first, 100 a page");
        imports.MapPost("", TakeAsync).Needs("imports.run").WithSummary("Imports a table: raw body or multipart; columns are found by their headers")
            .WithMetadata(new OwnTransactionsAttribute(), new RequestSizeLimitAttribute(Import.LargestFile + 1024 * 1024));
        imports.MapGet("/{id:guid}", ShowAsync).Needs("imports.view").WithSummary("How far an import is");
        imports.MapGet("/{id:guid}/refused", RefusedAsync).Needs("imports.view").WithSummary("Rows that were not taken over, with reasons");
        imports.MapPost("/{id:guid}/cancellation", CancelAsync).Needs("imports.run").WithSummary("Stops an import");
        app.MapGet("/imports/{id:guid}/refused.csv", (Guid id, HttpContext http, ImportDesk desk, Importer importer, RefusedRest refused, Texts texts, CancellationToken cancel) => DownloadAsync(id, false, http, desk, importer, refused, texts, cancel)).Needs("imports.view").ExcludeFromDescription();
        app.MapGet("/imports/{id:guid}/refused.vcf", CardsAsync).Needs("imports.view").ExcludeFromDescription();
        app.MapGet("/imports/{id:guid}/refused.xlsx", (Guid id, HttpContext http, ImportDesk desk, Importer importer, RefusedRest refused, Texts texts, CancellationToken cancel) => DownloadAsync(id, true, http, desk, importer, refused, texts, cancel)).Needs("imports.view").ExcludeFromDescription();
    }

    /// <summary>The refused cards as they stood in the file, in each the reason: correct them and import this file.</summary>
    private static async Task CardsAsync(Guid id, HttpContext http, ImportDesk desk, Importer importer, RefusedRest refused, Texts texts, CancellationToken cancel)
    {
        var import = await desk.FindAsync(id, cancel);
        var format = import.ReadFormat();
        if (format.Kind != SheetKind.VCard) throw new NotThere();
        var there = File.Exists(importer.PathOf(id));
        http.Response.ContentType = $"text/vcard; charset={(there && format.Encoding is not ("utf-16" or "utf-16BE") ? format.Encoding : "utf-8")}";
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = Path.GetFileNameWithoutExtension(import.FileName) + ".refused.vcf" }.ToString();
        http.Response.Headers.XContentTypeOptions = "nosniff";
        using var cards = (there ? SheetReader.RawCards(importer.PathOf(id), format) : []).GetEnumerator();
        var more = cards.MoveNext();
        await foreach (var row in refused.AllAsync(import, cancel: cancel))
        {
            while (more && cards.Current.Number < row.RowNumber) more = cards.MoveNext();
            var reason = texts["sheets.refused.note", Reason.Read(texts, row.Reason)];
            await http.Response.Body.WriteAsync(more && cards.Current.Number == row.RowNumber
                ? VCardWriter.With(cards.Current.Lines, reason, cards.Current.Encoding)
                : VCardWriter.Of(VCardReader.Headers, JsonSerializer.Deserialize<string[]>(row.Cells)!, reason), cancel);
        }
    }

    private static async Task<Ok<ImportsPage>> ListAsync(Guid? after, ImportDesk desk, Db db, Texts texts, CancellationToken cancel)
    {
        var kinds = desk.Kinds.Select(k => k.Kind).ToArray();
        var imports = await db.Set<Import>().Where(i => kinds.Contains(i.Kind) && (after == null || i.Id < after)).OrderByDescending(i => i.Id).Take(ImportsPerPage).ToListAsync(cancel);
        return TypedResults.Ok(new ImportsPage(imports.ConvertAll(i => Answer(i, texts)), imports.Count == ImportsPerPage ? $"/api/v1/imports?after={imports[^1].Id}" : null));
    }

    private static async Task<Accepted<ImportAnswer>> TakeAsync(HttpContext http, string kind, string? fileName, ImportDesk desk, Importer importer, Db db, CurrentUser user, Texts texts, TimeProvider time, CancellationToken cancel)
    {
        var wanted = desk.Kind(kind);
        var (body, name) = await SentFile.OfAsync(http, "table", "sheets.file.missing", cancel);
        var import = await importer.ReceiveAsync(wanted, body, fileName ?? name, user.StaffId == Guid.Empty ? null : user.StaffId, cancel);
        try
        {
            var first = importer.Preview(import);
            await db.BeginAsync(toWrite: true, cancel);
            var (header, mapping, decided, _) = await desk.GuessAsync(first, wanted, cancel);
            var address = $"/api/v1/imports/{import.Id}";
            if (http.Request.Headers["Idempotency-Key"].FirstOrDefault() is { Length: > 0 and <= 100 } key)
            {
                var hash = import.Kind + ":" + import.Sha256;
                if (await FindDoneAsync(db, user, key, hash, desk, cancel) is { } before)
                {
                    File.Delete(importer.PathOf(import.Id));
                    var again = Answer(before, texts);
                    await db.AssureAsync(new OnceRow { CompanyId = user.CompanyId, Caller = user.Caller, Key = key, Status = StatusCodes.Status202Accepted }, cancel);
                    return TypedResults.Accepted($"/api/v1/imports/{before.Id}", again);
                }

                db.Once = new Once(user.CompanyId, user.Caller, key, hash, time.Now());
            }

            desk.Add(import);
            var given = (http.Request.Query["set"].ToArray()).Select(s => s!.Split('=', 2)).Where(s => s.Length == 2).GroupBy(s => s[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
            foreach (var (word, value) in decided) given.TryAdd(word, value);
            await desk.StartAsync(import, header, mapping, cancel, given: given);
            await db.SaveAsync(address, StatusCodes.Status202Accepted, cancel);
            return TypedResults.Accepted(address, Answer(import, texts));
        }
        catch (AlreadyDone)
        {
            // The same request came twice at the same moment: the other one counts.
            File.Delete(importer.PathOf(import.Id));
            var sent = db.Once!;
            await db.StartOverAsync(cancel);
            var done = await FindDoneAsync(db, user, sent.Key, sent.RequestHash, desk, cancel) ?? throw new NotThere();
            return TypedResults.Accepted($"/api/v1/imports/{done.Id}", Answer(done, texts));
        }
        catch (Exception failed) when (failed is not CommitUnknown) // its row may stand, and then needs the file
        {
            File.Delete(importer.PathOf(import.Id));
            throw;
        }
    }

    private static async Task<Import?> FindDoneAsync(Db db, CurrentUser user, string key, string hash, ImportDesk desk, CancellationToken cancel)
    {
        var done = await db.Set<OnceRow>().FirstOrDefaultAsync(o => o.CompanyId == user.CompanyId && o.Caller == user.Caller && o.Key == key, cancel);
        if (done is null) return null;
        if (done.RequestHash != hash) throw new Refused("kernel.once-other-content");
        return await desk.FindAsync(Guid.Parse(done.Result.Split('/')[^1]), cancel);
    }

    private static async Task<Ok<ImportAnswer>> ShowAsync(Guid id, ImportDesk desk, Texts texts, CancellationToken cancel) => TypedResults.Ok(Answer(await desk.FindAsync(id, cancel), texts));

    private static async Task<Ok<RefusedPage>> RefusedAsync(Guid id, int? after, ImportDesk desk, RefusedRest refused, Texts texts, CancellationToken cancel)
    {
        var import = await desk.FindAsync(id, cancel);
        var rows = await refused.AllAsync(import, after ?? 0, cancel).Take(PageSize).ToListAsync(cancel);
        return TypedResults.Ok(new RefusedPage(
            rows.ConvertAll(r => new RefusedAnswer(r.RowNumber, Reason.Read(texts, r.Reason), JsonSerializer.Deserialize<string[]>(r.Cells)!)),
            rows.Count == PageSize ? $"/api/v1/imports/{id}/refused?after={rows[^1].RowNumber}" : null));
    }

    private static async Task<Ok<ImportAnswer>> CancelAsync(Guid id, ImportDesk desk, Db db, Texts texts, CancellationToken cancel)
    {
        await desk.CancelAsync(await desk.FindAsync(id, cancel), cancel);
        db.ChangeTracker.Clear();
        var import = await desk.FindAsync(id, cancel);
        await db.SaveAsync($"/api/v1/imports/{id}", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(import, texts));
    }

    /// <summary>The refused rows as they stood in the file, the reason behind each: correct them and import this file.</summary>
    private static async Task DownloadAsync(Guid id, bool xlsx, HttpContext http, ImportDesk desk, Importer importer, RefusedRest refused, Texts texts, CancellationToken cancel)
    {
        var import = await desk.FindAsync(id, cancel);
        http.Response.ContentType = xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = $"{Path.GetFileNameWithoutExtension(import.FileName)}.refused.{(xlsx ? "xlsx" : "csv")}" }.ToString();
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await using var sheet = xlsx ? SheetWriter.Xlsx(http.Response.Body, texts["sheets.refused.title"]) : SheetWriter.Csv(http.Response.Body);
        var header = File.Exists(importer.PathOf(id)) ? importer.Preview(import).FirstOrDefault(r => r.Number == import.HeaderRow)?.Cells ?? [] : [];
        await sheet.WriteAsync([.. header, texts["sheets.refused.row"], texts["sheets.refused.reason"]], cancel);
        await foreach (var row in refused.AllAsync(import, cancel: cancel))
        {
            var cells = JsonSerializer.Deserialize<string[]>(row.Cells)!;
            await sheet.WriteAsync([.. cells, .. Enumerable.Repeat("", Math.Max(0, header.Length - cells.Length)), row.RowNumber, Reason.Read(texts, row.Reason)], cancel);
        }

        await sheet.FinishAsync(cancel);
    }

    private static ImportAnswer Answer(Import i, Texts texts) => new(i.Id, i.Kind, i.FileName, i.State.ToString(), i.RowsTotal, i.RowsDone, i.RowsAdded, i.RowsSame, i.RowsRefused,
        i.Failure.Length == 0 ? null : Reason.Read(texts, i.Failure), i.CreatedAt, i.StartedAt, i.FinishedAt);
}
