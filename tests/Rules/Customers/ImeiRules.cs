using Huitou.Customers.Public;
using Xunit;

namespace Huitou.Rules.Customers;

public class ImeiRules
{
    [Theory]
    [InlineData("490154203237518")]
    [InlineData("49 015420 323751 8")]
    [InlineData("49-015420-323751-8")]
    [InlineData("４９０１５４２０３２３７５１８")]
    public void Reads_a_good_one(string typed)
    {
        var reading = Imei.Read(typed);
        Assert.Null(reading.WrongKey);
        Assert.Equal("490154203237518", reading.Digits);
    }

    [Theory]
    [InlineData("490154203237519", "customers.imei.check")]
    [InlineData("49015420323751", "customers.imei.length")]
    [InlineData("4901542032375188", "customers.imei.length")]
    [InlineData("HUAWEI490154203", "customers.imei.letters")]
    public void Refuses_a_wrong_one(string typed, string key) => Assert.Equal(key, Imei.Read(typed).WrongKey);

    [Fact]
    public void Finds_every_single_wrong_digit()
    {
        const string good = "490154203237518";
        for (var place = 0; place < good.Length; place++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var typed = good[..place] + digit + good[(place + 1)..];
                Assert.Equal(typed == good, Imei.Checks(typed));
            }
        }
    }

    // The slow way, as the standard words it: double every second digit, write the results beside each other, add all digits.
    [Fact]
    public void Agrees_with_the_standard_taken_literally()
    {
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var digits = string.Concat(Enumerable.Range(0, 15).Select(_ => random.Next(10)));
            var written = string.Concat(digits.Reverse().Select((c, at) => at % 2 == 1 ? ((c - '0') * 2).ToString(System.Globalization.CultureInfo.InvariantCulture) : c.ToString()));
            Assert.Equal(written.Sum(c => c - '0') % 10 == 0, Imei.Checks(digits));
        }
    }
}
