using Huitou.Access.Keys;
using Huitou.Access.Public;
using Huitou.Complaints;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Bench;

/// <summary>A company with stores, people, an account to sign in with and a key of the API, made by the product's own doors.</summary>
public sealed class Firm
{
    public const string Account = "bench";
    public const string Password = "bench-2026-huitou";
    public const int Stores = 10;
    /// <summary>Of each store.</summary>
    public const int Sellers = 6;

    public required Engine Engine { get; init; }
    public required Company Company { get; init; }
    public required string ApiKey { get; init; }
    public required IReadOnlyList<Guid> StoreIds { get; init; }
    /// <summary>Store by store.</summary>
    public required IReadOnlyList<Guid> SellerIds { get; init; }

    /// <summary>The day the data stand on.</summary>
    public DateOnly Today { get; } = TimeProvider.System.Today(TimeZoneInfo.Utc);

    /// <summary>Makes it in a new database; <paramref name="more"/> adds what a trial needs, as the company's own work.</summary>
    public static async Task<Firm> FoundAsync(Engine engine, Func<IServiceProvider, Db, Task>? more = null)
    {
        await using var app = HuitouApp.Create(new Settings("bench", "http://127.0.0.1:0", engine.DataFolder, null, true, []), engine);
        await app.Services.GetRequiredService<Migrator>().MigrateAsync();
        var time = TimeProvider.System;
        var stores = new List<Store>();
        var sellers = new List<Guid>();
        var secret = Access.Keys.ApiKey.NewSecret();
        var company = await Huitou.House.NewCompany.MakeAsync(app.Services.GetRequiredService<IServiceScopeFactory>(), time, "Bench", "phone-shop", "Asia/Shanghai", isDemo: false, async (inside, db) =>
        {
            var roles = await db.Set<Role>().ToDictionaryAsync(r => r.Key);
            var region = new Region { Name = "湘中" };
            db.Set<Region>().Add(region);
            stores.AddRange(Enumerable.Range(1, Stores).Select(n => new Store { Number = $"{n:00}", Name = $"{n:00} 店", City = "长沙", RegionId = region.Id }));
            db.Set<Store>().AddRange(stores);
            var account = await inside.GetRequiredService<Accounts>().OpenAsync(Account, "", Password, mustChange: false);
            await db.SaveChangesAsync();
            var joined = new DateOnly(2020, 1, 1);
            var number = 1;
            db.Set<Member>().Add(new Member { Number = "0001", Name = "贺建平", RoleId = roles["general-manager"].Id, AccountId = account, JoinedOn = joined });
            foreach (var store in stores)
            {
                db.Set<Member>().Add(new Member { Number = $"{++number:0000}", Name = $"周{number}", RoleId = roles["specialist"].Id, StoreId = store.Id, JoinedOn = joined });
                for (var i = 0; i < Sellers; i++)
                {
                    var seller = new Member { Number = $"{++number:0000}", Name = $"陈{number}", RoleId = roles["representative"].Id, StoreId = store.Id, JoinedOn = joined };
                    sellers.Add(seller.Id);
                    db.Set<Member>().Add(seller);
                }
            }

            // Customers taken at random come again soon: a major by the rule of repeats has reports, tasks and messages, other rows than the limit's.
            foreach (var rule in HandlingRules.Ready())
            {
                if (rule.Key == HandlingRules.Repeat) rule.Active = false;
                db.Set<HandlingRule>().Add(rule);
            }

            db.Set<ApiKey>().Add(new ApiKey
            {
                Name = "bench", Hash = Access.Keys.ApiKey.HashOf(secret), Starts = secret[..8], Permissions = Roles.Everything, Reach = Reach.Company, CreatedAt = time.Now(),
                ExpiresOn = time.Today(TimeZoneInfo.Utc).AddDays(30),
            });
        });
        if (more is not null) await app.Services.AsCompanyAsync(company, "bench", more);
        return new Firm { Engine = engine, Company = company, ApiKey = secret, StoreIds = [.. stores.Select(s => s.Id)], SellerIds = sellers };
    }
}
