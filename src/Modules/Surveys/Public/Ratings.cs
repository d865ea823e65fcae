using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys.Public;

/// <summary>A rating a customer gave, as it came in.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="StoreId">About which store.</param>
/// <param name="StaffId">About whom.</param>
/// <param name="About"><see cref="Rating.FollowUp"/> or <see cref="Rating.Handling"/>.</param>
/// <param name="SubjectId">The follow-up or complaint it was asked for.</param>
/// <param name="Score">1 … 5.</param>
/// <param name="Words">The customer's own words, as said; may be empty.</param>
/// <param name="At">When it was given.</param>
/// <param name="OneThing">The one thing we should change, as said; may be empty (E1).</param>
/// <param name="ComplaintId">The case that was opened because of it; null: none.</param>
/// <param name="Channel">How it came: <c>phone</c>, <c>visit</c>, <c>link</c>; the ways of a follow-up.</param>
public sealed record RatingGiven(Guid CustomerId, Guid? StoreId, Guid? StaffId, string About, Guid SubjectId, int Score, string Words, DateTime At, string Channel = "phone", string OneThing = "", Guid? ComplaintId = null);

/// <summary>A rating was stored; whoever reacts to low ones hears it.</summary>
public sealed record RatingRecorded(Guid Id, Guid CustomerId, int Score);

/// <summary>Takes down ratings for all modules, in the caller's transaction.</summary>
public sealed class Ratings(Db db, Timeline timeline, Events events)
{
    /// <summary>Up to this a customer is unhappy, and somebody must take care of it (C4).</summary>
    public const int Low = 2;

    /// <summary>Writes the rating and its line on the customer's timeline. Publishing needs <see cref="RecordAsync"/>.</summary>
    /// <exception cref="Refused">The score is not 1 … 5.</exception>
    public Guid Record(RatingGiven given)
    {
        var rating = new Rating
        {
            Id = Ids.New(given.At), CustomerId = given.CustomerId, StoreId = given.StoreId, OwnerId = given.StaffId, About = given.About, SubjectId = given.SubjectId,
            Score = Rating.Checked(given.Score), Words = given.Words.Trim(), OneThing = given.OneThing.Trim(), At = given.At, Channel = given.Channel, ComplaintId = given.ComplaintId,
        };
        db.Set<Rating>().Add(rating);
        timeline.Add(given.CustomerId, TimelineKind.Satisfaction, "surveys.timeline." + given.About, [given.Score], rating.Said, HrefOf(given, rating.Id), given.At);
        return rating.Id;
    }

    // What was said of the handling of a case, or opened one, belongs to the case: who is shut out from it does not read it (F6).
    private static string HrefOf(RatingGiven given, Guid id) => given.About == Rating.Handling ? $"/complaints/{given.SubjectId}" : given.ComplaintId is { } opened ? $"/complaints/{opened}" : $"/ratings?id={id}";

    /// <summary>The same, and publishes <see cref="RatingRecorded"/>.</summary>
    public async Task<Guid> RecordAsync(RatingGiven given, CancellationToken cancel = default)
    {
        var id = Record(given);
        await events.PublishAsync(new RatingRecorded(id, given.CustomerId, given.Score), cancel);
        return id;
    }

    /// <summary>Takes back a rating that staff saved by mistake a moment ago, with its line on the timeline. Whose rule that is (who, how long after) says the caller.</summary>
    public async Task WithdrawAsync(Guid id, CancellationToken cancel = default)
    {
        var rating = await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter]).FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
        var href = $"/ratings?id={id}";
        await db.Set<TimelineEntry>().Where(e => e.CustomerId == rating.CustomerId && e.Href == href).ExecuteDeleteAsync(cancel);
        await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.Id == id).ExecuteDeleteAsync(cancel);
    }
}
