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
        var next = back is not null && back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal) ? back : $"/customers/{id}";
        await db.SaveAsync(next, cancel: cancel);
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase)) return Results.Json(new { text = Phone.Whole(phone) });
        http.Response.Headers.Location = next;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    // The record first, in a transaction of its own; then the rows stream out of a reading one, so that nobody waits for a slow download.
    private static async Task ExportAsync([FromForm] IFormCollection form, HttpContext http, Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit, BulkActs bulk, Lookups lookups, People people, IEnumerable<CustomerView> views, CancellationToken cancel)
    {
        await db.BeginAsync(toWrite: true, cancel);
        audit.Add("customers.export", "customers.list", Guid.Empty, form["all"] == "true" ? "all" : $"{form["ids"].Count}");
        await db.SaveAsync(cancel: cancel);

        await db.BeginAsync(toWrite: false, cancel);
        var names = await lookups.NamesAsync(db, people, cancel);
        var customers = await bulk.QueryAsync(form, views.Where(v => me.Can(v.Permission)), cancel);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"customers-{time.Today(me.Zone):yyyyMMdd}.csv\"";
        http.Response.Headers.CacheControl = "no-store";
        await using var sheet = SheetWriter.Csv(http.Response.Body);
        await sheet.WriteAsync([.. new[] { "customers.number", "customers.name", "customers.form-of-address", "customers.phone", "customers.tier", "customers.stage", "customers.store", "customers.column.owner", "customers.column.next", "customers.column.last", "customers.column.device" }.Select(k => texts[k])], cancel);
        await foreach (var c in customers.OrderBy(c => c.Id).AsAsyncEnumerable().WithCancellation(cancel))
        {
            await sheet.WriteAsync([c.Number, c.Name, c.FormOfAddress, Phone.Mask(c.Phone), texts[$"customers.tier.{c.Tier}"], texts[$"customers.stage.{c.Stage}"],
                c.StoreId is { } s ? names.Stores.GetValueOrDefault(s) : null, c.OwnerId is { } o ? names.People.GetValueOrDefault(o)?.Name : null, Day(c.NextContactAt), Day(c.LastContactAt), c.DeviceModel], cancel);
        }

        await sheet.FinishAsync(cancel);

        DateOnly? Day(DateTime? at) => at is { } t ? DateOnly.FromDateTime(t.Local(me.Zone)) : null;
    }
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
        db.Set<Reveal>().Add(new Reveal { CustomerId = customerId, By = user.StaffId, Purpose = purpose!, At = now, Until = now + Reveal.Shown });
        audit.Add("customers.reveal", "customers.customer", customerId, purpose!);
        return phone;
    }
}
