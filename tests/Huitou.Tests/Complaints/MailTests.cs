using System.Net;
using System.Text;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Huitou.Tests.Complaints;

/// <summary>The mail box for complaints, against a real IMAP server: what becomes a case, what goes to its case, what waits for a person; each mail once.</summary>
public sealed class MailTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0];

    [Theory, Engines]
    public async Task A_break_in_the_folder_or_the_user_name_is_said_beside_it(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var (status, body, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Put, "/api/v1/complaints/mail-box", new { host = "imap.example.com", port = 993, security = "Tls", userName = "kesu\r\nLOGOUT", password = "a", folder = "INBOX\r\nLOGOUT", address = "kesu@shop.example", storeId = shop.First.Id, version = 0 });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal([("userName", "最多 100 个字，不能换行。"), ("folder", "最多 100 个字，不能换行。")], body.GetProperty("errors").EnumerateObject().Select(e => (e.Name, e.Value[0].GetString()!)));
    }

    [Theory, Engines]
    public async Task A_mail_is_a_case_with_its_words_and_an_answer_goes_to_it(string engine)
    {
        await using var dovecot = await Dovecot.StartAsync();
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await SetUpAsync(shop, dovecot);
        var first = Mail(host, "李雪琴", "lixueqin@example.com", "手机修了两次还是黑屏", "第一次修完三天又黑屏。\n\n你们说好周五给答复的。");
        var body = new Multipart("mixed") { first.Body!, new MimePart("image", "png") { ContentTransferEncoding = ContentEncoding.Base64, Content = new MimeContent(new MemoryStream(Png)), FileName = "黑屏.png", ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) }, new MimePart("application", "zip") { ContentTransferEncoding = ContentEncoding.Base64, Content = new MimeContent(new MemoryStream([1, 2, 3])), FileName = "log.zip", ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) } };
        first.Body = body;
        await dovecot.PutAsync(first);
        await LookAsync(shop);

        var c = await shop.LookAsync(db => db.Set<Complaint>().SingleAsync());
        Assert.Equal(("第一次修完三天又黑屏。\n\n你们说好周五给答复的。", "手机修了两次还是黑屏", "mail", shop.First.Id, shop.People["specialist"].Id), (c.Words, c.Title, c.Channel, c.StoreId, c.OwnerId));
        Assert.True(c.IsUnchanged);
        Assert.Equal(("李雪琴", "lixueqin@example.com"), await shop.LookAsync(db => db.Set<Customer>().Select(x => new ValueTuple<string, string>(x.Name, x.Email)).SingleAsync()));
        Assert.Equal(["黑屏.png"], await shop.LookAsync(db => db.Set<Attachment>().Select(a => a.Name).ToListAsync()));
        Assert.Contains("log.zip", await shop.LookAsync(db => db.Set<CaseMessage>().Where(m => m.Direction == Direction.Note).Select(m => m.Words).SingleAsync()), StringComparison.Ordinal);
        var receipt = await shop.LookAsync(db => db.Set<Message>().SingleAsync());
        Assert.Equal(("smtp", "kesu+" + c.Number + "-" + c.Receipt + "@shop.example", "lixueqin@example.com"), (receipt.Wanted, receipt.ReplyTo, receipt.Mail));
        Assert.Contains($"[{c.Number} {c.Receipt}]", receipt.Subject, StringComparison.Ordinal);
        Assert.Equal((1, 1), await dovecot.CountAsync());

        // An answer to our mail, in HTML, with ours quoted under it.
        var answer = Mail(host, "李雪琴", "lixueqin@example.com", "回复: 谢谢", "");
        answer.Body = new TextPart("html") { Text = "<html><head><style>p{color:red}</style></head><body><p>还有一件事：<b>发票</b>也没给。</p><div>在 2026年11月21日，客服 写道：</div><blockquote>已受理</blockquote><script>alert(1)</script></body></html>" };
        answer.InReplyTo = $"{receipt.Id:N}@huitou";
        // By the address of the answer, from the office; and a number alone, which anybody can guess.
        var office = Mail(host, "李", "office@example.org", "发票抬头", "抬头是长沙某某公司。");
        office.To.Clear();
        office.To.Add(MailboxAddress.Parse($"kesu+{c.Number}-{c.Receipt}@shop.example"));
        var stranger = Mail(host, "陌生人", "stranger@example.net", $"关于 {c.Number}", "我也想说两句。");
        await dovecot.PutAsync(answer, office, stranger, first); // the first one lies there twice now
        await LookAsync(shop);

        var heard = await shop.LookAsync(db => db.Set<CaseMessage>().Where(m => m.ComplaintId == c.Id && m.Direction == Direction.In).OrderBy(m => m.At).Select(m => m.Words).ToListAsync());
        Assert.Equal(["还有一件事：发票也没给。", "抬头是长沙某某公司。"], heard);
        Assert.Equal(2, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));
        Assert.Contains("o***@example.org", string.Join('\n', await shop.LookAsync(db => db.Set<CaseMessage>().Where(m => m.ComplaintId == c.Id && m.Direction == Direction.Note).Select(m => m.Words).ToListAsync())), StringComparison.Ordinal);
        Assert.True(await shop.LookAsync(db => db.Set<Mention>().AnyAsync(m => m.ComplaintId == c.Id && m.StaffId == c.OwnerId)));
        Assert.Equal(4, await shop.LookAsync(db => db.Set<Mail>().CountAsync()));

        // Answered by e-mail it goes to the address they last wrote from.
        var page = await shop.As("specialist").OpenAsync($"/complaints/{c.Id}");
        Assert.Contains("抬头是长沙某某公司", page.Text, StringComparison.Ordinal);
        await (await page.SubmitAsync("answer", ("In.Channel", "mail"), ("In.Text", "发票今天寄出。"), ("In.Next", "other"), ("In.NextAt", "2026-11-23T12:00"))).FollowAsync();
        var sent = await shop.LookAsync(db => db.Set<Message>().OrderByDescending(m => m.CreatedAt).FirstAsync());
        Assert.Equal(("office@example.org", "smtp"), (sent.Mail, sent.Wanted));
        Assert.Contains(c.Receipt, sent.ReplyTo, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task What_no_person_wrote_is_left_and_floods_and_spam_wait_for_a_person(string engine)
    {
        await using var dovecot = await Dovecot.StartAsync();
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await SetUpAsync(shop, dovecot);
        MimeMessage With(string field, string value, string subject)
        {
            var mail = Mail(host, "甲", $"{subject}@example.com", subject, "你好");
            mail.Headers.Add(field, value);
            return mail;
        }

        await dovecot.PutAsync(With("Auto-Submitted", "auto-replied", "away"), With("List-Id", "<news.example.com>", "news"), With("Return-Path", "<>", "bounce"), With("X-Spam-Flag", "YES", "spam"),
            With("Authentication-Results", "mx.shop.example; dmarc=fail header.from=bank.example", "forged"), Mail(host, "客服", "kesu@shop.example", "own", "自己"));
        await dovecot.PutAsync([.. Enumerable.Range(1, MailDesk.PerSender + 2).Select(i => Mail(host, "乙", "often@example.com", $"第 {i} 封", $"第 {i} 次说同一件事。"))]);
        await LookAsync(shop);
        var states = await shop.LookAsync(db => db.Set<Mail>().GroupBy(m => new { m.State, m.Why }).Select(g => new { g.Key.State, g.Key.Why, Count = g.Count() }).ToListAsync());
        string[] expected = ["Held complaints.mail.why.flood 2", "Held complaints.mail.why.forged 1", "Held complaints.mail.why.spam 1", "Left complaints.mail.why.automatic 1", "Left complaints.mail.why.bounce 1", "Left complaints.mail.why.list 1", "Left complaints.mail.why.own 1", $"Opened  {MailDesk.PerSender}"];
        Assert.Equal(expected, states.Select(s => $"{s.State} {s.Why} {s.Count}").Order(StringComparer.Ordinal));
        Assert.Equal(MailDesk.PerSender, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));

        // The manager of the box's store looks; another store's does not see them.
        var manager = shop.As("store-manager");
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("store-manager").With("Accept-Language", language).OpenAsync("/complaints/mails?view=all")).Text);
        var page = await manager.OpenAsync("/complaints/mails");
        Assert.Contains("f***@example.com", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("forged@example.com", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("第 5 封", (await shop.As("other-manager").OpenAsync("/complaints/mails?view=all")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("clerk").ApiAsync(HttpMethod.Get, "/api/v1/complaints/mails")).Status);
        var held = await shop.LookAsync(db => db.Set<Mail>().Where(m => m.State == MailState.Held).OrderBy(m => m.Id).Select(m => m.Id).ToListAsync());
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync($"open-{held[0]}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/mails/{held[1]}/leave", new { })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await manager.ApiAsync(HttpMethod.Post, $"/api/v1/complaints/mails/{held[1]}/leave", new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.As("other-manager").ApiAsync(HttpMethod.Post, $"/api/v1/complaints/mails/{held[1]}/case", new { })).Status);
        Assert.Equal(MailDesk.PerSender + 1, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));

        // After thirty days the words of what is of no case are gone.
        host.Clock.Forward(Huitou.Complaints.Mail.Life + TimeSpan.FromDays(1));
        await host.InAsync(shop.Company, async (services, db) =>
        {
            services.GetRequiredService<Jobs>().Add("complaints.mail-night", "2026-12-23", host.Clock.GetUtcNow().UtcDateTime, new { });
            await db.SaveAsync();
            return 0;
        });
        await host.RunDueAsync();
        Assert.Equal(0, await shop.LookAsync(db => db.Set<Mail>().CountAsync(m => m.ComplaintId == null && (m.Words != "" || m.Sender != ""))));
        Assert.Equal(MailDesk.PerSender + 1, await shop.LookAsync(db => db.Set<Mail>().CountAsync(m => m.ComplaintId != null && m.Words != "")));
    }

    [Theory, Engines]
    public async Task Two_nodes_and_a_node_that_dies_take_each_mail_once(string engine)
    {
        await using var dovecot = await Dovecot.StartAsync();
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        await SetUpAsync(shop, dovecot);
        await dovecot.PutAsync([.. Enumerable.Range(1, 24).Select(i => Mail(host, $"客户{i}", $"c{i}@example.com", $"第 {i} 件", $"第 {i} 件事。"))]);
        await using var other = await TestHost.StartAsync(engine, over: host.Engine);
        other.Clock.Forward(host.Clock.GetUtcNow() - other.Clock.GetUtcNow());
        // Two looks at once, as after a lease that ran out while its node only slept.
        for (var i = 0; i < 2; i++) await ArmAsync(shop, $"x{i}");
        await Task.WhenAll(host.RunDueAsync(), other.RunDueAsync());

        Assert.Equal(24, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));
        Assert.Equal(24, await shop.LookAsync(db => db.Set<Mail>().CountAsync()));

        // The node dies after the commit and before it could say how far it was: everything is read again, nothing is taken again.
        await host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<MailBox>().ExecuteUpdateAsync(s => s.SetProperty(b => b.LastUid, 0L).SetProperty(b => b.Validity, 0L));
            await db.SaveAsync();
            return 0;
        });
        await LookAsync(shop);
        Assert.Equal(24, await shop.LookAsync(db => db.Set<Complaint>().CountAsync()));
        Assert.Equal(24L, await shop.LookAsync(db => db.Set<MailBox>().Select(b => b.LastUid).SingleAsync()));
        // One look waits, however many were set going.
        Assert.Equal(1, await shop.LookAsync(db => db.Set<Due>().CountAsync(d => d.CompanyId == shop.Company.Id && d.Kind == "complaints.mail")));
    }

    [Theory, Engines]
    public async Task The_box_is_set_up_on_screen_and_says_what_is_wrong(string engine)
    {
        await using var dovecot = await Dovecot.StartAsync();
        await using var host = await TestHost.StartAsync(engine);
        var shop = await Shop.OpenAsync(host);
        Assert.Equal(HttpStatusCode.Forbidden, (await shop.As("store-manager").ApiAsync(HttpMethod.Get, "/api/v1/complaints/mail-box")).Status);
        Assert.Contains("还没有设投诉邮箱", (await shop.As("store-manager").OpenAsync("/complaints/mails")).Text, StringComparison.Ordinal);
        var head = shop.As("general-manager");
        var page = await head.OpenAsync("/settings/complaints/mail");
        var bad = await page.SubmitAsync("save", ("In.Host", "not a host"), ("In.Port", "0"), ("In.Address", "kesu"), ("In.UserName", ""), ("In.Security", "Tls"), ("In.StoreId", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await page.SubmitAsync("save", ("In.Host", "127.0.0.1"), ("In.Port", $"{dovecot.Port}"), ("In.Address", "kesu@shop.example"), ("In.UserName", Dovecot.User), ("In.Secret", "falsch"), ("In.Security", "Open"), ("In.StoreId", $"{shop.First.Id}"), ("In.Active", "true"))).Status);
        await host.RunDueAsync();
        page = await head.OpenAsync("/settings/complaints/mail");
        Assert.Contains("登录名或密码不对", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("falsch", page.Document.Body!.InnerHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("falsch", await shop.LookAsync(db => db.Set<MailBox>().Select(b => b.Secret).SingleAsync()), StringComparison.Ordinal);
        foreach (var language in Texts.Languages) Assert.DoesNotMatch(@"\bcomplaints\.[a-z]", (await shop.As("general-manager").With("Accept-Language", language).OpenAsync("/settings/complaints/mail")).Text);
        await (await page.SubmitAsync("save", ("In.Secret", Dovecot.Password))).FollowAsync();
        await host.RunDueAsync();
        Assert.Contains("一切正常", (await head.OpenAsync("/settings/complaints/mail")).Text, StringComparison.Ordinal);
        await (await (await head.OpenAsync("/settings/complaints/mail")).SubmitAsync("save", ("In.Security", "Tls"))).FollowAsync();
        await host.RunDueAsync();
        Assert.DoesNotContain("一切正常", (await head.OpenAsync("/settings/complaints/mail")).Text, StringComparison.Ordinal);
    }

    private static MimeMessage Mail(TestHost host, string name, string address, string subject, string words)
    {
        var mail = new MimeMessage { Subject = subject, Date = host.Clock.GetUtcNow(), Body = new TextPart("plain") { Text = words } };
        mail.From.Add(new MailboxAddress(Encoding.UTF8, name, address));
        mail.To.Add(new MailboxAddress("", "kesu@shop.example"));
        return mail;
    }

    private static async Task SetUpAsync(Shop shop, Dovecot dovecot)
    {
        var (status, _, _) = await shop.As("general-manager").ApiAsync(HttpMethod.Put, "/api/v1/complaints/mail-box", new { host = "127.0.0.1", port = dovecot.Port, security = "Open", userName = Dovecot.User, password = Dovecot.Password, address = "kesu@shop.example", plusAddress = true, storeId = shop.First.Id, version = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        // The mails of a test lie there at the real time of day, its clock stands at another.
        await shop.Host.InAsync(shop.Company, async (_, db) =>
        {
            await db.Set<MailBox>().ExecuteUpdateAsync(s => s.SetProperty(b => b.Since, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
            await db.SaveAsync();
            return 0;
        });
    }

    private static Task ArmAsync(Shop shop, string key) => shop.Host.InAsync(shop.Company, async (services, db) =>
    {
        var box = await db.Set<MailBox>().SingleAsync();
        services.GetRequiredService<Jobs>().Add("complaints.mail", $"{box.Id:N}:{key}", shop.Host.Clock.GetUtcNow().UtcDateTime, new { BoxId = box.Id });
        await db.SaveAsync();
        return 0;
    });

    private static async Task LookAsync(Shop shop)
    {
        shop.Host.Clock.Forward(TimeSpan.FromMinutes(2));
        await shop.Host.RunDueAsync();
    }
}
