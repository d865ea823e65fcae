namespace Huitou.Kernel;

/// <summary>Identity of rows: UUID version 7 (RFC 9562), so that keys made later sort later and indexes grow at one end.</summary>
public static class Ids
{
    public static Guid New() => Guid.CreateVersion7();

    /// <summary>For many rows of one moment: the given instant decides the order.</summary>
    public static Guid New(DateTime utc) => Guid.CreateVersion7(new DateTimeOffset(utc, TimeSpan.Zero));
}
