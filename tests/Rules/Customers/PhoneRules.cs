using Huitou.Customers.Public;
using Xunit;

namespace Huitou.Rules.Customers;

public class PhoneRules
{
    [Theory]
    [InlineData("13873166720", "13873166720")]
    [InlineData(" 138 7316 6720 ", "13873166720")]
    [InlineData("138-7316-6720", "13873166720")]
    [InlineData("+86 138 7316 6720", "13873166720")]
    [InlineData("0086-13873166720", "13873166720")]
    [InlineData("8613873166720", "13873166720")]
    [InlineData("１３８７３１６６７２０", "13873166720")]
    [InlineData("0731-8888 1234", "073188881234")]
    [InlineData("（010）6655 4433", "01066554433")]
    [InlineData("400-810-1234", "4008101234")]
    [InlineData("+852 2345 6789", "+85223456789")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Understands_what_is_typed(string? typed, string stored)
    {
        var reading = Phone.Read(typed);
        Assert.Null(reading.WrongKey);
        Assert.Equal(stored, reading.Digits);
    }

    [Theory]
    [InlineData("1387316672", "customers.phone.mobile-length", 10)]
    [InlineData("138731667200", "customers.phone.mobile-length", 12)]
    public void Says_how_many_digits_there_are(string typed, string key, int count)
    {
        var reading = Phone.Read(typed);
        Assert.Equal(key, reading.WrongKey);
        Assert.Equal([11, count], reading.Args);
    }

    [Theory]
    [InlineData("12873166720", "customers.phone.mobile-start")]
    [InlineData("88881234", "customers.phone.area-code")]
    [InlineData("0731888", "customers.phone.landline-length")]
    [InlineData("李女士的电话", "customers.phone.letters")]
    [InlineData("138O3166720", "customers.phone.letters")]
    [InlineData("+1234", "customers.phone.foreign")]
    [InlineData("+", "customers.phone.letters")]
    public void Says_what_is_wrong(string typed, string key) => Assert.Equal(key, Phone.Read(typed).WrongKey);

    [Fact]
    public void Reading_what_was_read_changes_nothing()
    {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var typed = new string([.. Enumerable.Range(0, random.Next(1, 16)).Select(_ => "0123456789 -+（"[random.Next(14)])]);
            var once = Phone.Read(typed);
            if (once.WrongKey is null) Assert.Equal(once.Digits, Phone.Read(once.Digits).Digits);
        }
    }

    [Theory]
    [InlineData("13873166720", "138 **** 6720")]
    [InlineData("073188881234", "**** 1234")]
    [InlineData("+85223456789", "**** 6789")]
    [InlineData("12345", "****")]
    [InlineData("", "")]
    public void A_mask_hides_the_middle(string stored, string mask) => Assert.Equal(mask, Phone.Mask(stored));
}
