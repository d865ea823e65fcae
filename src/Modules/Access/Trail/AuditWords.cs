using System.Globalization;
using System.Text.RegularExpressions;
using Huitou.Access.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Access.Trail;

/// <summary>Says a line of the audit trail in the reader's language: which thing, where it is seen, and what stands in its detail.</summary>
internal sealed partial class AuditWords(Db db, Texts texts, IStaffNames staff, IEnumerable<AuditedThing> things)
{
    private readonly Dictionary<string, AuditedThing> known = things.ToDictionary(t => t.Thing);
    private IReadOnlyDictionary<Guid, string> names = new Dictionary<Guid, string>();
    private Dictionary<string, string> roles = [];

    /// <summary>Reads the names that these lines speak of, in one statement each.</summary>
    public async Task ReadAsync(IReadOnlyCollection<AuditEntry> lines, CancellationToken cancel)
    {
        var ids = lines.SelectMany(l => Word().Matches(l.Detail).Select(m => Guid.TryParse(m.Value, out var id) ? id : Guid.Empty)).Concat(lines.Select(l => l.StaffId ?? Guid.Empty)).Where(i => i != Guid.Empty).Distinct();
        names = await staff.NamesAsync(ids, cancel);
        roles = (await db.Set<Role>().ToListAsync(cancel)).ToDictionary(r => r.Key, r => r.Called);
    }

    /// <summary>The name of who did it; null where it was nobody of the staff.</summary>
    public string? Who(AuditEntry line) => line.StaffId is { } id ? names.GetValueOrDefault(id) ?? Short(id) : null;

    public string Act(string act) => Said("act.", act);

    public string Thing(AuditEntry line) => Said("thing.", line.Thing);

    /// <summary>The page of the thing, if it has one.</summary>
    public string? Address(AuditEntry line) =>
        line.ThingId != Guid.Empty && known.TryGetValue(line.Thing, out var thing) && thing.Address is { } address ? string.Format(CultureInfo.InvariantCulture, address, line.ThingId) : null;

    /// <summary>The detail with its keys put into words; numbers and what the company named itself stay as they are.</summary>
    public string Detail(AuditEntry line)
    {
        var own = known.TryGetValue(line.Thing, out var thing) ? thing.Words : [];
        return Word().Replace(line.Detail, m => Guid.TryParse(m.Value, out var id) ? names.GetValueOrDefault(id) ?? Short(id)
            : own.Append("access.audit.word.").Select(w => w + m.Value).FirstOrDefault(texts.Has) is { } key ? texts[key]
            : roles.GetValueOrDefault(m.Value) ?? m.Value);
    }

    // The trail outlives what an earlier version called things.
    private string Said(string kind, string key) => texts.Has(kind + key) ? texts[kind + key] : key;

    /// <summary>Enough of an id to tell two apart at a glance.</summary>
    public static string Short(Guid id) => id.ToString()[^6..];

    [GeneratedRegex(@"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z][A-Za-z0-9.\-]*")]
    private static partial Regex Word();
}
