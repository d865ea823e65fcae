using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Kit;
using Huitou.Sheets.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Customers;

/// <summary>The customer archive: files, contacts, people around, things owned, the one timeline, search.</summary>
public sealed class CustomersModule : Module
{
    public override string Name => "customers";
    public override int Level => 3;

    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Care, 10, "customers.title", "/customers", "users", "customers.view", 'K'),
        new(MenuGroup.Care, 12, "customers.undecided.title", "/customers/undecided", "user-question", "customers.assign"),
        new(MenuGroup.Care, 14, "customers.pairs.title", "/customers/duplicates", "copy", "customers.merge"),
        new(MenuGroup.Management, 55, "customers.rules.title", "/customers/rules", "arrows-split", "customers.rules"),
        new(MenuGroup.Care, 15, "customers.forms", "/customers/forms", "file-check", "customers.records"),
        new(MenuGroup.Insight, 62, "customers.news", "/customers/news", "news", "customers.view"),
        new(MenuGroup.Management, 61, "customers.setup", "/customers/setup", "adjustments", "customers.setup"),
        new(MenuGroup.Insight, 60, "customers.sums", "/customers/sums", "chart-bar", "customers.sums"),
        new(MenuGroup.Management, 60, "customers.templates", "/customers/templates", "list-details", "customers.setup"),
    ];

    public override IEnumerable<string> Permissions => ["customers.view", "customers.edit", "customers.reveal", "customers.assign", "customers.export", "customers.export-plain", "customers.import", "customers.message", "customers.setup", "customers.sums", "customers.merge", "customers.rules", "customers.records"];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Public.Timeline>();
        services.AddScoped<CustomerSearch>();
        services.AddScoped<ByNumber>();
        services.AddScoped<CustomerDesk>();
        services.AddScoped<LadderDesk>();
        services.AddScoped<CustomerRows>();
        services.AddScoped<Birthdays>();
        services.AddScoped<CustomerNames>();
        services.AddScoped<MailOwners>();
        services.AddScoped<Devices>();
        services.AddScoped<BulkActs>();
        services.AddScoped<CustomerSelection>();
        services.AddScoped<WriteToMany>();
        services.AddScoped<Huitou.Messages.Public.ITemplateSubjects, TemplateSubjects>();
        foreach (var field in TemplateSubjects.Fields) services.AddSingleton(new Huitou.Messages.Public.TemplateField(field, "customers.field." + field));
        services.AddScoped<Huitou.Messages.Public.IContactWishes, ContactWishes>();
        services.AddScoped<IHandle<Huitou.Messages.Public.ContactStopped>, NotContacted>();
        services.AddScoped<IHandle<Huitou.Messages.Public.MessagesTold>, HearReceipts>();
        services.AddScoped<IHandle<Huitou.Messages.Public.OptedOut>, HearOptOut>();
        services.AddScoped<IHandle<Huitou.Messages.Public.CustomerReplied>, HearReplies>();
        services.AddScoped<Huitou.Messages.Public.IKnownSenders, KnownSenders>();
        services.AddSingleton(new CustomerBulkAct("customers.message", "message", "/customers/message", 20, "customers.message"));
        services.AddSingleton(new CustomerAct("customers.message", "message", "/customers/message?customer={0}", null, 45, "customers.message"));
        services.AddSingleton<ErasureLedger>();
        services.AddScoped<Erasure>();
        services.AddScoped<IHandle<CompanyMade>, OpenLedger>();
        services.AddSingleton<IBeforeServing, KeepErased>();
        services.AddScoped<IHeldData, HeldFile>();
        services.AddSingleton(new PersonHold("customers.hold.warranty", "/customers/{0}", UnderDuty) { OnlyDestruction = true });
        services.AddScoped<RevealNumber>();
        services.AddScoped<Owners>();
        services.AddScoped<Allocator>();
        services.AddScoped<AllocationDesk>();
        services.AddScoped<FilesCount>();
        services.AddSingleton(FilesCount.Act);
        services.AddScoped<IHandle<Huitou.Approvals.Public.ApprovalDecided>>(s => s.GetRequiredService<FilesCount>());
        services.AddSingleton(new CustomerPanel(typeof(Pages.OwnershipPanel), PanelSide.Left, 20, "customers.view"));
        services.AddScoped<Huitou.Staff.Public.ILeaverCheck>(s => s.GetRequiredService<Owners>());
        services.AddSingleton<Lookups>();
        services.AddSingleton<ProfileCatalog>();
        services.AddScoped<Profile>();
        services.AddScoped<Forms>();
        services.AddScoped<SetupDesk>();
        services.AddScoped<ContactDesk>();
        services.AddScoped<DeviceDesk>();
        services.AddScoped<StoreVisits>();
        services.AddSingleton(new CustomerAct("customers.store-visit.act", "building-store", "/customers/{0}/store-visits/new", null, 55, "customers.edit"));
        services.AddScoped<AroundDesk>();
        services.AddScoped<ConsentDesk>();
        services.AddScoped<MoneyDesk>();
        services.AddScoped<PaperDesk>();
        services.AddScoped<Huitou.Files.Public.IFileOwner, PaperFiles>();
        services.AddScoped<IHandle<CompanyMade>, SeedKinds>();
        services.AddScoped<IHeldData, HeldArchive>();
        services.AddSingleton(new PersonHold("customers.hold.charges", "/customers/{0}/money", db => db.Set<Charge>().Where(c => c.State == ChargeState.Open || c.State == ChargeState.Held).Select(c => c.CustomerId)));
        services.AddSingleton(new CustomerView("update", "customers.view.update", 60, "customers.view", db => db.Set<Customer>().Where(c => c.UpdateDueSince != null).Select(c => c.Id)));
        services.AddSingleton(new CustomerView("owing", "customers.view.owing", 70, "customers.view", db => db.Set<Charge>().Where(c => c.State == ChargeState.Open).Select(c => c.CustomerId)));
        services.AddScoped<TemplateDesk>();
        services.AddScoped<AnswerSums>();
        services.AddScoped<IHandle<CompanyMade>, SeedTemplates>();
        services.AddScoped<Merges>();
        services.AddScoped<Pairs>();
        services.AddJob<FindPairs>();
        services.AddJob<FollowMerge>();
        services.AddJob<WipeTraces>();
        services.AddSingleton(new CalendarWork(FindPairs.Name, Every.Day, 2));
        foreach (var table in MergeTables.Own) services.AddSingleton(table);
        services.AddSingleton(new CustomerAct("customers.merge.act", "arrow-merge", "/customers/{0}/merge", null, 90, "customers.merge"));
        services.AddSingleton(new NewItem(10, "customers.new", "/customers/new", "user-plus", "customers.edit"));
        services.AddScoped<CustomerExport>();
        services.AddScoped<ImportMatches>();
        services.AddImport<CustomerImport>();
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        Endpoints.Map(app);
        Api.Map(app);
        ProfileApi.Map(app);
        MergeApi.Map(app);
        OwnerApi.Map(app);
        ArchiveApi.Map(app);
        SetupApi.Map(app);
        StoreVisitApi.Map(app);
    }

    // What the shop still owes for a product keeps its owner's file, whatever the retention period says (B8): the warranty, and the word at
    // the end of its design life, however many years later that is (D1); until the thing is said to be gone.
    private static IQueryable<Guid> UnderDuty(Db db)
    {
        var today = DateOnly.FromDateTime(db.Moment);
        return db.Set<Device>().Where(d => d.RetiredOn == null && (d.WarrantyEnd >= today || d.DesignLifeMonths != null && d.BoughtOn != null)).Select(d => d.CustomerId);
    }
}
