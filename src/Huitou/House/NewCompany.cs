using System.Security.Cryptography;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.House;

/// <summary>
/// <c>huitou company --name NAME --admin ACCOUNT [--trade T] [--zone Z]</c>: makes a company with the ready rows of every
/// module and one administrator, and prints a first password that has to be changed at the first sign-in.
/// </summary>
public sealed class NewCompany(IServiceScopeFactory scopes, TimeProvider time) : ICommand
{
    public string Verb => "company";
    public string Help => "makes a company and its administrator: --name NAME --admin ACCOUNT [--trade phone-shop] [--zone Asia/Shanghai]";

    public async Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken cancel)
    {
        string? Word(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        if (Word("--name") is not { Length: > 0 } name || Word("--admin") is not { Length: > 0 } admin)
        {
            await Console.Error.WriteLineAsync(Help);
            return 2;
        }

        var password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(12)).Replace('+', 'x').Replace('/', 'y');
        try
        {
            await MakeAsync(scopes, time, name, Word("--trade") ?? "phone-shop", Word("--zone") ?? "Asia/Shanghai", isDemo: false, async (inside, db) =>
            {
                var role = await db.Set<Role>().FirstAsync(r => r.Key == "administrator", cancel);
                var account = await inside.GetRequiredService<Accounts>().OpenAsync(admin, "", password, mustChange: true, cancel);
                db.Set<Member>().Add(new Member { Number = "001", Name = admin, RoleId = role.Id, AccountId = account, JoinedOn = time.Today(inside.GetRequiredService<CurrentUser>().Zone) });
            }, cancel);
        }
        catch (Refused refused)
        {
            await Console.Error.WriteLineAsync(services.GetRequiredService<Texts>().In("en", refused.Key, refused.Args));
            return 1;
        }
        catch (TimeZoneNotFoundException)
        {
            await Console.Error.WriteLineAsync("There is no such time zone. An IANA name is needed, for example Asia/Shanghai.");
            return 2;
        }

        Console.WriteLine($"{name} is made. Sign in as {admin} with the first password {password} and change it.");
        return 0;
    }

    /// <summary>Makes a company with the ready rows of every module; <paramref name="first"/> adds its first people, in the same transaction.</summary>
    public static async Task<Company> MakeAsync(IServiceScopeFactory scopes, TimeProvider time, string name, string trade, string zone, bool isDemo, Func<IServiceProvider, Db, Task> first, CancellationToken cancel = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        var company = new Company { Id = Ids.New(), Name = name, Trade = trade, ZoneId = zone, IsDemo = isDemo, CreatedAt = time.Now() };
        scope.ServiceProvider.GetRequiredService<CurrentUser>().BecomeJob(company.Id, company.Zone, "company");
        await db.BeginAsync(toWrite: true, cancel);
        company.Number = 1 + (await db.Set<Company>().MaxAsync(c => (int?)c.Number, cancel) ?? 0);
        db.Set<Company>().Add(company);
        await db.SaveChangesAsync(cancel);
        await scope.ServiceProvider.GetRequiredService<Events>().PublishAsync(new CompanyMade(company), cancel);
        await db.SaveChangesAsync(cancel);
        await first(scope.ServiceProvider, db);
        await db.SaveAsync(cancel: cancel);
        return company;
    }
}
