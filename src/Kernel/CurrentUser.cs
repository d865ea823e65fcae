namespace Huitou.Kernel;

/// <summary>How far a person sees: the own customers, those of the store, of the region, of the company (B1).</summary>
public enum Reach { Own, Store, Region, Company }

/// <summary>
/// Who is asking, in which company, how far they see and what they may do. One a request, filled once by the
/// middleware after sign-in (or by a job, for the company it runs under). Nobody is signed in: all empty, nothing allowed.
/// </summary>
public sealed class CurrentUser
{
    public Guid CompanyId { get; private set; }
    /// <summary>The staff member; empty for a job and for a key of the API that belongs to no person.</summary>
    public Guid StaffId { get; private set; }
    public Guid? AccountId { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>The role's stable key (<c>store-manager</c>): approvals and rules name it.</summary>
    public string RoleKey { get; private set; } = "";
    /// <summary>The role's name as the trade calls it.</summary>
    public string RoleName { get; private set; } = "";
    /// <summary>The store a person works in; none for head office.</summary>
    public Guid? StoreId { get; private set; }
    public string StoreName { get; private set; } = "";
    public Reach Reach { get; private set; }
    /// <summary>The stores a person sees with reach store or region; empty means none (own only) or all (company).</summary>
    public Guid[] StoreIds { get; private set; } = [];
    /// <summary>IANA name of the company's time zone.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;
    private HashSet<string> permissions = [];

    public bool SignedIn => CompanyId != Guid.Empty;

    /// <summary>True for work nobody sits in front of: it sees the whole company.</summary>
    public bool IsJob { get; private set; }

    /// <summary>Names who is asking in idempotency keys and audit rows.</summary>
    public string Caller { get; private set; } = "";

    /// <summary>True when the person's role grants the permission.</summary>
    public bool Can(string permission) => IsJob || permissions.Contains(permission);

    /// <summary>Row rule: everything of the company.</summary>
    public bool SeesAll => IsJob || Reach == Reach.Company;

    /// <summary>Becomes a signed-in person.</summary>
    public void Become(Guid companyId, Guid staffId, Guid? accountId, string name, string roleKey, string roleName, Guid? storeId, string storeName,
        Reach reach, Guid[] storeIds, TimeZoneInfo zone, HashSet<string> permissions, string caller)
    {
        (CompanyId, StaffId, AccountId, Name, RoleKey, RoleName) = (companyId, staffId, accountId, name, roleKey, roleName);
        (StoreId, StoreName, Reach, StoreIds, Zone) = (storeId, storeName, reach, storeIds, zone);
        (this.permissions, Caller, IsJob) = (permissions, caller, false);
    }

    /// <summary>The same person, for work beside the request: a line that is stored whatever becomes of it.</summary>
    public void BecomeLike(CurrentUser other)
    {
        Become(other.CompanyId, other.StaffId, other.AccountId, other.Name, other.RoleKey, other.RoleName, other.StoreId, other.StoreName, other.Reach, other.StoreIds, other.Zone, other.permissions, other.Caller);
        IsJob = other.IsJob;
    }

    /// <summary>Becomes the company's own work: jobs, commands, public pages that were opened by a link.</summary>
    public void BecomeJob(Guid companyId, TimeZoneInfo zone, string caller)
    {
        (CompanyId, Zone, Caller, IsJob, Reach) = (companyId, zone, caller, true, Reach.Company);
    }
}
