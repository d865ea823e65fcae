using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The conditions of the list of answers, for page, machine door and file. A condition nobody understands matches nothing.</summary>
internal static class SurveyAnswerSearch
{
    public static IQueryable<SurveyAnswer> Found(Db db, Guid surveyId, string? store, string? staff, string? channel, string? only)
    {
        var found = db.Set<SurveyAnswer>().Where(a => a.SurveyId == surveyId && a.State == AnswerState.Finished);
        if (!string.IsNullOrEmpty(store)) found = Guid.TryParse(store, out var s) ? found.Where(a => a.StoreId == s) : found.Where(a => false);
        if (!string.IsNullOrEmpty(staff)) found = Guid.TryParse(staff, out var p) ? found.Where(a => a.StaffId == p) : found.Where(a => false);
        if (!string.IsNullOrEmpty(channel)) found = found.Where(a => a.Channel == channel);
        return only switch
        {
            null or "" => found,
            "low" => found.Where(a => a.Content == false),
            "loop" => found.Where(a => db.Set<SurveyLoop>().Any(l => l.AnswerId == a.Id)),
            "words" => found.Where(a => a.Words != "" || a.OneThing != ""),
            "again" => found.Where(a => a.AgainOf != null),
            _ => found.Where(a => false),
        };
    }
}
