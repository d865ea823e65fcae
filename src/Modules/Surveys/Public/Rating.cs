using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys.Public;

/// <summary>One answer to "how content are you": 1 (very unhappy) … 5 (very content). Never changed.</summary>
public sealed class Rating : ICompanyOwned, IScoped, IIsAbout, INamesCase
{
    public const string FollowUp = "followup";
    public const string Handling = "handling";
    public const int Best = 5;
    public const int WordsMax = 2000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>About whom; they see it as theirs.</summary>
    public Guid? OwnerId { get; init; }
    public required string About { get; init; }
    public Guid SubjectId { get; init; }
    public int Score { get; init; }
    /// <summary>Verbatim.</summary>
    public required string Words { get; init; }
    /// <summary>The one thing we should change, verbatim.</summary>
    public string OneThing { get; init; } = "";
    public DateTime At { get; init; }
    public required string Channel { get; init; }
    /// <summary>The case that was opened because of it: its words stand there too, so who is shut out from the case does not read them here (F6).</summary>
    public Guid? ComplaintId { get; init; }

    /// <summary>Everything that was said.</summary>
    public string Said => OneThing.Length == 0 ? Words : Words.Length == 0 ? OneThing : Words + "\n" + OneThing;

    /// <summary>The score, or a refusal.</summary>
    public static int Checked(int score) => score is >= 1 and <= Best ? score : throw new Refused("surveys.score-one-to-five") { Field = "In.Score" };
}

internal sealed class RatingMap : IEntityTypeConfiguration<Rating>
{
    public void Configure(EntityTypeBuilder<Rating> rating)
    {
        rating.ToTable("surveys_rating");
        rating.Ignore(r => r.Said);
    }
}

/// <summary>A rating as lists and figures read it.</summary>
public sealed record RatingRow
{
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? StaffId { get; init; }
    public string About { get; init; } = "";
    public Guid SubjectId { get; init; }
    public int Score { get; init; }
    public string Words { get; init; } = "";
    public string OneThing { get; init; } = "";
    public DateTime At { get; init; }
    public string Channel { get; init; } = "";
}

/// <summary>The ratings a person may see: the read model for lists, figures and joins.</summary>
public sealed class RatingRows(Db db)
{
    public IQueryable<RatingRow> All => Rows(db.Set<Rating>());

    /// <summary>What a customer answered, in whatever store and about whomever: part of the file, for who may see the file.</summary>
    public IQueryable<RatingRow> Of(Guid customerId)
    {
        var files = db.Set<Huitou.Customers.Public.Customer>().Within(db);
        return Rows(db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.CustomerId == customerId && files.Any(c => c.Id == customerId)));
    }

    private static IQueryable<RatingRow> Rows(IQueryable<Rating> ratings) => ratings.Select(r => new RatingRow
    {
        Id = r.Id, CustomerId = r.CustomerId, StoreId = r.StoreId, StaffId = r.OwnerId, About = r.About, SubjectId = r.SubjectId,
        Score = r.Score, Words = r.Words, OneThing = r.OneThing, At = r.At, Channel = r.Channel,
    });
}
