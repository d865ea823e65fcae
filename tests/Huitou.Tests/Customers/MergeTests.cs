using System.Data.Common;
using System.Net;
using Huitou.Access.Public;
using Huitou.Complaints.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Tests.Goods;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>Duplicates: found, looked at, merged, taken apart again (A11).</summary>
public sealed class MergeTests
{
    [Theory, Engines]
    public async Task Any_order_of_merging_and_undoing_gives_back_the_original_rows(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        foreach (var seed in new[] { 1, 7, 20 })
        {
            var random = new Random(seed);
            var files = new List<Guid>();
            for (var i = 0; i < 6; i++) files.Add(await FileAsync(shop, random, seed * 100 + i));
            var before = await RowsAsync(shop, files);
            var figures = await FiguresAsync(shop, files);
            var added = new List<(string Row, Guid Home)>();
            var live = new List<(Guid Merge, Guid Kept, Guid Gone)>();
            for (var step = 0; step < 25; step++)
            {
                var roots = files.Where(f => live.All(m => m.Gone != f)).ToList();
                switch (random.Next(4))
                {
                    case 0 or 1 when roots.Count > 1:
                        var (kept, gone) = Two(random, roots);
                        var take = FileParts.Chosen.Where(_ => random.Next(3) == 0).ToList();
                        live.Add((await shop.Host.InAsync(shop.Company, async (s, db) =>
                        {
                            var id = await s.GetRequiredService<Merges>().MergeAsync(kept, gone, take, random.Next(2) == 0);
                            await db.SaveAsync();
                            return id;
                        }), kept, gone));
                        break;
                    case 2 when live.Count > 0:
                        await UndoAsync(shop, live[random.Next(live.Count)], live);
                        break;
                    default:
                        var at = roots[random.Next(roots.Count)];
                        added.Add((await NoteAsync(shop, at), at));
                        break;
                }

                // Nothing is lost on the way: what is in sight holds the rows of everybody below it.
                var hidden = await shop.LookAsync(db => db.Set<Customer>().IgnoreQueryFilters([CustomerMap.MergedFilter]).CountAsync(c => files.Contains(c.Id) && c.MergedInto != null));
                Assert.Equal(live.Count, hidden);
            }

            while (live.Count > 0) await UndoAsync(shop, live[random.Next(live.Count)], live);
            var after = await RowsAsync(shop, files);
            foreach (var (row, home) in added) Assert.Contains($"{row} {home:N}", after);
            Assert.Equal(before, after.Where(r => added.TrueForAll(a => !r.StartsWith(a.Row, StringComparison.Ordinal))).ToList());
            Assert.Equal(figures, await FiguresAsync(shop, files));
            Assert.Equal(0, await shop.LookAsync(db => db.Set<MergeRow>().CountAsync(r => files.Contains(r.HomeId))));
        }
    }

    [Theory, Engines]
    public async Task Two_files_are_compared_merged_found_by_either_number_and_taken_apart(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var manager = shop.As("store-manager");
        var old = await CustomerPages.OpenAsync(shop, "李雪琴", "13873166720", more: c => c.Note = "爱喝茶");
        var young = await CustomerPages.OpenAsync(shop, "李雪琴", "13973166721", owner: "second-representative", more: c => (c.WeChat, c.Note) = ("lxq57", "女儿在深圳"));
        await shop.SellAsync(young, new DateOnly(2026, 11, 1));
        var (oldNumber, youngNumber) = (await NumberAsync(shop, old), await NumberAsync(shop, young));

        var other = await (await manager.OpenAsync($"/customers/{old}/merge")).SubmitAsync("other", ("In.Other", youngNumber));
        var pair = await manager.OpenAsync($"{other.Location}?keep={old}");
        Assert.Contains(youngNumber, pair.Text);
        Assert.DoesNotContain("13973166721", pair.Document.DocumentElement.OuterHtml);
        var merged = await (await pair.SubmitAsync("merge", ("part-Phone", "gone"), ("part-Note", "both"))).FollowAsync();
        Assert.Contains("合并进来的档案", merged.Text);
        var file = await shop.LookAsync(db => db.Set<Customer>().SingleAsync());
        Assert.Equal((old, "13973166721", 1), (file.Id, file.Phone, file.PurchaseCount));
        Assert.Contains("爱喝茶", file.Note);
        Assert.Contains("深圳", file.Note);

        // The address, the number and the old phone lead to the file that stayed.
        var moved = await manager.GetAsync($"/customers/{young}");
        Assert.Equal((HttpStatusCode.Found, $"/customers/{old}"), (moved.StatusCode, moved.Headers.Location!.OriginalString));
        foreach (var typed in new[] { youngNumber, oldNumber, "13873166720", "6721", "lixueqin" }) Assert.Equal(old, Assert.Single(await FindAsync(shop, typed)));
        // Nobody merges twice, nor what is gone.
        Assert.Equal(HttpStatusCode.NotFound, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{old}/merge", new { other = young })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{old}/merge", new { other = old })).Status);

        var (_, list, _) = await manager.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{old}/merges");
        var merge = list[0].GetProperty("mergeId").GetGuid();
        var (undone, back, _) = await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/merges/{merge}/undo", new { });
        Assert.Equal((HttpStatusCode.OK, young), (undone, back.GetProperty("id").GetGuid()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/merges/{merge}/undo", new { })).Status);
        var both = await shop.LookAsync(db => db.Set<Customer>().OrderBy(c => c.Id).ToListAsync());
        Assert.Equal(["13873166720 0 爱喝茶", "13973166721 1 女儿在深圳"], both.OrderBy(c => c.Phone, StringComparer.Ordinal).Select(c => $"{c.Phone} {c.PurchaseCount} {c.Note}"));
        Assert.Equal(young, Assert.Single(await FindAsync(shop, youngNumber)));
        Assert.Equal(2, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "customers.merge" || a.Act == "customers.unmerge")));
    }

    [Theory, Engines]
    public async Task Duplicates_are_found_families_are_not_and_what_is_dismissed_stays_dismissed(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var born = new Action<Customer>(c => (c.BirthYear, c.BirthMonth, c.BirthDay) = (1957, 10, 25));
        var a = await CustomerPages.OpenAsync(shop, "邓建国", "13973112058");
        var b = await CustomerPages.OpenAsync(shop, "邓建国", "13973112058", owner: "second-representative");
        var wife = await CustomerPages.OpenAsync(shop, "胡桂英", "13973112058");
        var c = await CustomerPages.OpenAsync(shop, "彭国华", "15073147729", more: born);
        var d = await CustomerPages.OpenAsync(shop, "彭国华", "15073140000", more: born);
        await CustomerPages.OpenAsync(shop, "彭国华", "15073141111");
        var elsewhere = await CustomerPages.OpenAsync(shop, "彭国华", "15073142222", owner: "other-representative", more: born, store: shop.Second.Id);
        var manager = shop.As("store-manager");
        var page = await manager.OpenAsync("/customers/duplicates");
        await page.SubmitAsync("find");
        await shop.Host.RunDueAsync();

        var pairs = await shop.LookAsync(db => db.Set<Pair>().ToListAsync());
        Assert.Equal(PairKind.Same, Of(a, b).Kind);
        Assert.Equal(100 - 10, Of(a, b).Score);
        Assert.Equal((PairKind.Family, PairKind.Family), (Of(a, wife).Kind, Of(b, wife).Kind));
        Assert.Equal("name-birthday name", Of(c, d).Reasons);
        Assert.Equal(6, pairs.Count); // the three born on one day are three pairs
        // The manager of this store sees only pairs of which both files are theirs.
        var (_, seen, _) = await manager.ApiAsync(HttpMethod.Get, "/api/v1/customers/duplicates");
        Assert.Equal(4, seen.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/customers/duplicates/{Of(c, elsewhere).Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await Shop.OpenAsync(engine)).As("administrator").GetAsync($"/customers/duplicates/{Of(a, b).Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/customers/duplicates")).Status);

        // A family is not merged by a slip of the hand.
        var family = await manager.OpenAsync($"/customers/duplicates/{Of(a, wife).Id}");
        Assert.Contains("多半是一家人", family.Text);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await family.SubmitAsync("merge")).Status);
        await (await family.SubmitAsync("family", ("In.Relation", "夫妻"))).FollowAsync();
        Assert.Equal(2, await shop.LookAsync(db => db.Set<PersonAround>().CountAsync(p => p.Relation == "夫妻")));

        await (await manager.OpenAsync($"/customers/duplicates/{Of(c, d).Id}")).SubmitAsync("dismiss");
        Assert.Equal(HttpStatusCode.Accepted, (await manager.ApiAsync(HttpMethod.Post, "/api/v1/customers/duplicates/find", new { })).Status);
        await shop.Host.RunDueAsync();
        pairs = await shop.LookAsync(db => db.Set<Pair>().ToListAsync());
        Assert.Equal((PairState.Dismissed, PairState.Linked, PairState.Open), (Of(c, d).State, Of(a, wife).State, Of(a, b).State));

        Pair Of(Guid one, Guid two) => pairs.Single(p => p.AId == one && p.BId == two || p.AId == two && p.BId == one);
    }

    [Theory, Engines]
    public async Task A_further_phone_speaks_for_one_person_or_a_family_like_the_first(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var first = await CustomerPages.OpenAsync(shop, "邓建国", "13973112058");
        var second = await CustomerPages.OpenAsync(shop, "邓建国", "13973112059");
        var wife = await CustomerPages.OpenAsync(shop, "胡桂英", "13973112060");
        var son = await CustomerPages.OpenAsync(shop, "邓小军", "13973112061");
        foreach (var (id, phone) in new[] { (second, "13973112058"), (wife, "13973112059"), (son, "0731 8888 1234"), (first, "0731 8888 1234") })
        {
            Assert.Equal(HttpStatusCode.Created, (await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{id}/contacts", new { kind = "Phone", value = phone })).Status);
        }

        // An address that reads like a number is none.
        await shop.As("representative").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{wife}/contacts", new { kind = "Other", value = "13973112061" });
        await shop.As("store-manager").ApiAsync(HttpMethod.Post, "/api/v1/customers/duplicates/find", new { });
        await shop.Host.RunDueAsync();
        var pairs = (await shop.LookAsync(db => db.Set<Pair>().ToListAsync())).ToDictionary(p => (Least(p.AId, p.BId), Most(p.AId, p.BId)), p => p.Kind);
        Assert.Equal(3, pairs.Count);
        Assert.Equal(PairKind.Same, pairs[(Least(first, second), Most(first, second))]);
        Assert.Equal(PairKind.Family, pairs[(Least(second, wife), Most(second, wife))]);
        Assert.Equal(PairKind.Family, pairs[(Least(first, son), Most(first, son))]);

        // On entry too.
        var (status, problem, _) = await shop.As("representative").ApiAsync(HttpMethod.Post, "/api/v1/customers", new { name = "邓建国", phone = "073188881234" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("phone", out _));

        static Guid Least(Guid a, Guid b) => a.CompareTo(b) < 0 ? a : b;
        static Guid Most(Guid a, Guid b) => a.CompareTo(b) < 0 ? b : a;
    }

    [Theory, Engines]
    public async Task What_was_being_written_to_a_file_while_it_was_merged_follows_it_and_comes_back(string engine)
    {
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        var kept = await CustomerPages.OpenAsync(shop, "邓建国", "13973112058");
        var gone = await CustomerPages.OpenAsync(shop, "邓建国", "13973112059");
        var late = new PersonAround { CustomerId = gone, Relation = "儿子", Name = "写到一半的" };
        var merge = Guid.Empty;
        // SQLite has one writer: there this one comes just after, with what it read before.
        if (engine == "sqlite") merge = await MergeAsync();
        await host.InAsync(shop.Company, async (_, db) =>
        {
            db.Set<PersonAround>().Add(late);
            await db.SaveChangesAsync();
            await db.Set<Customer>().IgnoreQueryFilters([CustomerMap.MergedFilter]).Where(c => c.Id == gone && engine == "sqlite").ExecuteUpdateAsync(c => c.SetProperty(x => x.PurchaseCount, 1).SetProperty(x => x.PurchaseTotal, 290_000).SetProperty(x => x.LastPurchaseOn, new DateOnly(2026, 11, 20)));
            if (engine != "sqlite") merge = await MergeAsync();
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(gone, await shop.LookAsync(db => db.Set<PersonAround>().Where(p => p.Id == late.Id).Select(p => p.CustomerId).SingleAsync()));
        host.Clock.Forward(TimeSpan.FromSeconds(6));
        await host.RunDueAsync();
        Assert.Equal(kept, await shop.LookAsync(db => db.Set<PersonAround>().Where(p => p.Id == late.Id).Select(p => p.CustomerId).SingleAsync()));
        if (engine == "sqlite") Assert.Equal((1, 290_000L, new DateOnly(2026, 11, 20)), await shop.LookAsync(async db => await db.Set<Customer>().Where(c => c.Id == kept).Select(c => new { c.PurchaseCount, c.PurchaseTotal, c.LastPurchaseOn }).SingleAsync() is var c ? (c.PurchaseCount, c.PurchaseTotal, c.LastPurchaseOn!.Value) : default));
        host.Clock.Forward(TimeSpan.FromMinutes(20));
        await host.RunDueAsync();
        await host.InAsync(shop.Company, async (s, db) =>
        {
            await s.GetRequiredService<Merges>().UndoAsync(merge);
            await db.SaveAsync();
            return 0;
        });
        Assert.Equal(gone, await shop.LookAsync(db => db.Set<PersonAround>().Where(p => p.Id == late.Id).Select(p => p.CustomerId).SingleAsync()));
        Assert.Equal((0, 0L), await shop.LookAsync(async db => await db.Set<Customer>().Where(c => c.Id == kept).Select(c => new { c.PurchaseCount, c.PurchaseTotal }).SingleAsync() is var c ? (c.PurchaseCount, c.PurchaseTotal) : default));

        async Task<Guid> MergeAsync()
        {
            // A person of its own: a scope within a scope would share nothing.
            Guid id = default;
            await host.InAsync(shop.Company, async (s, db) =>
            {
                id = await s.GetRequiredService<Merges>().MergeAsync(kept, gone, []);
                await db.SaveAsync();
                return 0;
            });
            return id;
        }
    }

    private static (Guid, Guid) Two(Random random, List<Guid> from)
    {
        var first = from[random.Next(from.Count)];
        Guid second;
        do second = from[random.Next(from.Count)]; while (second == first);
        return (first, second);
    }

    private static async Task UndoAsync(Shop shop, (Guid Merge, Guid Kept, Guid Gone) which, List<(Guid, Guid, Guid)> live)
    {
        live.Remove(which);
        Assert.Equal(which.Gone, await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            var back = await s.GetRequiredService<Merges>().UndoAsync(which.Merge);
            await db.SaveAsync();
            return back;
        }));
    }

    private static async Task<Guid> FileAsync(Shop shop, Random random, int number)
    {
        var id = await CustomerPages.OpenAsync(shop, $"客人{number}", $"1380{number:0000000}", more: c =>
        {
            (c.FormOfAddress, c.WeChat, c.Note, c.Tier) = (random.Next(2) == 0 ? "" : $"称呼{number}", random.Next(2) == 0 ? "" : $"wx{number}", $"备注{number}", (CustomerTier)random.Next(4));
            (c.BirthMonth, c.BirthDay, c.BirthLunar) = random.Next(2) == 0 ? (0, 0, false) : (1 + random.Next(12), 1 + random.Next(28), random.Next(2) == 0);
            c.LastContactAt = random.Next(2) == 0 ? null : new DateTime(2026, 11, 1 + random.Next(20), 3, 0, 0, DateTimeKind.Utc);
            c.DoNotContactSince = random.Next(3) == 0 ? new DateTime(2026, 10, 1 + random.Next(20), 3, 0, 0, DateTimeKind.Utc) : null;
        });
        for (var i = random.Next(3); i > 0; i--) await shop.SellAsync(id, new DateOnly(2026, 11, 1 + random.Next(15)));
        await shop.Host.InAsync(shop.Company, async (s, db) =>
        {
            foreach (var tag in new[] { "老人机", "分期", "企业" }.Where(_ => random.Next(2) == 0)) db.Set<CustomerTag>().Add(new CustomerTag { CustomerId = id, Name = tag, At = shop.Host.Clock.Now() });
            if (random.Next(2) == 0) await s.GetRequiredService<Devices>().AddAsync(new Device { CustomerId = id, Model = $"型号{number}", BoughtOn = new DateOnly(2025, 1 + random.Next(12), 5) });
            db.Set<PersonAround>().Add(new PersonAround { CustomerId = id, Relation = "同事", Name = "自己", OtherId = id });
            if (random.Next(2) == 0) await s.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(id, null, "充电慢", "换一个", "counter", "", shop.People["representative"].Id) { SendReceipt = false });
            await db.SaveAsync();
            return 0;
        });
        return id;
    }

    private static Task<string> NoteAsync(Shop shop, Guid customer) => shop.Host.InAsync(shop.Company, async (s, db) =>
    {
        var person = new PersonAround { CustomerId = customer, Relation = "朋友", Name = "后来记的" };
        db.Set<PersonAround>().Add(person);
        await db.SaveAsync();
        return $"customers_person customer_id {person.Id:N}";
    });

    /// <summary>Every row of every table that hangs on a customer: table, column, id, customer. Of the timeline without what merging itself wrote.</summary>
    private static Task<List<string>> RowsAsync(Shop shop, List<Guid> files) => shop.Host.InAsync(shop.Company, async (s, db) =>
    {
        var rows = new List<string>();
        foreach (var table in s.GetServices<CustomerTable>().Where(t => !t.Table.StartsWith("customers_merge", StringComparison.Ordinal) && t.Table != "customers_pair"))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
            command.CommandText = $"select id, {table.Column} from {table.Table} where company_id = @c and {table.Column} is not null{(table.Table == "customers_timeline" ? " and text_key not like '%merged%'" : "")}";
            var company = command.CreateParameter();
            (company.ParameterName, company.Value) = ("c", db.CompanyId);
            command.Parameters.Add(company);
            await using DbDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (files.Contains(reader.GetGuid(1))) rows.Add($"{table.Table} {table.Column} {reader.GetGuid(0):N} {reader.GetGuid(1):N}");
            }
        }

        Assert.Contains(rows, r => r.StartsWith("goods_sale", StringComparison.Ordinal));
        return rows.Order(StringComparer.Ordinal).ToList();
    });

    /// <summary>What stands on the files themselves, but the count of changes.</summary>
    private static Task<List<string>> FiguresAsync(Shop shop, List<Guid> files) => shop.LookAsync(async db =>
    {
        var rows = await db.Set<Customer>().AsTracking().Where(c => files.Contains(c.Id)).OrderBy(c => c.Id).ToListAsync();
        return rows.ConvertAll(c => string.Join('|', db.Entry(c).Properties.Where(p => p.Metadata.Name != nameof(Customer.Version)).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal).Select(p => $"{p.Metadata.Name}={p.CurrentValue}")));
    });

    private static Task<string> NumberAsync(Shop shop, Guid id) => shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.Number).SingleAsync());

    private static Task<List<Guid>> FindAsync(Shop shop, string typed) => shop.Host.InAsync(shop.Company, async (s, db) =>
    {
        var ids = await s.GetRequiredService<CustomerSearch>().FindAsync(typed, 20);
        return await db.Set<Customer>().Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync();
    });
}
