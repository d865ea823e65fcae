using Huitou.Approvals.Public;
using Huitou.Customers.Public;
using Huitou.Custody.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Custody;

/// <summary>The second half of this module's table of contents: customers' rights, retention, leaks, house rules, notices, checks, penalties, handovers.</summary>
internal static class Keeping
{
    public static readonly string[] Permissions = ["custody.rights", "custody.destroy", "custody.leak", "custody.rules", "custody.notice", "custody.check", "custody.penalty", "custody.handover"];

    public static readonly MenuItem[] Menu =
    [
        new(MenuGroup.Management, 16, "custody.rule.title", "/rules", "book", "custody.view"),
        new(MenuGroup.Management, 85, "custody.terms.title", "/settings/custody-terms", "calendar-cog", "custody.rules"),
    ];

    public static void AddServices(IServiceCollection services)
    {
        services.AddScoped<RightsDesk>();
        services.AddScoped<Terms>();
        services.AddScoped<HeldCopy>();
        services.AddScoped<KeepingCount>();
        services.AddSingleton(new ApprovalAct(Destruction.Act, 200, Amounts: false, new ReadyRule("general-manager", null, "ceo", 24)));
        services.AddSingleton(new ApprovalAct(RuleEdition.Act, 210, Amounts: false, new ReadyRule("general-manager", null, "ceo", 24)));
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldCustody>();
        services.AddSingleton(new PersonHold("custody.hold.loan", "/custody/loans", db => db.Set<Loan>().IgnoreQueryFilters([Db.ScopeFilter]).Where(l => l.State == LoanState.Out).Select(l => l.FileId)));
        services.AddJob<EraseJob>();
        services.AddJob<RightsNight>();
        services.AddSingleton(new CalendarWork(RightsNight.Name, Every.Day, 2));
        services.AddScoped<SecretLooks>();
        services.AddScoped<IFileLook>(s => s.GetRequiredService<SecretLooks>());
        services.AddScoped<RetentionDesk>();
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<RetentionDesk>());
        services.AddJob<DestroyJob>();
        services.AddSingleton(new CustodyTab(70, "custody.retention.title", "/custody/retention", "custody.destroy"));
        services.AddScoped<LeakDesk>();
        services.AddJob<LeakUnseen>();
        services.AddScoped<Huitou.Messages.Public.IOutgoingCheck, SecretInMessages>();
        services.AddSingleton(new CustodyTab(65, "custody.leak.title", "/custody/leaks", "custody.leak"));
        services.AddSingleton(new Huitou.Kit.UserLink(10, "custody.leak.report", "/leaks/new", "alert-triangle"));
        services.AddScoped<NoticeDesk>();
        services.AddSingleton(new CustodyTab(80, "custody.notice.title", "/custody/notices", "custody.notice"));
        services.AddSingleton(new CustomerAct("custody.notice.act", "file-text", "/custody/notices/new?customer={0}", null, 80, "custody.notice"));
        services.AddScoped<CheckDesk>();
        services.AddJob<MonthlyChecks>();
        services.AddJob<CheckFiles>();
        services.AddSingleton(new CalendarWork(MonthlyChecks.Name, Every.Month, 6));
        services.AddSingleton(new CustodyTab(84, "custody.check.title", "/custody/checks", "custody.check"));
        services.AddScoped<Reminders>();
        services.AddScoped<IHandle<Huitou.Messages.Public.SpendingAlarmed>, HearSpending>();
        services.AddJob<MorningReminders>();
        services.AddSingleton(new CalendarWork(MorningReminders.Name, Every.Day, 8));
        services.AddScoped<IBadge, ReminderBadge>();
        services.AddSingleton(new Huitou.Kit.BellLink(ReminderBadge.Page));
        services.AddScoped<PenaltyDesk>();
        services.AddSingleton(new CustodyTab(75, "custody.penalty.title", "/custody/penalties", "custody.penalty"));
        services.AddScoped<HandoverDesk>();
        services.AddScoped<IHandle<OwnersChanged>, LeaversLists>();
        services.AddScoped<Huitou.Staff.Public.ILeaverCheck, UnsignedLists>();
        services.AddSingleton(new CustodyTab(82, "custody.handover.title", "/custody/handovers", "custody.handover"));
        services.AddScoped<RuleDesk>();
        services.AddScoped<RuleBook>();
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<RuleDesk>());
        services.AddScoped<SeedKeeping>();
        services.AddScoped<IHandle<CompanyMade>>(s => s.GetRequiredService<SeedKeeping>());
        services.AddScoped<IBadge, RulesBadge>();
        services.AddSingleton(new Huitou.Kit.HeadLine(typeof(Pages.RulesHere)));
        services.AddSingleton(new PersonHold("custody.hold.stands", "/custody/holds", db => db.Set<LegalHold>().Where(h => h.LiftedAt == null).Select(h => h.FileId)));
        services.AddSingleton(new CustodyTab(60, "custody.rights.title", "/custody/rights", "custody.rights"));
        services.AddSingleton(new CustomerAct("custody.rights.act", "shield-lock", "/custody/rights/new?customer={0}", null, 90, "custody.rights"));
    }

    public static void MapEndpoints(IEndpointRouteBuilder app)
    {
        RightsApi.Map(app);
        RetentionApi.Map(app);
        LeakApi.Map(app);
        RuleApi.Map(app);
        NoticeApi.Map(app);
        CheckApi.Map(app);
        PenaltyApi.Map(app);
        HandoverApi.Map(app);
        KeepingApi.Map(app);
        ReminderApi.Map(app);
    }
}

/// <summary>Leaks I was told of and have not read, and requests of customers that wait for an answer.</summary>
internal sealed class KeepingCount(Db db, CurrentUser me, TimeProvider time)
{
    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        var (before, today) = (time.Now().AddDays(-1), time.Today(me.Zone));
        var unread = await db.Set<LeakTold>().Where(t => t.StaffId == me.StaffId && t.SeenAt == null && db.Set<Leak>().Any(l => l.Id == t.LeakId && l.State == LeakState.Open)).Select(t => t.At < before).ToListAsync(cancel);
        var asked = me.Can("custody.rights") ? await db.Set<RightsRequest>().Where(r => r.State == RightsState.Open).Select(r => r.DueOn < today).ToListAsync(cancel) : [];
        return (unread.Count + asked.Count, unread.Any(late => late) || asked.Any(late => late));
    }
}
