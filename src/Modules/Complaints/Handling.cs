using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints;

/// <summary>What is done in a case after it was opened, from the page and from the API: one transaction, the caller's.</summary>
public sealed class Handling(Db db, CurrentUser me, TimeProvider time, Texts texts, Timeline timeline, Audit audit, Events events, Messenger messenger, BusinessCalendars hours, ClockKeeper clocks, Pausing pausing, Jobs jobs, Callers callers)
{
    /// <summary>Ways to say something; those that go out through Messages, and those that are only written down.</summary>
    public static readonly string[] Channels = ["wechat", "sms", MailDesk.Channel, "phone", "letter", "counter"];

    /// <summary>Where complaints come in (F1).</summary>
    public static readonly string[] IntakeChannels = ["counter", "phone", "hotline", "wechat", "web", PublicForms.Channel, MailDesk.Channel, "letter", "staff", "follow-up", "survey", "media", "manufacturer", "12315", "head-office"];

    /// <summary>The case, for whoever may work on it: not the complained-about (F6).</summary>
    public async Task<Complaint> TakeAsync(Guid id, CancellationToken cancel)
    {
        var complaint = await db.Set<Complaint>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();
        if (Staff is { } staff && await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == id && e.StaffId == staff, cancel)) throw new Refused("complaints.excluded-no-part");
        return complaint;
    }

    /// <summary>Answers the customer; the next word is owed by <paramref name="nextAt"/>, which the customer sees. What cannot be solved is said so (F10).</summary>
    public async Task AnswerAsync(Guid id, string channel, string words, DateTime nextAt, CancellationToken cancel = default, bool unsolved = false)
    {
        var complaint = await TakeAsync(id, cancel);
        words = Checked(words, CaseMessage.WordsMax, "In.Words");
        if (!Channels.Contains(channel)) throw new Refused("complaints.channel-unknown") { Field = "In.Channel" };
        var now = time.Now();
        var first = complaint.Answer(now, nextAt);
        db.Set<CaseMessage>().Add(new CaseMessage { Id = Ids.New(now), ComplaintId = id, Direction = Direction.Out, Channel = channel, Words = words, By = Staff, At = now, NextAt = nextAt, Unsolved = unsolved });
        clocks.Schedule(complaint);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, unsolved ? "complaints.timeline.unsolved" : first ? "complaints.timeline.first-answer" : "complaints.timeline.answer", [complaint.Number], words, ComplaintsDesk.Href(id), now);
        audit.Add("complaints.answer", "complaints.complaint", id, unsolved ? channel + " unsolved" : channel);
        if (unsolved) words = texts.In(ComplaintsDesk.Language, "complaints.message.unsolved", words);
        if (channel is "wechat" or "sms")
        {
            var customer = await db.Set<Customer>().Where(c => c.Id == complaint.CustomerId).Select(c => new { c.Phone, c.Email }).FirstOrDefaultAsync(cancel);
            messenger.Send(new Outgoing(complaint.CustomerId, customer?.Phone ?? "", texts.In(ComplaintsDesk.Language, "complaints.message.answer-subject", complaint.Number),
                texts.In(ComplaintsDesk.Language, "complaints.message.answer", words, Moment(nextAt)), "complaints.purpose.answer", id, $"complaints-answer:{id:N}:{complaint.ClockVersion}",
                complaint.StoreId, Staff, customer?.Email ?? "")
            { Purpose = ContactPurpose.Answer });
        }
        else if (channel == MailDesk.Channel) await MailAsync(complaint, words, nextAt, cancel);
    }

    // By e-mail it goes to the address they last wrote from, else to the one in their file; the answer to it comes back to the case.
    private async Task MailAsync(Complaint complaint, string words, DateTime nextAt, CancellationToken cancel)
    {
        var to = await db.Set<Mail>().Where(m => m.ComplaintId == complaint.Id && m.Sender != "").OrderByDescending(m => m.At).Select(m => m.Sender).FirstOrDefaultAsync(cancel)
            ?? await db.Set<Customer>().Where(c => c.Id == complaint.CustomerId).Select(c => c.Email).FirstOrDefaultAsync(cancel);
        if (string.IsNullOrEmpty(to)) throw new Refused("complaints.mail.no-address") { Field = "In.Channel" };
        var box = await db.Set<MailBox>().FirstOrDefaultAsync(cancel);
        messenger.Send(new Outgoing(complaint.CustomerId, to, ComplaintsDesk.MailSubject(texts.In(ComplaintsDesk.Language, "complaints.message.answer-subject", complaint.Number), complaint),
            texts.In(ComplaintsDesk.Language, "complaints.message.answer", words, Moment(nextAt)), "complaints.purpose.answer", complaint.Id, $"complaints-answer:{complaint.Id:N}:{complaint.ClockVersion}", complaint.StoreId, Staff, to)
        { Purpose = ContactPurpose.Answer, Channel = Messenger.Mail, ReplyTo = box?.ReplyTo(complaint.Number, complaint.Receipt) ?? "" });
    }

    /// <summary>The customer said something more in the conversation.</summary>
    public async Task HearAsync(Guid id, string channel, string words, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        words = Checked(words, CaseMessage.WordsMax, "Heard.Words");
        if (!Channels.Contains(channel)) throw new Refused("complaints.channel-unknown") { Field = "Heard.Channel" };
        Say(complaint, Direction.In, channel, words);
        await pausing.HeardAsync(complaint, cancel);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.heard", [complaint.Number], words, ComplaintsDesk.Href(id));
    }

    /// <summary>A word among ourselves; the customer never sees it.</summary>
    public async Task NoteAsync(Guid id, string words, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        var received = !me.Can("complaints.work") && complaint.TakenBy is not null && complaint.TakenBy == Staff;
        if (!received && !me.Can("complaints.work") && Staff is not null) throw new Refused("complaints.received-only");
        words = Checked(words, CaseMessage.WordsMax, "Note.Words");
        var message = Say(complaint, Direction.Note, "", words);
        // Who received the customer says what they know (F6): the owner finds it.
        if (received && complaint.OwnerId is { } owner) db.Set<Mention>().Add(new Mention { ComplaintId = id, MessageId = message.Id, StaffId = owner, By = Staff, At = message.At });
        if (!words.Contains('@', StringComparison.Ordinal) && !words.Contains('＠', StringComparison.Ordinal)) return;
        // Who is named with @ finds the case among theirs; who is complained about is not called to it.
        var here = await db.Set<Member>().Where(m => m.LeftOn == null && m.Id != me.StaffId && !db.Set<Excluded>().Any(e => e.ComplaintId == id && e.StaffId == m.Id)).Select(m => new { m.Id, m.Name }).ToListAsync(cancel);
        foreach (var named in here.Where(m => words.Contains("@" + m.Name, StringComparison.OrdinalIgnoreCase) || words.Contains("＠" + m.Name, StringComparison.OrdinalIgnoreCase)))
        {
            db.Set<Mention>().Add(new Mention { ComplaintId = id, MessageId = message.Id, StaffId = named.Id, By = Staff, At = message.At });
        }
    }

    /// <summary>Who was named has looked.</summary>
    public async Task SeenAsync(Guid id, CancellationToken cancel = default)
    {
        await TakeAsync(id, cancel);
        foreach (var mention in await db.Set<Mention>().AsTracking().Where(m => m.ComplaintId == id && m.StaffId == me.StaffId && m.SeenAt == null).ToListAsync(cancel)) mention.SeenAt = time.Now();
    }

    /// <summary>A praise becomes a commendation of who earned it.</summary>
    public async Task CommendAsync(Guid id, Guid staff, string? words, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        if (complaint.Kind != ComplaintKind.Praise) throw new Refused("complaints.commend.only-praise");
        var said = Checked(words, Commendation.WordsMax, "Praise.Words");
        if (!await db.Set<Member>().AnyAsync(m => m.Id == staff && m.LeftOn == null, cancel)) throw new Refused("complaints.handover-who") { Field = "Praise.StaffId" };
        if (await db.Set<Commendation>().AnyAsync(c => c.ComplaintId == id && c.StaffId == staff, cancel)) throw new Refused("complaints.rules.there-already") { Field = "Praise.StaffId" };
        db.Set<Commendation>().Add(new Commendation { ComplaintId = id, StaffId = staff, Words = said, By = Staff, At = time.Now() });
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.commended", [complaint.Number], said, ComplaintsDesk.Href(id));
        audit.Add("complaints.commend", "complaints.complaint", id);
    }

    /// <summary>The customer adds to what they said, through their link; the first words stay.</summary>
    public async Task AddWordsAsync(Guid id, string words, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        words = Checked(words, Complaint.WordsMax, "In.Words");
        var now = time.Now();
        db.Set<Addition>().Add(new Addition { Id = Ids.New(now), ComplaintId = id, Words = words, ByCustomer = Staff is null, By = Staff, At = now });
        await pausing.HeardAsync(complaint, cancel);
        // The customer wrote by themselves: the owner finds the case in their list until they have looked.
        if (Staff is null && complaint.OwnerId is { } owner)
        {
            var note = new CaseMessage { Id = Ids.New(now), ComplaintId = id, Direction = Direction.Note, Channel = "", Words = texts.In(ComplaintsDesk.Language, "complaints.added-note"), At = now };
            db.Set<CaseMessage>().Add(note);
            db.Set<Mention>().Add(new Mention { ComplaintId = id, MessageId = note.Id, StaffId = owner, At = now });
        }

        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.added", [complaint.Number], words, ComplaintsDesk.Href(id), now);
        audit.Add("complaints.add", "complaints.complaint", id);
    }

    /// <summary>A step of the case's order is done, in one's own words.</summary>
    /// <param name="id">The case.</param>
    /// <param name="step">Key of a step of its order.</param>
    /// <param name="words">What was said or done.</param>
    /// <param name="cancel">Stops.</param>
    /// <param name="wins">What customer, staff and company have of the remedy (三赢).</param>
    public async Task StepAsync(Guid id, string step, string words, CancellationToken cancel = default, (string? Customer, string? Staff, string? Company) wins = default)
    {
        var complaint = await TakeAsync(id, cancel);
        complaint.RequireOpen();
        var rules = await HandlingRules.ReadAsync(db, cancel);
        var steps = rules.StepsOf(complaint.Guide, complaint.Grade);
        if (!steps.Any(s => s.Key == step)) throw new Refused("complaints.step-unknown") { Field = "Step.Step" };
        words = Checked(words, StepDone.WordsMax, "Step.Words");
        var done = await db.Set<StepDone>().Where(s => s.ComplaintId == id && s.Round == complaint.Round).Select(s => s.Step).ToListAsync(cancel);
        if (done.Contains(step)) throw new Refused("complaints.step-done-already");
        // No judgement before hearing out (S3-9): what is to be done and the answer come after listening.
        if (step is RecoveryStep.Remedy or RecoveryStep.Reply && !done.Contains(RecoveryStep.Listen) && steps.Any(s => s.Key == RecoveryStep.Listen)) throw new Refused("complaints.step-listen-first") { Field = "Step.Words" };
        if (step == RecoveryStep.Apology)
        {
            var used = await db.Set<StepDone>().Where(s => s.Step == RecoveryStep.Apology && s.ComplaintId != id && s.Words == words).Select(s => s.Words).Take(1).ToListAsync(cancel);
            if (Apology.WhyNot(words, rules.StockApologies.Concat(used).Concat(StockPhrases())) is { } why) throw new Refused(why, Apology.Least) { Field = "Step.Words" };
        }

        // A remedy stands when customer, staff and company each have something of it (三赢): all three are said.
        var weighs = RecoveryStep.Weighs(step, steps.Select(s => s.Key));
        string Win(string? win, string field) => !weighs ? "" : Checked(win, StepDone.WinMax, "Step." + field, "complaints.wins-needed");
        var now = time.Now();
        db.Set<StepDone>().Add(new StepDone { Id = Ids.New(now), ComplaintId = id, Round = complaint.Round, Step = step, Words = words, By = Staff, At = now, WinCustomer = Win(wins.Customer, "WinCustomer"), WinStaff = Win(wins.Staff, "WinStaff"), WinCompany = Win(wins.Company, "WinCompany") });
        var line = "complaints.timeline.step-" + step.ToLowerInvariant();
        if (texts.Has(line)) timeline.Add(complaint.CustomerId, TimelineKind.Complaint, line, [complaint.Number], words, ComplaintsDesk.Href(id), now);
        else timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.step", [complaint.Number, rules.StepName(texts, ComplaintsDesk.Language, complaint.Guide, step)], words, ComplaintsDesk.Href(id), now);
        audit.Add("complaints.step", "complaints.complaint", id, step);
    }

    /// <summary>How the customer is (S2): the advice for such a customer, and the order in which the shop handles them.</summary>
    public async Task MeetAsync(Guid id, string? mood, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        mood ??= "";
        if (mood.Length > 0 && !ReadyGuides.Moods.Contains(mood)) throw new Refused("complaints.mood-unknown") { Field = "Meet.Mood" };
        complaint.Meet(mood, (await HandlingRules.ReadAsync(db, cancel)).GuideFor(mood));
        audit.Add("complaints.mood", "complaints.complaint", id, mood);
    }

    /// <summary>The case changes hands, with everything in it; counted and limited (F15).</summary>
    public async Task HandOverAsync(Guid id, Guid to, string why, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        if (!await db.Set<Member>().AnyAsync(m => m.Id == to && m.LeftOn == null, cancel)) throw new Refused("complaints.handover-who") { Field = "Hand.To" };
        if (await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == id && e.StaffId == to, cancel)) throw new Refused("complaints.owner-excluded") { Field = "Hand.To" };
        var from = complaint.OwnerId;
        why = why.Trim().Head(Handover.WhyMax);
        complaint.HandOver(to, why);
        db.Set<Handover>().Add(new Handover { ComplaintId = id, FromStaff = from, ToStaff = to, Why = why, By = Staff, At = time.Now() });
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.handed-over", [complaint.Number, complaint.Handovers], "", ComplaintsDesk.Href(id));
        audit.Add("complaints.hand-over", "complaints.complaint", id);
    }

    /// <summary>Somebody is complained about: from now on they have no part in it. The owner hands over first.</summary>
    public async Task ExcludeAsync(Guid id, Guid staff, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        if (complaint.OwnerId == staff) throw new Refused("complaints.exclude-owner") { Field = "Out.StaffId" };
        if (!await db.Set<Member>().AnyAsync(m => m.Id == staff, cancel)) throw new NotThere();
        if (await db.Set<Excluded>().AnyAsync(e => e.ComplaintId == id && e.StaffId == staff, cancel)) return;
        db.Set<Excluded>().Add(new Excluded { ComplaintId = id, StaffId = staff, Href = ComplaintsDesk.Href(id), By = Staff, At = time.Now() });
        audit.Add("complaints.exclude", "complaints.complaint", id);
    }

    /// <summary>Somebody up the line was told of a major case (F5).</summary>
    public async Task ReportAsync(Guid id, string roleKey, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        var reports = await db.Set<EarlyReport>().AsTracking().Where(r => r.ComplaintId == id).ToListAsync(cancel);
        var report = reports.Find(r => r.RoleKey == roleKey) ?? throw new NotThere();
        if (report.At is not null) return;
        report.Tell(Staff, time.Now());
        var excluded = await db.Set<Excluded>().Where(e => e.ComplaintId == id).Select(e => e.StaffId).ToListAsync(cancel);
        await callers.OnwardAsync(complaint, reports, await HandlingRules.ReadAsync(db, cancel), excluded, cancel);
        audit.Add("complaints.report", "complaints.complaint", id, roleKey);
    }

    /// <summary>What is still missing before the case may be settled.</summary>
    public async Task<IReadOnlyList<(string Key, string Value)>> MissingAsync(Complaint complaint, CancellationToken cancel = default)
    {
        var steps = await db.Set<StepDone>().Where(s => s.ComplaintId == complaint.Id && s.Round == complaint.Round).Select(s => s.Step).ToListAsync(cancel);
        var waiting = await db.Set<Compensation>().Where(c => c.ComplaintId == complaint.Id && c.State == CompensationState.Waiting).Select(c => c.What).ToListAsync(cancel);
        var promises = await db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => p.ComplaintId == complaint.Id && p.State == PromiseState.Open).Select(p => new { p.What, p.DueAt }).ToListAsync(cancel);
        return await MissingAsync(complaint, steps, waiting, promises.ConvertAll(p => (p.What, p.DueAt)), cancel);
    }

    /// <summary>The same of a case that was read with all that hangs on it.</summary>
    public Task<IReadOnlyList<(string Key, string Value)>> MissingAsync(CaseView view, CancellationToken cancel = default) =>
        MissingAsync(view.Complaint, [.. view.Steps.Where(s => s.Round == view.Complaint.Round).Select(s => s.Step)], [.. view.Compensations.Where(c => c.State == CompensationState.Waiting).Select(c => c.What)],
            [.. view.Promises.Where(p => p.State == PromiseState.Open).Select(p => (p.What, p.DueAt))], cancel);

    private async Task<IReadOnlyList<(string Key, string Value)>> MissingAsync(Complaint complaint, IReadOnlyCollection<string> steps, IReadOnlyCollection<string> waiting, IReadOnlyCollection<(string What, DateTime Due)> promises, CancellationToken cancel)
    {
        var rules = await HandlingRules.ReadAsync(db, cancel);
        // Praise and suggestions end where they belong: a commendation, an improvement (or one that was dropped, with the reason).
        if (complaint.Kind == ComplaintKind.Praise && !await db.Set<Commendation>().AnyAsync(c => c.ComplaintId == complaint.Id, cancel)) return [("complaints.missing.commendation", "")];
        if (complaint.Kind == ComplaintKind.Suggestion && !await db.Set<Improvement>().AnyAsync(i => i.ComplaintId == complaint.Id, cancel)) return [("complaints.missing.idea", "")];
        return Settlement.Missing(complaint.Kind, complaint.Round, steps, waiting, promises, time.Now(), [.. rules.StepsOf(complaint.Guide, complaint.Grade).Where(s => s.Needed).Select(s => (s.Key, HandlingRules.StepName(texts, null, complaint.Guide, s)))]);
    }

    /// <summary>Settles the case (F12): what came out, what was lacking, what gets better.</summary>
    public async Task SettleAsync(Guid id, string result, string lacking, string improvement, CancellationToken cancel = default, string? category = null, string? reason = null)
    {
        var complaint = await TakeAsync(id, cancel);
        await SortAsync(complaint, category, reason, cancel);
        result = Checked(result, Closing.TextMax, "Close.Result");
        lacking = Checked(lacking, Closing.TextMax, "Close.Lacking");
        improvement = Checked(improvement, Closing.TextMax, "Close.Improvement");
        if (await MissingAsync(complaint, cancel) is [var first, ..]) throw new Refused(first.Key, first.Value);

        var now = time.Now();
        await pausing.GoOnAsync(complaint, PauseEnd.Settled, cancel);
        var shop = await hours.ForAsync(complaint.StoreId, cancel);
        var left = Clocks.Left(shop, now, complaint.SolutionDueAt);
        complaint.Settle(now);
        if ((await HandlingRules.ReadAsync(db, cancel)).ResultMinutes(complaint.Channel, complaint.Grade) is { } within)
        {
            var report = new ResultReport { Id = Ids.New(now), ComplaintId = id, Round = complaint.Round, DueAt = now.AddMinutes(within) };
            db.Set<ResultReport>().Add(report);
            jobs.Add(Upward.ResultJob, report.Id.ToString("N"), report.DueAt, new ResultWork(report.Id));
        }

        db.Set<Closing>().Add(new Closing
        {
            ComplaintId = id, Round = complaint.Round, Result = result, Lacking = lacking, Improvement = improvement, LeftMinutes = (int)Math.Round(left.TotalMinutes), By = Staff, At = now,
        });
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.settled", [complaint.Number], result, ComplaintsDesk.Href(id), now);
        audit.Add("complaints.settle", "complaints.complaint", id);
        await events.PublishAsync(new ComplaintSettled(id, complaint.CustomerId), cancel);
    }

    /// <summary>Sorts the case into the shop's kinds and causes; null leaves as it is.</summary>
    public async Task SortAsync(Complaint complaint, string? category, string? reason, CancellationToken cancel = default)
    {
        var rules = await HandlingRules.ReadAsync(db, cancel);
        if (!string.IsNullOrEmpty(category) && !rules.Has("category", category)) throw new Refused("complaints.category-unknown") { Field = "Close.Category" };
        if (!string.IsNullOrEmpty(reason) && !rules.Has("reason", reason)) throw new Refused("complaints.reason-unknown") { Field = "Close.Reason" };
        if (category is not null) complaint.Category = category;
        if (reason is not null) complaint.Reason = reason;
    }

    /// <summary>The solution clock rests, with the reason, until a day at the latest.</summary>
    public async Task PauseAsync(Guid id, string? reason, string? note, DateTime? until, CancellationToken cancel = default) =>
        await pausing.RestAsync(await TakeAsync(id, cancel), reason, note, until, cancel);

    /// <summary>It goes on.</summary>
    public async Task GoOnAsync(Guid id, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        if (complaint.PausedAt is null) throw new Refused("complaints.pause.not");
        await pausing.GoOnAsync(complaint, PauseEnd.Hand, cancel);
    }

    /// <summary>The case goes on in another of the same customer (F13); its words stay where they are and stand in the other too.</summary>
    public async Task MergeAsync(Guid id, Guid into, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        var other = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == into, cancel) ?? throw new Refused("complaints.merge.other") { Field = "Merge.Into" };
        if (await db.Set<Complaint>().AnyAsync(c => c.MergedInto == id, cancel)) throw new Refused("complaints.merge.holds") { Field = "Merge.Into" };
        if (complaint.IsOpen) await pausing.GoOnAsync(complaint, PauseEnd.Merged, cancel);
        complaint.MergeInto(other);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.merged", [complaint.Number, other.Number], "", ComplaintsDesk.Href(id));
        audit.Add("complaints.merge", "complaints.complaint", id, into.ToString());
    }

    /// <summary>
    /// The split is taken back: the case goes on in the one it was split from. Only while nothing has come of it; what was answered,
    /// promised or said in it is its own, and such a case is merged instead. Taken back itself like a merge.
    /// </summary>
    public async Task UnsplitAsync(Guid id, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        if (complaint.SplitFrom is not { } from) throw new Refused("complaints.split.not");
        var whole = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == from, cancel) ?? throw new Refused("complaints.split.whole-gone");
        if (await db.Set<Complaint>().AnyAsync(c => c.CustomerId == complaint.CustomerId && (c.MergedInto == id || c.SplitFrom == id), cancel)) throw new Refused("complaints.split.holds");
        if (complaint is { IsOpen: true, FirstDoneAt: null } && await IsTouchedAsync(complaint, cancel)) throw new Refused("complaints.split.changed");
        complaint.Unsplit(whole, time.Now());
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.unsplit", [complaint.Number, whole.Number], "", ComplaintsDesk.Href(whole.Id));
        audit.Add("complaints.unsplit", "complaints.complaint", id, from.ToString());
    }

    // More hangs on it than the split itself left there: a person's word, the customer's, a step, a promise, money, a report.
    private async Task<bool> IsTouchedAsync(Complaint complaint, CancellationToken cancel)
    {
        var id = complaint.Id;
        return complaint.Handovers > 0 || complaint.PausedAt is not null || complaint.PausedMicros > 0 || await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).AnyAsync(c => c.Id == id && (
            db.Set<CaseMessage>().Any(r => r.ComplaintId == id && (r.By != null || r.Direction != Direction.Note))
            || db.Set<Addition>().Any(r => r.ComplaintId == id) || db.Set<Attachment>().Any(r => r.ComplaintId == id && (r.ByCustomer || r.Channel != ""))
            || db.Set<StepDone>().Any(r => r.ComplaintId == id) || db.Set<Promise>().Any(r => r.ComplaintId == id) || db.Set<Compensation>().Any(r => r.ComplaintId == id)
            || db.Set<EarlyReport>().Any(r => r.ComplaintId == id && r.At != null) || db.Set<Warning>().Any(r => r.ComplaintId == id) || db.Set<HelpCall>().Any(r => r.ComplaintId == id)
            || db.Set<Excluded>().Any(r => r.ComplaintId == id && r.At > complaint.At) || db.Set<CrisisMember>().Any(r => r.ComplaintId == id) || db.Set<Meeting>().Any(r => r.ComplaintId == id)
            || db.Set<Improvement>().Any(r => r.ComplaintId == id) || db.Set<Commendation>().Any(r => r.ComplaintId == id)), cancel);
    }

    /// <summary>The merge is taken back: two cases again, with the clocks they had.</summary>
    public async Task UnmergeAsync(Guid id, CancellationToken cancel = default)
    {
        var complaint = await TakeAsync(id, cancel);
        complaint.Unmerge();
        clocks.Schedule(complaint);
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.unmerged", [complaint.Number], "", ComplaintsDesk.Href(id));
        audit.Add("complaints.unmerge", "complaints.complaint", id);
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    private CaseMessage Say(Complaint complaint, Direction direction, string channel, string words)
    {
        var now = time.Now();
        var message = new CaseMessage { Id = Ids.New(now), ComplaintId = complaint.Id, Direction = direction, Channel = channel, Words = words, By = Staff, At = now };
        db.Set<CaseMessage>().Add(message);
        audit.Add("complaints.say", "complaints.complaint", complaint.Id, direction.ToString());
        return message;
    }

    private IEnumerable<string> StockPhrases() =>
        texts.All.Where(t => t.Key.StartsWith("complaints.stock-apology.", StringComparison.Ordinal)).SelectMany(t => t.Value);

    private string Moment(DateTime at) => at.Local(me.Zone).ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static string Checked(string? words, int most, string field, string missing = "complaints.write-it")
    {
        words = words?.Trim() ?? "";
        if (words.Length == 0) throw new Refused(missing) { Field = field };
        if (words.Length > most) throw new Refused("complaints.too-long", most) { Field = field };
        return words;
    }
}
