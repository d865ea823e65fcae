using QRCoder;

namespace Huitou.Care;

/// <summary>A QR code as a picture in the page.</summary>
internal static class Qr
{
    public static string Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(data);
        return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(8));
    }
}
