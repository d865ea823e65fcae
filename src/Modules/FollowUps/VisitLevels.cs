using Huitou.Access.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.FollowUps;

/// <summary>How many customers a month who has a role visits in person (C6: each level of management has its own visits). 0 for none.</summary>
public sealed class VisitGoal : ICompanyOwned
{
    /// <summary>More than three a working day are no visits.</summary>
    public const int Most = 60;

    /// <summary>What holds until the shop says otherwise; the fewer, the higher.</summary>
    public static IReadOnlyDictionary<string, int> Ready { get; } = new Dictionary<string, int>
    {
        ["sales-manager"] = 8, ["store-manager"] = 4, ["customer-service-manager"] = 4, ["sales-director"] = 2, ["region-manager"] = 2, ["operations-vice-president"] = 1, ["general-manager"] = 1, ["ceo"] = 1,
    };

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>The key of a role.</summary>
    public required string RoleKey { get; init; }
    public int AMonth { get; set; }
}

/// <summary>A role's own visits a month.</summary>
public sealed record RoleGoal(string RoleKey, string RoleName, int AMonth);

/// <summary>One person's own visits in a month.</summary>
/// <param name="Goal">How many the role owes.</param>
/// <param name="Planned">Agreed with customers, not made yet.</param>
/// <param name="Done">Made.</param>
/// <param name="ToAnswer">Made, and the solution not brought back yet.</param>
public sealed record LevelLine(Guid StaffId, string Name, string RoleKey, string RoleName, Guid? StoreId, int Goal, int Planned, int Done, int ToAnswer)
{
    /// <summary>Neither made nor agreed.</summary>
    public int Missing => Math.Max(0, Goal - Done - Planned);
}

/// <summary>Who of the management visits how many customers in a month.</summary>
public sealed class VisitLevels(Db db, CurrentUser me, People people, Audit audit, Texts texts)
{
    /// <summary>Every role that may make visits, with its visits a month, who visits most first. Whoever only shops in disguise or administers owes none and is not asked about.</summary>
    public async Task<List<RoleGoal>> GoalsAsync(CancellationToken cancel)
    {
        var ready = VisitGoal.Ready.Keys.ToArray();
        var own = await db.Set<VisitGoal>().ToDictionaryAsync(g => g.RoleKey, g => g.AMonth, cancel);
        var roles = await db.Set<Role>().Where(r => ready.Contains(r.Key) || db.Set<RolePermission>().Any(p => p.CompanyId == db.CompanyId && p.RoleId == r.Id && (p.Permission == "followups.work" || p.Permission == "followups.plan"))).Select(r => new { r.Key, r.Name }).ToListAsync(cancel);
        return [.. roles.Select(r => new RoleGoal(r.Key, Roles.Called(r.Key, r.Name), own.TryGetValue(r.Key, out var set) ? set : VisitGoal.Ready.GetValueOrDefault(r.Key))).OrderByDescending(g => g.AMonth).ThenBy(g => g.RoleName, StringComparer.CurrentCulture)];
    }

    /// <summary>Sets the visits of the roles named; the others stay.</summary>
    /// <exception cref="BadInput">No such role, or a figure that is none.</exception>
    public async Task SetAsync(IReadOnlyDictionary<string, int?> aMonth, CancellationToken cancel)
    {
        if (!me.SeesAll || !me.Can("followups.plan")) throw new Refused("followups.may-not-plan");
        var goals = (await GoalsAsync(cancel)).ToDictionary(g => g.RoleKey);
        var wrong = aMonth.Where(a => !goals.ContainsKey(a.Key) || a.Value is null or < 0 or > VisitGoal.Most).Select(a => (a.Key, texts["followups.levels.wrong", VisitGoal.Most])).ToList();
        if (wrong.Count > 0) throw new BadInput(wrong);
        var rows = await db.Set<VisitGoal>().AsTracking().ToDictionaryAsync(g => g.RoleKey, cancel);
        foreach (var (role, count) in aMonth.Where(a => goals[a.Key].AMonth != a.Value))
        {
            if (rows.TryGetValue(role, out var row)) row.AMonth = count!.Value;
            // Two who set a role's first figure at once: the later one holds, like any later change.
            else await db.Database.ExecuteSqlAsync($"insert into followups_visit_goal (company_id, id, role_key, a_month) values ({db.CompanyId}, {Ids.New()}, {role}, {count!.Value}) on conflict (company_id, role_key) do update set a_month = excluded.a_month", cancel);
            audit.Add("followups.visit-goal", "followups.visit-goal", Guid.Empty, FormattableString.Invariant($"{role}: {goals[role].AMonth} → {count}"));
        }
    }

    /// <summary>The month of everybody who owes visits and whom the reader may see, who is behind first.</summary>
    /// <param name="month">Any day of it.</param>
    public async Task<List<LevelLine>> OfAsync(DateOnly month, CancellationToken cancel)
    {
        var goals = (await GoalsAsync(cancel)).Where(g => g.AMonth > 0).ToDictionary(g => g.RoleKey);
        var who = (await people.HereAsync(cancel)).Where(p => goals.ContainsKey(p.RoleKey) && (me.SeesAll || p.Id == me.StaffId || p.StoreId is { } store && me.StoreIds.Contains(store))).ToList();
        var (from, to) = Month(month, me.Zone);
        var ids = who.ConvertAll(p => p.Id).ToArray();
        var made = await db.Set<Visit>().Within(db).Where(v => v.At >= from && v.At < to && v.State != VisitState.Cancelled && v.OwnerId != null && ids.Contains(v.OwnerId.Value))
            .GroupBy(v => v.OwnerId).Select(g => new { g.Key, Planned = g.Count(v => v.State == VisitState.Planned), Done = g.Count(v => v.State != VisitState.Planned), ToAnswer = g.Count(v => v.State == VisitState.Done && v.OpenPoint != "") }).ToDictionaryAsync(g => g.Key!.Value, cancel);
        return [.. who.Select(p =>
        {
            made.TryGetValue(p.Id, out var m);
            return new LevelLine(p.Id, p.Name, p.RoleKey, goals[p.RoleKey].RoleName, p.StoreId, goals[p.RoleKey].AMonth, m?.Planned ?? 0, m?.Done ?? 0, m?.ToAnswer ?? 0);
        }).OrderByDescending(l => l.Missing).ThenBy(l => l.Goal).ThenBy(l => l.Name, StringComparer.CurrentCulture)];
    }

    /// <summary>The instants a month begins and ends at in the company's zone.</summary>
    public static (DateTime From, DateTime To) Month(DateOnly day, TimeZoneInfo zone)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        return (first.ToDateTime(TimeOnly.MinValue).Utc(zone), first.AddMonths(1).ToDateTime(TimeOnly.MinValue).Utc(zone));
    }

    /// <summary>The first day of a month that is written <c>2026-11</c>; null for anything else.</summary>
    public static DateOnly? ReadMonth(string? text) =>
        DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var day) && day.Year is > 1999 and < 2200 ? day : null;
}

/// <summary>The machine door to the visits of each level.</summary>
internal static class VisitLevelsApi
{
    /// <param name="AMonth">Visits a month by the key of a role; roles not named stay as they are.</param>
    public sealed record GoalsBody(Dictionary<string, int?>? AMonth);

    public static void Map(IEndpointRouteBuilder app)
    {
        var levels = app.MapGroup("/api/v1/visits").WithTags("visits");
        levels.MapGet("levels", Month).Needs("followups.view").WithSummary("Visits of each level of management in a month (2026-11; this month when not given)");
        levels.MapGet("goals", async (VisitLevels visits, CancellationToken cancel) => TypedResults.Ok(await visits.GoalsAsync(cancel))).Needs("followups.view").WithSummary("How many visits a month each role owes");
        levels.MapPut("goals", Set).Needs("followups.plan").WithSummary("Sets how many visits a month roles owe");
    }

    private static async Task<Ok<List<LevelLine>>> Month(VisitLevels visits, CurrentUser me, TimeProvider time, CancellationToken cancel, string? month = null) =>
        TypedResults.Ok(await visits.OfAsync(month is null ? time.Today(me.Zone) : VisitLevels.ReadMonth(month) ?? throw new Refused("followups.levels.month-wrong") { Field = "In.Month" }, cancel));

    private static async Task<NoContent> Set(GoalsBody body, VisitLevels visits, Db db, CancellationToken cancel)
    {
        await visits.SetAsync(body.AMonth ?? [], cancel);
        await db.SaveAsync("/api/v1/visits/goals", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}

internal sealed class VisitGoalMap : IEntityTypeConfiguration<VisitGoal>
{
    public void Configure(EntityTypeBuilder<VisitGoal> row) => row.ToTable("followups_visit_goal");
}
