using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Huitou.Kit;

/// <summary>
/// A paper taken out of the page that shows it: the element of the class <c>paper-sheet</c> with what is inside, and the watermark. Only tags and attributes
/// that lay out words come through, and codes to scan that carry their own picture; none of them can name a file or an address. What is no tag is text.
/// </summary>
/// <param name="Document">The whole document, with its style.</param>
/// <param name="Title">The first heading.</param>
public sealed partial record PaperHtml(string Document, string Title)
{
    private static readonly FrozenSet<string> Kept = new[]
    {
        "div", "section", "header", "footer", "p", "h1", "h2", "h3", "b", "strong", "em", "small", "span", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd",
        "blockquote", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "time",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> LeftOut = new[]
    {
        "script", "style", "svg", "button", "form", "template", "dialog", "noscript", "iframe", "object", "select", "textarea", "title", "head", "video", "audio", "canvas", "details",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Void = new[] { "br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr" }.ToFrozenSet();
    private static readonly FrozenSet<string> Attributes = new[] { "class", "lang", "dir", "scope", "colspan", "rowspan", "start" }.ToFrozenSet();
    private const int LongestCode = 40_000;
    private static readonly string Style = Read("paper.css");

    /// <summary>The paper of a page; null when it has none.</summary>
    /// <param name="page">The page's HTML.</param>
    /// <param name="language">What the words are in.</param>
    public static PaperHtml? Of(string page, string language)
    {
        var sheet = Pick(page, "paper-sheet");
        if (sheet is null) return null;
        var title = WebUtility.HtmlDecode(Tags().Replace(Heading().Match(sheet).Groups["words"].Value, "")).Trim();
        // Paper that goes to the customer bears no mark of who printed it.
        var mark = sheet[..sheet.IndexOf('>', StringComparison.Ordinal)].Contains(" outgoing", StringComparison.Ordinal) ? null : Pick(page, "watermark");
        return new($"<!DOCTYPE html><html lang=\"{WebUtility.HtmlEncode(language)}\"><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(title)}</title><style>{Style}</style></head><body>{mark}{sheet}</body></html>", title);
    }

    private static string? Pick(string page, string wanted)
    {
        var made = new StringBuilder();
        string? skipped = null;
        var (depth, inside, at, drawn) = (0, 0, 0, false);
        var open = new Stack<string>();
        foreach (Match token in Token().Matches(page))
        {
            if (open.Count > 0 && skipped is null && !drawn) Say(page.AsSpan(at, token.Index - at));
            at = token.Index + token.Length;
            var tag = token.Groups["tag"].Value.ToLowerInvariant();
            if (tag.Length == 0) continue; // a comment
            var closes = token.Groups["close"].Success;
            if (skipped is not null)
            {
                if (tag == skipped) inside += closes ? -1 : 1;
                if (inside == 0) skipped = null;
                continue;
            }

            var isVoid = Void.Contains(tag);
            if (open.Count == 0)
            {
                if (closes || isVoid || !(Attribute(token, "class") ?? "").Split(' ').Contains(wanted)) continue;
            }
            else if (tag == "svg" && !closes && (Attribute(token, "class") ?? "").Split(' ').Contains("signature-view"))
            {
                drawn = true; // what a person signed: its lines, and nothing else of the picture
                made.Append("<svg class=\"signature-view\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 200\" width=\"180\" height=\"60\">");
                continue;
            }
            else if (drawn)
            {
                if (tag == "path" && !closes && Attribute(token, "d") is { } lines && DrawnSignature.IsPath(lines)) made.Append("<path d=\"").Append(lines).Append("\" fill=\"none\" stroke=\"#000\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>");
                if (tag != "svg" || !closes) continue;
                drawn = false;
                made.Append("</svg>");
                continue;
            }
            else if (LeftOut.Contains(tag))
            {
                if (!closes) (skipped, inside) = (tag, 1);
                continue;
            }

            if (closes)
            {
                if (open.Count == 0 || open.Peek() != tag) continue;
                open.Pop();
                if (Kept.Contains(tag)) made.Append("</").Append(tag).Append('>');
                if (open.Count == 0) return made.ToString();
                continue;
            }

            if (!isVoid) open.Push(tag);
            depth = Math.Max(depth, open.Count);
            if (depth > 200) return null;
            if (tag == "img" && (Attribute(token, "class") ?? "").Split(' ').Contains("qr") && WebUtility.HtmlDecode(Attribute(token, "src")) is { Length: < LongestCode } code && Code().IsMatch(code))
            {
                made.Append("<img class=\"qr\" src=\"").Append(code).Append("\">"); // a code to scan: a picture that is its own address
                continue;
            }

            if (!Kept.Contains(tag)) continue;
            made.Append('<').Append(tag);
            foreach (Match one in AttributeOf().Matches(token.Groups["attributes"].Value))
            {
                var name = one.Groups["name"].Value.ToLowerInvariant();
                if (Attributes.Contains(name)) made.Append(' ').Append(name).Append("=\"").Append(WebUtility.HtmlEncode(WebUtility.HtmlDecode(one.Groups["value"].Value))).Append('"');
            }

            made.Append('>');
        }

        return null;

        void Say(ReadOnlySpan<char> words)
        {
            foreach (var c in words)
            {
                if (c == '<') made.Append("&lt;");
                else if (c == '>') made.Append("&gt;");
                else made.Append(c);
            }
        }
    }

    private static string? Attribute(Match token, string name)
    {
        foreach (Match one in AttributeOf().Matches(token.Groups["attributes"].Value))
        {
            if (one.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase)) return one.Groups["value"].Value;
        }

        return null;
    }

    private static string Read(string name)
    {
        using var stream = typeof(PaperHtml).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("""<(?:!--.*?--|(?<close>/)?(?<tag>[a-zA-Z][a-zA-Z0-9-]*)(?<attributes>(?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*/?)>""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Token();

    [GeneratedRegex("""(?<name>[^\s"'<>/=]+)\s*=\s*"(?<value>[^"]*)["]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AttributeOf();

    [GeneratedRegex("^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("<h1[^>]*>(?<words>.*?)</h1>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tags();
}
