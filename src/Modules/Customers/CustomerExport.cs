using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Sheets.Public;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// The list as a file in the shape the import reads: brought back, it changes nothing. Numbers and addresses masked, whole only
/// for who may; the file says who took it, when and how many, and so does the audit trail. Cards of an address book are made only whole:
/// one with half a number is none.
/// </summary>
public sealed class CustomerExport(Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit, People people, IEnumerable<IExportGate> gates)
{
    /// <summary>May take numbers and addresses as they are.</summary>
    public const string PlainPermission = "customers.export-plain";

    /// <summary>The format that holds cards of an address book.</summary>
    public const string Cards = "vcf";

    private const int TagsRead = 500;

    // As the import names its columns; the last three are for the eye.
    private static readonly string[] Headers =
    [
        "customers.number", "customers.name", "customers.form-of-address", "customers.phone", "customers.email", "customers.we-chat", "customers.address", "customers.birthday", "customers.store-number", "customers.column.owner",
        "customers.tier", "customers.stage", "customers.class", "customers.tags", "customers.preferred-hours", "customers.note", "customers.external-number", "customers.column.next", "customers.column.last", "customers.column.device",
    ];

    /// <summary>Sends the customers as a file. The record comes first, in a transaction of its own; then the rows stream out of a reading one, so that nobody waits for a slow download.</summary>
    /// <param name="http">Answered with the file.</param>
    /// <param name="query">The customers, made anew for each of the two transactions.</param>
    /// <param name="format">xlsx, vcf; else csv.</param>
    /// <param name="plain">Nothing masked.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="Refused">Who may not take them unmasked wants to.</exception>
    public async Task SendAsync(HttpContext http, Func<Task<IQueryable<Customer>>> query, string? format, bool plain, CancellationToken cancel)
    {
        if (format is not ("xlsx" or Cards)) format = "csv";
        if (plain && !me.Can(PlainPermission)) throw new Refused("customers.export.plain-not");
        if (format == Cards && !plain) throw new Refused("customers.export.cards-whole");
        var now = time.Now();
        await db.BeginAsync(toWrite: true, cancel);
        var count = await (await query()).CountAsync(cancel);
        var number = "";
        foreach (var gate in gates)
        {
            var pass = await gate.AskAsync(count, plain, http.Request.HasFormContentType ? http.Request.Form["reason"].ToString() : http.Request.Query["reason"].ToString(), cancel);
            number = pass.Number;
            if (pass.WaitsAt is not { } address) continue;
            // Not by this person alone: the request waits, and its page says for whom.
            await db.SaveAsync(cancel: cancel);
            http.Response.Headers.Location = UnitOfWork.IsApi(http) ? "/api/v1" + address : address;
            http.Response.StatusCode = UnitOfWork.IsApi(http) ? StatusCodes.Status202Accepted : StatusCodes.Status303SeeOther;
            return;
        }

        audit.Add("customers.export", "customers.list", Guid.Empty, string.Create(CultureInfo.InvariantCulture, $"{count} {format} {(plain ? "plain" : "masked")}"));
        await db.SaveAsync(cancel: cancel);

        await db.BeginAsync(toWrite: false, cancel);
        var stores = await db.Set<Store>().Select(s => new { s.Id, s.Number }).ToDictionaryAsync(s => s.Id, s => s.Number, cancel);
        var staff = await people.All.Select(p => new { p.Id, p.Name }).ToDictionaryAsync(p => p.Id, p => p.Name, cancel);
        var mark = texts["customers.export.mark", me.Name, now.Local(me.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), count, texts[plain ? "customers.export.plain" : "customers.export.masked"]] + (number.Length > 0 ? " " + number : "");

        http.Response.ContentType = format switch { "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Cards => "text/vcard; charset=utf-8", _ => "text/csv; charset=utf-8" };
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"customers-{now.Local(me.Zone):yyyyMMdd}.{format}\"";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await using var sheet = format switch { "xlsx" => SheetWriter.Xlsx(http.Response.Body, texts["customers.title"], me.Name, mark), Cards => SheetWriter.VCard(http.Response.Body, mark), _ => SheetWriter.Csv(http.Response.Body) };
        if (format != Cards) await sheet.WriteAsync([mark], cancel);
        await sheet.WriteAsync(format == Cards ? CardHeaders : [.. Headers.Select(k => texts[k])], cancel);
        // By parts in the order of the key, so that the tags of each part are one look.
        var last = Guid.Empty;
        var customers = (await query()).OrderBy(c => c.Id);
        while (true)
        {
            var part = await customers.Where(c => c.Id > last).Take(TagsRead).ToListAsync(cancel);
            if (part.Count == 0) break;
            last = part[^1].Id;
            var ids = part.Select(c => c.Id).ToArray();
            var tags = (await db.Set<CustomerTag>().Where(t => EF.Parameter(ids).Contains(t.CustomerId)).OrderBy(t => t.Name).Select(t => new { t.CustomerId, t.Name }).ToListAsync(cancel)).ToLookup(t => t.CustomerId, t => t.Name);
            var phones = format != Cards ? null : (await db.Set<CustomerContact>().Where(p => p.Kind == ContactKind.Phone && EF.Parameter(ids).Contains(p.CustomerId)).OrderBy(p => p.Place).ThenBy(p => p.Id).Select(p => new { p.CustomerId, p.Value }).ToListAsync(cancel)).ToLookup(p => p.CustomerId, p => p.Value);
            foreach (var c in part) await sheet.WriteAsync(phones is null ? Row(c, plain, stores, staff, tags[c.Id]) : Card(c, phones[c.Id].FirstOrDefault(), tags[c.Id]), cancel);
        }

        await sheet.FinishAsync(cancel);
    }

    private static readonly string[] CardHeaders = ["name", "phone", "phone-2", "email", "address", "birthday", "nickname", "categories"];

    // Working notes stay in the house. A birthday by the moon is no day of the calendar that cards know.
    private static object?[] Card(Customer c, string? further, IEnumerable<string> tags) =>
        [c.Name, c.Phone, further, c.Email, c.Address, c.Birthday is { IsKnown: true, Lunar: false } day ? (day.Year > 0 ? day.Year.ToString("0000", CultureInfo.InvariantCulture) : "-") + $"-{day.Month:00}-{day.Day:00}" : null, c.FormOfAddress, string.Join(',', tags)];

    private object?[] Row(Customer c, bool plain, Dictionary<Guid, string> stores, Dictionary<Guid, string> staff, IEnumerable<string> tags) =>
    [
        c.Number, c.Name, c.FormOfAddress, plain ? c.Phone : Phone.Mask(c.Phone), CustomerContact.Shown(ContactKind.Email, c.Email, plain), CustomerContact.Shown(ContactKind.WeChat, c.WeChat, plain), CustomerContact.Shown(ContactKind.Address, c.Address, plain), plain || !c.Birthday.IsKnown ? CustomerReader.Write(c.Birthday, texts) : "****",
        c.StoreId is { } s ? stores.GetValueOrDefault(s) : null, c.OwnerId is { } o ? staff.GetValueOrDefault(o) : null, texts[$"customers.tier.{c.Tier}"], texts[$"customers.stage.{c.Stage}"], texts[$"customers.class.{c.Class}"],
        string.Join(texts["customers.tags-between"], tags), c.PreferredHours, c.Note,
        // A number the import made itself is phone and name.
        c.ExternalNumber is { } number && !number.Contains('|', StringComparison.Ordinal) ? number : null, Day(c.NextContactAt), Day(c.LastContactAt), c.DeviceModel,
    ];

    private DateOnly? Day(DateTime? at) => at is { } t ? DateOnly.FromDateTime(t.Local(me.Zone)) : null;
}
