using System.Net;
using System.Text.Json;

namespace Huitou.Tests.Hostile;

/// <summary>What an address asks after its path: the ends of time and of number break nothing, each alone and all together.</summary>
public sealed partial class EveryOperationTests
{
    private static readonly string[] Ends =
    [
        "9999-12-31", "0001-01-01", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z", "9999-12", "0001-01", "9999", "0",
        "2147483647", "-2147483648", "99999999999999999999", "", "%EF%BF%BF", "00000000-0000-0000-0000-000000000000",
    ];

    /// <summary>What is not come to, and why.</summary>
    private static readonly Dictionary<string, string> Unread = new()
    {
        ["/api/v1/imports/{id}/refused"] = "the demo company has imported nothing",
    };

    /// <summary>One operation that reads, and what it may be asked.</summary>
    internal sealed record Question(string Path, List<string> Asked);

    [Theory, Engines(PostgresLong = true)]
    public async Task The_ends_of_time_and_of_number_in_an_address_break_nothing(string engine)
    {
        var walk = await walks.OfAsync(engine);
        var (wrong, shut, asked, taken) = (walk.Wrong.ToList(), new List<string>(), 0, 0);
        foreach (var question in walk.Questions)
        {
            if (await walk.ReaderOfAsync(question.Path) is not { } reader)
            {
                if (!Unread.ContainsKey(question.Path)) shut.Add(question.Path);
                continue;
            }

            foreach (var end in Ends)
            {
                foreach (var query in question.Asked.Select(a => $"{a}={end}").Append(string.Join('&', question.Asked.Select(a => $"{a}={end}"))).Distinct())
                {
                    var (status, body, _) = await reader.Who.ApiAsync(HttpMethod.Get, $"{reader.Address}?{query}");
                    asked++;
                    if ((int)status < 300) taken++;
                    if ((int)status >= 500) wrong.Add($"{reader.Address}?{query}: {(int)status} {body}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {walk.Questions.Count} operations, {asked} questions, {taken} answered");
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n" + string.Join("\n", wrong.Take(80)));
        Assert.True(walk.Questions.Count > 50 && taken > 500 && shut.Count == 0, $"{walk.Questions.Count} operations, {taken} answered; not come to: {string.Join(", ", shut)}");
    }
}
