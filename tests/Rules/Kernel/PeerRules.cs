using System.Net;
using Huitou.Kernel;
using Xunit;

namespace Huitou.Rules.Kernel;

/// <summary>Where a request comes from, and what is kept of it.</summary>
public class PeerRules
{
    private static readonly DateTime Now = new(2026, 11, 21, 7, 10, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.8", false)]
    [InlineData("127.0.0.1", false)]
    public void An_address_is_the_same_for_a_day_and_cannot_be_read(string address, bool same)
    {
        var known = Peer.SourceOf(IPAddress.Parse("203.0.113.7"), "key", Now);
        Assert.Equal(same, Peer.SourceOf(IPAddress.Parse(address), "key", Now) == known);
        Assert.NotEqual(known, Peer.SourceOf(IPAddress.Parse("203.0.113.7"), "key", Now.AddDays(1)));
        Assert.DoesNotContain("203", known, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void A_proxy_on_this_machine_that_names_nobody_is_nobody(string address) => Assert.Equal("", Peer.SourceOf(IPAddress.Parse(address), "key", Now));

    [Fact]
    public void A_household_on_the_new_internet_is_one_address() =>
        Assert.Equal(Peer.SourceOf(IPAddress.Parse("2001:db8:1:2::1"), "k", Now), Peer.SourceOf(IPAddress.Parse("2001:db8:1:2:ffff::9"), "k", Now));
}
