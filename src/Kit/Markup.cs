using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;

namespace Huitou.Kit;

/// <summary>
/// Markup written straight, for what stands on a page by the hundred: rows, options, the frame. As elements and components it took
/// most of the page's time. <c>m.Add($"""&lt;td&gt;{name}&lt;/td&gt;""")</c>: what is written in the source stays as it is, every value
/// put in is encoded, and a <see cref="MarkupString"/> is markup already.
/// </summary>
public sealed class Markup
{
    private const int Usual = 2048;
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder text = new(Usual);

    /// <summary>One piece by itself.</summary>
    public static MarkupString Of(Pieces pieces) => pieces.Whole.Take();

    /// <summary>Adds a piece.</summary>
    public Markup Add([InterpolatedStringHandlerArgument("")] Pieces pieces)
    {
        _ = pieces;
        return this;
    }

    /// <summary>What was written so far; the next begins anew.</summary>
    public MarkupString Take()
    {
        var written = text.ToString();
        text.Clear();
        return new(written);
    }

    private void Encode(ReadOnlySpan<char> value)
    {
        Span<char> room = stackalloc char[256];
        while (value.Length > 0)
        {
            Html.Encode(value, room, out var read, out var written);
            text.Append(room[..written]);
            value = value[read..];
        }
    }

    /// <summary>The parts of an interpolated string, as the compiler hands them over.</summary>
    [InterpolatedStringHandler]
    public readonly struct Pieces
    {
        public Pieces(int literalLength, int formattedCount) : this(literalLength, formattedCount, new Markup()) { }

        public Pieces(int literalLength, int formattedCount, Markup whole)
        {
            _ = (literalLength, formattedCount);
            Whole = whole;
        }

        internal Markup Whole { get; }

        public void AppendLiteral(string value) => Whole.text.Append(value);

        public void AppendFormatted(MarkupString value) => Whole.text.Append(value.Value);

        public void AppendFormatted(string? value)
        {
            if (!string.IsNullOrEmpty(value)) Whole.Encode(value);
        }

        public void AppendFormatted(int value) => Whole.text.Append(CultureInfo.InvariantCulture, $"{value}");

        public void AppendFormatted(Guid value) => Whole.text.Append(CultureInfo.InvariantCulture, $"{value}");

        /// <summary>An attribute that is there only with a value: <c>$"&lt;a{("title", word)}&gt;"</c>.</summary>
        public void AppendFormatted((string Name, string? Value) attribute)
        {
            if (attribute.Value is null) return;
            Whole.text.Append(' ').Append(attribute.Name).Append("=\"");
            Whole.Encode(attribute.Value);
            Whole.text.Append('"');
        }
    }
}
