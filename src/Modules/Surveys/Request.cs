using Huitou.Kernel;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>What a customer says to the result (F10): 满意, 虽不满意但能接受, 不同意.</summary>
public enum Verdict { None, Satisfied, Accepted, Disagreed }

/// <summary>
/// A customer was asked to rate something, by a link: one round of a complaint, one question. Holds what was answered so
/// far, so that a page closed half-way loses nothing; answered once, it is never changed.
/// </summary>
public sealed class Request : ICompanyOwned, IScoped, IVersioned, IIsAbout
{
    public const int TopicMax = 200;
    public const int OneThingMax = 500;

    /// <summary>How long the link is good.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>Who handled it.</summary>
    public Guid? OwnerId { get; init; }
    public required string About { get; init; }
    public Guid SubjectId { get; init; }
    public int Round { get; init; }
    /// <summary>What it is about, in the words the customer would know it by.</summary>
    public required string Topic { get; init; }
    public DateTime At { get; init; }
    public DateTime ExpiresAt { get; init; }
    public int? Score { get; private set; }
    public string Words { get; private set; } = "";
    public string OneThing { get; private set; } = "";
    public Verdict Verdict { get; private set; }
    public DateTime? AnsweredAt { get; private set; }
    public Guid? RatingId { get; private set; }
    public int Version { get; set; }

    public void Rate(int score) => Score = Rating.Checked(score);

    public void Say(string words) => Words = words;

    public void NameOneThing(string oneThing) => OneThing = oneThing;

    /// <summary>The answer is complete.</summary>
    public void Finish(Verdict verdict, string words, Guid ratingId, DateTime now) => (Verdict, Words, RatingId, AnsweredAt) = (verdict, words, ratingId, now);
}

internal sealed class RequestMap : IEntityTypeConfiguration<Request>
{
    public void Configure(EntityTypeBuilder<Request> request) => request.ToTable("surveys_request");
}
