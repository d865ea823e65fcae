using Huitou.Access.Public;
using Huitou.Custody.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The machine door to custody: what the pages can do.</summary>
internal static class CustodyApi
{
    public sealed record Made(Guid Id, string Number);
    public sealed record SecretAnswer(Guid Id, string Number, SecrecyLevel Level, DateTime Since, IReadOnlyList<Guid> Custodians);
    public sealed record LevelBody(SecrecyLevel Level, string? Reason);
    public sealed record StaffBody(Guid StaffId);
    public sealed record RequestAnswer(Guid Id, string Number, RequestKind Kind, Guid? FileId, string FileNumber, string What, int Copies, string Purpose, string Reason, DateTime? Until, Guid? AskedBy, DateTime AskedAt, Guid? ApprovalId, RequestState State, DateTime? UsedAt);
    public sealed record LoanAnswer(Guid Id, string Number, Guid FileId, string FileNumber, string What, int Copies, string Reason, bool IsSheet, int Days, Guid? Borrower, DateTime SignedAt, Guid? ApprovalId, LoanState State, DateTime? OutAt, DateTime? DueAt, bool Late, DateTime? BackAt, bool? Complete, string Missing, string Place, string Signature);
    public sealed record BackBody(bool Complete, string? Missing);
    public sealed record PlaceBody(string? Place);
    public sealed record ReasonBody(string? Reason);
    public sealed record SealAnswer(Guid Id, string Number, Guid FileId, string FileNumber, string Title, int Pages, string Place, DateTime At, Guid? By);
    public sealed record OpenedSeal(Guid Id, string Words, Guid? ScanId, DateTime Until);
    public sealed record ReportAnswer(Guid Id, string Number, string Title, string Period, bool IsRegular, string ForWhom, string Figures, ReportState State, Guid? ApprovalId, DateTime At, DateTime? IssuedAt, string IssuedTo, int Copies);
    public sealed record IssueBody(string? To, string? Copies);
    public sealed record OpeningAnswer(Guid By, string Reason, DateTime At, DateTime Until);
    public sealed record SealWithOpenings(SealAnswer Seal, IReadOnlyList<OpeningAnswer> Openings);

    /// <summary>One item put right; approved null: waits. Filed when it was decided.</summary>
    public sealed record CorrectionAnswer(Guid Id, string Item, string Before, string After, string Reason, Guid? By, DateTime At, bool? Approved, DateTime? FiledAt);
    public sealed record ReportWithCorrections(ReportAnswer Report, IReadOnlyList<CorrectionAnswer> Corrections);

    /// <summary>A form on paper at the machine door: the page's own sheet as PDF.</summary>
    internal static RouteHandlerBuilder MapPaper<TSheet>(this IEndpointRouteBuilder app, string pattern) where TSheet : Microsoft.AspNetCore.Components.IComponent =>
        app.MapGet(pattern, (Guid id) => new RazorComponentResult(typeof(TSheet), new { Id = id })).WithMetadata(new PaperAttribute { Always = true }).Produces(StatusCodes.Status200OK, contentType: "application/pdf");

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/custody").WithTags("custody");
        group.MapPaper<Pages.RequestPrint>("/requests/{id:guid}/form.pdf").Needs("custody.view").WithSummary("The request as a numbered form, PDF");
        group.MapPaper<Pages.LoanPrint>("/loans/{id:guid}/form.pdf").Needs("custody.view").WithSummary("The line of the lending register as a numbered form, PDF");
        group.MapPaper<Pages.SealPrint>("/seals/{id:guid}/form.pdf").Needs("custody.view").WithSummary("The sealed form's cover with its openings, PDF");
        group.MapPaper<Pages.ReportPrint>("/reports/{id:guid}/form.pdf").Needs("custody.view").WithSummary("The report with its check, PDF");
        group.MapGet("/secret", SecretAsync).Needs("custody.view").WithSummary("The register of secret files: number, level, custodians");
        group.MapPut("/files/{id:guid}/level", LevelAsync).Needs("custody.level").WithSummary("Puts a file on a level, with the reason");
        group.MapPost("/files/{id:guid}/custodians", NameAsync).Needs("custody.level").WithSummary("Names a custodian");
        group.MapDelete("/files/{id:guid}/custodians/{staffId:guid}", ReleaseAsync).Needs("custody.level").WithSummary("Releases a custodian; the last one stays");

        group.MapGet("/requests", RequestsAsync).Needs("custody.view").WithSummary("Requests within reach, newest first");
        group.MapGet("/requests/{id:guid}", OneRequestAsync).Needs("custody.view").WithSummary("A request to see a file, with its signatures");
        group.MapPost("/requests", AskAsync).Needs("custody.ask").WithSummary("Asks to view, copy, give out or carry");
        group.MapPost("/requests/{id:guid}/withdraw", (Guid id, Requests requests, Db db, CancellationToken cancel) => DoAsync(db, requests.WithdrawAsync(id, cancel), cancel)).Needs("custody.ask").WithSummary("Withdraws a request of one's own");
        group.MapPost("/requests/{id:guid}/end", (Guid id, Requests requests, Db db, CancellationToken cancel) => DoAsync(db, requests.EndAsync(id, cancel), cancel)).Needs("custody.ask").WithSummary("Ends a right before its time");
        group.MapPost("/requests/{id:guid}/use", (Guid id, Requests requests, Db db, CancellationToken cancel) => DoAsync(db, requests.UseAsync(id, cancel), cancel)).Needs("custody.ask").WithSummary("Notes that the copy was made, the papers given or carried out");

        group.MapGet("/loans", LoansAsync).Needs("custody.view").WithSummary("The lending register; view: open (default), late, out, mine, all");
        group.MapGet("/loans/{id:guid}", OneLoanAsync).Needs("custody.view").WithSummary("A loan with all its hands");
        group.MapPost("/loans", BorrowAsync).Needs("custody.ask").WithSummary("Asks for a loan, signed with the caller's password");
        group.MapPost("/loans/{id:guid}/withdraw", (Guid id, Loans loans, Db db, CancellationToken cancel) => DoAsync(db, loans.WithdrawAsync(id, cancel), cancel)).Needs("custody.ask").WithSummary("Withdraws a loan that was not handed out");
        group.MapPost("/loans/{id:guid}/hand-out", (Guid id, Loans loans, Db db, CancellationToken cancel) => DoAsync(db, loans.HandOutAsync(id, cancel), cancel)).Needs("custody.keep").WithSummary("Hands the paper out");
        group.MapPost("/loans/{id:guid}/take-back", (Guid id, BackBody body, Loans loans, Db db, CancellationToken cancel) => DoAsync(db, loans.TakeBackAsync(id, body.Complete, body.Missing, cancel), cancel)).Needs("custody.keep").WithSummary("Takes the paper back, checked");
        group.MapPost("/loans/{id:guid}/put-back", (Guid id, PlaceBody body, Loans loans, Db db, CancellationToken cancel) => DoAsync(db, loans.PutBackAsync(id, body.Place, cancel), cancel)).Needs("custody.keep").WithSummary("Puts the paper back in its place");

        group.MapGet("/seals", SealsAsync).Needs("custody.view").WithSummary("Sealed forms: never what stands on them");
        group.MapPost("/seals", SealAsync).Needs("custody.seal").WithSummary("Registers a sealed form");
        group.MapGet("/seals/{id:guid}", OneSealAsync).Needs("custody.view").WithSummary("One sealed form with every opening: by whom, when, what for");
        group.MapPost("/seals/{id:guid}/open", OpenSealAsync).Needs("custody.view").WithSummary("Opens a seal for half an hour: who the authority table names, with the reason");

        group.MapGet("/reports", ReportsAsync).Needs("custody.view").WithSummary("Reports of the archive");
        group.MapPost("/reports", ReportAsync).Needs("custody.report").WithSummary("Hands a report in to be checked");
        group.MapGet("/reports/{id:guid}", OneReportAsync).Needs("custody.view").WithSummary("One report with the corrections of its items");
        group.MapPost("/reports/{id:guid}/issue", (Guid id, IssueBody body, Reports reports, Db db, CancellationToken cancel) => DoAsync(db, reports.IssueAsync(id, body.To, body.Copies, cancel), cancel)).Needs("custody.report").WithSummary("Issues a checked report to somebody");
        group.MapPost("/reports/{id:guid}/corrections", CorrectAsync).Needs("custody.report").WithSummary("Asks for one item to be put right");

        group.MapGet("/rules", async (Finding finding, CancellationToken cancel) => TypedResults.Ok(RulesAnswer.Of(await finding.SettingAsync(cancel)))).Needs("custody.view").WithSummary("The limits of custody: days, copies, carriers");
        group.MapPut("/rules", (SettingForm form, SaveSetting save, Db db, CancellationToken cancel) => DoAsync(db, save.SaveAsync(form, cancel), cancel)).Needs("custody.level").WithSummary("Sets the limits of custody");
        group.MapPost("/carriers", (StaffBody body, SaveSetting save, Db db, CancellationToken cancel) => DoAsync(db, save.DesignateAsync(body.StaffId.ToString(), cancel), cancel)).Needs("custody.level").WithSummary("Designates who may carry files out");
        group.MapDelete("/carriers/{staffId:guid}", (Guid staffId, SaveSetting save, Db db, CancellationToken cancel) => DoAsync(db, save.DismissAsync(staffId, cancel), cancel)).Needs("custody.level").WithSummary("Ends a carrier's appointment");
    }

    public sealed record RulesAnswer(int LoanDays, int RemindHours, int GrantDays, int Version)
    {
        internal static RulesAnswer Of(CustodySetting s) => new(s.LoanDays, s.RemindHours, s.GrantDays, s.Version);
    }

    private static async Task<NoContent> DoAsync(Db db, Task act, CancellationToken cancel)
    {
        await act;
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    // By the file's own id: the order in which the files were opened.
    private static async Task<Ok<Listed<SecretAnswer>>> SecretAsync(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        var (files, next) = await db.Set<SecretFile>().PageAsync(cursor, size, cancel);
        var ids = files.ConvertAll(f => f.Id).ToArray();
        var readers = (await db.Set<FileReader>().Where(r => ids.Contains(r.FileId) && r.Until == null).ToListAsync(cancel)).ToLookup(r => r.FileId, r => r.StaffId);
        return TypedResults.Ok(new Listed<SecretAnswer>(files.ConvertAll(f => new SecretAnswer(f.Id, f.Number, f.Level, f.Since, [.. readers[f.Id]])), next));
    }

    private static Task<NoContent> LevelAsync(Guid id, LevelBody body, Secrecy secrecy, Db db, CancellationToken cancel) => DoAsync(db, secrecy.SetAsync(id, body.Level, body.Reason ?? "", cancel: cancel), cancel);

    private static async Task<NoContent> NameAsync(Guid id, StaffBody body, Secrecy secrecy, Db db, CancellationToken cancel)
    {
        if (!await db.Set<SecretFile>().AnyAsync(s => s.Id == id, cancel)) throw new NotThere();
        return await DoAsync(db, secrecy.NameAsync(id, body.StaffId, cancel), cancel);
    }

    private static Task<NoContent> ReleaseAsync(Guid id, Guid staffId, Secrecy secrecy, Db db, CancellationToken cancel) => DoAsync(db, secrecy.ReleaseAsync(id, staffId, cancel), cancel);

    private static Task<Ok<Listed<RequestAnswer>>> RequestsAsync(Db db, TimeProvider time, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        var now = time.Now();
        return db.Set<AccessRequest>().ListAsync(r => Answer(r, now), cursor, size, cancel);
    }

    private static async Task<Ok<RequestAnswer>> OneRequestAsync(Guid id, Db db, TimeProvider time, CancellationToken cancel) =>
        TypedResults.Ok(Answer(await db.Set<AccessRequest>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere(), time.Now()));

    private static RequestAnswer Answer(AccessRequest r, DateTime now) => new(r.Id, r.Number, r.Kind, r.FileId, r.FileNumber, r.What, r.Copies, r.Purpose, r.Reason, r.Until, r.OwnerId, r.AskedAt, r.ApprovalId, r.At(now), r.UsedAt);

    private static async Task<Created<Made>> AskAsync(RequestForm form, Requests requests, Db db, CancellationToken cancel)
    {
        var request = await requests.AskAsync(form, cancel);
        return await MadeAsync(db, $"/api/v1/custody/requests/{request.Id}", request.Id, request.Number, cancel);
    }

    private static Task<Ok<Listed<LoanAnswer>>> LoansAsync(Db db, CurrentUser me, TimeProvider time, CancellationToken cancel, string view = "open", Guid? cursor = null, int size = 50)
    {
        var (now, self) = (time.Now(), me.StaffId);
        var loans = view switch
        {
            "late" => db.Set<Loan>().Where(l => l.State == LoanState.Out && l.DueAt < now),
            "out" => db.Set<Loan>().Where(l => l.State == LoanState.Out),
            "mine" => db.Set<Loan>().Where(l => l.OwnerId == self),
            "all" => db.Set<Loan>(),
            _ => db.Set<Loan>().Where(l => l.State == LoanState.Asked || l.State == LoanState.Approved || l.State == LoanState.Out || l.State == LoanState.Back),
        };
        return loans.ListAsync(l => Answer(l, now), cursor, size, cancel);
    }

    private static async Task<Ok<LoanAnswer>> OneLoanAsync(Guid id, Db db, TimeProvider time, CancellationToken cancel) =>
        TypedResults.Ok(Answer(await db.Set<Loan>().FirstOrDefaultAsync(l => l.Id == id, cancel) ?? throw new NotThere(), time.Now()));

    private static LoanAnswer Answer(Loan l, DateTime now) => new(l.Id, l.Number, l.FileId, l.FileNumber, l.What, l.Copies, l.Reason, l.IsSheet, l.Days, l.OwnerId, l.SignedAt, l.ApprovalId, l.State, l.OutAt, l.DueAt, l.IsLate(now), l.BackAt, l.Complete, l.Missing, l.Place, l.Signature);

    private static async Task<Created<Made>> BorrowAsync(LoanForm form, Loans loans, Db db, CancellationToken cancel)
    {
        var loan = await loans.AskAsync(form, cancel);
        return await MadeAsync(db, $"/api/v1/custody/loans/{loan.Id}", loan.Id, loan.Number, cancel);
    }

    private static Task<Ok<Listed<SealAnswer>>> SealsAsync(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) =>
        db.Set<Seal>().ListAsync(Answer, cursor, size, cancel);

    private static SealAnswer Answer(Seal s) => new(s.Id, s.Number, s.FileId, s.FileNumber, s.Title, s.Pages, s.Place, s.At, s.By);

    private static async Task<Ok<SealWithOpenings>> OneSealAsync(Guid id, Db db, CancellationToken cancel)
    {
        var seal = await db.Set<Seal>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        var openings = await db.Set<SealOpening>().Where(o => o.SealId == id).OrderByDescending(o => o.At).Take(200).ToListAsync(cancel);
        return TypedResults.Ok(new SealWithOpenings(Answer(seal), openings.ConvertAll(o => new OpeningAnswer(o.By, o.Reason, o.At, o.Until))));
    }

    private static async Task<Created<Made>> SealAsync(SealForm form, Seals seals, Db db, CancellationToken cancel)
    {
        var seal = await seals.SealAsync(form, null, cancel);
        return await MadeAsync(db, "/api/v1/custody/seals", seal.Id, seal.Number, cancel);
    }

    private static async Task<Ok<OpenedSeal>> OpenSealAsync(Guid id, ReasonBody body, Seals seals, Db db, HttpContext http, CancellationToken cancel)
    {
        var opening = await seals.OpenAsync(id, body.Reason, cancel);
        var seal = await db.Set<Seal>().FirstAsync(s => s.Id == id, cancel);
        await db.SaveAsync("/api/v1/custody/seals", StatusCodes.Status200OK, cancel);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new OpenedSeal(id, seal.Words, seal.ScanId, opening.Until));
    }

    private static Task<Ok<Listed<ReportAnswer>>> ReportsAsync(Db db, CancellationToken cancel, Guid? cursor = null, int size = 50) =>
        db.Set<Report>().ListAsync(Answer, cursor, size, cancel);

    private static ReportAnswer Answer(Report r) => new(r.Id, r.Number, r.Title, r.Period, r.IsRegular, r.ForWhom, r.Figures, r.State, r.ApprovalId, r.At, r.IssuedAt, r.IssuedTo, r.Copies);

    private static async Task<Ok<ReportWithCorrections>> OneReportAsync(Guid id, Db db, CancellationToken cancel)
    {
        var report = await db.Set<Report>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        var corrections = await db.Set<ReportCorrection>().Where(c => c.ReportId == id).OrderBy(c => c.At).Take(200).ToListAsync(cancel);
        return TypedResults.Ok(new ReportWithCorrections(Answer(report), corrections.ConvertAll(c => new CorrectionAnswer(c.Id, c.Item, c.Before, c.After, c.Reason, c.By, c.At, c.Approved, c.FiledAt))));
    }

    private static async Task<Created<Made>> ReportAsync(ReportForm form, Reports reports, Db db, CancellationToken cancel)
    {
        var report = await reports.SubmitAsync(form, cancel);
        return await MadeAsync(db, "/api/v1/custody/reports", report.Id, report.Number, cancel);
    }

    private static async Task<Created<Made>> CorrectAsync(Guid id, CorrectionForm form, Reports reports, Db db, CancellationToken cancel)
    {
        var correction = await reports.CorrectAsync(id, form, cancel);
        return await MadeAsync(db, "/api/v1/custody/reports", correction.Id, "", cancel);
    }

    private static async Task<Created<Made>> MadeAsync(Db db, string address, Guid id, string number, CancellationToken cancel)
    {
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new Made(id, number));
    }
}
