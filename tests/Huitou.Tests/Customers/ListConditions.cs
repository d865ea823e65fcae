using System.Net;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Customers;

/// <summary>The list cut by kind, way and how much is known, on every door that reads its conditions (A2, A5, A10).</summary>
public class ListConditions
{
    [Theory, Engines]
    public async Task Kind_and_way_cut_list_api_export_and_bulk_acts(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var kinds = await shop.LookAsync(db => db.Set<CustomerKind>().ToDictionaryAsync(k => k.Key, k => k.Id));
        await CustomerPages.OpenAsync(shop, "湘江银行", "13500000111", more: c => (c.KindId, c.Way) = (kinds["bank"], ProspectStep.Wants));
        await CustomerPages.OpenAsync(shop, "岳麓银行", "13500000112", more: c => (c.KindId, c.Way) = (kinds["bank"], ProspectStep.Knows));
        await CustomerPages.OpenAsync(shop, "李雪琴", "13500000113", more: c => (c.KindId, c.Way) = (kinds["person"], ProspectStep.Wants));
        // Who has bought is on no way any more, whatever stands in an old row.
        await CustomerPages.OpenAsync(shop, "唐海燕", "13500000114", more: c => (c.Stage, c.Way) = (CustomerStage.Buyer, ProspectStep.Wants));
        var boss = shop.As("store-manager");
        var query = $"?kind={kinds["bank"]}&way=Wants";
        var list = await boss.OpenAsync("/customers" + query);
        Assert.Equal(["湘江银行"], list.Document.QuerySelectorAll("a.main-link").Select(a => a.TextContent));
        var chips = list.Document.QuerySelectorAll("a.chip-link.on span").Select(c => c.TextContent).ToList();
        Assert.Contains("客户类别 银行", chips);
        Assert.Contains("走到哪一步 想要得到", chips);
        Assert.Equal(["李雪琴", "湘江银行"], (await Names(boss, "?way=Wants")).Order(StringComparer.Ordinal));
        Assert.Equal(["岳麓银行", "湘江银行"], (await Names(boss, $"?kind={kinds["bank"]}")).Order(StringComparer.Ordinal));
        // Nothing matches: the condition to drop is named by its words.
        var none = await boss.OpenAsync($"/customers?kind={kinds["bank"]}&way=Knows&tier=Gold");
        Assert.Contains("岳麓银行", (await boss.OpenAsync(none.Document.QuerySelector(".empty a.btn.primary")!.GetAttribute("href")!)).Text);

        await (await list.SubmitAsync("bulk", ("all", "true"), ("act", "tag"), ("tag", "重点"))).FollowAsync();
        Assert.Equal(["湘江银行"], await shop.LookAsync(db => (from t in db.Set<CustomerTag>() join c in db.Set<Customer>() on t.CustomerId equals c.Id select c.Name).ToListAsync()));
        var export = await (await shop.As("general-manager").GetAsync("/api/v1/customers/export" + query)).Content.ReadAsStringAsync();
        Assert.Contains("湘江银行", export);
        Assert.DoesNotContain("岳麓银行", export);
    }

    // The rule in C# and the condition in SQL are two writings of one thing: they agree on files of every sort.
    [Theory, Engines]
    public async Task How_much_is_known_cuts_as_the_files_themselves_say(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var boss = shop.As("general-manager");
        foreach (var key in new[] { "mackay", "health" }) await (await (await boss.OpenAsync("/customers/templates")).SubmitAsync($"take-{key}")).FollowAsync();
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            // Templates for each sort of customer, one sensitive item switched on.
            var templates = await db.Set<ProfileTemplate>().AsTracking().OrderBy(t => t.Place).ThenBy(t => t.Id).ToListAsync();
            foreach (var (template, meant) in templates.Zip([MeantFor.All, MeantFor.Key, MeantFor.Prospects])) template.Meant = meant;
            foreach (var item in await db.Set<ProfileItem>().AsTracking().Where(i => i.Sensitive == Sensitive.Health).ToListAsync()) item.SwitchOn(null, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
            var special = new ProfileTemplate { Title = "机构", Meant = MeantFor.Special, InUseSince = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), Place = 9 };
            var buyers = new ProfileTemplate { Title = "买过的", Meant = MeantFor.Buyers, InUseSince = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), Place = 10 };
            db.Set<ProfileTemplate>().AddRange(special, buyers);
            db.Set<ProfileItem>().AddRange(
                new ProfileItem { TemplateId = special.Id, Title = "地址", Kind = ItemKind.Address, Field = "Address" }, new ProfileItem { TemplateId = special.Id, Title = "法人", Kind = ItemKind.Text },
                new ProfileItem { TemplateId = buyers.Id, Title = "生日", Kind = ItemKind.Date, Field = "Birthday" }, new ProfileItem { TemplateId = buyers.Id, Title = "满意哪里", Kind = ItemKind.Text });
            services.GetRequiredService<ProfileCatalog>().Forget(db);
            await db.SaveAsync();
            return 0;
        });
        var items = await shop.LookAsync(db => db.Set<ProfileItem>().OrderBy(i => i.Id).ToListAsync());
        var random = new Random(5);
        var ids = new List<Guid>();
        for (var i = 0; i < 24; i++)
        {
            var id = await CustomerPages.OpenAsync(shop, $"客人{i:00}", $"135000010{i:00}", more: c =>
            {
                (c.Tier, c.Stage, c.Class) = ((CustomerTier)(i % 4), i % 3 == 0 ? CustomerStage.Buyer : CustomerStage.Prospect, i % 7 == 0 ? CustomerClass.Special : CustomerClass.General);
                if (i % 2 == 0) c.Address = "五一大道";
                if (i % 4 == 1) c.Birthday = new(0, 3, 8, false, false);
                if (i % 5 == 0) c.Phone = "";
            });
            ids.Add(id);
            await shop.Host.InAsync(shop.Company, async (_, db) =>
            {
                var at = new DateTime(2026, 11, 2, 0, 0, 0, DateTimeKind.Utc);
                if (i % 3 == 1) db.Set<SensitiveConsent>().Add(new SensitiveConsent { CustomerId = id, Kind = Sensitive.Health, GivenAt = at, How = "paper" });
                var share = i switch { 0 => 0, 23 => 1, _ => random.NextDouble() };
                foreach (var item in items.Where(x => x.Field.Length == 0 && (x.Sensitive == Sensitive.None || i % 3 == 1)))
                {
                    if (random.NextDouble() >= share) continue;
                    var answer = new ProfileAnswer { CustomerId = id, ItemId = item.Id, Value = "是", Edition = 1, LearntAt = at };
                    if (random.Next(6) == 0) answer.Replace(at);
                    db.Set<ProfileAnswer>().Add(answer);
                    if (random.Next(5) == 0) db.Set<ProfileAnswer>().Add(new ProfileAnswer { CustomerId = id, ItemId = item.Id, Declined = true, Edition = 1, LearntAt = at });
                }

                await db.SaveAsync();
                return 0;
            });
        }

        var counts = await shop.Host.InAsync(shop.Company, (services, _) => services.GetRequiredService<Profile>().CountsAsync(ids));
        var names = await shop.LookAsync(db => db.Set<Customer>().ToDictionaryAsync(c => c.Id, c => c.Name));
        Assert.True(counts.Values.Select(c => c.Total).Distinct().Count() > 5);
        foreach (var (word, meets) in new (string, Func<int, int, bool>)[]
        {
            ("none", (done, total) => total > 0 && done == 0), ("quarter", (done, total) => done * 4 < total), ("half", (done, total) => done * 2 < total), ("most", (done, total) => total > 0 && done * 2 >= total), ("full", (done, total) => total > 0 && done >= total),
        })
        {
            var expected = counts.Where(c => meets(c.Value.Done, c.Value.Total)).Select(c => names[c.Key]).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(expected, (await Names(boss, $"?profile={word}")).Order(StringComparer.Ordinal));
            var page = await shop.As("store-manager").OpenAsync($"/customers?profile={word}");
            Assert.Equal(expected, page.Document.QuerySelectorAll("a.main-link").Select(a => a.TextContent).Order(StringComparer.Ordinal));
        }

        Assert.NotEmpty(await Names(boss, "?profile=half&tier=Gold&stage=Prospect"));
    }

    private static async Task<List<string>> Names(Browser browser, string query)
    {
        var (status, body, _) = await browser.ApiAsync(HttpMethod.Get, "/api/v1/customers" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. body.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
    }
}
