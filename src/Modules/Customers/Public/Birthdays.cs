using Huitou.Calendars.Public;
using Huitou.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Huitou.Customers.Public;

/// <summary>Whose day it is: the customer's own, or that of somebody around them.</summary>
/// <param name="CustomerId">The file.</param>
/// <param name="Customer">Its name.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Relation">母亲, 女儿; empty for the customer's own day.</param>
/// <param name="Name">Who it is, where it is not the customer.</param>
/// <param name="Birthday">As the file has it.</param>
/// <param name="On">The day it is kept.</param>
public sealed record BirthdayRow(Guid CustomerId, string Customer, CustomerTier Tier, string Relation, string Name, Birthday Birthday, DateOnly On);

/// <summary>Birthdays of the customers the asker may see, solar and lunar, and of the people around them.</summary>
public sealed class Birthdays(Db db)
{
    /// <summary>How far a shop looks ahead, and how many it can greet.</summary>
    public const int Week = 7;
    public const int Most = 200;

    /// <summary>Those kept from a day on, the tiers first; nobody who asked not to be contacted.</summary>
    public async Task<List<BirthdayRow>> BetweenAsync(DateOnly from, int days, Guid? storeId, Guid? ownerId, int most, CancellationToken cancel = default)
    {
        var (months, dates, solar, lunar) = Keys(from, days);
        var seen = db.Set<Customer>().Where(c => c.DoNotContactSince == null && (storeId == null || c.StoreId == storeId) && (ownerId == null || c.OwnerId == ownerId));
        var own = await seen.Where(c => c.BirthMonth > 0 && months.Contains(c.BirthMonth) && dates.Contains(c.BirthDay) && (c.BirthLunar ? lunar.Contains(c.BirthMonth * 100 + c.BirthDay) : solar.Contains(c.BirthMonth * 100 + c.BirthDay)))
            .OrderByDescending(c => c.PurchaseTotal).ThenBy(c => c.Id).Take(most)
            .Select(c => new Found { CustomerId = c.Id, Customer = c.Name, Tier = c.Tier, Year = c.BirthYear, Month = c.BirthMonth, Day = c.BirthDay, Lunar = c.BirthLunar, Leap = c.BirthLeap }).ToListAsync(cancel);
        var around = await (from p in db.Set<PersonAround>()
                            where p.BirthMonth > 0 && months.Contains(p.BirthMonth) && dates.Contains(p.BirthDay) && (p.BirthLunar ? lunar.Contains(p.BirthMonth * 100 + p.BirthDay) : solar.Contains(p.BirthMonth * 100 + p.BirthDay))
                            join c in seen on p.CustomerId equals c.Id
                            orderby c.PurchaseTotal descending, p.Id
                            select new Found { CustomerId = c.Id, Customer = c.Name, Tier = c.Tier, Relation = p.Relation, Name = p.Name, Year = p.BirthYear, Month = p.BirthMonth, Day = p.BirthDay, Lunar = p.BirthLunar, Leap = p.BirthLeap }).Take(most).ToListAsync(cancel);
        var last = from.AddDays(days - 1);
        return [.. own.Concat(around).Select(f => (Row: f, f.Birthday, On: f.Birthday.Next(from))).Where(x => x.On is { } on && on <= last)
            .OrderBy(x => x.On).ThenByDescending(x => x.Row.Tier).Take(most)
            .Select(x => new BirthdayRow(x.Row.CustomerId, x.Row.Customer, x.Row.Tier, x.Row.Relation, x.Row.Name, x.Birthday, x.On!.Value))];
    }

    // Months and days that come into question: a 29th of February is kept on the 28th, a missing lunar 30th on the 29th; Birthday.Next has the last word.
    private static (int[] Months, int[] Dates, int[] Solar, int[] Lunar) Keys(DateOnly from, int days)
    {
        var (solar, lunar) = (new HashSet<int>(), new HashSet<int>());
        for (var day = from; day < from.AddDays(days); day = day.AddDays(1))
        {
            solar.Add(day.Month * 100 + day.Day);
            if (day is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(day.Year)) solar.Add(229);
            if (day < LunarDay.First || day > LunarDay.Last) continue;
            var at = LunarDay.Of(day);
            lunar.Add(at.Month * 100 + at.Day);
            if (at.Day == 29) lunar.Add(at.Month * 100 + 30);
        }

        var all = solar.Concat(lunar).ToList();
        return ([.. all.Select(k => k / 100).Distinct()], [.. all.Select(k => k % 100).Distinct()], [.. solar], [.. lunar]);
    }

    private sealed record Found
    {
        public Guid CustomerId { get; init; }
        public string Customer { get; init; } = "";
        public CustomerTier Tier { get; init; }
        public string Relation { get; init; } = "";
        public string Name { get; init; } = "";
        public int Year { get; init; }
        public int Month { get; init; }
        public int Day { get; init; }
        public bool Lunar { get; init; }
        public bool Leap { get; init; }
        public Birthday Birthday => new(Year, Month, Day, Lunar, Leap);
    }
}
