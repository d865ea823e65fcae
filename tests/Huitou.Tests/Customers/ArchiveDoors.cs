using System.Net;
using System.Text.Json;
using Huitou.Access.Public;
using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Tests.Customers;

/// <summary>The rest of the file by machine, with the rules of the pages: things, people, days, our people, lists by cursor (A3, A4, A6, A11).</summary>
public class ArchiveDoors
{
    [Theory, Engines]
    public async Task A_handset_of_another_file_is_said_once_and_then_taken(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var clerk = shop.As("representative");
        var first = await CustomerPages.OpenAsync(shop, "邓建国", "13500000104");
        var second = await CustomerPages.OpenAsync(shop, "何远", "13500000105");
        await (await (await clerk.OpenAsync($"/customers/{first}/devices/new")).SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237518"))).FollowAsync();
        var form = await clerk.OpenAsync($"/customers/{second}/devices/new");
        var asked = await form.SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "49-015420-323751-8"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.Status);
        Assert.Contains("同一部手机", asked.Text);
        Assert.Contains("邓建国", asked.Text);
        Assert.Equal("490154203237518", asked.Document.QuerySelector("input[name='In.SureOf']")!.GetAttribute("value"));
        // Once more, as the page then stands: it is taken. A different number would be asked about again.
        var other = await form.SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237518"), ("In.SureOf", "490154201111111"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        await (await (await clerk.OpenAsync($"/customers/{second}/devices/new")).SubmitAsync("save", ("In.Model", "HUAWEI Mate 70"), ("In.Imei", "490154203237518"), ("In.SureOf", "490154203237518"))).FollowAsync();
        // Changed without touching the number, nothing is asked.
        var device = await shop.LookAsync(db => db.Set<Device>().SingleAsync(d => d.CustomerId == second));
        await (await (await clerk.OpenAsync($"/customers/{second}/devices/{device.Id}/edit")).SubmitAsync("save", ("In.Note", "二手买来的"))).FollowAsync();

        // By machine: refused with the field, until the caller says so.
        var things = $"/api/v1/customers/{first}/devices";
        var (twice, problem, _) = await clerk.ApiAsync(HttpMethod.Post, things, new { model = "HUAWEI Mate 70", imei = "490154203237518", allowSame = true });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, twice); // it is in this very file already
        Assert.Contains("已经登记", problem.GetProperty("errors").GetProperty("imei")[0].GetString());
        var third = await CustomerPages.OpenAsync(shop, "贺明", "13500000098");
        things = $"/api/v1/customers/{third}/devices";
        var (status, refused, _) = await clerk.ApiAsync(HttpMethod.Post, things, new { model = "HUAWEI Mate 70", imei = "490154203237518" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("同一部手机", refused.GetProperty("errors").GetProperty("imei")[0].GetString());
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, things, new { model = "HUAWEI Mate 70", imei = "490154203237518", allowSame = true })).Status);
    }

    [Theory, Engines]
    public async Task Of_a_handset_beyond_the_reach_only_a_hint_is_told(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var beyond = await CustomerPages.OpenAsync(shop, "欧阳远山", "13500000106", "other-representative", store: shop.Second.Id);
        Assert.Equal(HttpStatusCode.Created, (await shop.As("other-representative").ApiAsync(HttpMethod.Post, $"/api/v1/customers/{beyond}/devices", new { model = "vivo X200", imei = "490154203237518" })).Status);
        var here = await CustomerPages.OpenAsync(shop, "何远", "13500000105");
        var asked = await (await shop.As("representative").OpenAsync($"/customers/{here}/devices/new")).SubmitAsync("save", ("In.Model", "vivo X200"), ("In.Imei", "490154203237518"));
        Assert.Contains("同一部手机", asked.Text);
        Assert.DoesNotContain("欧阳远山", asked.Document.DocumentElement.OuterHtml);
        Assert.Contains("欧**", asked.Text);
    }

    [Theory, Engines]
    public async Task A_thing_is_written_down_changed_and_put_out_of_use_by_machine(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "邓建国", "13500000104");
        var (clerk, things) = (shop.As("representative"), $"/api/v1/customers/{id}/devices");
        var (bad, wrong, _) = await clerk.ApiAsync(HttpMethod.Post, things, new { kind = "Car", model = "轩逸", plate = "湘A1O345", mileage = -1, boughtOn = "2099-01-01", designLifeMonths = 5000 });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad);
        Assert.Equal(["boughtOn", "designLifeMonths", "mileage", "plate"], wrong.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, things, new { kind = "Car", model = "轩逸", plate = "湘a·d12345", boughtOn = "2026-05-21", mileage = 9000, nextServiceKm = 10000, nextServiceOn = "2027-05-21", designLifeMonths = 180, unit = "" })).Status);
        var car = (await clerk.ApiAsync(HttpMethod.Get, things)).Body[0];
        Assert.Equal(("Car", "湘AD12345", 9000, 180), (car.GetProperty("kind").GetString(), car.GetProperty("plate").GetString(), car.GetProperty("mileage").GetInt32(), car.GetProperty("designLifeMonths").GetInt32()));
        Assert.Equal("2026-11-21", car.GetProperty("mileageOn").GetString());
        Assert.Equal("2041-05-21", car.GetProperty("lifeEnd").GetString());
        Assert.Equal("2026-12-11", car.GetProperty("serviceDue").GetString()); // 1,000 km at the pace of 9,000 km in 184 days

        var address = $"{things}/{car.GetProperty("id").GetString()}";
        var version = car.GetProperty("version").GetInt32();
        Assert.Equal((HttpStatusCode)428, (await clerk.ApiAsync(HttpMethod.Put, address, new { kind = "Car", model = "轩逸" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await clerk.ApiAsync(HttpMethod.Put, address, new { kind = "Car", model = "轩逸", version = version + 7 })).Status);
        var (changed, now, _) = await clerk.ApiAsync(HttpMethod.Put, address, new { kind = "Car", model = "轩逸 2026", plate = "湘AD12345", mileage = 9500, version });
        Assert.Equal((HttpStatusCode.OK, "轩逸 2026", 9500, JsonValueKind.Null), (changed, now.GetProperty("model").GetString(), now.GetProperty("mileage").GetInt32(), now.GetProperty("nextServiceKm").ValueKind));
        Assert.Equal("轩逸 2026", await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.DeviceModel).SingleAsync()));
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, address + "/retired", new { value = true })).Status);
        Assert.Equal(new DateOnly(2026, 11, 21), await shop.LookAsync(db => db.Set<Device>().Select(d => d.RetiredOn).SingleAsync()));
        Assert.Equal("", await shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.DeviceModel).SingleAsync()));
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, address + "/retired", new { value = false })).Status);
        Assert.Null(await shop.LookAsync(db => db.Set<Device>().Select(d => d.RetiredOn).SingleAsync()));
        // What answers hide stays when it is left out.
        var phone = await clerk.ApiAsync(HttpMethod.Post, things, new { model = "HUAWEI Mate 70", imei = "490154203237518" });
        var handset = (await clerk.ApiAsync(HttpMethod.Get, things)).Body.EnumerateArray().Single(d => d.GetProperty("kind").GetString() == "Phone");
        Assert.Equal(HttpStatusCode.OK, (await clerk.ApiAsync(HttpMethod.Put, $"{things}/{handset.GetProperty("id").GetString()}", new { model = "HUAWEI Mate 70 Pro", version = handset.GetProperty("version").GetInt32() })).Status);
        Assert.Equal("490154203237518", await shop.LookAsync(db => db.Set<Device>().Where(d => d.Kind == DeviceKind.Phone).Select(d => d.Imei).SingleAsync()));
        // Not theirs: neither changed nor said to be there, also where there would be nothing to do.
        foreach (var value in new[] { true, false }) Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Put, address + "/retired", new { value })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Put, address, new { model = "轩逸" })).Status);
    }

    [Theory, Engines]
    public async Task People_days_and_our_people_are_kept_by_machine_with_the_rules_of_the_page(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000103");
        var own = await CustomerPages.OpenAsync(shop, "赵敏", "13500000107");
        var beyond = await CustomerPages.OpenAsync(shop, "欧阳远山", "13500000106", "other-representative", store: shop.Second.Id);
        var (clerk, people) = (shop.As("representative"), $"/api/v1/customers/{id}/people");
        var (bad, wrong, _) = await clerk.ApiAsync(HttpMethod.Post, people, new { kind = "Contact", relation = "", name = "", phone = "1387", position = new string('长', 41), note = new string('长', 501), birthday = new { month = 2, day = 30 }, otherId = beyond });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad);
        Assert.Equal(["birthday", "name", "note", "otherId", "phone", "position", "relation"], wrong.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<PersonAround>().CountAsync()));

        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, people, new { kind = "Contact", relation = "联系人", name = "赵敏", phone = "13500000107", position = "采购主管", birthday = new { month = 10, day = 25, lunar = true }, otherId = own })).Status);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.ContactNew)));
        var person = (await clerk.ApiAsync(HttpMethod.Get, people)).Body[0];
        Assert.Equal("135 **** 0107", person.GetProperty("phone").GetString());
        Assert.True(person.GetProperty("birthday").GetProperty("lunar").GetBoolean());
        var address = $"{people}/{person.GetProperty("id").GetString()}";
        Assert.Equal((HttpStatusCode)428, (await clerk.ApiAsync(HttpMethod.Put, address, new { kind = "Contact", relation = "联系人", name = "赵敏" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, address, new { kind = "Contact", relation = "联系人", name = "赵敏", position = "采购经理", left = true, version = person.GetProperty("version").GetInt32() })).Status);
        var there = await shop.LookAsync(db => db.Set<PersonAround>().SingleAsync());
        Assert.Equal(("13500000107", "采购经理", new DateOnly(2026, 11, 21), null), (there.Phone, there.Position, there.LeftOn, there.OtherId));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.ContactLeft)));

        var days = $"/api/v1/customers/{id}/dates";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await clerk.ApiAsync(HttpMethod.Post, days, new { name = "结婚纪念", on = new { year = 1957, month = 10, day = 30, lunar = true } })).Status);
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, days, new { name = "开业", on = new { month = 12, day = 1 } })).Status);
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, days, new { name = "结婚纪念", personId = there.Id, on = new { month = 10, day = 25, lunar = true } })).Status);
        var noted = (await clerk.ApiAsync(HttpMethod.Get, days)).Body;
        Assert.Equal(["2026-12-01", "2026-12-03"], noted.EnumerateArray().Select(d => d.GetProperty("next").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"{days}/{noted[0].GetProperty("id").GetString()}")).Status);
        // Who goes from the file takes their days along.
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-representative").ApiAsync(HttpMethod.Delete, address)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, address)).Status);
        Assert.Equal((0, 0), (await shop.LookAsync(db => db.Set<PersonAround>().CountAsync()), await shop.LookAsync(db => db.Set<CustomerDate>().CountAsync())));

        var team = $"/api/v1/customers/{id}/team";
        Assert.Equal(HttpStatusCode.Created, (await clerk.ApiAsync(HttpMethod.Post, team, new { staffId = shop.People["store-manager"].Id, level = "Manager" })).Status);
        var member = (await clerk.ApiAsync(HttpMethod.Get, team)).Body.GetProperty("team")[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Delete, $"{team}/{member}")).Status);
        Assert.Equal(0, (await clerk.ApiAsync(HttpMethod.Get, team)).Body.GetProperty("team").GetArrayLength());

        var contacts = $"/api/v1/customers/{id}/contacts";
        await clerk.ApiAsync(HttpMethod.Post, contacts, new { kind = "Phone", label = "单位", value = "0731-8888 7777" });
        var contact = (await clerk.ApiAsync(HttpMethod.Get, contacts)).Body[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await clerk.ApiAsync(HttpMethod.Put, $"{contacts}/{contact}", new { label = "办公室", doNotUse = true })).Status);
        var kept = await shop.LookAsync(db => db.Set<CustomerContact>().SingleAsync());
        Assert.Equal(("办公室", "073188887777", true), (kept.Label, kept.Value, kept.DoNotUseSince is not null));
    }

    [Theory, Engines]
    public async Task A_position_that_is_too_long_changes_nothing(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000103");
        var form = await shop.As("representative").OpenAsync($"/customers/{id}/people/new");
        var refused = await form.SubmitAsync("save", ("In.Kind", "Contact"), ("In.Relation", "联系人"), ("In.Name", "赵敏"), ("In.Position", new string('长', 41)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.NotNull(refused.Document.QuerySelector("[name='In.Position'][aria-invalid='true']"));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<PersonAround>().CountAsync()));
        Assert.Equal(0, await shop.LookAsync(db => db.Set<FollowUp>().CountAsync(t => t.RuleKey == Rule.ContactNew)));
    }

    [Theory, Engines]
    public async Task Long_lists_are_read_by_cursor_to_their_end(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var id = await CustomerPages.OpenAsync(shop, "湘江物业", "13500000103");
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            var at = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
            var customer = await db.Set<Customer>().SingleAsync(c => c.Id == id);
            for (var i = 0; i < 7; i++)
            {
                db.Set<MarketNews>().Add(new MarketNews { CustomerId = id, StoreId = shop.First.Id, OwnerId = shop.People["representative"].Id, Words = $"消息 {i}", HeardOn = new(2026, 11, 1), At = at.AddMinutes(i / 2) });
                db.Set<Charge>().Add(new Charge { CustomerId = id, Kind = ChargeKind.Fee, Title = $"费用 {i}", Amount = 100, MadeAt = at.AddMinutes(i / 3) });
                db.Set<Paper>().Add(new Paper { CustomerId = id, Title = $"文件 {i}", IssuedOn = new DateOnly(2026, 1, 1).AddDays(i / 2) });
                db.Set<Consent>().Add(new Consent { CustomerId = id, Purpose = ConsentPurpose.Service, Channel = $"c{i}", How = "paper", GivenAt = at.AddMinutes(i / 2) });
                db.Set<FileForm>().Add(FileForm.Begin(customer, new DateOnly(2026, 11, 1).AddDays(i / 2)));
            }

            await db.SaveAsync();
            return 0;
        });
        var boss = shop.As("store-manager");
        foreach (var (address, list, most) in new[] { ("/api/v1/market-news?", "items", 7), ($"/api/v1/customers/{id}/money?", "charges", 7), ($"/api/v1/customers/{id}/papers?", "items", 7), ($"/api/v1/customers/{id}/consents?", "items", 7), ("/api/v1/customer-forms?state=Filling&", "items", 7) })
        {
            var whole = (await boss.ApiAsync(HttpMethod.Get, address + "size=200")).Body;
            Assert.Equal(JsonValueKind.Null, whole.GetProperty("next").ValueKind);
            var seen = new List<string>();
            for (var cursor = ""; ;)
            {
                var (status, page, _) = await boss.ApiAsync(HttpMethod.Get, $"{address}size=3{cursor}");
                Assert.Equal(HttpStatusCode.OK, status);
                Assert.True(page.GetProperty(list).GetArrayLength() <= 3);
                seen.AddRange(page.GetProperty(list).EnumerateArray().Select(x => x.GetRawText()));
                if (page.GetProperty("next").ValueKind == JsonValueKind.Null) break;
                cursor = "&cursor=" + page.GetProperty("next").GetString();
            }

            Assert.Equal(whole.GetProperty(list).EnumerateArray().Select(x => x.GetRawText()), seen);
            Assert.True(seen.Count >= most, address);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await boss.ApiAsync(HttpMethod.Get, address + "size=0")).Status);
        }

        Assert.Equal(700, (await boss.ApiAsync(HttpMethod.Get, $"/api/v1/customers/{id}/money?size=2")).Body.GetProperty("sums")[0].GetProperty("owed").GetInt64());
    }
}
