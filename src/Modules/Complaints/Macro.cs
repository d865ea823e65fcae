using Huitou.Access.Public;
using Huitou.Calendars.Public;
using Huitou.Complaints.Public;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Complaints;

/// <summary>
/// A canned answer with fields in braces, which may promise something and hand the case over in the same go. It is shown before it goes and can be
/// rewritten; an apology is never one.
/// </summary>
public sealed class Macro : ICompanyOwned, IVersioned
{
    public const int NameMax = 40;
    public const int MostHours = 200;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Name { get; set; }
    public required string Words { get; set; }
    /// <summary>Channel to begin with; empty: the one the customer prefers.</summary>
    public string Channel { get; set; } = "";
    /// <summary>What it promises; empty: nothing.</summary>
    public string Promise { get; set; } = "";
    /// <summary>Kept within so many opening hours.</summary>
    public int PromiseHours { get; set; }
    /// <summary>Role it hands the case to; empty: it stays.</summary>
    public string AssignRole { get; set; } = "";
    public bool Active { get; set; } = true;
    public int Version { get; set; }
}

internal sealed class MacroMap : IEntityTypeConfiguration<Macro>
{
    public void Configure(EntityTypeBuilder<Macro> row) => row.ToTable("complaints_macro");
}

/// <summary>The shop's canned answers: kept, filled in, and what they do besides answering.</summary>
public sealed class Macros(Db db, TimeProvider time, CurrentUser me, Texts texts, Audit audit, BusinessCalendars hours, Promises promises, Handling handling, People people)
{
    /// <summary>Fields that may stand in the words; their names are texts, in any of the languages.</summary>
    public static readonly string[] Fields = ["customer", "number", "store", "me", "demand", "product", "receipt"];

    /// <summary>Saves a new one, or a change of an old one.</summary>
    public async Task<Macro> SaveAsync(Guid? id, int version, string? name, string? words, string? channel, string? promise, int? hoursOf, string? role, bool active, CancellationToken cancel = default)
    {
        (name, words, promise, channel, role) = (name?.Trim() ?? "", words?.Trim() ?? "", promise?.Trim() ?? "", channel ?? "", role ?? "");
        if (name.Length is 0 or > Macro.NameMax) throw new Refused("complaints.macro.name-needed", Macro.NameMax) { Field = "In.Name" };
        if (words.Length == 0) throw new Refused("complaints.write-it") { Field = "In.Words" };
        if (words.Length > CaseMessage.WordsMax) throw new Refused("complaints.too-long", CaseMessage.WordsMax) { Field = "In.Words" };
        if (Unknown(words + promise) is { } unknown) throw new Refused("complaints.macro.field-unknown", unknown) { Field = "In.Words" };
        if (channel.Length > 0 && !Handling.Channels.Contains(channel)) throw new Refused("complaints.channel-unknown") { Field = "In.Channel" };
        if (promise.Length > Promise.WhatMax) throw new Refused("complaints.too-long", Promise.WhatMax) { Field = "In.Promise" };
        if (promise.Length > 0 && hoursOf is null or < 1 or > Macro.MostHours) throw new Refused("complaints.macro.hours-wrong", Macro.MostHours) { Field = "In.PromiseHours" };
        if (role.Length > 0 && !await db.Set<Role>().AnyAsync(r => r.Key == role, cancel)) throw new Refused("complaints.rules.role-unknown") { Field = "In.AssignRole" };
        if (await db.Set<Macro>().AnyAsync(m => m.Name == name && m.Id != id, cancel)) throw new Refused("complaints.rules.there-already") { Field = "In.Name" };
        Macro macro;
        if (id is null) db.Set<Macro>().Add(macro = new Macro { Name = name, Words = words });
        else
        {
            macro = await db.Set<Macro>().AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel) ?? throw new NotThere();
            if (macro.Version != version) throw new DbUpdateConcurrencyException();
        }

        (macro.Name, macro.Words, macro.Channel, macro.Promise, macro.PromiseHours, macro.AssignRole, macro.Active) = (name, words, channel, promise, promise.Length == 0 ? 0 : hoursOf ?? 0, role, active);
        audit.Add("complaints.macro", "complaints.macro", macro.Id);
        return macro;
    }

    public async Task RemoveAsync(Guid id, CancellationToken cancel = default)
    {
        db.Set<Macro>().Remove(await db.Set<Macro>().AsTracking().FirstOrDefaultAsync(m => m.Id == id, cancel) ?? throw new NotThere());
        audit.Add("complaints.macro-remove", "complaints.macro", id);
    }

    /// <summary>The words with the fields filled in for a case.</summary>
    public string Fill(string words, Complaint c, string customer, string store) => Texts.Languages.Aggregate(words, (text, language) => Fields.Aggregate(text, (t, field) =>
        t.Replace("{" + texts.In(language, "complaints.macro.field." + field) + "}", field switch
        {
            "customer" => customer,
            "number" => c.Number,
            "store" => store,
            "me" => me.Name,
            "demand" => c.Demand,
            "product" => c.Product,
            _ => c.Receipt,
        }, StringComparison.OrdinalIgnoreCase)));

    /// <summary>What the macro does after the answer went: promises, and hands over. Says whether the case changed hands.</summary>
    public async Task<bool> FollowAsync(Guid macroId, Guid complaintId, string customer, string store, CancellationToken cancel = default)
    {
        var macro = await db.Set<Macro>().FirstOrDefaultAsync(m => m.Id == macroId && m.Active, cancel) ?? throw new NotThere();
        var c = await handling.TakeAsync(complaintId, cancel);
        Guid? to = null;
        if (macro.AssignRole.Length > 0)
        {
            var out_ = await db.Set<Excluded>().Where(e => e.ComplaintId == complaintId).Select(e => e.StaffId).ToListAsync(cancel);
            to = (await people.HereAsync(cancel)).Where(p => p.RoleKey == macro.AssignRole && (p.StoreId == null || p.StoreId == c.StoreId) && !out_.Contains(p.Id)).OrderBy(p => p.StoreId == c.StoreId ? 0 : 1).ThenBy(p => p.Name, StringComparer.Ordinal).Select(p => (Guid?)p.Id).FirstOrDefault()
                ?? throw new Refused("complaints.macro.nobody");
        }

        if (macro.Promise.Length > 0)
        {
            var due = (await hours.ForAsync(c.StoreId, cancel)).AddBusinessTime(time.Now(), TimeSpan.FromHours(macro.PromiseHours));
            await promises.AddAsync(c.CustomerId, complaintId, Fill(macro.Promise, c, customer, store), due, to ?? c.OwnerId ?? me.StaffId, cancel);
        }

        if (to is null || to == c.OwnerId) return false;
        await handling.HandOverAsync(complaintId, to.Value, macro.Name, cancel);
        return true;
    }

    // A field that is spelt wrongly would go out as it stands.
    private string? Unknown(string words)
    {
        var names = Texts.Languages.SelectMany(l => Fields.Select(f => texts.In(l, "complaints.macro.field." + f))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return System.Text.RegularExpressions.Regex.Matches(words, @"\{(?<field>[^{}\n]{1,20})\}", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => m.Groups["field"].Value).FirstOrDefault(f => !names.Contains(f));
    }
}
