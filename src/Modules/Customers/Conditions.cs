using System.Globalization;
using System.Linq.Expressions;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;

namespace Huitou.Customers;

/// <summary>
/// The conditions of the customer list as they stand in the address: a view and single conditions, each dropped alone. What
/// is not understood is left out, so that an old link still opens something.
/// </summary>
public sealed record Conditions
{
    /// <summary>Days without contact after which somebody is to be remembered.</summary>
    public const int QuietDays = 90;

    /// <summary>Replacement counts as due this many days ahead.</summary>
    public const int DueAheadDays = 30;

    /// <summary>The search box of the list looks at so many hits at most.</summary>
    public const int MostHits = 5_000;

    /// <summary>The views that come with the house, in order; higher modules add theirs (<see cref="CustomerView"/>).</summary>
    public static readonly string[] BuiltIn = ["all", "mine", "month", "due", "quiet", "gold"];

    /// <summary>Further conditions with the words each understands; they stack with all others.</summary>
    public static IReadOnlyDictionary<string, string[]> More { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["last"] = ["week", "month", "quarter", "half", "never"],
        ["age"] = ["week", "month", "quarter", "year", "older"],
        ["bought"] = ["month", "quarter", "year", "older", "never"],
        ["consent"] = [nameof(ConsentPurpose.Service), nameof(ConsentPurpose.FollowUp), nameof(ConsentPurpose.Promotion), "none"],
        ["lack"] = ["phone", "birthday", "address", "wechat", "email", "device", "consent", "people"],
        ["way"] = Enum.GetNames<ProspectStep>(),
        ["profile"] = ["none", "quarter", "half", "most", "full"],
        ["counts"] = ["yes", "no"],
    };

    /// <summary>Words of the address that are conditions.</summary>
    public static readonly string[] Keys = ["store", "owner", "tier", "tag", "stage", "source", "next", .. More.Keys, "kind", "from", "to", "deputy", "q"];

    public string View { get; init; } = "all";
    public Guid? Store { get; init; }
    public Guid? Owner { get; init; }
    public CustomerTier[] Tiers { get; init; } = [];
    public string? Tag { get; init; }
    public CustomerStage? Stage { get; init; }
    public CustomerSource? Source { get; init; }
    /// <summary>late, today, week, month, none.</summary>
    public string? Next { get; init; }
    /// <summary>Of <see cref="More"/>: the word chosen by key.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; init; } = new Dictionary<string, string>();
    /// <summary>A kind within the classes.</summary>
    public Guid? Kind { get; init; }
    /// <summary>File made on these days.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    /// <summary>B角 or keeper.</summary>
    public Guid? Deputy { get; init; }
    public string? Text { get; init; }
    public string Sort { get; init; } = "next";
    public int Page { get; init; } = 1;

    /// <summary>Reads the query of an address.</summary>
    public static Conditions Read(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var view = One("view");
        return new()
        {
            View = string.IsNullOrEmpty(view) ? "all" : view,
            Store = Guid.TryParse(One("store"), out var store) ? store : null,
            Owner = Guid.TryParse(One("owner"), out var owner) ? owner : null,
            Tiers = [.. values.TryGetValue("tier", out var tiers) ? tiers.Select(t => Enum.TryParse<CustomerTier>(t, out var tier) && Enum.IsDefined(tier) ? tier : (CustomerTier?)null).OfType<CustomerTier>().Distinct() : []],
            Tag = One("tag") is { Length: > 0 } tag ? tag : null,
            Stage = Enum.TryParse<CustomerStage>(One("stage"), out var stage) && Enum.IsDefined(stage) ? stage : null,
            Source = Enum.TryParse<CustomerSource>(One("source"), out var source) && Enum.IsDefined(source) ? source : null,
            Next = One("next") is "late" or "today" or "week" or "month" or "none" ? One("next") : null,
            Chosen = More.Where(m => One(m.Key) is { } word && m.Value.Contains(word)).ToDictionary(m => m.Key, m => One(m.Key)!, StringComparer.Ordinal),
            Kind = Guid.TryParse(One("kind"), out var kind) ? kind : null, From = Day("from"), To = Day("to"), Deputy = Guid.TryParse(One("deputy"), out var deputy) ? deputy : null,
            Text = One("q")?.Trim() is { Length: > 0 } text ? text : null,
            Sort = One("sort")?.TrimStart('-') is "next" or "last" or "due" or "number" or "name" ? One("sort")! : "next",
            Page = int.TryParse(One("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, LastPage) : 1,
        };

        DateOnly? Day(string key) => DateOnly.TryParseExact(One(key), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        string? One(string key) => values.TryGetValue(key, out var value) ? value[0] : null;
    }

    public const int Size = 50;

    /// <summary>Beyond this the conditions should say more; it keeps every page quick.</summary>
    public const int LastPage = 200;

    /// <summary>How many conditions are set besides the view.</summary>
    public IEnumerable<string> Set => Keys.Where(k => k switch
    {
        "store" => Store is not null,
        "owner" => Owner is not null,
        "tier" => Tiers.Length > 0,
        "tag" => Tag is not null,
        "stage" => Stage is not null,
        "source" => Source is not null,
        "next" => Next is not null,
        "kind" => Kind is not null,
        "from" => From is not null,
        "to" => To is not null,
        "deputy" => Deputy is not null,
        "q" => Text is not null,
        _ => Chosen.ContainsKey(k),
    });

    /// <summary>The same without one of them.</summary>
    public Conditions Without(string key) => key switch
    {
        "store" => this with { Store = null },
        "owner" => this with { Owner = null },
        "tier" => this with { Tiers = [] },
        "tag" => this with { Tag = null },
        "stage" => this with { Stage = null },
        "source" => this with { Source = null },
        "next" => this with { Next = null },
        "kind" => this with { Kind = null },
        "from" => this with { From = null },
        "to" => this with { To = null },
        "deputy" => this with { Deputy = null },
        "q" => this with { Text = null },
        _ => this with { Chosen = Chosen.Where(c => c.Key != key).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal) },
    };

    /// <summary>Customers within the asker's reach. The same rule as the filter it stands for, written as the shortest form for this person, so that an index serves it.</summary>
    public static IQueryable<Customer> InReach(Db db, CurrentUser me)
    {
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        var (staff, stores) = (me.StaffId, me.StoreIds);
        if (me.SeesAll) return all;
        if (stores.Length == 0) return all.Where(c => c.OwnerId == staff);
        if (stores.Length == 1)
        {
            var store = stores[0];
            return all.Where(c => c.OwnerId == staff || c.StoreId == store);
        }

        return all.Where(c => c.OwnerId == staff || c.StoreId != null && stores.Contains(c.StoreId.Value));
    }

    // More stores than this (a region) are asked for together: each branch is one more part of the statement.
    private const int MostBranches = 4;

    /// <summary>
    /// The same customers as <see cref="InReach"/> in parts without overlap, each of which one index gives in the order of the
    /// next contact. At a million customers the first page of a store is 222 ms by one OR, under 1 ms by parts.
    /// </summary>
    private static List<IQueryable<Customer>> Branches(Db db, CurrentUser me)
    {
        var (staff, stores) = (me.StaffId, me.StoreIds);
        if (me.SeesAll || stores.Length is 0 or > MostBranches) return [InReach(db, me)];
        var all = db.Set<Customer>().IgnoreQueryFilters([Db.ScopeFilter]);
        var branches = stores.Select(store => all.Where(c => c.StoreId == store)).ToList();
        branches.Add(all.Where(c => c.OwnerId == staff && (c.StoreId == null || !stores.Contains(c.StoreId.Value))));
        return branches;
    }

    /// <summary>Those within reach that meet the conditions, in order: so many after so many.</summary>
    public IQueryable<Customer> Listed(int skip, int take, Db db, CurrentUser me, DateTime now, IReadOnlyList<Guid>? hits, IReadOnlyCollection<CustomerView> views)
    {
        var parts = Branches(db, me).ConvertAll(b => Order(Apply(b, db, me, now, hits, views), db));
        var top = skip + take;
        if (parts.Count == 1)
        {
            // What is passed over is read from the index alone, the rows of the page are fetched: a later page would else fetch ten for each it shows.
            var page = parts[0].Skip(skip).Take(take).Select(c => c.Id);
            return Order(InReach(db, me).Where(c => page.Contains(c.Id)), db);
        }

        return Order(parts.ConvertAll(p => p.Take(top)).Aggregate((a, b) => a.Concat(b)), db).Skip(skip).Take(take);
    }

    /// <summary>How many there are, counted to a limit.</summary>
    public Task<int> CountAsync(int most, Db db, CurrentUser me, DateTime now, IReadOnlyList<Guid>? hits, IReadOnlyCollection<CustomerView> views, CancellationToken cancel) =>
        Branches(db, me).Select(b => Apply(b, db, me, now, hits, views).Select(c => c.Id)).Aggregate((a, b) => a.Concat(b)).Take(most).CountAsync(cancel);

    /// <summary>Cuts customers to these conditions.</summary>
    /// <param name="customers">Those within reach.</param>
    /// <param name="hits">What the search found for <see cref="Text"/>; not asked for without text.</param>
    public IQueryable<Customer> Apply(IQueryable<Customer> customers, Db db, CurrentUser me, DateTime now, IReadOnlyList<Guid>? hits, IEnumerable<CustomerView> views)
    {
        var today = DateOnly.FromDateTime(now.Local(me.Zone));
        var staff = me.StaffId;
        customers = View switch
        {
            "mine" => customers.Where(c => c.OwnerId == staff),
            "month" => Before(customers, Start(today.AddDays(1 - today.Day).AddMonths(1))),
            "due" => Due(today.AddDays(DueAheadDays)),
            "quiet" => Quiet(now.AddDays(-QuietDays)),
            "gold" => customers.Where(c => c.Tier == CustomerTier.Gold || c.Tier == CustomerTier.Diamond),
            _ => views.FirstOrDefault(v => v.Key == View) is { } slot ? OneOf(slot.CustomerIds(db)) : customers,
        };
        if (Store is { } store) customers = customers.Where(c => c.StoreId == store);
        if (Owner is { } owner) customers = customers.Where(c => c.OwnerId == owner);
        // Tiers stand in the statement itself: by a value that comes later PostgreSQL may not choose the index of those that have one (customers_customer_valued).
        if (Tiers.Length == 1)
        {
            var tier = Tiers[0];
            customers = customers.Where(c => c.Tier == EF.Constant(tier));
        }
        else if (Tiers.Length > 1)
        {
            var tiers = Tiers;
            customers = customers.Where(c => EF.Constant(tiers).Contains(c.Tier));
        }

        if (Tag is { } tag) customers = customers.Where(c => db.Set<CustomerTag>().Any(t => t.CustomerId == c.Id && t.Name == tag));
        if (Stage is { } stage) customers = customers.Where(c => c.Stage == stage);
        if (Source is { } source) customers = customers.Where(c => c.Source == source);
        customers = Next switch
        {
            "late" => Before(customers, now),
            "today" => Before(customers, Start(today.AddDays(1))),
            "week" => Before(customers, Start(today.AddDays(8 - (today.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)today.DayOfWeek)))),
            "month" => Before(customers, Start(today.AddDays(1 - today.Day).AddMonths(1))),
            "none" => customers.Where(c => c.NextContactAt == null),
            _ => customers,
        };
        if (Kind is { } kind) customers = customers.Where(c => c.KindId == kind);
        if (From is { } from) customers = customers.Where(c => c.FileOn >= from);
        if (To is { } to) customers = customers.Where(c => c.FileOn <= to);
        if (Deputy is { } deputy) customers = customers.Where(c => c.DeputyId == deputy || c.KeeperId == deputy);
        foreach (var (key, word) in Chosen) customers = Cut(customers, key, word, db, now, today);
        if (Text is not null) customers = customers.Where(c => hits!.Contains(c.Id));
        return customers;

        DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue).Utc(me.Zone);
        static IQueryable<Customer> Before(IQueryable<Customer> from, DateTime until) => from.Where(c => c.NextContactAt < until);
        IQueryable<Customer> Due(DateOnly until) => customers.Where(c => c.ReplacementDue <= until);
        IQueryable<Customer> Quiet(DateTime since) => customers.Where(c => c.LastContactAt < since || c.LastContactAt == null && c.OpenedAt < since);
        IQueryable<Customer> OneOf(IQueryable<Guid> ids) => customers.Where(c => ids.Contains(c.Id));
    }

    private static IQueryable<Customer> Cut(IQueryable<Customer> customers, string key, string word, Db db, DateTime now, DateOnly today)
    {
        var (since, day) = (now.AddDays(-Days(word)), today.AddDays(-Days(word)));
        return (key, word) switch
        {
            ("last", "never") => customers.Where(c => c.LastContactAt == null),
            ("last", _) => customers.Where(c => c.LastContactAt >= since),
            ("age", "older") => customers.Where(c => c.FileOn < day),
            ("age", _) => customers.Where(c => c.FileOn >= day),
            ("bought", "never") => customers.Where(c => c.LastPurchaseOn == null),
            ("bought", "older") => customers.Where(c => c.LastPurchaseOn < day),
            ("bought", _) => customers.Where(c => c.LastPurchaseOn >= day),
            ("consent", "none") or ("lack", "consent") => customers.Where(c => !db.Set<Consent>().Any(x => x.CustomerId == c.Id && x.WithdrawnAt == null)),
            ("consent", _) => Consented(Enum.Parse<ConsentPurpose>(word)),
            ("lack", "phone") => customers.Where(c => c.Phone == ""),
            ("lack", "birthday") => customers.Where(c => c.BirthMonth == 0),
            ("lack", "address") => customers.Where(c => c.Address == ""),
            ("lack", "wechat") => customers.Where(c => c.WeChat == ""),
            ("lack", "email") => customers.Where(c => c.Email == ""),
            ("lack", "device") => customers.Where(c => c.DeviceModel == ""),
            ("lack", _) => customers.Where(c => !db.Set<PersonAround>().Any(x => x.CustomerId == c.Id)),
            ("way", _) => OnWay(Enum.Parse<ProspectStep>(word)),
            ("profile", _) => KnownSoFar.Cut(customers, word, db),
            ("counts", "yes") => customers.Where(c => c.UncountedSince == null),
            _ => customers.Where(c => c.UncountedSince != null),
        };

        IQueryable<Customer> OnWay(ProspectStep step) => customers.Where(c => c.Stage == CustomerStage.Prospect && c.Way == step);
        IQueryable<Customer> Consented(ConsentPurpose purpose) => customers.Where(c => db.Set<Consent>().Any(x => x.CustomerId == c.Id && x.Purpose == purpose && x.WithdrawnAt == null));
        static int Days(string word) => word switch { "week" => 7, "month" => 30, "quarter" => 90, "half" => 182, _ => 365 };
    }

    /// <summary>Puts them in order; those without a value stand last in either direction, and the id settles ties.</summary>
    public IQueryable<Customer> Order(IQueryable<Customer> customers, Db db) => (Sort.TrimStart('-'), Sort[0] == '-') switch
    {
        // NULL is last by itself on PostgreSQL going up: the plain order is the index's. SQLite has an index on exactly this expression.
        ("next", false) => db.Engine.IsPostgres ? customers.OrderBy(c => c.NextContactAt).ThenBy(c => c.Id) : customers.OrderBy(c => c.NextContactAt == null).ThenBy(c => c.NextContactAt).ThenBy(c => c.Id),
        ("next", true) => customers.OrderBy(c => c.NextContactAt == null).ThenByDescending(c => c.NextContactAt).ThenBy(c => c.Id),
        ("last", false) => customers.OrderBy(c => c.LastContactAt == null).ThenBy(c => c.LastContactAt).ThenBy(c => c.Id),
        ("last", true) => customers.OrderBy(c => c.LastContactAt == null).ThenByDescending(c => c.LastContactAt).ThenBy(c => c.Id),
        ("due", false) => db.Engine.IsPostgres ? customers.OrderBy(c => c.ReplacementDue).ThenBy(c => c.Id) : customers.OrderBy(c => c.ReplacementDue == null).ThenBy(c => c.ReplacementDue).ThenBy(c => c.Id),
        ("due", true) => customers.OrderBy(c => c.ReplacementDue == null).ThenByDescending(c => c.ReplacementDue).ThenBy(c => c.Id),
        ("number", false) => customers.OrderBy(c => c.Number),
        ("number", true) => customers.OrderByDescending(c => c.Number),
        ("name", true) => customers.OrderByDescending(c => c.Name).ThenBy(c => c.Id),
        _ => customers.OrderBy(c => c.Name).ThenBy(c => c.Id),
    };
}
