using Huitou.Calendars.Public;
using Huitou.Customers.Public;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Customers;

public class BirthdayRules
{
    private static readonly Texts Texts = new([typeof(LunarDay).Assembly, typeof(Customer).Assembly]);
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory]
    [InlineData(1957, 10, 25, true, false, null)]
    [InlineData(1957, 10, 30, true, false, "customers.birthday.lunar-days")] // that month had 29 days
    [InlineData(0, 10, 30, true, false, null)] // the year is not known: some years have it
    [InlineData(0, 10, 31, true, false, "customers.birthday.lunar-30")]
    [InlineData(2025, 6, 1, true, true, null)]
    [InlineData(2024, 6, 1, true, true, "customers.birthday.no-leap")]
    [InlineData(0, 2, 29, false, false, null)]
    [InlineData(1985, 2, 29, false, false, "customers.birthday.days")]
    [InlineData(1985, 4, 31, false, false, "customers.birthday.days")]
    [InlineData(1985, 13, 1, false, false, "customers.birthday.day-missing")]
    [InlineData(1985, 0, 0, false, false, "customers.birthday.day-missing")]
    [InlineData(0, 0, 0, false, false, null)]
    [InlineData(1850, 1, 1, false, false, "customers.birthday.year")]
    [InlineData(2026, 12, 1, false, false, "customers.birthday.future")]
    public void Knows_which_days_exist(int year, int month, int day, bool lunar, bool leap, string? key) =>
        Assert.Equal(key, new Birthday(year, month, day, lunar, leap).Wrong(Texts, Today)?.Key);

    [Fact]
    public void Says_how_many_days_the_lunar_month_had()
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("zh-CN");
        var (key, args) = new Birthday(1957, 10, 30, true, false).Wrong(Texts, Today)!.Value;
        Assert.Equal("1957 年农历十月只有 29 天。请再问一次。", Texts[key, args]);
    }

    [Fact]
    public void The_next_time_is_never_before_the_day_asked_and_less_than_fourteen_months_after()
    {
        for (var month = 1; month <= 12; month++)
        {
            foreach (var day in new[] { 1, 15, 28, 29, 30 })
            {
                foreach (var lunar in new[] { false, true })
                {
                    var next = new Birthday(0, month, day, lunar, false).Next(Today)!.Value;
                    Assert.InRange(next, Today, Today.AddMonths(14));
                }
            }
        }
    }

    [Theory]
    [InlineData(1985, 11, 21, 41)]
    [InlineData(1985, 11, 22, 40)]
    [InlineData(2026, 11, 21, 0)]
    public void Age_is_full_years(int year, int month, int day, int age) => Assert.Equal(age, new Birthday(year, month, day, false, false).Age(Today));
}
