using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Huitou.Kernel;

/// <summary>What a database refused, told the same way for both engines.</summary>
public static class DbErrors
{
    /// <summary>A unique key or index was hit: somebody else was first.</summary>
    public static bool IsUniqueViolation(this DbUpdateException failed) => failed.InnerException switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => true,
        SqliteException { SqliteExtendedErrorCode: 2067 or 1555 } => true,
        _ => false,
    };

    /// <summary>A foreign key was hit: the row pointed to is gone, or belongs to another company.</summary>
    public static bool IsForeignKeyViolation(this DbUpdateException failed) => failed.InnerException?.IsForeignKeyViolation() == true;

    /// <summary>A text holds what PostgreSQL cannot store: the character zero, which nobody types and a broken device sends.</summary>
    public static bool IsUnstorable(this Exception failed)
    {
        for (var one = failed; one is not null; one = one.InnerException)
        {
            if (one is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }) return true;
        }

        return false;
    }

    internal static bool IsForeignKeyViolation(this Exception failed) => failed switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } => true,
        SqliteException { SqliteExtendedErrorCode: 787 } => true,
        _ => false,
    };
}
