using Huitou.Kernel;

namespace Huitou.Approvals.Public;

/// <summary>Acts of this module's own ready lines.</summary>
public static class Acts
{
    public const string Compensation = "complaints.compensation";
}

/// <summary>
/// An act of the authority table, registered as a singleton by the module that asks for it; its name stands under the text
/// <c>approvals.act.{key}</c>. A company gets the ready lines when it is made, or when the act is first asked for.
/// </summary>
/// <param name="Key">What is asked for, e.g. <c>custody.view</c>.</param>
/// <param name="Order">Place in the table.</param>
/// <param name="Amounts">True where the amount decides who.</param>
/// <param name="Ready">The seeds' lines.</param>
public sealed record ApprovalAct(string Key, int Order, bool Amounts, params ReadyRule[] Ready);

/// <summary>A ready line: who decides, in order (<c>@head>information-specialist</c>, <c>a|b</c> either, <c>a+b</c> both).</summary>
/// <param name="Steps">Roles by key; <see cref="Head"/> is the head of the asker's unit.</param>
/// <param name="UpTo">Up to and including this amount, minor units; null is any.</param>
/// <param name="Substitute">Role that may decide as well once it is late.</param>
/// <param name="WithinHours">An answer is due within so many business hours.</param>
/// <param name="AloneOnly">They decide for themselves, nobody else's request goes to them.</param>
public sealed record ReadyRule(string Steps, long? UpTo = null, string Substitute = "", int WithinHours = 12, bool AloneOnly = false)
{
    /// <summary>In place of a role: who the asker reports to.</summary>
    public const string Head = "@head";
}

/// <summary>Where a request stands.</summary>
public enum ApprovalState { Waiting, Approved, Refused, Withdrawn }

/// <summary>Where a step stands. Passed: nobody has to decide it any more.</summary>
public enum StepVerdict { Waiting, Approved, Refused, Passed }

/// <summary>Asks whether something may be done.</summary>
/// <param name="Act">Key in the authority table.</param>
/// <param name="SubjectKind">Table-like name of the thing.</param>
/// <param name="SubjectId">The thing.</param>
/// <param name="Amount">Minor units; 0 where there is none.</param>
/// <param name="StoreId">The store it concerns; deciders must see it.</param>
/// <param name="Summary">What is asked, without personal data: the key of a text (with <see cref="Args"/>), said in each reader's language, or words that somebody typed.</param>
/// <param name="Href">Address of the thing.</param>
public sealed record ApprovalAsk(string Act, string SubjectKind, Guid SubjectId, long Amount, Guid? StoreId, string Summary, string Href)
{
    /// <summary>What stands in the summary's text; a value that is itself a key is said in the reader's language too.</summary>
    public IReadOnlyList<object> Args { get; init; } = [];

    /// <summary>The asker's own authority does not count (a front-line allowance is used up).</summary>
    public bool NotAlone { get; init; }
}

/// <summary>What came of asking.</summary>
/// <param name="RequestId">The request; empty when nothing had to be asked.</param>
/// <param name="AlreadyAllowed">The asker may decide it alone: nothing waits, no event follows.</param>
public sealed record ApprovalAnswer(Guid RequestId, bool AlreadyAllowed)
{
    /// <summary>Allowed only by a line for the asker's own use (the front line): it has to fit into their own allowance.</summary>
    public bool FrontLine { get; init; }
}

/// <summary>A request came to its end; published in the deciding transaction.</summary>
public sealed record ApprovalDecided(Guid RequestId, string SubjectKind, Guid SubjectId, bool Approved, Guid? By, string Note);

/// <summary>A request waits too long and went on to the next in line; published in the job's transaction.</summary>
public sealed record ApprovalEscalated(Guid RequestId, string SubjectKind, Guid SubjectId, IReadOnlyList<string> ToRoles);

/// <summary>A request as other modules' lists join it, cut to what the person may see.</summary>
public sealed record ApprovalRow
{
    public Guid Id { get; init; }
    public string Act { get; init; } = "";
    public string SubjectKind { get; init; } = "";
    public Guid SubjectId { get; init; }
    public long Amount { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? AskedBy { get; init; }
    public string Summary { get; init; } = "";
    [System.Text.Json.Serialization.JsonIgnore]
    public string SummaryArgs { get; init; } = "";
    public string Href { get; init; } = "";
    public DateTime AskedAt { get; init; }
    public ApprovalState State { get; init; }
    public DateTime? DecidedAt { get; init; }

    /// <summary>What is asked, in the reader's language.</summary>
    public string Asked(Texts texts) => texts.Say(Summary, SummaryArgs);

    /// <summary>The same row as the API gives it.</summary>
    public ApprovalRow Said(Texts texts) => this with { Summary = Asked(texts) };
}

/// <summary>One hand of a request.</summary>
public sealed record ApprovalStepRow
{
    public Guid RequestId { get; init; }
    public int Place { get; init; }
    /// <summary>Role keys between bars.</summary>
    public string Roles { get; init; } = "";
    /// <summary>The head of the asker's unit, where the step is theirs.</summary>
    public Guid? Person { get; init; }
    public StepVerdict State { get; init; }
    public DateTime? DueAt { get; init; }
    public Guid? By { get; init; }
    public DateTime? At { get; init; }
    public string Note { get; init; } = "";

    public IEnumerable<string> RoleKeys => Roles.Split('|', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The read model of approvals.</summary>
public sealed class ApprovalRows(Db db)
{
    public IQueryable<ApprovalRow> All => db.Set<ApprovalRequest>().Select(r => new ApprovalRow
    {
        Id = r.Id, Act = r.Act, SubjectKind = r.SubjectKind, SubjectId = r.SubjectId, Amount = r.Amount, StoreId = r.StoreId, AskedBy = r.OwnerId,
        Summary = r.Summary, SummaryArgs = r.SummaryArgs, Href = r.Href, AskedAt = r.AskedAt, State = r.State, DecidedAt = r.DecidedAt,
    });

    /// <summary>The hands of requests, in order.</summary>
    public IQueryable<ApprovalStepRow> Steps => db.Set<RequestStep>().OrderBy(s => s.Place).ThenBy(s => s.Id).Select(s => new ApprovalStepRow
    {
        RequestId = s.RequestId, Place = s.Place, Roles = s.Roles, Person = s.Person, State = s.State, DueAt = s.DueAt, By = s.By, At = s.At, Note = s.Note,
    });

    /// <summary>Requests whose turn it is for a person with this role.</summary>
    public IQueryable<ApprovalRow> WaitingFor(string roleKey, Guid staffId) =>
        from r in All
        where r.State == ApprovalState.Waiting && r.AskedBy != staffId
              && db.Set<RequestStep>().Any(s => s.RequestId == r.Id && s.State == StepVerdict.Waiting && s.DueAt != null && (s.Person == staffId || s.OpenTo.Contains("|" + roleKey + "|")))
        select r;
}
