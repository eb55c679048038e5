using Npgsql;

namespace LegPain.Journal.Tests.PostgreSql;

/// <summary>A connection of the test's own, beside the journal's.</summary>
internal static class Raw
{
    public static async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        // No statement of a test's own waits for ever either.
        var connection = new NpgsqlConnection(database + ";Pooling=false;Command Timeout=60");
        await connection.OpenAsync();
        return connection;
    }

    public static Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return command.ExecuteNonQueryAsync().InTime();
    }

    public static Task<object?> ScalarAsync(this NpgsqlConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return command.ExecuteScalarAsync().InTime();
    }

    /// <summary>Inserts a record as another node's statement would, and leaves the transaction as it is.</summary>
    public static Task<int> InsertRecordAsync(
        this NpgsqlConnection connection, string stream, long sequence, string requestId) =>
        connection.ExecuteAsync(
            FormattableString.Invariant(
                $"""
                INSERT INTO legpain.record VALUES ('{stream}', {sequence}, 0, '{requestId}', '', '', 0);
                INSERT INTO legpain.head VALUES ('{stream}', 'tenant', {sequence}, 1, NULL, 0, '')
                ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence
                """));

    /// <summary>Waits until somebody waits for a lock that this connection holds.</summary>
    public static Task UntilWaitedForAsync(this NpgsqlConnection connection) =>
        Patience.UntilAsync(async () => (bool)(await connection.ScalarAsync(
            "SELECT EXISTS (SELECT FROM pg_locks "
            + "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"))!);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own fixed text.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
