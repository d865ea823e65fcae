using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Huitou.Access.Public;
using Huitou.Access.Sessions;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Huitou.Tests.Access;

/// <summary>The door: password, lock, first password, second factor, sessions (P5).</summary>
public sealed class SignInTests
{
    private const string Password = "a sentence to remember";

    [Theory, Engines]
    public async Task A_person_signs_in_by_name_or_phone_and_out_again(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk", phone: "1390731" + shop.Company.Number.ToString("0000"));
        foreach (var typed in new[] { name, " " + name.ToUpperInvariant(), "1390731" + shop.Company.Number.ToString("0000") })
        {
            var browser = Browser.New(shop.Host);
            var answer = await SignInAsync(browser, typed, Password);
            Assert.Equal("/", answer.Location);
            var account = await browser.OpenAsync("/account");
            Assert.Contains("李小强", account.Text);
            Assert.Equal(HttpStatusCode.SeeOther, await LeaveAsync(browser, account));
            Assert.StartsWith("/sign-in", (await browser.GetAsync("/account")).Headers.Location!.PathAndQuery);
        }
    }

    [Theory, Engines]
    public async Task A_wrong_password_and_an_unknown_name_say_the_same_and_lock_the_same(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk");
        foreach (var typed in new[] { name, "nobody-" + shop.Company.Number })
        {
            var browser = Browser.New(shop.Host);
            for (var i = 1; i <= 4; i++)
            {
                var wrong = await SignInAsync(browser, typed, "not the password");
                Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
                Assert.Contains("账号或密码不对", wrong.Text);
            }

            Assert.Contains("试错太多次", (await SignInAsync(browser, typed, "not the password")).Text);
            Assert.Contains("试错太多次", (await SignInAsync(browser, typed, Password)).Text);
        }
    }

    /// <summary>The framework's hasher, and how often it was asked: that is what an attempt to sign in costs.</summary>
    private sealed class Counted(IPasswordHasher<Account> inner) : IPasswordHasher<Account>
    {
        public int Checks { get; private set; }
        public string HashPassword(Account user, string password) => inner.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Checks++;
            return inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    /// <summary>Nobody learns by the time of an answer which accounts exist, nor which of them are locked.</summary>
    [Theory, Engines]
    public async Task A_wrong_password_an_unknown_name_and_a_locked_account_cost_the_same(string engine)
    {
        var counted = new Counted(new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 100 })));
        await using var host = await TestHost.StartAsync(engine, services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<Account>>(counted)));
        var shop = await Shop.OpenAsync(host);
        var name = await GiveAsync(shop, "clerk");
        foreach (var typed in new[] { name, "nobody-at-all" })
        {
            var browser = Browser.New(host);
            // Five are wrong, two more find it locked.
            for (var i = 1; i <= 7; i++)
            {
                var before = counted.Checks;
                await SignInAsync(browser, typed, "not the password");
                Assert.True(counted.Checks - before == 1, $"{typed}, attempt {i}: {counted.Checks - before} checks");
            }
        }
    }

    /// <summary>Who puts a session of theirs into somebody's browser is not signed in with them.</summary>
    [Theory, Engines]
    public async Task Signing_in_begins_a_session_of_its_own(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (clerk, manager) = (await GiveAsync(shop, "clerk"), await GiveAsync(shop, "store-manager"));
        string[] planted = ["made-up-by-somebody", Session(await SignInAsync(Browser.New(shop.Host), clerk, Password))];
        foreach (var session in planted)
        {
            var victim = Browser.New(shop.Host).Holding("ht-session", session);
            var answer = await SignInAsync(victim, manager, Password);
            Assert.NotEqual(session, Session(answer));
            Assert.DoesNotContain(shop.People["store-manager"].Name, await (await Browser.New(shop.Host).Holding("ht-session", session).GetAsync("/account")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains(shop.People["store-manager"].Name, (await victim.OpenAsync("/account")).Text, StringComparison.Ordinal);
        }

        static string Session(Answer answer)
        {
            var set = Assert.Single(answer.Response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("ht-session=", StringComparison.Ordinal) && !c.StartsWith("ht-session=;", StringComparison.Ordinal));
            Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=lax", set, StringComparison.OrdinalIgnoreCase);
            return set["ht-session=".Length..set.IndexOf(';', StringComparison.Ordinal)];
        }
    }

    /// <summary>Neither with a form that lacks the token nor with what is no form at all.</summary>
    [Theory, Engines]
    public async Task Nobody_is_signed_out_by_another_site(string engine)
    {
        var browser = (await Shop.OpenAsync(engine)).As("clerk");
        foreach (var content in new HttpContent[] { new FormUrlEncodedContent([new("a", "b")]), new StringContent("", System.Text.Encoding.UTF8, "text/plain") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = content };
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(request)).StatusCode);
            await browser.OpenAsync("/");
        }
    }

    [Theory, Engines]
    public async Task A_first_password_opens_only_to_choose_an_own_one(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk", mustChange: true);
        var browser = Browser.New(shop.Host);
        var asked = await SignInAsync(browser, name, Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.Status);
        Assert.NotNull(asked.Document.QuerySelector("[name='In.NewPassword']"));
        Assert.StartsWith("/sign-in", (await browser.GetAsync("/account")).Headers.Location!.PathAndQuery);

        var tooShort = await SignInAsync(browser, name, Password, "short");
        Assert.Contains("密码至少 10 个字", tooShort.Text);
        Assert.Equal("/", (await SignInAsync(browser, name, Password, "another sentence")).Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(Browser.New(shop.Host), name, Password)).Status);
        Assert.Equal("/", (await SignInAsync(Browser.New(shop.Host), name, "another sentence")).Location);
    }

    [Theory, Engines]
    public async Task The_second_factor_asks_for_a_code_and_a_recovery_code_works_once(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk");
        var browser = Browser.New(shop.Host);
        await SignInAsync(browser, name, Password);
        var setUp = await (await (await browser.OpenAsync("/account/second-factor")).SubmitAsync("begin")).FollowAsync();
        Assert.StartsWith("data:image/png", setUp.Document.QuerySelector("img.qr")!.GetAttribute("src"));
        var key = setUp.Document.QuerySelector("code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await setUp.SubmitAsync("on", ("In.Code", "000000"))).Status);
        var on = await setUp.SubmitAsync("on", ("In.Code", Totp(key)));
        Assert.Equal(HttpStatusCode.OK, on.Status);
        var codes = on.Document.QuerySelectorAll(".codes code").Select(c => c.TextContent).ToList();
        Assert.Equal(10, codes.Count);

        var stored = await shop.LookAsync(db => db.Set<Microsoft.AspNetCore.Identity.IdentityUserToken<Guid>>().Select(t => t.Value).ToListAsync());
        Assert.DoesNotContain(stored, value => value is not null && (value.Contains(key, StringComparison.Ordinal) || value.Contains(codes[0], StringComparison.Ordinal)));

        var next = Browser.New(shop.Host);
        var asked = await SignInAsync(next, name, Password);
        Assert.Equal("/sign-in/second-factor", asked.Location);
        Assert.StartsWith("/sign-in", (await next.GetAsync("/account")).Headers.Location!.PathAndQuery);
        var second = await asked.FollowAsync();
        Assert.Contains("验证码不对", (await second.SubmitAsync("second", ("In.Code", "123456"))).Text);
        Assert.Equal("/", (await second.SubmitAsync("second", ("In.Code", Totp(key)))).Location);
        await next.OpenAsync("/account");

        foreach (var (code, works) in new[] { (codes[0], true), (codes[0], false), (codes[1], true) })
        {
            var third = Browser.New(shop.Host);
            var page = await (await SignInAsync(third, name, Password)).FollowAsync();
            Assert.Equal(works ? "/" : null, (await page.SubmitAsync("second", ("In.Code", code))).Location);
        }
    }

    [Theory, Engines]
    public async Task Changing_the_password_ends_the_other_sessions_and_keeps_this_one(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk");
        var (here, there) = (Browser.New(shop.Host), Browser.New(shop.Host));
        await SignInAsync(here, name, Password);
        await SignInAsync(there, name, Password);
        await there.OpenAsync("/account");

        var page = await here.OpenAsync("/account/password");
        Assert.Contains("现在的密码不对", (await page.SubmitAsync("save", ("In.Old", "not it at all"), ("In.New", "a newer sentence"))).Text);
        await (await page.SubmitAsync("save", ("In.Old", Password), ("In.New", "a newer sentence"))).FollowAsync();
        await here.OpenAsync("/account");
        Assert.StartsWith("/sign-in", (await there.GetAsync("/account")).Headers.Location!.PathAndQuery);
    }

    [Theory, Engines]
    public async Task After_signing_in_one_goes_back_only_inside_the_house(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk");
        foreach (var (back, expected) in new[] { ("/staff?x=1", "/staff?x=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/") })
        {
            var page = await Browser.New(shop.Host).OpenAsync("/sign-in?back=" + Uri.EscapeDataString(back));
            Assert.Equal(expected, (await page.SubmitAsync("sign-in", ("In.Account", name), ("In.Password", Password))).Location);
        }
    }

    [Theory, Engines]
    public async Task Sign_ins_stand_in_the_audit_trail(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var name = await GiveAsync(shop, "clerk");
        await SignInAsync(Browser.New(shop.Host), name, Password);
        Assert.Equal(1, await shop.LookAsync(db => db.Set<AuditEntry>().CountAsync(e => e.Act == "access.sign-in")));
    }

    /// <summary>Gives one of the people a sign-in with the test's password; returns its name.</summary>
    private static async Task<string> GiveAsync(Shop shop, string person, string phone = "", bool mustChange = false)
    {
        var name = $"{person}{shop.Company.Number}x";
        await shop.Host.InAsync(shop.Company, async (services, db) =>
        {
            var account = await services.GetRequiredService<Accounts>().OpenAsync(name, phone, Password, mustChange);
            var member = await db.Set<Member>().AsTracking().FirstAsync(m => m.Id == shop.People[person].Id);
            member.AccountId = account;
            await db.SaveAsync();
            return 0;
        });
        return name;
    }

    private static async Task<Answer> SignInAsync(Browser browser, string name, string password, string? newPassword = null)
    {
        var page = await browser.OpenAsync("/sign-in");
        (string, string)[] fields = [("In.Account", name), ("In.Password", password)];
        return await page.SubmitAsync("sign-in", newPassword is null ? fields : [.. fields, ("In.NewPassword", newPassword)]);
    }

    private static async Task<HttpStatusCode> LeaveAsync(Browser browser, OpenPage page)
    {
        var token = page.Document.QuerySelector("form[action='/sign-out'] input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]) };
        return (await browser.SendAsync(request)).StatusCode;
    }

    private static string Totp(string key)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(key.TrimEnd('=').Select(c => Convert.ToString(alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
        var hash = HMACSHA1.HashData(secret, counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF, 4)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("000000");
    }
}
