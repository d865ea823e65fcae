using Microsoft.EntityFrameworkCore;

namespace Huitou.Kernel;

/// <summary>普通, 机密, 绝密 (B2; S3-1, 22). The two upper ones are seen by named custodians only.</summary>
public enum SecrecyLevel { Ordinary, Confidential, TopSecret }

/// <summary>A row that tells of a thing by its address (a timeline entry, a request for approval): who is shut out from the thing does not read it (F6).</summary>
public interface IPointsTo
{
    string Href { get; }
}

/// <summary>A row that was made because of a thing, whose id it keeps (a message): who is shut out from the thing does not read it.</summary>
public interface IBecauseOf
{
    Guid? ReasonId { get; }
}

/// <summary>A row that names the case it opened (what a call brought to light): who is shut out from the case does not read it.</summary>
public interface INamesCase
{
    Guid? ComplaintId { get; }
}

/// <summary>A row about a thing, whose id it keeps (a rating, the question for one): who is shut out from the thing does not read it.</summary>
public interface IIsAbout
{
    Guid SubjectId { get; }
}

/// <summary>The filter that cuts what tells of a case from who is complained about in it (F6). What reaches all rows for the company's own work names it beside the scope's.</summary>
public static class ShutOut
{
    public const string Filter = "shut-out";
}

/// <summary>The row of a customer's file itself: what hangs on it carries its id as <c>CustomerId</c>.</summary>
public interface ICustomerFile : ICompanyOwned, IScoped;

/// <summary>
/// A file of an upper level (机密, 绝密); ordinary files have no row. The rule stands in the kernel, because every set with a
/// <c>CustomerId</c> is cut by it (<see cref="Db.SecrecyFilter"/>); the rows are the module Custody's.
/// </summary>
public sealed class SecretFile : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    /// <summary>The customer's id.</summary>
    public Guid Id { get; init; }
    /// <summary>File number: what the register shows to who may not see the file.</summary>
    public required string Number { get; init; }
    public SecrecyLevel Level { get; set; }
    public DateTime Since { get; init; }
    public Guid? By { get; init; }
}

/// <summary>
/// Somebody who may read a file beyond their own reach or its level: a named custodian (no end), or who was granted a
/// request to view, until its end. The end is asked in every query: a right ends by itself (B3).
/// </summary>
public sealed class FileReader : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid FileId { get; init; }
    public Guid StaffId { get; init; }
    /// <summary>Null: a named custodian.</summary>
    public DateTime? Until { get; set; }
    /// <summary>The request it was granted by; null for a custodian.</summary>
    public Guid? RequestId { get; init; }
    public Guid? By { get; init; }
    public DateTime At { get; init; }
}

/// <summary>A row that looking at a file leaves behind (that a number was shown): who was only granted to look writes it too.</summary>
public interface ILeftByReaders
{
    /// <summary>True for this row; the timeline has both kinds.</summary>
    bool IsLeftByReaders { get; }
}

/// <summary>The marks of secret files in lists (B2: marked in every list that may show them).</summary>
public static class SecretMarks
{
    private static readonly Type[] MadeOf = [typeof(SecretFile)];

    /// <summary>Levels by customer, of the few files that are not ordinary; remembered for seconds. Looked up by ids one may see anyway.</summary>
    public static Task<IReadOnlyDictionary<Guid, SecrecyLevel>> MarksAsync(this Db db, CancellationToken cancel = default) =>
        db.RememberAsync("kernel.secret-marks", MadeOf, async () => (IReadOnlyDictionary<Guid, SecrecyLevel>)await db.Set<SecretFile>().ToDictionaryAsync(s => s.Id, s => s.Level, cancel));

    /// <summary>The level's name for <c>SecrecyMark</c>; ordinary shows nothing.</summary>
    public static string? Of(this IReadOnlyDictionary<Guid, SecrecyLevel> marks, Guid? customerId) => customerId is { } id && marks.TryGetValue(id, out var level) ? level.ToString() : null;
}
