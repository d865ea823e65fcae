using System.Security.Cryptography;
using System.Text;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>
/// A complaint (客诉). Demand and words stand as said and are never changed: what comes later is a row of its own, as is
/// every change of state. The clocks are stored as instants.
/// </summary>
public sealed class Complaint : ICompanyOwned, IScoped, IVersioned
{
    public const int TitleMax = 60;
    /// <summary>A letter of several pages is kept whole.</summary>
    public const int WordsMax = 20_000;
    public const int DemandMax = 500;
    public const int ChannelMax = 30;
    public const int OriginMax = 80;
    public const int ProductMax = 60;
    /// <summary>How often a case may change hands (F15).</summary>
    public const int MostHandovers = 2;
    public const string Series = "KS";

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Number { get; init; }
    public Guid CustomerId { get; init; }
    public Guid? StoreId { get; init; }
    /// <summary>One owner to the end.</summary>
    public Guid? OwnerId { get; private set; }
    public required string Title { get; init; }
    /// <summary>As said.</summary>
    public required string Words { get; init; }
    /// <summary>客户诉求, what the customer wants, first.</summary>
    public required string Demand { get; init; }
    /// <summary>counter, phone, wechat, web, letter …</summary>
    public required string Channel { get; init; }
    /// <summary>What it came from: <c>followup:ID</c>; empty when the customer came by themselves.</summary>
    public string Origin { get; init; } = "";
    public ComplaintKind Kind { get; init; }
    /// <summary>What it is about, as said: model, plate, service.</summary>
    public string Product { get; init; } = "";
    /// <summary>Number plate, as <see cref="Customers.Public.NumberPlate"/> stores it; empty.</summary>
    public string Plate { get; init; } = "";
    /// <summary>Key of the order it is handled in (F4).</summary>
    public string Guide { get; private set; } = ReadyGuides.S1;
    /// <summary>S2's sort of customer: hesitant, kind, insistent, angry; empty: not said.</summary>
    public string Mood { get; private set; } = "";
    /// <summary>Key of a rule of the kind <c>category</c> (F3, kinds by trade); empty: not sorted yet.</summary>
    public string Category { get; set; } = "";
    /// <summary>Key of a rule of the kind <c>reason</c>: the shop's own finer cause, said when the case is settled; empty.</summary>
    public string Reason { get; set; } = "";
    public ComplaintCause Cause { get; set; }
    public ComplaintGrade Grade { get; private set; }
    /// <summary>Key of the rule that made it major; empty.</summary>
    public string MajorReason { get; private set; } = "";
    /// <summary>The customer's complaint before, within the days of the repeat rule (F13).</summary>
    public Guid? RepeatOf { get; init; }
    /// <summary>The case in which this one goes on.</summary>
    public Guid? MergedInto { get; private set; }
    /// <summary>The case of the same customer it was split from, one matter of several.</summary>
    public Guid? SplitFrom { get; init; }
    /// <summary>When the split was taken back; it goes on in that case again.</summary>
    public DateTime? UnsplitAt { get; private set; }
    /// <summary>What it was before it was merged; empty.</summary>
    public string MergedState { get; private set; } = "";
    public Guid? TakenBy { get; init; }
    public DateTime At { get; init; }
    /// <summary>受理凭证: the customer keeps it and can prove later that nothing was changed (F14).</summary>
    public required string Receipt { get; init; }
    public ComplaintState State { get; private set; }
    /// <summary>1, and one more with each reopening.</summary>
    public int Round { get; private set; } = 1;
    public int Handovers { get; private set; }

    public DateTime FirstWarnAt { get; private set; }
    public DateTime FirstDueAt { get; private set; }
    public DateTime? FirstDoneAt { get; private set; }
    public DateTime? NextFrom { get; private set; }
    public DateTime? NextWarnAt { get; private set; }
    public DateTime? NextDueAt { get; private set; }
    public DateTime SolutionFrom { get; private set; }
    public DateTime SolutionWarnAt { get; private set; }
    public DateTime SolutionDueAt { get; private set; }
    public DateTime? SolutionDoneAt { get; private set; }
    /// <summary>The solution clock rests since then, and goes on then at the latest.</summary>
    public DateTime? PausedAt { get; private set; }
    public DateTime? PauseUntil { get; private set; }
    /// <summary>Business time it rested in all, microseconds; the times of the tables are without it.</summary>
    public long PausedMicros { get; private set; }
    /// <summary>Rises whenever a clock is set anew; alarms and due work carry it.</summary>
    public int ClockVersion { get; private set; }
    public int Version { get; set; }

    public bool IsOpen => State == ComplaintState.Open;

    /// <summary>Sets the clocks of a new case.</summary>
    public void Start(Guid? owner, ComplaintGrade grade, string majorReason, Stretch first, Stretch solution)
    {
        (OwnerId, Grade, MajorReason) = (owner, grade, majorReason);
        (FirstWarnAt, FirstDueAt) = (first.WarnAt, first.DueAt);
        (SolutionFrom, SolutionWarnAt, SolutionDueAt) = (solution.From, solution.WarnAt, solution.DueAt);
        ClockVersion = 1;
    }

    /// <summary>The customer was answered; the next word is owed by an instant (F10). Says whether this was the first answer.</summary>
    public bool Answer(DateTime now, DateTime nextAt)
    {
        RequireOpen();
        if (nextAt <= now) throw new Refused("complaints.next-must-come") { Field = "In.NextAt" };
        var first = FirstDoneAt is null;
        FirstDoneAt ??= now;
        SetNext(Clocks.Until(now, nextAt));
        return first;
    }

    public void HandOver(Guid to, string why)
    {
        RequireOpen();
        if (to == OwnerId) throw new Refused("complaints.owner-already") { Field = "Hand.To" };
        if (why.Length == 0) throw new Refused("complaints.handover-why") { Field = "Hand.Why" };
        if (Handovers >= MostHandovers) throw new Refused("complaints.handover-most", MostHandovers);
        OwnerId = to;
        Handovers++;
    }

    /// <summary>Taken over from somebody who leaves: no passing the buck, so it is not counted as a handover.</summary>
    public void Inherit(Guid to)
    {
        RequireOpen();
        OwnerId = to;
    }

    /// <summary>How the customer is, and the order in which such a customer is handled; what is done stays done.</summary>
    public void Meet(string mood, string guide)
    {
        RequireOpen();
        (Mood, Guide) = (mood, guide);
    }

    /// <summary>The order a new case begins in.</summary>
    public void Follow(string guide) => Guide = guide;

    public void MakeMajor(string reason)
    {
        RequireOpen();
        (Grade, MajorReason) = (ComplaintGrade.Major, reason);
    }

    /// <summary>The solution clock rests until an instant at the latest; <paramref name="then"/> is how it stands if it goes on only then. A clock that ran out does not rest: a pause hides nothing.</summary>
    public void Rest(DateTime now, DateTime until, Stretch then)
    {
        RequireOpen();
        if (PausedAt is not null) throw new Refused("complaints.pause.already");
        if (FirstDoneAt is null) throw new Refused("complaints.pause.answer-first");
        if (SolutionDueAt <= now) throw new Refused("complaints.pause.late");
        (PausedAt, PauseUntil) = (now, until);
        (SolutionWarnAt, SolutionDueAt) = (then.WarnAt, then.DueAt);
        ClockVersion++;
    }

    /// <summary>The solution clock goes on.</summary>
    public void GoOn(Stretch then, long tookMicros)
    {
        if (PausedAt is null) throw new Refused("complaints.pause.not");
        (PausedAt, PauseUntil) = (null, null);
        PausedMicros += tookMicros;
        (SolutionWarnAt, SolutionDueAt) = (then.WarnAt, then.DueAt);
        ClockVersion++;
    }

    /// <summary>The customer was told the solution; the clocks stop.</summary>
    public void Settle(DateTime now)
    {
        RequireOpen();
        State = ComplaintState.Settled;
        FirstDoneAt ??= now;
        (NextFrom, NextWarnAt, NextDueAt) = (null, null, null);
        SolutionDoneAt = now;
        ClockVersion++;
    }

    /// <summary>Goes on where it stopped; the next word is owed by <paramref name="next"/>.</summary>
    public void Reopen(Stretch next, Stretch solution)
    {
        if (State is ComplaintState.Open or ComplaintState.Merged) throw new Refused("complaints.open-already");
        State = ComplaintState.Open;
        Round++;
        SolutionDoneAt = null;
        (SolutionWarnAt, SolutionDueAt) = (solution.WarnAt, solution.DueAt);
        SetNext(next);
    }

    /// <summary>The customer confirmed.</summary>
    public void End()
    {
        if (State != ComplaintState.Settled) throw new Refused("complaints.not-settled");
        State = ComplaintState.Ended;
    }

    /// <summary>Goes on in another case of the same customer: its own clocks stop, and go on if that is taken back.</summary>
    public void MergeInto(Complaint other)
    {
        if (State == ComplaintState.Merged) throw new Refused("complaints.merge.already");
        if (other.Id == Id || other.CustomerId != CustomerId || other.State == ComplaintState.Merged) throw new Refused("complaints.merge.other") { Field = "Merge.Into" };
        (MergedInto, MergedState, State) = (other.Id, State.ToString(), ComplaintState.Merged);
        ClockVersion++;
    }

    /// <summary>The merge, or a split's undoing, is taken back: everything is as it was, the clocks with their old times.</summary>
    public void Unmerge()
    {
        if (State != ComplaintState.Merged) throw new Refused("complaints.merge.not");
        (MergedInto, UnsplitAt, State, MergedState) = (null, null, Enum.Parse<ComplaintState>(MergedState), "");
        ClockVersion++;
    }

    /// <summary>The split is taken back: it goes on in the case it was split from. What was answered belongs to it and stays apart.</summary>
    public void Unsplit(Complaint whole, DateTime now)
    {
        if (State == ComplaintState.Merged) throw new Refused("complaints.merge.already");
        if (!IsOpen || FirstDoneAt is not null) throw new Refused("complaints.split.answered");
        if (!whole.IsOpen) throw new Refused("complaints.split.whole-closed", whole.Number);
        MergeInto(whole);
        UnsplitAt = now;
    }

    /// <summary>Clocks that run now, each with the instants at which somebody must be told.</summary>
    public IEnumerable<(ClockKind Kind, AlarmStage Stage, DateTime At)> Moments()
    {
        if (!IsOpen) yield break;
        if (FirstDoneAt is null)
        {
            yield return (ClockKind.First, AlarmStage.Warn, FirstWarnAt);
            yield return (ClockKind.First, AlarmStage.Late, FirstDueAt);
        }

        if (NextDueAt is { } next)
        {
            yield return (ClockKind.Next, AlarmStage.Warn, NextWarnAt!.Value);
            yield return (ClockKind.Next, AlarmStage.Late, next);
        }

        yield return (ClockKind.Solution, AlarmStage.Warn, SolutionWarnAt);
        yield return (ClockKind.Solution, AlarmStage.Late, SolutionDueAt);
    }

    public void RequireOpen()
    {
        if (!IsOpen) throw new Refused("complaints.not-open");
    }

    /// <summary>
    /// The receipt: eight letters and digits of SHA-256 over number, instant, demand and words. Whoever changes a word changes it,
    /// and the customer's own copy shows it.
    /// </summary>
    public static string ReceiptOf(string number, DateTime at, string demand, string words)
    {
        const string letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; // 32, without 0 1 I O
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', number, at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture), demand, words)));
        var code = new StringBuilder(9);
        for (var i = 0; i < 8; i++)
        {
            if (i == 4) code.Append('-');
            code.Append(letters[hash[i] & 31]);
        }

        return code.ToString();
    }

    /// <summary>True for this case's receipt, however it was typed.</summary>
    public bool Fits(string? typed) =>
        Receipt.Length > 0 && string.Equals(typed?.HalfWidth().Trim().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), Receipt.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    /// <summary>True when words and demand are what they were when the receipt was given.</summary>
    public bool IsUnchanged => Receipt == ReceiptOf(Number, At, Demand, Words);

    private void SetNext(Stretch next)
    {
        (NextFrom, NextWarnAt, NextDueAt) = (next.From, next.WarnAt, next.DueAt);
        ClockVersion++;
    }
}

internal sealed class ComplaintMap : IEntityTypeConfiguration<Complaint>
{
    public void Configure(EntityTypeBuilder<Complaint> complaint)
    {
        complaint.ToTable("complaints_complaint");
        complaint.Ignore(c => c.IsOpen);
        complaint.Ignore(c => c.IsUnchanged);
    }
}
