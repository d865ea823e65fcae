using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Huitou.Kernel;

namespace Huitou.Tests.Tidiness;

/// <summary>Only <c>Public</c> types cross a module's wall, and only downwards.</summary>
public sealed class WallTests
{
    // The house itself is the host: it knows all rooms.
    private static readonly IReadOnlyList<Module> Modules = [.. Rooms.All.Where(m => m.Assembly != typeof(HuitouApp).Assembly)];

    [Fact]
    public void Modules_use_only_what_others_make_public()
    {
        var names = Modules.ToDictionary(m => m.Assembly.GetName().Name!);
        var (looked, wrong) = (0, new List<string>());
        foreach (var module in Modules)
        {
            foreach (var (assembly, space, type) in References(module))
            {
                if (!names.ContainsKey(assembly)) continue;
                looked++;
                if (!space.EndsWith(".Public", StringComparison.Ordinal)) wrong.Add($"{module.Name} uses {space}.{type}");
            }
        }

        Source.Hold(looked, wrong, "only types of a namespace …Public may be used from another module");
    }

    [Fact]
    public void References_go_down_the_levels()
    {
        var levels = Modules.ToDictionary(m => m.Assembly.GetName().Name!, m => m.Level);
        var (looked, wrong) = (0, new List<string>());
        foreach (var module in Modules)
        {
            foreach (var reference in module.Assembly.GetReferencedAssemblies())
            {
                if (!levels.TryGetValue(reference.Name!, out var level)) continue;
                looked++;
                if (level > module.Level) wrong.Add($"{module.Name} (level {module.Level}) references {reference.Name} (level {level})");
            }
        }

        Source.Hold(looked, wrong, "a module references only modules of its own level or below");
    }

    [Fact]
    public void Every_module_project_is_a_room()
    {
        var rooms = Modules.Select(m => m.Assembly.GetName().Name!).ToHashSet();
        var projects = Directory.EnumerateDirectories(Path.Combine(Source.Root, "src", "Modules")).Select(d => Path.GetFileName(d)!).ToList();
        Source.Hold(projects.Count, [.. projects.Where(p => !rooms.Contains("Huitou." + p))], "every folder of src/Modules stands in Rooms.cs");
    }

    [Fact]
    public void Every_module_says_what_it_is_and_is_tested()
    {
        var wrong = new List<string>();
        foreach (var module in Modules)
        {
            var name = module.Assembly.GetName().Name!["Huitou.".Length..];
            if (!File.Exists(Path.Combine(Source.Root, "src", "Modules", name, "README.md"))) wrong.Add($"{name} has no README.md");
            var tests = Path.Combine(Source.Root, "tests", "Huitou.Tests", name);
            if (!Directory.Exists(tests) || !Directory.EnumerateFiles(tests, "*Tests.cs").Any()) wrong.Add($"{name} has no tests in tests/Huitou.Tests/{name}");
        }

        Source.Hold(Modules.Count, wrong, "a module has its README and its tests");
    }

    private static IEnumerable<(string Assembly, string Space, string Type)> References(Module module)
    {
        using var file = new PEReader(File.OpenRead(module.Assembly.Location));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.TypeReferences)
        {
            var type = metadata.GetTypeReference(handle);
            if (type.ResolutionScope.Kind != HandleKind.AssemblyReference) continue;
            var assembly = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
            yield return (assembly, metadata.GetString(type.Namespace), metadata.GetString(type.Name));
        }
    }
}
