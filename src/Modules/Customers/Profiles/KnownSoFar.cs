using Huitou.Customers.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers;

/// <summary>
/// The list's condition on how much of a profile is known (A5): the same rule as <see cref="ItemRules.Completeness"/>, in the
/// database. What is asked is counted once for the whole statement; of each file its own few answers are looked at.
/// </summary>
internal static class KnownSoFar
{
    /// <summary>Those of whom nothing, under a quarter, under half, half and more, or all that is asked is known.</summary>
    public static IQueryable<Customer> Cut(IQueryable<Customer> customers, string word, Db db)
    {
        var asked = from i in db.Set<ProfileItem>()
                    join t in db.Set<ProfileTemplate>() on i.TemplateId equals t.Id
                    where t.InUseSince != null && i.LastEdition == null && (i.Sensitive == Sensitive.None || i.AskedSince != null)
                    select new { i.Id, i.Field, i.Sensitive, t.Meant };
        // One row; none where nothing is asked, and then nobody meets the condition.
        var sums = asked.Where(i => i.Sensitive == Sensitive.None).GroupBy(_ => 1).Select(g => new
        {
            All = g.Count(i => i.Meant == MeantFor.All), AllPhone = g.Count(i => i.Meant == MeantFor.All && i.Field == "Phone"), AllAddress = g.Count(i => i.Meant == MeantFor.All && i.Field == "Address"), AllBirthday = g.Count(i => i.Meant == MeantFor.All && i.Field == "Birthday"),
            Prospects = g.Count(i => i.Meant == MeantFor.Prospects), ProspectsPhone = g.Count(i => i.Meant == MeantFor.Prospects && i.Field == "Phone"), ProspectsAddress = g.Count(i => i.Meant == MeantFor.Prospects && i.Field == "Address"), ProspectsBirthday = g.Count(i => i.Meant == MeantFor.Prospects && i.Field == "Birthday"),
            Buyers = g.Count(i => i.Meant == MeantFor.Buyers), BuyersPhone = g.Count(i => i.Meant == MeantFor.Buyers && i.Field == "Phone"), BuyersAddress = g.Count(i => i.Meant == MeantFor.Buyers && i.Field == "Address"), BuyersBirthday = g.Count(i => i.Meant == MeantFor.Buyers && i.Field == "Birthday"),
            Key = g.Count(i => i.Meant == MeantFor.Key), KeyPhone = g.Count(i => i.Meant == MeantFor.Key && i.Field == "Phone"), KeyAddress = g.Count(i => i.Meant == MeantFor.Key && i.Field == "Address"), KeyBirthday = g.Count(i => i.Meant == MeantFor.Key && i.Field == "Birthday"),
            Special = g.Count(i => i.Meant == MeantFor.Special), SpecialPhone = g.Count(i => i.Meant == MeantFor.Special && i.Field == "Phone"), SpecialAddress = g.Count(i => i.Meant == MeantFor.Special && i.Field == "Address"), SpecialBirthday = g.Count(i => i.Meant == MeantFor.Special && i.Field == "Birthday"),
        });
        var known = from c in customers
                    from n in sums
                    select new
                    {
                        Customer = c,
                        Asked = n.All + (c.Stage == CustomerStage.Prospect ? n.Prospects : 0) + (c.Stage == CustomerStage.Buyer ? n.Buyers : 0) + (c.Tier == CustomerTier.Gold || c.Tier == CustomerTier.Diamond ? n.Key : 0) + (c.Class == CustomerClass.Special ? n.Special : 0),
                        InFile = (c.Phone != "" ? n.AllPhone + (c.Stage == CustomerStage.Prospect ? n.ProspectsPhone : 0) + (c.Stage == CustomerStage.Buyer ? n.BuyersPhone : 0) + (c.Tier == CustomerTier.Gold || c.Tier == CustomerTier.Diamond ? n.KeyPhone : 0) + (c.Class == CustomerClass.Special ? n.SpecialPhone : 0) : 0)
                            + (c.Address != "" ? n.AllAddress + (c.Stage == CustomerStage.Prospect ? n.ProspectsAddress : 0) + (c.Stage == CustomerStage.Buyer ? n.BuyersAddress : 0) + (c.Tier == CustomerTier.Gold || c.Tier == CustomerTier.Diamond ? n.KeyAddress : 0) + (c.Class == CustomerClass.Special ? n.SpecialAddress : 0) : 0)
                            + (c.BirthMonth != 0 ? n.AllBirthday + (c.Stage == CustomerStage.Prospect ? n.ProspectsBirthday : 0) + (c.Stage == CustomerStage.Buyer ? n.BuyersBirthday : 0) + (c.Tier == CustomerTier.Gold || c.Tier == CustomerTier.Diamond ? n.KeyBirthday : 0) + (c.Class == CustomerClass.Special ? n.SpecialBirthday : 0) : 0),
                    };
        var reckoned = from x in known
                       select new
                       {
                           x.Customer,
                           Total = x.Asked
                               + asked.Count(i => i.Sensitive != Sensitive.None && (i.Sensitive == Sensitive.None || db.Set<SensitiveConsent>().Any(s => s.CustomerId == x.Customer.Id && s.Kind == i.Sensitive && s.WithdrawnAt == null)) && (i.Meant == MeantFor.All || i.Meant == MeantFor.Prospects && x.Customer.Stage == CustomerStage.Prospect || i.Meant == MeantFor.Buyers && x.Customer.Stage == CustomerStage.Buyer
                                       || i.Meant == MeantFor.Key && (x.Customer.Tier == CustomerTier.Gold || x.Customer.Tier == CustomerTier.Diamond) || i.Meant == MeantFor.Special && x.Customer.Class == CustomerClass.Special))
                               - db.Set<ProfileAnswer>().Where(a => a.CustomerId == x.Customer.Id && a.ReplacedAt == null && a.Declined && asked.Any(i => i.Id == a.ItemId && (i.Sensitive == Sensitive.None || db.Set<SensitiveConsent>().Any(s => s.CustomerId == x.Customer.Id && s.Kind == i.Sensitive && s.WithdrawnAt == null)) && (i.Meant == MeantFor.All || i.Meant == MeantFor.Prospects && x.Customer.Stage == CustomerStage.Prospect || i.Meant == MeantFor.Buyers && x.Customer.Stage == CustomerStage.Buyer
                                       || i.Meant == MeantFor.Key && (x.Customer.Tier == CustomerTier.Gold || x.Customer.Tier == CustomerTier.Diamond) || i.Meant == MeantFor.Special && x.Customer.Class == CustomerClass.Special))).Select(a => a.ItemId).Distinct().Count(),
                           Done = x.InFile
                               + db.Set<ProfileAnswer>().Where(a => a.CustomerId == x.Customer.Id && a.ReplacedAt == null && !a.Declined && asked.Any(i => i.Id == a.ItemId && i.Field == "" && (i.Sensitive == Sensitive.None || db.Set<SensitiveConsent>().Any(s => s.CustomerId == x.Customer.Id && s.Kind == i.Sensitive && s.WithdrawnAt == null)) && (i.Meant == MeantFor.All || i.Meant == MeantFor.Prospects && x.Customer.Stage == CustomerStage.Prospect || i.Meant == MeantFor.Buyers && x.Customer.Stage == CustomerStage.Buyer
                                       || i.Meant == MeantFor.Key && (x.Customer.Tier == CustomerTier.Gold || x.Customer.Tier == CustomerTier.Diamond) || i.Meant == MeantFor.Special && x.Customer.Class == CustomerClass.Special))
                                   && !db.Set<ProfileAnswer>().Any(b => b.CustomerId == x.Customer.Id && b.ItemId == a.ItemId && b.ReplacedAt == null && b.Declined)).Select(a => a.ItemId).Distinct().Count(),
                       };
        return word switch
        {
            "none" => reckoned.Where(x => x.Total > 0 && x.Done == 0).Select(x => x.Customer),
            "quarter" => reckoned.Where(x => x.Done * 4 < x.Total).Select(x => x.Customer),
            "half" => reckoned.Where(x => x.Done * 2 < x.Total).Select(x => x.Customer),
            "most" => reckoned.Where(x => x.Total > 0 && x.Done * 2 >= x.Total).Select(x => x.Customer),
            _ => reckoned.Where(x => x.Total > 0 && x.Done >= x.Total).Select(x => x.Customer),
        };
    }
}
