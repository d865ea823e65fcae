using Huitou.Care;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

// Care in the story: what is coming, topics and news, a promotion with a group left alone, an event, visits, the service meeting.
internal sealed partial class Story
{
    // What goes with what (D3), said over the counter in these three weeks: some want it, some do not, and what they said stays on their file.
    private async Task OffersAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        if ((today.DayNumber - day.DayNumber) is not (20 or 13 or 6)) return;
        await DoAsync(day, 19, "chenli", async (inside, db) =>
        {
            var desk = inside.GetRequiredService<OfferDesk>();
            var rule = await db.Set<OfferRule>().Where(r => r.Title == "care.offer.ready.charger").FirstOrDefaultAsync(cancel);
            if (rule is null) return;
            var fit = (await (await desk.FitsAsync(rule, cancel)).OrderBy(c => c.Number).Take(12).Select(c => c.Id).ToListAsync(cancel)).FindAll(c => !rule.LeavesAlone(c)).Take(3).ToList();
            for (var i = 0; i < fit.Count; i++) await desk.TellAsync(fit[i], rule.Id, new[] { OfferState.Wants, OfferState.Later, OfferState.No }[i], cancel);
        }, cancel);
    }

    private async Task CareAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(end.Local(company.Zone));
        await services.AsCompanyAsync(company, "demo", async (inside, db) =>
        {
            await inside.GetRequiredService<Foresee>().RunAsync(cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await AsAsync(Manager(stores[0]), async (inside, db) =>
        {
            var news = inside.GetRequiredService<NewsDesk>();
            var topics = new List<Topic>();
            foreach (var name in new[] { "拍照", "游戏", "老人机", "换新" }) topics.Add(await news.AddTopicAsync(name, cancel));
            await db.SaveChangesAsync(cancel);
            var customers = await db.Set<Customer>().Where(c => c.StoreId == stores[0].Id && c.DoNotContactSince == null && c.Stage == CustomerStage.Buyer).OrderBy(c => c.Number).Take(90).ToListAsync(cancel);
            for (var i = 0; i < Math.Min(24, customers.Count); i++) await news.ChooseAsync(customers[i].Id, [topics[i % 4].Id, topics[(i + 1) % 4].Id], cancel);
            await news.WriteAsync(topics[0].Id, "周六夜拍小课堂", "{address}，周六晚上店里教夜拍，带上手机就行。", cancel);

            var chosen = customers.ConvertAll(c => c.Id);
            await inside.GetRequiredService<PromotionDesk>().MakeAsync(db.Set<Customer>().Where(c => chosen.Contains(c.Id)), "年末换新", "{address}，老手机年底前抵得多，数据我们帮您搬。", 40, 30, 20261121, cancel);
            var guests = inside.GetRequiredService<EventDesk>();
            var party = await guests.MakeAsync("夜拍小课堂", "五一广场店二楼", "这天晚上教夜拍，带上手机就行，茶点备好。", At(today.AddDays(7), 19, 0), 20, stores[0].Id, cancel);
            await db.SaveChangesAsync(cancel);
            var invited = chosen.Take(6).ToList();
            await guests.InviteAsync(party.Id, db.Set<Customer>().Where(c => invited.Contains(c.Id)), cancel);

            var visits = inside.GetRequiredService<VisitDesk>();
            for (var i = 0; i < Math.Min(3, customers.Count); i++)
            {
                await visits.PlanAsync(new(customers[i].Id, At(today.AddDays(2 + 3 * i), 15, 0), customers[i].Address, new[] { "看看新手机用得怎样", "听听对送货的意见", "送台历，问换机打算" }[i], "台历", customers[i].OwnerId), cancel);
            }

            var meetings = inside.GetRequiredService<MeetingDesk>();
            var meeting = await meetings.OpenAsync(today.AddDays(-5), "顾客服务专题会议", cancel);
            meeting.Write("顾客服务专题会议", "林晓梅、周敏、陈立、王思雨", "先看低分：两位说等太久没人解释。\n议定：排队超过 10 分钟，有人出来说一声还要多久。");
            await db.SaveChangesAsync(cancel);
            await meetings.DecideAsync(meeting, "排队超过 10 分钟有人出来说明", Manager(stores[0]).Id, today.AddDays(9), cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await DueAsync(cancel);
    }
}
