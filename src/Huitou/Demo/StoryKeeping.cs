using Huitou.Custody;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>What custody has on its registers: a leak followed up, a notice received, a check with a damp shelf, a fine appealed, a list half signed.</summary>
internal sealed partial class Story
{
    private async Task KeepAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        if (day == today.AddDays(-6)) await EveningAsync(day, "sunyue", async (inside, db) =>
        {
            var desk = inside.GetRequiredService<LeakDesk>();
            var leak = await desk.ReportAsync(certain: false, "下午把回访名单发到了门店大群，群里有两位不是本店的人，两分钟后才撤回。", "已撤回，请两位删除并截图", "", cancel);
            desk.Add(leak, "两位都回了已删除的截图");
            await inside.GetRequiredService<RuleDesk>().SignAsync(await db.Set<HouseRule>().Select(r => r.Id).FirstAsync(cancel), people["sunyue"].Name, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        if (day == today.AddDays(-5)) await EveningAsync(day, "xiaolan", async (inside, db) =>
        {
            var desk = inside.GetRequiredService<LeakDesk>();
            await desk.SeeAsync(await db.Set<Leak>().AsTracking().FirstAsync(cancel), cancel);
            var rules = inside.GetRequiredService<RuleDesk>();
            await rules.SignAsync(await db.Set<HouseRule>().Select(r => r.Id).FirstAsync(cancel), people["xiaolan"].Name, cancel);
            await rules.WriteAsync(null, "客户档案保管办法", "/custody", "一、档案分类上架，从左到右、从上到下，编目录和索引。\n二、书写用碳素墨水，不用圆珠笔、铅笔。\n三、每半年全面检查一次，防潮防霉，发现褪色、破损及时修复。\n四、期满的按规定销毁，两人监销，不得当废纸出售。", today.AddDays(3), cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        if (day == today.AddDays(-4)) await EveningAsync(day, "linxiaomei", async (inside, db) =>
        {
            var checks = inside.GetRequiredService<CheckDesk>();
            var check = (await checks.MakeAsync(CheckKind.Files, stores[0].Id, $"{today:yyyy}-H{(today.Month <= 6 ? 1 : 2)}", cancel))!;
            await db.SaveChangesAsync(cancel);
            checks.Record(check, [.. CustodyCheck.Points[CheckKind.Files].Select(k => new PointFound(k, k is not "damp", k is "damp" ? "B 柜最下层三份封面受潮，已晾干换袋" : ""))], "其余完好");
            var known = await db.Set<Customer>().OrderBy(c => c.Number).Select(c => new { c.Id, c.Number }).Take(4).ToListAsync(cancel);
            var notice = await inside.GetRequiredService<NoticeDesk>().GiveAsync(known[0].Id, NoticeKind.Notify, "取机通知", "您的手机已经修好，请在 7 天内带身份证来取。", send: false, cancel);
            inside.GetRequiredService<NoticeDesk>().Receive(notice, "本人", "counter");
            await inside.GetRequiredService<NoticeDesk>().GiveAsync(known[1].Id, NoticeKind.Circulate, "产品安全通报", "您购买的充电器有一项安全提示，请停用并到店免费更换。", send: true, cancel);
            await inside.GetRequiredService<RightsDesk>().OpenAsync(known[2].Id, RightsKind.CarryAway, "", "id-card", "想要一份你们存的我的资料", cancel);
            var list = await inside.GetRequiredService<HandoverDesk>().MakeAsync(HandoverReason.Transfer, people["chenli"].Id, people["wangsiyu"].Id, today.AddDays(-5), "调岗交接", [.. known.Select(k => new HandoverLine(k.Number, "整份档案", 1, false)), new HandoverLine(known[0].Number, "购机发票原件", 1, true)], cancel);
            list.Sign(people["chenli"].Id, clock.Now());
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        if (day == today.AddDays(-3)) await EveningAsync(day, "qiuyue", async (inside, db) =>
        {
            var penalty = await inside.GetRequiredService<PenaltyDesk>().DecideAsync(people["hejun"].Id, "loss", "", "交接时少了一张顾客档案表", "当天按系统记录重填，请客户核对签名", 100_00, cancel);
            penalty.AppealAgainst("表是上个月柜子漏水泡坏的，当时报过", people["hejun"].Id, clock.Now());
            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }

    private async Task EveningAsync(DateOnly day, string who, Func<IServiceProvider, Db, Task> act, CancellationToken cancel)
    {
        clock.MoveTo(At(day, 17, 30));
        await AsAsync(people[who], act, cancel);
    }
}
