using System.Globalization;
using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>The machine door: ratings as customers gave them.</summary>
internal static class Api
{
    private const int MostPerPage = 200;

    /// <summary>One rating. Score 1 … 5; the words are the customer's own.</summary>
    public sealed record RatingAnswer(Guid Id, Guid CustomerId, Guid? StoreId, Guid? StaffId, string About, Guid SubjectId, int Score, string Words, string OneThing, DateTime At, string Channel);

    public sealed record RatingsAnswer(IReadOnlyList<RatingAnswer> Items, int Page, bool More);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/ratings").WithTags("ratings").Needs("surveys.view");
        group.MapGet("", List).WithSummary("Ratings, newest first; month is yyyy-MM in the company's time zone");
    }

    private static async Task<Ok<RatingsAnswer>> List(RatingRows rows, CurrentUser me, CancellationToken cancel, string? storeId = null, string? staffId = null, string? about = null, string? month = null, [FromQuery] string[]? score = null, int page = 1, int size = 50)
    {
        if (page is < 1 or > 100_000) throw new BadInput([("page", page.ToString(CultureInfo.InvariantCulture))]);
        if (size is < 1 or > MostPerPage) throw new BadInput([("size", $"1 … {MostPerPage}")]);
        var found = await RatingSearch.Found(rows, me.Zone, storeId, staffId, about, month, score).OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Skip((page - 1) * size).Take(size + 1)
            .Select(r => new RatingAnswer(r.Id, r.CustomerId, r.StoreId, r.StaffId, r.About, r.SubjectId, r.Score, r.Words, r.OneThing, r.At, r.Channel)).ToListAsync(cancel);
        return TypedResults.Ok(new RatingsAnswer([.. found.Take(size)], page, found.Count > size));
    }
}
