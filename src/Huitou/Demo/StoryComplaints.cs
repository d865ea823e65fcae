using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>Around the complaints: a form by QR, canned answers, a crisis team that met, an improvement under way and one whose effect is waited for, a praise.</summary>
internal sealed partial class Story
{
    private Guid slip;

    private async Task AroundComplaintsAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        if (day == today.AddDays(-20))
        {
            await DoAsync(day, 9, "linxiaomei", (inside, _) => inside.GetRequiredService<PublicForms>().OpenAsync(stores[0].Id, cancel), cancel);
            await DoAsync(day, 10, "hejianping", async (inside, _) =>
            {
                var macros = inside.GetRequiredService<Macros>();
                await macros.SaveAsync(null, 0, "已收到，正在查", "{客户}您好，您说的事我们记下了（{编号}），正在查，到点给您回话。", "", "", null, "", active: true, cancel);
                await macros.SaveAsync(null, 0, "先送备用机", "{客户}您好，我们先把备用机送到您手上，不耽误您用。", "phone", "送备用机给{客户}", 4, "", active: true, cancel);
            }, cancel);
        }

        if (day == today.AddDays(-12))
        {
            await DoAsync(day, 11, "linxiaomei", async (inside, _) => slip = (await inside.GetRequiredService<Improvements>().MakeAsync(ImprovementKind.Improvement, null, "维修单上写明哪天修好，改期当天打电话", "information", people["zhoumin"].Id, day.AddDays(5), cancel)).Id, cancel);
        }

        if (day == today.AddDays(-10))
        {
            await DoAsync(day, 16, "zhoumin", (inside, _) => inside.GetRequiredService<Improvements>().DoAsync(slip, "新维修单已印好，柜台都换了", null, today.AddDays(3), cancel), cancel);
        }

        if (day == today.AddDays(-4))
        {
            var praise = Guid.Empty;
            await DoAsync(day, 15, "zhoumin", async (inside, db) =>
            {
                var customer = await db.Set<Customer>().Where(c => c.StoreId == stores[0].Id && c.Phone != "").OrderBy(c => c.Number).Select(c => c.Id).Skip(4).FirstAsync(cancel);
                praise = (await inside.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer, stores[0].Id, "下雨天小陈专门把手机给我送到小区门口，还教我妈用，真的谢谢。", "", "wechat", "", null) { Kind = ComplaintKind.Praise, Title = "雨天送机上门", SendReceipt = false }, cancel)).Id;
            }, cancel);
            await DoAsync(day, 16, "zhoumin", (inside, _) => inside.GetRequiredService<Handling>().CommendAsync(praise, people["chenli"].Id, "雨天送机上门，教老人用", cancel), cancel);
        }

        if (day == today.AddDays(-1))
        {
            await DoAsync(day, 9, "linxiaomei", (inside, _) => inside.GetRequiredService<Upward>().WarnAsync(battery, "同一块电池两次返修，答应的备用机没给，客户要求换机。", "客户跑网约车，在司机群里说过；没有媒体。", "备用机已送到车上，换机在报批。", "请法务看换机是否按三包办。", ["brand-division", "legal"], cancel), cancel);
            await DoAsync(day, 10, "luyan", (inside, _) => inside.GetRequiredService<Upward>().PassOnAsync(battery, "三包期内同一故障两次，可以换机；店里在谈，没有扩散。", ["operations-vice-president", "ceo"], cancel), cancel);
            await DoAsync(day, 17, "linxiaomei", async (inside, db) =>
            {
                var team = inside.GetRequiredService<CrisisTeam>();
                await team.CallAsync(battery, people["linxiaomei"].Id, "和客户当面谈", cancel);
                await team.HoldAsync(battery, At(day, 16, 30), "五一广场店二楼", "客户是网约车司机，误工是主要损失；同一故障两次，按换机谈。", "当天报换机审批，旧机资料由店里导。", cancel);
                await db.SaveChangesAsync(cancel);
                await inside.GetRequiredService<Improvements>().MakeAsync(ImprovementKind.Improvement, battery, "每店常备三台备用机，借出登记", "stock", people["zhoumin"].Id, today.AddDays(9), cancel);
            }, cancel);
        }
    }
}
