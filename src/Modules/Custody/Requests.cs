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
        if (!Enum.TryParse<RequestKind>(form.Kind, out var kind) || !Enum.IsDefined(kind) || kind == RequestKind.Export) throw new Refused("custody.request.kind-unknown") { Field = "In.Kind" };
        if (!AccessRequest.Purposes.Contains(form.Purpose)) throw new Refused("custody.request.purpose-unknown") { Field = "In.Purpose" };
        var reason = Finding.Text(form.Reason, AccessRequest.ReasonMax, "In.Reason", "custody.request.reason-missing");
        var what = Finding.Text(form.What, AccessRequest.WhatMax, "In.What", "custody.request.what-missing", needed: kind != RequestKind.View);
        var (storeId, tier) = Choice(form);
        var isChoice = storeId is not null || tier.Length > 0;
        var file = isChoice ? null : await finding.ByNumberAsync(form.File, cancel);
        if (isChoice && !string.IsNullOrWhiteSpace(form.File)) throw new Refused("custody.request.file-or-choice") { Field = "In.File" };
        if (isChoice && kind != RequestKind.View) throw new Refused("custody.request.choice-view") { Field = "In.Kind" };
        if (storeId is { } store && !await db.Set<Store>().AnyAsync(s => s.Id == store, cancel)) throw new Refused("access.store-unknown") { Field = "In.StoreId" };

        var setting = await finding.SettingAsync(cancel);
        var now = time.Now();
        DateTime? until = null;
        if (kind == RequestKind.View)
        {
            if (!DateTime.TryParseExact(form.Until, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) throw new Refused("custody.request.until-missing") { Field = "In.Until" };
            until = local.Utc(me.Zone);
            if (until <= now || until > now.AddDays(setting.GrantDays)) throw new Refused("custody.request.until-wrong", setting.GrantDays) { Field = "In.Until" };
        }

        var copies = 0;
        if (kind != RequestKind.View && (!int.TryParse(form.Copies, NumberStyles.None, CultureInfo.InvariantCulture, out copies) || copies is < 1 or > AccessRequest.MostCopies)) throw new Refused("custody.copies-wrong", AccessRequest.MostCopies) { Field = "In.Copies" };
        var outsider = Finding.Text(form.OutsiderName, AccessRequest.NameMax, "In.OutsiderName", "custody.request.outsider-missing", needed: kind == RequestKind.GiveOut);
        var paper = "";
        if (outsider.Length > 0)
        {
            if (!AccessRequest.Papers.Contains(form.OutsiderPaper)) throw new Refused("custody.request.paper-missing") { Field = "In.OutsiderPaper" };
            paper = form.OutsiderPaper!;
        }

        Guid? carrier = null;
        if (kind == RequestKind.Carry)
        {
            if (!Guid.TryParse(form.Carrier, out var who) || !await db.Set<Carrier>().AnyAsync(c => c.StaffId == who, cancel)) throw new Refused("custody.request.carrier-missing") { Field = "In.Carrier" };
            carrier = who;
        }

        if (kind == RequestKind.View && file is { } seen && outsider.Length == 0 && !form.IsForm && await db.Set<Customer>().AnyAsync(c => c.Id == seen.Id, cancel)) throw new Refused("custody.request.sees-already") { Field = "In.File" };
        var request = new AccessRequest
        {
            Id = Ids.New(now), Number = await numbers.NextAsync(db, Series, time.Today(me.Zone).Year, cancel), Kind = kind, FileId = file?.Id, FileNumber = file?.Number ?? "", ChoiceStoreId = storeId, ChoiceTier = tier,
            IsForm = form.IsForm, IsSecret = file?.IsSecret == true, What = what, Copies = copies, Purpose = form.Purpose!, Reason = reason, Until = until, StoreId = me.StoreId, OwnerId = me.StaffId == Guid.Empty ? null : me.StaffId,
            OutsiderName = outsider, OutsiderFrom = Finding.Text(form.OutsiderFrom, AccessRequest.NameMax, "In.OutsiderFrom", "custody.request.from-missing", outsider.Length > 0), OutsiderPaper = paper,
            OutsiderPaperNumber = Finding.Text(form.OutsiderPaperNumber, AccessRequest.PaperMax, "In.OutsiderPaperNumber", "custody.request.paper-number-missing", outsider.Length > 0),
            CarrierId = carrier, Measures = Finding.Text(form.Measures, AccessRequest.WhatMax, "In.Measures", "custody.request.measures-missing", kind == RequestKind.Carry), AskedAt = now,
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

    private static (Guid? Store, string Tier) Choice(RequestForm form)
    {
        Guid? store = null;
        if (form.StoreId is { Length: > 0 } typed) store = Guid.TryParse(typed, out var id) ? id : throw new Refused("access.store-unknown") { Field = "In.StoreId" };
        if (form.Tier is not { Length: > 0 } tier) return (store, "");
        return Enum.TryParse<CustomerTier>(tier, out var known) && Enum.IsDefined(known) && known != CustomerTier.None ? (store, known.ToString()) : throw new Refused("custody.request.tier-unknown") { Field = "In.Tier" };
    }

    private async Task<AccessRequest> TakeAsync(Guid id, CancellationToken cancel) =>
        await db.Set<AccessRequest>().AsTracking().FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new NotThere();
}
