using System.Globalization;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Kernel;

public sealed class KernelRules
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void A_period_has_begun_when_a_slow_clock_says_so()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var local = new DateTime(2024, 1, 1).AddMinutes(random.Next(3 * 366 * 24 * 60));
            var work = new CalendarWork("k", random.Next(2) == 0 ? Every.Day : Every.Month, random.Next(24));

            // Slow: walk back minute by minute to the last moment a period began.
            var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0);
            while (at.Hour != work.Hour || at.Minute != 0 || work.Every is Every.Month && at.Day != 1) at = at.AddMinutes(-1);
            var slow = at.ToString(work.Every is Every.Day ? "yyyy-MM-dd" : "yyyy-MM", CultureInfo.InvariantCulture);

            Assert.Equal(slow, work.PeriodAt(local));
        }
    }

    [Fact]
    public void Ids_sort_as_the_microseconds_they_were_made_in()
    {
        var random = new Random(7);
        var begin = new DateTime(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);
        for (var round = 0; round < 200; round++)
        {
            var instants = Enumerable.Range(0, 50).Select(_ => begin.AddMicroseconds(random.Next(round < 100 ? 3_000 : 2_000_000_000))).Distinct().ToList();
            var made = instants.ToDictionary(Ids.New);
            // As SQLite keeps them (text) and as PostgreSQL does (bytes): both sort like the hexadecimal digits.
            Assert.Equal(instants.Order(), made.OrderBy(m => m.Key.ToString(), StringComparer.Ordinal).Select(m => m.Value));
            Assert.All(made.Keys, id => Assert.Equal((7, true), (id.Version, id.Variant is >= 8 and <= 11)));
            Assert.All(made, m => Assert.Equal(m.Value, DateTime.UnixEpoch.AddMilliseconds(Convert.ToInt64(m.Key.ToString("N")[..12], 16)).AddMicroseconds(Convert.ToInt32(m.Key.ToString("N")[13..16], 16))));
        }

        Assert.Equal(50_000, Enumerable.Range(0, 50_000).Select(_ => Ids.New(begin)).Distinct().Count());
    }

    [Theory]
    [InlineData("NextContactAt", "next_contact_at")]
    [InlineData("Id", "id")]
    [InlineData("WeChat", "we_chat")]
    [InlineData("HTTPStatus", "http_status")]
    public void Columns_are_named_in_snake_case(string name, string column) => Assert.Equal(column, Db.Snake(name));

    [Fact]
    public void Local_time_and_back_is_the_same_instant_also_around_clock_changes()
    {
        var random = new Random(2);
        for (var i = 0; i < 2_000; i++)
        {
            var utc = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(3 * 366 * 24 * 60));
            Assert.Equal(utc, utc.Local(Shanghai).Utc(Shanghai));
            var there = utc.Local(Berlin);
            if (!Berlin.IsAmbiguousTime(there)) Assert.Equal(utc, there.Utc(Berlin));
        }
    }

    [Fact]
    public void A_time_that_the_clock_change_skips_moves_forward()
    {
        var skipped = new DateTime(2026, 3, 29, 2, 30, 0);
        Assert.Equal(new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Utc), skipped.Utc(Berlin));
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    // PostgreSQL keeps microseconds: what is compared after it was stored must be the same.
    [Fact]
    public void Now_is_utc_in_whole_microseconds_and_never_later_than_it_is()
    {
        var second = new DateTime(2026, 11, 22, 7, 0, 1, DateTimeKind.Utc);
        for (var ticks = 0; ticks < 25; ticks++)
        {
            var now = new At(new DateTimeOffset(second.AddTicks(ticks)).ToOffset(TimeSpan.FromHours(8))).Now();
            Assert.Equal(DateTimeKind.Utc, now.Kind);
            Assert.Equal(second.AddTicks(ticks / 10 * 10), now);
        }
    }

    [Theory]
    [InlineData("2026-11-22T15:59:59.9999999Z", "2026-11-22")]
    [InlineData("2026-11-22T16:00:00Z", "2026-11-23")]
    public void The_day_begins_at_the_shops_midnight(string now, string day) =>
        Assert.Equal(DateOnly.Parse(day, CultureInfo.InvariantCulture), new At(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)).Today(Shanghai));

    [Fact]
    public void A_link_is_long_random_and_kept_as_its_hash()
    {
        Assert.Equal(64, Link.HashOf("x").Length);
        Assert.NotEqual(Link.HashOf("a"), Link.HashOf("b"));
    }

    [Theory]
    [InlineData(new[] { "--urls", "http://x", "--data", "/d" }, "serve", "http://x")]
    [InlineData(new[] { "--urls=http://x", "--data=/d" }, "serve", "http://x")]
    [InlineData(new[] { "import", "purchases", "a.csv", "--set", "currency=GBP", "--urls=http://y" }, "import", "http://y")]
    [InlineData(new[] { "import", "--kind", "customers", "a.csv" }, "import", "http://localhost:5080")]
    [InlineData(new[] { "--data", "/d", "company", "--name", "店" }, "company", "http://localhost:5080")]
    public void The_command_line_is_read(string[] args, string verb, string urls)
    {
        var settings = Settings.Read(args);
        Assert.Equal((verb, urls), (settings.Verb, settings.Urls));
    }

    [Theory]
    [InlineData("ab😀cd", 3, "ab", "cd")]
    [InlineData("ab😀cd", 4, "ab😀", "😀cd")]
    [InlineData("ab", 5, "ab", "ab")]
    [InlineData("😀", 1, "", "")]
    [InlineData("ab", 0, "", "")]
    public void A_text_is_cut_between_letters(string text, int most, string head, string tail)
    {
        Assert.Equal(head, text.Head(most));
        Assert.Equal(tail, text.Tail(most));
    }

    [Fact]
    public void A_text_with_too_few_values_is_read_with_dashes_and_an_unknown_key_as_itself()
    {
        var texts = new Texts([typeof(Texts).Assembly]);
        Assert.Contains("—", texts.In("en", "kernel.fault"), StringComparison.Ordinal);
        Assert.Equal("kernel.no-such-key", texts["kernel.no-such-key"]);
    }

    // Half a letter cannot stand in an attribute: its text is stored as UTF-8.
    [Fact]
    public void Full_width_is_read_as_half_and_what_is_no_letter_breaks_nothing()
    {
        Assert.Equal("ABC(12)", "ＡＢＣ（１２）".HalfWidth());
        Assert.Equal("ordinary", "ordinary".HalfWidth());
        Assert.Equal("a\ufffdb", "a\ufffeb".HalfWidth());
        Assert.Equal("A\ufffd", "Ａ\ud800".HalfWidth());
        Assert.Equal("\ufffd", "\udc00".HalfWidth());
        Assert.Equal("", "".HalfWidth());
    }

    [Fact]
    public void An_unknown_word_is_named() => Assert.Contains("--speed", Assert.Throws<ArgumentException>(() => Settings.Read(["--speed"])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_number_is_read_however_it_was_typed()
    {
        var random = new Random(2);
        for (var i = 0; i < 500; i++)
        {
            var (year, n) = (random.Next(2000, 2100), random.Next(1, 3_000_000));
            var number = Numbers.Format("KS", year, n);
            foreach (var typed in new[] { number, number.ToLowerInvariant(), $" ks{year}{n:000000} ", $"Ks {year} {n}" }) Assert.Equal(("KS", number), Numbers.Read(typed));
        }

        foreach (var typed in new[] { "", "KS", "KS-2026", "KS-2026-", "K-2026-1", "KSX-2026-1", "KS-26-1", "KS-2026-1a", "XS01-10115", "13973100001", "KS-2026-1234567890123" }) Assert.Null(Numbers.Read(typed));
    }
}
