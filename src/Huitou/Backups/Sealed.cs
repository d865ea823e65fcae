using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Huitou.Backups;

/// <summary>
/// How a backup is sealed: AES-256-GCM over pieces of 64 KiB, each with its place in its nonce and the last one marked, so that a piece changed,
/// moved, left out or cut off the end does not open. Every file has a key of its own, derived from the key file and 16 random bytes at its start.
/// </summary>
internal static class Sealed
{
    public const int Piece = 64 * 1024;
    public const int Tag = 16;
    public const int Salt = 16;

    /// <summary>First bytes of the file: what it is, and the version of this shape.</summary>
    public static ReadOnlySpan<byte> Mark => "HUITOU-BACKUP-1\n"u8;

    /// <summary>A key file holds 64 hexadecimal digits.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static byte[] ReadKey(string path)
    {
        var text = File.ReadAllText(path).Trim();
        return text.Length == 64 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : throw new InvalidDataException($"{path} is no key file: `huitou backup-key FILE` makes one.");
    }

    public static AesGcm Open(byte[] key, ReadOnlySpan<byte> salt)
    {
        Span<byte> own = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, own, salt, "huitou backup"u8);
        return new AesGcm(own, Tag);
    }

    public static void Nonce(Span<byte> nonce, long place, bool last)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, place);
        nonce[11] = last ? (byte)1 : (byte)0;
    }
}

/// <summary>Seals what is written; <see cref="CloseAsync"/> writes the last piece.</summary>
internal sealed class SealingStream : Stream
{
    private readonly Stream to;
    private readonly AesGcm aes;
    private readonly byte[] plain = new byte[Sealed.Piece];
    private readonly byte[] closed = new byte[Sealed.Piece + Sealed.Tag];
    private int held;
    private long place;

    public SealingStream(Stream to, byte[] key)
    {
        this.to = to;
        var salt = RandomNumberGenerator.GetBytes(Sealed.Salt);
        aes = Sealed.Open(key, salt);
        to.Write(Sealed.Mark);
        to.Write(salt);
    }

    /// <summary>Writes what is left; without it the file does not open.</summary>
    public async Task CloseAsync() => await to.WriteAsync(Close(last: true));

    private ReadOnlyMemory<byte> Close(bool last)
    {
        Span<byte> nonce = stackalloc byte[12];
        Sealed.Nonce(nonce, place++, last);
        aes.Encrypt(nonce, plain.AsSpan(0, held), closed.AsSpan(0, held), closed.AsSpan(held, Sealed.Tag));
        var size = held + Sealed.Tag;
        held = 0;
        return closed.AsMemory(0, size);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // A full piece waits for more: only then is it not the last.
            if (held == Sealed.Piece) to.Write(Close(last: false).Span);
            var n = Math.Min(buffer.Length, Sealed.Piece - held);
            buffer[..n].CopyTo(plain.AsSpan(held));
            held += n;
            buffer = buffer[n..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override void Flush() { }
    protected override void Dispose(bool disposing) { if (disposing) aes.Dispose(); base.Dispose(disposing); }
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Opens what was sealed. Gives no byte that was not proved; ends only after the marked last piece.</summary>
internal sealed class OpeningStream : Stream
{
    private readonly Stream from;
    private readonly AesGcm aes;
    private readonly byte[] plain = new byte[Sealed.Piece];
    private readonly byte[] closed = new byte[Sealed.Piece + Sealed.Tag + 1];
    private int held, given, ahead;
    private long place;
    private bool over;

    /// <exception cref="InvalidDataException">Not a backup of ours.</exception>
    public OpeningStream(Stream from, byte[] key)
    {
        this.from = from;
        Span<byte> start = stackalloc byte[Sealed.Mark.Length + Sealed.Salt];
        if (from.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Sealed.Mark)) throw new InvalidDataException("This is no backup of Huitou.");
        aes = Sealed.Open(key, start[Sealed.Mark.Length..]);
    }

    public override int Read(Span<byte> buffer)
    {
        while (given == held && !over) Open();
        var n = Math.Min(buffer.Length, held - given);
        plain.AsSpan(given, n).CopyTo(buffer);
        given += n;
        return n;
    }

    // One byte further than the piece: whether more comes says whether this is the last.
    private void Open()
    {
        var size = ahead + from.ReadAtLeast(closed.AsSpan(ahead), closed.Length - ahead, throwOnEndOfStream: false);
        over = size < closed.Length;
        var piece = over ? size : size - 1;
        if (piece < Sealed.Tag) throw new InvalidDataException("The backup is cut off.");
        Span<byte> nonce = stackalloc byte[12];
        Sealed.Nonce(nonce, place++, over);
        (held, given) = (piece - Sealed.Tag, 0);
        try
        {
            aes.Decrypt(nonce, closed.AsSpan(0, held), closed.AsSpan(held, Sealed.Tag), plain.AsSpan(0, held));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException(place == 1 ? "The backup does not open with this key, or was changed." : "The backup was changed or cut off.");
        }

        ahead = over ? 0 : 1;
        if (!over) closed[0] = closed[size - 1];
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));
    protected override void Dispose(bool disposing) { if (disposing) aes.Dispose(); base.Dispose(disposing); }
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
