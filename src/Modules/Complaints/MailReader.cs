using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Text;

namespace Huitou.Complaints;

/// <summary>A mail as the desk takes it.</summary>
public sealed record ReadMail
{
    public required string OnceKey { get; init; }
    /// <summary>Lower case.</summary>
    public required string Sender { get; init; }
    public string SenderName { get; init; } = "";
    public string Subject { get; init; } = "";
    /// <summary>All that was written.</summary>
    public required string Words { get; init; }
    /// <summary>Without what was quoted from an earlier mail.</summary>
    public required string New { get; init; }
    /// <summary>Numbers of ours that it answers: the ids of messages we sent.</summary>
    public IReadOnlyList<Guid> Answers { get; init; } = [];
    /// <summary>Number and receipt of a case, from the subject or the address it was sent to; the receipt may be empty.</summary>
    public IReadOnlyList<(string Number, string Receipt)> Codes { get; init; } = [];
    /// <summary>Text key of why no person wrote this; empty.</summary>
    public string Automatic { get; init; } = "";
    /// <summary>Text key of why somebody has to look first; empty.</summary>
    public string Doubt { get; init; } = "";
    public DateTime SentAt { get; init; }
    public IReadOnlyList<MimePart> Files { get; init; } = [];
}

/// <summary>Reads what stands in a mail; pure. What the mail server found (spam, a forged sender) is believed, nothing is asked outside.</summary>
public static partial class MailReader
{
    public static ReadMail Read(MimeMessage message, string own, DateTime receivedAt)
    {
        var from = message.From.Mailboxes.FirstOrDefault() ?? message.Sender;
        var sender = (from?.Address ?? "").Trim().ToLowerInvariant();
        var words = WordsOf(message);
        var subject = Tidy(message.Subject ?? "");
        var to = message.To.Mailboxes.Concat(message.Cc.Mailboxes).Select(m => m.Address).Concat(message.Headers.Where(h => h.Field.Equals("Delivered-To", StringComparison.OrdinalIgnoreCase) || h.Field.Equals("X-Original-To", StringComparison.OrdinalIgnoreCase)).Select(h => h.Value));
        var names = message.References.Append(message.InReplyTo ?? "");
        return new ReadMail
        {
            OnceKey = OnceKey(message, sender, words), Sender = sender, SenderName = Tidy(from?.Name ?? ""), Subject = subject, Words = words, New = NewPart(words),
            Answers = [.. names.Select(OurId).OfType<Guid>().Distinct()], Codes = [.. new[] { subject }.Concat(to).SelectMany(CodesOf).Distinct()],
            Automatic = AutomaticOf(message, sender, own), Doubt = DoubtOf(message, sender), SentAt = SentOf(message, receivedAt),
            Files = [.. message.BodyParts.OfType<MimePart>().Where(p => p.IsAttachment || p.ContentType.IsMimeType("image", "*"))],
        };
    }

    /// <summary>The same mail is the same, by whichever folder and in whichever sitting it is read.</summary>
    private static string OnceKey(MimeMessage message, string sender, string words) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', message.MessageId ?? "", sender, message.Date.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture), message.Subject ?? "", words))))[..40];

    private static DateTime SentOf(MimeMessage message, DateTime receivedAt)
    {
        // A clock of a sender that runs ahead, or stands in another century, says nothing.
        var said = message.Date.UtcDateTime;
        return said > receivedAt || said < receivedAt.AddDays(-30) ? receivedAt : said;
    }

    private static string WordsOf(MimeMessage message)
    {
        var plain = message.GetTextBody(TextFormat.Plain);
        var text = string.IsNullOrWhiteSpace(plain) ? message.HtmlBody is { } html ? TextOf(html) : "" : plain;
        text = new string([.. text.ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))]);
        return Gaps().Replace(text, "\n\n").Trim();
    }

    /// <summary>The words of a page, as they would be read: no script, no style, a line for each paragraph.</summary>
    public static string TextOf(string html)
    {
        var text = new StringBuilder();
        var hidden = 0;
        var reader = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        while (reader.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken tag)
            {
                if (tag.Id is HtmlTagId.Script or HtmlTagId.Style or HtmlTagId.Head or HtmlTagId.Title && !tag.IsEmptyElement) hidden = Math.Max(0, hidden + (tag.IsEndTag ? -1 : 1));
                else if (tag.Id is HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.LI or HtmlTagId.TR or HtmlTagId.H1 or HtmlTagId.H2 or HtmlTagId.H3 or HtmlTagId.BlockQuote) text.Append('\n');
            }
            else if (token is HtmlDataToken data and not HtmlScriptDataToken && hidden == 0) text.Append(Blanks().Replace(data.Data, " "));
        }

        return WebUtility.HtmlDecode(text.ToString()).Replace('\u00a0', ' ');
    }

    /// <summary>What is new in an answer: without the mail quoted under it, and without lines quoted by <c>&gt;</c> at its end. All, where nothing would be left.</summary>
    public static string NewPart(string words)
    {
        var lines = words.Split('\n').ToList();
        var cut = lines.FindIndex(l => Quoted().IsMatch(l));
        if (cut > 0) lines.RemoveRange(cut, lines.Count - cut);
        while (lines.Count > 0 && (lines[^1].TrimStart().StartsWith('>') || string.IsNullOrWhiteSpace(lines[^1]))) lines.RemoveAt(lines.Count - 1);
        var rest = string.Join('\n', lines).Trim();
        return rest.Length == 0 ? words : rest;
    }

    private static IEnumerable<(string, string)> CodesOf(string text) =>
        Code().Matches(text.ToUpperInvariant()).Select(m => (m.Groups["number"].Value, m.Groups["receipt"].Success ? m.Groups["receipt"].Value.Replace(" ", "-", StringComparison.Ordinal) : ""));

    // <id@huitou>, see SmtpChannel.
    private static Guid? OurId(string name) => name.Trim('<', '>', ' ').Split('@') is [var id, "huitou"] && Guid.TryParseExact(id, "N", out var ours) ? ours : null;

    private static string AutomaticOf(MimeMessage message, string sender, string own)
    {
        bool Says(string field, params string[] words) => message.Headers[field] is { } value && words.Any(w => value.Contains(w, StringComparison.OrdinalIgnoreCase));
        if (sender.Length > 0 && sender.Equals(own, StringComparison.OrdinalIgnoreCase)) return "complaints.mail.why.own";
        if (message.Body is MultipartReport || Says("Content-Type", "multipart/report") || sender.StartsWith("mailer-daemon@", StringComparison.Ordinal) || sender.StartsWith("postmaster@", StringComparison.Ordinal) || message.Headers["Return-Path"]?.Trim() == "<>") return "complaints.mail.why.bounce";
        if (message.Headers["Auto-Submitted"] is { } auto && !auto.Trim().StartsWith("no", StringComparison.OrdinalIgnoreCase) || message.Headers.Contains("X-Autoreply") || Says("X-Auto-Response-Suppress", "all") && Says("Precedence", "auto")) return "complaints.mail.why.automatic";
        if (message.Headers.Contains("List-Id") || message.Headers.Contains("List-Unsubscribe") || Says("Precedence", "bulk", "list", "junk")) return "complaints.mail.why.list";
        return "";
    }

    private static string DoubtOf(MimeMessage message, string sender)
    {
        if (!MailboxAddress.TryParse(sender, out _) || sender.Length > Mail.AddressMax || !sender.Contains('@', StringComparison.Ordinal)) return "complaints.mail.why.sender";
        if (message.Headers["X-Spam-Flag"]?.Trim().StartsWith("YES", StringComparison.OrdinalIgnoreCase) == true || message.Headers["X-Spam-Status"]?.Trim().StartsWith("Yes", StringComparison.OrdinalIgnoreCase) == true || message.Headers["X-QQ-SPAM"]?.Trim() == "true") return "complaints.mail.why.spam";
        // The topmost line is our own server's; those below it anybody may have written.
        if (message.Headers["Authentication-Results"] is { } found && found.Contains("dmarc=fail", StringComparison.OrdinalIgnoreCase)) return "complaints.mail.why.forged";
        return "";
    }

    private static string Tidy(string text) => Blanks().Replace(new string([.. text.Where(c => !char.IsControl(c) || c is '\n' or '\t')]), " ").Trim();

    [GeneratedRegex(@"(?<number>KS-\d{4}-\d{6,})(?:[-\s·/]+(?<receipt>[2-9A-HJ-NP-Z]{4}[- ][2-9A-HJ-NP-Z]{4}))?")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex Gaps();

    // The head of a quoted mail, as the usual programs write it: 原始邮件, 回复的原邮件, 转发邮件; 在 … 写道; … 于 … 写道; 发件人.
    [GeneratedRegex(@"^\s*(-{2,}\s*(Original Message|Original|\u539f\u59cb\u90ae\u4ef6|\u539f\u59cb\u90f5\u4ef6|\u56de\u590d\u7684\u539f\u90ae\u4ef6|Forwarded message|\u8f6c\u53d1\u90ae\u4ef6|\u8f49\u5bc4\u90f5\u4ef6)\b?.*-{2,}|On .{6,120} wrote:|\u5728 ?.{4,120}(\u5199\u9053|\u5beb\u9053)[:：]|.{4,120}\u4e8e.{4,80}\u5199\u9053[:：]|(\u53d1\u4ef6\u4eba|\u5bc4\u4ef6\u8005|From)[:：] ?\S.*@.*)\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
