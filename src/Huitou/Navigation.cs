using Huitou.Kernel;
using Huitou.Kit;

namespace Huitou;

/// <summary>The counts beside the navigation, fetched once the page stands.</summary>
public static class Navigation
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/nav/badges", async (IEnumerable<IBadge> badges, IEnumerable<BellLink> bells, ModuleList modules, CurrentUser user, CancellationToken cancel) =>
        {
            var mine = modules.All.SelectMany(m => m.Menu).Where(item => user.Can(item.Permission)).Select(item => item.Href).Concat(bells.Select(bell => bell.Href)).ToHashSet();
            var counts = new Dictionary<string, object>();
            foreach (var badge in badges.Where(b => mine.Contains(b.Href)))
            {
                var (count, late) = await badge.CountAsync(cancel);
                counts[badge.Href] = new { count, late };
            }

            return counts;
        }).RequireAuthorization().ExcludeFromDescription();
}
