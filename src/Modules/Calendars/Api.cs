using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Calendars;

/// <summary>A day that differs from its weekday.</summary>
public sealed record CalendarDayBody(DateOnly Day, bool IsOpen, string? Note);

/// <summary>
/// A business calendar. <c>week</c> holds seven texts, Monday first: <c>"09:00-12:00, 13:30-21:00"</c>, empty when closed.
/// <c>version</c> is the one that was read; 0 where none was entered yet (then the hours shown are the usual ones).
/// </summary>
public sealed record CalendarBody(string[] Week, bool KeepsPublicHolidays, CalendarDayBody[] Days, int Version);

internal static class Api
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var calendars = app.MapGroup("/api/v1/calendars").WithTags("calendars");
        calendars.MapGet("/company", (SaveCalendar save, CancellationToken cancel) => ShowAsync(null, save, cancel)).Needs("calendars.view").WithSummary("The company's calendar");
        calendars.MapPut("/company", (CalendarBody body, SaveCalendar save, Db db, Texts texts, CancellationToken cancel) => PutAsync(null, body, save, db, texts, cancel)).Needs("calendars.edit").WithSummary("Replaces the company's calendar");
        calendars.MapGet("/{storeId:guid}", async (Guid storeId, SaveCalendar save, Db db, CancellationToken cancel) =>
            await db.Set<Store>().AnyAsync(s => s.Id == storeId, cancel) ? await ShowAsync(storeId, save, cancel) : throw new NotThere()).Needs("calendars.view").WithSummary("A store's calendar");
        calendars.MapPut("/{storeId:guid}", (Guid storeId, CalendarBody body, SaveCalendar save, Db db, Texts texts, CancellationToken cancel) => PutAsync(storeId, body, save, db, texts, cancel)).Needs("calendars.edit").WithSummary("Replaces a store's calendar");
        calendars.MapPost("/company/ical", (HttpContext http, SaveCalendar save, Db db, Texts texts, CancellationToken cancel) => TakeAsync(null, http, save, db, texts, cancel)).Needs("calendars.edit").WithSummary("Puts the days of an iCalendar file over the company's");
        calendars.MapPost("/{storeId:guid}/ical", (Guid storeId, HttpContext http, SaveCalendar save, Db db, Texts texts, CancellationToken cancel) => TakeAsync(storeId, http, save, db, texts, cancel)).Needs("calendars.edit").WithSummary("Puts the days of an iCalendar file over a store's");
    }

    // The file's days put over what stands, hours and the rest as they are.
    private static async Task<NoContent> TakeAsync(Guid? storeId, HttpContext http, SaveCalendar save, Db db, Texts texts, CancellationToken cancel)
    {
        if (http.Request.ContentLength > ICal.LargestFile) throw new Refused("calendars.ical-unreadable");
        using var reader = new StreamReader(http.Request.Body);
        var read = ICal.Read(await reader.ReadToEndAsync(cancel), texts);
        if (read is null or { Count: 0 }) throw new Refused("calendars.ical-unreadable");
        var content = await save.ReadAsync(storeId, cancel) ?? (storeId is null ? null : await save.ReadAsync(null, cancel) is { } company ? company with { Version = 0 } : null) ?? new CalendarContent(BusinessCalendar.UsualWeek, false, [], 0);
        await save.ReplaceAsync(storeId, content with { Days = ICal.Over(content.Days, read) }, cancel);
        await db.SaveAsync("", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<CalendarBody>> ShowAsync(Guid? storeId, SaveCalendar save, CancellationToken cancel)
    {
        var content = await save.ReadAsync(storeId, cancel) ?? (storeId is null ? null : await save.ReadAsync(null, cancel) is { } company ? company with { Version = 0 } : null)
            ?? new CalendarContent(BusinessCalendar.UsualWeek, false, [], 0);
        return TypedResults.Ok(new CalendarBody([.. content.Week.Select(d => Hours.Words(d))], content.KeepsPublicHolidays, [.. content.Days.Select(d => new CalendarDayBody(d.Day, d.IsOpen, d.Note))], content.Version));
    }

    private static async Task<NoContent> PutAsync(Guid? storeId, CalendarBody body, SaveCalendar save, Db db, Texts texts, CancellationToken cancel)
    {
        var week = new List<IReadOnlyList<OpenWindow>>();
        var errors = new List<(string, string)>();
        foreach (var (hours, day) in (body.Week ?? []).Select((hours, day) => (hours, day)))
        {
            if (Hours.TryRead(hours ?? "", out var windows)) week.Add(windows);
            else errors.Add(($"week[{day}]", texts["calendars.hours-unreadable"]));
        }

        if (errors.Count > 0) throw new BadInput(errors);
        var days = (body.Days ?? []).Select(d => new CalendarContent.Special(d.Day, d.IsOpen, d.Note ?? "")).ToList();
        await save.ReplaceAsync(storeId, new CalendarContent(week, body.KeepsPublicHolidays, days, body.Version), cancel);
        await db.SaveAsync("", StatusCodes.Status204NoContent, cancel);
        return TypedResults.NoContent();
    }
}
