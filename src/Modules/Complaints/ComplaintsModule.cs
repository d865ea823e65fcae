using Huitou.Approvals.Public;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Complaints;

/// <summary>Complaints and their recovery, promises, compensation, the customer's progress page.</summary>
public sealed class ComplaintsModule : Module
{
    public override string Name => "complaints";
    public override int Level => 4;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new FileThing("complaints", (db, id) => db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter]).Where(c => c.Id == id).Select(c => (Guid?)c.CustomerId)));
        services.AddSingleton(new FileThing("promises", (db, id) => db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter]).Where(p => p.Id == id).Select(p => (Guid?)p.CustomerId)));
        services.AddScoped<ComplaintsDesk>();
        services.AddScoped<Promises>();
        services.AddScoped<ComplaintRows>();
        services.AddScoped<PromiseRows>();
        services.AddScoped<EndedRows>();
        services.AddScoped<Handling>();
        services.AddScoped<Compensations>();
        services.AddScoped<ClockKeeper>();
        services.AddScoped<RuleBook>();
        services.AddScoped<Huitou.Staff.Public.ILeaverCheck, OpenCases>();
        services.AddSingleton(new CustomerTable("complaints_complaint"));
        services.AddSingleton(new CustomerTable("complaints_promise"));
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<Compensations>());
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldCases>();
        services.AddSingleton(new PersonHold("complaints.hold.case", "/complaints?customer={0}", db => db.Set<Complaint>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(c => c.State == ComplaintState.Open).Select(c => c.CustomerId)));
        services.AddSingleton(new PersonHold("complaints.hold.promise", "/customers/{0}", db => db.Set<Promise>().IgnoreQueryFilters([Db.ScopeFilter, Excluded.Filter]).Where(p => p.State == PromiseState.Open).Select(p => p.CustomerId)));
        services.AddScoped<Callers>();
        services.AddJob<ReportJob>();
        services.AddScoped<Guides>();
        services.AddScoped<Letters>();
        services.AddScoped<SentLetters>();
        services.AddScoped<PromiseTable>();
        services.AddScoped<Presences>();
        services.AddScoped<Pausing>();
        services.AddScoped<Upward>();
        services.AddJob<PauseJob>();
        services.AddJob<HelpJob>();
        services.AddJob<ResultJob>();
        services.AddScoped<CrisisTeam>();
        services.AddScoped<Macros>();
        services.AddScoped<Improvements>();
        services.AddScoped<ImprovementDesk>();
        services.AddScoped<ComplaintTable>();
        services.AddScoped<PublicForms>();
        services.AddScoped<MailDesk>();
        services.AddScoped<PhoneDesk>();
        services.AddSingleton(new CustomerTable("complaints_call"));
        services.AddJob<MailJob>();
        services.AddJob<MailNight>();
        services.AddSingleton(new CalendarWork(MailNight.JobKind, Every.Day, 4));
        services.AddScoped<Huitou.Files.Public.IFileOwner, CaseFiles>();
        services.AddSingleton<ICommand, VerifyCommand>();
        services.AddJob<ClockJob>();
        services.AddJob<PromiseJob>();
        services.AddScoped<IBadge, ComplaintsBadge>();
        services.AddScoped<IBadge, MailsBadge>();
        services.AddSingleton(new NumberedThing(Complaint.Series, "complaints.title", "message-exclamation", "/complaints/{0}", "complaints.view",
            (db, numbers) => db.Set<Complaint>().Where(c => numbers.Contains(c.Number)).Select(c => new NumberedRow { Id = c.Id, Number = c.Number, Title = c.Title, CustomerId = c.CustomerId })));
        services.AddSingleton(new CustomerPanel(typeof(Pages.CustomerOpenPanel), PanelSide.Right, 10, "complaints.view"));
        services.AddSingleton(new CustomerAct("complaints.act.new", "message-exclamation", "/complaints/new?customer={0}", null, 30, "complaints.open"));
        services.AddSingleton(new CustomerAct("complaints.act.promise", "heart-handshake", "/promises/new?customer={0}", 'P', 40, "complaints.open"));
        services.AddSingleton(new NewItem(30, "complaints.new", "/complaints/new", "message-exclamation", "complaints.open"));
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app) => ComplaintsApi.Map(app);

    /// <summary>Whoever is complained about does not read the case, nor what tells of it elsewhere (F6): timeline, approvals, messages, promises.</summary>
    public override void Cut(ModelBuilder model, Db db)
    {
        // Who received the customer takes part (F6), also where the case went to somebody beyond their reach.
        model.Entity<Complaint>().HasQueryFilter(Db.ScopeFilter, c => db.SeesAll || c.OwnerId == db.StaffId || c.TakenBy == db.StaffId || (c.StoreId != null && db.StoreIds.Contains(c.StoreId.Value)));
        model.Entity<Complaint>().HasQueryFilter(Excluded.Filter, c => !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(c.Id));
        model.Entity<Promise>().HasQueryFilter(Excluded.Filter, p => p.ComplaintId == null || !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(p.ComplaintId.Value));
        model.Entity<Improvement>().HasQueryFilter(Excluded.Filter, i => i.ComplaintId == null || !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(i.ComplaintId.Value));
        foreach (var type in model.Model.GetEntityTypes().Select(e => e.ClrType).ToList())
        {
            if (typeof(IPointsTo).IsAssignableFrom(type)) Cut(nameof(CutPointers), type, model, db);
            if (typeof(IBecauseOf).IsAssignableFrom(type)) Cut(nameof(CutReasons), type, model, db);
            // One filter a set: what is about a thing and names a case besides is cut by both at once.
            var (names, about) = (typeof(INamesCase).IsAssignableFrom(type), typeof(IIsAbout).IsAssignableFrom(type));
            if (names && about) Cut(nameof(CutBoth), type, model, db);
            else if (names) Cut(nameof(CutNames), type, model, db);
            else if (about) Cut(nameof(CutSubjects), type, model, db);
        }
    }

    private static void Cut(string how, Type type, ModelBuilder model, Db db) =>
        typeof(ComplaintsModule).GetMethod(how, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, [model, db]);

    private static void CutPointers<T>(ModelBuilder model, Db db) where T : class, IPointsTo =>
        model.Entity<T>().HasQueryFilter(Excluded.Filter, e => !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.Href).Contains(e.Href));

    private static void CutReasons<T>(ModelBuilder model, Db db) where T : class, IBecauseOf =>
        model.Entity<T>().HasQueryFilter(Excluded.Filter, e => e.ReasonId == null || !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(e.ReasonId.Value));

    private static void CutNames<T>(ModelBuilder model, Db db) where T : class, INamesCase =>
        model.Entity<T>().HasQueryFilter(Excluded.Filter, e => e.ComplaintId == null || !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(e.ComplaintId.Value));

    private static void CutBoth<T>(ModelBuilder model, Db db) where T : class, INamesCase, IIsAbout =>
        model.Entity<T>().HasQueryFilter(Excluded.Filter, e => !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Any(x => x.ComplaintId == e.SubjectId || x.ComplaintId == e.ComplaintId));

    private static void CutSubjects<T>(ModelBuilder model, Db db) where T : class, IIsAbout =>
        model.Entity<T>().HasQueryFilter(Excluded.Filter, e => !db.Set<Excluded>().Where(x => x.StaffId == db.StaffId).Select(x => x.ComplaintId).Contains(e.SubjectId));

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Complaints, 10, "complaints.title", "/complaints", "message-exclamation", "complaints.view", 'S'),
        new(MenuGroup.Complaints, 20, "complaints.promises.title", "/promises", "heart-handshake", "promises.view"),
        new(MenuGroup.Complaints, 30, "complaints.improve.title", "/improvements", "bulb", "complaints.view"),
        new(MenuGroup.Complaints, 40, "complaints.table.menu", "/complaints/table", "table", "complaints.view"),
        new(MenuGroup.Complaints, 50, "complaints.commend.title", "/commendations", "award", "complaints.view"),
        new(MenuGroup.Complaints, 60, "complaints.forms.title", "/complaints/forms", "qrcode", "complaints.settle"),
        new(MenuGroup.Complaints, 80, "complaints.phone.title", "/complaints/calls", "phone-incoming", "complaints.open"),
        new(MenuGroup.Management, 90, "complaints.phone.settings", "/settings/complaints/phone", "phone-call", "complaints.rules"),
        new(MenuGroup.Complaints, 70, "complaints.mail.title", "/complaints/mails", "mailbox", "complaints.settle"),
        new(MenuGroup.Management, 89, "complaints.mail.settings", "/settings/complaints/mail", "mail-cog", "complaints.rules"),
        new(MenuGroup.Management, 86, "complaints.macro.title", "/settings/complaints/macros", "message-bolt", "complaints.rules"),
        new(MenuGroup.Management, 88, "complaints.letter.settings", "/settings/complaints/letter", "mail", "complaints.rules"),
        new(MenuGroup.Management, 87, "complaints.guide.title", "/settings/complaints/guides", "list-check", "complaints.rules"),
        new(MenuGroup.Management, 85, "complaints.rules.title", "/settings/complaints", "clock-cog", "complaints.rules"),
    ];

    public override IEnumerable<string> Permissions => ["complaints.view", "complaints.open", "complaints.work", "complaints.settle", "complaints.rules", "promises.view"];
}

/// <summary>Open cases of mine and those whose notes name me, and whether one of mine is late.</summary>
internal sealed class ComplaintsBadge(Db db, CurrentUser me, TimeProvider time) : IBadge
{
    public string Href => "/complaints";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        if (!me.Can("complaints.view")) return (0, false);
        var now = time.Now();
        var mine = await db.Set<Complaint>().Where(c => c.State == ComplaintState.Open && c.OwnerId == me.StaffId)
            .Select(c => c.SolutionDueAt < now || c.NextDueAt < now || (c.FirstDoneAt == null && c.FirstDueAt < now)).ToListAsync(cancel);
        var named = await db.Set<Mention>().Where(m => m.StaffId == me.StaffId && m.SeenAt == null).Select(m => m.ComplaintId).Distinct().CountAsync(cancel);
        return (mine.Count + named, mine.Any(late => late));
    }
}

/// <summary>Mails that wait for a person.</summary>
internal sealed class MailsBadge(CurrentUser me, MailDesk desk) : IBadge
{
    public string Href => "/complaints/mails";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel) =>
        me.Can("complaints.settle") && await desk.BoxAsync(cancel) is not null ? (await (await desk.MineAsync(cancel)).CountAsync(m => m.State == MailState.Held && m.ExpiredAt == null, cancel), false) : (0, false);
}
