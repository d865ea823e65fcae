namespace Huitou.Kernel;

/// <summary>
/// Identity of rows: UUID version 7 (RFC 9562), so that keys made later sort later and indexes grow at one end. The twelve bits after the
/// millisecond hold the microseconds within it (6.2, method 3): ids sort as their instants do, and lists by id need no other order.
/// </summary>
public static class Ids
{
    public static Guid New() => New(TimeProvider.System.Now());

    /// <summary>For many rows of one moment: the given instant decides the order.</summary>
    public static Guid New(DateTime utc)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(new DateTimeOffset(utc, TimeSpan.Zero)).TryWriteBytes(bytes, bigEndian: true, out _);
        var within = utc.Ticks / TimeSpan.TicksPerMicrosecond % 1000;
        (bytes[6], bytes[7]) = ((byte)(0x70 | within >> 8), (byte)within);
        return new Guid(bytes, bigEndian: true);
    }
}
