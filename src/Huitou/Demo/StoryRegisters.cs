using Huitou.Approvals.Public;
using Huitou.Custody;
using Huitou.Custody.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>The registers of custody: a file made confidential, a form sealed, a loan that came back and one that is out, a request that waits, a report under check.</summary>
internal sealed partial class Story
{
    private async Task RegisterAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        if (day == today.AddDays(-7))
        {
            await LendAsync(day, "wangsiyu", 0, "购机合同", "客户来问保修条款", cancel);
            await DoAsync(day, 18, "dingning", async (inside, db) =>
            {
                var loan = await db.Set<Loan>().Where(l => l.State == LoanState.Out).Select(l => l.Id).FirstAsync(cancel);
                var loans = inside.GetRequiredService<Loans>();
                await loans.TakeBackAsync(loan, complete: true, "", cancel);
                await db.SaveChangesAsync(cancel);
                await loans.PutBackAsync(loan, "A 柜 2 层", cancel);
            }, cancel);
            await DoAsync(day, 19, "qiuyue", async (inside, db) =>
            {
                var file = await db.Set<Customer>().Where(c => c.StoreId == stores[3].Id).OrderBy(c => c.Number).Select(c => new { c.Id, c.Number }).FirstAsync(cancel);
                await inside.GetRequiredService<Secrecy>().SetAsync(file.Id, SecrecyLevel.Confidential, "牵涉一桩在办的案子", [people["zhengwei"].Id], cancel);
                await inside.GetRequiredService<Seals>().SealAsync(new SealForm { File = file.Number, Title = "《首次接触登记表》", Pages = "2", Place = "客服经理 1 号柜", Words = "当面填写，本人签名。" }, null, cancel);
            }, cancel);
        }

        if (day == today.AddDays(-2))
        {
            await LendAsync(day, "chenli", 1, "顾客档案（整份）", "上门拜访要核对配件", cancel);
            await DoAsync(day, 17, "dingning", async (inside, _) => await inside.GetRequiredService<Reports>().SubmitAsync(new ReportForm { Title = "客户信息月度统计", Period = $"{today.AddMonths(-1):yyyy-MM}", IsRegular = true, ForWhom = "市场部", Figures = "本月新建档案 46 份\n成交客户 38 位\n退回补填 3 份" }, cancel), cancel);
            await DoAsync(day, 18, "xiaolan", async (inside, db) => await inside.GetRequiredService<ApprovalDesk>().DecideAsync((await db.Set<Report>().Select(r => r.ApprovalId).FirstAsync(cancel))!.Value, approve: true, "与登记册核对过", cancel), cancel);
        }

        if (day == today.AddDays(-1))
        {
            await DoAsync(day, 20, "zhoumin", async (inside, db) =>
            {
                var number = await db.Set<SecretFile>().Select(s => s.Number).FirstAsync(cancel);
                await inside.GetRequiredService<Requests>().AskAsync(new RequestForm { Kind = nameof(RequestKind.View), File = number, Purpose = "complaint", Reason = "客户来电追问上次的处理，要看当时的记录", Until = $"{today.AddDays(2):yyyy-MM-dd}T18:00" }, cancel);
            }, cancel);
        }
    }

    // Asked and signed, signed by the head, approved and handed out by the information specialist.
    private async Task LendAsync(DateOnly day, string borrower, int nth, string what, string reason, CancellationToken cancel)
    {
        await DoAsync(day, 14, borrower, async (inside, db) =>
        {
            var number = await db.Set<Customer>().Where(c => c.StoreId == stores[0].Id).OrderBy(c => c.Number).Select(c => c.Number).Skip(nth).FirstAsync(cancel);
            await inside.GetRequiredService<Loans>().AskAsync(new LoanForm { File = number, What = what, Copies = "1", Days = "3", Reason = reason, Password = Cast.Password }, cancel);
        }, cancel);
        foreach (var (hour, who) in new[] { (15, "linxiaomei"), (16, "dingning") })
        {
            await DoAsync(day, hour, who, async (inside, db) =>
            {
                var loan = await db.Set<Loan>().Where(l => l.State == LoanState.Asked).Select(l => new { l.Id, l.ApprovalId }).FirstAsync(cancel);
                await inside.GetRequiredService<ApprovalDesk>().DecideAsync(loan.ApprovalId!.Value, approve: true, "", cancel);
                if (who != "dingning") return;
                await db.SaveChangesAsync(cancel);
                await inside.GetRequiredService<Loans>().HandOutAsync(loan.Id, cancel);
            }, cancel);
        }
    }

    private async Task DoAsync(DateOnly day, int hour, string who, Func<IServiceProvider, Db, Task> act, CancellationToken cancel)
    {
        clock.MoveTo(At(day, hour, 10));
        await AsAsync(people[who], async (inside, db) =>
        {
            await act(inside, db);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }
}
