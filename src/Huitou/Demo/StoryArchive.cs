using Huitou.Customers;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

// What the shop has come to know of its customers: told by the acts that staff do, at the end of the story.
internal sealed partial class Story
{
    private static readonly (string Item, string[] Values)[] Told =
    [
        ("uses", ["customers.option.use-photo\ncustomers.option.use-video", "customers.option.use-work", "customers.option.use-work\ncustomers.option.use-game", "customers.option.use-call"]),
        ("system", ["customers.option.harmony", "customers.option.android", "customers.option.ios"]),
        ("carrier", ["customers.option.china-mobile", "customers.option.china-telecom", "customers.option.china-unicom"]),
        ("plan-fee", ["59", "88", "128", "39"]),
        ("matters", ["customers.option.camera\ncustomers.option.battery", "customers.option.battery", "customers.option.price\ncustomers.option.signal"]),
        ("budget", ["2000", "3000", "4500", "6000"]),
        ("instalments", ["yes", "no"]),
        ("phones-home", ["2", "3", "4"]),
    ];

    private async Task KnowAsync(CancellationToken cancel)
    {
        await AsAsync(people["linxiaomei"], async (inside, db) =>
        {
            var profile = inside.GetRequiredService<Profile>();
            var items = await db.Set<ProfileItem>().Where(i => i.Key.StartsWith("phone-shop.")).ToDictionaryAsync(i => i.Key, i => i.Id, cancel);
            foreach (var (buyer, n) in buyers.Where(b => b.Store == 0).Take(40).Select((b, n) => (b, n)))
            {
                var sheet = await profile.OfAsync(buyer.Id, cancel);
                for (var i = 0; i < 1 + n % Told.Length; i++)
                {
                    var (item, values) = Told[(n + i) % Told.Length];
                    await profile.AnswerAsync(sheet, items["phone-shop." + item], values[random.Next(values.Length)], declined: false, ProfileAnswer.Ways[n % 3], cancel);
                }
            }

            await db.SaveAsync(cancel: cancel);
        }, cancel);
        var known = buyers.FirstOrDefault(b => b.Phone == "13873126720") ?? buyers[0];
        var driver = buyers.First(b => b.Phone == "13973112058");
        await AsAsync(people["linxiaomei"], async (inside, db) =>
        {
            var today = DateOnly.FromDateTime(end.Local(company.Zone));
            var (contacts, money, papers) = (inside.GetRequiredService<ContactDesk>(), inside.GetRequiredService<MoneyDesk>(), inside.GetRequiredService<PaperDesk>());
            db.Set<PersonAround>().Add(new PersonAround { CustomerId = known.Id, Relation = "女儿", Name = "贺婷", Birthday = new Birthday(0, 12, 3, false, false), Note = "在深圳上班，常替她拿主意" });
            db.Set<CustomerDate>().Add(new CustomerDate { CustomerId = known.Id, Name = "结婚纪念", Month = 10, Day = 25, Lunar = true });
            db.Set<TeamMember>().Add(new TeamMember { CustomerId = known.Id, StaffId = people["linxiaomei"].Id, Level = TeamLevel.Manager, Note = "店庆时认识", Since = clock.Now() });
            await contacts.SaveAsync(known.Id, null, ContactKind.Phone, "家里", "0731-84110236", "晚上七点后", use: true, cancel);
            await contacts.HearAsync(driver.Id, NewsTopic.Competitor, "街对面新开了一家，以旧换新多补两百。", today, cancel);
            var deposit = await money.AddAsync(driver.Id, ChargeKind.Deposit, "备用机押金", 30_000, today, "", cancel: cancel);
            deposit.Pay(people["zhoumin"].Id, today);
            await papers.AddAsync(known.Id, PaperKind.Form, "客户登记表", "", today.AddMonths(-8), 1, "3 号柜 2 层", null, cancel);
            await papers.AddAsync(known.Id, PaperKind.Contract, "以旧换新协议", "", today.AddMonths(-8).AddDays(1), 2, "", null, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);

        // Two visitors of today: one form is ready for the records officer, one still has gaps.
        await AsAsync(people["chenli"], async (inside, db) =>
        {
            var desk = inside.GetRequiredService<CustomerDesk>();
            var whole = await desk.OpenAsync(new OpenCustomer { Name = "欧阳倩", FormOfAddress = "欧阳女士", Phone = NewPhone(), Source = CustomerSource.WalkIn, Birthday = new Birthday(1988, 4, 12, false, false), PreferredHours = "周末", Way = ProspectStep.Wants, Lacks = [ProspectLack.Means], Consents = [ConsentPurpose.Service] }, cancel);
            await desk.OpenAsync(new OpenCustomer { Name = "谭志强", Phone = NewPhone(), Source = CustomerSource.Call, Way = ProspectStep.Interested, Lacks = [ProspectLack.Confidence, ProspectLack.Need], Consents = [ConsentPurpose.Service] }, cancel);
            await db.SaveChangesAsync(cancel);
            await inside.GetRequiredService<Forms>().HandInAsync(whole, cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
    }
}
