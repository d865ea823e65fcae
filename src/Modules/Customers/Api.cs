using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>The machine door to customers. Numbers leave masked; the whole one only by a reveal with its purpose.</summary>
internal static class Api
{
    private const int MostPerPage = 200;

    /// <summary>A birthday: month and day, the year where it is known.</summary>
    public sealed record BirthdayBody(int? Year, int Month, int Day, bool Lunar = false, bool Leap = false);

    /// <summary>A customer as lists give it. The phone is masked.</summary>
    public sealed record CustomerBrief(Guid Id, string Number, string Name, string Phone, CustomerTier Tier, CustomerStage Stage, Guid? StoreId, Guid? OwnerId, DateTime? NextContactAt, DateTime? LastContactAt, string Device, DateOnly? ReplacementDue);

    /// <summary>A page of customers; <c>next</c> is the cursor of the following page, null on the last.</summary>
    public sealed record CustomersAnswer(IReadOnlyList<CustomerBrief> Items, Guid? Next);

    /// <summary>A customer's file. <c>version</c> is also the ETag.</summary>
    public sealed record CustomerAnswer(Guid Id, string Number, string Name, string FormOfAddress, string Phone, CustomerClass Class, CustomerStage Stage, CustomerTier Tier, LadderStep? Ladder, CustomerSource Source, string? ExternalNumber, BirthdayBody? Birthday,
        Guid? StoreId, Guid? OwnerId, DateOnly FileOn, DateTime OpenedAt, DateTime? DoNotContactSince, string PreferredChannel, string PreferredHours, DateTime? NextContactAt, DateTime? LastContactAt, DateOnly? LastPurchaseOn, int PurchaseCount, long PurchaseTotal,
        IReadOnlyList<string> Tags, string Note, int Version, Guid? KindId, ProspectStep? Way, IReadOnlyList<ProspectLack> Lacks, string Website, string PaperPlace, DateTime? UpdateDueSince, string PurchaseCurrency);

    /// <summary>A file to open: the least is a name and one of phone, email, weChat. <c>allowSame</c>: open it although one like it is there.</summary>
    public sealed record OpenBody(string? Name, string? FormOfAddress, string? Phone, string? Email, string? WeChat, string? Address, CustomerClass? Class, CustomerStage? Stage, CustomerTier? Tier, CustomerSource? Source, BirthdayBody? Birthday,
        Guid? StoreId, string? ExternalNumber, string? PreferredChannel, string? PreferredHours, string? Note, ConsentPurpose[]? Consents, string? ConsentHow, bool AllowSame = false, Guid? KindId = null, ProspectStep? Way = null, ProspectLack[]? Lacks = null, string? Website = null, string? PaperPlace = null);

    /// <summary>What bears a number. Kind: <c>complaints</c>, <c>goods</c>, <c>custody.request</c> …; page: where it is looked at.</summary>
    public sealed record NumberedAnswer(Guid Id, string Number, string Kind, string Title, Guid? CustomerId, string Page);

    /// <summary>What was opened.</summary>
    public sealed record OpenedAnswer(Guid Id, string Number);

    /// <summary>Fields to change; those left out stay. The version read goes in <c>If-Match</c> or here.</summary>
    public sealed record ChangeBody(string? Name, string? FormOfAddress, string? Phone, string? Email, string? WeChat, string? Address, CustomerTier? Tier, BirthdayBody? Birthday, string? PreferredChannel, string? PreferredHours, string? Note, int? Version, CustomerClass? Class = null, Guid? KindId = null, ProspectStep? Way = null, ProspectLack[]? Lacks = null, string? Website = null, string? PaperPlace = null, CustomerStage? Stage = null, Guid? StoreId = null);

    public sealed record RevealBody(string? Purpose);
    /// <summary>What is masked everywhere else, whole for ten minutes.</summary>
    public sealed record RevealAnswer(string Phone, DateTime Until, string Email, string WeChat, string Address);
    public sealed record NoteBody(string? Words);
    public sealed record IdAnswer(Guid Id);

    /// <summary>At most 2,000 customers; purpose <c>Service</c> or <c>Promotion</c>; <c>{address}</c> in the words becomes each one's form of address.</summary>
    public sealed record WriteBody(IReadOnlyList<Guid>? CustomerIds, ConsentPurpose Purpose, string? Words, string? Template = null, string? Language = null, string? Channel = null);

    /// <summary>Chosen, and of these written to.</summary>
    public sealed record WrittenAnswer(int Chosen, int Written);

    /// <summary>A thing owned. Price in minor units of its currency; of the IMEI the last four. <c>serviceDue</c> and <c>lifeEnd</c> are reckoned.</summary>
    public sealed record DeviceAnswer(Guid Id, string Model, string ImeiLast, string Serial, DateOnly? BoughtOn, string Currency, long Price, Guid? StoreId, DateOnly? WarrantyEnd, DateOnly? ReplacementDue, DateOnly? RetiredOn, DeviceKind Kind, string Plate, string Unit,
        DateOnly? NextServiceOn, int? NextServiceKm, int? Mileage, DateOnly? MileageOn, DateOnly? ServiceDue, int? DesignLifeMonths, DateOnly? LifeEnd, string Note, int Version);

    /// <summary>A thing as a whole: what is left out is empty, but the IMEI, which answers do not give: left out it stays, "" takes it away. <c>allowSame</c>: although its IMEI stands in another file or with another model. To change one, the version read goes in <c>If-Match</c> or here.</summary>
    public sealed record DeviceBody(string? Model, string? Imei, string? Serial, DateOnly? BoughtOn, long? Price, Guid? StoreId, DateOnly? WarrantyEnd, DateOnly? ReplacementDue, string? Note, DeviceKind Kind = DeviceKind.Phone, string? Plate = null, string? Unit = null,
        DateOnly? NextServiceOn = null, int? NextServiceKm = null, int? Mileage = null, int? DesignLifeMonths = null, bool AllowSame = false, int? Version = null, string? Currency = null);

    public sealed record RetiredBody(bool Value);

    /// <summary>An entry of the timeline, its headline in the caller's language.</summary>
    public sealed record EntryAnswer(Guid Id, DateTime At, TimelineKind Kind, string Title, string Words, string Href, Guid? By);

    public sealed record TimelineAnswer(IReadOnlyList<EntryAnswer> Items, Guid? Next);

    private static async Task<Ok<WrittenAnswer>> Write(WriteBody body, WriteToMany writer, Db db, CancellationToken cancel)
    {
        var ids = body.CustomerIds ?? [];
        var reach = await writer.SendAsync(db.Set<Customer>().Where(c => ids.Contains(c.Id)), body.Purpose, body.Words ?? "", body.Template, Texts.Known(body.Language, Texts.Languages[0]), body.Channel ?? "", cancel);
        await db.SaveAsync("/api/v1/customers", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(new WrittenAnswer(reach.All, reach.Agreed));
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/numbers", ListNumbered).Needs("customers.view").WithTags("customers").WithSummary("What bears a number that people read out (case, sale, request), as far as the asker may see it");
        var group = app.MapGroup("/api/v1/customers").WithTags("customers");
        group.MapGet("", List).Needs("customers.view").WithSummary("Customers, by cursor; q searches name, pinyin, initials, phone, last four, IMEI, number, tag");
        group.MapGet("/export", ExportAsync).Needs("customers.export").WithMetadata(new OwnTransactionsAttribute()).WithSummary("The list as a file the import reads; format csv, xlsx or vcf (only with plain=true); masked, unless plain=true and customers.export-plain").Produces(StatusCodes.Status200OK);
        group.MapPost("", Open).Needs("customers.edit").WithSummary("Open a file");
        group.MapGet("/{id:guid}", Get).Needs("customers.view").WithSummary("One file; its version is the ETag");
        group.MapPatch("/{id:guid}", Change).Needs("customers.edit").WithSummary("Change a file; If-Match or version is needed");
        group.MapPost("/messages", Write).Needs("customers.message").WithSummary("Write to customers who agreed to it; the rest is counted");
        group.MapPost("/{id:guid}/reveal", RevealPhone).Needs("customers.reveal").WithSummary("The whole number, for a purpose, written down");
        group.MapPost("/{id:guid}/notes", Note).Needs("customers.edit").WithSummary("Note something on the timeline");
        group.MapGet("/{id:guid}/timeline", ListTimeline).Needs("customers.view").WithSummary("What passed, newest first");
        group.MapGet("/{id:guid}/devices", ListDevices).Needs("customers.view").WithSummary("Things owned");
        group.MapPost("/{id:guid}/devices", AddDevice).Needs("customers.edit").WithSummary("Add a thing owned");
        group.MapPut("/{id:guid}/devices/{deviceId:guid}", ChangeDevice).Needs("customers.edit").WithSummary("Change a thing owned; If-Match or version is needed");
        group.MapPut("/{id:guid}/devices/{deviceId:guid}/retired", RetireDevice).Needs("customers.edit").WithSummary("No longer in use, or in use again");
    }

    private static Task ExportAsync(HttpContext http, CustomerExport export, Db db, CurrentUser me, TimeProvider time, CustomerSearch search, IEnumerable<CustomerView> views, CancellationToken cancel, string? format = null, bool plain = false) =>
        export.SendAsync(http, async () =>
        {
            var conditions = Conditions.Read(http.Request.QueryString.Value ?? "");
            var hits = conditions.Text is null ? null : await search.FindAsync(conditions.Text, Conditions.MostHits, cancel: cancel);
            return conditions.Apply(Conditions.InReach(db, me), db, me, time.Now(), hits, views.Where(v => me.Can(v.Permission)));
        }, format, plain, cancel);

    private static async Task<Ok<CustomersAnswer>> List(Db db, CurrentUser me, TimeProvider time, CustomerSearch search, HttpContext http, IEnumerable<CustomerView> views, CancellationToken cancel, Guid? cursor = null, int size = 50)
    {
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        var conditions = Conditions.Read(http.Request.QueryString.Value ?? "");
        var hits = conditions.Text is null ? null : await search.FindAsync(conditions.Text, Conditions.MostHits, cancel: cancel);
        var customers = conditions.Apply(Conditions.InReach(db, me), db, me, time.Now(), hits, views.Where(v => me.Can(v.Permission)));
        if (cursor is { } after) customers = customers.Where(c => c.Id > after);
        var rows = await CustomerListRow.Of(customers.OrderBy(c => c.Id).Take(size + 1)).ToListAsync(cancel);
        return TypedResults.Ok(new CustomersAnswer([.. rows.Take(size).Select(r => new CustomerBrief(r.Id, r.Number, r.Name, Phone.Mask(r.Phone), r.Tier, r.Stage, r.StoreId, r.OwnerId, r.NextContactAt, r.LastContactAt, r.DeviceModel, r.ReplacementDue))],
            rows.Count > size ? rows[size - 1].Id : null));
    }

    private static async Task<Ok<IReadOnlyList<NumberedAnswer>>> ListNumbered(string number, ByNumber search, CancellationToken cancel) =>
        TypedResults.Ok<IReadOnlyList<NumberedAnswer>>([.. (await search.FindAsync(number, cancel)).Select(f =>
            new NumberedAnswer(f.Row.Id, f.Row.Number, f.Thing.TextKey[..f.Thing.TextKey.LastIndexOf('.')], f.Row.Title, f.Row.CustomerId, string.Format(CultureInfo.InvariantCulture, f.Thing.Href, f.Row.Id)))]);

    private static async Task<Created<OpenedAnswer>> Open(OpenBody body, Db db, CustomerDesk desk, Texts texts, CancellationToken cancel)
    {
        var what = new OpenCustomer
        {
            Name = body.Name ?? "", FormOfAddress = body.FormOfAddress ?? "", Phone = body.Phone ?? "", Email = body.Email ?? "", WeChat = body.WeChat ?? "", Address = body.Address ?? "", Class = body.Class ?? default, Stage = body.Stage ?? default,
            Tier = body.Tier ?? default, Source = body.Source ?? CustomerSource.WalkIn, Birthday = Read(body.Birthday), StoreId = body.StoreId, ExternalNumber = body.ExternalNumber, PreferredChannel = body.PreferredChannel ?? "",
            PreferredHours = body.PreferredHours ?? "", Note = body.Note ?? "", Consents = body.Consents ?? [], ConsentHow = body.ConsentHow is "paper" or "phone" or "link" ? body.ConsentHow : "counter",
            KindId = body.KindId, Way = body.Way, Lacks = body.Lacks ?? [], Website = body.Website ?? "", PaperPlace = body.PaperPlace ?? "",
        };
        if (!body.AllowSame && await desk.MaybeSameAsync(what.Name, what.Phone, what.Birthday, cancel: cancel, weChat: what.WeChat) is [{ By: MaybeSameBy.Phone or MaybeSameBy.WeChat } same, ..])
        {
            throw new BadInput([(same.By is MaybeSameBy.Phone ? "phone" : "weChat", same.InReach ? texts["customers.same.file", same.Name, same.Number] : texts["customers.same.outside", same.Hint])]);
        }

        var id = await desk.OpenAsync(what, cancel);
        var address = $"/api/v1/customers/{id}";
        var number = db.Set<Customer>().Local.First(c => c.Id == id).Number;
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, new OpenedAnswer(id, number));
    }

    private static async Task<Ok<CustomerAnswer>> Get(Guid id, Db db, Merges merges, HttpContext http, CancellationToken cancel)
    {
        var file = await db.Set<Customer>().Where(c => c.Id == id).Select(c => new { Customer = c, Tags = db.Set<CustomerTag>().Where(t => t.CustomerId == c.Id).OrderBy(t => t.Name).Select(t => t.Name).ToList() }).FirstOrDefaultAsync(cancel)
            ?? throw (await merges.LeadsToAsync(id, cancel) is { } root ? new MovedTo($"/api/v1/customers/{root}") : (Exception)new NotThere());
        http.Response.Headers.ETag = $"\"{file.Customer.Version}\"";
        return TypedResults.Ok(Answer(file.Customer, file.Tags));
    }

    private static async Task<Results<Ok<CustomerAnswer>, ProblemHttpResult>> Change(Guid id, ChangeBody body, Db db, CurrentUser me, TimeProvider time, Texts texts, Audit audit, Public.Timeline timeline, CustomerSearch search, HttpContext http, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        if (Stale(http, body.Version, customer.Version, texts) is { } stale) return stale;
        var what = new OpenCustomer
        {
            Name = body.Name ?? customer.Name, FormOfAddress = body.FormOfAddress ?? customer.FormOfAddress, Phone = body.Phone ?? customer.Phone, Email = body.Email ?? customer.Email, WeChat = body.WeChat ?? customer.WeChat,
            Address = body.Address ?? customer.Address, Class = body.Class ?? customer.Class, Stage = body.Stage ?? customer.Stage, Tier = body.Tier ?? customer.Tier, Source = customer.Source, Birthday = body.Birthday is null ? customer.Birthday : Read(body.Birthday), StoreId = body.StoreId ?? customer.StoreId,
            PreferredChannel = body.PreferredChannel ?? customer.PreferredChannel, PreferredHours = body.PreferredHours ?? customer.PreferredHours, Note = body.Note ?? customer.Note,
            KindId = body.KindId ?? customer.KindId, Way = body.Way ?? customer.Way, Lacks = body.Lacks ?? LacksOf(customer.Lacks), Website = body.Website ?? customer.Website, PaperPlace = body.PaperPlace ?? customer.PaperPlace,
        };
        if (body.StoreId is { } store && store != customer.StoreId && !(me.SeesAll ? await db.Set<Store>().AnyAsync(s => s.Id == store, cancel) : me.StoreIds.Contains(store))) throw new NotThere();
        var wrong = what.Wrong(texts, time.Today(me.Zone)).Select(w => (w.Field, texts[w.Key, w.Args])).ToList();
        if (wrong.Count > 0) throw new BadInput(wrong);
        customer.Change(what);
        var fields = db.Entry(customer).Properties.Where(p => !Equals(p.OriginalValue, p.CurrentValue)).Select(p => p.Metadata.Name).ToList();
        if (fields.Count > 0)
        {
            audit.Add("customers.edit", "customers.customer", id, string.Join(' ', fields));
            timeline.Add(id, TimelineKind.File, "customers.timeline.changed");
            await search.PutAsync(customer, cancel);
        }

        var tags = await db.Set<CustomerTag>().Where(t => t.CustomerId == id).OrderBy(t => t.Name).Select(t => t.Name).ToListAsync(cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status200OK, cancel);
        http.Response.Headers.ETag = $"\"{customer.Version}\"";
        return TypedResults.Ok(Answer(customer, tags));
    }

    private static async Task<Ok<RevealAnswer>> RevealPhone(Guid id, RevealBody body, RevealNumber reveal, Db db, TimeProvider time, HttpContext http, CancellationToken cancel)
    {
        var phone = await reveal.ShowAsync(id, body.Purpose, cancel);
        var reached = await db.Set<Customer>().Where(c => c.Id == id).Select(c => new { c.Email, c.WeChat, c.Address }).FirstAsync(cancel);
        await db.SaveAsync($"/api/v1/customers/{id}", StatusCodes.Status200OK, cancel);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new RevealAnswer(phone, time.Now() + Reveal.Shown, reached.Email, reached.WeChat, reached.Address));
    }

    private static async Task<Created<IdAnswer>> Note(Guid id, NoteBody body, Db db, Public.Timeline timeline, Texts texts, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var words = body.Words?.Trim() ?? "";
        if (words.Length == 0) throw new BadInput([("words", texts["customers.note-empty"])]);
        if (words.Length > Customer.NoteMax) throw new BadInput([("words", texts["customers.too-long", Customer.NoteMax])]);
        timeline.Add(id, TimelineKind.Note, "customers.timeline.note", words: words);
        var entry = db.Set<TimelineEntry>().Local.Last(e => e.CustomerId == id).Id;
        await db.SaveAsync($"/api/v1/customers/{id}/timeline", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/customers/{id}/timeline", new IdAnswer(entry));
    }

    private static async Task<Ok<TimelineAnswer>> ListTimeline(Guid id, Db db, Texts texts, CancellationToken cancel, TimelineKind? kind = null, Guid? cursor = null, int size = 40)
    {
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var entries = db.Set<TimelineEntry>().Where(e => e.CustomerId == id);
        if (kind is { } only) entries = entries.Where(e => e.Kind == only);
        if (cursor is { } last && await db.Set<TimelineEntry>().Where(e => e.Id == last && e.CustomerId == id).Select(e => (DateTime?)e.At).FirstOrDefaultAsync(cancel) is { } at) entries = entries.Where(e => e.At < at || e.At == at && e.Id < last);
        var rows = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(size + 1).ToListAsync(cancel);
        return TypedResults.Ok(new TimelineAnswer([.. rows.Take(size).Select(e => new EntryAnswer(e.Id, e.At, e.Kind, TimelineWords.Title(e, texts), e.Words, e.Href, e.By))], rows.Count > size ? rows[size - 1].Id : null));
    }

    private static async Task<Ok<IReadOnlyList<DeviceAnswer>>> ListDevices(Guid id, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        var devices = await db.Set<Device>().Where(d => d.CustomerId == id).OrderByDescending(d => d.BoughtOn).ThenByDescending(d => d.Id).Take(MostPerPage).ToListAsync(cancel);
        return TypedResults.Ok<IReadOnlyList<DeviceAnswer>>([.. devices.Select(Answer)]);
    }

    private static async Task<Created<IdAnswer>> AddDevice(Guid id, DeviceBody body, Db db, DeviceDesk desk, CancellationToken cancel)
    {
        var device = await SaveDeviceAsync(id, null, body, desk, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/devices", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/customers/{id}/devices", new IdAnswer(device.Id));
    }

    private static async Task<Results<Ok<DeviceAnswer>, ProblemHttpResult>> ChangeDevice(Guid id, Guid deviceId, DeviceBody body, Db db, DeviceDesk desk, Texts texts, HttpContext http, CancellationToken cancel)
    {
        var device = await DeviceAsync(id, deviceId, db, cancel);
        if (Stale(http, body.Version, device.Version, texts) is { } stale) return stale;
        await SaveDeviceAsync(id, device, body, desk, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/devices", StatusCodes.Status200OK, cancel);
        return TypedResults.Ok(Answer(device));
    }

    private static async Task<NoContent> RetireDevice(Guid id, Guid deviceId, RetiredBody body, Db db, DeviceDesk desk, CancellationToken cancel)
    {
        await desk.RetireAsync(await DeviceAsync(id, deviceId, db, cancel), body.Value, cancel);
        await db.SaveAsync($"/api/v1/customers/{id}/devices", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    // A thing carries no reach of its own: its customer's file decides.
    private static async Task<Device> DeviceAsync(Guid id, Guid deviceId, Db db, CancellationToken cancel)
    {
        if (!await db.Set<Customer>().AnyAsync(c => c.Id == id, cancel)) throw new NotThere();
        return await db.Set<Device>().AsTracking().FirstOrDefaultAsync(d => d.Id == deviceId && d.CustomerId == id, cancel) ?? throw new NotThere();
    }

    private static async Task<Device> SaveDeviceAsync(Guid id, Device? there, DeviceBody body, DeviceDesk desk, CancellationToken cancel)
    {
        try
        {
            return await desk.SaveAsync(id, there, new()
            {
                Kind = body.Kind, Model = body.Model, Imei = body.Imei, Serial = body.Serial, Plate = body.Plate, Unit = body.Unit, BoughtOn = body.BoughtOn, Price = body.Price ?? 0, Currency = body.Currency, StoreId = body.StoreId, WarrantyEnd = body.WarrantyEnd, ReplacementDue = body.ReplacementDue,
                NextServiceOn = body.NextServiceOn, NextServiceKm = body.NextServiceKm, Mileage = body.Mileage, DesignLifeMonths = body.DesignLifeMonths, Note = body.Note,
            }, body.AllowSame, cancel);
        }
        catch (Doubts doubts)
        {
            throw new BadInput([.. doubts.Words.Select(w => ("imei", w))]);
        }
    }

    private static DeviceAnswer Answer(Device d) => new(d.Id, d.Model, Imei.Mask(d.Imei), d.Serial, d.BoughtOn, d.Currency, d.Price, d.StoreId, d.WarrantyEnd, d.ReplacementDue, d.RetiredOn, d.Kind, d.Plate, d.Unit,
        d.NextServiceOn, d.NextServiceKm, d.Mileage, d.MileageOn, d.ServiceDue, d.DesignLifeMonths, d.LifeEnd, d.Note, d.Version);

    /// <summary>Who changes a thing says which version they read; null when it is the present one.</summary>
    internal static ProblemHttpResult? Stale(HttpContext http, int? said, int version, Texts texts)
    {
        var header = http.Request.Headers.IfMatch.ToString().Trim('"', ' ');
        if (header.Length > 0 && header != "*" && header != version.ToString(CultureInfo.InvariantCulture)) return Problem(StatusCodes.Status412PreconditionFailed);
        if (header.Length == 0 && said is null) return Problem(StatusCodes.Status428PreconditionRequired);
        return said is { } number && number != version ? Problem(StatusCodes.Status409Conflict) : null;

        ProblemHttpResult Problem(int status) => TypedResults.Problem(texts[status == StatusCodes.Status428PreconditionRequired ? "customers.api.version-missing" : "kernel.conflict"], statusCode: status);
    }

    internal static Birthday Read(BirthdayBody? body) => body is null ? default : new(body.Year ?? 0, body.Month, body.Day, body.Lunar, body.Leap);

    internal static BirthdayBody? Said(Birthday day) => day.IsKnown ? new(day.Year == 0 ? null : day.Year, day.Month, day.Day, day.Lunar, day.Leap) : null;

    private static CustomerAnswer Answer(Customer c, IReadOnlyList<string> tags) => new(c.Id, c.Number, c.Name, c.FormOfAddress, Phone.Mask(c.Phone), c.Class, c.Stage, c.Tier, c.Ladder, c.Source, c.ExternalNumber,
        Said(c.Birthday), c.StoreId, c.OwnerId, c.FileOn, c.OpenedAt, c.DoNotContactSince, c.PreferredChannel, c.PreferredHours,
        c.NextContactAt, c.LastContactAt, c.LastPurchaseOn, c.PurchaseCount, c.PurchaseTotal, tags, c.Note, c.Version, c.KindId, c.Way, LacksOf(c.Lacks), c.Website, c.PaperPlace, c.UpdateDueSince, c.PurchaseCurrency);

    internal static ProspectLack[] LacksOf(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ProspectLack>)];
}
