using System.Collections.Concurrent;
using Huitou.Kernel;
using Huitou.Staff.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Staff;

/// <summary>What was read of names, for a minute; a changed name is forgotten at once on this node.</summary>
public sealed class NameMemory(TimeProvider time)
{
    private static readonly TimeSpan For = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(Guid Company, Guid Staff), (string Name, DateTime Until)> names = new();

    public string? Find(Guid company, Guid staff) => names.TryGetValue((company, staff), out var known) && known.Until > time.Now() ? known.Name : null;
    public void Keep(Guid company, Guid staff, string name) => names[(company, staff)] = (name, time.Now() + For);
    public void Forget(Guid company, Guid staff) => names.TryRemove((company, staff), out _);
}

/// <summary>Names of staff by id: from memory, else in one statement.</summary>
internal sealed class StaffNames(Db db, NameMemory memory) : IStaffNames
{
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid> staffIds, CancellationToken cancel = default)
    {
        var names = new Dictionary<Guid, string>();
        var missing = new List<Guid>();
        foreach (var id in staffIds.Distinct())
        {
            if (memory.Find(db.CompanyId, id) is { } name) names[id] = name;
            else missing.Add(id);
        }

        if (missing.Count > 0)
        {
            foreach (var read in await db.Set<Member>().Where(m => missing.Contains(m.Id)).Select(m => new { m.Id, m.Name }).ToListAsync(cancel))
            {
                names[read.Id] = read.Name;
                memory.Keep(db.CompanyId, read.Id, read.Name);
            }
        }

        return names;
    }
}
