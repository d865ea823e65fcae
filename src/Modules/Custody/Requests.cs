using System.Globalization;
using Huitou.Access.Public;
using Huitou.Approvals.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>A request as typed, on the page and at the machine door.</summary>
public sealed class RequestForm
{
    public string? Kind { get; set; }
    /// <summary>File number; empty where a choice of files is meant.</summary>
    public string? File { get; set; }
    public string? StoreId { get; set; }
    /// <summary>Silver, Gold, Diamond.</summary>
    public string? Tier { get; set; }
    public bool IsForm { get; set; }
    public string? What { get; set; }
    public string? Copies { get; set; }
    public string? Purpose { get; set; }
    public string? Reason { get; set; }
    /// <summary>Local day and time, <c>2026-11-24T18:00</c>.</summary>
    public string? Until { get; set; }
    public string? OutsiderName { get; set; }
    public string? OutsiderFrom { get; set; }
    public string? OutsiderPaper { get; set; }
    public string? OutsiderPaperNumber { get; set; }
    public string? Carrier { get; set; }
    public string? Measures { get; set; }
}

/// <summary>Asks for and grants what the authority table decides about files (B3, B5).</summary>
public sealed class Requests(Db db, CurrentUser me, TimeProvider time, Numbers numbers, ApprovalDesk desk, Finding finding, Audit audit, Texts texts) : IHandle<ApprovalDecided>
{
    public const string SubjectKind = "custody.request";
    public const string Series = "CY";

    /// <summary>A choice of files opens so many at most: who needs more asks for less at a time.</summary>
    public const int MostFiles = 500;

    /// <summary>Asks; who has the authority alone is granted at once, and it is written down all the same.</summary>
    public async Task<AccessRequest> AskAsync(RequestForm form, CancellationToken cancel)
    {
        var wrong = new Wrongs();
        wrong.If(!Enum.TryParse<RequestKind>(form.Kind, out var kind) || !Enum.IsDefined(kind) || kind == RequestKind.Export, "In.Kind", "custody.request.kind-unknown");
        wrong.If(!AccessRequest.Purposes.Contains(form.Purpose), "In.Purpose", "custody.request.purpose-unknown");
        var reason = Finding.Text(wrong, form.Reason, AccessRequest.ReasonMax, "In.Reason", "custody.request.reason-missing");
        var what = Finding.Text(wrong, form.What, AccessRequest.WhatMax, "In.What", "custody.request.what-missing", needed: kind != RequestKind.View);
        var (storeId, tier) = Choice(form, wrong);
        var isChoice = !string.IsNullOrEmpty(form.StoreId) || !string.IsNullOrEmpty(form.Tier);
        var file = isChoice ? null : await wrong.TryAsync(() => finding.ByNumberAsync(form.File, cancel));
        wrong.If(isChoice && !string.IsNullOrWhiteSpace(form.File), "In.File", "custody.request.file-or-choice");
        wrong.If(isChoice && kind != RequestKind.View, "In.Kind", "custody.request.choice-view");
        wrong.If(storeId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel), "In.StoreId", "access.store-unknown");

        var setting = await finding.SettingAsync(cancel);
        var now = time.Now();
        DateTime? until = null;
        if (kind == RequestKind.View)
        {
            if (DateTime.TryParseExact(form.Until, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) until = local.Utc(me.Zone);
            wrong.If(until is null, "In.Until", "custody.request.until-missing");
            wrong.If(until <= now || until > now.AddDays(setting.GrantDays), "In.Until", "custody.request.until-wrong", setting.GrantDays);
        }

        var copies = 0;
        wrong.If(kind != RequestKind.View && (!int.TryParse(form.Copies, NumberStyles.None, CultureInfo.InvariantCulture, out copies) || copies is < 1 or > AccessRequest.MostCopies), "In.Copies", "custody.copies-wrong", AccessRequest.MostCopies);
        var outsider = Finding.Text(wrong, form.OutsiderName, AccessRequest.NameMax, "In.OutsiderName", "custody.request.outsider-missing", needed: kind == RequestKind.GiveOut);
        var paper = "";
        if (outsider.Length > 0)
        {
            wrong.If(!AccessRequest.Papers.Contains(form.OutsiderPaper), "In.OutsiderPaper", "custody.request.paper-missing");
            paper = form.OutsiderPaper ?? "";
        }

        Guid? carrier = null;
        if (kind == RequestKind.Carry)
        {
            wrong.If(!Guid.TryParse(form.Carrier, out var who) || !await db.Set<Carrier>().AnyAsync(c => c.StaffId == who, cancel), "In.Carrier", "custody.request.carrier-missing");
            carrier = who;
        }

        wrong.If(kind == RequestKind.View && file is { } seen && outsider.Length == 0 && !form.IsForm && await db.Set<Customer>().AnyAsync(c => c.Id == seen.Id, cancel), "In.File", "custody.request.sees-already");
        var outsiderFrom = Finding.Text(wrong, form.OutsiderFrom, AccessRequest.NameMax, "In.OutsiderFrom", "custody.request.from-missing", outsider.Length > 0);
        var paperNumber = Finding.Text(wrong, form.OutsiderPaperNumber, AccessRequest.PaperMax, "In.OutsiderPaperNumber", "custody.request.paper-number-missing", outsider.Length > 0);
        var measures = Finding.Text(wrong, form.Measures, AccessRequest.WhatMax, "In.Measures", "custody.request.measures-missing", kind == RequestKind.Carry);
        wrong.Stop();
        var request = new AccessRequest
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Series, time.Today(me.Zone).Year, cancel), Kind = kind, FileId = file?.Id, FileNumber = file?.Number ?? "", ChoiceStoreId = storeId, ChoiceTier = tier,
            IsForm = form.IsForm, IsSecret = file?.IsSecret == true, What = what, Copies = copies, Purpose = form.Purpose!, Reason = reason, Until = until, StoreId = me.StoreId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId,
            OutsiderName = outsider, OutsiderFrom = outsiderFrom, OutsiderPaper = paper, OutsiderPaperNumber = paperNumber, CarrierId = carrier, Measures = measures, AskedAt = now,
        };
        db.Set<AccessRequest>().Add(request);
        await SubmitAsync(request, ActOf(request), cancel);
        return request;
    }

    /// <summary>What the table is asked: it hangs on the file and on who is to see it.</summary>
    public static string ActOf(AccessRequest request) => request.Kind switch
    {
        RequestKind.Copy => CustodyActs.Copy,
        RequestKind.GiveOut => CustodyActs.GiveOut,
        RequestKind.Carry => CustodyActs.Carry,
        RequestKind.Export => CustodyActs.Export,
        _ when request.IsForm && request.Purpose != "follow-up" => CustodyActs.ViewForm,
        _ when request.IsForOutsider => CustodyActs.ViewOutsider,
        _ when request.IsSecret => CustodyActs.ViewSecret,
        _ => CustodyActs.View,
    };

    /// <summary>The asker takes it back while nobody has decided.</summary>
    public async Task WithdrawAsync(Guid id, CancellationToken cancel)
    {
        var request = await TakeAsync(id, cancel);
        if (request.OwnerId != me.StaffId) throw new NotThere();
        if (request.State != RequestState.Waiting) throw new Refused("approvals.decided-already");
        if (request.ApprovalId is { } approval) await desk.WithdrawAsync(approval, cancel);
        request.Withdraw(time.Now(), me.StaffId);
        audit.Add("custody.request-withdrawn", SubjectKind, id, request.Kind.ToString());
    }

    /// <summary>Ends a right before its time: its holder, or who keeps the files.</summary>
    public async Task EndAsync(Guid id, CancellationToken cancel)
    {
        var request = await TakeAsync(id, cancel);
        var now = time.Now();
        if (request.OwnerId != me.StaffId && !me.Can("custody.keep")) throw new NotThere();
        if (request.At(now) != RequestState.Granted) throw new Refused("custody.request.not-running");
        foreach (var reader in await db.Set<FileReader>().AsTracking().Where(r => r.RequestId == id && r.Until > now).ToListAsync(cancel)) reader.Until = now;
        request.End(now, me.StaffId == Guid.Empty ? null : me.StaffId);
        audit.Add("custody.request-ended", SubjectKind, id, request.Kind.ToString());
    }

    /// <summary>Writes down that the copy was made, the papers given or carried out.</summary>
    public async Task UseAsync(Guid id, CancellationToken cancel)
    {
        var request = await TakeAsync(id, cancel);
        if (request.Kind is RequestKind.View or RequestKind.Export) throw new NotThere();
        // What is carried out is carried by the designated person alone.
        if (request.Kind == RequestKind.Carry ? request.CarrierId != me.StaffId : request.OwnerId != me.StaffId && !me.Can("custody.keep")) throw new Refused("custody.request.not-the-carrier");
        request.Use(time.Now());
        audit.Add("custody.request-used", SubjectKind, id, request.Kind.ToString());
    }

    public async Task HandleAsync(ApprovalDecided happened, CancellationToken cancel)
    {
        if (happened.SubjectKind != SubjectKind) return;
        // Who decides need not reach the asker's store.
        var request = await db.Set<AccessRequest>().IgnoreQueryFilters([Db.ScopeFilter]).AsTracking().FirstOrDefaultAsync(r => r.Id == happened.SubjectId, cancel);
        if (request is not null) await DecideAsync(request, happened.Approved, happened.By, happened.Note, cancel);
    }

    internal async Task SubmitAsync(AccessRequest request, string act, CancellationToken cancel)
    {
        var subject = request.FileNumber.Length > 0 ? request.FileNumber : "custody.request.choice";
        var answer = await desk.AskAsync(new ApprovalAsk(act, SubjectKind, request.Id, 0, request.StoreId, "custody.request.summary", $"/custody/requests/{request.Id}") { Args = [request.Number, "custody.request.kind." + request.Kind, subject] }, cancel);
        audit.Add("custody.request", SubjectKind, request.Id, $"{request.Kind} {request.Purpose}");
        if (answer.AlreadyAllowed) await DecideAsync(request, true, request.OwnerId, "", cancel);
        else request.WaitFor(answer.RequestId);
    }

    private async Task DecideAsync(AccessRequest request, bool granted, Guid? by, string note, CancellationToken cancel)
    {
        var now = time.Now();
        // Decided after its time: there is nothing left to grant.
        if (granted && request.Until is { } until && until <= now) (granted, note) = (false, texts["custody.request.too-late"]);
        request.Decide(granted, by, now, note);
        audit.Add(granted ? "custody.request-granted" : "custody.request-refused", SubjectKind, request.Id, request.Kind.ToString());
        if (!granted || request.Kind != RequestKind.View || request.OwnerId is not { } reader) return;
        var files = request.FileId is { } one ? [one] : await ChosenAsync(request, cancel);
        foreach (var file in files) db.Set<FileReader>().Add(new FileReader { FileId = file, StaffId = reader, Until = request.Until, RequestId = request.Id, By = by, At = now });
    }

    // Ordinary files only: a secret one is asked for by its number.
    private Task<List<Guid>> ChosenAsync(AccessRequest request, CancellationToken cancel)
    {
        var store = request.ChoiceStoreId;
        var files = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => !db.Set<SecretFile>().Any(s => s.Id == c.Id));
        if (store is { } at) files = files.Where(c => c.StoreId == at);
        if (Enum.TryParse<CustomerTier>(request.ChoiceTier, out var tier)) files = files.Where(c => c.Tier == tier);
        return files.OrderBy(c => c.Id).Select(c => c.Id).Take(MostFiles).ToListAsync(cancel);
    }

    private static (Guid? Store, string Tier) Choice(RequestForm form, Wrongs wrong)
    {
        Guid? store = Guid.TryParse(form.StoreId, out var id) ? id : null;
        wrong.If(store is null && !string.IsNullOrEmpty(form.StoreId), "In.StoreId", "access.store-unknown");
        var known = Enum.TryParse<CustomerTier>(form.Tier, out var tier) && Enum.IsDefined(tier) && tier != CustomerTier.None;
        wrong.If(!known && !string.IsNullOrEmpty(form.Tier), "In.Tier", "custody.request.tier-unknown");
        return (store, known ? tier.ToString() : "");
    }

    private async Task<AccessRequest> TakeAsync(Guid id, CancellationToken cancel) =>
        await db.Set<AccessRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
}
