using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Complaints.Public;

/// <summary>What is taken down (F2).</summary>
/// <param name="CustomerId">Whose complaint.</param>
/// <param name="StoreId">Where; the customer's store when not given.</param>
/// <param name="Words">As said, untouched.</param>
/// <param name="Demand">What the customer wants, first.</param>
/// <param name="Channel">counter, phone, wechat, web, letter, follow-up, survey …</param>
/// <param name="Origin">What it came from, <c>followup:ID</c>; empty.</param>
/// <param name="OwnerId">Who works on it to the end; chosen when not given.</param>
public sealed record OpenComplaint(Guid CustomerId, Guid? StoreId, string Words, string Demand, string Channel, string Origin, Guid? OwnerId)
{
    /// <summary>One line; made from the demand or the words when empty.</summary>
    public string Title { get; init; } = "";
    public ComplaintKind Kind { get; init; }
    public ComplaintCause Cause { get; init; }
    /// <summary>What it is about, as said.</summary>
    public string Product { get; init; } = "";
    /// <summary>Number plate, as typed; empty.</summary>
    public string Plate { get; init; } = "";
    /// <summary>Key of one of the shop's kinds; empty: not sorted yet.</summary>
    public string Category { get; init; } = "";
    /// <summary>Key of a major rule somebody saw; the repeat rule is found by itself.</summary>
    public string MajorReason { get; init; } = "";
    /// <summary>Whoever is complained about has no part in it (F6).</summary>
    public IReadOnlyList<Guid> Excluded { get; init; } = [];
    /// <summary>The name and the number (or its last four digits) that who complains gives; empty: not asked.</summary>
    public string SaidName { get; init; } = "";
    public string SaidPhone { get; init; } = "";
    /// <summary>Where name, number or plate are not those of the file, nothing is taken down until somebody has looked (F2); else a note tells the owner.</summary>
    public bool StopOnMismatch { get; init; }
    /// <summary>The case of the same customer it is split from: its store, its repeat and who is shut out go along.</summary>
    public Guid? SplitFrom { get; init; }
    /// <summary>Sends the customer the receipt with the link.</summary>
    public bool SendReceipt { get; init; } = true;
    /// <summary>The act ends with it: nothing changes the case any more before it is stored.</summary>
    public bool IsAll { get; init; }
    /// <summary>It came by e-mail: the receipt goes back the same way.</summary>
    internal (MailBox Box, string To)? ByMail { get; init; }
}

/// <summary>Where complaints are opened, reopened and confirmed: one transaction, the caller's.</summary>
public sealed class ComplaintsDesk(Db db, CurrentUser me, TimeProvider time, Numbers numbers, Audit audit, Timeline timeline, Events events, People people,
    Messenger messenger, Texts texts, BusinessCalendars hours, ClockKeeper clocks, Callers callers, LadderDesk ladder)
{
    /// <summary>A customer's own language is not known: the shop's.</summary>
    internal const string Language = "zh-CN";

    /// <summary>The channel of what the group's call centre hands on.</summary>
    internal const string HeadOffice = "head-office";

    internal static readonly TimeSpan LinkLife = TimeSpan.FromDays(400);

    /// <summary>Takes a complaint down: its row, timeline, audit, clock and the customer's receipt.</summary>
    /// <returns>The complaint, stored with the caller's transaction.</returns>
    /// <exception cref="Refused">Words are missing or too long, or the owner is complained about.</exception>
    /// <exception cref="NotThere">The customer is not theirs.</exception>
    public async Task<Complaint> OpenAsync(OpenComplaint what, CancellationToken cancel = default)
    {
        var words = what.Words.Trim();
        var demand = what.Demand.Trim();
        if (words.Length == 0) throw new Refused("complaints.words-needed") { Field = "In.Words" };
        if (words.Length > Complaint.WordsMax) throw new Refused("complaints.too-long", Complaint.WordsMax) { Field = "In.Words" };
        if (demand.Length > Complaint.DemandMax) throw new Refused("complaints.too-long", Complaint.DemandMax) { Field = "In.Demand" };
        if (what.Title.Trim().Length > Complaint.TitleMax) throw new Refused("complaints.too-long", Complaint.TitleMax) { Field = "In.Title" };
        var product = what.Product.Trim();
        if (product.Length > Complaint.ProductMax) throw new Refused("complaints.too-long", Complaint.ProductMax) { Field = "In.Product" };
        var plate = NumberPlate.Read(what.Plate);
        if (plate.WrongKey is { } wrong) throw new Refused(wrong, plate.Args) { Field = "In.Plate" };
        var whole = what.SplitFrom is { } from ? await WholeAsync(from, what.CustomerId, cancel) : null;
        if (whole is not null) what = what with { Excluded = [.. what.Excluded.Union(await db.Set<Excluded>().Where(e => e.ComplaintId == whole.Id).Select(e => e.StaffId).ToListAsync(cancel))] };
        if (what.OwnerId is { } wanted && what.Excluded.Contains(wanted)) throw new Refused("complaints.owner-excluded") { Field = "In.OwnerId" };

        var (channel, origin) = (what.Channel.Trim(), what.Origin.Trim());
        if (channel.Length > Complaint.ChannelMax) throw new Refused("complaints.too-long", Complaint.ChannelMax) { Field = "In.Channel" };
        if (origin.Length > Complaint.OriginMax) throw new Refused("complaints.too-long", Complaint.OriginMax) { Field = "In.Origin" };
        var now = time.Now();
        var rules = await HandlingRules.ReadAsync(db, cancel);
        var customer = await Reading.For(db)(db, what.CustomerId, now.AddDays(-(rules.RepeatDays ?? 0)), db.SeesAll, db.StaffId, db.StoreIds, cancel) ?? throw new NotThere();
        var differs = await DiffersAsync(what, customer, plate.Plate, cancel);
        if (what.StopOnMismatch && differs is [var first, ..]) throw new Refused(first.Key + "-stop", first.Args) { Field = first.Field };
        var storeId = what.StoreId ?? whole?.StoreId ?? customer.StoreId ?? me.StoreId;
        // One matter of several that were said together repeats none of them.
        var before = what.Kind != ComplaintKind.Complaint || rules.RepeatDays is null ? null : whole is null ? customer.Before : whole.RepeatOf;
        var reason = what.MajorReason.Trim();
        if (reason.Length > 0 && !rules.Majors.Contains(reason)) throw new Refused("complaints.major-unknown") { Field = "In.MajorReason" };
        if (what.Category.Length > 0 && !rules.Has("category", what.Category)) throw new Refused("complaints.category-unknown") { Field = "In.Category" };
        if (reason.Length == 0 && before is not null) reason = HandlingRules.Repeat;

        var grade = reason.Length > 0 ? ComplaintGrade.Major : ComplaintGrade.General;
        var shop = await hours.ForAsync(storeId, cancel);
        var planned = rules.Times(grade);
        var number = await numbers.NextAsync(db, Complaint.Series, now.Local(me.Zone).Year, cancel);
        var complaint = new Complaint
        {
            Id = Ids.New(now), Number = number, CustomerId = what.CustomerId, StoreId = storeId, Title = TitleOf(what.Title.Trim(), demand, words), Words = words, Demand = demand,
            Channel = channel, Origin = origin, Kind = what.Kind, Cause = what.Cause, Product = product, Plate = plate.Plate, Category = what.Category, RepeatOf = before, SplitFrom = whole?.Id,
            TakenBy = me.StaffId == Guid.Empty ? null : me.StaffId, At = now, Receipt = Complaint.ReceiptOf(number, now, demand, words),
        };
        complaint.Follow(rules.Guide);
        complaint.Start(what.OwnerId ?? await OwnerAsync(storeId, what.Excluded, cancel), grade, reason, Clocks.Plan(shop, now, planned.First), Clocks.Plan(shop, now, planned.Solution));
        if (what.IsAll && grade == ComplaintGrade.General) db.Append(complaint);
        else db.Set<Complaint>().Add(complaint);
        foreach (var staff in what.Excluded.Distinct())
        {
            db.Set<Excluded>().Add(new Excluded { ComplaintId = complaint.Id, StaffId = staff, Href = Href(complaint.Id), By = complaint.TakenBy, At = now });
        }

        if (grade == ComplaintGrade.Major)
        {
            await callers.ReportsAsync(complaint, rules, [.. what.Excluded], cancel);
        }

        // Somebody looked and goes on all the same, or nobody could be asked: the case says what does not agree.
        foreach (var (key, args, _) in differs) callers.Name(complaint, key, args, []);

        if (complaint.Channel == HeadOffice) await callers.StoreAsync(complaint, [.. what.Excluded], cancel);

        timeline.Add(what.CustomerId, TimelineKind.Complaint, "complaints.timeline.opened", [number, complaint.Title], words, Href(complaint.Id), now);
        if (whole is not null)
        {
            timeline.Add(what.CustomerId, TimelineKind.Complaint, "complaints.timeline.split", [number, whole.Number], "", Href(whole.Id), now);
            audit.Add("complaints.split", "complaints.complaint", whole.Id, complaint.Id.ToString());
        }

        audit.Add("complaints.open", "complaints.complaint", complaint.Id, grade == ComplaintGrade.Major ? $"major:{reason}" : "");
        clocks.Schedule(complaint);
        if (what.SendReceipt) SendReceipt(complaint, customer, now, what.ByMail);
        await events.PublishAsync(new ComplaintOpened(complaint.Id, complaint.CustomerId), cancel);
        return complaint;
    }

    /// <summary>The same for other modules, which know a case by its id.</summary>
    public async Task<Guid> TakeDownAsync(OpenComplaint what, CancellationToken cancel = default) => (await OpenAsync(what, cancel)).Id;

    /// <summary>
    /// The customer does not agree with the result: the case is taken up again. The clocks go on where they stopped, the steps begin anew; where they had not answered to the
    /// result yet, this is their answer.
    /// </summary>
    public async Task ReopenAsync(Guid id, string words, CancellationToken cancel = default)
    {
        words = words.Trim();
        if (words.Length == 0) throw new Refused("complaints.reopen-words") { Field = "In.Words" };
        if (words.Length > Complaint.WordsMax) throw new Refused("complaints.too-long", Complaint.WordsMax) { Field = "In.Words" };
        var complaint = await FindAsync(id, cancel);
        var closing = await db.Set<Closing>().Where(c => c.ComplaintId == id && c.Round == complaint.Round).FirstOrDefaultAsync(cancel);
        var rules = await HandlingRules.ReadAsync(db, cancel);
        var shop = await hours.ForAsync(complaint.StoreId, cancel);
        var planned = rules.Times(complaint.Grade);
        var now = time.Now();
        if (complaint.State == ComplaintState.Settled) db.Set<Confirmation>().Add(new Confirmation { ComplaintId = id, Round = complaint.Round, Kind = ConfirmationKind.Disagreed, Words = words, By = Staff, At = now });
        if (complaint.Kind == ComplaintKind.Complaint) await ladder.AfterComplaintAsync(complaint.CustomerId, satisfied: false, cancel);
        complaint.Reopen(Clocks.Plan(shop, now, planned.Next), Clocks.Resume(shop, now, TimeSpan.FromMinutes(closing?.LeftMinutes ?? planned.Solution), planned.Solution));
        // The result that was to be told is none any more; that it was missed stays.
        await db.Set<ResultReport>().Where(r => r.ComplaintId == id && r.At == null && r.MissedAt == null).ExecuteDeleteAsync(cancel);
        db.Set<Reopening>().Add(new Reopening { ComplaintId = id, Round = complaint.Round, Words = words, By = Staff, At = now });
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, "complaints.timeline.reopened", [complaint.Number, complaint.Round], words, Href(id), now);
        audit.Add("complaints.reopen", "complaints.complaint", id);
        clocks.Schedule(complaint);
        await events.PublishAsync(new ComplaintReopened(id, complaint.CustomerId), cancel);
    }

    /// <summary>The customer confirms the result: satisfied, or not satisfied but accepting (虽不满意但能接受), with what they drew under it where they did. The case ends.</summary>
    public async Task ConfirmAsync(Guid id, bool satisfied, CancellationToken cancel = default, string? drawn = null)
    {
        var complaint = await FindAsync(id, cancel);
        var now = time.Now();
        complaint.End();
        db.Set<Confirmation>().Add(new Confirmation
        {
            ComplaintId = id, Round = complaint.Round, Kind = satisfied ? ConfirmationKind.Satisfied : ConfirmationKind.AcceptedUnhappy, Words = "", Signature = Kit.DrawnSignature.Read(drawn, "Yes.Signature"), By = Staff, At = now,
        });
        timeline.Add(complaint.CustomerId, TimelineKind.Complaint, satisfied ? "complaints.timeline.satisfied" : "complaints.timeline.accepted", [complaint.Number], "", Href(id), now);
        audit.Add("complaints.confirm", "complaints.complaint", id, satisfied ? "satisfied" : "accepted");
        if (complaint.Kind == ComplaintKind.Complaint) await ladder.AfterComplaintAsync(complaint.CustomerId, satisfied, cancel);
        await events.PublishAsync(new ComplaintEnded(id, complaint.CustomerId), cancel);
    }

    /// <summary>A new link for the customer, sent to them; the old ones stay valid.</summary>
    public async Task<string> SendLinkAsync(Guid id, CancellationToken cancel = default)
    {
        var complaint = await FindAsync(id, cancel);
        var customer = await db.Set<Customer>().Where(c => c.Id == complaint.CustomerId).Select(c => new Reached(c.StoreId, c.Phone, c.Email, c.DoNotContactSince)).FirstOrDefaultAsync(cancel) ?? throw new NotThere();
        audit.Add("complaints.link", "complaints.complaint", id);
        return SendReceipt(complaint, customer, time.Now());
    }

    /// <summary>Who handled a case or is complained about in it: whoever asks afterwards how it went is another (F11).</summary>
    public async Task<IReadOnlyCollection<Guid>> TookPartAsync(Guid id, CancellationToken cancel = default)
    {
        var owner = await db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(c => c.Id == id).Select(c => c.OwnerId).FirstOrDefaultAsync(cancel);
        var answered = await db.Set<CaseMessage>().Where(m => m.ComplaintId == id && m.Direction == Direction.Out).Select(m => m.By).Distinct().ToListAsync(cancel);
        var before = await db.Set<Handover>().Where(h => h.ComplaintId == id).Select(h => h.FromStaff).ToListAsync(cancel);
        var about = await db.Set<Excluded>().Where(e => e.ComplaintId == id).Select(e => (Guid?)e.StaffId).ToListAsync(cancel);
        return [.. new[] { owner }.Concat(answered).Concat(before).Concat(about).OfType<Guid>().Distinct()];
    }

    // Whether file and person agree is checked at once (F2).
    private async Task<List<(string Key, object?[] Args, string Field)>> DiffersAsync(OpenComplaint what, Reached customer, string plate, CancellationToken cancel)
    {
        var differs = new List<(string, object?[], string)>();
        var name = CustomerDesk.Tidy(what.SaidName);
        if (name.Length > 0 && !string.Equals(name, customer.Name, StringComparison.OrdinalIgnoreCase)) differs.Add(("complaints.said.name-other", [name, customer.Name], "In.SaidName"));
        var phone = new string([.. what.SaidPhone.HalfWidth().Where(char.IsAsciiDigit)]);
        if (phone.Length > 0 && phone.Length != 4 && Phone.Read(what.SaidPhone) is { WrongKey: null } read) phone = read.Digits;
        if (phone.Length > 0 && customer.Phone.Length > 0 && !(phone.Length == 4 ? customer.Phone.EndsWith(phone, StringComparison.Ordinal) : phone == customer.Phone)) differs.Add(("complaints.said.phone-other", [phone.Tail(4), customer.Phone.Tail(4)], "In.SaidPhone"));
        if (plate.Length > 0)
        {
            var known = await db.Set<Device>().Where(d => d.CustomerId == what.CustomerId && d.Plate != "").Select(d => d.Plate).Take(20).ToListAsync(cancel);
            if (known.Count > 0 && !known.Contains(plate)) differs.Add(("complaints.plate-other", [string.Join(" ", known), plate], "In.Plate"));
        }

        return differs;
    }

    private Guid? Staff => me.StaffId == Guid.Empty ? null : me.StaffId;

    // Only what is still worked on is split, and only within the customer's own.
    private async Task<Complaint> WholeAsync(Guid id, Guid customer, CancellationToken cancel)
    {
        var whole = await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Id == id && c.CustomerId == customer, cancel) ?? throw new NotThere();
        whole.RequireOpen();
        return whole;
    }

    private async Task<Complaint> FindAsync(Guid id, CancellationToken cancel) =>
        db.Set<Complaint>().Local.FirstOrDefault(c => c.Id == id)
        ?? await db.Set<Complaint>().AsTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) ?? throw new NotThere();

    // The customer, within reach, and whether they complained since, which the reach does not hide. A compiled query keeps what it
    // saw of the context itself at first, so who asks is given; the filters ask anew each time.
    private static readonly Compiled<Func<Db, Guid, DateTime, bool, Guid, Guid[], CancellationToken, Task<Reached?>>> Reading = new(() => EF.CompileAsyncQuery((Db db, Guid id, DateTime since, bool all, Guid staff, Guid[] stores, CancellationToken cancel) =>
        db.Set<Customer>().IgnoreQueryFilters(new[] { Db.ScopeFilter, Excluded.Filter }).Where(c => c.Id == id && (all || c.OwnerId == staff || (c.StoreId != null && stores.Contains(c.StoreId.Value))))
            .Select(c => new Reached(c.StoreId, c.Phone, c.Email, c.DoNotContactSince) { Name = c.Name, Before = db.Set<Complaint>().Where(o => o.CustomerId == id && o.At > since && o.Kind == ComplaintKind.Complaint).OrderByDescending(o => o.At).Select(o => (Guid?)o.Id).FirstOrDefault() })
            .FirstOrDefault()));

    /// <summary>Who takes it down and may work on it keeps it; else the store's specialist, its manager, anybody who may; never one who is complained about.</summary>
    private async Task<Guid?> OwnerAsync(Guid? storeId, IReadOnlyList<Guid> excluded, CancellationToken cancel)
    {
        if (Staff is { } staff && me.Can("complaints.work") && !excluded.Contains(staff)) return staff;
        string[] order = ["specialist", "customer-service-manager", "store-manager"];
        var fit = (await people.HereAsync(cancel)).Where(p => order.Contains(p.RoleKey) && (p.StoreId == null || p.StoreId == storeId) && !excluded.Contains(p.Id));
        return fit.OrderBy(p => p.StoreId == storeId ? 0 : 1).ThenBy(p => Array.IndexOf(order, p.RoleKey)).ThenBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault()?.Id;
    }

    /// <summary>The link is made in any case; it is sent unless the customer said that nobody may write to them.</summary>
    private string SendReceipt(Complaint complaint, Reached customer, DateTime now, (MailBox Box, string To)? byMail = null)
    {
        var token = Link.Create(db, "progress", complaint.Id, now, LinkLife);
        if (customer.DoNotContactSince is null)
        {
            var subject = texts.In(Language, "complaints.message.receipt-subject", complaint.Number);
            messenger.Send(new Outgoing(complaint.CustomerId, byMail?.To ?? customer.Phone, byMail is null ? subject : MailSubject(subject, complaint),
                texts.In(Language, "complaints.message.receipt", complaint.Number, complaint.Receipt, "/p/" + token), "complaints.purpose.receipt", complaint.Id,
                "complaints-receipt:" + Link.HashOf(token)[..32], complaint.StoreId, complaint.OwnerId, byMail?.To ?? customer.Email)
            { Purpose = ContactPurpose.Answer, Channel = byMail is null ? "" : Messenger.Mail, ReplyTo = byMail?.Box.ReplyTo(complaint.Number, complaint.Receipt) ?? "" });
        }

        return "/p/" + token;
    }

    private sealed record Reached(Guid? StoreId, string Phone, string Email, DateTime? DoNotContactSince)
    {
        /// <summary>The last complaint within the days of the repeat rule.</summary>
        public Guid? Before { get; init; }
        public string Name { get; init; } = "";
    }

    /// <summary>A mail's subject with the code by which an answer finds the case again.</summary>
    internal static string MailSubject(string subject, Complaint complaint) => $"{subject} [{complaint.Number} {complaint.Receipt}]";

    internal static string Href(Guid id) => $"/complaints/{id}";

    private static string TitleOf(string title, string demand, string words)
    {
        if (title.Length > 0) return title;
        var text = (demand.Length > 0 ? demand : words).ReplaceLineEndings(" ");
        return text.Length <= 30 ? text : text.Head(29) + "…";
    }

    private static string Cut(string text, int most) => text.Trim().Head(most);
}
