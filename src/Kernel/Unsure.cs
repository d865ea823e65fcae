using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>
/// Nobody can say whether a commit stands: the connection broke in it, it took too long, or it was made without the standby that has to have
/// it. Never told as done and never as failed; the same act sent again under its name finds out.
/// </summary>
public sealed class CommitUnknown(Exception? why = null) : Exception("Whether the commit stands is not known.", why);

/// <summary>
/// Listens while a commit is under way. PostgreSQL commits on the primary alone when a time limit or a cancellation meets a commit that waits for
/// its standby; the driver calls that a success, and only a warning beside it tells.
/// </summary>
internal sealed class CommitWatch : IDisposable
{
    private readonly NpgsqlConnection? connection;

    public CommitWatch(DbConnection? watched)
    {
        connection = watched as NpgsqlConnection;
        connection?.Notice += Hear;
    }

    /// <summary>A warning came with the commit: it may stand on the primary only.</summary>
    public bool Warned { get; private set; }

    // The words are in the server's language; a commit of ours has no other warnings.
    private void Hear(object sender, NpgsqlNoticeEventArgs heard) => Warned |= heard.Notice.InvariantSeverity is "WARNING";

    public void Dispose() => connection?.Notice -= Hear;
}

/// <summary>What a database says when it is away, full or about to stop: nothing the asker did, and soon over.</summary>
public static class Away
{
    /// <summary>True when the database, or the disk below it, cannot serve now.</summary>
    public static bool Is(Exception? fault) => fault switch
    {
        null => false,
        // 08 connection; 40 the server gave the transaction up, for another's sake; 53 out of room, memory or connections; 57 stopping, starting, or a
        // statement ended by somebody (a cancellation meant for the one before it on this connection, a limit of the role); 58 disk of the server;
        // 25006 a standby; 25P03, 25P04 the session ended because it stood still, or took too long, in its transaction; 55P03 a lock not to be had in time;
        // XX that ends the session: the server came to grief over itself, as over a full disk when a session begins ("could not write init file")
        PostgresException said => said.SqlState[..2] is "08" or "40" or "53" or "57" or "58" || said.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or "25P03" or "25P04" or PostgresErrorCodes.LockNotAvailable
            || said.SqlState.StartsWith("XX", StringComparison.Ordinal) && said.InvariantSeverity is "FATAL" or "PANIC",
        // Of several hosts each said why it could not.
        AggregateException several => several.InnerExceptions.Any(Is),
        // Without a reason of its own: of several hosts none could serve when they were last looked at.
        NpgsqlException broken => broken.InnerException is null or IOException or System.Net.Sockets.SocketException or TimeoutException or EndOfStreamException || broken.IsTransient || Is(broken.InnerException),
        // SQLITE_BUSY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 10 or 13 or 14,
        // No space left on the device
        IOException { HResult: 28 } => true,
        _ => Is(fault.InnerException),
    };

    /// <summary>True when it broke off, so that what was asked last may or may not have been done.</summary>
    internal static bool BrokeOff(Exception fault) => fault is NpgsqlException and not PostgresException || fault is PostgresException said && said.SqlState.StartsWith("57P", StringComparison.Ordinal);
}
