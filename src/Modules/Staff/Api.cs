using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Staff;

/// <summary>The machine door: who works here.</summary>
internal static class Api
{
    private const int MostPerPage = 200;

    /// <summary>A member. <c>monthlyAllowance</c> in fen.</summary>
    public sealed record MemberAnswer(Guid Id, string Number, string Name, string Phone, string RoleKey, string RoleName, Guid? StoreId, Guid? RegionId, Guid? ReportsTo, DateOnly JoinedOn, DateOnly? LeftOn, long MonthlyAllowance, int Version);

    public sealed record MembersAnswer(IReadOnlyList<MemberAnswer> Items, int Page, bool More);

    public static void Map(IEndpointRouteBuilder app)
    {
        var staff = app.MapGroup("/api/v1/staff").WithTags("staff");
        staff.MapGet("", List).Needs("staff.view").WithSummary("Staff the caller sees, by number; state: here (default), left, all");
        staff.MapGet("/{id:guid}", Show).Needs("staff.view").WithSummary("One member");
        staff.MapPost("", New).Needs("staff.edit").WithSummary("Hires; with account and password a sign-in is made, whose first use asks for an own password");
        staff.MapGet("/{id:guid}/open", Open).Needs("staff.edit").WithSummary("What is still open in their hands: leaving is refused while anything is");
        staff.MapPost("/{id:guid}/hand-over", HandOver).Needs("staff.edit").WithSummary("Hands everything that can change hands over to somebody else, with a record");
        staff.MapPatch("/{id:guid}", Change).Needs("staff.edit").WithSummary("Changes the fields that are sent; leftOn lets somebody leave, refused while anything is open in their hands");
    }

    /// <summary>Fields of a change; what is not sent stays.</summary>
    public sealed record MemberChange(string? Number, string? Name, string? Phone, string? RoleId, string? StoreId, string? RegionId, string? ReportsTo, string? JoinedOn, string? Allowance, string? Account, string? Password, string? LeftOn, int? Version);

    private static async Task<Ok<MembersAnswer>> List(MemberRules rules, Db db, CancellationToken cancel, string? q = null, Guid? storeId = null, string state = "here", int page = 1, int size = 50)
    {
        if (page is < 1 or > 100_000) throw new BadInput([("page", page.ToString(CultureInfo.InvariantCulture))]);
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        var found = rules.Seen;
        if (state == "left") found = found.Where(m => m.LeftOn != null);
        else if (state != "all") found = found.Where(m => m.LeftOn == null);
        if (storeId is { } store) found = found.Where(m => m.StoreId == store);
        if (!string.IsNullOrWhiteSpace(q)) found = found.Where(m => m.Name.Contains(q) || m.Number.Contains(q));
        var rows = await Answers(db, found.OrderBy(m => m.Number).Skip((page - 1) * size).Take(size + 1)).ToListAsync(cancel);
        return TypedResults.Ok(new MembersAnswer([.. rows.OrderBy(r => r.Number, StringComparer.Ordinal).Take(size)], page, rows.Count > size));
    }

    private static async Task<Ok<MemberAnswer>> Show(Guid id, MemberRules rules, Db db, CancellationToken cancel) =>
        TypedResults.Ok(await Answers(db, rules.Seen.Where(m => m.Id == id)).FirstOrDefaultAsync(cancel) ?? throw new NotThere());

    private static async Task<Created> New(MemberForm form, MemberRules rules, Db db, CancellationToken cancel)
    {
        Fail(await rules.CheckAsync(null, form, cancel));
        var id = await rules.SaveAsync(null, form, cancel);
        await db.SaveAsync($"/api/v1/staff/{id}", StatusCodes.Status201Created, cancel);
        return TypedResults.Created($"/api/v1/staff/{id}");
    }

    private static async Task<NoContent> Change(Guid id, MemberChange change, MemberRules rules, Db db, CancellationToken cancel)
    {
        var member = await rules.Seen.AsTracking().FirstOrDefaultAsync(m => m.Id == id && m.LeftOn == null, cancel) ?? throw new NotThere();
        var form = await rules.FormOfAsync(member, cancel);
        (form.Number, form.Name, form.Phone, form.RoleId) = (change.Number ?? form.Number, change.Name ?? form.Name, change.Phone ?? form.Phone, change.RoleId ?? form.RoleId);
        (form.StoreId, form.RegionId, form.ReportsTo, form.JoinedOn) = (change.StoreId ?? form.StoreId, change.RegionId ?? form.RegionId, change.ReportsTo ?? form.ReportsTo, change.JoinedOn ?? form.JoinedOn);
        (form.Allowance, form.Account, form.Password) = (change.Allowance ?? form.Allowance, change.Account ?? form.Account, change.Password);
        form.Version = change.Version?.ToString(CultureInfo.InvariantCulture);
        Fail(await rules.CheckAsync(member, form, cancel));
        await rules.SaveAsync(member, form, cancel);
        if (change.LeftOn is { } text)
        {
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on)) throw new BadInput([("leftOn", "yyyy-MM-dd")]);
            await rules.LeaveAsync(id, on, cancel);
        }

        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    /// <summary>Open things of one kind.</summary>
    /// <param name="CanChangeHands">False: not to be handed to somebody else, but to be brought back or signed.</param>
    public sealed record OpenAnswer(string Key, string Text, int Count, string Href, bool CanChangeHands);

    public sealed record HandOverBody(Guid To, string? Note);

    private static async Task<Ok<IReadOnlyList<OpenAnswer>>> Open(Guid id, MemberRules rules, Texts texts, CancellationToken cancel)
    {
        if (!await rules.Seen.AnyAsync(m => m.Id == id && m.LeftOn == null, cancel)) throw new NotThere();
        return TypedResults.Ok<IReadOnlyList<OpenAnswer>>([.. (await rules.OpenOfAsync(id)).Select(o => new OpenAnswer(o.TextKey, texts[o.TextKey], o.Count, o.Href, o.CanChangeHands))]);
    }

    private static async Task<NoContent> HandOver(Guid id, HandOverBody body, MemberRules rules, Db db, CancellationToken cancel)
    {
        await rules.HandOverAsync(id, body.To, body.Note, cancel);
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }

    private static IQueryable<MemberAnswer> Answers(Db db, IQueryable<Member> members) =>
        from m in members
        join r in db.Set<Role>() on m.RoleId equals r.Id
        select new MemberAnswer(m.Id, m.Number, m.Name, m.Phone, r.Key, Roles.Called(r.Key, r.Name), m.StoreId, m.RegionId, m.ReportsTo, m.JoinedOn, m.LeftOn, m.MonthlyAllowance, m.Version);

    private static void Fail(List<(string Field, string Message)> wrong)
    {
        if (wrong.Count > 0) throw new BadInput(wrong);
    }
}
