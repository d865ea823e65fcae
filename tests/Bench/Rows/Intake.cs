using System.Net.Http.Json;

namespace Huitou.Bench.Rows;

/// <summary>(d) A complaint taken down by the API, with its idempotency key.</summary>
public static class Intake
{
    public static HttpRequestMessage Request(Town town, Random random) => new(HttpMethod.Post, "/api/v1/complaints")
    {
        Headers = { { "Idempotency-Key", Guid.NewGuid().ToString("N") } },
        Content = JsonContent.Create(new
        {
            customerId = Town.CustomerId(random.Next(1, town.Customers + 1)), words = "修了两次还是自动关机，说好周五给答复也没有。", demand = "换一台新的", channel = "phone", sendReceipt = false,
        }),
    };

    public static void Check(string json)
    {
        if (!json.Contains("\"id\"", StringComparison.Ordinal)) throw new InvalidOperationException("No complaint came back: " + json);
    }

    /// <summary>What the script needs to make ids that rise, as the product's do, and that no other run used.</summary>
    public static (string Name, string Value)[] Variables(Town town, int seed) =>
    [
        ("moment", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)), ("n", "0"),
        ("store", town.Firm.StoreIds[0].ToString()), ("owner", town.Firm.SellerIds[0].ToString()), ("run", seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];
}
