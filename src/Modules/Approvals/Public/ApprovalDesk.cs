using System.Text.Encodings.Web;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Approvals.Public;

/// <summary>Where one asks, decides, reminds. Everything is part of the caller's transaction.</summary>
public sealed class ApprovalDesk(Db db, CurrentUser me, TimeProvider time, Jobs jobs, Events events, Audit audit, BusinessCalendars calendars, IHeads heads, IEnumerable<ApprovalAct> acts)
{
    // As written: a name that is erased has to be found in it.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Kind of the due work that looks after late steps.</summary>
    public const string Job = "approvals.escalate";

    /// <summary>Asks. Who has the authority alone gets AlreadyAllowed; else the cheapest rule that covers the amount decides who is asked.</summary>
    /// <exception cref="Refused">The authority table knows nobody who may decide this.</exception>
    public async Task<ApprovalAnswer> AskAsync(ApprovalAsk ask, CancellationToken cancel = default)
    {
        var rules = await RulesAsync(ask.Act, cancel);
        if (!ask.NotAlone && Sees(ask.StoreId) && Authority.MayDecideAlone(rules, me.RoleKey, ask.Amount))
        {
            return new(Guid.Empty, AlreadyAllowed: true) { FrontLine = !Authority.MayDecideAlone(rules.Where(r => !r.AloneOnly), me.RoleKey, ask.Amount) };
        }

        var rule = Authority.Choose(rules, me.RoleKey, ask.Amount, ask.NotAlone) ?? throw new Refused("approvals.nobody-may");
        var now = time.Now();
        var request = new ApprovalRequest
        {
            Act = ask.Act, SubjectKind = ask.SubjectKind, SubjectId = ask.SubjectId, Amount = ask.Amount, StoreId = ask.StoreId,
            OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId, Summary = ask.Summary, SummaryArgs = ask.Args.Count == 0 ? "" : JsonSerializer.Serialize(ask.Args, Plain), Href = ask.Href, AskedAt = now,
            WithinHours = rule.WithinHours, Substitute = rule.Substitute,
        };
        db.Set<ApprovalRequest>().Add(request);
        var place = 0;
        var line = Authority.Line(rule, me.RoleKey);
        var head = me.StaffId != Guid.Empty && line.Any(s => s.Roles.Contains(ReadyRule.Head)) ? await heads.HeadOfAsync(me.StaffId, cancel) : null;
        foreach (var (roles, both) in line)
        {
            // Who has nobody above has no head to ask; the line goes on with the next.
            string[][] groups = [.. (both ? roles.Select(r => new[] { r }) : [roles]).Where(g => head is not null || g.Any(r => r != ReadyRule.Head))];
            if (groups.Length == 0) continue;
            place++;
            foreach (var group in groups)
            {
                var open = group.Where(r => r != ReadyRule.Head).ToList();
                // The last word is the asker's own role: a colleague's, or the substitute's from the start.
                if (open.Contains(me.RoleKey) && rule.Substitute.Length > 0 && group.Length == 1) open.Add(rule.Substitute);
                var step = new RequestStep { RequestId = request.Id, Place = place, Roles = RequestStep.Bars(group), OpenTo = RequestStep.Bars(open), Person = group.Contains(ReadyRule.Head) ? head : null };
                if (place == 1) await GiveTurnAsync(step, request, now, cancel);
                db.Set<RequestStep>().Add(step);
            }
        }

        if (place == 0) throw new Refused("approvals.nobody-may");

        audit.Add("approvals.ask", "approvals.request", request.Id, ask.Act);
        return new(request.Id, AlreadyAllowed: false);
    }

    /// <summary>What somebody in a role may decide alone for an act, minor units; null is any amount, 0 nothing.</summary>
    public async Task<long?> MostAloneAsync(string act, string role, CancellationToken cancel = default)
    {
        long most = 0;
        foreach (var rule in await RulesAsync(act, cancel))
        {
            if (Authority.StepsOf(rule.Steps) is not [.., { Both: false } last] || !last.Roles.Contains(role)) continue;
            if (rule.UpTo is null) return null;
            most = Math.Max(most, rule.UpTo.Value);
        }

        return most;
    }

    /// <summary>True when the person signed in may decide this request now.</summary>
    public async Task<bool> MayDecideAsync(Guid requestId, CancellationToken cancel = default)
    {
        var request = await db.Set<ApprovalRequest>().FirstOrDefaultAsync(r => r.Id == requestId, cancel);
        if (request is null || request.State != ApprovalState.Waiting || !me.Can("approvals.decide")) return false;
        var steps = await db.Set<RequestStep>().Where(s => s.RequestId == requestId).ToListAsync(cancel);
        return WhyNot(request, steps, await RulesAsync(request.Act, cancel), out _, out _) is null;
    }

    /// <summary>Says yes or no. The last yes, a no, and the word of who has the whole authority end the request and publish <see cref="ApprovalDecided"/>.</summary>
    public async Task DecideAsync(Guid requestId, bool approve, string note, CancellationToken cancel = default)
    {
        var request = await db.Set<ApprovalRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == requestId, cancel) ?? throw new NotThere();
        var steps = await db.Set<RequestStep>().AsTracking().Where(s => s.RequestId == requestId).OrderBy(s => s.Place).ToListAsync(cancel);
        note = note.Trim();
        if (request.State != ApprovalState.Waiting) throw new Refused("approvals.decided-already");
        if (!approve && note.Length == 0) throw new Refused("approvals.refusal-needs-reason") { Field = "In.Note" };
        if (note.Length > ApprovalRequest.NoteMax) throw new Refused("approvals.note-too-long", ApprovalRequest.NoteMax) { Field = "In.Note" };
        if (WhyNot(request, steps, await RulesAsync(request.Act, cancel), out var mine, out var whole) is { } why) throw new Refused(why);

        var now = time.Now();
        var by = me.StaffId == Guid.Empty ? (Guid?)null : me.StaffId;
        mine!.Decide(approve, by, now, note);
        if (!approve || whole)
        {
            End(request, steps, approve ? ApprovalState.Approved : ApprovalState.Refused, now);
        }
        else if (!steps.Any(s => s.Place == mine.Place && s.State == StepVerdict.Waiting))
        {
            var place = mine.Place;
            while (true)
            {
                List<RequestStep> next = [.. steps.Where(s => s.Place > place && s.State == StepVerdict.Waiting).GroupBy(s => s.Place).OrderBy(g => g.Key).FirstOrDefault() ?? Enumerable.Empty<RequestStep>()];
                if (next is [var same] && same.IsOpenTo(me.RoleKey, me.StaffId))
                {
                    // Head of the unit and next in the line are one person: they have said it.
                    same.Decide(true, by, now, "");
                    place = same.Place;
                    continue;
                }

                if (next.Count == 0) End(request, steps, ApprovalState.Approved, now);
                foreach (var step in next) await GiveTurnAsync(step, request, now, cancel);
                break;
            }
        }

        audit.Add(approve ? "approvals.approve" : "approvals.refuse", "approvals.request", request.Id, request.Act);
        if (request.State != ApprovalState.Waiting)
        {
            await events.PublishAsync(new ApprovalDecided(request.Id, request.SubjectKind, request.SubjectId, approve, by, note), cancel);
        }
    }

    /// <summary>Takes a request back that nobody has decided; the asker's own act, without an event.</summary>
    public async Task WithdrawAsync(Guid requestId, CancellationToken cancel = default)
    {
        var request = await db.Set<ApprovalRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == requestId, cancel) ?? throw new NotThere();
        if (request.State != ApprovalState.Waiting) throw new Refused("approvals.decided-already");
        End(request, await db.Set<RequestStep>().AsTracking().Where(s => s.RequestId == requestId).ToListAsync(cancel), ApprovalState.Withdrawn, time.Now());
        audit.Add("approvals.withdraw", "approvals.request", request.Id, request.Act);
    }

    /// <summary>催一下: a colleague's reminder to whose turn it is; once an hour is enough.</summary>
    public async Task RemindAsync(Guid requestId, CancellationToken cancel = default)
    {
        if (!await db.Set<ApprovalRequest>().AnyAsync(r => r.Id == requestId, cancel)) throw new NotThere();
        var now = time.Now();
        var hourAgo = now.AddHours(-1);
        foreach (var step in await db.Set<RequestStep>().Where(s => s.RequestId == requestId && s.State == StepVerdict.Waiting && s.DueAt != null).ToListAsync(cancel))
        {
            var byHand = await db.Set<ApprovalReminder>().Where(r => r.StepId == step.Id && r.Stage >= ApprovalReminder.FirstByHand).OrderByDescending(r => r.Stage).FirstOrDefaultAsync(cancel);
            if (byHand is not null && byHand.At > hourAgo) throw new Refused("approvals.reminded-already");
            db.Set<ApprovalReminder>().Add(new ApprovalReminder
            {
                StepId = step.Id, Stage = (byHand?.Stage ?? ApprovalReminder.FirstByHand - 1) + 1, Roles = step.OpenTo, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = now,
            });
        }
    }

    /// <summary>True when the table gives somebody in the role the last word on an act without an amount: what only they may do themselves (open a seal).</summary>
    public async Task<bool> HasLastWordAsync(string act, CancellationToken cancel = default) => Authority.MayDecideAlone(await RulesAsync(act, cancel), me.RoleKey, 0);

    /// <summary>Null when the person may decide; else the text key of the reason. <paramref name="whole"/>: their word ends it, whatever steps are left.</summary>
    private string? WhyNot(ApprovalRequest request, List<RequestStep> steps, List<AuthorityRule> rules, out RequestStep? mine, out bool whole)
    {
        mine = steps.FirstOrDefault(s => s.HasTurn && s.IsOpenTo(me.RoleKey, me.StaffId));
        // By amount a larger authority holds the smaller; a line of signatures goes hand by hand.
        whole = (acts.FirstOrDefault(a => a.Key == request.Act)?.Amounts ?? true) && Authority.MayDecideAlone(rules.Where(r => !r.AloneOnly), me.RoleKey, request.Amount);
        if (request.OwnerId is not null && request.OwnerId == me.StaffId) return "approvals.not-ones-own";
        if (!Sees(request.StoreId)) return "approvals.not-yours";
        if (mine is null && whole) mine = steps.FirstOrDefault(s => s.HasTurn);
        if (mine is null) return "approvals.not-your-turn";
        // Both heads of one step, and two steps, are two people.
        return me.StaffId != Guid.Empty && steps.Any(s => s.By == me.StaffId && s.Place == steps.First(x => x.HasTurn).Place) ? "approvals.said-already" : null;
    }

    private async Task GiveTurnAsync(RequestStep step, ApprovalRequest request, DateTime now, CancellationToken cancel)
    {
        var due = (await calendars.ForAsync(request.StoreId, cancel)).AddBusinessTime(now, TimeSpan.FromHours(request.WithinHours));
        step.TakeTurn(due);
        jobs.Add(Job, $"{step.Id:N}:0", due, new EscalateStep(step.Id, 0));
    }

    private static void End(ApprovalRequest request, List<RequestStep> steps, ApprovalState state, DateTime now)
    {
        request.End(state, now);
        foreach (var step in steps.Where(s => s.State == StepVerdict.Waiting)) step.Pass(now);
    }

    private bool Sees(Guid? storeId) => me.SeesAll || storeId is null || me.StoreIds.Contains(storeId.Value) || me.StoreId == storeId;

    // A company made before the act came goes by its ready lines until somebody edits them.
    private async Task<List<AuthorityRule>> RulesAsync(string act, CancellationToken cancel)
    {
        var rules = await db.Set<AuthorityRule>().Where(r => r.Act == act).ToListAsync(cancel);
        return rules.Count > 0 ? rules : await Authority.ReadyAsync(db, acts.Where(a => a.Key == act), cancel);
    }
}

/// <summary>Payload of the due work.</summary>
internal sealed record EscalateStep(Guid StepId, int Stage);
