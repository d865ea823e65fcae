using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Huitou.Kit;

/// <summary>The address of the page being shown, with single conditions changed: what is filtered, sorted and paged lives there, so it can be sent and bookmarked.</summary>
public static class Address
{
    /// <summary>The present address with one condition set, or taken away by null. Going back to the first page is part of every change but of the page itself.</summary>
    public static string With(NavigationManager nav, string key, string? value)
    {
        var query = Query(nav);
        if (key != "page") query.Remove("page");
        if (string.IsNullOrEmpty(value)) query.Remove(key);
        else query[key] = value;
        return Join(nav, query);
    }

    /// <summary>The present address with one of several values of a condition added, or taken away when it is there.</summary>
    public static string Toggle(NavigationManager nav, string key, string value)
    {
        var query = Query(nav);
        query.Remove("page");
        var values = query.TryGetValue(key, out var have) ? have.ToArray() : [];
        values = values.Contains(value) ? [.. values.Where(v => v != value)] : [.. values, value];
        if (values.Length == 0) query.Remove(key);
        else query[key] = values;
        return Join(nav, query);
    }

    /// <summary>The present address without the named conditions.</summary>
    public static string Without(NavigationManager nav, params IEnumerable<string> keys)
    {
        var query = Query(nav);
        query.Remove("page");
        foreach (var key in keys) query.Remove(key);
        return Join(nav, query);
    }

    /// <summary>The conditions of the present address.</summary>
    public static Dictionary<string, StringValues> Query(NavigationManager nav) =>
        QueryHelpers.ParseQuery(new Uri(nav.Uri).Query);

    /// <summary>The path of the present address.</summary>
    public static string Path(NavigationManager nav) => new Uri(nav.Uri).AbsolutePath;

    private static string Join(NavigationManager nav, Dictionary<string, StringValues> query) =>
        QueryHelpers.AddQueryString(Path(nav), query);
}
