using Npgsql;

namespace LegPain.Journal.PostgreSql;

/// <summary>What an error of PostgreSQL says about the statement it ended.</summary>
internal static class PostgresErrors
{
    /// <summary>
    /// Whether the server undid the statement and goes on: nothing was written. A FATAL ends the connection and proves
    /// nothing, for it also ends one whose statement has just been committed.
    /// </summary>
    public static bool IsError(Exception exception) => exception is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>Whether the statement only lost against another one and can be sent again.</summary>
    public static bool IsUndone(PostgresException exception) => IsError(exception)
        && exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>Whether one row is at fault: its data, a constraint, a size, or the page it belongs to.</summary>
    public static bool IsOfOneRecord(PostgresException exception) =>
        exception.SqlState[..2] is "22" or "23" or "54" || IsCorrupt(exception);

    public static bool IsCorrupt(Exception exception) =>
        exception is PostgresException
        {
            SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted,
        };
}
