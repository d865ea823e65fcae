using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Custody;

/// <summary>The rules of keeping as typed.</summary>
public sealed class SettingForm
{
    public string? LoanDays { get; set; }
    public string? RemindHours { get; set; }
    public string? GrantDays { get; set; }
    public string? Version { get; set; }
}

/// <summary>Sets the shop's rules of keeping and designates carriers.</summary>
public sealed class SaveSetting(Db db, CurrentUser me, TimeProvider time, Audit audit)
{
    public async Task SaveAsync(SettingForm form, CancellationToken cancel)
    {
        var wrong = new Wrongs();
        var (loan, remind, grant) = (Number(wrong, form.LoanDays, 1, CustodySetting.MostLoanDays, "In.LoanDays"), Number(wrong, form.RemindHours, 1, CustodySetting.MostRemindHours, "In.RemindHours"), Number(wrong, form.GrantDays, 1, CustodySetting.MostGrantDays, "In.GrantDays"));
        wrong.Stop();
        var setting = await db.Set<CustodySetting>().AsTracking().FirstOrDefaultAsync(cancel);
        if (setting is null) db.Set<CustodySetting>().Add(setting = new CustodySetting());
        else if (form.Version is { Length: > 0 } version && version != setting.Version.ToString(CultureInfo.InvariantCulture)) throw new DbUpdateConcurrencyException();
        (setting.LoanDays, setting.RemindHours, setting.GrantDays) = (loan, remind, grant);
        audit.Add("custody.setting", "custody.setting", setting.Id, $"LoanDays {loan} RemindHours {remind} GrantDays {grant}");
    }

    /// <summary>Designates a person who may send and carry files out (专人).</summary>
    public async Task DesignateAsync(string? staff, CancellationToken cancel)
    {
        if (!Guid.TryParse(staff, out var id) || !await db.Set<Member>().AnyAsync(m => m.Id == id && m.LeftOn == null, cancel)) throw new Refused("custody.custodian-unknown") { Field = "In.StaffId" };
        if (await db.Set<Carrier>().AnyAsync(c => c.StaffId == id, cancel)) throw new Refused("custody.carrier-already") { Field = "In.StaffId" };
        db.Set<Carrier>().Add(new Carrier { StaffId = id, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = time.Now() });
        audit.Add("custody.carrier", "staff.member", id);
    }

    public async Task DismissAsync(Guid staff, CancellationToken cancel)
    {
        var carrier = await db.Set<Carrier>().AsTracking().FirstOrDefaultAsync(c => c.StaffId == staff, cancel) ?? throw new NotThere();
        db.Set<Carrier>().Remove(carrier);
        audit.Add("custody.carrier-dismissed", "staff.member", staff);
    }

    private static int Number(Wrongs wrong, string? typed, int least, int most, string field)
    {
        wrong.If(!int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n < least || n > most, field, "custody.number-wrong", least, most);
        return n;
    }
}
