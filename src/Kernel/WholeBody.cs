using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Huitou.Kernel;

/// <summary>
/// A body of the machine door holds something wherever its type says that something is there: the framework reads <c>null</c>, and what was left out, into any place.
/// All such places are told at once (422), each by its own name (<c>lines[0].name</c>), before the endpoint sees the body.
/// </summary>
public static class WholeBody
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Property, string Name, NullabilityInfo Said)[]> Known = new();

    /// <summary>For every endpoint of a group that takes a body.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var services = context.ApplicationServices.GetService<IServiceProviderIsService>();
        var at = Array.FindIndex(context.MethodInfo.GetParameters(), p => IsOurs(p.ParameterType) && services?.IsService(p.ParameterType) != true);
        return at < 0 ? next : call =>
        {
            var missing = new List<string>();
            if (call.Arguments[at] is { } body) LookWithin(body, "", missing);
            if (missing.Count == 0) return next(call);
            var texts = call.HttpContext.RequestServices.GetRequiredService<Texts>();
            throw new BadInput(missing.ConvertAll(field => (field, texts["kernel.needed"])));
        };
    }

    private static void LookWithin(object whole, string before, List<string> missing)
    {
        foreach (var (property, name, said) in Known.GetOrAdd(whole.GetType(), PartsOf)) Look(property.GetValue(whole), said, before + name, missing);
    }

    private static void Look(object? value, NullabilityInfo said, string name, List<string> missing)
    {
        if (value is null)
        {
            if (said.WriteState == NullabilityState.NotNull) missing.Add(name);
        }
        else if (value is IDictionary named)
        {
            foreach (DictionaryEntry one in named) Look(one.Value, said.GenericTypeArguments[1], $"{name}.{one.Key}", missing);
        }
        else if (value is IEnumerable list and not string)
        {
            var (i, element) = (0, said.ElementType ?? said.GenericTypeArguments[0]);
            foreach (var one in list) Look(one, element, $"{name}[{i++}]", missing);
        }
        else if (IsOurs(value.GetType())) LookWithin(value, name + ".", missing);
    }

    private static (PropertyInfo, string, NullabilityInfo)[] PartsOf(Type type)
    {
        var reads = new NullabilityInfoContext();
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && !p.PropertyType.IsValueType && p.GetIndexParameters().Length == 0).Select(p => (p, JsonNamingPolicy.CamelCase.ConvertName(p.Name), reads.Create(p)))];
    }

    private static bool IsOurs(Type type) => type is { IsClass: true, IsAbstract: false, Namespace: { } space } && space.StartsWith(nameof(Huitou), StringComparison.Ordinal);
}
