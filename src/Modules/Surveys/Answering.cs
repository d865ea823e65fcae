using System.Globalization;
using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Surveys;

/// <summary>What somebody opened: the survey, what is asked, and by which way.</summary>
public sealed record Opened
{
    public required Guid SurveyId { get; init; }
    public required string SurveyName { get; init; }
    public required bool Anonymous { get; init; }
    public required bool Closed { get; init; }
    public required Guid EditionId { get; init; }
    public required SurveyForm Form { get; init; }
    public Invitation? Invitation { get; init; }
    public Door? Door { get; init; }

    /// <summary>By an open door nobody knows who answers.</summary>
    public bool AsksForName => Invitation is null && Door is not null && !Anonymous;
}

/// <summary>
/// Takes answers down, from whatever door: kept step by step, finished once. The last step writes the values, the timeline, the loop and its
/// case together (E5).
/// </summary>
public sealed class Answering(Db db, CurrentUser me, TimeProvider time, ComplaintsDesk desk, CustomerDesk customers, Timeline timeline, Events events, Texts texts)
{
    /// <summary>A family or an office behind one address gets through; a machine does not.</summary>
    public const int PerAddress = 6, PerAddressDay = 40, PerDoorHour = 240;
    public static readonly TimeSpan AddressSpan = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan SourceLife = TimeSpan.FromDays(2);

    /// <summary>What is behind a link; null where nothing is open.</summary>
    public async Task<Opened?> OpenAsync(Guid subjectId, CancellationToken cancel = default)
    {
        var invitation = await db.Set<Invitation>().AsTracking().FirstOrDefaultAsync(i => i.Id == subjectId, cancel);
        var door = invitation is null ? await db.Set<Door>().FirstOrDefaultAsync(d => d.Id == subjectId && d.ClosedAt == null, cancel) : null;
        return (invitation?.SurveyId ?? door?.SurveyId) is { } survey ? await OpenAsync(survey, invitation, door, cancel) : null;
    }

    /// <summary>A survey as it is out now; for staff who type an answer.</summary>
    public async Task<Opened?> OpenAsync(Guid surveyId, Invitation? invitation, Door? door, CancellationToken cancel = default)
    {
        var survey = await db.RememberAsync($"surveys.survey.{surveyId:N}", [typeof(Survey)], async () => await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? new Survey { Name = "" });
        if (survey.EditionId is not { } edition) return null;
        // Whoever has begun an edition ends it, whatever was published since.
        var begun = invitation is null ? null : await db.Set<SurveyAnswer>().Where(a => a.InvitationId == invitation.Id).Select(a => (Guid?)a.EditionId).FirstOrDefaultAsync(cancel);
        return new Opened
        {
            SurveyId = survey.Id, SurveyName = survey.Name, Anonymous = survey.Anonymous, Closed = survey.State != SurveyState.Open || invitation?.State == InvitationState.Stopped, EditionId = begun ?? edition, Form = await FormAsync(begun ?? edition, cancel), Invitation = invitation, Door = door,
        };
    }

    /// <summary>The form of an edition; it never changes.</summary>
    public Task<SurveyForm> FormAsync(Guid editionId, CancellationToken cancel = default) =>
        db.RememberAsync($"surveys.form.{editionId:N}", [typeof(SurveyEdition)], async () => SurveyForm.Read(await db.Set<SurveyEdition>().Where(e => e.Id == editionId).Select(e => e.Content).FirstAsync(cancel)));

    /// <summary>The answer begun by this invitation, or of this id; tracked. Null: nothing yet.</summary>
    public async Task<SurveyAnswer?> FindAsync(Opened opened, Guid id, CancellationToken cancel = default)
    {
        var answers = db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).AsTracking();
        return opened.Invitation is { } invitation ? await answers.FirstOrDefaultAsync(a => a.InvitationId == invitation.Id, cancel)
            : await answers.FirstOrDefaultAsync(a => a.Id == id && a.SurveyId == opened.SurveyId, cancel);
    }

    /// <summary>A new answer, begun now.</summary>
    public SurveyAnswer Begin(Opened opened, Guid id, string source, string? channel = null, Guid? customerId = null, Guid? storeId = null, Guid? staffId = null)
    {
        if (opened.Closed) throw new Refused("surveys.not-open");
        var (invitation, door) = (opened.Invitation, opened.Door);
        var answer = new SurveyAnswer
        {
            Id = id, SurveyId = opened.SurveyId, EditionId = opened.EditionId, InvitationId = invitation?.Id, DoorId = door?.Id, CustomerId = opened.Anonymous ? null : invitation?.CustomerId ?? customerId,
            StoreId = invitation?.StoreId ?? door?.StoreId ?? storeId, StaffId = invitation?.StaffId ?? door?.StaffId ?? staffId, SubjectId = invitation?.SubjectId ?? Guid.Empty, Product = invitation?.Product ?? "",
            Channel = channel ?? (invitation is not null ? "message" : door?.Channel ?? "phone"), Source = opened.Anonymous ? "" : source, Seed = SurveyAnswer.SeedOf(id), BegunAt = time.Now(), AgainOf = invitation?.AgainOf,
            TypedBy = me.StaffId == Guid.Empty ? null : me.StaffId,
        };
        db.Set<SurveyAnswer>().Add(answer);
        return answer;
    }

    /// <summary>Holds floods off an open door: so many from one address, so many through one door.</summary>
    public async Task HoldOffAsync(Door door, string source, CancellationToken cancel = default)
    {
        var now = time.Now();
        var (span, day, hour) = (now - AddressSpan, now.AddDays(-1), now.AddHours(-1));
        var answers = db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]);
        if (door.Kind != DoorKind.Tablet && source.Length > 0)
        {
            var from = await answers.Where(a => a.Source == source && a.DoorId == door.Id && a.BegunAt > day).Select(a => a.BegunAt).ToListAsync(cancel);
            if (from.Count >= PerAddressDay || from.Count(at => at > span) >= PerAddress) throw new Refused("surveys.fill.flood");
        }

        if (await answers.CountAsync(a => a.DoorId == door.Id && a.BegunAt > hour, cancel) >= PerDoorHour) throw new Refused("surveys.fill.flood");
        await answers.Where(a => a.BegunAt < now - SourceLife && a.Source != "" && a.DoorId == door.Id).ExecuteUpdateAsync(s => s.SetProperty(a => a.Source, ""), cancel);
    }

    /// <summary>The answer is whole: its values, the invitation, the timeline, the loop and its case, in this transaction.</summary>
    /// <returns>True: it opened a loop.</returns>
    public async Task<bool> FinishAsync(SurveyAnswer answer, Opened opened, Typed typed, string language, CancellationToken cancel = default)
    {
        var now = time.Now();
        var values = answer.Finish(new SurveyRun(opened.Form, answer.Seed), typed, language, now);
        foreach (var value in values) db.Set<SurveyValue>().Add(value);
        opened.Invitation?.Answered(now);
        var rules = await db.RememberAsync($"surveys.rules.{answer.SurveyId:N}", [typeof(LoopRule)], () => db.Set<LoopRule>().Where(r => r.SurveyId == answer.SurveyId && r.Active).OrderBy(r => r.Id).ToListAsync(cancel));
        var rule = opened.Anonymous ? null : rules.Find(r => r.Fits(values));
        if (answer.CustomerId is null && opened.AsksForName && typed.One(SurveyRun.Phone) is { Length: > 0 } phone) answer.CustomerId = await CustomerAsync(phone, typed.One(SurveyRun.Name), answer.StoreId, rule is not null, cancel);
        if (answer.CustomerId is { } customer)
        {
            // Neither score nor words: whoever served the customer reads this too.
            timeline.Add(customer, TimelineKind.Satisfaction, "surveys.timeline.answered", [opened.SurveyName], "", $"/surveys/answers/{answer.Id}", now);
        }

        if (answer.AgainOf is { } before) await ReplaceAsync(before, answer.Id, cancel);
        if (rule is not null) await LoopAsync(rule, answer, opened, now, cancel);
        await events.PublishAsync(new SurveyAnswered(answer.Id, answer.SurveyId, answer.CustomerId, answer.Overall, answer.Content), cancel);
        return rule is not null;
    }

    private async Task LoopAsync(LoopRule rule, SurveyAnswer answer, Opened opened, DateTime now, CancellationToken cancel)
    {
        Guid? complaint = null;
        if (answer.CustomerId is { } customer)
        {
            var said = string.Join("\n", new[] { answer.Words, answer.OneThing }.Where(w => w.Length > 0));
            complaint = await desk.TakeDownAsync(new OpenComplaint(customer, answer.StoreId, said.Length > 0 ? said : texts["surveys.loop.no-words", opened.SurveyName], answer.OneThing, "survey", "answer:" + answer.Id, null)
            {
                Title = Cut(texts["surveys.loop.title", opened.SurveyName]), Product = answer.Product, SendReceipt = false, Excluded = answer.StaffId is { } staff ? [staff] : [],
            }, cancel);
        }

        db.Set<SurveyLoop>().Add(new SurveyLoop { Id = Ids.New(now), SurveyId = answer.SurveyId, RuleId = rule.Id, AnswerId = answer.Id, ComplaintId = complaint, CustomerId = answer.CustomerId, StoreId = answer.StoreId, StaffId = answer.StaffId, SubjectId = complaint ?? answer.SubjectId, At = now });
    }

    private async Task ReplaceAsync(Guid before, Guid by, CancellationToken cancel)
    {
        var first = await db.Set<SurveyAnswer>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).AsTracking().FirstOrDefaultAsync(a => a.Id == before, cancel);
        first?.Replaced(by);
        var loop = await db.Set<SurveyLoop>().IgnoreQueryFilters([Db.ScopeFilter, SurveyAnswer.AboutMe, ShutOut.Filter]).AsTracking().FirstOrDefaultAsync(l => l.AnswerId == before, cancel);
        loop?.AskedAgain(by);
    }

    // Somebody left a number: their file; where there is none, one is opened only if somebody has to call.
    private async Task<Guid?> CustomerAsync(string typed, string name, Guid? storeId, bool open, CancellationToken cancel)
    {
        var phone = Phone.Read(typed);
        if (phone.WrongKey is { } wrong) throw new Refused(wrong, phone.Args) { Field = SurveyRun.Phone };
        var matches = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Phone == phone.Digits).OrderBy(c => c.Id).Take(10).Select(c => new { c.Id, c.Name, c.StoreId }).ToListAsync(cancel);
        var tidy = CustomerDesk.Tidy(name);
        if ((matches.Find(c => string.Equals(c.Name, tidy, StringComparison.OrdinalIgnoreCase)) ?? matches.Find(c => c.StoreId == storeId) ?? matches.FirstOrDefault()) is { } found) return found.Id;
        if (!open) return null;
        if (tidy.Length == 0) throw new Refused("surveys.fill.name-needed") { Field = SurveyRun.Name };
        var id = await customers.OpenAsync(new OpenCustomer { Name = tidy, Phone = phone.Digits, Source = CustomerSource.Survey, StoreId = storeId, ConsentHow = "link" }, cancel);
        await db.SaveChangesAsync(cancel);
        return id;
    }

    /// <summary>What texts may name: where, what, when, who.</summary>
    public async Task<IReadOnlyDictionary<string, string>> KnownAsync(Opened opened, CultureInfo culture, CancellationToken cancel = default)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var store = opened.Invitation?.StoreId ?? opened.Door?.StoreId;
        if (store is { } s) known["store"] = await db.Set<Store>().Where(r => r.Id == s).Select(r => r.Name).FirstOrDefaultAsync(cancel) ?? "";
        if ((opened.Invitation?.StaffId ?? opened.Door?.StaffId) is { } person) known["staff"] = await db.Set<Member>().Where(m => m.Id == person).Select(m => m.Name).FirstOrDefaultAsync(cancel) ?? "";
        if (opened.Invitation is { } invitation)
        {
            known["product"] = invitation.Product;
            if (invitation.HappenedOn is { } day) known["date"] = texts.In(culture.Name, "surveys.fill.day", day.Month, day.Day);
        }

        return known;
    }

    private static string Cut(string text) => text.Length <= 30 ? text : text[..29] + "…";
}
