using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Linq.Expressions;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Custody;
using Huitou.Custody.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Huitou.Tests.Goods;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>
/// Every door × role × reach × company: marked rows are planted (another company's, another store's, another owner's, a
/// secret file), every endpoint that the application has is opened as every role, and no answer may hold a mark that is not
/// that person's to see. With one filter taken out the same walk finds the hole.
/// </summary>
public sealed partial class WalkTests
{
    /// <summary>Whose row it is. The mark stands in its name, its words and its number.</summary>
    private enum Mark { Mine, Owner, Store, Secret, Company }

    private static string Name(Mark mark) => $"Qz{mark}";
    private static string Phone(Mark mark) => $"1391111990{(int)mark}";

    private sealed record Planted(Dictionary<string, Guid> Ids);

    private sealed record World(TestHost Host, Shop Shop, Shop Other, Dictionary<Mark, Planted> Rows, Dictionary<string, (Role Role, Guid Account)> People)
    {
        /// <summary>What each role may, as the tables say.</summary>
        public Dictionary<string, HashSet<string>> May { get; } = [];
    }

    [Theory, Engines(PostgresLong = true)]
    public async Task Nobody_is_answered_what_is_not_theirs(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var world = await PlantAsync(host);
        var watch = Stopwatch.StartNew();
        var (asked, leaks) = await WalkAsync(world, stopAtFirst: false);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{asked} answers in {watch.Elapsed.TotalSeconds:0.0} s"));
        Assert.True(asked > 1_500, $"only {asked} answers were looked at");
        Assert.True(leaks.Count == 0, $"{leaks.Count} of {asked}:\n" + string.Join("\n", leaks.Take(60)));

        // The marks are really there for who may see them, or the walk would prove nothing.
        Assert.Contains(Name(Mark.Mine), await BodyAsync(world, "representative", "/customers"), StringComparison.Ordinal);
        Assert.Contains(Name(Mark.Owner), await BodyAsync(world, "store-manager", "/customers"), StringComparison.Ordinal);
        Assert.Contains(Name(Mark.Store), await BodyAsync(world, "administrator", "/customers"), StringComparison.Ordinal);
        Assert.Contains(Name(Mark.Secret), await BodyAsync(world, "information-supervisor", "/customers"), StringComparison.Ordinal);
    }

    /// <summary>The planted hole: with a filter taken out, the walk says so. On PostgreSQL company and secrecy hold all the same, by row-level security.</summary>
    [Theory, Engines(PostgresLong = true)]
    public async Task The_walk_finds_a_filter_that_was_taken_out(string engine)
    {
        foreach (var filter in new[] { Db.CompanyFilter, Db.ScopeFilter, Db.SecrecyFilter })
        {
            var hole = new Hole(filter);
            await using var host = await TestHost.StartAsync(engine, services => services.ConfigureDbContext<Db>(options => options.AddInterceptors(hole)));
            var world = await PlantAsync(host);
            hole.IsOpen = true; // what was asked while planting stays whole; the pages have not been asked yet
            var (_, leaks) = await WalkAsync(world, stopAtFirst: true, only: door => "/" + door.RoutePattern.RawText!.TrimStart('/') is "/customers" or "/customers/{Id:guid}" or "/api/v1/customers" or "/api/v1/customers/" or "/api/v1/customers/{id:guid}");
            if (engine == EnginesAttribute.Postgres && filter != Db.ScopeFilter) Assert.True(leaks.Count == 0, $"{filter}: the database let through {string.Join("\n", leaks)}");
            else Assert.True(leaks.Count > 0, $"{filter} was taken out and the walk found nothing");
        }
    }

    /// <summary>The same for a register of its own: where one set alone lost its reach, the walk names the doors it is seen through.</summary>
    [Theory, Engines(PostgresLong = true)]
    public async Task The_walk_finds_each_set_that_lost_its_reach(string engine)
    {
        Type[] sets = [typeof(Notice), typeof(Loan), typeof(AccessRequest), typeof(RightsRequest), typeof(CustodyCheck), typeof(MarketNews)];
        string[] doors = ["/api/v1/notices", "/api/v1/custody/loans", "/api/v1/custody/requests", "/api/v1/rights-requests", "/api/v1/custody-checks", "/api/v1/market-news"];
        var hole = new Hole(Db.ScopeFilter, sets);
        await using var host = await TestHost.StartAsync(engine, services => services.ConfigureDbContext<Db>(options => options.AddInterceptors(hole)));
        var world = await PlantAsync(host);
        hole.IsOpen = true;
        var (_, leaks) = await WalkAsync(world, stopAtFirst: false, only: door => doors.Contains("/" + door.RoutePattern.RawText!.Trim('/')));
        var missed = doors.Where(d => !leaks.Exists(l => l.Contains($"GET {d}", StringComparison.Ordinal))).ToList();
        Assert.True(missed.Count == 0, $"nothing was found at {string.Join(", ", missed)}; at others {leaks.Count}");
    }

    /// <summary>F6: whoever is complained about is answered nothing of it, at any door, though the customer's file is theirs to read.</summary>
    [Theory, Engines(PostgresLong = true)]
    public async Task Whoever_is_complained_about_reads_nothing_of_it(string engine)
    {
        const string words = "QzAbout";
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var about = shop.People["specialist"].Id;
        var ids = await host.InAsync(shop.Company, async (services, db) =>
        {
            var customer = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = "Walker", Phone = "13911119999", StoreId = shop.First.Id, OwnerId = about });
            await db.SaveChangesAsync();
            var complaint = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, shop.First.Id, words + " said", words + " wants", "counter", "", shop.People["store-manager"].Id) { Excluded = [about], Product = words + " X" })).Id;
            await db.SaveChangesAsync();
            var promise = await services.GetRequiredService<Promises>().AddAsync(customer, complaint, words + " promised", host.Clock.GetUtcNow().UtcDateTime.AddDays(1), shop.People["store-manager"].Id);
            var improvement = await services.GetRequiredService<Huitou.Complaints.Improvements>().MakeAsync(Huitou.Complaints.ImprovementKind.Improvement, complaint, words + " mended", "", shop.People["store-manager"].Id, new DateOnly(2027, 1, 1));
            var handling = services.GetRequiredService<Huitou.Complaints.Handling>();
            await handling.NoteAsync(complaint, words + " noted");
            await handling.AnswerAsync(complaint, "sms", words + " answered", host.Clock.GetUtcNow().UtcDateTime.AddHours(5));
            // What other modules keep of it: the call that brought it to light, the question about the handling and its answer (one that came after).
            var task = new FollowUp { CustomerId = customer, StoreId = shop.First.Id, OwnerId = shop.People["store-manager"].Id, RuleKey = "spec-15", AnchorOn = new DateOnly(2026, 11, 1), DueOn = new DateOnly(2026, 11, 30), DueAt = host.Clock.GetUtcNow().UtcDateTime.AddDays(3), CreatedAt = host.Clock.GetUtcNow().UtcDateTime };
            db.Set<FollowUp>().Add(task);
            db.Set<Result>().Add(new Result { CustomerId = customer, TaskId = task.Id, StoreId = shop.First.Id, OwnerId = about, Words = words + " called", At = host.Clock.GetUtcNow().UtcDateTime, ComplaintId = complaint });
            await services.GetRequiredService<Huitou.Surveys.Public.Ratings>().RecordAsync(new Huitou.Surveys.Public.RatingGiven(customer, shop.First.Id, about, Huitou.Surveys.Public.Rating.Handling, complaint, 3, words + " rated", host.Clock.GetUtcNow().UtcDateTime));
            db.Set<Huitou.Surveys.Request>().Add(new Huitou.Surveys.Request { Id = Ids.New(), CustomerId = customer, StoreId = shop.First.Id, OwnerId = about, About = Huitou.Surveys.Public.Rating.Handling, SubjectId = complaint, Topic = words + " topic", At = host.Clock.GetUtcNow().UtcDateTime, ExpiresAt = host.Clock.GetUtcNow().UtcDateTime.AddDays(9) });
            await services.GetRequiredService<Huitou.Complaints.Upward>().CallHelpAsync(complaint, shop.People["clerk"].Id, words + " help");
            await handling.PauseAsync(complaint, "parts", words + " rests", host.Clock.GetUtcNow().UtcDateTime.AddDays(2));
            await services.GetRequiredService<Huitou.Complaints.Compensations>().GrantAsync(complaint, Huitou.Complaints.CompensationKind.Damages, words + " paid", 500_000);
            await db.SaveAsync();
            return new[] { customer, complaint, promise, improvement.Id };
        });
        var more = await shop.LookAsync(async db => (Message: await db.Set<Huitou.Messages.Message>().Select(m => m.Id).ToListAsync(), Approval: await db.Set<Huitou.Approvals.ApprovalRequest>().Select(r => r.Id).ToListAsync()));
        var doors = ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null && e.RoutePattern.RawText is { } text && !text.Contains(":file", StringComparison.Ordinal) && !text.TrimStart('/').StartsWith('_') && !text.Contains("{Token}", StringComparison.Ordinal)
                && (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Contains("GET")).Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Distinct().ToList();
        var (asked, leaks, seen) = (0, new List<string>(), 0);
        var (theirs, managers) = (shop.As("specialist"), shop.As("store-manager"));
        foreach (var route in doors)
        {
            var addresses = Parameter().IsMatch(route) ? ids.Concat(more.Message).Concat(more.Approval).Select(id => Parameter().Replace(route, id.ToString())) : [route, route + "?view=all&q=Qz", $"{route}?customer={ids[0]}"];
            foreach (var address in addresses)
            {
                asked++;
                var body = await (await theirs.GetAsync(address)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                if (body.Contains(words, StringComparison.OrdinalIgnoreCase)) leaks.Add($"{address}: …{body[Math.Max(0, body.IndexOf(words, StringComparison.OrdinalIgnoreCase) - 80)..][..160].ReplaceLineEndings(" ")}…");
                if (seen < 6 && (await (await managers.GetAsync(address)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains(words, StringComparison.Ordinal)) seen++;
            }
        }

        Assert.True(asked > 300 && seen >= 6, $"{asked} asked, {seen} seen by who may");
        Assert.True(leaks.Count == 0, $"{leaks.Count} of {asked}:\n" + string.Join("\n", leaks.Take(40)));
    }

    private static async Task<World> PlantAsync(TestHost host)
    {
        var shop = await Shop.OpenAsync(host);
        var other = await Shop.OpenAsync(host);
        var rows = new Dictionary<Mark, Planted>
        {
            [Mark.Mine] = await PlantAsync(shop, Mark.Mine, shop.First, "representative"),
            [Mark.Owner] = await PlantAsync(shop, Mark.Owner, shop.First, "second-representative"),
            [Mark.Store] = await PlantAsync(shop, Mark.Store, shop.Second, "other-representative"),
            [Mark.Secret] = await PlantAsync(shop, Mark.Secret, shop.First, "representative"),
            [Mark.Company] = await PlantAsync(other, Mark.Company, other.First, "representative"),
        };
        var people = new Dictionary<string, (Role, Guid)>();
        await host.InAsync(shop.Company, async (services, db) =>
        {
            var region = new Region { Name = "walk" };
            db.Set<Region>().Add(region);
            var first = await db.Set<Store>().AsTracking().SingleAsync(s => s.Id == shop.First.Id);
            first.RegionId = region.Id;
            var roles = await db.Set<Role>().ToListAsync();
            var n = 0;
            foreach (var role in roles)
            {
                if (shop.People.TryGetValue(role.Key, out var there))
                {
                    people[role.Key] = (role, there.AccountId!.Value);
                    continue;
                }

                var member = new Member { Number = $"W{++n:00}", Name = role.Key, RoleId = role.Id, StoreId = role.Reach is Reach.Own or Reach.Store ? shop.First.Id : null, RegionId = role.Reach == Reach.Region ? region.Id : null, AccountId = Ids.New(), JoinedOn = new DateOnly(2020, 1, 1) };
                db.Set<Member>().Add(member);
                Shop.AddAccount(db, shop.Company, member.AccountId!.Value, $"{shop.Company.Number}-w-{role.Key}");
                people[role.Key] = (role, member.AccountId.Value);
                if (role.Key == "information-supervisor") shop.People[role.Key] = member;
            }

            await db.SaveChangesAsync();
            await services.GetRequiredService<Secrecy>().SetAsync(rows[Mark.Secret].Ids["customers"], SecrecyLevel.TopSecret, "walk", [shop.People["information-supervisor"].Id]);
            await db.SaveAsync();
            return 0;
        });
        host.Services.GetRequiredService<KnownPeople>().ForgetAll();
        var world = new World(host, shop, other, rows, people);
        foreach (var (of, key) in new[] { (shop, ""), (other, "administrator") })
        {
            await host.InAsync(of.Company, async (_, db) =>
            {
                var given = await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId).Select(p => new { p.RoleId, p.Permission }).ToListAsync();
                foreach (var role in await db.Set<Role>().Where(r => key == "" || r.Key == key).ToListAsync()) world.May[key == "" ? role.Key : "other company"] = [.. given.Where(g => g.RoleId == role.Id).Select(g => g.Permission)];
                return 0;
            });
        }

        return world;
    }

    // A file with all that hangs on one: people around, things owned, notes, complaint, promise, sale, and the follow-ups a sale brings.
    private static async Task<Planted> PlantAsync(Shop shop, Mark mark, Store store, string owner)
    {
        var (name, staff) = (Name(mark), shop.People[owner].Id);
        var ids = await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var customer = await services.GetRequiredService<CustomerDesk>().OpenAsync(new OpenCustomer { Name = name, Phone = Phone(mark), Email = $"{name}@example.test", WeChat = "w" + name, Address = name + " Street 1", StoreId = store.Id, OwnerId = staff, Note = name + " note", Birthday = new Birthday(1980, 11, 22, false, false) });
            await db.SaveChangesAsync();
            services.GetRequiredService<Timeline>().Add(customer, TimelineKind.Note, "customers.timeline.note", words: name + " said");
            var person = new PersonAround { CustomerId = customer, Relation = "wife", Name = name + " Wife", Phone = Phone(mark) };
            db.Set<PersonAround>().Add(person);
            var device = await services.GetRequiredService<Devices>().AddAsync(new Device { CustomerId = customer, Model = name + " Phone", StoreId = store.Id });
            var complaint = (await services.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, store.Id, name + " complains", name + " wants", "counter", "counter", null) { SendReceipt = false })).Id;
            await db.SaveChangesAsync();
            var promise = await services.GetRequiredService<Promises>().AddAsync(customer, complaint, name + " promised", shop.Host.Clock.GetUtcNow().UtcDateTime.AddDays(1), staff);
            var sale = await services.GetRequiredService<Sales>().RecordAsync(new NewSale
            {
                Number = "S" + name, StoreId = store.Id, OwnerId = staff, CustomerId = customer, SoldOn = new DateOnly(2026, 11, 21), At = new DateTime(2026, 11, 21, 4, 0, 0, DateTimeKind.Utc), Currency = "CNY", Lines = [new("X200", name + " X200", 1, 42_990_000)],
            });
            var made = new Dictionary<string, Guid> { ["customers"] = customer, ["people"] = person.Id, ["devices"] = device, ["complaints"] = complaint, ["promises"] = promise, ["sales"] = sale };
            PlantArchive(db, made, name, staff, store.Id, shop.Host.Clock.Now());
            // The registers name the number of a secret file and show their words to who may not see it: their own reach is tried with the others.
            if (mark != Mark.Secret) PlantRegisters(db, made, mark, name, staff, store.Id, shop.Host.Clock.Now());
            await db.SaveAsync();
            return made;
        });
        var task = await shop.LookAsync(db => db.Set<FollowUp>().Where(f => f.CustomerId == ids["customers"]).Select(f => (Guid?)f.Id).FirstOrDefaultAsync());
        if (task is { } due) ids["followups"] = due;
        return new Planted(ids);
    }

    // What else hangs on a file: contacts, money, papers, news, days, our people, a notice.
    private static void PlantArchive(Db db, Dictionary<string, Guid> made, string name, Guid staff, Guid store, DateTime now)
    {
        var customer = made["customers"];
        Add("contacts", new CustomerContact { CustomerId = customer, Kind = ContactKind.Other, Label = name + " label", Value = name + " contact" }, c => c.Id);
        Add("charges", new Charge { CustomerId = customer, Title = name + " owes", Amount = 100, MadeAt = now, Words = name + " money" }, c => c.Id);
        Add("papers", new Paper { CustomerId = customer, Title = name + " paper", IssuedOn = new DateOnly(2026, 11, 1), At = now, Place = name + " safe" }, p => p.Id);
        Add("news", new MarketNews { CustomerId = customer, StoreId = store, OwnerId = staff, Words = name + " heard", HeardOn = new DateOnly(2026, 11, 20), At = now }, n => n.Id);
        Add("dates", new CustomerDate { CustomerId = customer, Name = name + " day", Month = 11, Day = 23 }, d => d.Id);
        Add("team", new TeamMember { CustomerId = customer, StaffId = staff, Note = name + " knows", Since = now }, t => t.Id);
        Add("notices", new Notice { Number = "TZ" + name, CustomerId = customer, StoreId = store, OwnerId = staff, Title = name + " notice", Words = name + " told", Giver = "x", GivenAt = now, DueOn = new DateOnly(2026, 12, 1) }, n => n.Id);

        void Add<T>(string noun, T row, Func<T, Guid> id) where T : class
        {
            db.Set<T>().Add(row);
            made[noun] = id(row);
        }
    }

    // A line of each register of custody.
    private static void PlantRegisters(Db db, Dictionary<string, Guid> made, Mark mark, string name, Guid staff, Guid store, DateTime now)
    {
        var (file, number) = (made["customers"], "KH-" + name);
        Add(["loans"], new Loan { Number = "WJ" + name, FileId = file, FileNumber = number, What = name + " lent", Copies = 1, Reason = name + " reason", Days = 1, StoreId = store, OwnerId = staff, SignedAt = now }, l => l.Id);
        Add(["requests"], new AccessRequest { Number = "CY" + name, FileId = file, FileNumber = number, What = name + " asked", Copies = 1, Purpose = "service", Reason = name + " why", StoreId = store, OwnerId = staff, AskedAt = now }, r => r.Id);
        Add(["rights", "rights-requests"], new RightsRequest { Number = "QL" + name, FileId = file, FileNumber = number, StoreId = store, OwnerId = staff, Kind = RightsKind.See, Asker = name + " asker", Identity = "known", Words = name + " wants to see", AskedAt = now, DueOn = new DateOnly(2026, 12, 1) }, r => r.Id);
        Add(["checks", "custody-checks"], new CustodyCheck { Number = "BJ" + name, Kind = CheckKind.Files, StoreId = store, OwnerId = staff, Period = "2026-H2", DueOn = new DateOnly(2026, 12, 1) }, c => c.Id);
        Add(["handovers"], new Huitou.Custody.FileHandover { Number = "JJ" + name, Reason = HandoverReason.Ended, FromId = staff, ToId = staff, StoreId = store, OwnerId = staff, EndedOn = new DateOnly(2026, 11, 1), DueOn = new DateOnly(2026, 12, 1), Note = name + " handed over", At = now }, h => h.Id);
        Add(["seals"], new Seal { Number = $"FC-2026-{(int)mark:000000}", FileId = file, FileNumber = "KH", Title = "form", Place = "safe", Words = name + " sealed", StoreId = store, By = staff, At = now }, x => x.Id);
        db.Set<HandoverItem>().Add(new HandoverItem { HandoverId = made["handovers"], FileId = file, FileNumber = number, Place = 1, What = name + " whole", Pieces = 1 });

        void Add<T>(string[] nouns, T row, Func<T, Guid> id) where T : class
        {
            db.Set<T>().Add(row);
            foreach (var noun in nouns) made[noun] = id(row);
        }
    }

    /// <summary>The marks a role may be answered with.</summary>
    private static HashSet<Mark> Seen(Role role) => role.Reach switch
    {
        Reach.Own => role.Key == "representative" ? [Mark.Mine] : [],
        Reach.Store or Reach.Region => [Mark.Mine, Mark.Owner],
        _ => role.Key == "information-supervisor" ? [Mark.Mine, Mark.Owner, Mark.Store, Mark.Secret] : [Mark.Mine, Mark.Owner, Mark.Store],
    };

    private static async Task<(int Asked, List<string> Leaks)> WalkAsync(World world, bool stopAtFirst, Func<RouteEndpoint, bool>? only = null, bool strict = false)
    {
        var doors = ((IEndpointRouteBuilder)world.Host.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null && e.RoutePattern.RawText is { } text && !text.Contains(":file", StringComparison.Ordinal) && !text.TrimStart('/').StartsWith('_') && !text.Contains("{Token}", StringComparison.Ordinal))
            .Where(only ?? (_ => true)).ToList();
        var (asked, leaks) = (0, new ConcurrentBag<string>());
        using var stop = new CancellationTokenSource();
        var walks = world.People.Select(p => (p.Key, p.Value.Account, Company: world.Shop, Seen: Seen(p.Value.Role)))
            .Append((Key: "other company", Account: world.Other.People["administrator"].AccountId!.Value, Company: world.Other, Seen: new HashSet<Mark> { Mark.Company })).ToList();
        await Parallel.ForEachAsync(walks, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (walk, _) =>
        {
            var browser = Browser.SignedIn(world.Host, walk.Company.Company, walk.Account);
            var marks = Enum.GetValues<Mark>().Where(m => !walk.Seen.Contains(m)).ToList();
            // One role of each reach opens every address with every foreign id; the others every list and every foreign file.
            var thorough = walk.Key is "representative" or "clerk" or "store-manager" or "region-manager" or "administrator" or "other company";
            var writes = walk.Key is "representative" or "administrator" or "other company";
            foreach (var door in doors)
            {
                var route = "/" + door.RoutePattern.RawText!.TrimStart('/');
                foreach (var method in (door.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(m => m == "GET" || (writes && route.StartsWith("/api/", StringComparison.Ordinal) && Parameter().IsMatch(route))))
                {
                    foreach (var address in Addresses(world, route, method, marks, thorough))
                    {
                        if (stop.IsCancellationRequested) return;
                        var (status, body) = await AskAsync(browser, method, address);
                        // A page says again what was typed into its box.
                        foreach (var mark in marks.Where(m => address.Contains(Phone(m), StringComparison.Ordinal))) body = body.Replace(Phone(mark), "", StringComparison.Ordinal);
                        Interlocked.Increment(ref asked);
                        var found = marks.Where(m => body.Contains(Name(m), StringComparison.OrdinalIgnoreCase) || body.Contains(Phone(m), StringComparison.Ordinal)).ToList();
                        // A list names a row by its id as well as by its words.
                        if (strict && found.Count == 0 && !Parameter().IsMatch(route)) found = marks.Where(m => world.Rows[m].Ids.Values.Any(id => body.Contains(id.ToString(), StringComparison.OrdinalIgnoreCase) && !address.Contains(id.ToString(), StringComparison.Ordinal))).ToList();
                        if (found.Count > 0) leaks.Add($"{walk.Key}: {method} {address} answered {(int)status} with {string.Join(", ", found)}: …{Around(body, found[0])}…");
                        else if (method != "GET" && (int)status < 300) leaks.Add($"{walk.Key}: {method} {address} changed what is not theirs ({(int)status})");
                        // A sealed form's cover names no customer and is in everybody's register; its words would have been found on the page it is made of.
                        else if (Parameter().IsMatch(route) && !route.Contains("/seals/", StringComparison.Ordinal) && body.StartsWith("%PDF", StringComparison.Ordinal)) leaks.Add($"{walk.Key}: {method} {address} was printed though it is not theirs");
                        else if (strict && (int)status is >= 200 and < 300 && door.Metadata.GetOrderedMetadata<NeedsAttribute>().FirstOrDefault(n => !world.May[walk.Key].Contains(n.Permission) && !world.May[walk.Key].Contains(Roles.Everything)) is { } lacking) leaks.Add($"{walk.Key}: {method} {address} answered {(int)status} without {lacking.Permission}");
                        if (status == HttpStatusCode.InternalServerError) leaks.Add($"{walk.Key}: {method} {address} broke down");
                        if (stopAtFirst && leaks.Count > 0) await stop.CancelAsync();
                    }
                }
            }

            if (only is null && thorough) await ExportAsync(browser, walk.Key, marks, leaks);
        });
        return (asked, [.. leaks.Order(StringComparer.Ordinal)]);
    }

    // An address for each way to ask: as it stands, with a search for the marks, with the id of each foreign row.
    private static IEnumerable<string> Addresses(World world, string route, string method, List<Mark> marks, bool thorough)
    {
        if (!Parameter().IsMatch(route))
        {
            yield return route;
            if (!thorough || method != "GET") yield break;
            if (Searched().IsMatch(route))
            {
                yield return route + "?q=Qz&view=all&size=200&state=all&kind=all";
                foreach (var mark in marks) yield return $"{route}?q={Phone(mark)}&customer={world.Rows[mark].Ids["customers"]}";
            }

            yield break;
        }

        // Every role knocks at every door of the archive and of custody with every foreign row; at the rest one role of each reach does.
        var archive = route.Contains("/customers/", StringComparison.Ordinal) || route.Contains("/custody", StringComparison.Ordinal) || Ours().IsMatch(route);
        foreach (var mark in thorough || archive ? marks : marks.Where(m => m is Mark.Store or Mark.Secret)) yield return Parameter().Replace(route, match => Value(world, route, match, mark));
    }

    private static string Value(World world, string route, Match match, Mark mark)
    {
        var ids = world.Rows[mark].Ids;
        var name = match.Groups[1].Value;
        switch (name.ToLowerInvariant())
        {
            case "month": return "2026-11";
            case "code": return "404";
            case "format": return "csv";
            case "kind" or "key" or "grade": return "x";
            case "storeid": return world.Shop.Second.Id.ToString();
            case "customerid": return ids["customers"].ToString();
            case "contactid": return ids["contacts"].ToString();
            case "chargeid": return ids["charges"].ToString();
            case "paperid": return ids["papers"].ToString();
            case "personid": return ids["people"].ToString();
            case "deviceid": return ids["devices"].ToString();
            case "dateid": return ids["dates"].ToString();
            case "memberid": return ids["team"].ToString();
        }

        var before = route[..match.Index].TrimEnd('/');
        var noun = before[(before.LastIndexOf('/') + 1)..];
        return (noun == "files" && route.Contains("/custody/", StringComparison.Ordinal) ? ids["customers"] : ids.TryGetValue(noun, out var id) ? id : ids["customers"]).ToString();
    }

    private static async Task<(HttpStatusCode, string)> AskAsync(Browser browser, string method, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        request.Headers.Add("X-Huitou", "1");
        if (method != "GET") request.Content = new StringContent("{\"purpose\":\"contact\",\"words\":\"walk\",\"reason\":\"walk\",\"approve\":true,\"version\":0}", Encoding.UTF8, "application/json");
        using var response = await browser.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    // What leaves as a file: everything within reach, and foreign rows by their ids.
    private static async Task ExportAsync(Browser browser, string who, List<Mark> marks, ConcurrentBag<string> leaks)
    {
        using var page = await browser.GetAsync("/customers");
        var token = AntiForgery().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        if (token.Length == 0) return;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/customers/export") { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", WebUtility.HtmlDecode(token)), new("all", "true"), new("query", "")]) };
        using var response = await browser.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        foreach (var mark in marks.Where(m => body.Contains(Name(m), StringComparison.OrdinalIgnoreCase))) leaks.Add($"{who}: export holds {mark}");
    }

    private static async Task<string> BodyAsync(World world, string role, string address)
    {
        using var response = await Browser.SignedIn(world.Host, world.Shop.Company, world.People[role].Account).GetAsync(address);
        return await response.Content.ReadAsStringAsync();
    }

    private static string Around(string body, Mark mark)
    {
        var at = body.IndexOf(Name(mark), StringComparison.OrdinalIgnoreCase);
        if (at < 0) at = body.IndexOf(Phone(mark), StringComparison.Ordinal);
        if (at < 0) return "its id";
        return body[Math.Max(0, at - 60)..Math.Min(body.Length, at + 60)].ReplaceLineEndings(" ");
    }

    /// <summary>Takes one named filter out of every query: what a forgotten filter would be.</summary>
    /// <param name="filter">Which one.</param>
    /// <param name="only">Only where the query begins at one of these sets; none: everywhere.</param>
    private sealed class Hole(string filter, params Type[] only) : IQueryExpressionInterceptor
    {
        public string Filter => filter;
        public bool IsOpen { get; set; }

        public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData) => IsOpen ? new Digger(filter, only).Visit(queryExpression) : queryExpression;

        private sealed class Digger(string filter, Type[] only) : ExpressionVisitor
        {
            private static readonly System.Reflection.MethodInfo Ignore = typeof(EntityFrameworkQueryableExtensions).GetMethods().Single(m => m.Name == nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters) && m.GetParameters().Length == 2);
            private bool done;

            protected override Expression VisitExtension(Expression node)
            {
                if (node is not EntityQueryRootExpression root || done || only.Length > 0 && !only.Contains(root.ElementType)) return base.VisitExtension(node);
                done = true;
                return Expression.Call(Ignore.MakeGenericMethod(root.ElementType), root, Expression.Constant(new[] { filter }, typeof(IReadOnlyCollection<string>)));
            }
        }
    }

    [GeneratedRegex(@"\{\*{0,2}(\w+)[^}]*(?:\([^)]*\)[^}]*)?\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("/(customers|find|complaints|promises|sales|followups|ratings|messages|birthdays|insights/rows|devices)/?$")]
    private static partial Regex Searched();

    [GeneratedRegex("/(notices|handovers|rights-requests|legal-holds|market-news|customer-|penalties|leaks|rules)")]
    private static partial Regex Ours();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex AntiForgery();
}
