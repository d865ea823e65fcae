using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Huitou.Tests.Tidiness;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Huitou.Tests.House;

/// <summary>The description of the machine door, and its page to try it.</summary>
public sealed partial class ApiDescriptionTests
{
    [Fact]
    public async Task It_is_OpenAPI_3_1_and_says_of_every_operation_what_it_does_how_it_fails_and_how_to_repeat_it()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        var (status, document, _) = await Browser.New(host).ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString());
        var (looked, wrong) = (0, new List<string>());
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                looked++;
                var name = $"{operation.Name} {path.Name}";
                if (!path.Name.StartsWith("/api/v1/", StringComparison.Ordinal)) wrong.Add(name + " is no part of the API");
                if (!operation.Value.TryGetProperty("summary", out var summary) || summary.GetString()!.Length < 5) wrong.Add(name + " does not say what it does");
                if (!operation.Value.GetProperty("responses").TryGetProperty("default", out var error) || !error.GetProperty("content").TryGetProperty("application/problem+json", out _)) wrong.Add(name + " does not say how it fails");
                var named = operation.Value.TryGetProperty("parameters", out var parameters) && parameters.EnumerateArray().Any(p => p.TryGetProperty("name", out var n) && n.GetString() == "Idempotency-Key");
                if (named == (operation.Name == "get")) wrong.Add(name + (named ? " changes nothing and takes a name of an act" : " does not take the name of an act"));
            }
        }

        Source.Hold(looked, wrong, "the API is described");
    }

    /// <summary>Two modules may name their bodies alike; each operation is described by its own all the same.</summary>
    [Fact]
    public async Task Every_operation_is_described_by_what_it_reads_and_answers()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        var (_, document, _) = await Browser.New(host).ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var (looked, wrong) = (0, new List<string>());
        foreach (var door in ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            if (!document.GetProperty("paths").TryGetProperty(Constraint().Replace("/" + door.RoutePattern.RawText!.Trim('/'), "}"), out var path)) continue;
            foreach (var method in door.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                if (!path.TryGetProperty(method.ToLowerInvariant(), out var operation)) continue;
                if (door.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } read && operation.TryGetProperty("requestBody", out var body)) Hold($"{method} {door.RoutePattern.RawText} reads", read, body);
                foreach (var answer in door.Metadata.OfType<IProducesResponseTypeMetadata>().Where(p => p.Type is not null && p.StatusCode < 300))
                {
                    if (operation.GetProperty("responses").TryGetProperty($"{answer.StatusCode}", out var response)) Hold($"{method} {door.RoutePattern.RawText} answers", answer.Type!, response);
                }
            }
        }

        Source.Hold(looked, wrong, "every body of the API is described as it is");

        void Hold(string what, Type type, JsonElement around)
        {
            if (!around.TryGetProperty("content", out var content) || !content.TryGetProperty("application/json", out var json) || !json.GetProperty("schema").TryGetProperty("$ref", out var reference)) return;
            var schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
            if (!schema.TryGetProperty("properties", out var properties)) return;
            looked++;
            var described = properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ToList();
            var real = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && !p.IsDefined(typeof(JsonIgnoreAttribute))).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Order(StringComparer.Ordinal).ToList();
            if (!described.SequenceEqual(real)) wrong.Add($"{what} {string.Join(", ", real)}; described is {string.Join(", ", described)}");
        }
    }

    [Theory, Engines]
    public async Task The_page_to_try_it_shows_every_operation_to_who_is_signed_in(string engine)
    {
        var shop = await Shop.OpenAsync(engine);
        Assert.StartsWith("/sign-in", (await Browser.New(shop.Host).GetAsync("/api-docs")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        var page = await shop.As("representative").OpenAsync("/api-docs");
        var (_, document, _) = await shop.As("representative").ApiAsync(HttpMethod.Get, "/api/v1/openapi.json");
        var links = page.Document.QuerySelectorAll("a.api-operation").Select(a => a.GetAttribute("href")!).ToList();
        Assert.Equal(document.GetProperty("paths").EnumerateObject().Sum(p => p.Value.EnumerateObject().Count()), links.Distinct().Count());

        // The one that is opened has its form, at the place the link leads to.
        foreach (var link in links.Where(l => l.Contains("-sales", StringComparison.Ordinal)))
        {
            var opened = (await shop.As("representative").OpenAsync(link)).Document;
            Assert.NotNull(opened.QuerySelector($"section#{link.Split('#')[1]} form"));
            Assert.Single(opened.QuerySelectorAll("form[data-controller=try]"));
            Assert.Null(opened.QuerySelector("[name='Idempotency-Key']"));
        }
    }

    [GeneratedRegex(@":[a-z]+(\([^)]*\))?}")]
    private static partial Regex Constraint();
}
