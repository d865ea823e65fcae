using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Huitou.Goods.Public;

/// <summary>A number that stands for what a line says: 64 bits of SHA-256, compared within one invoice only.</summary>
public static class Fingerprint
{
    public static long Of(params ReadOnlySpan<object> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(CultureInfo.InvariantCulture, $"{part}\u001f");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        var number = BinaryPrimitives.ReadInt64LittleEndian(hash);
        return number == 0 ? 1 : number;
    }
}
