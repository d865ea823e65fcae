using Huitou.Kernel;
using Huitou.Mystery;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

/// <summary>Mystery shopping: a sheet, three parts to play, visits to own stores and to another house, an appeal that was granted and one task still to do.</summary>
internal sealed partial class Story
{
    private const string Planner = "qiuyue";
    private const string Shopper = "fanyi";

    // How many days ago, which store (4: the other house), which part.
    private static readonly (int Ago, int Store, int Part)[] Visited =
        [(38, 0, 0), (36, 1, 0), (34, 4, 0), (32, 2, 1), (30, 0, 1), (28, 1, 1), (26, 0, 2), (24, 4, 1), (21, 1, 2), (19, 0, 0), (17, 2, 2), (15, 1, 0), (13, 4, 2), (11, 0, 1), (9, 1, 1), (8, 4, 0), (7, 0, 2), (6, 4, 1)];

    private static readonly string[] Praised = ["进门就有人招呼，报价说得清楚。", "讲解耐心，拿了两台真机比给我看。", "遇到我说要退，没有顶嘴，先请我坐下。", "柜台干净，等的时候给倒了水。"];
    private static readonly string[] Missed = ["等了好一会儿才有人过来。", "问保修怎么算，店员说不清，要去问别人。", "没有告诉我什么时候回电话。", ""];

    private async Task MysteryAsync(DateOnly day, DateOnly today, CancellationToken cancel)
    {
        var ago = today.DayNumber - day.DayNumber;
        if (ago == 40) await DoAsync(day, 21, Planner, (inside, db) => PrepareVisitsAsync(inside.GetRequiredService<MysteryDesk>(), db, today, cancel), cancel);
        foreach (var (when, store, part) in Visited.Where(v => v.Ago == ago)) await VisitAsync(day, store, part, report: true, cancel);
        if (ago == 5)
        {
            Guid visit = default, point = default;
            await DoAsync(day, 21, "linxiaomei", async (inside, db) =>
            {
                visit = await db.Set<Visit>().Where(v => v.StoreId == stores[0].Id && v.State == VisitState.Released).OrderByDescending(v => v.ArrivedAt).Select(v => v.Id).FirstAsync(cancel);
                point = await db.Set<Mark>().Where(m => m.VisitId == visit && m.Value > 40).Select(m => m.PointId).FirstOrDefaultAsync(cancel);
                await inside.GetRequiredService<MysteryDesk>().AppealAsync(visit, point == default ? null : point, "那天下午系统升级，三个人都在给排队的客户手工登记，有当天的值班记录。", cancel);
            }, cancel);
            if (point != default) await DoAsync(day, 21, "guhong", async (inside, db) => await inside.GetRequiredService<MysteryDesk>().DecideAsync(await db.Set<Appeal>().Where(a => a.VisitId == visit).Select(a => a.Id).FirstAsync(cancel), granted: true, "查了值班记录，属实，这一点不计。", cancel), cancel);
        }

        if (ago == 3) await DoAsync(day, 21, "chenli", (inside, _) => inside.GetRequiredService<MysteryDesk>().WishAsync("想知道我讲套餐讲得明不明白", cancel), cancel);
        if (ago == 2) await VisitAsync(day, 3, 2, report: false, cancel);
    }

    private async Task PrepareVisitsAsync(MysteryDesk desk, Db db, DateOnly today, CancellationToken cancel)
    {
        var draft = desk.MakeSheet("门店接待评分表");
        await db.SaveChangesAsync(cancel);
        foreach (var (name, topic, weight, points) in new (string, string, int, (string Words, PointKind Kind, int Weight, int Target, int Worst)[])[]
        {
            ("迎接", "responsive", 30, [("进门多久有人招呼", PointKind.Seconds, 20, 15, 90), ("等候超过 5 分钟时有没有说明原因", PointKind.YesNo, 10, 0, 0)]),
            ("接待", "courteous", 25, [("态度", PointKind.Scale, 20, 0, 0), ("说话时看着顾客", PointKind.YesNo, 10, 0, 0)]),
            ("讲解", "able", 25, [("问的都答得出", PointKind.Scale, 20, 0, 0), ("按顾客的需要推荐，不硬推贵的", PointKind.YesNo, 10, 0, 0)]),
            ("店面", "tangible", 20, [("柜台和座位干净", PointKind.Scale, 10, 0, 0), ("着装和工牌", PointKind.YesNo, 10, 0, 0)]),
        })
        {
            var section = await desk.AddSectionAsync(draft.Id, name, topic, weight, cancel);
            await db.SaveChangesAsync(cancel);
            foreach (var point in points)
            {
                await desk.AddPointAsync(section.Id, point.Words, point.Kind, point.Weight, point.Target, point.Worst, cancel);
                await db.SaveChangesAsync(cancel);
            }
        }

        await desk.PublishAsync(draft.Id, cancel);
        desk.MakeScenario("给父母换手机", "想给父母换一台字大、声音大的手机，预算 1,500 元左右，不懂型号。", "", "问清谁用、怎么用，推荐两款，讲明白差别。");
        desk.MakeScenario("着急赶时间", "中午休息只有 20 分钟，要买一个充电头。", "不停看表，催两次。", "先安抚，说清要等多久，能快的先办。");
        desk.MakeScenario("要退没毛病的东西", "昨天买的手机壳，觉得颜色不喜欢，要退。", "说话声音大，说“你们就是骗人”。", "不顶嘴，先听完；能退就退，不能退说清楚理由和别的办法。");
        desk.MakeCompetitor("对面的通讯城", "长沙市芙蓉区五一大道 402 号");
        await db.SaveChangesAsync(cancel);
        desk.MakeProgramme("第四季度门店接待", "弄清进门有没有人理、问的答不答得上、遇到麻烦会不会顶嘴。", draft.SheetId, today.AddDays(-40), today.AddDays(50));
    }

    private async Task VisitAsync(DateOnly day, int store, int part, bool report, CancellationToken cancel)
    {
        Guid id = default;
        await DoAsync(day, 21, Planner, async (inside, db) =>
        {
            var scenarios = await db.Set<Scenario>().OrderBy(s => s.Name).Select(s => s.Id).ToListAsync(cancel);
            var other = await db.Set<Competitor>().Select(c => c.Id).FirstAsync(cancel);
            var programme = await db.Set<Programme>().Select(p => p.Id).FirstAsync(cancel);
            var visit = await inside.GetRequiredService<MysteryDesk>().PlanAsync(new(programme, scenarios[part], store < 4 ? stores[store].Id : null, store < 4 ? null : other, people[Shopper].Id, day, day.AddDays(report ? 1 : 12)), cancel);
            id = visit.Id;
        }, cancel);
        if (!report) return;
        var turn = day.DayNumber * 7 + store * 3 + part;
        await DoAsync(day, 21, Shopper, async (inside, db) =>
        {
            var desk = inside.GetRequiredService<MysteryDesk>();
            var sheet = await desk.SheetAsync(await db.Set<Visit>().Where(v => v.Id == id).Select(v => v.SheetVersionId).FirstAsync(cancel), cancel);
            // The second store is quicker, the third slower; the rest comes and goes.
            var noted = sheet.Points.Select((p, i) => new Noted(p.Id, p.Kind switch
            {
                PointKind.Seconds => Math.Max(4, 22 + (turn * 13 + i) % 37 + (store == 2 ? 30 : store == 1 ? -14 : 0)),
                PointKind.Scale => 3 + (turn * 5 + i * 3) % 3 - (store == 2 && i % 2 == 0 ? 1 : 0),
                _ => (turn + i * 2) % 5 == 0 ? 0 : 1,
            }, Skipped: false, "")).ToList();
            await desk.WriteAsync(id, At(day, 15, 5), At(day, 15, 40), Praised[turn % Praised.Length], Missed[turn % Missed.Length], noted, handIn: true, cancel);
        }, cancel);
        await DoAsync(day, 21, Planner, (inside, _) => inside.GetRequiredService<MysteryDesk>().ReleaseAsync(id, null, cancel), cancel);
    }
}
