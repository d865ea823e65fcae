using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>
/// A day or a moment that an address of the machine door asks for (<c>?from=2026-11-01</c>) is of the years 1900 to 2200: at the end of time there is no day after.
/// What lies beyond is told by its name (422) before the endpoint sees it.
/// </summary>
public static class AskedDays
{
    private const int First = 1900;
    private const int Last = 2200;

    /// <summary>For every endpoint of a group that takes a day or a moment.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var days = context.MethodInfo.GetParameters().Index().Where(p => (Nullable.GetUnderlyingType(p.Item.ParameterType) ?? p.Item.ParameterType) is { } type && (type == typeof(DateOnly) || type == typeof(DateTime))).ToList();
        return days.Count == 0 ? next : call =>
        {
            var beyond = days.FindAll(d => call.Arguments[d.Index] switch { DateOnly day => day.Year, DateTime at => at.Year, _ => First } is < First or > Last);
            if (beyond.Count == 0) return next(call);
            var texts = call.HttpContext.RequestServices.GetRequiredService<Texts>();
            throw new BadInput(beyond.ConvertAll(d => (d.Item.Name!, texts["kernel.day-beyond", First, Last])));
        };
    }
}
