using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Customers;

/// <summary>
/// The principles of S3-8 (8), in its order: 谁收集的档案归谁（此条优先），按地域就近分配，将一部分分配给新员工，根据销售能力、工作量、服务效率等因素分配，
/// 其他分配原则由销售经理把握.
/// </summary>
public enum AllocationKind { Collector, NearestArea, ShareToNew, ByFigures, Manager }

/// <summary>One rule of allocation, data that the shop edits. The first (who collected) and the last (the manager) keep their places.</summary>
public sealed class AllocationRule : ICompanyOwned, IVersioned
{
    public const int MostMonths = 24;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public AllocationKind Kind { get; init; }
    public int Place { get; set; }
    public bool IsOn { get; set; } = true;
    /// <summary>Staff count as new for so many months (<see cref="AllocationKind.ShareToNew"/>).</summary>
    public int Months { get; set; }
    /// <summary>Per cent of the files that go to them.</summary>
    public int Share { get; set; }
    /// <summary>Weights of <see cref="AllocationKind.ByFigures"/>.</summary>
    public int Skill { get; set; }
    public int Workload { get; set; }
    public int Efficiency { get; set; }
    public int Version { get; set; }

    /// <summary>The rules as S3-8 prints them.</summary>
    public static List<AllocationRule> Ready() =>
    [
        new() { Kind = AllocationKind.Collector, Place = 1 },
        new() { Kind = AllocationKind.NearestArea, Place = 2 },
        new() { Kind = AllocationKind.ShareToNew, Place = 3, Months = 6, Share = 20 },
        new() { Kind = AllocationKind.ByFigures, Place = 4, Skill = 4, Workload = 3, Efficiency = 3 },
        new() { Kind = AllocationKind.Manager, Place = 5 },
    ];
}

/// <summary>Words of an address that lie near a store, or are one person's ground.</summary>
public sealed class Area : ICompanyOwned
{
    public const int WordsMax = 30;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Words { get; init; }
    public Guid? StoreId { get; init; }
    public Guid? StaffId { get; init; }
}

/// <summary>How many files a person may own.</summary>
public sealed class Capacity : ICompanyOwned
{
    public const int Largest = 100_000;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid StaffId { get; init; }
    public int Most { get; set; }
}

/// <summary>What the shop decides about owning and counting files; one row, these defaults without it.</summary>
public sealed class OwnerSetting : ICompanyOwned, IVersioned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    /// <summary>A new file counts only once the sales director approved it (A13).</summary>
    public bool ApproveFiles { get; set; }
    /// <summary>Keys of the roles that may be given customers, between bars.</summary>
    public string OwnerRoles { get; set; } = "|representative|";
    public int Version { get; set; }

    public IEnumerable<string> Roles => OwnerRoles.Split('|', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What is known of a file that needs an owner.</summary>
public sealed record FileFacts(Guid Id, Guid? CollectedBy, Guid? StoreId, string Address);

/// <summary>Somebody who may be given customers, and how they stand. Shares are per mille.</summary>
public sealed record Candidate(Guid Id, Guid? StoreId, DateOnly JoinedOn)
{
    /// <summary>Files owned now.</summary>
    public int Files { get; init; }
    public int? Most { get; init; }
    /// <summary>销售能力: of their files, how many bought.</summary>
    public int Skill { get; init; }
    /// <summary>服务效率: of the contacts they owe, how many are not late.</summary>
    public int Efficiency { get; init; } = 1000;

    public bool HasRoom => Most is not { } most || Files < most;
}

/// <summary>The rules' word: an owner and why, or nobody and why.</summary>
/// <param name="OwnerId">Null: the sales manager decides.</param>
/// <param name="Why">Text key.</param>
/// <param name="Args">Its values.</param>
public sealed record Allotment(Guid? OwnerId, string Why, params object[] Args);

/// <summary>The arithmetic of allocation, pure: the same facts always give the same owner, in whatever order they are told.</summary>
public static class Allocating
{
    /// <summary>Goes through the rules in their order.</summary>
    /// <param name="rules">All rules of the shop.</param>
    /// <param name="file">The file.</param>
    /// <param name="here">Everybody who works here: a file is always its collector's.</param>
    /// <param name="candidates">Those who may be given customers.</param>
    /// <param name="areas">Areas.</param>
    /// <param name="storeName">Names a store, for the reason.</param>
    /// <param name="today">Today, for who is new.</param>
    public static Allotment Decide(IEnumerable<AllocationRule> rules, FileFacts file, IReadOnlySet<Guid> here, IEnumerable<Candidate> candidates, IEnumerable<Area> areas, Func<Guid, string> storeName, DateOnly today)
    {
        // 此条优先: whatever the shop turned off or moved, this one stands first.
        if (file.CollectedBy is { } collector && here.Contains(collector)) return new(collector, "customers.owner.collected");
        var pool = candidates.Where(c => c.HasRoom).ToList();
        foreach (var rule in rules.Where(r => r.IsOn && r.Kind is not (AllocationKind.Collector or AllocationKind.Manager)).OrderBy(r => r.Place).ThenBy(r => r.Kind))
        {
            if (pool.Count == 0) break;
            switch (rule.Kind)
            {
                case AllocationKind.NearestArea:
                    if (AreaOf(file, areas) is { } area)
                    {
                        if (area.StaffId is { } staff)
                        {
                            if (pool.Exists(c => c.Id == staff)) return new(staff, "customers.owner.area", area.Words);
                            continue;
                        }

                        if (Narrow(area.StoreId!.Value) is { } only) return new(only, "customers.owner.area", area.Words);
                    }
                    else if (file.StoreId is { } store && Narrow(store) is { } only)
                    {
                        return new(only, "customers.owner.store", storeName(store));
                    }

                    break;
                case AllocationKind.ShareToNew when Lot(file.Id) < rule.Share:
                    var since = today.AddMonths(-rule.Months);
                    if (pool.Where(c => c.JoinedOn > since).OrderBy(c => c.Files).ThenBy(c => c.Id).FirstOrDefault() is { } fresh) return new(fresh.Id, "customers.owner.new", rule.Months, rule.Share);
                    break;
                case AllocationKind.ByFigures:
                    var (best, points) = Ranked(rule, pool)[0];
                    return new(best.Id, "customers.owner.figures", rule.Skill, rule.Workload, rule.Efficiency, points);
            }
        }

        return new(null, "customers.owner.undecided", pool.Count == 0 ? "customers.undecided.full" : "customers.undecided.left");

        // Near, as long as somebody near has room; who is alone there has it.
        Guid? Narrow(Guid store)
        {
            var near = pool.FindAll(c => c.StoreId == store);
            if (near.Count > 0) pool = near;
            return near.Count == 1 ? near[0].Id : null;
        }
    }

    /// <summary>Candidates by their figures, the best first: skill and efficiency speak for them, work in hand against.</summary>
    public static List<(Candidate Candidate, int Points)> Ranked(AllocationRule rule, IEnumerable<Candidate> candidates)
    {
        var all = candidates.ToList();
        var most = Math.Max(1, all.Select(c => c.Files).DefaultIfEmpty().Max());
        var weights = Math.Max(1, rule.Skill + rule.Workload + rule.Efficiency);
        return [.. all.Select(c => (c, Points: (rule.Skill * c.Skill + rule.Workload * (1000 - c.Files * 1000 / most) + rule.Efficiency * c.Efficiency) / weights / 10))
            .OrderByDescending(p => p.Points).ThenBy(p => p.c.Files).ThenBy(p => p.c.Id)];
    }

    /// <summary>The file's lot, 0–99: which part of the files goes to new staff is settled by the file itself, not by the hour.</summary>
    public static int Lot(Guid file) => (int)(BitConverter.ToUInt32(System.Security.Cryptography.SHA256.HashData(file.ToByteArray()), 0) % 100);

    /// <summary>The area whose words the address has; the longest words say most.</summary>
    public static Area? AreaOf(FileFacts file, IEnumerable<Area> areas) =>
        file.Address.Length == 0 ? null : areas.Where(a => Public.CustomerDesk.Fold(file.Address).Contains(Public.CustomerDesk.Fold(a.Words), StringComparison.OrdinalIgnoreCase)).OrderByDescending(a => a.Words.Length).ThenBy(a => a.Words, StringComparer.Ordinal).FirstOrDefault();
}

internal sealed class AllocationRuleMap : IEntityTypeConfiguration<AllocationRule>
{
    public void Configure(EntityTypeBuilder<AllocationRule> rule) => rule.ToTable("customers_allocation");
}

internal sealed class AreaMap : IEntityTypeConfiguration<Area>
{
    public void Configure(EntityTypeBuilder<Area> area) => area.ToTable("customers_area");
}

internal sealed class CapacityMap : IEntityTypeConfiguration<Capacity>
{
    public void Configure(EntityTypeBuilder<Capacity> capacity) => capacity.ToTable("customers_capacity");
}

internal sealed class OwnerSettingMap : IEntityTypeConfiguration<OwnerSetting>
{
    public void Configure(EntityTypeBuilder<OwnerSetting> setting)
    {
        setting.ToTable("customers_owner_setting");
        setting.Ignore(s => s.Roles);
    }
}
