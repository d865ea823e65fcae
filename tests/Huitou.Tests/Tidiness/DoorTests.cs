using Huitou.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Tests.Tidiness;

/// <summary>Every page and endpoint states who may use it.</summary>
public sealed class DoorTests
{
    [Fact]
    public async Task Every_door_says_who_may_enter()
    {
        var doors = await DoorsAsync();
        var wrong = doors.Where(d => d.Metadata.GetMetadata<IAuthorizeData>() is null && d.Metadata.GetMetadata<OpenToAllAttribute>() is null).Select(Name).Distinct().ToList();
        Source.Hold(doors.Count, wrong, "a page carries [Needs], [SignedIn] or [OpenToAll(why)], an endpoint the same");
    }

    [Fact]
    public async Task Every_permission_asked_for_is_declared_and_has_words()
    {
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var declared = Rooms.All.SelectMany(m => m.Permissions).ToHashSet();
        var asked = (await DoorsAsync()).SelectMany(d => d.Metadata.GetOrderedMetadata<NeedsAttribute>()).Select(n => n.Permission)
            .Concat(Rooms.All.SelectMany(m => m.Menu).Select(i => i.Permission).Where(p => p.Length > 0)).Distinct().ToList();
        var wrong = asked.Where(p => !declared.Contains(p)).Select(p => p + " is not declared by its module")
            .Concat(declared.Where(p => !texts.Has("permission." + p)).Select(p => p + " has no text permission." + p)).ToList();
        Source.Hold(asked.Count, wrong, "a permission is declared in XModule.Permissions and named in three languages");
    }

    [Fact]
    public async Task Every_menu_entry_leads_somewhere()
    {
        var texts = (await TestHost.OfAsync(EnginesAttribute.Sqlite)).Services.GetRequiredService<Texts>();
        var routes = (await DoorsAsync()).Select(d => "/" + d.RoutePattern.RawText?.TrimStart('/')).ToHashSet();
        var items = Rooms.All.SelectMany(m => m.Menu).ToList();
        var wrong = items.Where(i => !routes.Contains(i.Href)).Select(i => i.Href + " is no page").Concat(items.Where(i => !texts.Has(i.TextKey)).Select(i => i.TextKey + " has no words")).ToList();
        Source.Hold(items.Count, wrong, "an entry of the navigation has a page and words");
    }

    internal static async Task<List<RouteEndpoint>> DoorsAsync()
    {
        var host = await TestHost.OfAsync(EnginesAttribute.Sqlite);
        return [.. ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            // Files and the framework's own script are the same for everybody.
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null && e.RoutePattern.RawText?.Contains(":file", StringComparison.Ordinal) != true && e.RoutePattern.RawText?.StartsWith("/_", StringComparison.Ordinal) != true && e.RoutePattern.RawText?.StartsWith("_", StringComparison.Ordinal) != true)];
    }

    private static string Name(RouteEndpoint door) => $"{string.Join(",", door.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {door.RoutePattern.RawText}";
}
