using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>Where a customer's requests about their own data are taken down, answered and carried out (B14); page, machine door and the customer's link alike.</summary>
public sealed class RightsDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Terms terms, Audit audit, Timeline timeline, Jobs jobs, Erasure erasure, Messenger messenger, Texts texts)
{
    /// <summary>Kind of the link that opens a customer's own data page.</summary>
    public const string LinkKind = "data";

    private static readonly TimeSpan LinkLife = TimeSpan.FromDays(30);

    private Guid? By => me.StaffId == Guid.Empty ? null : me.StaffId;

    /// <summary>Takes a request down.</summary>
    /// <exception cref="Refused">Something is missing, or the same is open already.</exception>
    public async Task<RightsRequest> OpenAsync(Guid customerId, RightsKind kind, string asker, string identity, string words, CancellationToken cancel = default)
    {
        var file = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.Number, c.Name, c.StoreId, c.OwnerId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        (asker, words) = (asker.Trim(), words.Trim());
        if (asker.Length == 0) asker = file.Name;
        var wrong = new Wrongs();
        wrong.If(!Enum.IsDefined(kind), "In.Kind", "custody.rights.kind-needed");
        wrong.If(asker.Length > RightsRequest.AskerMax, "In.Asker", "custody.too-long", RightsRequest.AskerMax);
        wrong.If(words.Length > RightsRequest.WordsMax, "In.Words", "custody.too-long", RightsRequest.WordsMax);
        wrong.If(kind == RightsKind.Correct && words.Length == 0, "In.Words", "custody.rights.what-wrong");
        wrong.If(!RightsRequest.Identities.Contains(identity), "In.Identity", "custody.rights.identity-needed");
        wrong.Stop();
        if (await db.Set<RightsRequest>().AnyAsync(r => r.FileId == customerId && r.Kind == kind && (r.State == RightsState.Open || r.State == RightsState.Queued), cancel)) throw new Refused("custody.rights.same-open");

        var now = time.Now();
        var request = new RightsRequest
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, RightsRequest.Series, time.Today(me.Zone).Year, cancel), FileId = customerId, FileNumber = file.Number, StoreId = file.StoreId, OwnerId = file.OwnerId,
            Kind = kind, Asker = asker, Identity = identity, Words = words, AskedAt = now, DueOn = await terms.DueAsync("rights", file.StoreId, cancel), ByLink = identity == "link", TakenBy = By,
        };
        db.Set<RightsRequest>().Add(request);
        timeline.Add(customerId, TimelineKind.File, "custody.timeline.rights." + kind, [request.Number], "", $"/custody/rights/{request.Id}");
        audit.Add("custody.rights", "custody.rights-request", request.Id, $"{kind} {identity}");
        // Consent is taken back as easily as it was given (PIPL, article 15): nobody decides about it.
        if (kind is RightsKind.Withdraw) await GrantAsync(request, "", cancel);
        return request;
    }

    /// <summary>Grants it: what can be done at once is done; an erasure waits until nothing stands against it.</summary>
    public async Task GrantAsync(RightsRequest request, string answer, CancellationToken cancel = default)
    {
        request.Grant(answer, By, time.Now());
        if (request.Kind == RightsKind.Withdraw) await WithdrawAsync(request.FileId, cancel);
        if (request.Kind == RightsKind.Erase) jobs.Add(EraseJob.Name, request.Id.ToString("N"), time.Now(), new EraseJob.Work(request.Id));
        audit.Add("custody.rights-grant", "custody.rights-request", request.Id, request.Kind.ToString());
    }

    /// <summary>Refuses it, with a reason that the customer reads.</summary>
    public void Refuse(RightsRequest request, string reason)
    {
        request.Refuse(reason, By, time.Now());
        audit.Add("custody.rights-refuse", "custody.rights-request", request.Id, request.Kind.ToString());
    }

    /// <summary>Takes every consent back; nobody writes or calls for these purposes any more.</summary>
    public async Task WithdrawAsync(Guid customerId, CancellationToken cancel = default)
    {
        await db.SaveChangesAsync(cancel);
        await new ConsentBook(db).WithdrawAllAsync(customerId, By, time.Now(), cancel);
        timeline.Add(customerId, TimelineKind.File, "custody.timeline.withdrawn");
        audit.Add("custody.withdraw", "customers.customer", customerId);
    }

    /// <summary>Sends the customer the link to their own data page. The token is given once and only its hash is kept.</summary>
    public async Task<string> SendLinkAsync(Guid customerId, CancellationToken cancel = default)
    {
        var file = await db.Set<Customer>().Where(c => c.Id == customerId).Select(c => new { c.Phone, c.Email, c.StoreId }).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        var now = time.Now();
        var token = Link.Create(db, LinkKind, customerId, now, LinkLife);
        messenger.Send(new Outgoing(customerId, file.Phone, texts.In("zh-CN", "custody.rights.link-subject"), texts.In("zh-CN", "custody.rights.link-body", "/d/" + token), "custody.purpose.rights", null, "rights:" + Ids.New().ToString("N"), file.StoreId, Mail: file.Email) { Purpose = ContactPurpose.Answer });
        audit.Add("custody.rights-link", "customers.customer", customerId);
        return token;
    }

    /// <summary>What stands against an erasure.</summary>
    public Task<IReadOnlyList<(string TextKey, int Count, string Href)>> WhyNotAsync(Guid customerId, CancellationToken cancel = default) => erasure.WhyNotAsync(customerId, cancel);
}

/// <summary>Carries out a granted erasure as soon as nothing stands against it; looks again every night (see <see cref="RightsNight"/>).</summary>
internal sealed class EraseJob(Db db, Erasure erasure, TimeProvider time) : IJob
{
    public const string Name = "custody.erase";

    /// <param name="RequestId">Which request.</param>
    public sealed record Work(Guid RequestId);

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var id = run.Due.Read<Work>().RequestId;
        var request = await db.Set<RightsRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == id && r.State == RightsState.Queued && r.Kind == RightsKind.Erase, cancel);
        if (request is null || (await erasure.WhyNotAsync(request.FileId, cancel)).Count > 0) return;
        request.Finish(time.Now());
        await erasure.EraseAsync([request.FileId], cancel);
    }
}

/// <summary>Each night: granted erasures that were held are tried again.</summary>
public sealed class RightsNight(Db db, Jobs jobs, TimeProvider time, SeedKeeping seed) : IJob
{
    public const string Name = "custody.rights-night";

    public string Kind => Name;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        await seed.EnsureAsync(cancel); // a company from before this module
        foreach (var id in await db.Set<RightsRequest>().Where(r => r.State == RightsState.Queued).Select(r => r.Id).ToListAsync(cancel)) await jobs.SetAsync(EraseJob.Name, id.ToString("N"), time.Now(), new EraseJob.Work(id), cancel);
    }
}

/// <summary>Of an erased customer the registers keep numbers, dates and decisions, no words.</summary>
internal sealed class Forgetting(Db db, Huitou.Approvals.Public.ApprovalWords approvals, Huitou.Files.Public.FileStore files) : IHandle<PersonsErased>
{
    public async Task HandleAsync(PersonsErased happened, CancellationToken cancel)
    {
        var ids = happened.PersonIds;
        await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && ids.Contains(l.SubjectId)).ExecuteDeleteAsync(cancel);
        var seals = db.Set<Seal>().Where(x => ids.Contains(x.FileId));
        await files.RemoveAsync(await seals.Where(x => x.ScanId != null).Select(x => x.ScanId!.Value).ToListAsync(cancel), cancel);
        await db.Set<SealOpening>().Where(o => seals.Any(x => x.Id == o.SealId)).ExecuteUpdateAsync(s => s.SetProperty(o => o.Reason, ""), cancel);
        await seals.ExecuteUpdateAsync(s => s.SetProperty(x => x.ScanId, (Guid?)null), cancel);
        await db.Set<LeakStep>().Where(x => db.Set<Leak>().Any(l => l.Id == x.LeakId && l.FileId != null && ids.Contains(l.FileId.Value))).ExecuteUpdateAsync(s => s.SetProperty(x => x.Words, ""), cancel);
        // Every table of this module that hangs on a file, also those that come to be later: its words go, its keys and numbers stay.
        foreach (var entity in db.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == typeof(RightsRequest).Assembly))
        {
            var file = entity.FindProperty("FileId") ?? entity.FindProperty("CustomerId");
            if (file is null || file.IsNullable)
            {
                await ForgetWordsAsync(entity, happened, cancel);
                if (file is null) continue;
            }

            var texts = entity.GetProperties().Where(p => p.ClrType == typeof(string) && !Kept.Contains(p.Name)).Select(p => p.GetColumnName()).ToList();
            if (texts.Count == 0) continue;
            var sql = $"update {entity.GetTableName()} set {string.Join(", ", texts.Select(t => $"\"{t}\" = ''"))} where company_id = {{0}} and {file.GetColumnName()} = {{1}}";
            foreach (var id in ids) await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, id], cancel);
            if (entity.FindPrimaryKey()!.Properties.Any(p => p.Name == "Id"))
            {
                var of = $"select id as \"Value\" from {entity.GetTableName()} where company_id = {{0}} and {file.GetColumnName()} = {{1}}";
                foreach (var id in ids)
                {
                    var subjects = await db.Database.SqlQueryRaw<Guid>(of, db.CompanyId, id).ToListAsync(cancel);
                    await approvals.ForgetAsync(subjects, cancel);
                    await db.Set<Link>().Where(l => l.CompanyId == db.CompanyId && subjects.Contains(l.SubjectId)).ExecuteDeleteAsync(cancel);
                }
            }
        }
    }

    // What no id ties to the file may still name the person: the mark or name goes, the rest of the words stays.
    private async Task ForgetWordsAsync(Microsoft.EntityFrameworkCore.Metadata.IEntityType entity, PersonsErased happened, CancellationToken cancel)
    {
        foreach (var text in entity.GetProperties().Where(p => p.ClrType == typeof(string) && !Kept.Contains(p.Name)).Select(p => p.GetColumnName()))
        {
            var sql = $"update {entity.GetTableName()} set \"{text}\" = replace(\"{text}\", {{1}}, '—') where company_id = {{0}} and replace(\"{text}\", {{1}}, '—') <> \"{text}\"";
            foreach (var word in happened.Marks.Concat(happened.Names)) await db.Database.ExecuteSqlRawAsync(sql, [db.CompanyId, word], cancel);
        }
    }

    /// <summary>Words of ours: keys, numbers, states.</summary>
    private static readonly HashSet<string> Kept = ["Number", "FileNumber", "Identity", "Kind", "Key", "Purpose", "Way", "Method", "ClassKey", "State", "OutsiderPaper", "ChoiceTier", "How"];
}

/// <summary>What custody holds of a person: notices given, requests about their own data, who asked to see their file.</summary>
internal sealed class HeldCustody(Db db) : IHeldData
{
    public int Order => 80;

    public async Task<IReadOnlyList<HeldPart>> OfAsync(Guid personId, CancellationToken cancel)
    {
        var notices = await db.Set<Notice>().IgnoreQueryFilters([Db.ScopeFilter]).Where(n => n.CustomerId == personId).OrderBy(n => n.GivenAt).ToListAsync(cancel);
        var requests = await db.Set<RightsRequest>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.FileId == personId).OrderBy(r => r.AskedAt).ToListAsync(cancel);
        return
        [
            new("custody.notices", "custody.notice.title", [("number", "custody.number-column"), ("kind", "custody.notice.kind"), ("title", "custody.notice.name"), ("words", "custody.notice.words"), ("at", "custody.notice.given"), ("receiver", "custody.notice.receiver"), ("receivedAt", "custody.notice.receipt")],
                notices.ConvertAll(n => (IReadOnlyList<object?>)[n.Number, new HeldWord("custody.notice.kind." + n.Kind), n.Title, n.Words, n.GivenAt, n.Receiver, n.ReceivedAt])),
            new("custody.rights", "custody.rights.title", [("number", "custody.number-column"), ("kind", "custody.rights.kind"), ("asker", "custody.rights.asker"), ("words", "custody.rights.words"), ("at", "custody.rights.asked"), ("state", "custody.state"), ("answer", "custody.rights.answer")],
                requests.ConvertAll(r => (IReadOnlyList<object?>)[r.Number, new HeldWord("custody.rights.kind." + r.Kind), r.Asker, r.Words, r.AskedAt, new HeldWord("custody.rights.state." + r.State), r.Answer])),
        ];
    }
}
