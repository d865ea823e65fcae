using QRCoder;

namespace Huitou.Kit;

/// <summary>A QR code (ISO/IEC 18004) as a picture in the page.</summary>
public static class Qr
{
    // Wide enough to be printed large without blurred edges.
    private const int PixelsPerModule = 12;

    /// <summary>The code of a text, as the address of a picture. A quarter of it may be worn off or covered (level Q): most of them hang on a wall.</summary>
    public static string Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.Q);
        using var picture = new PngByteQRCode(data);
        return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(PixelsPerModule));
    }
}
