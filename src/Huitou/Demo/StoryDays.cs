using Huitou.Approvals.Public;
using Huitou.Complaints;
using Huitou.Complaints.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps;
using Huitou.FollowUps.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Huitou.Surveys.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

// What the staff do in the story: plan the month, call, take care of who is unhappy.
internal sealed partial class Story
{
    private readonly List<Case> cases = [];

    /// <summary>On the first of a month each manager lets the plan be made, looks at it and freezes it.</summary>
    private async Task PlanAsync(DateOnly day, CancellationToken cancel)
    {
        if (day.Day != 1) return;
        foreach (var store in stores)
        {
            await AsAsync(Manager(store), async (inside, db) =>
            {
                var plan = inside.GetRequiredService<Plan>();
                var cycle = await plan.MakeAsync(day, store.Id, cancel);
                await db.SaveChangesAsync(cancel);
                await plan.FreezeAsync(cycle, cancel);
                await db.SaveAsync(cancel: cancel);
            }, cancel);
        }
    }

    /// <summary>Everybody makes the day's calls; some slip, and are made later.</summary>
    private async Task CallAsync(DateOnly day, CancellationToken cancel)
    {
        var last = day == DateOnly.FromDateTime(end.Local(company.Zone));
        var waiting = new HashSet<Guid?>();
        await services.AsCompanyAsync(company, "demo", async (_, db) => waiting.UnionWith(await db.Set<FollowUp>().Where(t => t.State == FollowUpState.Open && t.DueOn <= day).Select(t => t.OwnerId).Distinct().ToListAsync(cancel)), cancel);
        foreach (var (account, caller) in people.Where(p => waiting.Contains(p.Value.Id) && Cast.Shops.Any(s => s.Account == p.Key && s.Role is "representative" or "specialist")))
        {
            await AsAsync(caller, async (inside, db) =>
            {
                // By the file's number, not by ids: those are drawn anew in every telling.
                var due = await (
                    from t in db.Set<FollowUp>()
                    join c in db.Set<Customer>() on t.CustomerId equals c.Id
                    where t.OwnerId == caller.Id && t.State == FollowUpState.Open && t.DueOn <= day
                    orderby t.DueAt, c.Number, t.RuleKey, t.Occurrence
                    select t).Take(12).ToListAsync(cancel);
                var minute = 0;
                // Who was contacted often enough, or took a consent back, is left alone (D5): asked once for all, and again for who was called just now.
                var (door, may, called) = (inside.GetRequiredService<ContactDoor>(), new Dictionary<Guid, bool>(), new HashSet<Guid>());
                clock.MoveTo(At(day, 17, 0));
                foreach (var of in due.GroupBy(t => Call.PurposeOf(t.RuleKey, t.Appointed)))
                {
                    var answers = await door.LookAsync([.. of.Select(t => t.CustomerId).Distinct()], of.Key, ContactWay.Phone, cancel);
                    foreach (var task in of) may[task.Id] = answers[task.CustomerId].May;
                }

                foreach (var task in due)
                {
                    if (random.Next(100) < (last ? 45 : 12)) continue;
                    clock.MoveTo(At(day, 17, Math.Min(59, minute += 3)));
                    if (clock.Now() >= end) break;
                    if (!may[task.Id] || !called.Add(task.CustomerId) && !(await door.LookAsync([task.CustomerId], Call.PurposeOf(task.RuleKey, task.Appointed), ContactWay.Phone, cancel))[task.CustomerId].May) continue;
                    var (outcome, score) = Chance();
                    var words = score is { } given ? Cast.Words[given - 1][random.Next(Cast.Words[given - 1].Length)] : "";
                    var result = await inside.GetRequiredService<Call>().SaveAsync(new CallResult
                    {
                        TaskId = task.Id, CustomerId = task.CustomerId, Outcome = outcome, Score = score, Words = words, Seconds = outcome == Outcome.Reached ? 60 + random.Next(240) : 20,
                        NextOn = outcome == Outcome.Reached && random.Next(12) == 0 ? day.AddDays(3 + random.Next(20)) : null,
                    }, cancel);
                    if (result.ComplaintId is { } complaint) cases.Add(new Case(complaint, task.CustomerId, day));
                    await db.SaveChangesAsync(cancel);
                    db.ChangeTracker.Clear(); // the next call need not look through this one's rows again
                }

                await db.SaveAsync(cancel: cancel);
            }, cancel);
        }
    }

    private (Outcome, int?) Chance() => random.Next(100) switch
    {
        < 12 => (Outcome.NoAnswer, null),
        < 15 => (Outcome.Declined, null),
        < 16 => (Outcome.WrongNumber, null),
        _ => (Outcome.Reached, random.Next(100) switch { < 1 => 1, < 4 => 2, < 13 => 3, < 48 => 4, _ => 5 }),
    };

    /// <summary>A day's work on what went wrong: answer and apology, remedy and promise, settle, and what the customer says to it.</summary>
    private async Task RecoverAsync(DateOnly day, CancellationToken cancel)
    {
        foreach (var one in cases.Where(c => c.Done < 4).ToList())
        {
            var age = day.DayNumber - one.Opened.DayNumber;
            if (age < one.Done || age == 0 && random.Next(2) == 0) continue;
            clock.MoveTo(At(day, 18, Math.Min(59, 2 * cases.IndexOf(one) % 60)));
            if (clock.Now() >= end) return;
            var owner = await OwnerOfAsync(one.Complaint, cancel);
            if (owner is null) continue;
            await AsAsync(owner, (inside, db) => StepAsync(one, owner, day, inside, db, cancel), cancel);
            one.Done++;
        }
    }

    private async Task StepAsync(Case one, Member owner, DateOnly day, IServiceProvider inside, Db db, CancellationToken cancel)
    {
        var handling = inside.GetRequiredService<Handling>();
        switch (one.Done)
        {
            case 0:
                await handling.AnswerAsync(one.Complaint, "phone", "您说的我都记下了，是我们没做到，明天中午前我给您准信。", At(day.AddDays(1), 12, 0), cancel);
                await handling.StepAsync(one.Complaint, RecoveryStep.Apology, $"{one.Opened.Month} 月 {one.Opened.Day} 日的事，我从头听了一遍，{Reasons[cases.IndexOf(one) % Reasons.Length]}，真的对不起。您这件是我们今年的第 {cases.IndexOf(one) + 1} 件，我自己跟到底。", cancel);
                await handling.StepAsync(one.Complaint, RecoveryStep.Listen, "主要是等太久没人解释，耽误了接孩子。", cancel);
                break;
            case 1:
                await handling.StepAsync(one.Complaint, RecoveryStep.Remedy, "下次来提前留好位置，耽误的当面补一份心意。", cancel, ("不用再干等，心意当面补上", "有位置就不用当着客户解释", "花一张膜的钱，留住一位老客户"));
                await inside.GetRequiredService<Compensations>().GrantAsync(one.Complaint, CompensationKind.Goodwill, "钢化膜和贴膜", 3_900, cancel);
                one.Promise = await inside.GetRequiredService<Promises>().AddAsync(one.Customer, one.Complaint, "把贴好的膜和充电线送到单位", At(day.AddDays(1), 20, 30), owner.Id, cancel);
                break;
            case 2:
                if (random.Next(10) > 0) await inside.GetRequiredService<Promises>().KeepAsync(one.Promise, "送到了，客户签收。", cancel);
                else one.Broken = true;
                await handling.AnswerAsync(one.Complaint, "phone", "东西收到了吧，用着有什么随时找我。", At(day.AddDays(2), 12, 0), cancel);
                break;
            default:
                if (one.Broken) await inside.GetRequiredService<Promises>().KeepAsync(one.Promise, "晚了一天送到，当面道了歉。", cancel);
                await db.SaveChangesAsync(cancel);
                await handling.SettleAsync(one.Complaint, "当面道歉，补了膜和线，客户说可以。", "周末人手不够，没人解释要等多久。", "周末下午加一个窗口，排队超过 20 分钟由值班经理去说明。", cancel);
                await db.SaveChangesAsync(cancel);
                if (random.Next(6) > 0)
                {
                    await inside.GetRequiredService<Ratings>().RecordAsync(new RatingGiven(one.Customer, owner.StoreId, owner.Id, Rating.Handling, one.Complaint, 4 + random.Next(2), "说到做到，没有推。", clock.Now(), "link"), cancel);
                    await inside.GetRequiredService<ComplaintsDesk>().ConfirmAsync(one.Complaint, satisfied: random.Next(5) > 0, cancel);
                }

                break;
        }

        await db.SaveAsync(cancel: cancel);
    }

    /// <summary>The case of the pictures: a battery twice in repair, a loan phone that did not come, a promise broken today, a new phone that waits for a yes.</summary>
    private async Task BatteryAsync(DateOnly day, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(end.Local(company.Zone));
        var customer = buyers.First(b => b.Phone == "13973112058");
        var specialist = people["zhoumin"];
        if (day == today.AddDays(-2))
        {
            clock.MoveTo(At(day, 10, 12));
            await AsAsync(specialist, async (inside, db) =>
            {
                battery = (await inside.GetRequiredService<ComplaintsDesk>().OpenAsync(new OpenComplaint(customer.Id, stores[0].Id,
                    "我是第二次为电池来了。上次说三天修好，还说借我一台备用机，结果五天才修好，备用机也没有。我是跑网约车的，没手机一天就少挣三四百。你们说话要算数。",
                    "不再误工，要有能用的手机", "counter", "", specialist.Id)
                { Title = "电池二次返修，答应的备用机没给", MajorReason = "repeat", Excluded = [people["zhaoqiang"].Id] }, cancel)).Id;
                await db.SaveAsync(cancel: cancel);
            }, cancel);
            clock.MoveTo(At(day, 10, 34));
            await AsAsync(specialist, async (inside, db) =>
            {
                var handling = inside.GetRequiredService<Handling>();
                await handling.AnswerAsync(battery, "counter", "邓师傅，备用机没给您留，是我们没做到，对不起。明天上午先把备用机送到您车上。", At(day.AddDays(1), 10, 0), cancel);
                await handling.StepAsync(battery, RecoveryStep.Apology, "店长当面道歉：答应的备用机没有留，耽误您出车，是我们的错。", cancel);
                await handling.StepAsync(battery, RecoveryStep.Listen, "要的是不再误工，有台能用的手机。", cancel);
                loan = await inside.GetRequiredService<Promises>().AddAsync(customer.Id, battery, "送备用机到车上", At(day.AddDays(1), 10, 0), people["hejun"].Id, cancel);
                await db.SaveAsync(cancel: cancel);
            }, cancel);
        }
        else if (day == today.AddDays(-1))
        {
            clock.MoveTo(At(day, 9, 52));
            await AsAsync(specialist, async (inside, db) =>
            {
                await inside.GetRequiredService<Promises>().KeepAsync(loan, "备用机送达，客户签收。", cancel);
                await inside.GetRequiredService<Handling>().HearAsync(battery, "phone", "机子收到了。这个电池我不想再修了，给我换一台。", cancel);
                await db.SaveAsync(cancel: cancel);
            }, cancel);
            clock.MoveTo(At(day, 12, 10));
            await AsAsync(specialist, async (inside, db) =>
            {
                var handling = inside.GetRequiredService<Handling>();
                await handling.StepAsync(battery, RecoveryStep.Remedy, "换新机，客户口头同意。", cancel, ("今天就有能用的手机", "不用再来回返修", "少一次升级投诉，留住金卡客户"));
                var asked = await inside.GetRequiredService<Compensations>().GrantAsync(battery, CompensationKind.Damages, "换新机", 399_900, cancel);
                approval = asked.RequestId;
                await inside.GetRequiredService<Promises>().AddAsync(customer.Id, battery, "换机结果给准信", At(today, 9, 30) < end ? At(today, 9, 30) : end.AddMinutes(30), specialist.Id, cancel);
                await inside.GetRequiredService<Promises>().AddAsync(customer.Id, battery, "旧机资料全部导到新机", At(today.AddDays(1), 12, 0), people["zhaoqiang"].Id, cancel);
                await handling.AnswerAsync(battery, "phone", "我报上去申请换新，明天上午给您准信。", At(today, 9, 30) < end ? At(today, 9, 30) : end.AddMinutes(30), cancel);
                await db.SaveAsync(cancel: cancel);
            }, cancel);
            if (approval is { } request)
            {
                clock.MoveTo(At(day, 12, 40));
                await AsAsync(people["linxiaomei"], async (inside, db) =>
                {
                    await inside.GetRequiredService<ApprovalDesk>().DecideAsync(request, true, "", cancel);
                    await db.SaveAsync(cancel: cancel);
                }, cancel);
            }
        }
    }

    private static readonly string[] Reasons = ["让您白等了那么久，是我们人手没排好", "答应送的东西没给到，是我们忘了", "两次打电话都没说清楚，是我们没接好", "话没说明白让您多跑一趟，是我们不细"];

    private Guid battery;
    private Guid loan;
    private Guid? approval;

    private async Task<Member?> OwnerOfAsync(Guid complaint, CancellationToken cancel)
    {
        Guid? owner = null;
        await AsAsync(people["yejun"], async (_, db) => owner = await db.Set<Complaint>().Where(c => c.Id == complaint && c.State == ComplaintState.Open).Select(c => c.OwnerId).FirstOrDefaultAsync(cancel), cancel);
        return people.Values.FirstOrDefault(m => m.Id == owner);
    }

    private Member Manager(Access.Public.Store store) => people[Cast.Shops.First(p => p.Store == stores.IndexOf(store) && p.Role == "store-manager").Account];

    private sealed record Case(Guid Complaint, Guid Customer, DateOnly Opened)
    {
        public int Done { get; set; }
        public Guid Promise { get; set; }
        public bool Broken { get; set; }
    }
}
