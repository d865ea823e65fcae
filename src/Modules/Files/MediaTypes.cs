namespace Huitou.Files;

/// <summary>The kinds of file that may be attached, told by their first bytes.</summary>
public static class MediaTypes
{
    /// <summary>How many bytes are looked at.</summary>
    public const int Looked = 16;

    /// <summary>The media type, or null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "image/gif"
        : start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) ? "image/webp"
        : start.StartsWith("%PDF-"u8) ? "application/pdf"
        : null;
}
