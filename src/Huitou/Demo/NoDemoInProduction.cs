using Huitou.Kernel;

namespace Huitou.Demo;

/// <summary>The demo's password is published: a production node does not serve beside it, also where somebody tried the product over the same data before.</summary>
public sealed class NoDemoInProduction(Settings settings, Companies companies) : IBeforeServing
{
    public async Task<string?> PrepareAsync(CancellationToken cancel)
    {
        if (!settings.Production || !(await companies.ReadAsync(cancel)).Any(c => c.IsDemo)) return null;
        return "This data holds the demo company, whose password everybody can read: it is not served in production.\n"
            + "Remove it with the verb demo-remove (same --data and --database), or start with another --data.";
    }
}

/// <summary><c>huitou demo-remove</c>: what the page under Settings does, for who goes over to production.</summary>
public sealed class RemoveDemo(Companies companies, Engine engine, Migrator migrator) : ICommand
{
    public string Verb => "demo-remove";
    public string Help => "removes the demo company with all its rows and sign-ins; other companies stay as they are";

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        var demos = (await companies.ReadAsync(cancel)).FindAll(c => c.IsDemo);
        foreach (var demo in demos)
        {
            await DemoCompany.RemoveAsync(engine, migrator, demo, cancel: cancel);
            companies.Forget(demo.Id);
            Console.WriteLine($"{demo.Name} is removed.");
        }

        if (demos.Count == 0) Console.WriteLine("There is no demo company.");
        return 0;
    }
}
