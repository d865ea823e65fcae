using System.Net;
using Huitou.Access.Public;
using Huitou.Access.Sessions;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Custody;

/// <summary>To look is not to change (B3), and each look at a secret file is written down (B11).</summary>
public sealed class LookingTests
{
    private const string Password = "huitou-demo-2026";

    [Theory, Engines]
    public async Task Who_was_granted_to_look_changes_nothing_whatever_their_role_may(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var other = await SecretTests.OpenAsync(shop, "外店 看", "13700139001", shop.Second, "other-representative");
        var secret = await SecretTests.OpenAsync(shop, "机密 看", "13700139002");
        await RaiseAsync(shop, secret);
        var who = shop.People["store-manager"]; // may edit, assign and merge
        foreach (var file in new[] { other, secret }) await GrantAsync(shop, file, who.Id, shop.Host.Clock.GetUtcNow().UtcDateTime.AddDays(1));
        var manager = shop.As("store-manager");

        foreach (var file in new[] { other, secret })
        {
            var page = await manager.OpenAsync($"/customers/{file}");
            Assert.Empty(page.Document.QuerySelectorAll($"a[href='/customers/{file}/edit']"));
            Assert.DoesNotContain(page.Document.Forms, f => f.QuerySelector("input[name='_handler'][value='note']") is not null);
            // Every door that is not hidden refuses and says why; nothing is stored.
            var edit = await (await manager.OpenAsync($"/customers/{file}/edit")).SubmitAsync("save", ("In.Note", "改了"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, edit.Status);
            Assert.Contains("只获准查阅", edit.Text, StringComparison.Ordinal);
            foreach (var (method, address, body) in Doors(file, await VersionAsync(shop, file)))
            {
                var (status, answer, _) = await manager.ApiAsync(method, address, body);
                Assert.True(status == HttpStatusCode.UnprocessableEntity && answer.GetRawText().Contains("only-looks", StringComparison.Ordinal), $"{method} {address}: {(int)status} {answer}");
            }

            // To show the number is to look: it is theirs, and written down.
            Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{file}/reveal", new { purpose = "contact" })).Status);
        }

        Assert.Equal(0, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "customers.edit" || a.Act == "customers.tag" || a.Act == "customers.assign")));

        // A custodian changes it; so does who reaches an ordinary file anyway, granted or not.
        var (edited, told, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Patch, $"/api/v1/customers/{secret}", new { note = "专管人改的", version = await VersionAsync(shop, secret) });
        Assert.True(edited == HttpStatusCode.OK, $"{(int)edited} {told}");
        var mine = await SecretTests.OpenAsync(shop, "本店 看", "13700139003");
        await GrantAsync(shop, mine, who.Id, shop.Host.Clock.GetUtcNow().UtcDateTime.AddDays(1));
        Assert.Equal(HttpStatusCode.OK, (await manager.ApiAsync(HttpMethod.Patch, $"/api/v1/customers/{mine}", new { note = "店长改的", version = await VersionAsync(shop, mine) })).Status);
    }

    [Theory, Engines]
    public async Task A_secret_files_name_is_marked_in_the_other_rooms_too_and_its_contacts_are_shown_without_a_phone(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var secret = await SecretTests.OpenAsync(shop, "机密 标", "13700139007", owner: "general-manager");
        await RaiseAsync(shop, secret);
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var file = await db.Set<Customer>().AsTracking().SingleAsync(c => c.Id == secret);
            file.Change(new OpenCustomer { Name = file.Name, WeChat = "wx-secret-7", Birthday = new Birthday(1980, 11, 21, false, false) });
            services.GetRequiredService<Messenger>().Send(new Outgoing(secret, "13700139007", "机密的消息", "你好", "surveys.purpose.rating", null, "mark-test", shop.First.Id));
            await db.SaveAsync();
            return 0;
        });
        var manager = shop.As("general-manager");
        foreach (var (address, word) in new[] { ("/birthdays", "机密 标"), ("/messages", "机密的消息"), ($"/followups/call?customer={secret}", "机密 标") })
        {
            var page = await manager.OpenAsync(address);
            Assert.Contains(word, page.Text, StringComparison.Ordinal);
            Assert.NotEmpty(page.Document.QuerySelectorAll("main .secrecy"));
        }

        var file = await manager.OpenAsync($"/customers/{secret}");
        Assert.DoesNotContain("wx-secret-7", file.Text, StringComparison.Ordinal);
        Assert.Contains("/reveal", file.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal("wx-secret-7", (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/customers/{secret}/reveal", new { purpose = "contact" })).Body.GetProperty("weChat").GetString());
        Assert.Contains("wx-secret-7", (await manager.OpenAsync($"/customers/{secret}")).Text, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Each_look_at_a_secret_file_is_written_down_with_its_purpose(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var secret = await SecretTests.OpenAsync(shop, "机密 记", "13700139004");
        var plain = await SecretTests.OpenAsync(shop, "普通 记", "13700139005");
        await RaiseAsync(shop, secret);
        var manager = shop.As("general-manager");
        foreach (var address in new[] { $"/customers/{secret}", $"/customers/{secret}/profile", $"/api/v1/customers/{secret}", $"/api/v1/customers/{secret}/timeline", $"/customers/{plain}" }) await manager.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("store-manager").GetAsync($"/customers/{secret}")).StatusCode);
        var lines = await shop.LookAsync(db => db.Set<AuditEntry>().Where(a => a.Act == "custody.read").ToListAsync());
        Assert.Equal(4, lines.Count(l => l.Detail == "custodian" && l.ThingId == secret && l.StaffId == shop.People["general-manager"].Id));
        Assert.All(lines, l => Assert.Equal(secret, l.ThingId));
        Assert.Equal(4, lines.Count);
        // A frame of the page that was just opened is the same look.
        await manager.With("Turbo-Frame", "more").GetAsync($"/customers/{secret}/more");
        Assert.Equal(4, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.read")));
        // An address leads to the page however its letters are written.
        Assert.Equal(HttpStatusCode.OK, (await shop.As("general-manager").GetAsync($"/Customers/{secret.ToString().ToUpperInvariant()}")).StatusCode);
        Assert.Equal(5, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.read")));
    }

    [Theory, Engines]
    public async Task A_look_at_what_belongs_to_a_secret_file_is_a_look_at_the_file(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var secret = await SecretTests.OpenAsync(shop, "机密 案", "13700139011", owner: "general-manager");
        var plain = await SecretTests.OpenAsync(shop, "普通 案", "13700139012", owner: "general-manager");
        await RaiseAsync(shop, secret);
        var me = shop.People["general-manager"].Id;
        var addresses = new List<string>();
        foreach (var file in new[] { secret, plain })
        {
            await shop.Host.InAsync(shop.Company, async (services, db) =>
            {
                var complaint = await services.GetRequiredService<Huitou.Complaints.Public.ComplaintsDesk>().TakeDownAsync(new Huitou.Complaints.Public.OpenComplaint(file, null, "修了三次", "换新", "counter", "", me));
                await db.SaveChangesAsync();
                var promise = await services.GetRequiredService<Huitou.Complaints.Public.Promises>().AddAsync(file, complaint, "回电话", TestHost.Start.UtcDateTime.AddDays(3), me);
                services.GetRequiredService<Messenger>().Send(new Outgoing(file, "13700139011", "短信", "你好", "surveys.purpose.rating", null, Ids.New().ToString(), shop.First.Id));
                await db.SaveAsync();
                addresses.AddRange([$"/complaints/{complaint}", $"/Complaints/{complaint}/print", $"/api/v1/complaints/{complaint}", $"/promises/{promise}", $"/followups/call?customer={file}", $"/complaints/new?customer={file}"]);
                return 0;
            });
            var message = await shop.LookAsync(db => db.Set<Huitou.Messages.Message>().Where(m => m.CustomerId == file).Select(m => m.Id).FirstAsync());
            addresses.Add($"/messages/{message}");
        }

        var manager = shop.As("general-manager");
        foreach (var address in addresses) Assert.True((await manager.GetAsync(address)).IsSuccessStatusCode, address);
        var lines = await shop.LookAsync(db => db.Set<AuditEntry>().Where(a => a.Act == "custody.read").ToListAsync());
        Assert.All(lines, l => Assert.Equal((secret, "custodian"), (l.ThingId, l.Detail)));
        Assert.Equal(addresses.Count / 2, lines.Count);
        // Who is no reader looks at nothing, and nothing is written down.
        foreach (var address in addresses) await shop.As("store-manager").GetAsync(address);
        Assert.Equal(lines.Count, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "custody.read")));
    }

    [Theory, Engines]
    public async Task A_wrong_signature_counts_towards_the_lock(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        await RegisterTests.SignerAsync(shop, "clerk");
        var number = await RegisterTests.NumberAsync(shop, await SecretTests.OpenAsync(shop, "签 客", "13700139006"));
        var clerk = shop.As("clerk");
        var part = 0;
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage)> Ask(string password) =>
            clerk.ApiAsync(HttpMethod.Post, "/api/v1/custody/loans", new { file = number, what = $"第 {++part} 册", copies = "1", days = "1", reason = "上门", password });
        Task<int> Count() => shop.LookAsync(db => db.Set<Account>().Where(a => a.Id == shop.People["clerk"].AccountId).Select(a => a.AccessFailedCount).SingleAsync());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Ask("guess 1")).Status);
        Assert.Equal(1, await Count());
        // The right one forgives, as at the door.
        Assert.Equal(HttpStatusCode.Created, (await Ask(Password)).Status);
        Assert.Equal(0, await Count());
        for (var i = 1; i <= 4; i++) Assert.Contains("signature-wrong", (await Ask("guess " + i)).Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(4, await Count());
        Assert.Contains("access.locked", (await Ask("guess 5")).Body.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("access.locked", (await Ask(Password)).Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(a => a.Act == "access.locked-out" && a.Detail == "signature")));
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Huitou.Custody.Loan>().CountAsync()));
        // At the door too: one lock for both.
        var page = await Browser.New(shop.Host).OpenAsync("/sign-in");
        Assert.Contains("试错太多次", (await page.SubmitAsync("sign-in", ("In.Account", $"{shop.Company.Number}-clerk"), ("In.Password", Password))).Text, StringComparison.Ordinal);
    }

    private static IEnumerable<(HttpMethod, string, object)> Doors(Guid file, int version)
    {
        yield return (HttpMethod.Patch, $"/api/v1/customers/{file}", new { note = "改了", version });
        yield return (HttpMethod.Post, $"/api/v1/customers/{file}/notes", new { words = "记一笔" });
        yield return (HttpMethod.Post, $"/api/v1/customers/{file}/contacts", new { kind = "Phone", value = "13700139099" });
        yield return (HttpMethod.Post, $"/api/v1/customers/{file}/devices", new { kind = "Phone", model = "X200" });
        yield return (HttpMethod.Put, $"/api/v1/customers/{file}/consents/Promotion", new { agrees = true, channels = new[] { "phone" } });
    }

    private static Task<int> VersionAsync(Shop shop, Guid file) => shop.LookAsync(db => db.Set<Customer>().Where(c => c.Id == file).Select(c => c.Version).SingleAsync());

    private static async Task RaiseAsync(Shop shop, Guid file) =>
        Assert.Equal(HttpStatusCode.SeeOther, (await (await shop.As("general-manager").OpenAsync($"/custody/files/{file}")).SubmitAsync("level", ("In.Level", "Confidential"), ("In.Reason", "涉及诉讼"))).Status);

    private static Task<int> GrantAsync(Shop shop, Guid file, Guid staff, DateTime until) => shop.Host.InAsync(shop.Company, async (_, db) =>
    {
        db.Set<FileReader>().Add(new FileReader { FileId = file, StaffId = staff, Until = until, At = until.AddDays(-1) });
        await db.SaveAsync();
        return 0;
    });
}
