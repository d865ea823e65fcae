using Huitou.Kit;
using Xunit;

namespace Huitou.Rules.Kit;

/// <summary>What of a page becomes a paper: words and what lays them out; nothing that names a file or an address.</summary>
public class PaperRules
{
    [Theory]
    [InlineData("<img src=file:///etc/passwd>")]
    [InlineData("<img src=\"http://169.254.169.254/\" onerror=alert(1)>")]
    [InlineData("<img class=\"qr\" src=\"file:///etc/passwd\">")]
    [InlineData("<img class=\"qr\" src=\"data:image/svg+xml;base64,PHN2Zz4=\">")]
    [InlineData("<link rel=attachment href=\"file:///etc/passwd\">")]
    [InlineData("<object data=\"file:///etc/passwd\">x</object>")]
    [InlineData("<style>@import url(file:///etc/passwd); p { background: url(http://x/) }</style>")]
    [InlineData("<p style=\"background:url(http://x/)\" class=\"note\">x</p>")]
    [InlineData("<a href=\"file:///etc/passwd\">x</a>")]
    [InlineData("<svg><image href=\"file:///etc/passwd\"/><style>p{content:url(http://x/)}</style></svg>")]
    [InlineData("<IMG SRC='file:///etc/passwd'/>")]
    [InlineData("<scr<script>ipt src=http://x/></script>")]
    [InlineData("<p title='>' src=\"file:///etc/passwd\">x</p>")]
    [InlineData("<img src=\"a\"<img src=file:///etc/passwd>")]
    [InlineData("<embed src=file:///etc/passwd><iframe src=file:///etc/passwd></iframe><video poster=http://x/></video>")]
    [InlineData("<!-- --><base href=file:///etc/><!-- <p> -->")]
    public void Nothing_in_a_paper_can_fetch(string planted)
    {
        var paper = PaperHtml.Of($"<html><head><link href=\"/kit.css\"></head><body><nav>menu</nav><div class=\"paper-sheet\"><h1>Title</h1><p>before</p>{planted}<p>after</p></div></body></html>", "en")!;
        var body = paper.Document[paper.Document.IndexOf("<body>", StringComparison.Ordinal)..];
        foreach (System.Text.RegularExpressions.Match tag in System.Text.RegularExpressions.Regex.Matches(body, "<[^>]*>")) Assert.Matches("^</?(div|h1|p|body|html)( class=\"[a-z -]*\")?>$", tag.Value);
        Assert.Contains("<p>before</p>", body, StringComparison.Ordinal);
        Assert.DoesNotContain("menu", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_stay_as_they_were_written()
    {
        var paper = PaperHtml.Of("<main><div class=\"watermark\"><span>陈立</span></div><div class=\"x paper-sheet\" data-a=\"b\"><h1>答复 &amp; <b>信</b></h1><p lang=\"zh-CN\">说的是 &lt;img src=file:///etc/passwd&gt; 和 1 &lt; 2</p><br /><table><tr><th scope=\"row\">编号</th></tr></table><button>按</button></div><p>后面</p></main>", "zh-CN")!;
        Assert.Equal("答复 & 信", paper.Title);
        Assert.Contains("<div class=\"watermark\"><span>陈立</span></div><div class=\"x paper-sheet\">", paper.Document, StringComparison.Ordinal);
        Assert.Contains("<p lang=\"zh-CN\">说的是 &lt;img src=file:///etc/passwd&gt; 和 1 &lt; 2</p><br><table><tr><th scope=\"row\">编号</th></tr></table></div></body>", paper.Document, StringComparison.Ordinal);
    }

    // As the page writes it: a plus is encoded.
    [Fact]
    public void A_code_to_scan_comes_with_its_picture() =>
        Assert.Contains("<img class=\"qr\" src=\"data:image/png;base64,iVBORw0KGgo+/A==\">", PaperHtml.Of("<div class=\"paper-sheet outgoing poster\"><h1>卡</h1><img class=\"qr\" src=\"data:image/png;base64,iVBORw0KGgo&#x2B;/A==\" alt=\"码\" width=\"240\" /></div>", "zh-CN")!.Document, StringComparison.Ordinal);

    [Fact]
    public void What_goes_out_bears_no_mark_of_who_printed_it() =>
        Assert.DoesNotContain("陈立", PaperHtml.Of("<div class=\"watermark\"><span>陈立</span></div><div class=\"paper-sheet outgoing letter\"><h1>信</h1></div>", "zh-CN")!.Document, StringComparison.Ordinal);

    [Theory]
    [InlineData("<p>no paper</p>")]
    [InlineData("<div class=\"paper-sheets\">x</div>")]
    [InlineData("<div class=\"paper-sheet\">never closed")]
    public void A_page_without_a_paper_has_none(string page) => Assert.Null(PaperHtml.Of(page, "en"));

    [Fact]
    public void Ten_thousand_open_tags_end() => Assert.Null(PaperHtml.Of("<div class=\"paper-sheet\">" + string.Concat(Enumerable.Repeat("<div>", 10_000)), "en"));

    [Theory]
    [InlineData("答复/客诉: \"KS-2026-000001\"\n", "答复客诉 KS-2026-000001.pdf")]
    [InlineData("///", "paper.pdf")]
    public void A_file_is_called_as_the_paper_is(string title, string name) => Assert.Equal(name, PaperPages.FileName(title));
}
