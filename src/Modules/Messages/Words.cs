using System.Text.RegularExpressions;

namespace Huitou.Messages;

/// <summary>A piece of a message: plain words, or an address of ours that can be opened.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Href">Where it leads; null for words.</param>
public sealed record Piece(string Text, string? Href);

/// <summary>
/// Addresses of ours stand in a message as paths (<c>/r/…</c>, 22 characters of token) or in full: the screen makes links
/// of them, a channel puts the company's public address before them.
/// </summary>
public static partial class Words
{
    [GeneratedRegex("(?:https?://[A-Za-z0-9.:-]+|(?<![A-Za-z0-9.:/_-]))(?<path>/[a-z]{1,12}/[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Ours();

    /// <summary>The text in pieces, addresses apart.</summary>
    public static IEnumerable<Piece> Split(string text)
    {
        var at = 0;
        foreach (Match match in Ours().Matches(text))
        {
            if (match.Index > at) yield return new Piece(text[at..match.Index], null);
            yield return new Piece(match.Value, match.Groups["path"].Value);
            at = match.Index + match.Length;
        }

        if (at < text.Length) yield return new Piece(text[at..], null);
    }

    /// <summary>The text as it leaves the house.</summary>
    /// <param name="text">With paths.</param>
    /// <param name="publicAddress">How customers reach this installation, e.g. <c>https://hui.example.com</c>.</param>
    public static string WithAddress(string text, string publicAddress) => Ours().Replace(text, publicAddress.TrimEnd('/') + "${path}");

    /// <summary>The text for staff once it has really gone out: the customer's own address stays the customer's.</summary>
    public static string WithoutTokens(string text) => Ours().Replace(text, match => match.Value[..^22] + "••••");
}
