using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Huitou.Care;

/// <summary>A promotion to chosen customers, of whom a random part is left alone, so that what it brought can be told (D4).</summary>
public sealed class Promotion : ICompanyOwned, IVersioned
{
    public const int TitleMax = 40;
    public const int WordsMax = 400;
    public const int MostDays = 180;

    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public required string Title { get; init; }
    public required string Words { get; init; }
    /// <summary>So many in a hundred are left alone.</summary>
    public int ControlPercent { get; init; }
    /// <summary>Kept, so that the drawing can be done again.</summary>
    public long Seed { get; init; }
    /// <summary>Purchases count for so many days.</summary>
    public int Days { get; init; }
    public DateTime MadeAt { get; init; }
    public Guid? MadeBy { get; init; }
    public DateOnly? BeganOn { get; private set; }
    /// <summary>From then on nothing of it goes out.</summary>
    public DateTime? StoppedAt { get; private set; }
    public int Version { get; set; }

    public void Begin(DateOnly today)
    {
        if (BeganOn is not null) throw new Refused("care.promotion.began-already");
        BeganOn = today;
    }

    public void Stop(DateTime now)
    {
        if (BeganOn is null) throw new Refused("care.promotion.began-not");
        if (StoppedAt is not null) throw new Refused("care.stopped-already");
        StoppedAt = now;
    }

    /// <summary>Draws who is left alone: the same seed and customers always give the same, and nobody can guess it beforehand.</summary>
    public static HashSet<Guid> Draw(IReadOnlyCollection<Guid> customers, long seed, int percent)
    {
        var left = (int)Math.Round(customers.Count * percent / 100.0, MidpointRounding.AwayFromZero);
        return [.. customers.OrderBy(id => Mark(id, seed)).ThenBy(id => id).Take(left)];
    }

    private static ulong Mark(Guid id, long seed)
    {
        Span<byte> bytes = stackalloc byte[24];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], seed);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}

/// <summary>A customer of a promotion; <see cref="Control"/>: left alone.</summary>
public sealed class PromotionMember : ICompanyOwned
{
    public Guid CompanyId { get; set; }
    public Guid Id { get; init; } = Ids.New();
    public Guid PromotionId { get; init; }
    public Guid CustomerId { get; init; }
    public bool Control { get; init; }
    /// <summary>Had bought before; who had not was won by it, perhaps by the price alone, and is counted apart.</summary>
    public bool WasBuyer { get; init; }
}

/// <summary>The difference of two shares with its margin (Newcombe's hybrid of two Wilson intervals, 95 %). Pure.</summary>
/// <param name="Difference">First less second.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct TwoShares(double Difference, double Low, double High)
{
    private const double Z = 1.959963984540054;

    /// <summary>Under so many on a side nothing is said.</summary>
    public const int LeastOnASide = 30;

    /// <summary>False where zero lies inside: the difference may be chance.</summary>
    public bool Tells => Low > 0 || High < 0;

    public static (double Low, double High) Wilson(int hits, int of)
    {
        if (of == 0) return (0, 1);
        double p = (double)hits / of, n = of, z2 = Z * Z;
        var middle = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    public static TwoShares Of(int hits1, int of1, int hits2, int of2)
    {
        double p1 = of1 == 0 ? 0 : (double)hits1 / of1, p2 = of2 == 0 ? 0 : (double)hits2 / of2;
        var (l1, u1) = Wilson(hits1, of1);
        var (l2, u2) = Wilson(hits2, of2);
        var d = p1 - p2;
        return new(d, d - Math.Sqrt((p1 - l1) * (p1 - l1) + (u2 - p2) * (u2 - p2)), d + Math.Sqrt((u1 - p1) * (u1 - p1) + (p2 - l2) * (p2 - l2)));
    }
}

/// <summary>The difference of two means with its margin (Welch, 95 %). Pure.</summary>
/// <param name="First">Mean of the first.</param>
/// <param name="Second">Mean of the second.</param>
/// <param name="Low">Lower end of the difference.</param>
/// <param name="High">Upper end.</param>
public readonly record struct TwoMeans(double First, double Second, double Low, double High)
{
    private const double Z = 1.959963984540054;

    public double Difference => First - Second;

    /// <summary>Of samples so large (30 and more) that the normal bound is that of Student.</summary>
    public static TwoMeans Of(IReadOnlyCollection<long> first, IReadOnlyCollection<long> second)
    {
        var ((m1, v1), (m2, v2)) = (Moments(first), Moments(second));
        var margin = Z * Math.Sqrt(v1 / Math.Max(1, first.Count) + v2 / Math.Max(1, second.Count));
        return new(m1, m2, m1 - m2 - margin, m1 - m2 + margin);
    }

    private static (double Mean, double Variance) Moments(IReadOnlyCollection<long> values)
    {
        if (values.Count == 0) return (0, 0);
        var mean = values.Average();
        return (mean, values.Count < 2 ? 0 : values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}

/// <summary>What a promotion has brought so far.</summary>
/// <param name="Told">Written to, and how many of them bought.</param>
/// <param name="Left">Left alone, and how many of them bought.</param>
/// <param name="WonByIt">Of those written to who had never bought: how many did.</param>
/// <param name="Share">The difference.</param>
/// <param name="Over">The days are over.</param>
/// <param name="Revenue">What was bought a head, less what was brought back; minor units of <paramref name="Currency"/>.</param>
/// <param name="Currency">The one most was bought in; others are not added to it.</param>
public sealed record PromotionResult((int All, int Bought) Told, (int All, int Bought) Left, (int All, int Bought) WonByIt, TwoShares Share, bool Over, TwoMeans Revenue, string Currency)
{
    public bool TooFew => Told.All < TwoShares.LeastOnASide || Left.All < TwoShares.LeastOnASide;

    /// <summary>Nothing to compare yet: amounts that are all nothing have no margin, which is not to say that they are sure.</summary>
    public bool NobodyBought => Told.Bought + Left.Bought == 0;
}

/// <summary>Makes promotions, begins them, reckons what they brought. In the caller's transaction.</summary>
public sealed class PromotionDesk(Db db, CurrentUser me, TimeProvider time, Messenger messenger, Templates templates, Timeline timeline, Audit audit)
{
    public const int Least = 2;

    private Guid? Me => me.StaffId == Guid.Empty ? null : me.StaffId;

    public async Task<Promotion> MakeAsync(IQueryable<Customer> chosen, string? title, string? words, int controlPercent, int days, long? seed = null, CancellationToken cancel = default)
    {
        (title, words) = ((title ?? "").Trim(), (words ?? "").ReplaceLineEndings("\n").Trim());
        if (title.Length is 0 or > Promotion.TitleMax) throw new Refused("care.news.title-wrong", Promotion.TitleMax) { Field = "In.Title" };
        if (words.Length is 0 or > Promotion.WordsMax) throw new Refused("care.news.words-wrong", Promotion.WordsMax) { Field = "In.Words" };
        await templates.RenderWordsAsync(words, ContactPurpose.Promotion, [], cancel); // a field that is not known is refused now
        if (controlPercent is < 5 or > 50) throw new Refused("care.promotion.control-wrong") { Field = "In.ControlPercent" };
        if (days is < 1 or > Promotion.MostDays) throw new Refused("care.promotion.days-wrong", Promotion.MostDays) { Field = "In.Days" };
        var customers = await chosen.Where(c => c.DoNotContactSince == null).OrderBy(c => c.Id).Take(CustomerSelection.Most + 1).Select(c => new { c.Id, c.Stage }).ToListAsync(cancel);
        if (customers.Count > CustomerSelection.Most) throw new Refused("customers.bulk.too-many", CustomerSelection.Most);
        if (customers.Count < Least) throw new Refused("care.promotion.nobody");
        var drawn = seed ?? BinaryPrimitives.ReadInt64BigEndian(RandomNumberGenerator.GetBytes(8));
        var promotion = new Promotion { Title = title, Words = words, ControlPercent = controlPercent, Seed = drawn, Days = days, MadeAt = time.Now(), MadeBy = Me };
        db.Set<Promotion>().Add(promotion);
        await db.SaveChangesAsync(cancel);
        var left = Promotion.Draw(customers.ConvertAll(c => c.Id), drawn, controlPercent);
        await db.InsertAsync("care_promotion_member", cancel,
            BulkColumn.Of("id", customers.Select(_ => Ids.New())), BulkColumn.Of("promotion_id", customers.Select(_ => promotion.Id)), BulkColumn.Of("customer_id", customers.Select(c => c.Id)),
            BulkColumn.Of("control", customers.Select(c => left.Contains(c.Id))), BulkColumn.Of("was_buyer", customers.Select(c => c.Stage == CustomerStage.Buyer)));
        audit.Add("care.promotion", "care.promotion", promotion.Id, string.Create(CultureInfo.InvariantCulture, $"{customers.Count}/{left.Count}"));
        return promotion;
    }

    /// <summary>Writes to all but those left alone; the door has its say on each.</summary>
    public async Task<int> BeginAsync(Guid id, CancellationToken cancel = default)
    {
        var promotion = await db.Set<Promotion>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        promotion.Begin(time.Today(me.Zone));
        var people = await (from m in db.Set<PromotionMember>() join c in db.Set<Customer>() on m.CustomerId equals c.Id where m.PromotionId == id && !m.Control && c.DoNotContactSince == null orderby c.Id select new { c.Id, c.Name, c.FormOfAddress, c.Phone, c.Email, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        var made = await templates.RenderWordsAsync(promotion.Words, ContactPurpose.Promotion, people.ConvertAll(p => p.Id), cancel);
        foreach (var p in people)
        {
            var words = made[p.Id].Body;
            messenger.Send(new Outgoing(p.Id, p.Phone, promotion.Title, words, "care.purpose.promotion", promotion.Id, $"promotion:{promotion.Id:N}:{p.Id:N}", p.StoreId, p.OwnerId, p.Email) { Purpose = ContactPurpose.Promotion });
            timeline.Add(p.Id, TimelineKind.Message, "care.timeline.promotion", [promotion.Title], "", $"/care/promotions/{promotion.Id}");
        }

        return people.Count;
    }

    /// <summary>Ends it: what has not left yet is called back. Everybody who was drawn goes on counting, else those who heard early would be compared with all the others.</summary>
    /// <returns>How many messages were called back.</returns>
    public async Task<int> StopAsync(Guid id, CancellationToken cancel = default)
    {
        var promotion = await db.Set<Promotion>().AsTracking().FirstOrDefaultAsync(p => p.Id == id, cancel) ?? throw new NotThere();
        promotion.Stop(time.Now());
        var back = await messenger.RecallAsync([id], "care.why-not.promotion", cancel);
        audit.Add("care.promotion.stop", "care.promotion", id, back.ToString(CultureInfo.InvariantCulture));
        return back;
    }

    /// <summary>Who bought within the days, of those written to and of those left alone: everybody who was drawn counts, also whom the message did not reach.</summary>
    public async Task<PromotionResult> ResultAsync(Promotion promotion, CancellationToken cancel = default)
    {
        var (from, to) = (promotion.BeganOn ?? DateOnly.MaxValue, promotion.BeganOn?.AddDays(promotion.Days) ?? DateOnly.MaxValue);
        // Whoever looks sees the same figures: they name nobody.
        var sales = db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(s => s.Kind == SaleKind.Sale && s.SoldOn >= from && s.SoldOn < to);
        var members = db.Set<PromotionMember>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(m => m.PromotionId == promotion.Id);
        async Task<(int, int)> OfAsync(IQueryable<PromotionMember> which) => (await which.CountAsync(cancel), await which.CountAsync(m => sales.Any(s => s.CustomerId == m.CustomerId), cancel));
        var (told, left) = (await OfAsync(members.Where(m => !m.Control)), await OfAsync(members.Where(m => m.Control)));
        var won = await OfAsync(members.Where(m => !m.Control && !m.WasBuyer));
        var (revenue, currency) = await RevenueAsync(members, from, to, cancel);
        return new(told, left, won, TwoShares.Of(told.Item2, told.Item1, left.Item2, left.Item1), time.Today(me.Zone) >= to, revenue, currency);
    }

    // Sums never cross currencies: the one most of them bought in.
    private async Task<(TwoMeans, string)> RevenueAsync(IQueryable<PromotionMember> members, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var all = db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(s => s.SoldOn >= from && s.SoldOn < to);
        var bought = await (from m in members join s in all on (Guid?)m.CustomerId equals s.CustomerId group s by new { m.CustomerId, s.Currency, s.Kind } into g select new { g.Key.CustomerId, g.Key.Currency, g.Key.Kind, Sum = g.Sum(s => s.Amount) }).ToListAsync(cancel);
        var currency = bought.GroupBy(b => b.Currency).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).FirstOrDefault() ?? Currencies.Usual;
        var spent = bought.Where(b => b.Currency == currency).GroupBy(b => b.CustomerId).ToDictionary(g => g.Key, g => g.Sum(b => b.Kind == SaleKind.Sale ? b.Sum : -Math.Abs(b.Sum)));
        var heads = await members.Select(m => new { m.CustomerId, m.Control }).ToListAsync(cancel);
        List<long> Of(bool control) => [.. heads.Where(h => h.Control == control).Select(h => spent.GetValueOrDefault(h.CustomerId))];
        return (TwoMeans.Of(Of(false), Of(true)), currency);
    }
}

internal sealed class PromotionMap : IEntityTypeConfiguration<Promotion>
{
    public void Configure(EntityTypeBuilder<Promotion> row) => row.ToTable("care_promotion");
}

internal sealed class PromotionMemberMap : IEntityTypeConfiguration<PromotionMember>
{
    public void Configure(EntityTypeBuilder<PromotionMember> row) => row.ToTable("care_promotion_member");
}
