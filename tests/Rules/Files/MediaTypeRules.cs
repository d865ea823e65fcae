using System.Text;
using Huitou.Files;
using Xunit;

namespace Huitou.Rules.Files;

public class MediaTypeRules
{
    public static TheoryData<byte[], string?> Starts => new()
    {
        { [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png" },
        { [0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg" },
        { "GIF89a..."u8.ToArray(), "image/gif" },
        { "RIFF\0\0\0\0WEBPVP8 "u8.ToArray(), "image/webp" },
        { "RIFF\0\0\0\0WAVEfmt "u8.ToArray(), null },
        { "%PDF-1.7"u8.ToArray(), "application/pdf" },
        { "<svg xmlns="u8.ToArray(), null },
        { "<html>"u8.ToArray(), null },
        { "MZ"u8.ToArray(), null },
        { [], null },
    };

    [Theory]
    [MemberData(nameof(Starts))]
    public void Tells_a_file_by_its_first_bytes(byte[] start, string? type) => Assert.Equal(type, MediaTypes.Of(start));

    [Fact]
    public void A_name_says_nothing() => Assert.Null(MediaTypes.Of(Encoding.ASCII.GetBytes("photo.png")));
}
