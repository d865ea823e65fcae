using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace Huitou.Tests.House;

/// <summary>What a start cannot go on with is said in words that help, with an exit code, and nothing is changed.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("huitou-start-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private string In(string name) => Path.Combine(folder, name);

    [Fact]
    public async Task An_address_that_is_taken_is_named_with_another_one()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Matches($"^http://127.0.0.1:{port} is taken: .* --urls http://localhost:[0-9]+$", FreeAddress.WhyNot($"http://127.0.0.1:{port}"));
        Assert.Equal(1, await CommandLine.RunAsync(["--urls", $"http://127.0.0.1:{port}", "--data", In("taken")]));
        other.Stop();
        Assert.Null(FreeAddress.WhyNot($"http://127.0.0.1:{port}"));
    }

    [Theory]
    [InlineData("localhost", "no address")]
    [InlineData("http://127.0.0.1:70000", "a port")]
    [InlineData("http://192.0.2.1:5080", "no address of this machine")] // RFC 5737: of no machine
    public void What_is_no_address_is_said_so(string urls, string why) => Assert.Contains(why, FreeAddress.WhyNot(urls), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:0")]
    [InlineData("http://*:0;http://127.0.0.1:0")]
    public void What_can_be_listened_on_is_let_pass(string urls) => Assert.Null(FreeAddress.WhyNot(urls));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=127.0.0.1;Port=many;Password=secret")]
    public async Task A_connection_that_cannot_be_read_is_refused(string database) => Assert.Equal(2, await CommandLine.RunAsync(["--data", In("data"), "--database", database]));

    [Theory]
    [InlineData("10.0.0.300")]
    [InlineData("127.0.0.1,proxy.intranet")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.1")]
    public async Task A_proxy_that_is_no_address_is_named_with_its_setting(string proxies)
    {
        string[] args = ["--data", In("data"), "--proxies", proxies];
        Assert.Equal($"--proxies (HUITOU_PROXIES): {proxies.Split(',')[^1]} is neither an address nor a network. They are written as 10.0.0.5 or 10.0.0.0/24, by commas (docs/operations.md).", Assert.Throws<ArgumentException>(() => Settings.Read(args)).Message.Split(" (Parameter")[0]);
        Assert.Equal(2, await CommandLine.RunAsync(args));
        Assert.False(Directory.Exists(In("data")));
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        await File.WriteAllTextAsync(In("file"), "x", TestContext.Current.CancellationToken);
        Assert.Equal(1, await CommandLine.RunAsync(["migrate", "--data", In("file")]));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_as_it_is()
    {
        Directory.CreateDirectory(In("data"));
        var file = Path.Combine(In("data"), "huitou.db");
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        Assert.Equal(1, await CommandLine.RunAsync(["migrate", "--data", In("data")]));
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }
}
