namespace Huitou.Tests.Tidiness;

/// <summary>The source tree, for rules that read it.</summary>
internal static class Source
{
    public static string Root { get; } = Find();

    /// <summary>Files of ours below a folder, generated ones left out.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
            .Where(f => endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)))
            .Where(f => !Path.GetRelativePath(Root, f).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "lib"));

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    /// <summary>Fails with every violation, and also when the rule found nothing to look at.</summary>
    public static void Hold(int looked, IReadOnlyCollection<string> wrong, string rule)
    {
        Assert.True(looked > 0, $"{rule}: found nothing to check, so the rule is off.");
        Assert.True(wrong.Count == 0, $"{rule}:\n  " + string.Join("\n  ", wrong));
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Huitou.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The source tree is not above the tests.");
    }
}
