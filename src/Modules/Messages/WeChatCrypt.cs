using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Huitou.Messages;

/// <summary>
/// What WeChat (official accounts and WeCom) wraps its callbacks in: a SHA-1 over the sorted words, and AES-256-CBC over 16 random bytes, the length of
/// the words as four bytes, the words, and the id of the receiver, padded to 32 bytes. The key is their 43 letters, the first 16 bytes of it the vector.
/// </summary>
public static class WeChatCrypt
{
    /// <summary>Letters of an EncodingAESKey.</summary>
    public const int KeyLength = 43;

    private const int Block = 32;
    private const int Random = 16;

    /// <summary>Sorted by their bytes, put together, SHA-1, hexadecimal.</summary>
    public static string Sign(params string[] words)
    {
        Array.Sort(words, StringComparer.Ordinal);
#pragma warning disable CA5350 // SHA-1 is what they prescribe; the address itself holds a secret too
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(words))));
#pragma warning restore CA5350
    }

    /// <summary>True when the signature is that of the words.</summary>
    public static bool Signed(string? signature, params string[] words) => signature is { Length: 40 } && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature.ToLowerInvariant()), Encoding.ASCII.GetBytes(Sign(words)));

    /// <summary>A fresh EncodingAESKey.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", KeyLength);

    /// <summary>The words, and for whom they are; null: not wrapped with this key.</summary>
    public static (string Words, string Receiver)? Open(string key, string wrapped)
    {
        try
        {
            var secret = SecretOf(key);
            using var aes = Aes.Create();
            aes.Key = secret;
            var plain = aes.DecryptCbc(Convert.FromBase64String(wrapped), secret.AsSpan(0, Random), PaddingMode.None);
            var pad = plain.Length > 0 ? plain[^1] : 0;
            if (pad is < 1 or > Block || plain.Length - pad < Random + 4) return null;
            var rest = plain.AsSpan(Random, plain.Length - pad - Random);
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - 4) return null;
            return (Encoding.UTF8.GetString(rest.Slice(4, length)), Encoding.UTF8.GetString(rest[(4 + length)..]));
        }
        catch (Exception failed) when (failed is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Wraps words as WeChat does.</summary>
    public static string Wrap(string key, string words, string receiver) => Wrap(key, words, receiver, RandomNumberGenerator.GetBytes(Random));

    /// <summary>The same with bytes of the caller's, for tests.</summary>
    public static string Wrap(string key, string words, string receiver, byte[] random)
    {
        var (text, to) = (Encoding.UTF8.GetBytes(words), Encoding.UTF8.GetBytes(receiver));
        var bare = Random + 4 + text.Length + to.Length;
        var pad = Block - bare % Block;
        var plain = new byte[bare + pad];
        random.AsSpan(0, Random).CopyTo(plain);
        BinaryPrimitives.WriteInt32BigEndian(plain.AsSpan(Random), text.Length);
        text.CopyTo(plain, Random + 4);
        to.CopyTo(plain, Random + 4 + text.Length);
        plain.AsSpan(bare).Fill((byte)pad);
        var secret = SecretOf(key);
        using var aes = Aes.Create();
        aes.Key = secret;
        return Convert.ToBase64String(aes.EncryptCbc(plain, secret.AsSpan(0, Random), PaddingMode.None));
    }

    private static byte[] SecretOf(string key) => key.Length == KeyLength ? Convert.FromBase64String(key + "=") : throw new FormatException();
}
