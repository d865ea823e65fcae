using Microsoft.AspNetCore.Routing;

namespace Huitou.Access;

/// <summary>The machine door: stores, roles, keys.</summary>
internal static class Api
{
    public static void Map(IEndpointRouteBuilder app)
    {
    }
}
