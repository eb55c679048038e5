using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LegPain.Journal.Sqlite;

/// <summary>The prepared statements of the writer's connection.</summary>
internal sealed class SqliteStatements : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _sequence;
    private readonly SqliteCommand _request;
    private readonly SqliteCommand _record;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _snapshot;

    public SqliteStatements(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare(connection, "BEGIN IMMEDIATE", 0);
        _commit = Prepare(connection, "COMMIT", 0);
        _rollback = Prepare(connection, "ROLLBACK", 0);
        _sequence = Prepare(connection, "SELECT sequence FROM head WHERE stream = $0", 1);
        _request = Prepare(connection, "SELECT sequence FROM record WHERE stream = $0 AND request_id = $1", 2);
        _record = Prepare(connection,
            "INSERT OR IGNORE INTO record (stream, sequence, recorded_at, request_id, request_hash, payload, checksum) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6)", 7);
        _head = Prepare(connection,
            "INSERT INTO head (stream, tenant, sequence, rank, due_at, updated_at, summary) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6) "
            + "ON CONFLICT (stream) DO UPDATE SET tenant = excluded.tenant, sequence = excluded.sequence, "
            + "rank = excluded.rank, due_at = excluded.due_at, updated_at = excluded.updated_at, "
            + "summary = excluded.summary", 7);
        _snapshot = Prepare(connection,
            "INSERT OR REPLACE INTO snapshot (stream, sequence, payload, checksum) VALUES ($0, $1, $2, $3)", 4);
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Undoes the transaction, unless SQLite has already done so.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.ExecuteNonQuery();
        }
    }

    /// <summary>Appends a record and its head, or says why not. Runs inside the batch's transaction.</summary>
    public AppendResult Append(JournalAppend append)
    {
        var record = append.Record;
        var current = Value(_sequence, append.Stream) ?? 0;
        if (current != record.Sequence - 1)
        {
            return Value(_request, append.Stream, record.RequestId) is { } earlier
                ? new(AppendOutcome.AlreadyApplied, earlier)
                : new(AppendOutcome.Conflict, current);
        }

        // The sequence is free, so the only row in the way is one with the same request id.
        if (Run(_record, append.Stream, record.Sequence, record.RecordedAt.UtcTicks, record.RequestId,
                record.RequestHash.ToArray(), record.Payload.ToArray(), (long)Checksum.Of(append.Stream, record)) == 0)
        {
            return new(AppendOutcome.AlreadyApplied, Value(_request, append.Stream, record.RequestId) ?? current);
        }

        var head = append.Head;
        Run(
            _head, append.Stream, head.Tenant, head.Sequence, (long)head.Rank,
            (object?)head.DueAt?.UtcTicks ?? DBNull.Value, head.UpdatedAt.UtcTicks, head.Summary.ToArray());
        return new(AppendOutcome.Appended, record.Sequence);
    }

    public void Write(string stream, JournalSnapshot snapshot) =>
        Run(_snapshot, stream, snapshot.Sequence, snapshot.Payload.ToArray(), (long)Checksum.Of(stream, snapshot));

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _sequence.Dispose();
        _request.Dispose();
        _record.Dispose();
        _head.Dispose();
        _snapshot.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed text only.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter
            {
                ParameterName = "$" + i.ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
        }

        command.Prepare();
        return command;
    }

    private static int Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Bind(command, values);
        return command.ExecuteNonQuery();
    }

    private static long? Value(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Bind(command, values);
        return (long?)command.ExecuteScalar();
    }

    private static void Bind(SqliteCommand command, ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
