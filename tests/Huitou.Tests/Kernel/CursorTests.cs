using System.Net;
using System.Text.RegularExpressions;
using Huitou.Kernel;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Kernel;

/// <summary>A caller who knows lists by page from before hears that they go on by cursor, at every list.</summary>
public sealed partial class CursorTests
{
    [Theory, Engines]
    public async Task A_page_is_refused_where_a_list_goes_on_by_cursor(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        var lists = shop.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(e => (Address: Places().Replace(e.RoutePattern.RawText!, "01a20940-14f0-70c3-a4b5-3fbebf488e6c"), Names: e.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(p => p.Name).ToHashSet()))
            .Where(e => e.Names.Contains("cursor") && !e.Names.Contains("page")).Select(e => e.Address).ToList();
        Assert.True(lists.Count > 25, $"{lists.Count} lists found");
        var administrator = shop.As("administrator");
        var refused = 0;
        foreach (var list in lists)
        {
            var (status, body, _) = await administrator.ApiAsync(HttpMethod.Get, list + "?page=2");
            // What an administrator may not read at all is refused before.
            if (status == HttpStatusCode.Forbidden) continue;
            Assert.Equal((list, HttpStatusCode.UnprocessableEntity), (list, status));
            Assert.Contains("cursor", body.GetProperty("errors").GetProperty("page")[0].GetString(), StringComparison.Ordinal);
            refused++;
        }

        Assert.True(refused > 15, $"{refused} of {lists.Count} refused");
        Assert.Equal(HttpStatusCode.OK, (await administrator.ApiAsync(HttpMethod.Get, "/api/v1/customers?size=1")).Status);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Places();
}
