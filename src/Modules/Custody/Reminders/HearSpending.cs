using System.Globalization;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The roles named at a spending guard are told when its cap is nearly or wholly used.</summary>
internal sealed class HearSpending(Reminders reminders, People people) : IHandle<SpendingAlarmed>
{
    public async Task HandleAsync(SpendingAlarmed happened, CancellationToken cancel)
    {
        var to = await people.All.Where(p => p.IsHere && happened.Roles.Contains(p.RoleKey)).Select(p => p.Id).ToListAsync(cancel);
        await reminders.TellAsync(to, $"spending:{happened.AlarmId:N}", happened.Stopped ? "messages.reminder.stopped" : "messages.reminder.near", "/settings/messages/spending", cancel,
            happened.Used.ToString(CultureInfo.InvariantCulture), happened.Most.ToString(CultureInfo.InvariantCulture));
    }
}
