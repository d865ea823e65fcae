using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>What pages post to that is no page: showing a number, taking a list away as a file.</summary>
internal static class Endpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/customers/{id:guid}/reveal", RevealAsync).Needs("customers.reveal").ExcludeFromDescription();
        app.MapPost("/customers/export", ExportAsync).Needs("customers.export").WithMetadata(new OwnTransactionsAttribute()).ExcludeFromDescription();
    }

    private static async Task<IResult> RevealAsync(Guid id, [FromForm] string? purpose, [FromForm(Name = "_return")] string? back, HttpContext http, RevealNumber reveal, Db db, CancellationToken cancel)
    {
        var phone = await reveal.ShowAsync(id, purpose, cancel);
        var text = phone.Length > 0 ? Phone.Whole(phone) : await OthersAsync(db, id, cancel);
        var next = back is not null && back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal) ? back : $"/customers/{id}";
        await db.SaveAsync(next, cancel: cancel);
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase)) return Results.Json(new { text });
        http.Response.Headers.Location = next;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    // Without a phone: the other ways to reach them, which stand masked on the same page.
    private static async Task<string> OthersAsync(Db db, Guid id, CancellationToken cancel)
    {
        var file = await db.Set<Customer>().Where(c => c.Id == id).Select(c => new { c.WeChat, c.Email, c.Address }).FirstAsync(cancel);
        var more = await db.Set<CustomerContact>().Where(c => c.CustomerId == id && c.Kind != ContactKind.Website).OrderBy(c => c.Place).ThenBy(c => c.Id).Select(c => c.Value).ToListAsync(cancel);
        return string.Join(" · ", more.Prepend(file.Address).Prepend(file.Email).Prepend(file.WeChat).Where(v => v.Length > 0));
    }

    private static Task ExportAsync([FromForm] IFormCollection form, HttpContext http, CustomerExport export, CurrentUser me, BulkActs bulk, IEnumerable<CustomerView> views, CancellationToken cancel) =>
        export.SendAsync(http, () => bulk.QueryAsync(form, views.Where(v => me.Can(v.Permission)), cancel), form["format"], form["plain"] == "true", cancel);
}

/// <summary>Shows a number in full to somebody who says what for; written down, for ten minutes (B1).</summary>
public sealed class RevealNumber(Db db, CurrentUser user, TimeProvider time, Audit audit)
{
    /// <returns>The number as stored.</returns>
    public async Task<string> ShowAsync(Guid customerId, string? purpose, CancellationToken cancel)
    {
        if (!Reveal.Purposes.Contains(purpose)) throw new Refused("customers.reveal.purpose");
        var phone = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => c.Phone).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var now = time.Now();
        // For a person it stays shown on the pages; a key of the API has its answer, and the audit row says which key it was.
        if (user.StaffId != Guid.Empty) db.Set<Reveal>().Add(new Reveal { CustomerId = customerId, By = user.StaffId, Purpose = purpose!, At = now, Until = now + Reveal.Shown });
        audit.Add("customers.reveal", "customers.customer", customerId, purpose!);
        return phone;
    }
}
