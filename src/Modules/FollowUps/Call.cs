using System.Globalization;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.FollowUps;

/// <summary>What came of a call, as page and API bring it.</summary>
public sealed record CallResult
{
    /// <summary>The follow-up; null for a call nobody planned.</summary>
    public Guid? TaskId { get; init; }
    public Guid CustomerId { get; init; }
    public Way Way { get; init; }
    public required Outcome Outcome { get; init; }
    public string Aim { get; init; } = "";
    public int? Score { get; init; }
    public string Words { get; init; } = "";
    public IReadOnlyList<string> Needs { get; init; } = [];
    /// <summary>The day agreed; null: none was asked for.</summary>
    public DateOnly? NextOn { get; init; }
    /// <summary>A loop is wanted also without a low score.</summary>
    public bool OpenLoop { get; init; }
    public int Seconds { get; init; }
    /// <summary>The customer called, or asked for the call: it is an answer, which costs none of the budget (D5).</summary>
    public bool ByCustomer { get; init; }
    /// <summary>The script that was read; the rule's own when not given.</summary>
    public string? ScriptKey { get; init; }
    /// <summary>What was ticked of it.</summary>
    public IReadOnlyList<Ticked> Answers { get; init; } = [];
}

/// <summary>
/// Writes down what came of a call (C3, C4): the result, the rating, the timeline, the next contact, and for a low rating a
/// loop at once, owned by someone the customer did not speak about. All in the caller's transaction.
/// </summary>
public sealed class Call(Db db, CurrentUser user, TimeProvider time, Ratings ratings, ComplaintsDesk complaints, People people, Timeline timeline, Texts texts, ContactDoor door, SecondContact second)
{
    public const int MostNeeds = 10;
    public const int NeedMax = 20;
    public const int LongestSeconds = 4 * 60 * 60;

    /// <summary>How far ahead a contact is agreed.</summary>
    public const int LongestAhead = 366;

    private static readonly CompiledQuery<Theirs> TheirsOf = new((db, id) => db.Set<Customer>().IgnoreQueryFilters(new[] { Db.ScopeFilter }).Where(c => c.Id == id).Select(c => new Theirs(c.StoreId, c.OwnerId)));

    private Guid? Me => user.StaffId == Guid.Empty ? null : user.StaffId;

    /// <summary>Saves the result. Returns the row; <see cref="Result.ComplaintId"/> names the loop it opened.</summary>
    /// <exception cref="Refused">Something compulsory is missing, or it was done meanwhile.</exception>
    public async Task<Result> SaveAsync(CallResult call, CancellationToken cancel = default)
    {
        var now = time.Now();
        await ReadyRules.EnsureAsync(db, cancel);
        var setting = await ReadyRules.SettingAsync(db, cancel);
        Check(call, setting, time.Today(user.Zone));
        var task = await TaskAsync(call, now, cancel);
        var customer = await TheirsOf.FirstAsync(db, task.CustomerId, cancel) ?? throw new NotThere();
        var reached = call.Outcome == Outcome.Reached;
        if (reached || call.Outcome == Outcome.Declined) await PassAsync(task, call.Way, call.ByCustomer, cancel);
        else await door.ReleaseAsync(KeyOf(task), cancel);
        var result = new Result
        {
            Id = Ids.New(now), TaskId = task.Id, CustomerId = task.CustomerId, StoreId = task.StoreId ?? customer.StoreId, OwnerId = Me, Way = call.Way, Outcome = call.Outcome,
            Aim = call.Aim.Trim(), Score = reached ? call.Score : null, Words = call.Words.Trim(), Needs = string.Join('\n', call.Needs.Select(n => n.Trim()).Where(n => n.Length > 0)),
            NextOn = call.NextOn, At = now, Seconds = Math.Clamp(call.Seconds, 0, LongestSeconds),
        };
        db.Set<Result>().Add(result);
        if (call.Answers.Count > 0) await TickAsync(call, task, result, cancel);
        switch (call.Outcome)
        {
            case Outcome.NoAnswer: task.NobodyAnswered(Me, now, user.Zone, setting.MostAttempts); break;
            case Outcome.WrongNumber: task.Cancel(Me, now); break;
            default: task.Finish(Me, now); break;
        }

        if (reached)
        {
            // The case first: the rating names it, so that who is shut out from the case reads its words nowhere (F6).
            if (result.Score <= setting.LowScore || call.OpenLoop) result.ComplaintId = await OpenLoopAsync(result, customer.OwnerId, cancel);
            result.RatingId = await ratings.RecordAsync(new RatingGiven(task.CustomerId, result.StoreId, customer.OwnerId ?? Me, Rating.FollowUp, task.Id, result.Score!.Value, result.Words, now, call.Way == Way.Phone ? "phone" : "visit", ComplaintId: result.ComplaintId), cancel);
        }

        if (call.NextOn is { } next && call.Outcome is Outcome.Reached or Outcome.Declined) result.NextTaskId = await AgreeAsync(task, result, customer.OwnerId, next, setting, now, cancel);
        else if (reached) result.NextTaskId = await second.OweAsync(task, result, cancel);
        // The rating's own line carries the words of who was reached.
        timeline.Add(task.CustomerId, TimelineKind.Contact, "followups.timeline." + call.Outcome.ToString().ToLowerInvariant(), [result.Needs.Replace('\n', ' ')], reached ? "" : result.Words, $"/followups/results/{result.Id}");
        await db.SaveChangesAsync(cancel);
        if (reached || call.Outcome == Outcome.Declined)
        {
            await NextContacts.SpokenAsync(db, task.CustomerId, now, cancel);
        }

        await Schedule.NextContactAsync(db, task.CustomerId, cancel);
        return result;
    }

    /// <summary>Somebody dials now: the contact is counted before the customer's phone rings, so that nothing else slips in between.</summary>
    /// <param name="taskId">The follow-up; null for a call nobody planned.</param>
    /// <param name="customerId">Whom, where none is given.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="Refused">The door says no (D5).</exception>
    public async Task DialAsync(Guid? taskId, Guid customerId, CancellationToken cancel = default)
    {
        // Of a call nobody planned the follow-up is stored with its result; here it only names the contact.
        var task = taskId is { } id ? await FindAsync(id, cancel) : await UnplannedAsync(customerId, time.Now(), cancel);
        if (taskId is not null && task.State != FollowUpState.Open) throw new Refused("followups.done-already");
        await PassAsync(task, Way.Phone, byCustomer: false, cancel);
    }

    /// <summary>Which rules of the door hold for a follow-up: what was agreed, or follows a complaint, is owed to the customer.</summary>
    public static ContactPurpose PurposeOf(string ruleKey, bool appointed) =>
        appointed || ruleKey is Rule.Agreed or Rule.AfterComplaint ? ContactPurpose.Answer : ruleKey is Rule.Replacement or Rule.Silent or CareCalls.RuleKey ? ContactPurpose.Care : ContactPurpose.FollowUp;

    /// <summary>Names one call at the door.</summary>
    public static string KeyOf(FollowUp task) => task.RuleKey == Rule.Unplanned
        ? string.Create(CultureInfo.InvariantCulture, $"call:{task.CustomerId:N}:{task.AnchorOn:yyyyMMdd}:{task.Occurrence}")
        : string.Create(CultureInfo.InvariantCulture, $"followup:{task.Id:N}:{task.Attempts}");

    private async Task PassAsync(FollowUp task, Way way, bool byCustomer, CancellationToken cancel)
    {
        var purpose = byCustomer ? ContactPurpose.Answer : PurposeOf(task.RuleKey, task.Appointed);
        var answer = await door.TakeAsync(new Contact(task.CustomerId, purpose, way == Way.Phone ? ContactWay.Phone : ContactWay.Visit, "followups.title", KeyOf(task)), cancel);
        if (!answer.May) throw new Refused("followups.not-now", texts[answer.WhyKey], texts["followups.by-customer"]);
    }

    /// <summary>Takes a wrongly saved result back, by who saved it, within ten minutes, unless it opened a loop.</summary>
    public async Task WithdrawAsync(Guid resultId, CancellationToken cancel = default)
    {
        var now = time.Now();
        var result = await db.Set<Result>().AsTracking().FirstOrDefaultAsync(r => r.Id == resultId, cancel) ?? throw new NotThere();
        if (result.WithdrawnAt is not null) throw new Refused("followups.undo.done-already");
        if (result.OwnerId != Me) throw new Refused("followups.undo.not-yours");
        if (now - result.At > Result.UndoFor) throw new Refused("followups.undo.too-late");
        if (result.ComplaintId is not null) throw new Refused("followups.undo.loop");
        var task = await db.Set<FollowUp>().AsTracking().FirstOrDefaultAsync(t => t.Id == result.TaskId, cancel) ?? throw new NotThere();
        if (result.NextTaskId is { } nextId)
        {
            var next = await db.Set<FollowUp>().AsTracking().FirstOrDefaultAsync(t => t.Id == nextId && t.State == FollowUpState.Open, cancel);
            // Nobody has tried it yet: it leaves no trace, so that the right result makes its own.
            if (next is { Attempts: 0 })
            {
                result.NextTaskId = null;
                db.Set<FollowUp>().Remove(next);
            }
            else next?.Cancel(Me, now);
        }

        if (result.RatingId is { } ratingId)
        {
            result.RatingId = null;
            await ratings.WithdrawAsync(ratingId, cancel);
        }

        result.WithdrawnAt = now;
        task.Reopen();
        await door.ReleaseAsync(KeyOf(task), cancel);
        if (task.RuleKey == Rule.Unplanned) task.Cancel(Me, now);
        timeline.Add(task.CustomerId, TimelineKind.Contact, "followups.timeline.withdrawn");
        await Schedule.NextContactAsync(db, task.CustomerId, cancel);
    }

    /// <summary>Who takes care of a loop: the store's manager, else its specialist; never who called, nor the customer's own representative.</summary>
    public async Task<Person?> LoopOwnerAsync(Guid? storeId, Guid? representative, CancellationToken cancel = default)
    {
        string[] roles = ["store-manager", "customer-service-manager", "specialist", "customer-relations-manager"];
        var all = await people.All.Where(p => p.IsHere && roles.Contains(p.RoleKey) && (p.StoreId == storeId || p.StoreId == null)).ToListAsync(cancel);
        return all.Where(p => p.Id != user.StaffId && p.Id != representative).OrderBy(p => p.StoreId == storeId ? 0 : 1).ThenBy(p => Array.IndexOf(roles, p.RoleKey)).ThenBy(p => p.Id).FirstOrDefault();
    }

    /// <summary>Words that sound like trouble although the score is not low; the page then asks whether to open a loop.</summary>
    public static string? Trouble(Texts texts, string words) =>
        Texts.Languages.SelectMany(l => texts.In(l, "followups.trouble-words").Split('/', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(w => words.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static void Check(CallResult call, Setting setting, DateOnly today)
    {
        if (call.Outcome == Outcome.Reached)
        {
            if (call.Score is not (>= 1 and <= 5)) throw new Refused("followups.result.score-missing") { Field = "In.Score" };
            if ((call.Score <= setting.LowScore || call.OpenLoop) && string.IsNullOrWhiteSpace(call.Words)) throw new Refused("followups.result.words-missing") { Field = "In.Words" };
        }

        if (call.Words.Trim().Length > Result.WordsMax) throw new Refused("followups.result.words-long", Result.WordsMax, call.Words.Trim().Length) { Field = "In.Words" };
        if (call.Aim.Trim().Length > Result.AimMax) throw new Refused("followups.result.words-long", Result.AimMax, call.Aim.Trim().Length) { Field = "In.Aim" };
        if (call.Needs.Count > MostNeeds || call.Needs.Any(n => n.Trim().Length > NeedMax)) throw new Refused("followups.result.needs-long", MostNeeds, NeedMax) { Field = "In.Needs" };
        if (call.NextOn is { } next && (next <= today || next > today.AddDays(LongestAhead))) throw new Refused("followups.result.next-wrong", today.AddDays(1).ToString("yyyy-MM-dd"), today.AddDays(LongestAhead).ToString("yyyy-MM-dd")) { Field = "In.NextOn" };
    }

    private async Task TickAsync(CallResult call, FollowUp task, Result result, CancellationToken cancel)
    {
        var script = call.ScriptKey is { Length: > 0 } key ? await db.Set<Script>().FirstOrDefaultAsync(s => s.Key == key, cancel) : null;
        script ??= await db.Set<Script>().FirstOrDefaultAsync(s => db.Set<Rule>().Any(r => r.Key == task.RuleKey && r.ScriptId == s.Id), cancel);
        var sentences = script is null ? [] : Script.Read(Script.StepsOf(texts, script.Key, script.Steps), new Dictionary<string, string>());
        foreach (var ticked in call.Answers)
        {
            // The script was changed, or the language, while the call was going on: say so and tick again.
            var sentence = sentences.FirstOrDefault(s => s.Place == ticked.Place && s.Answers.Contains(ticked.Words)) ?? throw new Refused("followups.result.answer-unknown", ticked.Words);
            db.Set<ScriptAnswer>().Add(new ScriptAnswer { ResultId = result.Id, ScriptKey = script!.Key, Edition = script.Edition, Place = sentence.Place, Question = sentence.Asked, Answer = ticked.Words });
        }
    }

    private async Task<FollowUp> TaskAsync(CallResult call, DateTime now, CancellationToken cancel)
    {
        if (call.TaskId is { } id) return await FindAsync(id, cancel);
        var task = await UnplannedAsync(call.CustomerId, now, cancel);
        db.Set<FollowUp>().Add(task);
        return task;
    }

    private async Task<FollowUp> FindAsync(Guid id, CancellationToken cancel) => await db.Set<FollowUp>().AsTracking().FirstOrDefaultAsync(t => t.Id == id, cancel) ?? throw new NotThere();

    private async Task<FollowUp> UnplannedAsync(Guid customerId, DateTime now, CancellationToken cancel)
    {
        var customer = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var today = time.Today(user.Zone);
        var nth = await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).CountAsync(t => t.CustomerId == customerId && t.RuleKey == Rule.Unplanned && t.AnchorOn == today, cancel);
        return new FollowUp { Id = Ids.New(now), CustomerId = customerId, StoreId = customer.StoreId, OwnerId = Me, RuleKey = Rule.Unplanned, Occurrence = nth, AnchorOn = today, DueOn = today, DueAt = now, CreatedAt = now, Version = 1 };
    }

    private async Task<Guid?> AgreeAsync(FollowUp task, Result result, Guid? owner, DateOnly on, Setting setting, DateTime now, CancellationToken cancel)
    {
        if (await db.Set<FollowUp>().IgnoreQueryFilters([Db.ScopeFilter]).AnyAsync(t => t.CustomerId == task.CustomerId && t.RuleKey == Rule.Agreed && t.AnchorOn == on, cancel)) return null;
        var next = new FollowUp
        {
            Id = Ids.New(now), CustomerId = task.CustomerId, StoreId = task.StoreId, OwnerId = Me ?? owner, RuleKey = Rule.Agreed, AnchorOn = on, DueOn = on,
            DueAt = on.ToDateTime(TimeOnly.MinValue).AddMinutes(setting.DayEndsAt).Utc(user.Zone), Note = result.Needs.Split('\n')[0], CreatedAt = now, Version = 1,
        };
        db.Set<FollowUp>().Add(next);
        return next.Id;
    }

    private async Task<Guid> OpenLoopAsync(Result result, Guid? representative, CancellationToken cancel)
    {
        var owner = await LoopOwnerAsync(result.StoreId, representative, cancel);
        return await complaints.TakeDownAsync(new OpenComplaint(result.CustomerId, result.StoreId, result.Words, "", "follow-up", $"followup:{result.Id}", owner?.Id), cancel);
    }

    // The store and the owner of a file.
    private sealed record Theirs(Guid? StoreId, Guid? OwnerId);
}
