using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>
/// One room of the house: a folder, a project, an owner of tables. The host lists its modules once (Program.cs) and asks
/// each for what it brings. The subclass is the module's table of contents.
/// </summary>
public abstract class Module
{
    /// <summary>Lower-case plural; the prefix of the module's tables, text keys and permissions (<c>customers</c>).</summary>
    public abstract string Name { get; }

    /// <summary>1 … 7, see docs/map.md. A module may reference only modules of a lower level, or of its own.</summary>
    public abstract int Level { get; }

    /// <summary>Registers services, event handlers, jobs, panels.</summary>
    public virtual void AddServices(IServiceCollection services, IConfiguration configuration) { }

    /// <summary>Maps the machine door (<c>/api/v1/…</c>) and other endpoints that are not pages.</summary>
    public virtual void MapEndpoints(IEndpointRouteBuilder app) { }

    /// <summary>Entries of the navigation; each is shown to who has its permission.</summary>
    public virtual IEnumerable<MenuItem> Menu => [];

    /// <summary>Every permission this module checks. Its text stands under the key <c>permission.{key}</c>.</summary>
    public virtual IEnumerable<string> Permissions => [];

    /// <summary>Cuts rows further, by named query filters over the finished model. What the filter asks of <paramref name="db"/> (who reads) it asks anew each time.</summary>
    public virtual void Cut(ModelBuilder model, Db db) { }

    /// <summary>The assembly that holds pages, migrations, texts and mappings.</summary>
    public Assembly Assembly => GetType().Assembly;
}

/// <summary>The groups of the navigation, in order: S0's four systems first.</summary>
public enum MenuGroup { Home, Prevention, Care, Complaints, AfterSales, Hall, Insight, Management }

/// <summary>One entry of the navigation.</summary>
/// <param name="Group">Where it stands.</param>
/// <param name="Order">Order inside the group.</param>
/// <param name="TextKey">Text key of the word shown.</param>
/// <param name="Href">Address, starting with a slash.</param>
/// <param name="Icon">Name of a Tabler outline icon, e.g. <c>phone-call</c>.</param>
/// <param name="Permission">Who may see it.</param>
/// <param name="GoKey">The letter that opens it after G, or none.</param>
public sealed record MenuItem(MenuGroup Group, int Order, string TextKey, string Href, string Icon, string Permission, char? GoKey = null);

/// <summary>A count beside a navigation entry, asked for after the page stands, never while it is made.</summary>
public interface IBadge
{
    /// <summary>The <see cref="MenuItem.Href"/> it belongs to.</summary>
    string Href { get; }

    /// <summary>How many, and whether something among them is late. Zero shows nothing.</summary>
    Task<(int Count, bool Late)> CountAsync(CancellationToken cancel);
}

/// <summary>The modules of this installation, lowest level first.</summary>
public sealed class ModuleList(IEnumerable<Module> modules)
{
    public IReadOnlyList<Module> All { get; } = [.. modules.OrderBy(m => m.Level)];
}
