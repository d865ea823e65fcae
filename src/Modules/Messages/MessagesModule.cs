using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Messages;

/// <summary>Messages to customers: one door for all modules, the channels behind it, what became of each.</summary>
public sealed class MessagesModule : Module
{
    public override string Name => "messages";
    public override int Level => 1;
    public override IEnumerable<string> Permissions => ["messages.view", "messages.settings"];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<Messenger>();
        services.AddScoped<MessageRows>();
        services.AddSingleton<SandboxChannel>();
        services.AddSingleton<SmtpChannel>();
        services.AddSingleton<IChannel>(s => s.GetRequiredService<SandboxChannel>());
        services.AddSingleton<IChannel>(s => s.GetRequiredService<SmtpChannel>());
        services.AddJob<SendMessage>();
    }
}
