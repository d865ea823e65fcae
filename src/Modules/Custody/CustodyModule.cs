using Huitou.Approvals.Public;
using Huitou.Custody.Public;
using Huitou.Customers.Public;
using Huitou.Files.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Custody;

/// <summary>Confidentiality and custody (B): levels and custodians, seals, requests, loans, reports.</summary>
public sealed class CustodyModule : Module
{
    public override string Name => "custody";
    public override int Level => 3;

    public override IEnumerable<string> Permissions => ["custody.view", "custody.ask", "custody.keep", "custody.level", "custody.seal", "custody.report", .. Keeping.Permissions];

    public override IEnumerable<MenuItem> Menu => [new(MenuGroup.Management, 15, "custody.title", "/custody", "shield-lock", "custody.view"), .. Keeping.Menu];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Secrecy>();
        services.AddScoped<Finding>();
        services.AddScoped<Requests>();
        services.AddScoped<Loans>();
        services.AddScoped<Seals>();
        services.AddScoped<Reports>();
        services.AddScoped<SaveSetting>();
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<Requests>());
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<Loans>());
        services.AddScoped<IHandle<ApprovalDecided>>(s => s.GetRequiredService<Reports>());
        services.AddScoped<IFileOwner>(s => s.GetRequiredService<Seals>());
        services.AddScoped<ILeaverCheck, HeldPapers>();
        services.AddScoped<IExportGate, ExportGate>();
        services.AddScoped<IHeldData, HeldRegisters>();
        services.AddScoped<IBadge, CustodyBadge>();
        services.AddJob<LoanClock>();
        foreach (var act in CustodyActs.All) services.AddSingleton(act);
        services.AddSingleton(new CustomerPanel(typeof(Pages.FilePanel), PanelSide.LowerLeft, 80, "custody.view"));
        Keeping.AddServices(services);
        foreach (var (table, column) in new[] { ("custody_secret", "id"), ("custody_reader", "file_id"), ("custody_level_change", "file_id") })
        {
            services.AddSingleton(new CustomerTable(table, column) { Stays = "each file has its level; files of different levels are not merged" });
        }

        foreach (var table in new[] { "custody_request", "custody_loan", "custody_seal", "custody_rights_request", "custody_legal_hold", "custody_leak" }) services.AddSingleton(new CustomerTable(table, "file_id"));
        foreach (var table in new[] { "custody_destruction_item", "custody_handover_item" }) services.AddSingleton(new CustomerTable(table, "file_id") { Stays = "a signed list names the file as it was" });
        services.AddSingleton(new CustomerTable("custody_notice"));
        services.AddSingleton(new NumberedThing(Requests.Series, "custody.request.title", "file-search", "/custody/requests/{0}", "custody.view",
            (db, numbers) => db.Set<AccessRequest>().Where(r => numbers.Contains(r.Number)).Select(r => new NumberedRow { Id = r.Id, Number = r.Number, Title = r.FileNumber, CustomerId = r.FileId })));
        services.AddSingleton(new NumberedThing(Loans.Series, "custody.loan.title", "books", "/custody/loans/{0}", "custody.view",
            (db, numbers) => db.Set<Loan>().Where(l => numbers.Contains(l.Number)).Select(l => new NumberedRow { Id = l.Id, Number = l.Number, Title = l.FileNumber, CustomerId = l.FileId })));
        services.AddSingleton(new NumberedThing(Seals.Series, "custody.seal.title", "archive", "/custody/seals/{0}", "custody.view",
            (db, numbers) => db.Set<Seal>().Where(x => numbers.Contains(x.Number)).Select(x => new NumberedRow { Id = x.Id, Number = x.Number, Title = x.Title, CustomerId = x.FileId })));
        services.AddSingleton(new CustodyTab(10, "custody.secret.title", "/custody", "custody.view"));
        services.AddSingleton(new CustodyTab(20, "custody.request.title", "/custody/requests", "custody.view"));
        services.AddSingleton(new CustodyTab(30, "custody.loan.title", "/custody/loans", "custody.view"));
        services.AddSingleton(new CustodyTab(40, "custody.seal.title", "/custody/seals", "custody.view"));
        services.AddSingleton(new CustodyTab(50, "custody.report.title", "/custody/reports", "custody.view"));
        services.AddSingleton(new CustodyTab(900, "custody.rules.title", "/custody/rules", "custody.level"));
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        CustodyApi.Map(app);
        Keeping.MapEndpoints(app);
    }
}

/// <summary>Papers in my hands or told to me that are late, and those that wait for the desk.</summary>
internal sealed class CustodyBadge(Db db, CurrentUser me, TimeProvider time, KeepingCount keeping) : IBadge
{
    public string Href => "/custody";

    public async Task<(int Count, bool Late)> CountAsync(CancellationToken cancel)
    {
        var (more, moreLate) = await keeping.CountAsync(cancel);
        if (!me.Can("custody.view")) return (more, moreLate);
        var (now, self, keeps) = (time.Now(), me.StaffId, me.Can("custody.keep"));
        var mine = await db.Set<Loan>().Where(l => (l.State == LoanState.Out && (l.OwnerId == self || l.DueAt < now && db.Set<LoanNotice>().Any(n => n.LoanId == l.Id && n.ToId == self))) || keeps && (l.State == LoanState.Approved || l.State == LoanState.Back))
            .Select(l => l.State == LoanState.Out && l.DueAt < now).ToListAsync(cancel);
        return (mine.Count + more, moreLate || mine.Any(late => late));
    }
}
