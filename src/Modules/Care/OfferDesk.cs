using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Huitou.Access.Public;
using Huitou.Customers.Public;
using Huitou.FollowUps.Public;
using Huitou.Goods.Public;
using Huitou.Kernel;
using Huitou.Messages.Public;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Care;

/// <summary>What a form or a call of the API says of a rule.</summary>
public sealed record OfferTerms(string? Title, string? Bought, string? Lacks, int? FromDays, int? WithinDays, string? Words, int? CountDays, int? ControlPercent, bool Active);

/// <summary>Fits a customer now.</summary>
/// <param name="Product">What was bought that the rule asks for.</param>
/// <param name="SoldOn">When.</param>
/// <param name="Given">Given out and not told yet.</param>
public sealed record Fit(OfferRule Rule, string Product, DateOnly SoldOn, bool Given);

/// <summary>What a rule has brought so far.</summary>
/// <param name="Offered">Told or written to, drawn or by word of mouth, and how many of them bought.</param>
/// <param name="Wants">Said yes.</param>
/// <param name="No">Said no.</param>
/// <param name="Revenue">Of the goods offered, within the days, less what was brought back; minor units of <paramref name="Currency"/>.</param>
/// <param name="Told">Drawn and not left alone, and how many of them bought.</param>
/// <param name="Left">Left alone, and how many of them bought it all the same.</param>
/// <param name="Share">The difference of those two.</param>
/// <param name="Heads">What was bought a head, of those two.</param>
/// <param name="Currency">The one most was bought in; others are not added to it.</param>
public sealed record OfferResult((int All, int Bought) Offered, int Wants, int No, long Revenue, (int All, int Bought) Told, (int All, int Bought) Left, TwoShares Share, TwoMeans Heads, string Currency)
{
    public bool TooFew => Told.All < TwoShares.LeastOnASide || Left.All < TwoShares.LeastOnASide;
}

/// <summary>Rules of cross- and up-selling: whom they fit, giving them out, what came of it. In the caller's transaction.</summary>
public sealed class OfferDesk(Db db, CurrentUser me, TimeProvider time, Messenger messenger, Templates templates, ContactDoor door, CareCalls calls, Timeline timeline, Audit audit, Texts texts)
{
    public const int MostAtOnce = 500;
    public const int MostCounted = 1_000;
    private const int MostProducts = 5_000;
    private const int MostLines = 1_000;

    private Guid? Me => me.StaffId == Guid.Empty ? null : me.StaffId;
    private DateOnly Today => time.Today(me.Zone);

    /// <summary>Makes a rule, or changes one.</summary>
    /// <exception cref="Refused">What is wrong, with the field.</exception>
    public async Task<OfferRule> SaveAsync(Guid? id, OfferTerms t, CancellationToken cancel = default)
    {
        var rule = id is { } known ? await db.Set<OfferRule>().AsTracking().FirstOrDefaultAsync(r => r.Id == known, cancel) ?? throw new NotThere() : null;
        var (title, words) = ((t.Title ?? "").Trim(), (t.Words ?? "").ReplaceLineEndings("\n").Trim());
        if (title.Length is 0 or > OfferRule.TitleMax) throw new Refused("care.news.title-wrong", OfferRule.TitleMax) { Field = "In.Title" };
        var bought = Listed(t.Bought, "In.Bought");
        var lacks = Listed(t.Lacks, "In.Lacks");
        if (t.FromDays is not (>= 0 and <= OfferRule.MostDays)) throw new Refused("care.offer.days-wrong", 0, OfferRule.MostDays) { Field = "In.FromDays" };
        if (t.WithinDays is not (>= 0 and <= OfferRule.MostDays)) throw new Refused("care.offer.days-wrong", 0, OfferRule.MostDays) { Field = "In.WithinDays" };
        if (t.WithinDays is > 0 && t.WithinDays < t.FromDays) throw new Refused("care.offer.within-short") { Field = "In.WithinDays" };
        if (words.Length is 0 or > OfferRule.WordsMax) throw new Refused("care.news.words-wrong", OfferRule.WordsMax) { Field = "In.Words" };
        if (t.CountDays is not (>= 1 and <= OfferRule.MostCountDays)) throw new Refused("care.offer.days-wrong", 1, OfferRule.MostCountDays) { Field = "In.CountDays" };
        if (t.ControlPercent is not (0 or (>= 5 and <= 50))) throw new Refused("care.offer.control-wrong") { Field = "In.ControlPercent" };
        var kept = texts.Kept(rule?.Words ?? "", words);
        await templates.RenderWordsAsync(Spoken(kept), ContactPurpose.Promotion, [], cancel); // a field that is not known is refused now
        if (rule is null)
        {
            var places = await db.Set<OfferRule>().CountAsync(cancel);
            if (places >= OfferRule.Most) throw new Refused("care.plan.many", OfferRule.Most);
            rule = new OfferRule { Title = title, Bought = bought, Lacks = lacks, Words = words, Seed = BinaryPrimitives.ReadInt64BigEndian(RandomNumberGenerator.GetBytes(8)), Place = places };
            db.Set<OfferRule>().Add(rule);
        }

        (rule.Title, rule.Bought, rule.Lacks, rule.Words) = (texts.Kept(rule.Title, title), bought, lacks, kept);
        var ends = rule.Active && !t.Active;
        (rule.FromDays, rule.WithinDays, rule.CountDays, rule.Active) = (t.FromDays!.Value, t.WithinDays!.Value, t.CountDays!.Value, t.Active);
        // Who is left alone stays left alone while somebody is compared with them.
        if (rule.ControlPercent != t.ControlPercent && id is not null && await db.Set<Offer>().AnyAsync(o => o.RuleId == rule.Id && o.Drawn, cancel)) throw new Refused("care.offer.control-fixed") { Field = "In.ControlPercent" };
        rule.ControlPercent = t.ControlPercent!.Value;
        if (ends) await TakeBackAsync(rule.Id, cancel);
        audit.Add("care.offer.rule", "care.offer_rule", rule.Id, rule.Active ? "on" : "off");
        return rule;
    }

    // A rule that is off is not offered any more: neither by what has not left yet, nor by calls that nobody has begun.
    private Task<int> TakeBackAsync(Guid ruleId, CancellationToken cancel) => db.AsHouseAsync(
        async () =>
        {
            var called = await db.Set<Offer>().IgnoreQueryFilters([Db.ScopeFilter]).Where(o => o.RuleId == ruleId && o.Way == CareWay.Call && o.State == OfferState.Given).Select(o => o.Id).ToListAsync(cancel);
            return await messenger.RecallAsync([ruleId], "care.why-not.offer", cancel) + await calls.TakeBackAsync(called, cancel);
        },
        cancel);

    // Words that ship go out in the first language, like the shop's own.
    private string Spoken(string stored) => texts.All.TryGetValue(stored, out var ready) ? ready[0] : stored;

    private static string Listed(string? typed, string field)
    {
        var words = OfferRule.Split(typed ?? "");
        if (words.Length is 0 or > OfferRule.MostWords || words.Any(w => w.Length > OfferRule.WordMax)) throw new Refused("care.offer.goods-wrong", OfferRule.MostWords, OfferRule.WordMax) { Field = field };
        return string.Join('\n', words);
    }

    /// <summary>Whom a rule fits now, left alone or not: bought it, has none of the other, was not offered it lately, never said no to it.</summary>
    public async Task<IQueryable<Customer>> FitsAsync(OfferRule rule, CancellationToken cancel = default)
    {
        var (bought, lacks) = await GoodsAsync(rule, cancel);
        var today = Today;
        var (from, until, rested) = (rule.WithinDays == 0 ? DateOnly.MinValue.AddYears(1900) : today.AddDays(-rule.WithinDays), today.AddDays(-rule.FromDays), today.AddDays(-Offer.RestDays));
        var ruleId = rule.Id;
        // What another store sold counts too: the reach cuts the customers, not what they own.
        var sales = db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]);
        var lines = db.Set<SaleLine>();
        var offers = db.Set<Offer>();
        return db.Set<Customer>().Within(db).Where(c => c.DoNotContactSince == null
            && sales.Any(s => s.CustomerId == c.Id && s.Kind == SaleKind.Sale && s.SoldOn >= from && s.SoldOn <= until && lines.Any(l => l.SaleId == s.Id && EF.Parameter(bought).Contains(l.ProductId)
                && !sales.Any(b => b.CustomerId == c.Id && b.Kind == SaleKind.Return && b.SoldOn >= s.SoldOn && lines.Any(x => x.SaleId == b.Id && x.ProductId == l.ProductId))))
            && !sales.Any(s => s.CustomerId == c.Id && s.Kind == SaleKind.Sale && lines.Any(l => l.SaleId == s.Id && EF.Parameter(lacks).Contains(l.ProductId)))
            && !offers.Any(o => o.CustomerId == c.Id && o.RuleId == ruleId && (o.OfferedOn > rested || o.State == OfferState.No)));
    }

    /// <summary>How many it fits, at most one more than <see cref="MostCounted"/>: nobody reads further, and a large company would wait for it.</summary>
    public async Task<int> CountAsync(OfferRule rule, CancellationToken cancel = default) => (await CountAsync([rule], cancel)).GetValueOrDefault(rule.Id);

    /// <summary>The same of many rules, by one question; a rule that is off or fits nobody is not among them.</summary>
    public async Task<Dictionary<Guid, int>> CountAsync(IReadOnlyCollection<OfferRule> rules, CancellationToken cancel = default)
    {
        IQueryable<Guid>? all = null;
        foreach (var rule in rules.Where(r => r.Active))
        {
            var id = rule.Id;
            var one = (await FitsAsync(rule, cancel)).Select(_ => id).Take(MostCounted + 1);
            all = all is null ? one : all.Concat(one);
        }

        return all is null ? [] : await all.GroupBy(id => id).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
    }

    // The shop's goods, read once a request.
    private List<(Guid Id, string Code, string Name)>? products;

    private async Task<(Guid[] Bought, Guid[] Lacks)> GoodsAsync(OfferRule rule, CancellationToken cancel)
    {
        var all = products ??= (await db.Set<Product>().OrderBy(p => p.Id).Select(p => new { p.Id, p.Code, p.Name }).ToListAsync(cancel)).ConvertAll(p => (p.Id, p.Code, p.Name));
        Guid[] Of(string words) => [.. all.Where(p => OfferRule.Means(words, p.Code, p.Name)).Select(p => p.Id).Take(MostProducts)];
        return (Of(rule.Bought), Of(rule.Lacks));
    }

    /// <summary>What fits one customer now, for their file and for who calls them; whoever is left alone by lot is not told of.</summary>
    public async Task<IReadOnlyList<Fit>> ForAsync(Guid customerId, CancellationToken cancel = default)
    {
        if (!await db.Set<Customer>().Within(db).AnyAsync(c => c.Id == customerId && c.DoNotContactSince == null, cancel)) return [];
        var rules = await db.Set<OfferRule>().Where(r => r.Active).OrderBy(r => r.Place).ThenBy(r => r.Id).ToListAsync(cancel);
        if (rules.Count == 0) return [];
        var sales = db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter]).Where(s => s.CustomerId == customerId);
        var owned = await (from s in sales
                           join l in db.Set<SaleLine>() on s.Id equals l.SaleId
                           join p in db.Set<Product>() on l.ProductId equals p.Id
                           orderby s.SoldOn descending, l.Id
                           select new { s.Kind, s.SoldOn, l.ProductId, p.Code, p.Name }).Take(MostLines).ToListAsync(cancel);
        if (owned.Count == 0) return [];
        var offers = (await db.Set<Offer>().Where(o => o.CustomerId == customerId).Select(o => new { o.RuleId, o.State, o.OfferedOn }).ToListAsync(cancel)).ToLookup(o => o.RuleId);
        var (today, fits) = (Today, new List<Fit>());
        foreach (var rule in rules)
        {
            if (rule.LeavesAlone(customerId) || offers[rule.Id].Any(o => o.State == OfferState.No || o.State != OfferState.Given && o.OfferedOn > today.AddDays(-Offer.RestDays))) continue;
            if (owned.Any(o => o.Kind == SaleKind.Sale && OfferRule.Means(rule.Lacks, o.Code, o.Name))) continue;
            var first = owned.Find(o => o.Kind == SaleKind.Sale && o.SoldOn <= today.AddDays(-rule.FromDays) && (rule.WithinDays == 0 || o.SoldOn >= today.AddDays(-rule.WithinDays)) && OfferRule.Means(rule.Bought, o.Code, o.Name)
                && !owned.Any(b => b.Kind == SaleKind.Return && b.ProductId == o.ProductId && b.SoldOn >= o.SoldOn));
            if (first is not null) fits.Add(new(rule, first.Name, first.SoldOn, offers[rule.Id].Any(o => o.State == OfferState.Given)));
        }

        return fits;
    }

    /// <summary>Gives a rule out: who is not left alone is written to, or stands on a work list to be called. Each contact passes the door as it leaves or is dialled.</summary>
    /// <returns>Given out, and left alone.</returns>
    public async Task<(int Given, int Left)> GiveAsync(Guid ruleId, CareWay way, int most, CancellationToken cancel = default)
    {
        if (way is not (CareWay.Message or CareWay.Call)) throw new Refused("care.choose") { Field = "In.Way" };
        if (most is < 1 or > MostAtOnce) throw new Refused("care.offer.most-wrong", MostAtOnce) { Field = "In.Most" };
        var rule = await db.Set<OfferRule>().AsTracking().FirstOrDefaultAsync(r => r.Id == ruleId, cancel) ?? throw new NotThere();
        if (!rule.Active) throw new Refused("care.offer.off");
        var people = await (await FitsAsync(rule, cancel)).OrderByDescending(c => c.LastPurchaseOn).ThenBy(c => c.Id).Take(most).Select(c => new { c.Id, c.Phone, c.Email, c.StoreId, c.OwnerId }).ToListAsync(cancel);
        people = await MayHearAsync(people, p => p.Id, way, cancel);
        if (people.Count == 0) throw new Refused("care.offer.nobody-may");
        var (now, today, title) = (time.Now(), Today, Spoken(rule.Title));
        rule.GivenAt = now;
        var told = people.FindAll(p => !rule.LeavesAlone(p.Id));
        var rows = people.ConvertAll(p => new Offer { RuleId = rule.Id, CustomerId = p.Id, OfferedOn = today, At = now, ByStaff = Me, Way = way, Drawn = true, State = rule.LeavesAlone(p.Id) ? OfferState.LeftAlone : OfferState.Given });
        db.Set<Offer>().AddRange(rows);
        var ids = rows.ToDictionary(r => r.CustomerId, r => r.Id);
        if (way == CareWay.Message)
        {
            var made = await templates.RenderWordsAsync(Spoken(rule.Words), ContactPurpose.Promotion, told.ConvertAll(p => p.Id), cancel);
            foreach (var p in told) messenger.Send(new Outgoing(p.Id, p.Phone, title, made[p.Id].Body, "care.purpose.offer", rule.Id, $"offer:{ids[p.Id]:N}", p.StoreId, p.OwnerId, p.Email) { Purpose = ContactPurpose.Promotion });
        }

        foreach (var p in told) timeline.Add(p.Id, way == CareWay.Message ? TimelineKind.Message : TimelineKind.Contact, way == CareWay.Message ? "care.timeline.offer" : "care.timeline.offer-call", [rule.Title], "", $"/care/offers/{rule.Id}");
        await db.SaveChangesAsync(cancel);
        if (way == CareWay.Call) await calls.AddAsync(told.ConvertAll(p => new CareCall(ids[p.Id], p.Id, today, title)), cancel);
        audit.Add("care.offer.given", "care.offer_rule", rule.Id, string.Create(CultureInfo.InvariantCulture, $"{told.Count}/{people.Count}"));
        return (told.Count, people.Count - told.Count);
    }

    // Who hears of nothing but offers is left in peace (D5). A message says at the door why it did not go; a call would go out as care, so who did not agree to offers is not called for one.
    private async Task<List<T>> MayHearAsync<T>(List<T> people, Func<T, Guid> id, CareWay way, CancellationToken cancel)
    {
        var ids = people.ConvertAll(p => id(p));
        var flagged = (await door.HearOnlyOffers(Today.AddDays(-Interest.OffersDays)).Where(c => ids.Contains(c)).ToListAsync(cancel)).ToHashSet();
        var no = way == CareWay.Call ? (await door.LookAsync(ids, ContactPurpose.Promotion, ContactWay.Phone, cancel)).Where(a => !a.Value.May && a.Value.Why is WhyNot.NoConsent or WhyNot.Withdrawn or WhyNot.DoNotContact).Select(a => a.Key).ToHashSet() : [];
        return people.FindAll(p => !flagged.Contains(id(p)) && !no.Contains(id(p)));
    }

    /// <summary>Somebody told the customer, in a call that passed the door or over the counter, and this is what they said.</summary>
    /// <exception cref="Refused">The rule does not fit, or was told already.</exception>
    public async Task TellAsync(Guid customerId, Guid ruleId, OfferState said, CancellationToken cancel = default)
    {
        if (said is not (OfferState.Wants or OfferState.Later or OfferState.No)) throw new Refused("care.choose") { Field = "In.Said" };
        if (!await db.Set<Customer>().Within(db).AnyAsync(c => c.Id == customerId, cancel)) throw new NotThere();
        var rule = await db.Set<OfferRule>().FirstOrDefaultAsync(r => r.Id == ruleId, cancel) ?? throw new NotThere();
        var (now, today) = (time.Now(), Today);
        var offer = await db.Set<Offer>().AsTracking().Where(o => o.CustomerId == customerId && o.RuleId == ruleId && o.State == OfferState.Given).OrderByDescending(o => o.At).FirstOrDefaultAsync(cancel);
        if (offer is null)
        {
            if ((await ForAsync(customerId, cancel)).All(f => f.Rule.Id != ruleId)) throw new Refused("care.offer.fits-not");
            offer = new Offer { RuleId = ruleId, CustomerId = customerId, OfferedOn = today, At = now, ByStaff = Me, Way = CareWay.Call };
            db.Set<Offer>().Add(offer);
        }

        (offer.State, offer.SaidAt) = (said, now);
        timeline.Add(customerId, TimelineKind.Contact, "care.timeline.offer-said", [rule.Title, "care.offer.said." + said], "", $"/care/offers/{ruleId}");
    }

    /// <summary>Of those it was offered to: who bought it within the days, for how much; and beside who was left alone.</summary>
    public async Task<OfferResult> ResultAsync(OfferRule rule, CancellationToken cancel = default) => (await ResultsAsync([rule], cancel))[rule.Id];

    /// <summary>The same of many rules: one question for the offers, one for what was bought.</summary>
    public async Task<Dictionary<Guid, OfferResult>> ResultsAsync(IReadOnlyCollection<OfferRule> rules, CancellationToken cancel = default)
    {
        // Whoever looks sees the same figures: they name nobody.
        var ids = rules.Select(r => r.Id).ToArray();
        var offers = db.Set<Offer>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter]).Where(o => EF.Parameter(ids).Contains(o.RuleId));
        var all = (await offers.Select(o => new Offered(o.RuleId, o.CustomerId, o.OfferedOn, o.State, o.Drawn)).ToListAsync(cancel)).ToLookup(o => o.RuleId);
        var goods = new Dictionary<Guid, HashSet<Guid>>();
        foreach (var rule in rules.Where(r => all[r.Id].Any())) goods[rule.Id] = [.. (await GoodsAsync(rule, cancel)).Lacks];
        var products = goods.Values.SelectMany(p => p).Distinct().ToArray();
        var lines = products.Length == 0 ? [] : await (from s in db.Set<Sale>().IgnoreQueryFilters([Db.ScopeFilter, Db.SecrecyFilter])
                                                       join l in db.Set<SaleLine>() on s.Id equals l.SaleId
                                                       where offers.Any(o => (Guid?)o.CustomerId == s.CustomerId && s.SoldOn >= o.OfferedOn) && EF.Parameter(products).Contains(l.ProductId)
                                                       select new Bought(s.CustomerId!.Value, l.ProductId, s.SoldOn, s.Kind, s.Currency, l.Amount)).ToListAsync(cancel);
        var of = lines.ToLookup(l => l.CustomerId);
        return rules.ToDictionary(r => r.Id, r => Result(r, [.. all[r.Id]], goods.GetValueOrDefault(r.Id, []), of));
    }

    private sealed record Offered(Guid RuleId, Guid CustomerId, DateOnly On, OfferState State, bool Drawn);

    private sealed record Bought(Guid CustomerId, Guid ProductId, DateOnly SoldOn, SaleKind Kind, string Currency, long Amount);

    private static OfferResult Result(OfferRule rule, List<Offered> all, HashSet<Guid> goods, ILookup<Guid, Bought> bought)
    {
        if (all.Count == 0) return new((0, 0), 0, 0, 0, (0, 0), (0, 0), TwoShares.Of(0, 0, 0, 0), TwoMeans.Of([], []), Currencies.Usual);
        var since = all.GroupBy(o => o.CustomerId).ToDictionary(g => g.Key, g => g.Min(o => o.On));
        var lines = since.SelectMany(c => bought[c.Key].Where(l => l.SoldOn >= c.Value && goods.Contains(l.ProductId))).ToList();
        var of = lines.ToLookup(l => l.CustomerId);
        var currency = lines.GroupBy(l => l.Currency).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).FirstOrDefault() ?? Currencies.Usual;
        var heads = all.ConvertAll(o =>
        {
            var within = of[o.CustomerId].Where(l => l.SoldOn >= o.On && l.SoldOn < o.On.AddDays(rule.CountDays)).ToList();
            return (o.State, o.Drawn, Bought: within.Any(l => l.Kind == SaleKind.Sale), Spent: within.Where(l => l.Currency == currency).Sum(l => l.Kind == SaleKind.Sale ? l.Amount : -Math.Abs(l.Amount)));
        });
        var offered = heads.FindAll(h => h.State != OfferState.LeftAlone);
        var (told, left) = (heads.FindAll(h => h.Drawn && h.State != OfferState.LeftAlone), heads.FindAll(h => h.State == OfferState.LeftAlone));
        var (toldBought, leftBought) = (told.Count(h => h.Bought), left.Count(h => h.Bought));
        return new((offered.Count, offered.Count(h => h.Bought)), heads.Count(h => h.State == OfferState.Wants), heads.Count(h => h.State == OfferState.No), offered.Sum(h => h.Spent), (told.Count, toldBought), (left.Count, leftBought),
            TwoShares.Of(toldBought, told.Count, leftBought, left.Count), TwoMeans.Of(told.ConvertAll(h => h.Spent), left.ConvertAll(h => h.Spent)), currency);
    }
}

/// <summary>The rules that ship with a trade; from then on they are the shop's.</summary>
public static class ReadyOffers
{
    // Title, words and goods stand in the texts: care.offer.ready.KEY, .words, .bought, .lacks.
    private static readonly (string Trade, string Key, int From, int Within, int Count)[] Ready =
    [
        ("phone-shop", "film", 1, 30, 30), ("phone-shop", "charger", 3, 60, 30), ("phone-shop", "cover", 3, 30, 30), ("phone-shop", "earphones", 30, 365, 60), ("phone-shop", "topup", 25, 90, 30),
        ("telecom-hall", "film", 1, 30, 30), ("telecom-hall", "topup", 25, 90, 30), ("car-dealer", "mats", 7, 90, 60), ("car-dealer", "upkeep", 120, 365, 60),
        ("health", "refill", 25, 90, 30), ("property", "parking", 30, 365, 90), ("real-estate", "parking", 30, 730, 180),
    ];

    /// <summary>Keys of what a trade ships with.</summary>
    public static IReadOnlyList<string> Of(string trade) => [.. Ready.Where(r => r.Trade == trade).Select(r => r.Key)];

    /// <summary>Puts a trade's rules in where there are none; part of the caller's transaction.</summary>
    public static async Task<int> TakeAsync(Db db, Texts texts, CancellationToken cancel = default)
    {
        if (await db.Set<OfferRule>().AnyAsync(cancel)) return 0;
        var trade = await db.Set<Company>().Where(c => c.Id == db.CompanyId).Select(c => c.Trade).FirstOrDefaultAsync(cancel) ?? "";
        var rules = Ready.Where(r => r.Trade == trade).Select((r, i) => new OfferRule
        {
            Title = "care.offer.ready." + r.Key, Words = $"care.offer.ready.{r.Key}.words", Bought = Goods(texts, $"care.offer.ready.{r.Key}.bought"), Lacks = Goods(texts, $"care.offer.ready.{r.Key}.lacks"),
            FromDays = r.From, WithinDays = r.Within, CountDays = r.Count, ControlPercent = 10, Seed = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(r.Key + db.CompanyId))), Place = i,
        }).ToList();
        db.Set<OfferRule>().AddRange(rules);
        await db.SaveChangesAsync(cancel);
        return rules.Count;
    }

    // Goods are named in the language of the shop's list: the words of all three.
    private static string Goods(Texts texts, string key) => string.Join('\n', OfferRule.Split(string.Join('\n', Texts.Languages.Select(l => texts.In(l, key)))).Take(OfferRule.MostWords));

    /// <summary>
    /// A rule's words as one reader reads them: the ready ones of the other languages are left out, as a ready rule holds those of all, since goods may be named in any. What the shop
    /// added stays, and where nothing would be left all are shown.
    /// </summary>
    public static IReadOnlyList<string> Shown(Texts texts, string words)
    {
        var all = OfferRule.Split(words);
        var mine = Of(Texts.Reader);
        var others = Enumerable.Range(0, Texts.Languages.Length).Where(l => l != Texts.Reader).SelectMany(Of).Except(mine, StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var shown = Array.FindAll(all, w => !others.Contains(w));
        return shown.Length > 0 ? shown : all;

        HashSet<string> Of(int language) => [.. Ready.SelectMany(r => new[] { ".bought", ".lacks" }.SelectMany(part => OfferRule.Split(texts.All[$"care.offer.ready.{r.Key}{part}"][language])))];
    }
}
