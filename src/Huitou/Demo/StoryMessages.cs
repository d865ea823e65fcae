using Huitou.Customers.Public;
using Huitou.Kernel;
using Huitou.Messages;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Demo;

// What is written to customers and what they write back: a template the shop changed, letters, replies.
internal sealed partial class Story
{
    private static readonly (int Known, string Words)[] Replied = [(0, "膜到了吗？我下午过来拿"), (5, "谢谢"), (8, "手机背面有点烫，正常吗"), (10, "周末我让儿子来取")];

    private async Task WriteAsync(CancellationToken cancel)
    {
        var phones = Cast.Known.Select(k => k.Phone).ToList();
        await AsAsync(people["linxiaomei"], async (inside, db) =>
        {
            var templates = inside.GetRequiredService<Templates>();
            var ready = await templates.FindAsync("ready", cancel);
            await inside.GetRequiredService<TemplateDesk>().SaveAsync("ready", new TemplateDraft(ready.Name, ready.Purpose, ready.Channel, ready.ProviderCode,
                [new("", "{address}您好，您要的东西到店了，给您留到周日晚上 9 点。\n{store}，电话 {store-phone}"), ready.Words[1], ready.Words[2]]), ready.Edition, cancel);
            await db.SaveChangesAsync(cancel);
            var known = await db.Set<Customer>().Where(c => phones.Contains(c.Phone) && c.StoreId == stores[0].Id && c.DoNotContactSince == null).OrderBy(c => c.Phone).Select(c => new { c.Id, c.Name, c.Phone, c.StoreId }).ToListAsync(cancel);
            var messenger = inside.GetRequiredService<Messenger>();
            foreach (var (one, i) in known.Select((k, i) => (k, i)))
            {
                var paper = i % 3 == 1;
                var said = await templates.RenderAsync(paper ? "holiday" : "ready", one.Id, cancel: cancel);
                messenger.Send(new Outgoing(one.Id, one.Phone, said.Subject, said.Body, "customers.message.purpose.Service", one.Id, $"demo:{one.Id:N}", one.StoreId)
                {
                    Purpose = ContactPurpose.Answer, Made = said, Channel = paper ? Messenger.Paper : "", Post = $"{one.Name}\n长沙市天心区五一大道 {100 + i} 号",
                });
            }

            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await DueAsync(cancel);
        await services.AsCompanyAsync(company, "demo", async (inside, db) =>
        {
            await inside.GetRequiredService<TakeReplies>().TakeAsync(SmsChannel.ChannelKey, [.. Replied.Select(r => new CameIn(Cast.Known[r.Known].Phone, r.Words, "demo-" + r.Known))], cancel);
            await db.SaveAsync(cancel: cancel);
        }, cancel);
        await DueAsync(cancel);
    }
}
