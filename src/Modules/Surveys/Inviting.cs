using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>
/// Hears what happened elsewhere and writes due work for the programmes that wait for it; nothing is drawn or sent in the transaction of the event.
/// </summary>
public sealed class HearEvents(Db db, Jobs jobs, TimeProvider time, Messenger messenger) : IHandle<SalesRecorded>, IHandle<ComplaintEnded>, IHandle<RatingRecorded>, IHandle<StoreVisited>, IHandle<StoreVisitWithdrawn>
{
    public Task HandleAsync(SalesRecorded happened, CancellationToken cancel) => AddAsync(ProgrammeEvent.Sale, happened.BatchId, cancel);

    public async Task HandleAsync(ComplaintEnded happened, CancellationToken cancel)
    {
        await AddAsync(ProgrammeEvent.ComplaintEnded, happened.Id, cancel);
        // The loop is closed; its customer is asked again (E5).
        var loop = await db.Set<SurveyLoop>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).AsTracking().FirstOrDefaultAsync(l => l.ComplaintId == happened.Id, cancel);
        if (loop is null) return;
        loop.End(time.Now());
        var days = await db.Set<LoopRule>().Where(r => r.Id == loop.RuleId).Select(r => r.AgainDays).FirstOrDefaultAsync(cancel);
        if (days > 0) await jobs.SetAsync(AskAgain.JobKind, loop.Id.ToString("N"), time.Now().AddDays(days), new AskAgain.Work(loop.Id), cancel);
    }

    public async Task HandleAsync(RatingRecorded happened, CancellationToken cancel) => await AddAsync(ProgrammeEvent.FollowUp, happened.Id, cancel);

    public Task HandleAsync(StoreVisited happened, CancellationToken cancel) => AddAsync(happened.Kind == StoreVisitKind.Repair ? ProgrammeEvent.Repair : ProgrammeEvent.Hall, happened.Id, cancel);

    /// <summary>Nobody is asked about a visit that never was: what is not answered yet counts nowhere, nobody rests because of it, and a message that still waits does not go.</summary>
    public async Task HandleAsync(StoreVisitWithdrawn happened, CancellationToken cancel)
    {
        var open = await db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).AsTracking()
            .Where(i => i.CustomerId == happened.CustomerId && i.SubjectId == happened.Id && (i.State == InvitationState.Waiting || i.State == InvitationState.Sent)).ToListAsync(cancel);
        foreach (var invitation in open) invitation.Stopped();
        await db.SaveChangesAsync(cancel);
        if (open.Count > 0) await messenger.RecallAsync([.. open.Select(i => i.Id)], "surveys.why-not.visit-withdrawn", cancel);
    }

    private async Task AddAsync(ProgrammeEvent what, Guid id, CancellationToken cancel)
    {
        var waiting = await db.RememberAsync("surveys.programmes", [typeof(Programme), typeof(Survey)], () => db.Set<Programme>().Where(p => p.Active).ToListAsync(cancel));
        if (waiting.Exists(p => p.Event == what)) jobs.Add(Sample.JobKind, $"{what}:{id:N}", time.Now(), new Sample.Work(what, id));
    }
}

/// <summary>Makes invitations and sends them (E3).</summary>
public sealed class Inviting(Db db, CurrentUser me, Jobs jobs, TimeProvider time, Messenger messenger, Huitou.Messages.Public.Templates templates, Texts texts)
{
    /// <summary>What is older than this when it is written down is history; nobody is asked about it.</summary>
    public const int FreshDays = 14;
    /// <summary>Why the customer is written to.</summary>
    public const string Purpose = "surveys.purpose.survey";

    /// <summary>Invitations go out in the morning.</summary>
    private const int Hour = 10;

    /// <summary>Somebody something happened to.</summary>
    public sealed record Candidate(Guid CustomerId, Guid? StoreId, Guid? StaffId, Guid SubjectId, string Kind, string Product, DateOnly On);

    /// <summary>Draws from the candidates by the programme's measures. Returns how many are invited.</summary>
    public async Task<int> DrawAsync(Programme programme, IReadOnlyList<Candidate> candidates, CancellationToken cancel = default)
    {
        var now = time.Now();
        var today = time.Today(me.Zone);
        var drawn = candidates.Where(c => programme.StoreId is null || c.StoreId == programme.StoreId).Where(c => c.On >= today.AddDays(-FreshDays - programme.DelayDays) && programme.Draws(c.CustomerId, c.SubjectId)).DistinctBy(c => c.CustomerId).ToList();
        if (drawn.Count == 0) return 0;
        // One draw after the other: rest and quota are over all that were asked. SQLite has one writer.
        if (db.Engine.IsPostgres) await db.Database.ExecuteSqlRawAsync("select 1 from surveys_programme where company_id = {0} order by id for update", [db.CompanyId], cancel);
        var ids = drawn.Select(c => c.CustomerId).ToArray();
        var rested = now.AddDays(-programme.RestDays);
        var resting = (await All.Where(i => EF.Parameter(ids).Contains(i.CustomerId) && ((i.At > rested && i.State != InvitationState.Stopped) || i.State == InvitationState.Declined)).Select(i => i.CustomerId).ToListAsync(cancel)).ToHashSet();
        var month = new DateOnly(today.Year, today.Month, 1).ToDateTime(TimeOnly.MinValue).Utc(me.Zone);
        var used = programme.Quota > 0 ? await All.CountAsync(i => i.ProgrammeId == programme.Id && i.At >= month && i.State != InvitationState.Stopped, cancel) : 0;
        var count = 0;
        foreach (var c in drawn)
        {
            if (resting.Contains(c.CustomerId)) continue;
            if (programme.Quota > 0 && used + count >= programme.Quota) break;
            var send = c.On.AddDays(programme.DelayDays).ToDateTime(new TimeOnly(Hour, 0)).Utc(me.Zone);
            if (send < now) send = now;
            Add(new Invitation
            {
                Id = Ids.New(now), SurveyId = programme.SurveyId, ProgrammeId = programme.Id, CustomerId = c.CustomerId, StoreId = c.StoreId, StaffId = c.StaffId, SubjectId = c.SubjectId, SubjectKind = c.Kind,
                Product = c.Product.Head(Invitation.ProductMax), HappenedOn = c.On, At = now, SendAt = send, ExpiresAt = send.AddDays(programme.ExpireDays),
            });
            count++;
        }

        return count;
    }

    /// <summary>Invites one customer by hand, or again.</summary>
    public Invitation Invite(Guid surveyId, Guid customerId, Guid? storeId, Guid? staffId, Guid? againOf = null, string product = "", string channel = "message")
    {
        var now = time.Now();
        return Add(new Invitation { Id = Ids.New(now), SurveyId = surveyId, CustomerId = customerId, StoreId = storeId, StaffId = staffId, SubjectId = Guid.Empty, SubjectKind = againOf is null ? "hand" : "again", AgainOf = againOf, Product = product, Channel = channel, At = now, SendAt = now, ExpiresAt = now.AddDays(14) });
    }

    private Invitation Add(Invitation invitation)
    {
        db.Set<Invitation>().Add(invitation);
        if (invitation.Channel == "message") jobs.Add(SendInvitation.JobKind, invitation.Id.ToString("N"), invitation.SendAt, new SendInvitation.Work(invitation.Id));
        return invitation;
    }

    /// <summary>Writes to the customer; the contact door has the last word. True when it was handed over.</summary>
    public async Task<bool> SendAsync(Invitation invitation, bool reminder, CancellationToken cancel = default)
    {
        var now = time.Now();
        var customer = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == invitation.CustomerId).Select(c => new { c.Phone, c.Email, c.DoNotContactSince }).FirstOrDefaultAsync(cancel);
        // In the language the customer last answered in; who never did is written to in the shop's.
        var language = await db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).Where(a => a.CustomerId == invitation.CustomerId && a.State == AnswerState.Finished && a.TypedBy == null)
            .OrderByDescending(a => a.FinishedAt).Select(a => a.Language).FirstOrDefaultAsync(cancel) ?? Texts.Languages[0];
        var survey = await db.Set<Survey>().Where(s => s.Id == invitation.SurveyId).Select(s => new { s.Name, s.State }).FirstAsync(cancel);
        var declined = await All.AnyAsync(i => i.CustomerId == invitation.CustomerId && i.State == InvitationState.Declined, cancel);
        if (customer is null || customer.DoNotContactSince is not null || declined || survey.State != SurveyState.Open)
        {
            invitation.Stopped();
            return false;
        }

        var token = Link.Create(db, SurveyDesk.LinkKind, invitation.Id, now, invitation.ExpiresAt > now ? invitation.ExpiresAt - now : TimeSpan.FromDays(1));
        var kind = invitation.AgainOf is not null ? "again" : reminder ? "remind" : invitation.SubjectKind is "sale" or "complaint" or "followup" or "repair" or "hall" or "year" ? invitation.SubjectKind : "hand";
        var more = new Dictionary<string, string> { ["what"] = invitation.Product.Length > 0 ? invitation.Product : texts.In(language, "surveys.invite.thing"), ["link"] = "/s/" + token };
        var said = await templates.RenderAsync("survey-" + kind, invitation.CustomerId, more, language, cancel);
        messenger.Send(new Outgoing(invitation.CustomerId, customer.Phone, said.Subject, said.Body, Purpose, invitation.Id, $"survey:{(reminder ? "again" : "first")}:{invitation.Id:N}", invitation.StoreId, null, customer.Email) { Purpose = said.Purpose, Made = said });
        if (reminder) invitation.Reminded(now);
        else invitation.Sent(now);
        return true;
    }

    private IQueryable<Invitation> All => db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]);
}

/// <summary>The contact door held a message back: who was not written to counts neither as asked nor as told, and does not rest because of it.</summary>
public sealed class NotSent(Db db, MessageRows messages) : IHandle<ContactStopped>
{
    public async Task HandleAsync(ContactStopped happened, CancellationToken cancel)
    {
        if (happened.WhatKey is not (Inviting.Purpose or TellHeard.Purpose) || !Guid.TryParse(happened.Href.Split('/')[^1], out var id)) return;
        var reason = await messages.All.Where(m => m.Id == id).Select(m => m.ReasonId).FirstOrDefaultAsync(cancel);
        if (reason is null) return;
        if (happened.WhatKey == TellHeard.Purpose)
        {
            (await db.Set<Heard>().AsTracking().FirstOrDefaultAsync(h => h.Id == reason, cancel))?.Count(-1);
            return;
        }

        // A reminder held back leaves the first message sent.
        var invitation = await db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).AsTracking().FirstOrDefaultAsync(i => i.Id == reason && i.State == InvitationState.Sent, cancel);
        if (invitation is not null && !await messages.All.AnyAsync(m => m.ReasonId == reason && m.Id != id && m.State != MessageState.Stopped, cancel)) invitation.Stopped();
    }
}

/// <summary>Draws the sample of one event.</summary>
public sealed class Sample(Db db, Inviting inviting, ComplaintRows complaints) : IJob
{
    public const string JobKind = "surveys.sample";

    public sealed record Work(ProgrammeEvent Event, Guid Id);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<Work>();
        var programmes = await (from p in db.Set<Programme>() join s in db.Set<Survey>() on p.SurveyId equals s.Id where p.Active && p.Event == work.Event && s.State == SurveyState.Open select p).ToListAsync(cancel);
        if (programmes.Count == 0) return;
        var candidates = work.Event switch
        {
            ProgrammeEvent.Sale => await SalesAsync(work.Id, cancel),
            ProgrammeEvent.ComplaintEnded => await ComplaintsAsync(work.Id, cancel),
            ProgrammeEvent.FollowUp => await FollowUpsAsync(work.Id, cancel),
            ProgrammeEvent.Repair or ProgrammeEvent.Hall => await VisitsAsync(work.Id, cancel),
            _ => [],
        };
        foreach (var programme in programmes)
        {
            await inviting.DrawAsync(programme, candidates, cancel);
            await db.SaveChangesAsync(cancel); // the next programme sees who is resting now
        }
    }

    private async Task<List<Inviting.Candidate>> SalesAsync(Guid batch, CancellationToken cancel)
    {
        var sales = await db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.BatchId == batch && s.Kind == SaleKind.Sale && s.CustomerId != null)
            .Select(s => new { s.Id, s.CustomerId, s.StoreId, s.OwnerId, s.SoldOn, Product = db.Set<SaleLine>().Where(l => l.SaleId == s.Id).OrderByDescending(l => l.Amount).Select(l => db.Set<Product>().Where(p => p.Id == l.ProductId).Select(p => p.Name).FirstOrDefault()).FirstOrDefault() }).ToListAsync(cancel);
        return sales.ConvertAll(s => new Inviting.Candidate(s.CustomerId!.Value, s.StoreId, s.OwnerId, s.Id, "sale", s.Product ?? "", s.SoldOn));
    }

    private async Task<List<Inviting.Candidate>> ComplaintsAsync(Guid id, CancellationToken cancel)
    {
        // A case that came from an answer is asked about by its loop.
        var ended = await complaints.All.Where(c => c.Id == id && !c.Origin.StartsWith("answer:")).Select(c => new { c.CustomerId, c.StoreId, c.OwnerId, c.Title, c.At }).ToListAsync(cancel);
        return ended.ConvertAll(c => new Inviting.Candidate(c.CustomerId, c.StoreId, c.OwnerId, id, "complaint", c.Title, DateOnly.FromDateTime(db.Moment)));
    }

    private async Task<List<Inviting.Candidate>> VisitsAsync(Guid id, CancellationToken cancel)
    {
        var visits = await db.Set<StoreVisit>().IgnoreQueryFilters([ShutOut.Filter]).Where(v => v.Id == id && v.WithdrawnAt == null)
            .Select(v => new { v.CustomerId, v.StoreId, v.ServedBy, v.Kind, v.VisitedOn, Thing = db.Set<Device>().Where(d => d.Id == v.DeviceId).Select(d => d.Model).FirstOrDefault() }).ToListAsync(cancel);
        return visits.ConvertAll(v => new Inviting.Candidate(v.CustomerId, v.StoreId, v.ServedBy, id, v.Kind == StoreVisitKind.Repair ? "repair" : "hall", v.Thing ?? "", v.VisitedOn));
    }

    private async Task<List<Inviting.Candidate>> FollowUpsAsync(Guid id, CancellationToken cancel)
    {
        var rated = await db.Set<Rating>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(r => r.Id == id && r.About == Rating.FollowUp).Select(r => new { r.CustomerId, r.StoreId, r.OwnerId, r.SubjectId, r.At }).ToListAsync(cancel);
        return rated.ConvertAll(r => new Inviting.Candidate(r.CustomerId, r.StoreId, r.OwnerId, r.SubjectId, "followup", "", DateOnly.FromDateTime(r.At)));
    }
}

/// <summary>
/// At least once a year everybody is asked in full (E3): each night the customers whose day it is, of every yearly programme; rest, quota and share
/// hold as for any other. A night that was missed is made up for within the days an event stays fresh.
/// </summary>
public sealed class YearlySample(Db db, CurrentUser me, Inviting inviting, TimeProvider time) : IJob
{
    public const string JobKind = "surveys.yearly";
    private const int Portion = 50;

    public string Kind => JobKind;
    public bool OwnTransactions => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var today = time.Today(me.Zone);
        var due = new Dictionary<Programme, List<Inviting.Candidate>>();
        await db.BeginAsync(toWrite: false, cancel);
        foreach (var programme in await (from p in db.Set<Programme>() join s in db.Set<Survey>() on p.SurveyId equals s.Id where p.Active && p.Event == ProgrammeEvent.Yearly && s.State == SurveyState.Open select p).ToListAsync(cancel)) due[programme] = [];
        if (due.Count > 0)
        {
            var days = Enumerable.Range(0, Inviting.FreshDays).Select(back => today.AddDays(-back)).DistinctBy(DayOf).ToDictionary(DayOf);
            await foreach (var c in db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.DoNotContactSince == null && c.Phone != "").Select(c => new { c.Id, c.StoreId, c.OwnerId }).AsAsyncEnumerable().WithCancellation(cancel))
            {
                foreach (var (programme, turn) in due)
                {
                    if (programme.StoreId is { } store && c.StoreId != store) continue;
                    if (days.TryGetValue(programme.DayOf(c.Id), out var day) && day >= DateOnly.FromDateTime(programme.At)) turn.Add(new(c.Id, c.StoreId, c.OwnerId, Year(day.Year), "year", "", today));
                }
            }
        }

        await db.EndAsync();
        foreach (var (programme, turn) in due)
        {
            foreach (var portion in turn.Chunk(Portion))
            {
                await run.KeepAsync(cancel);
                await db.BeginAsync(toWrite: true, cancel);
                // Once a year each: whose turn was taken in another night of these days is not drawn again.
                var ids = portion.Select(c => c.CustomerId).ToArray();
                var asked = (await db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).Where(i => i.ProgrammeId == programme.Id && EF.Parameter(ids).Contains(i.CustomerId)).Select(i => new { i.CustomerId, i.SubjectId }).ToListAsync(cancel)).Select(i => (i.CustomerId, i.SubjectId)).ToHashSet();
                await inviting.DrawAsync(programme, [.. portion.Where(c => !asked.Contains((c.CustomerId, c.SubjectId)))], cancel);
                await db.SaveAsync(cancel: cancel);
            }
        }
    }

    private static int DayOf(DateOnly day) => Math.Min(365, day.DayOfYear);

    /// <summary>What an invitation of a year is about: the year itself.</summary>
    private static Guid Year(int year) => new(year, 0, 0, new byte[8]);
}

/// <summary>An invitation's time has come; later its reminder's.</summary>
public sealed class SendInvitation(Db db, Inviting inviting, Jobs jobs, TimeProvider time) : IJob
{
    public const string JobKind = "surveys.invite";

    public sealed record Work(Guid InvitationId, bool Reminder = false);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<Work>();
        var invitation = await db.Set<Invitation>().IgnoreQueryFilters([Db.ScopeFilter, ShutOut.Filter]).AsTracking().FirstOrDefaultAsync(i => i.Id == work.InvitationId, cancel);
        if (invitation is null || !invitation.IsOpen(time.Now())) return;
        if (!await inviting.SendAsync(invitation, work.Reminder, cancel) || work.Reminder || invitation.ProgrammeId is not { } of) return;
        var days = await db.Set<Programme>().Where(p => p.Id == of).Select(p => p.RemindDays).FirstOrDefaultAsync(cancel);
        if (days > 0) jobs.Add(JobKind, invitation.Id.ToString("N") + ":again", time.Now().AddDays(days), new Work(invitation.Id, Reminder: true));
    }
}

/// <summary>After a loop the customer is asked again (E5).</summary>
public sealed class AskAgain(Db db, Inviting inviting) : IJob
{
    public const string JobKind = "surveys.again";

    public sealed record Work(Guid LoopId);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<Work>().LoopId;
        var loop = await db.Set<SurveyLoop>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).FirstOrDefaultAsync(l => l.Id == id, cancel);
        if (loop?.CustomerId is not { } customer || loop.AgainAnswerId is not null) return;
        var product = await db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).Where(a => a.Id == loop.AnswerId).Select(a => a.Product).FirstOrDefaultAsync(cancel) ?? "";
        inviting.Invite(loop.SurveyId, customer, loop.StoreId, loop.StaffId, loop.AnswerId, product);
    }
}
