using System.Globalization;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>
/// Some weeks in the life of 迅捷通讯, told day by day through the product's own doors: people come and buy, are called, rate,
/// are unhappy and made happy again. The story ends now, in the middle of a month.
/// </summary>
internal sealed partial class Story(IServiceProvider services, StoryClock clock, DateTime end)
{
    /// <summary>How long before now it begins.</summary>
    public const int Days = 45;

    private const int CustomersBefore = 90;
    private readonly Random random = new(20261121);
    private readonly Dictionary<string, Member> people = [];
    private readonly List<Store> stores = [];
    private readonly List<Buyer> buyers = [];
    private readonly List<Device> bought = [];
    private Company company = null!;
    private int serial = 1000;
    private int invoice = 10000;

    /// <summary>Opens the stores and hires everybody; part of the company's own first transaction.</summary>
    public async Task HireAsync(IServiceProvider inside, Db db)
    {
        var roles = await db.Set<Role>().ToDictionaryAsync(r => r.Key);
        var accounts = inside.GetRequiredService<Accounts>();
        var password = accounts.HashOf(Cast.Password);
        var region = new Region { Name = "湘中" };
        db.Set<Region>().Add(region);
        await db.SaveChangesAsync();
        foreach (var (number, name, address, phone) in Cast.Stores) stores.Add(new Store { Number = number, Name = name, City = "长沙", Address = address, Phone = phone, RegionId = region.Id });
        db.Set<Store>().AddRange(stores);
        await db.SaveChangesAsync();

        var joined = DateOnly.FromDateTime(clock.GetUtcNow().DateTime).AddYears(-2);
        var number2 = 0;
        async Task<Member> Hire(string account, string name, string role, Guid? store, Guid? boss)
        {
            var member = new Member
            {
                Number = $"{++number2:000}", Name = name, RoleId = roles[role].Id, StoreId = store, RegionId = role is "region-manager" or "sales-director" ? region.Id : null,
                AccountId = await accounts.OpenHashedAsync(account, "", password), ReportsTo = boss, JoinedOn = joined, MonthlyAllowance = store is null ? 0 : 50_000,
            };
            people[account] = member;
            db.Set<Member>().Add(member);
            return member;
        }

        var general = await Hire(Cast.HeadOffice[0].Account, Cast.HeadOffice[0].Name, Cast.HeadOffice[0].Role, null, null);
        foreach (var (account, name, role) in Cast.HeadOffice.Skip(1)) await Hire(account, name, role, null, general.Id);
        Member? manager = null;
        foreach (var (store, account, name, role) in Cast.Shops)
        {
            var hired = await Hire(account, name, role, stores[store].Id, role == "store-manager" ? people["zhengwei"].Id : manager!.Id);
            if (role == "store-manager") manager = hired;
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Tells it from the first day to now.</summary>
    public async Task TellAsync(Company of, DemoMaking? making, CancellationToken cancel)
    {
        company = of;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(Texts.Languages[0]);
        await OpenOldFilesAsync(cancel);
        var today = DateOnly.FromDateTime(end.Local(company.Zone));
        for (var day = today.AddDays(-Days + 1); day <= today; day = day.AddDays(1))
        {
            clock.MoveTo(At(day, 9, 30));
            if (clock.Now() >= end) break;
            await DueAsync(cancel);
            await PlanAsync(day, cancel);
            await BatteryAsync(day, cancel);
            await SellAsync(day, cancel);
            await CallAsync(day, cancel);
            await RecoverAsync(day, cancel);
            await KeepAsync(day, today, cancel);
            await RegisterAsync(day, today, cancel);
            await AroundComplaintsAsync(day, today, cancel);
            await SurveyAsync(day, today, cancel);
            await MysteryAsync(day, today, cancel);
            await OffersAsync(day, today, cancel);
            await DueAsync(cancel);
            making?.Told(Days - (today.DayNumber - day.DayNumber), Days + 2); // the rest are the last acts
        }

        clock.MoveTo(end);
        await DueAsync(cancel);
        await KnowAsync(cancel);
        await DoubleAsync(cancel);
        await WriteAsync(cancel);
        await CareAsync(cancel);
    }

    // A customer written down twice, a couple with one phone, a lead from the web without an owner: what the archive finds and the manager decides.
    private async Task DoubleAsync(CancellationToken cancel)
    {
        await AsAsync(people["wangsiyu"], async (inside, db) =>
        {
            var desk = inside.GetRequiredService<CustomerDesk>();
            var (twice, couple) = (Cast.Known[1], Cast.Known[5]);
            await desk.OpenAsync(new OpenCustomer { Name = twice.Name, FormOfAddress = "邓叔", Phone = twice.Phone, StoreId = stores[0].Id, Note = "想给老伴换一部老人机", Consents = [ConsentPurpose.Service] }, cancel);
            await desk.OpenAsync(new OpenCustomer { Name = "胡桂英", FormOfAddress = "胡姐", Phone = couple.Phone, StoreId = stores[0].Id, Consents = [ConsentPurpose.Service] }, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await services.AsCompanyAsync(company, "demo", async (inside, db) =>
        {
            // Everybody of 河西店 has their hands full, so this one waits for the sales manager.
            foreach (var account in new[] { "shibo", "wanyun" }) db.Set<Customers.Capacity>().Add(new Customers.Capacity { StaffId = people[account].Id, Most = 1 });
            foreach (var store in Enumerable.Range(0, stores.Count).Where(s => s != 2))
            {
                foreach (var seller in Sellers(store)) db.Set<Customers.Capacity>().Add(new Customers.Capacity { StaffId = seller.Id, Most = 1 });
            }

            await db.SaveChangesAsync(cancel);
            await inside.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "余子涵", Phone = "13975150318", Source = CustomerSource.Lead, StoreId = stores[2].Id, Address = "长沙市岳麓区麓谷街道" }, cancel);
            await db.Set<Customers.Capacity>().ExecuteDeleteAsync(cancel);
            await inside.GetRequiredService<Customers.Pairs>().FindNowAsync(cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await DueAsync(cancel);
    }

    // What the clocks of the day called for.
    private async Task DueAsync(CancellationToken cancel)
    {
        var runner = services.GetRequiredService<JobRunner>();
        while (await runner.RunDueAsync(cancel) > 0) { }
    }

    // Customers of earlier years: files with phones bought before the story.
    private async Task OpenOldFilesAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(end.Local(company.Zone));
        await AsAsync(people["linxiaomei"], async (inside, db) =>
        {
            var sales = new List<NewSale>();
            foreach (var (name, address, tier, phone, model, months) in Cast.Known.Where(k => k.MonthsAgo > 2))
            {
                await OpenAsync(inside, db, name, address, phone, tier, 0, today.AddMonths(-months).AddDays(-random.Next(20)), Cast.Phones[model], sales, cancel);
            }

            for (var i = 0; i < CustomersBefore; i++)
            {
                var name = NewName();
                var tier = random.Next(10) switch { 0 => 2, 1 or 2 => 1, _ => 0 };
                await OpenAsync(inside, db, name, "", NewPhone(), tier, i % Cast.Stores.Length, today.AddDays(-Days - 10 - random.Next(900)), Cast.Phones[random.Next(Cast.Phones.Length)], sales, cancel);
                // Some came again two months later, and then no more.
                var (first, buyer, extra) = (sales[^1], buyers[^1], Cast.Extras[i % Cast.Extras.Length]);
                if (i % 5 == 0 && first.SoldOn < today.AddDays(-200))
                {
                    var again = first.SoldOn.AddDays(60);
                    sales.Add(Sale(stores[buyer.Store], Sellers(buyer.Store)[0], buyer.Id, At(again, 15, 20), again, [new(extra.Code, extra.Name, 1, extra.Price * 10_000L)]));
                }
            }

            await HandOutAsync(inside, cancel);
            await inside.GetRequiredService<Sales>().RecordAsync(sales, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    // The phones just bought go into their files together.
    private async Task HandOutAsync(IServiceProvider inside, CancellationToken cancel)
    {
        await inside.GetRequiredService<Devices>().AddManyAsync(bought, cancel);
        bought.Clear();
    }

    // A day's sales: some come again, most are new. Who sold opens the files; in the evening the tills hand in the day's sales and phones together.
    private async Task SellAsync(DateOnly day, CancellationToken cancel)
    {
        var sales = new List<NewSale>();
        foreach (var (store, index) in stores.Select((s, i) => (s, i)))
        {
            var seller = Sellers(index)[random.Next(Sellers(index).Count)];
            var count = random.Next(index == 0 ? 2 : 0, index == 0 ? 5 : 3);
            if (count == 0) continue;
            await AsAsync(seller, async (inside, db) =>
            {
                for (var i = 0; i < count; i++)
                {
                    clock.MoveTo(At(day, 10 + i * 2, random.Next(60)));
                    if (clock.Now() >= end) break;
                    var known = index == 0 ? Cast.Known.FirstOrDefault(k => k.MonthsAgo <= 2 && buyers.All(b => b.Phone != k.Phone) && day >= DateOnly.FromDateTime(end.Local(company.Zone)).AddDays(-3 - k.MonthsAgo * 28)) : default;
                    if (known.Name is not null) await OpenAsync(inside, db, known.Name, known.Address, known.Phone, known.Tier, 0, null, Cast.Phones[known.Model], sales, cancel);
                    else if (random.Next(4) == 0) sales.Add(Extra(store, seller, buyers.Where(b => b.Store == index).ElementAt(random.Next(buyers.Count(b => b.Store == index)))));
                    else await OpenAsync(inside, db, NewName(), "", NewPhone(), random.Next(8) == 0 ? 1 : 0, index, null, Cast.Phones[random.Next(Cast.Phones.Length)], sales, cancel);
                }

                await db.SaveAsync(cancel: cancel);
            }, cancel);
        }

        if (sales.Count == 0 && bought.Count == 0) return;
        await services.AsCompanyAsync(company, "tills", async (inside, db) =>
        {
            if (bought.Count > 0) await HandOutAsync(inside, cancel);
            await inside.GetRequiredService<Sales>().RecordAsync(sales, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    // A few have their birthday on the day the story ends, so that there is somebody to greet.
    private Birthday Born(Birthday drawn)
    {
        if (buyers.Count % 23 != 4) return drawn;
        var today = DateOnly.FromDateTime(end.Local(company.Zone));
        if (!drawn.Lunar) return drawn with { Month = today.Month, Day = today.Day };
        var lunar = Calendars.Public.LunarDay.Of(today);
        return drawn with { Month = lunar.Month, Day = lunar.Day, Leap = lunar.Leap };
    }

    private async Task OpenAsync(IServiceProvider inside, Db db, string name, string address, string phone, int tier, int store, DateOnly? on, (string Code, string Name, int Price) model, List<NewSale> sales, CancellationToken cancel)
    {
        var at = on is { } past ? At(past, 11 + random.Next(8), random.Next(60)) : clock.Now();
        var day = DateOnly.FromDateTime(at.Local(company.Zone));
        var sellers = Sellers(store);
        var owner = sellers[buyers.Count % sellers.Count];
        var lunar = random.Next(3) == 0;
        var customer = await inside.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer
        {
            Name = name, FormOfAddress = address, Phone = phone, Stage = CustomerStage.Buyer, Tier = (CustomerTier)tier, Source = CustomerSource.Sale,
            StoreId = stores[store].Id, OwnerId = owner.Id, OpenedAt = at, Birthday = Born(new Birthday(1958 + random.Next(48), 1 + random.Next(12), 1 + random.Next(28), lunar, false)),
            Consents = [ConsentPurpose.Service, ConsentPurpose.FollowUp], PreferredHours = random.Next(5) == 0 ? "18:00–20:30" : "",
        }, cancel);
        bought.Add(new Device { CustomerId = customer, Model = model.Name, Imei = NewImei(), BoughtOn = day, Price = model.Price * 100L, StoreId = stores[store].Id });
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear(); // the next file need not look through this one's rows again
        buyers.Add(new Buyer(customer, store, owner.Id, phone));
        var lines = new List<NewSaleLine> { new(model.Code, model.Name, 1, model.Price * 10_000L) };
        if (random.Next(2) == 0)
        {
            var extra = Cast.Extras[random.Next(Cast.Extras.Length)];
            lines.Add(new(extra.Code, extra.Name, 1, extra.Price * 10_000L));
        }

        sales.Add(Sale(stores[store], owner, customer, at, day, lines));
    }

    private NewSale Extra(Store store, Member seller, Buyer buyer)
    {
        var extra = Cast.Extras[random.Next(Cast.Extras.Length)];
        return Sale(store, seller, buyer.Id, clock.Now(), DateOnly.FromDateTime(clock.Now().Local(company.Zone)), [new(extra.Code, extra.Name, 1, extra.Price * 10_000L)]);
    }

    private NewSale Sale(Store store, Member seller, Guid customer, DateTime at, DateOnly day, IReadOnlyList<NewSaleLine> lines) => new()
    {
        Number = $"XS{store.Number}-{++invoice}", StoreId = store.Id, OwnerId = seller.Id, CustomerId = customer, At = at, SoldOn = day, Currency = "CNY", Lines = lines,
    };

    private List<Member> Sellers(int store) => [.. Cast.Shops.Where(p => p.Store == store && p.Role == "representative").Select(p => people[p.Account])];

    private string NewName() => Cast.Surnames[Math.Min(random.Next(Cast.Surnames.Length), random.Next(Cast.Surnames.Length))] + Cast.Given[random.Next(Cast.Given.Length)];

    private string NewPhone() => $"{new[] { "138", "139", "135", "150", "158", "177", "186", "189", "199" }[random.Next(9)]}0731{serial++:0000}";

    // A type code that no maker has (98…), a serial, and the check digit (Luhn).
    private string NewImei()
    {
        var digits = $"98{random.Next(100000, 999999)}{serial++:000000}";
        var sum = 0;
        for (var i = 0; i < 14; i++)
        {
            var digit = digits[i] - '0';
            if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return digits + (10 - sum % 10) % 10;
    }

    private DateTime At(DateOnly day, int hour, int minute) => day.ToDateTime(new TimeOnly(hour, minute)).Utc(company.Zone);

    // Does something as one of the staff, in a transaction of its own that the work saves.
    private async Task AsAsync(Member member, Func<IServiceProvider, Db, Task> work, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var role = Cast.Shops.Where(p => people[p.Account] == member).Select(p => p.Role).Concat(Cast.HeadOffice.Where(p => people[p.Account] == member).Select(p => p.Role)).First();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(company.Id, member.Id, member.AccountId, member.Name, role, role, member.StoreId, "", Reach.Company, [], company.Zone,
            [.. Rooms.All.SelectMany(m => m.Permissions)], "staff:" + member.Id);
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.BeginAsync(toWrite: true, cancel);
        await work(scope.ServiceProvider, db);
    }

    private sealed record Buyer(Guid Id, int Store, Guid Owner, string Phone);
}
