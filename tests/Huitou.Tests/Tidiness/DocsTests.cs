using System.Text.RegularExpressions;

namespace Huitou.Tests.Tidiness;

/// <summary>What the pages of <c>docs/</c> name is there, so that a promise never points at a test that is gone.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Tests_and_rules_that_the_docs_name_exist()
    {
        var classes = Source.Files("tests", ".cs").Concat(Source.Files("src", ".cs")).SelectMany(f => Class().Matches(File.ReadAllText(f))).Select(m => m.Groups["name"].Value).ToHashSet();
        var (looked, wrong) = (0, new List<string>());
        foreach (var page in Source.Files("docs", ".md"))
        {
            foreach (var name in Named().Matches(File.ReadAllText(page)).Select(m => m.Groups["name"].Value).Distinct())
            {
                looked++;
                if (!classes.Contains(name)) wrong.Add($"{Source.Relative(page)}: {name}");
            }
        }

        Source.Hold(looked, wrong, "tests and rules that the docs name are classes here");
    }

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z]*(Tests|Rules))`", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    [GeneratedRegex(@"\bclass (?<name>[A-Za-z]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Class();
}
