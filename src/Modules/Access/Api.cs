using System.Globalization;
using Huitou.Access.Keys;
using Huitou.Access.Public;
using Huitou.Access.Trail;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access;

/// <summary>The machine door: stores, roles, keys.</summary>
internal static class Api
{
    /// <summary>A store. <c>closedOn</c>: the day it closed.</summary>
    public sealed record StoreAnswer(Guid Id, string Number, string Name, Guid? RegionId, string City, string Address, string Phone, DateOnly? ClosedOn, int Version);

    /// <summary>A role, a ready one named in the caller's language; permissions <c>*</c> means everything.</summary>
    public sealed record RoleAnswer(Guid Id, string Key, string Name, string Reach, IReadOnlyList<string> May, int Version);

    /// <summary>A key; its secret is in the answer that made it and nowhere else.</summary>
    public sealed record KeyAnswer(Guid Id, string Name, string Starts, IReadOnlyList<string> May, string Reach, Guid? StoreId, DateOnly ExpiresOn, DateOnly? LastUsedOn, bool Revoked, string? Secret = null);

    /// <summary>A line of the audit trail, with keys where the page has words. <c>place</c> and <c>hash</c> come within a second of the act.</summary>
    public sealed record AuditAnswer(Guid Id, DateTime At, string Caller, Guid? StaffId, string Act, string Thing, Guid ThingId, string Detail, long? Place, string? Hash);

    public static void Map(IEndpointRouteBuilder app)
    {
        var stores = app.MapGroup("/api/v1/stores").WithTags("stores");
        stores.MapGet("", Stores).RequireAuthorization(new SignedInAttribute()).WithSummary("Stores the caller sees, by number");
        stores.MapPost("", NewStore).Needs("access.stores").WithSummary("Opens a store; region by name, a new name is a new region");
        stores.MapPatch("/{id:guid}", ChangeStore).Needs("access.stores").WithSummary("Changes the fields that are sent");

        var roles = app.MapGroup("/api/v1/roles").WithTags("roles").Needs("access.roles");
        roles.MapGet("", AllRoles).WithSummary("Roles with reach and permissions");
        roles.MapPost("", NewRole).WithSummary("Makes a role of the company's own");
        roles.MapPatch("/{id:guid}", ChangeRole).WithSummary("Changes the fields that are sent; may replaces all permissions");

        var keys = app.MapGroup("/api/v1/keys").WithTags("keys").Needs("access.keys");
        keys.MapGet("", AllKeys).WithSummary("Keys of the API, without their secrets");
        keys.MapPost("", NewKey).WithSummary("Makes a key; the secret is in this answer only, so a repeated Idempotency-Key cannot give it again");
        keys.MapPatch("/{id:guid}", RevokeKey).WithSummary("Revokes a key: { \"revoked\": true }");

        app.MapGroup("/api/v1/audit").WithTags("audit").MapGet("", Trail).Needs("access.audit").WithSummary("The audit trail, newest first, by cursor; from and to are days of the company's calendar, both included");
    }

    private static Task<Ok<Listed<AuditAnswer>>> Trail(Db db, CurrentUser me, Guid? who, string? act, Guid? thing, DateOnly? from, DateOnly? to, Guid? cursor, int size = 50, CancellationToken cancel = default) =>
        new AuditQuery(who, act, thing, from?.ToDateTime(TimeOnly.MinValue).Utc(me.Zone), to?.AddDays(1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone)).Of(db)
            .ListAsync(e => new AuditAnswer(e.Id, e.At, e.Caller, e.StaffId, e.Act, e.Thing, e.ThingId, e.Detail, e.Place, e.Hash), cursor, size, cancel);

    private static async Task<Ok<List<StoreAnswer>>> Stores(Db db, CurrentUser me, CancellationToken cancel)
    {
        var (all, seen) = (me.SeesAll, me.StoreIds);
        return TypedResults.Ok(await db.Set<Store>().Where(s => all || seen.Contains(s.Id)).OrderBy(s => s.Number)
            .Select(s => new StoreAnswer(s.Id, s.Number, s.Name, s.RegionId, s.City, s.Address, s.Phone, s.ClosedOn, s.Version)).ToListAsync(cancel));
    }

    private static async Task<Created> NewStore(StoreForm form, StoreRules rules, Db db, CancellationToken cancel)
    {
        Fail(rules.Check(form));
        var id = await rules.SaveAsync(null, form, cancel);
        return await CreatedAsync(db, $"/api/v1/stores/{id}", cancel);
    }

    private static async Task<NoContent> ChangeStore(Guid id, StoreForm form, StoreRules rules, Db db, CancellationToken cancel)
    {
        var store = await db.Set<Store>().FirstOrDefaultAsync(s => s.Id == id, cancel) ?? throw new NotThere();
        var now = await rules.FormOfAsync(store, cancel);
        (form.Number, form.Name, form.Region, form.City) = (form.Number ?? now.Number, form.Name ?? now.Name, form.Region ?? now.Region, form.City ?? now.City);
        (form.Address, form.Phone, form.ClosedOn) = (form.Address ?? now.Address, form.Phone ?? now.Phone, form.ClosedOn ?? now.ClosedOn);
        Fail(rules.Check(form));
        await rules.SaveAsync(id, form, cancel);
        return await DoneAsync(db, cancel);
    }

    private static async Task<Ok<List<RoleAnswer>>> AllRoles(Db db, CancellationToken cancel)
    {
        var may = (await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId).ToListAsync(cancel)).ToLookup(p => p.RoleId, p => p.Permission);
        var roles = await db.Set<Role>().OrderBy(r => r.Id).ToListAsync(cancel);
        return TypedResults.Ok(roles.ConvertAll(r => new RoleAnswer(r.Id, r.Key, r.Called, r.Reach.ToString(), [.. may[r.Id].Order(StringComparer.Ordinal)], r.Version)));
    }

    private static async Task<Created> NewRole(RoleForm form, RoleRules rules, Db db, CancellationToken cancel)
    {
        Fail(rules.Check(form));
        var id = await rules.SaveAsync(null, form, cancel);
        return await CreatedAsync(db, $"/api/v1/roles/{id}", cancel);
    }

    private static async Task<NoContent> ChangeRole(Guid id, RoleForm form, RoleRules rules, Db db, CancellationToken cancel)
    {
        var role = await db.Set<Role>().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        (form.Name, form.Reach, form.May) = (form.Name ?? role.Name, form.Reach ?? role.Reach.ToString(), form.May ?? (await rules.PermissionsAsync(id, cancel)).Where(p => p != Roles.Everything).ToArray());
        Fail(rules.Check(form));
        await rules.SaveAsync(id, form, cancel);
        return await DoneAsync(db, cancel);
    }

    private static async Task<Ok<List<KeyAnswer>>> AllKeys(Db db, CancellationToken cancel) =>
        TypedResults.Ok((await db.Set<ApiKey>().OrderByDescending(k => k.Id).ToListAsync(cancel)).ConvertAll(k => Answer(k)));

    private static async Task<Created<KeyAnswer>> NewKey(KeyForm form, KeyRules rules, Db db, CancellationToken cancel)
    {
        Fail(await rules.CheckAsync(form, cancel));
        var (key, secret) = rules.Make(form);
        var address = $"/api/v1/keys/{key.Id}";
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address, Answer(key, secret));
    }

    internal sealed record Revocation(bool Revoked);

    private static async Task<NoContent> RevokeKey(Guid id, Revocation what, KeyRules rules, Db db, CancellationToken cancel)
    {
        if (!what.Revoked) throw new BadInput([("revoked", "true")]);
        await rules.RevokeAsync(id, cancel);
        return await DoneAsync(db, cancel);
    }

    private static KeyAnswer Answer(ApiKey k, string? secret = null) =>
        new(k.Id, k.Name, k.Starts, k.PermissionList, k.Reach.ToString(), k.StoreId, k.ExpiresOn, k.LastUsedOn, k.RevokedAt is not null, secret);

    private static void Fail(IEnumerable<(string Field, string Message)> wrong)
    {
        var errors = wrong.ToList();
        if (errors.Count > 0) throw new BadInput(errors);
    }

    private static async Task<Created> CreatedAsync(Db db, string address, CancellationToken cancel)
    {
        await db.SaveAsync(address, StatusCodes.Status201Created, cancel);
        return TypedResults.Created(address);
    }

    private static async Task<NoContent> DoneAsync(Db db, CancellationToken cancel)
    {
        await db.SaveAsync(status: StatusCodes.Status204NoContent, cancel: cancel);
        return TypedResults.NoContent();
    }
}
