using Huitou.Kernel;
using Huitou.Kit;
using Xunit;

namespace Huitou.Rules.Kit;

/// <summary>A drawn signature is lines and nothing else: what it may be, what it may not, and how it stands on paper.</summary>
public class SignatureRules
{
    private const string Drawn = "M40 120L60 80L90 140L130 60M150 100L220 110";

    [Theory]
    [InlineData(Drawn, Drawn)]
    [InlineData("  " + Drawn + " ", Drawn)]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void What_was_drawn_is_kept(string? sent, string kept) => Assert.Equal(kept, DrawnSignature.Read(sent));

    [Theory]
    [InlineData("M1 1\"/><script>alert(1)</script>")]
    [InlineData("M40 120C60 80 90 140 130 60")]
    [InlineData("M40 120L601 80L90 140L130 60")]
    [InlineData("M40 201L60 80L90 140L130 60")]
    [InlineData("M-4 120L60 80L90 140L130 60")]
    [InlineData("M40.5 120L60 80L90 140L130 60")]
    [InlineData("L40 120L60 80L90 140L130 60")]
    [InlineData("url(http://x/)")]
    [InlineData("M٤٠ 120L60 80L90 140L130 60")]
    public void What_is_no_lines_is_refused(string sent) => Assert.Equal("kit.signature.wrong", Assert.Throws<Refused>(() => DrawnSignature.Read(sent)).Key);

    [Theory]
    [InlineData("M40 120")]
    [InlineData("M40 120L41 120L42 120L43 120L44 121")]
    [InlineData("M40 120L300 120")]
    public void A_dot_signs_nothing(string sent) => Assert.Equal("kit.signature.little", Assert.Throws<Refused>(() => DrawnSignature.Read(sent)).Key);

    [Fact]
    public void There_is_a_longest_one()
    {
        var longest = "M0 0" + string.Concat(Enumerable.Repeat("L100 100", (DrawnSignature.Max - 4) / 8));
        Assert.Equal(longest, DrawnSignature.Read(longest));
        Assert.Throws<Refused>(() => DrawnSignature.Read(longest + "L100 100"));
    }

    [Fact]
    public void On_paper_only_the_lines_come_through()
    {
        var paper = PaperHtml.Of($"<div class=\"paper-sheet\"><h1>单</h1><svg class=\"signature-view\" viewBox=\"0 0 600 200\" onload=\"x()\"><title>t</title><image href=\"file:///etc/passwd\"/><path d=\"{Drawn}\" stroke=\"url(http://x/)\"></path><path d=\"M0 0url(http://x)\"></path>words</svg><svg><path d=\"{Drawn}\"></path></svg><p>后</p></div>", "zh-CN")!.Document;
        Assert.Contains($"<path d=\"{Drawn}\" fill=\"none\"", paper, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(paper, "<path "));
        Assert.Contains("</svg><p>后</p></div>", paper, StringComparison.Ordinal);
        foreach (var not in new[] { "passwd", "http://x", "onload", "words", "<image", "<title>t" }) Assert.DoesNotContain(not, paper[paper.IndexOf("<body>", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }
}
