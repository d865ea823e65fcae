using FsCheck;
using FsCheck.Fluent;
using Huitou.Customers;
using Huitou.Customers.Public;
using Xunit;

namespace Huitou.Rules.Customers;

public class PlateRules
{
    [Theory]
    [InlineData("湘A·12345", "湘A12345", PlateKind.Ordinary)]
    [InlineData("湘a 8k2p9", "湘A8K2P9", PlateKind.Ordinary)]
    [InlineData("粤B-D12345", "粤BD12345", PlateKind.NewEnergySmall)]
    [InlineData("京AF12345", "京AF12345", PlateKind.NewEnergySmall)]
    [InlineData("京A12345D", "京A12345D", PlateKind.NewEnergyLarge)]
    [InlineData("沪A1234学", "沪A1234学", PlateKind.Special)]
    [InlineData("粤Z1234港", "粤Z1234港", PlateKind.Special)]
    [InlineData("使123456", "使123456", PlateKind.Embassy)]
    [InlineData("湘Ａ·１２３４５", "湘A12345", PlateKind.Ordinary)]
    [InlineData("", "", PlateKind.None)]
    public void Reads_a_good_one(string typed, string stored, PlateKind kind)
    {
        var read = NumberPlate.Read(typed);
        Assert.Null(read.WrongKey);
        Assert.Equal(stored, read.Plate);
        Assert.Equal(kind, read.Kind);
    }

    [Theory]
    [InlineData("龙A12345", "customers.plate.province")]
    [InlineData("湘112345", "customers.plate.office")]
    [InlineData("湘I12345", "customers.plate.office")]
    [InlineData("湘A1234", "customers.plate.length")]
    [InlineData("湘A1234567", "customers.plate.length")]
    [InlineData("湘A1O345", "customers.plate.letters")]
    [InlineData("湘A12I45", "customers.plate.letters")]
    [InlineData("湘ABCD12", "customers.plate.letters-many")]
    [InlineData("湘A112345", "customers.plate.new-energy")]
    [InlineData("湘AD1234A", "customers.plate.new-energy")]
    [InlineData("湘A12中45", "customers.plate.wrong")]
    [InlineData("使12345", "customers.plate.wrong")]
    public void Refuses_a_wrong_one(string typed, string key) => Assert.Equal(key, NumberPlate.Read(typed).WrongKey);

    [Fact]
    public void What_was_read_reads_the_same_again_however_it_is_written()
    {
        var place = Gen.Elements("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789".ToCharArray());
        var digit = Gen.Elements("0123456789".ToCharArray());
        var ordinary = from a in place from b in place from d in Gen.ArrayOf(digit, 3) from o in Gen.Elements("ABCDEFGHJKLMNOPQRSTUVWXYZ".ToCharArray()) select $"湘{o}{a}{b}{new string(d)}";
        var electric = from l in Gen.Elements("DABCEFGHJK".ToCharArray()) from a in place from d in Gen.ArrayOf(digit, 4) from large in Gen.Elements(true, false) select large ? $"粤B{new string(d)}0{l}" : $"粤B{l}{a}{new string(d)}";
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Gen.OneOf(ordinary, electric).ToArbitrary(), plate =>
        {
            var read = NumberPlate.Read(plate);
            return read.WrongKey is null && NumberPlate.Read(NumberPlate.Words(read.Plate).ToLowerInvariant()).Plate == read.Plate;
        }));
    }

    [Fact]
    public void Never_throws() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), typed => NumberPlate.Read(typed) is var read && (read.WrongKey is not null || read.Plate.Length is 0 or 7 or 8)));
}

public class TypeCodeRules
{
    [Theory]
    [InlineData("353456789012348", null)]
    [InlineData("861234567890125", null)]
    [InlineData("001234567890122", "customers.imei.type-code")]
    [InlineData("771234567890128", "customers.imei.type-code")]
    public void A_type_code_that_nobody_gives_is_refused(string digits, string? key)
    {
        // The check digit is made right, so that only the type code can be wrong.
        var body = digits[..14];
        var good = Enumerable.Range(0, 10).Select(d => body + d).Single(Imei.Checks);
        Assert.Equal(key, Imei.Read(good).WrongKey);
    }
}

public class CircleRules
{
    private static readonly Guid A = Guid.NewGuid(), B = Guid.NewGuid(), C = Guid.NewGuid();

    [Fact]
    public void One_person_one_level_or_firm()
    {
        Assert.Equal(Footing.OnePerson, Circle.Of(null, null, []));
        Assert.Equal(Footing.OnePerson, Circle.Of(A, null, []));
        Assert.Equal(Footing.OnePerson, Circle.Of(A, A, [(A, TeamLevel.Manager)]));
        Assert.Equal(Footing.OneLevel, Circle.Of(A, B, []));
        Assert.Equal(Footing.OneLevel, Circle.Of(A, null, [(B, TeamLevel.Front)]));
        Assert.Equal(Footing.Firm, Circle.Of(A, null, [(C, TeamLevel.Head)]));
    }

    [Fact]
    public void One_more_of_us_never_weakens_the_footing_unless_all_are_alike() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll((from n in Gen.Choose(0, 4) from levels in Gen.ArrayOf(Gen.Elements(Enum.GetValues<TeamLevel>()), 5) select levels.Take(n).ToArray()).ToArbitrary(), levels =>
        {
            var team = levels.Select(l => (Guid.NewGuid(), l)).ToList();
            var before = Circle.Of(A, null, team);
            team.Add((Guid.NewGuid(), TeamLevel.Head));
            return Circle.Of(A, null, team) <= before;
        }));

    [Fact]
    public void Maintenance_is_due_by_date_or_by_mileage_whichever_comes_first()
    {
        var bought = new DateOnly(2026, 1, 1);
        Device Car(DateOnly? on, int? at, int? driven, DateOnly? seen) => new() { Model = "", BoughtOn = bought, NextServiceOn = on, NextServiceKm = at, Mileage = driven, MileageOn = seen };
        Assert.Null(Car(null, null, 5000, bought.AddDays(100)).ServiceDue);
        Assert.Equal(bought.AddDays(200), Car(null, 10_000, 5_000, bought.AddDays(100)).ServiceDue); // 50 km a day, 5,000 to go
        Assert.Equal(bought.AddDays(150), Car(bought.AddDays(150), 10_000, 5_000, bought.AddDays(100)).ServiceDue);
        Assert.Equal(bought.AddDays(200), Car(bought.AddDays(300), 10_000, 5_000, bought.AddDays(100)).ServiceDue);
        Assert.Equal(bought.AddDays(100), Car(null, 5_000, 6_000, bought.AddDays(100)).ServiceDue);
        Assert.Null(Car(null, 10_000, null, null).ServiceDue);
    }
}
