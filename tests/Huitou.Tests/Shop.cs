using Huitou.Access.Public;
using Huitou.House;
using Huitou.Access.Sessions;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests;

/// <summary>
/// A company of a test's own, on the engine's shared host: two stores, a handful of people with different rights. Other
/// tests' companies lie beside it, so every test also tries the walls between companies.
/// </summary>
public sealed class Shop
{
    private static int number;

    private Shop(TestHost host, Company company) => (Host, Company) = (host, company);

    public TestHost Host { get; }
    public Company Company { get; }
    /// <summary>五一广场店.</summary>
    public Store First { get; private set; } = null!;
    /// <summary>星沙店.</summary>
    public Store Second { get; private set; } = null!;
    /// <summary>People by first use of their role: <c>People["representative"]</c>. All of the first store, or head office; "other-representative" works in the second store.</summary>
    public Dictionary<string, Member> People { get; } = [];

    /// <summary>Opens a shop on the engine's shared host.</summary>
    public static async Task<Shop> OpenAsync(string engine) => await OpenAsync(await TestHost.OfAsync(engine));

    public static async Task<Shop> OpenAsync(TestHost host)
    {
        // Companies get the next number; tests that run side by side would take the same one.
        await OneAtATime.WaitAsync();
        try
        {
            return await MakeAsync(host);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    private static async Task<Shop> MakeAsync(TestHost host)
    {
        var n = Interlocked.Increment(ref number);
        Shop shop = null!;
        await NewCompany.MakeAsync(host.Services.GetRequiredService<IServiceScopeFactory>(), host.Clock, $"试店 {n}", "phone-shop", "Asia/Shanghai", isDemo: false, async (services, db) =>
        {
            shop = new Shop(host, await db.Set<Company>().FirstAsync(c => c.Id == db.CompanyId));
            var company = shop.Company;
            var roles = await db.Set<Role>().ToDictionaryAsync(r => r.Key);
            shop.First = new Store { Number = "01", Name = "五一广场店", City = "长沙", Address = "五一大道 1 号", Phone = "0731-88880001" };
            shop.Second = new Store { Number = "02", Name = "星沙店", City = "长沙", Address = "星沙大道 2 号", Phone = "0731-88880002" };
            db.Set<Store>().AddRange(shop.First, shop.Second);
            await db.SaveChangesAsync();
            (string Key, string Role, string Name, bool Head, bool Other)[] cast =
            [
                ("general-manager", "general-manager", "贺建平", true, false),
                ("administrator", "administrator", "管理员", true, false),
                ("store-manager", "store-manager", "林晓梅", false, false),
                ("representative", "representative", "陈立", false, false),
                ("second-representative", "representative", "王思雨", false, false),
                ("specialist", "specialist", "周敏", false, false),
                ("clerk", "clerk", "李小强", false, false),
                ("other-representative", "representative", "何俊", false, true),
                ("other-manager", "store-manager", "刘涛", false, true),
            ];
            var i = 0;
            foreach (var (key, role, name, head, other) in cast)
            {
                var member = new Member
                {
                    Number = $"{++i:000}", Name = name, RoleId = roles[role].Id, StoreId = head ? null : other ? shop.Second.Id : shop.First.Id, AccountId = Ids.New(),
                    JoinedOn = new DateOnly(2020, 1, 1), MonthlyAllowance = 50_000,
                };
                shop.People[key] = member;
                db.Set<Member>().Add(member);
                AddAccount(db, company, member.AccountId.Value, $"{company.Number}-{key}");
            }

            // The line above a person must be there before they point at it: rows of one save go in by key.
            await db.SaveChangesAsync();
            foreach (var key in new[] { "store-manager", "other-manager", "administrator" }) shop.People[key].ReportsTo = shop.People["general-manager"].Id;
            foreach (var key in new[] { "representative", "second-representative", "specialist", "clerk" }) shop.People[key].ReportsTo = shop.People["store-manager"].Id;
            shop.People["other-representative"].ReportsTo = shop.People["other-manager"].Id;
            await db.SaveChangesAsync();
        });
        return shop;
    }

    /// <summary>An account without a password; its security stamp is its id, which <see cref="Browser.SignedIn"/> knows.</summary>
    public static void AddAccount(Db db, Company company, Guid id, string name)
    {
        db.Set<Account>().Add(new Account { Id = id, UserName = name, NormalizedUserName = name.ToUpperInvariant(), SecurityStamp = id.ToString(), LockoutEnabled = true, LastCompanyId = company.Id });
        db.Set<AccountSeat>().Add(new AccountSeat { AccountId = id, CompanyId = company.Id });
    }

    /// <summary>A browser signed in as one of the <see cref="People"/>.</summary>
    public Browser As(string person) => Browser.SignedIn(Host, Company, People[person].AccountId!.Value);

    /// <summary>Looks at the database as this company.</summary>
    public Task<T> LookAsync<T>(Func<Db, Task<T>> look) => Host.InAsync(Company, (_, db) => look(db));
}
