using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Surveys;

/// <summary>
/// 您说的，我们改了 (E8): what customers said of one thing and what was changed. It hangs in the shop, stands on the last page of the survey, and
/// those who said it are told.
/// </summary>
public sealed class Heard : ICompanyOwned, IVersioned
{
    public const int SaidMax = 200;
    public const int DidMax = 300;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid SurveyId { get; init; }
    /// <summary>Null: everywhere.</summary>
    public Guid? StoreId { get; init; }
    /// <summary>Topic of the comments (E7) whose writers are told; empty: nobody is written to.</summary>
    public string Topic { get; init; } = "";
    public required string Said { get; init; }
    public required string Did { get; init; }
    public DateTime At { get; init; }
    public Guid? By { get; init; }
    /// <summary>Taken down from the shop.</summary>
    public DateTime? EndedAt { get; private set; }
    /// <summary>So many customers were written to.</summary>
    public int Told { get; private set; }
    public DateTime? TellingSince { get; private set; }
    public int Version { get; set; }

    /// <summary>Those who said it are told now; once.</summary>
    public void Tell(DateTime now)
    {
        if (Topic.Length == 0) throw new Refused("surveys.heard.nobody");
        if (TellingSince is not null) throw new Refused("surveys.heard.told-before");
        TellingSince = now;
    }

    public void Count(int more) => Told += more;

    public void End(DateTime now) => EndedAt ??= now;
}

/// <summary>The acts on what was heard: one transaction, the caller's.</summary>
public sealed class HeardDesk(Db db, CurrentUser me, TimeProvider time, Audit audit, Jobs jobs, SurveyWords words)
{
    /// <summary>So many stand on a page.</summary>
    public const int Shown = 3;

    /// <summary>Comments older than this are not answered any more.</summary>
    public const int Months = 6;

    public async Task<Heard> MakeAsync(Guid surveyId, string? said, string? did, string? topic, Guid? storeId, CancellationToken cancel = default)
    {
        var survey = await db.Set<Survey>().FirstOrDefaultAsync(s => s.Id == surveyId, cancel) ?? throw new NotThere();
        (said, did, topic) = (said?.Trim() ?? "", did?.Trim() ?? "", topic?.Trim() ?? "");
        if (said.Length == 0) throw new Refused("surveys.heard.said-needed") { Field = "In.Said" };
        if (did.Length == 0) throw new Refused("surveys.heard.did-needed") { Field = "In.Did" };
        if (said.Length > Heard.SaidMax) throw new Refused("surveys.rate.too-long", Heard.SaidMax, said.Length) { Field = "In.Said" };
        if (did.Length > Heard.DidMax) throw new Refused("surveys.rate.too-long", Heard.DidMax, did.Length) { Field = "In.Did" };
        if (topic.Length > 0 && !Language.Topics.Keys.Contains(topic)) throw new NotThere();
        if (storeId is { } store ? !Mine(store) || !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel) : !me.SeesAll) throw new Refused("surveys.door.store") { Field = "In.StoreId" };
        var heard = new Heard { Id = Ids.New(time.Now()), SurveyId = surveyId, StoreId = storeId, Topic = survey.Anonymous ? "" : topic, Said = said, Did = did, At = time.Now(), By = me.StaffId == Guid.Empty ? null : me.StaffId };
        db.Set<Heard>().Add(heard);
        audit.Add("surveys.heard", "surveys.survey", surveyId);
        return heard;
    }

    /// <summary>Writes to those who said it, portion by portion.</summary>
    public async Task TellAsync(Guid id, CancellationToken cancel = default)
    {
        var heard = await TakeAsync(id, cancel);
        heard.Tell(time.Now());
        jobs.Add(TellHeard.JobKind, id.ToString("N"), time.Now(), new TellHeard.Work(id));
        audit.Add("surveys.heard-tell", "surveys.survey", heard.SurveyId);
    }

    public async Task EndAsync(Guid id, CancellationToken cancel = default)
    {
        var heard = await TakeAsync(id, cancel);
        heard.End(time.Now());
        audit.Add("surveys.heard-end", "surveys.survey", heard.SurveyId);
    }

    /// <summary>Customers whose newest comment speaks of it; the one who asks sees those of their stores.</summary>
    public async Task<List<(Guid CustomerId, string Language, Guid? StoreId)>> WhoAsync(Heard heard, CancellationToken cancel = default)
    {
        if (heard.Topic.Length == 0) return [];
        var filter = new FigureFilter(heard.SurveyId, From: heard.At.AddMonths(-Months), To: heard.At.AddMilliseconds(1), StoreId: heard.StoreId);
        var ids = await words.FindAsync(filter, heard.Topic, null, cancel);
        var said = await db.Set<SurveyAnswer>().Where(a => EF.Parameter(ids).Contains(a.Id) && a.CustomerId != null).OrderByDescending(a => a.FinishedAt).Select(a => new { Customer = a.CustomerId!.Value, a.Language, a.StoreId }).ToListAsync(cancel);
        return [.. said.DistinctBy(a => a.Customer).Select(a => (a.Customer, a.Language, a.StoreId))];
    }

    /// <summary>What stands in a shop, newest first.</summary>
    public static IQueryable<Heard> Standing(Db db, Guid surveyId, Guid? storeId) =>
        db.Set<Heard>().Where(h => h.SurveyId == surveyId && h.EndedAt == null && (h.StoreId == null || h.StoreId == storeId)).OrderByDescending(h => h.At).ThenBy(h => h.Id);

    private async Task<Heard> TakeAsync(Guid id, CancellationToken cancel)
    {
        var heard = await db.Set<Heard>().AsTracking().FirstOrDefaultAsync(h => h.Id == id, cancel) ?? throw new NotThere();
        return heard.StoreId is { } store ? Mine(store) ? heard : throw new NotThere() : me.SeesAll ? heard : throw new NotThere();
    }

    private bool Mine(Guid store) => me.SeesAll || me.StoreIds.Contains(store);
}

/// <summary>Tells those who said it what became of it, in the language they answered in; each once, past the contact door.</summary>
public sealed class TellHeard(Db db, HeardDesk desk, Messenger messenger, MessageRows messages, Timeline timeline, Jobs jobs, Texts texts, TimeProvider time) : IJob
{
    public const string JobKind = "surveys.heard";

    /// <summary>Why the customer is written to.</summary>
    public const string Purpose = "surveys.purpose.heard";

    private const int Portion = 50;

    public sealed record Work(Guid HeardId, int From = 0);

    public string Kind => JobKind;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var work = run.Due.Read<Work>();
        var heard = await db.Set<Heard>().AsTracking().FirstOrDefaultAsync(h => h.Id == work.HeardId, cancel);
        if (heard is null) return;
        var before = (await messages.All.Where(m => m.ReasonId == heard.Id).Select(m => m.CustomerId).ToListAsync(cancel)).ToHashSet();
        var who = (await desk.WhoAsync(heard, cancel)).Where(w => !before.Contains(w.CustomerId)).ToList();
        var ids = who.ConvertAll(w => w.CustomerId).ToArray();
        var reached = await db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => EF.Parameter(ids).Contains(c.Id) && c.DoNotContactSince == null).Select(c => new { c.Id, c.Phone, c.Email }).ToDictionaryAsync(c => c.Id, cancel);
        // Who may not be written to stands in nobody's way: a portion is of those who are.
        var left = who.Where(w => reached.ContainsKey(w.CustomerId)).ToList();
        foreach (var (customer, language, store) in left.Take(Portion))
        {
            var to = reached[customer];
            messenger.Send(new Outgoing(customer, to.Phone, texts.In(language, "surveys.heard.subject"), texts.In(language, "surveys.heard.body", heard.Said, heard.Did), Purpose, heard.Id, $"heard:{heard.Id:N}:{customer:N}", store, heard.By, to.Email) { Purpose = ContactPurpose.FollowUp });
            timeline.Add(customer, TimelineKind.Contact, "surveys.timeline.told", [heard.Did], "", $"/surveys/{heard.SurveyId}/heard", time.Now());
            heard.Count(1);
        }

        if (left.Count > Portion) jobs.Add(JobKind, $"{heard.Id:N}:{work.From + Portion}", time.Now(), new Work(heard.Id, work.From + Portion));
    }
}

internal sealed class HeardMap : IEntityTypeConfiguration<Heard>
{
    public void Configure(EntityTypeBuilder<Heard> heard) => heard.ToTable("surveys_heard");
}
