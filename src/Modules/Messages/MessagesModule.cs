using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Messages;

/// <summary>Messages to customers: one door for all modules, the channels behind it, what became of each.</summary>
public sealed class MessagesModule : Module
{
    public override string Name => "messages";
    public override int Level => 1;
    public override IEnumerable<string> Permissions => ["messages.view", "messages.resend", "messages.settings", "messages.contacts", "messages.templates", "messages.write"];
    public override IEnumerable<MenuItem> Menu =>
    [
        new(MenuGroup.Management, 70, "messages.title", "/messages", "message", "messages.view"),
        new(MenuGroup.Management, 71, "messages.settings.title", "/settings/messages", "message-cog", "messages.settings"),
        new(MenuGroup.Management, 73, "messages.template.title", "/messages/templates", "template", "messages.templates"),
        new(MenuGroup.Management, 72, "messages.contacts.title", "/settings/contacts", "bell-off", "messages.contacts"),
    ];

    public override void MapEndpoints(IEndpointRouteBuilder app)
    {
        Api.Map(app);
        TemplateApi.Map(app);
        ChannelApi.Map(app);
        Receipts.Map(app);
        WeChatCallback.Map(app);
    }

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new FileThing("messages", (db, id) => db.Set<Message>().IgnoreQueryFilters([Db.ScopeFilter]).Where(m => m.Id == id).Select(m => (Guid?)m.CustomerId)));
        services.AddSingleton(new CustomerTable("messages_message")); // the customers stand above this module: their id without a key
        services.AddSingleton(new CustomerTable("messages_contact"));
        services.AddSingleton(new FileThing("messages/replies", (db, id) => db.Set<CustomerReply>().IgnoreQueryFilters([Db.ScopeFilter]).Where(r => r.Id == id).Select(r => r.CustomerId)));
        services.AddSingleton(new CustomerTable("messages_reply"));
        services.AddSingleton(new CustomerTable("messages_handle"));
        services.AddScoped<TakeReplies>();
        services.AddScoped<TakeReceipts>();
        services.AddScoped<PrintDesk>();
        services.AddScoped<ReplyDesk>();
        services.AddScoped<ChannelDesk>();
        services.AddScoped<OurAddress>();
        services.AddScoped<IBadge, MessagesBadge>();
        services.AddScoped<Messenger>();
        services.AddScoped<Templates>();
        services.AddScoped<TemplateDesk>();
        foreach (var field in new[] { "company", "today", TemplateText.OptOutField, "link", "what", "day", "place", "years" }) services.AddSingleton(new TemplateField(field, "messages.field." + field));
        services.AddScoped<SpendingGuard>();
        services.AddSingleton<Outside>();
        services.AddSingleton(s => new OutsideDoor(s.GetRequiredService<Outside>()));
        services.AddSingleton<IChannel, PaperChannel>();
        services.AddSingleton<IChannel, AliyunChannel>();
        services.AddSingleton<IChannel, WeChatChannel>();
        services.AddSingleton<WeComChannel>();
        services.AddSingleton<IChannel>(s => s.GetRequiredService<WeComChannel>());
        services.AddSingleton<IChannel, WebhookChannel>();
        services.AddScoped<ContactDoor>();
        services.AddScoped<MessageRows>();
        services.AddSingleton<SandboxChannel>();
        services.AddSingleton<SmtpChannel>();
        services.AddSingleton<SmsChannel>();
        services.AddSingleton<IChannel>(s => s.GetRequiredService<SmsChannel>());
        services.AddSingleton<IChannel>(s => s.GetRequiredService<SandboxChannel>());
        services.AddSingleton<IChannel>(s => s.GetRequiredService<SmtpChannel>());
        services.AddManyJob<SendMessage>(SendMessage.JobKind);
        services.AddJob<SyncWeCom>();
        services.AddJob<ExpireBodies>();
        services.AddScoped<IHandle<PersonsErased>, Forgetting>();
        services.AddScoped<IHeldData, HeldMessages>();
        services.AddSingleton(new CalendarWork(ExpireBodies.JobKind, Every.Day, 3));
        foreach (var thing in Audited.Things) services.AddSingleton(thing);
    }
}
