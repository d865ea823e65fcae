using System.Text.Json;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers.Public;

/// <summary>What kind of thing passed; tabs of the timeline filter by it.</summary>
public enum TimelineKind { File, Contact, Purchase, Service, Satisfaction, Complaint, Promise, Message, Approval, Note }

/// <summary>One entry of 客户动态 (A8): the words are a text key with values, so it reads in every language; the customer's own words stay as said.</summary>
public sealed class TimelineEntry : ICompanyOwned, IPointsTo, ILeftByReaders
{
    // A note is written into the file by hand; the rest says what has happened.
    bool ILeftByReaders.IsLeftByReaders => Kind != TimelineKind.Note;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; }
    public Guid CustomerId { get; init; }
    public DateTime At { get; init; }
    public TimelineKind Kind { get; init; }
    /// <summary>Text key of the headline.</summary>
    public required string TextKey { get; init; }
    /// <summary>JSON array of the values for the headline.</summary>
    public required string Args { get; init; }
    /// <summary>What was said or noted, verbatim; may be empty.</summary>
    public string Words { get; init; } = "";
    /// <summary>Address of the record behind it; may be empty.</summary>
    public string Href { get; init; } = "";
    /// <summary>Staff member; null when nobody did it.</summary>
    public Guid? By { get; init; }
}

/// <summary>Writes to a customer's timeline, in the caller's transaction.</summary>
public sealed class Timeline(Db db, CurrentUser user, TimeProvider time)
{
    public void Add(Guid customerId, TimelineKind kind, string textKey, object?[]? args = null, string words = "", string href = "", DateTime? at = null)
    {
        var when = at ?? time.Now();
        var entry = new TimelineEntry
        {
            Id = Ids.New(when), CustomerId = customerId, At = when, Kind = kind, TextKey = textKey, Args = JsonSerializer.Serialize(args ?? []),
            Words = words, Href = href, By = user.StaffId == Guid.Empty ? null : user.StaffId,
        };
        if (kind is TimelineKind.Note) db.Set<TimelineEntry>().Add(entry); // changes the file: who only looks may not
        else db.Append(entry);
    }
}

/// <summary>One entry of many, its headline's values already as JSON.</summary>
public readonly record struct TimelineLine(Guid Id, Guid CustomerId, DateTime At, TimelineKind Kind, string TextKey, string Args, string Href, Guid? By);

/// <summary>Entries for many customers in one statement, in the caller's transaction.</summary>
public static class Timelines
{
    public static Task<int> AddManyAsync(Db db, IReadOnlyCollection<TimelineLine> lines, CancellationToken cancel = default) =>
        db.InsertAsync("customers_timeline", cancel,
            BulkColumn.Of("id", lines.Select(l => l.Id)), BulkColumn.Of("customer_id", lines.Select(l => l.CustomerId)), BulkColumn.Of("at", lines.Select(l => l.At)),
            BulkColumn.Of("kind", lines.Select(l => l.Kind.ToString())), BulkColumn.Of("text_key", lines.Select(l => l.TextKey)), BulkColumn.Of("args", lines.Select(l => l.Args)),
            BulkColumn.Of("words", lines.Select(_ => "")), BulkColumn.Of("href", lines.Select(l => l.Href)), BulkColumn.Of("by", lines.Select(l => l.By)));

    /// <summary>Puts the headlines of entries right, by their ids, when the thing behind them grew.</summary>
    public static Task<int> CorrectManyAsync(Db db, IReadOnlyCollection<TimelineLine> lines, CancellationToken cancel = default) =>
        db.UpdateAsync("customers_timeline", "text_key = v.text_key, args = v.args", "t.id = v.id", cancel,
            BulkColumn.Of("id", lines.Select(l => l.Id)), BulkColumn.Of("text_key", lines.Select(l => l.TextKey)), BulkColumn.Of("args", lines.Select(l => l.Args)));
}

internal sealed class TimelineEntryMap : IEntityTypeConfiguration<TimelineEntry>
{
    public void Configure(EntityTypeBuilder<TimelineEntry> entry) => entry.ToTable("customers_timeline");
}
