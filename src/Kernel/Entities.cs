namespace Huitou.Kernel;

/// <summary>A row that belongs to a company. Key and foreign keys include the company, so the database refuses links across.</summary>
public interface ICompanyOwned
{
    /// <summary>Set by <see cref="Db"/> when the row is added under a signed-in company.</summary>
    Guid CompanyId { get; set; }
    Guid Id { get; }
}

/// <summary>A row that a person sees by reach (B1): their own, or that of a store they see.</summary>
public interface IScoped
{
    Guid? StoreId { get; }
    Guid? OwnerId { get; }
}

public static class ReachRule
{
    /// <summary>
    /// The rule of reach said in the query itself. Needed where a query takes names of customers outside of the reach:
    /// <c>IgnoreQueryFilters</c> anywhere in a query counts for all of it, subqueries and joins too.
    /// </summary>
    public static IQueryable<T> Within<T>(this IQueryable<T> rows, Db db) where T : class, IScoped =>
        rows.Where(e => db.SeesAll || e.OwnerId == db.StaffId || (e.StoreId != null && db.StoreIds.Contains(e.StoreId.Value)));
}

/// <summary>A row that two people may edit at once: the second to save is told.</summary>
public interface IVersioned
{
    int Version { get; set; }
}

/// <summary>A company (tenant) of this installation. A platform row: it carries no personal data.</summary>
public sealed class Company
{
    public Guid Id { get; set; }
    /// <summary>Short number, prefix of search tokens.</summary>
    public int Number { get; set; }
    public string Name { get; set; } = "";
    /// <summary>Key of the trade: phone-shop, telecom-hall, car-dealer, property, real-estate, health.</summary>
    public string Trade { get; set; } = "phone-shop";
    /// <summary>IANA time zone.</summary>
    public string ZoneId { get; set; } = "Asia/Shanghai";
    /// <summary>Made by the demo; removable in one click.</summary>
    public bool IsDemo { get; set; }
    public DateTime CreatedAt { get; set; }

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(ZoneId);
}
