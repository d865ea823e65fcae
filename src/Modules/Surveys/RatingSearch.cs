using System.Globalization;
using Huitou.Kernel;
using Huitou.Surveys.Public;

namespace Huitou.Surveys;

/// <summary>The conditions of the list of ratings, for page and machine door. A condition nobody understands matches nothing.</summary>
internal static class RatingSearch
{
    public static IQueryable<RatingRow> Found(RatingRows rows, TimeZoneInfo zone, string? store, string? staff, string? about, string? month, string[]? scores, string? id = null, string? from = null)
    {
        var found = rows.All;
        if (!string.IsNullOrEmpty(id)) found = Guid.TryParse(id, out var one) ? found.Where(r => r.Id == one) : found.Where(r => false);
        if (!string.IsNullOrEmpty(store)) found = Guid.TryParse(store, out var s) ? found.Where(r => r.StoreId == s) : found.Where(r => false);
        if (!string.IsNullOrEmpty(staff)) found = Guid.TryParse(staff, out var p) ? found.Where(r => r.StaffId == p) : found.Where(r => false);
        if (!string.IsNullOrEmpty(about)) found = found.Where(r => r.About == about);
        if (scores is { Length: > 0 })
        {
            var wanted = scores.Select(v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var score) ? score : 0).ToArray();
            found = found.Where(r => wanted.Contains(r.Score));
        }

        if (!string.IsNullOrEmpty(month))
        {
            if (!DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) || first.Year is < 2000 or > 2200) return found.Where(r => false);
            var (begin, end) = (first.ToDateTime(TimeOnly.MinValue).Utc(zone), first.AddMonths(1).ToDateTime(TimeOnly.MinValue).Utc(zone));
            found = found.Where(r => r.At >= begin && r.At < end);
        }

        if (!string.IsNullOrEmpty(from))
        {
            if (!DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return found.Where(r => false);
            var begin = day.ToDateTime(TimeOnly.MinValue).Utc(zone);
            found = found.Where(r => r.At >= begin);
        }

        return found;
    }
}
