using System.Globalization;
using Huitou.Access.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Staff;

/// <summary>A member as typed, on the page and at the machine door.</summary>
public sealed class MemberForm
{
    public string? Number { get; set; }
    public string? Name { get; set; }
    public string? Phone { get; set; }
    public string? RoleId { get; set; }
    public string? StoreId { get; set; }
    public string? RegionId { get; set; }
    public string? ReportsTo { get; set; }
    public string? JoinedOn { get; set; }
    /// <summary>Yuan a month.</summary>
    public string? Allowance { get; set; }
    /// <summary>Sign-in name; empty: does not sign in.</summary>
    public string? Account { get; set; }
    /// <summary>First password of a new sign-in, or a new one.</summary>
    public string? Password { get; set; }
    public string? Version { get; set; }
}

/// <summary>Open things of one kind in somebody's hands.</summary>
/// <param name="TextKey">What they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Href">The list they stand in.</param>
/// <param name="CanChangeHands">False: not to be handed to somebody else, but to be brought back or signed by themselves.</param>
public sealed record OpenThing(string TextKey, int Count, string Href, bool CanChangeHands);

/// <summary>Hires, changes, says goodbye; both doors come here.</summary>
public sealed class MemberRules(Db db, CurrentUser me, ModuleList modules, Accounts accounts, KnownPeople known, NameMemory names, Audit audit, TimeProvider time, Texts texts, StaffGate gate, IEnumerable<ILeaverCheck> checks)
{
    public const int NumberMax = 20;
    public const int PhoneMax = 30;
    public const long MostAllowance = 1_000_000;

    /// <summary>The staff the person sees: by reach, and always oneself.</summary>
    public IQueryable<Member> Seen
    {
        get
        {
            var (all, stores, self) = (me.SeesAll, me.StoreIds, me.StaffId);
            return db.Set<Member>().Where(m => all || m.Id == self || (m.StoreId != null && stores.Contains(m.StoreId.Value)));
        }
    }

    /// <summary>Roles the person may give, by name.</summary>
    public async Task<List<Role>> RolesToGiveAsync(CancellationToken cancel)
    {
        var may = (await db.Set<RolePermission>().Where(p => p.CompanyId == db.CompanyId).ToListAsync(cancel)).ToLookup(p => p.RoleId, p => p.Permission);
        return [.. (await db.Set<Role>().OrderBy(r => r.Id).ToListAsync(cancel)).Where(r => me.MayGive(r.Reach, may[r.Id], modules))];
    }

    /// <summary>Stores the person may put somebody into.</summary>
    public Task<List<Store>> StoresToGiveAsync(CancellationToken cancel)
    {
        var (all, stores) = (me.SeesAll, me.StoreIds);
        return db.Set<Store>().Where(s => s.ClosedOn == null && (all || stores.Contains(s.Id))).OrderBy(s => s.Number).ToListAsync(cancel);
    }

    public async Task<MemberForm> FormOfAsync(Member member, CancellationToken cancel) => new()
    {
        Number = member.Number, Name = member.Name, Phone = member.Phone, RoleId = member.RoleId.ToString(), StoreId = member.StoreId?.ToString() ?? "", RegionId = member.RegionId?.ToString() ?? "",
        ReportsTo = member.ReportsTo?.ToString() ?? "", JoinedOn = member.JoinedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Allowance = (member.MonthlyAllowance / 100m).ToString("0.##", CultureInfo.InvariantCulture), Version = member.Version.ToString(CultureInfo.InvariantCulture),
        Account = member.AccountId is { } account ? await accounts.NameAsync(account, cancel) ?? "" : "",
    };

    /// <summary>What is wrong with it, by field.</summary>
    public async Task<List<(string Field, string Message)>> CheckAsync(Member? before, MemberForm form, CancellationToken cancel)
    {
        var wrong = new List<(string, string)>();
        if (Clean(form.Number) is not { Length: > 0 and <= NumberMax }) wrong.Add(("Number", texts["access.name-rule", NumberMax]));
        if (Clean(form.Name) is not { Length: > 0 and <= Member.NameMax }) wrong.Add(("Name", texts["access.name-rule", Member.NameMax]));
        if (Clean(form.Phone).Length > PhoneMax || Clean(form.Phone).Any(c => !char.IsAsciiDigit(c) && c is not ('+' or '-' or ' '))) wrong.Add(("Phone", texts["staff.phone-rule"]));
        if (!Guid.TryParse(form.RoleId, out var role)) wrong.Add(("RoleId", texts["staff.role-rule"]));
        else if (before?.RoleId != role && !(await RolesToGiveAsync(cancel)).Exists(r => r.Id == role)) wrong.Add(("RoleId", texts["access.more-than-yours"]));
        if (!Optional(form.StoreId, out var store)) wrong.Add(("StoreId", texts["access.store-unknown"]));
        else if (before?.StoreId != store && (store is null ? !me.SeesAll : !(await StoresToGiveAsync(cancel)).Exists(s => s.Id == store))) wrong.Add(("StoreId", texts["staff.store-rule"]));
        if (!Optional(form.RegionId, out var region) || region is not null && !await db.Set<Region>().AnyAsync(r => r.Id == region, cancel)) wrong.Add(("RegionId", texts["staff.region-rule"]));
        else if (before?.RegionId != region && !me.SeesAll) wrong.Add(("RegionId", texts["access.more-than-yours"]));
        if (!Optional(form.ReportsTo, out var boss) || boss is not null && (boss == before?.Id || !await db.Set<Member>().AnyAsync(m => m.Id == boss && m.LeftOn == null, cancel))) wrong.Add(("ReportsTo", texts["staff.boss-rule"]));
        else if (boss is { } above && before is not null && await GoesRoundAsync(before.Id, above, cancel)) wrong.Add(("ReportsTo", texts["staff.boss-round"]));
        if (!DateOnly.TryParseExact(form.JoinedOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) wrong.Add(("JoinedOn", texts["access.day-rule"]));
        if (Fen(form.Allowance) is not { } fen || fen > MostAllowance * 100) wrong.Add(("Allowance", texts["staff.allowance-rule", MostAllowance]));
        var named = Clean(form.Account).Length > 0;
        if (named && before?.AccountId is null && string.IsNullOrEmpty(form.Password)) wrong.Add(("Password", texts["staff.password-first"]));
        if (!named && before?.AccountId is not null) wrong.Add(("Account", texts["staff.account-stays"]));
        if (!named && before?.AccountId is null && !string.IsNullOrEmpty(form.Password)) wrong.Add(("Account", texts["staff.account-needed"]));
        return wrong;
    }

    /// <summary>Stores a checked form; no member: a new one.</summary>
    public async Task<Guid> SaveAsync(Member? member, MemberForm form, CancellationToken cancel)
    {
        var number = Clean(form.Number);
        var id = member?.Id;
        if (await db.Set<Member>().AnyAsync(m => m.Number == number && m.Id != id, cancel)) throw new Refused("staff.number-taken", number) { Field = "In.Number" };
        var isNew = member is null;
        if (member is null)
        {
            member = new Member { Number = number, Name = Clean(form.Name) };
            db.Set<Member>().Add(member);
        }
        else
        {
            if (form.Version is { Length: > 0 } && form.Version != member.Version.ToString(CultureInfo.InvariantCulture)) throw new DbUpdateConcurrencyException();
            // Who edits somebody mightier could take over their sign-in.
            if (member.Id != me.StaffId && !(await RolesToGiveAsync(cancel)).Exists(r => r.Id == member.RoleId)) throw new Refused("staff.mightier");
        }

        Optional(form.StoreId, out var store);
        Optional(form.RegionId, out var region);
        Optional(form.ReportsTo, out var boss);
        var changed = isNew ? "" : string.Join(", ", Changes(member, form, store, region, boss));
        (member.Number, member.Name, member.Phone, member.RoleId) = (number, Clean(form.Name), Clean(form.Phone), Guid.Parse(form.RoleId!));
        (member.StoreId, member.RegionId, member.ReportsTo, member.MonthlyAllowance) = (store, region, boss, Fen(form.Allowance)!.Value);
        member.JoinedOn = DateOnly.ParseExact(form.JoinedOn!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        await SaveAccountAsync(member, form, cancel);
        audit.Add(isNew ? "staff.hired" : "staff.changed", "staff.member", member.Id, changed);
        var company = db.CompanyId;
        db.AfterCommit(() =>
        {
            names.Forget(company, member.Id);
            if (member.AccountId is { } account) known.Forget(account);
        });
        return member.Id;
    }

    /// <summary>What is still open in somebody's hands.</summary>
    public Task<List<OpenThing>> OpenOfAsync(Guid memberId) => db.AsHouseAsync(async () =>
    {
        var open = new List<OpenThing>();
        foreach (var check in checks) open.AddRange((await check.OpenOfAsync(memberId)).Where(o => o.Count > 0).Select(o => new OpenThing(o.TextKey, o.Count, o.Href, check is ILeaverHold)));
        return open;
    });

    /// <summary>Hands everything that can change hands over to somebody else, in one act, with a record; what cannot stays in the list.</summary>
    public async Task<Guid> HandOverAsync(Guid id, Guid to, string? note, CancellationToken cancel)
    {
        var member = await Seen.FirstOrDefaultAsync(m => m.Id == id && m.LeftOn == null, cancel) ?? throw new NotThere();
        if (member.Id != me.StaffId && !(await RolesToGiveAsync(cancel)).Exists(r => r.Id == member.RoleId)) throw new Refused("staff.mightier");
        if (to == id || !await Seen.AnyAsync(m => m.Id == to && m.LeftOn == null, cancel) || !await gate.HoldAsync(to, cancel)) throw new Refused("staff.hand-over-who") { Field = "In.To" };
        var why = Clean(note);
        if (why.Length > Handover.NoteMax) throw new Refused("staff.note-long", Handover.NoteMax) { Field = "In.Note" };
        // What went is what is no longer there: one kind may take another along (a file its calls).
        var before = await OpenOfAsync(id);
        await db.AsHouseAsync(async () =>
        {
            foreach (var hold in checks.OfType<ILeaverHold>()) await hold.HandOverAsync(id, to, why, cancel);
            return await db.SaveChangesAsync(cancel);
        }, cancel);
        var after = (await OpenOfAsync(id)).ToDictionary(o => o.TextKey, o => o.Count);
        var counts = before.Select(o => (Key: o.TextKey, Count: o.Count - after.GetValueOrDefault(o.TextKey))).Where(c => c.Count > 0).ToDictionary();
        if (counts.Count == 0) throw new Refused("staff.hand-over-nothing");
        var record = new Handover { FromId = id, ToId = to, By = me.StaffId == Guid.Empty ? null : me.StaffId, At = time.Now(), Counts = System.Text.Json.JsonSerializer.Serialize(counts), Note = why };
        db.Set<Handover>().Add(record);
        audit.Add("staff.handed-over", "staff.member", id, string.Join(' ', counts.Select(c => $"{c.Key}={c.Value}")));
        return record.Id;
    }

    /// <summary>What a member handed over, the newest first.</summary>
    public Task<List<Handover>> HandedOverAsync(Guid id, CancellationToken cancel) => db.Set<Handover>().Where(h => h.FromId == id).OrderByDescending(h => h.At).Take(20).ToListAsync(cancel);

    /// <summary>Leaves for good (A9, S3-8): refused while anything is open in their hands or somebody reports to them.</summary>
    public async Task LeaveAsync(Guid id, DateOnly on, CancellationToken cancel)
    {
        var member = await Seen.AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel) ?? throw new NotThere();
        if (!member.IsHere) throw new Refused("staff.left-already");
        if (member.Id == me.StaffId) throw new Refused("staff.not-oneself");
        if (!(await RolesToGiveAsync(cancel)).Exists(r => r.Id == member.RoleId)) throw new Refused("staff.mightier");
        if (on < member.JoinedOn || on > time.Today(me.Zone)) throw new Refused("staff.left-day") { Field = "In.On" };
        await gate.LockAsync(id, cancel);
        var open = await OpenOfAsync(id);
        if (open.Count > 0) throw new Refused("staff.leaving-open", open.Sum(o => o.Count));
        var below = await db.Set<Member>().CountAsync(m => m.ReportsTo == id && m.LeftOn == null, cancel);
        if (below > 0) throw new Refused("staff.leaving-below", below);
        member.Leave(on);
        if (member.AccountId is { } account) await accounts.TakePlaceAsync(account, cancel);
        audit.Add("staff.left", "staff.member", member.Id, on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private async Task SaveAccountAsync(Member member, MemberForm form, CancellationToken cancel)
    {
        var name = Clean(form.Account);
        if (name.Length == 0) return;
        try
        {
            if (member.AccountId is not { } account) member.AccountId = await accounts.OpenAsync(name, member.Phone, form.Password!, mustChange: true, cancel);
            else
            {
                await accounts.RenameAsync(account, name, member.Phone, cancel);
                if (string.IsNullOrEmpty(form.Password)) return;
                await accounts.GivePasswordAsync(account, form.Password, cancel);
                audit.Add("staff.password-given", "staff.member", member.Id);
            }
        }
        catch (Refused refused) when (refused.Field is null)
        {
            throw new Refused(refused.Key, refused.Args) { Field = refused.Key.StartsWith("access.password", StringComparison.Ordinal) ? "In.Password" : refused.Key == "access.account-phone-taken" ? "In.Phone" : "In.Account" };
        }
    }

    private static IEnumerable<string> Changes(Member m, MemberForm form, Guid? store, Guid? region, Guid? boss)
    {
        if (m.Number != Clean(form.Number)) yield return "number";
        if (m.Name != Clean(form.Name)) yield return "name";
        if (m.Phone != Clean(form.Phone)) yield return "phone";
        if (m.RoleId.ToString() != form.RoleId) yield return "role";
        if (m.StoreId != store) yield return "store";
        if (m.RegionId != region) yield return "region";
        if (m.ReportsTo != boss) yield return "reports-to";
        if (m.MonthlyAllowance != Fen(form.Allowance)) yield return "allowance";
    }

    // The reporting line ends at the top: escalations follow it.
    private async Task<bool> GoesRoundAsync(Guid self, Guid boss, CancellationToken cancel)
    {
        var line = await db.Set<Member>().Where(m => m.ReportsTo != null).ToDictionaryAsync(m => m.Id, m => m.ReportsTo!.Value, cancel);
        var seen = new HashSet<Guid>();
        for (var at = boss; seen.Add(at);)
        {
            if (at == self) return true;
            if (!line.TryGetValue(at, out at)) return false;
        }

        return true;
    }

    private static bool Optional(string? text, out Guid? id)
    {
        id = Guid.TryParse(text, out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || id is not null;
    }

    private static long? Fen(string? yuan) =>
        string.IsNullOrWhiteSpace(yuan) ? 0 : decimal.TryParse(yuan, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var amount) && amount <= 1_000_000_000 && amount * 100 == decimal.Truncate(amount * 100) ? (long)(amount * 100) : null;

    private static string Clean(string? text) => (text ?? "").Trim();
}
