using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static Huitou.Complaints.ComplaintsApi;

namespace Huitou.Complaints;

/// <summary>The mail box for complaints and what was written to it. The password is never told.</summary>
internal static class MailApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var complaints = app.MapGroup("/api/v1/complaints").WithTags("complaints");
        complaints.MapGet("/mail-box", BoxAsync).Needs("complaints.rules").WithName("complaints-mail-box").WithSummary("The mail box that is read, and how the last look went");
        complaints.MapPut("/mail-box", SaveAsync).Needs("complaints.rules").WithName("complaints-mail-box-set").WithSummary("Sets up the mail box; a password that is not given stays");
        complaints.MapPost("/mail-box/look", LookAsync).Needs("complaints.rules").WithName("complaints-mail-box-look").WithSummary("Reads the mail box now");
        complaints.MapGet("/mails", MailsAsync).Needs("complaints.settle").WithName("complaints-mails").WithSummary("Mails that were read, newest first");
        complaints.MapPost("/mails/{id:guid}/case", OpenAsync).Needs("complaints.settle").WithName("complaints-mails-open").WithSummary("Makes a case of a mail that was held or left");
        complaints.MapPost("/mails/{id:guid}/leave", LeaveAsync).Needs("complaints.settle").WithName("complaints-mails-leave").WithSummary("Says that a mail that was held is no complaint");
    }

    private static async Task<Ok<BoxBody>> BoxAsync(MailDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(Box(await desk.BoxAsync(cancel) ?? throw new NotThere()));

    private static async Task<Ok<BoxBody>> SaveAsync(BoxDraft body, MailDesk desk, Db db, CancellationToken cancel)
    {
        var box = await desk.SaveAsync(new MailBoxDraft(body.Host, body.Port, body.Security, body.UserName, body.Password, body.Folder, body.Address, body.PlusAddress, body.StoreId, body.Active ?? true), body.Version, cancel);
        await db.SaveAsync("/api/v1/complaints/mail-box", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Box(box));
    }

    private static async Task<NoContent> LookAsync(MailDesk desk, Db db, CancellationToken cancel)
    {
        await desk.ReadNowAsync(await desk.BoxAsync(cancel) ?? throw new NotThere(), cancel);
        await db.SaveAsync("/api/v1/complaints/mail-box", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<MailBody>>> MailsAsync(MailDesk desk, MailState? state, Guid? before, CancellationToken cancel)
    {
        var mine = await desk.MineAsync(cancel);
        if (state is { } only) mine = mine.Where(m => m.State == only);
        if (before is { } id) mine = mine.Where(m => m.Id < id);
        return TypedResults.Ok((await mine.OrderByDescending(m => m.Id).Take(Most).ToListAsync(cancel)).ConvertAll(m => new MailBody(m.Id, m.State, m.Why, m.ComplaintId, MailDesk.Masked(m.Sender), m.SenderName, m.Subject, m.Words, m.Files, m.At)));
    }

    private static async Task<Created<Made>> OpenAsync(Guid id, MailDesk desk, Db db, CancellationToken cancel) =>
        await MadeAsync(db, "complaints", await desk.OpenAsync(id, cancel), cancel);

    private static async Task<NoContent> LeaveAsync(Guid id, MailDesk desk, Db db, CancellationToken cancel)
    {
        await desk.LeaveAsync(id, cancel);
        await db.SaveAsync($"/api/v1/complaints/mails/{id}", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static BoxBody Box(MailBox b) => new(b.Host, b.Port, b.Security, b.UserName, b.Folder, b.Address, b.PlusAddress, b.StoreId, b.Active, b.CheckedAt, b.ErrorKey, b.Version);

    internal sealed record BoxBody(string Host, int Port, MailSecurity Security, string UserName, string Folder, string Address, bool PlusAddress, Guid StoreId, bool Active, DateTime? CheckedAt, string Error, int Version);

    internal sealed record BoxDraft(string? Host, int Port, MailSecurity Security, string? UserName, string? Password, string? Folder, string? Address, bool PlusAddress, Guid? StoreId, bool? Active, int Version);

    internal sealed record MailBody(Guid Id, MailState State, string Why, Guid? ComplaintId, string Sender, string SenderName, string Subject, string Words, int Files, DateTime At);
}
