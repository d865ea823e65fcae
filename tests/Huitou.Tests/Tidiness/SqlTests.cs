using System.Text.RegularExpressions;

namespace Huitou.Tests.Tidiness;

/// <summary>
/// SQL by hand names the module's own tables, or what another module has published: a view made for that. Tables are found in the
/// migrations; every word of code and SQL that is a table's name counts.
/// </summary>
public sealed partial class SqlTests
{
    /// <summary>What modules publish for other modules' SQL; each is a view or function of the module whose name it bears.</summary>
    private static readonly string[] Published = ["customers_published", "customers_published_day", "customers_published_device", "goods_published_sale", "goods_published_line"];

    [Fact]
    public void SQL_names_own_tables_or_published_views()
    {
        var tables = Migrations().SelectMany(f => CreateTable().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet();
        var (looked, wrong) = (0, new List<string>());
        foreach (var file in Source.Files(Path.Combine("src", "Modules"), ".cs", ".razor", ".sql"))
        {
            var module = ModuleOf(file);
            var text = File.ReadAllText(file);
            // Foreign keys point downwards into other modules: the database's own walls between companies.
            text = file.EndsWith(".sql", StringComparison.Ordinal) ? Reference().Replace(SqlComment().Replace(text, ""), "") : Comment().Replace(text, "");
            foreach (var name in Name().Matches(text).Select(m => m.Value).Distinct().Where(n => tables.Contains(n) || Published.Contains(n)))
            {
                looked++;
                if (!name.StartsWith(module + "_", StringComparison.Ordinal) && !Published.Contains(name)) wrong.Add($"{Source.Relative(file)}: {name}");
            }
        }

        Assert.Contains("customers_customer", tables);
        Source.Hold(looked, wrong, "SQL names own tables or published views");
    }

    [Fact]
    public void What_is_published_is_there_and_used()
    {
        var views = Migrations().SelectMany(f => CreateView().Matches(File.ReadAllText(f)).Select(m => (Module: ModuleOf(f), Name: m.Groups[1].Value, Engine: Path.GetFileName(f).Split('.')[^2], Rules: m.Groups[2].Value))).ToList();
        var wrong = new List<string>();
        foreach (var name in Published)
        {
            var made = views.Where(v => v.Name == name).ToList();
            if (made.Select(v => v.Engine).Distinct().Count() != 2) wrong.Add($"{name} is not made once on each engine");
            if (made.Any(v => !name.StartsWith(v.Module + "_", StringComparison.Ordinal))) wrong.Add($"{name} is made by another module");
            // A view reads with the rights of who made it unless it says otherwise: row-level security would be passed by.
            if (made.Any(v => v.Engine == "postgres" && !v.Rules.Contains("security_invoker = true", StringComparison.Ordinal))) wrong.Add($"{name} does not keep row-level security");
            var owner = name[..name.IndexOf('_', StringComparison.Ordinal)];
            if (!Source.Files(Path.Combine("src", "Modules"), ".cs").Any(f => ModuleOf(f) != owner && File.ReadAllText(f).Contains(name, StringComparison.Ordinal))) wrong.Add($"{name} is used by no other module");
        }

        wrong.AddRange(views.Where(v => !Published.Contains(v.Name)).Select(v => $"{v.Name} is a view that the list does not name"));
        Source.Hold(views.Count, wrong, "published views");
    }

    private static IEnumerable<string> Migrations() => Source.Files("src", ".sql").Where(f => Path.GetDirectoryName(f)!.EndsWith("Migrations", StringComparison.Ordinal));

    private static string ModuleOf(string file)
    {
        var parts = Source.Relative(file).Split(Path.DirectorySeparatorChar);
        return (parts[1] == "Modules" ? parts[2] : parts[1]).ToLowerInvariant();
    }

    [GeneratedRegex(@"create\s+(?:virtual\s+)?table\s+(?:if not exists\s+)?([a-z_0-9]+)")]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"create\s+view\s+([a-z_0-9]+)([^;]*)")]
    private static partial Regex CreateView();

    [GeneratedRegex(@"\breferences\s+[a-z_0-9]+")]
    private static partial Regex Reference();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex SqlComment();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b[a-z]+_[a-z_0-9]+\b")]
    private static partial Regex Name();
}
