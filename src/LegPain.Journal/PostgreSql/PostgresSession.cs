using Npgsql;
using NpgsqlTypes;

namespace LegPain.Journal.PostgreSql;

/// <summary>The writer's connection and its prepared statements.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    /// <summary>
    /// One statement, so one transaction and one round trip. Of the appends whose sequence follows the head, each takes
    /// its place in <c>record</c>, or finds its sequence or its request id taken and writes nothing; only what took its
    /// place moves its head. Two nodes that write the same streams meet at the primary key, in the order of the
    /// streams, so neither waits for the other in a circle.
    /// </summary>
    private const string WriteText =
        """
        WITH input AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS i (
                stream, sequence, recorded_at, request_id, request_hash, payload, checksum,
                tenant, rank, due_at, updated_at, summary)
        ), written AS (
            INSERT INTO legpain.record (
                stream, sequence, recorded_at, request_id, request_hash, payload, checksum)
            SELECT stream, sequence, recorded_at, request_id, request_hash, payload, checksum FROM input i
            WHERE sequence - 1 = coalesce((SELECT h.sequence FROM legpain.head h WHERE h.stream = i.stream), 0)
            ORDER BY stream COLLATE "C"
            ON CONFLICT DO NOTHING
            RETURNING stream
        ), moved AS (
            INSERT INTO legpain.head (stream, tenant, sequence, rank, due_at, updated_at, summary)
            SELECT stream, tenant, sequence, rank, due_at, updated_at, summary
            FROM input JOIN written USING (stream)
            ORDER BY stream COLLATE "C"
            ON CONFLICT (stream) DO UPDATE SET
                tenant = excluded.tenant, sequence = excluded.sequence, rank = excluded.rank,
                due_at = excluded.due_at, updated_at = excluded.updated_at, summary = excluded.summary
        ), kept AS (
            INSERT INTO legpain.snapshot (stream, sequence, payload, checksum)
            SELECT * FROM unnest($13, $14, $15, $16) AS s (stream, sequence, payload, checksum)
            ORDER BY stream COLLATE "C", sequence
            ON CONFLICT (stream, sequence) DO UPDATE SET payload = excluded.payload, checksum = excluded.checksum
        )
        SELECT stream FROM written
        """;

    private const string ExplainText =
        """
        SELECT coalesce((SELECT h.sequence FROM legpain.head h WHERE h.stream = i.stream), 0),
               (SELECT r.sequence FROM legpain.record r WHERE r.stream = i.stream AND r.request_id = i.request_id)
        FROM unnest($1, $2) WITH ORDINALITY AS i (stream, request_id, number)
        ORDER BY number
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _write;
    private readonly NpgsqlCommand _explain;
    private readonly NpgsqlCommand _look;

    private PostgresSession(NpgsqlConnection connection)
    {
        _connection = connection;
        _write = new(WriteText, connection);
        _explain = new(ExplainText, connection);
        _look = new(PostgresSettings.TakesNoWritesText, connection);
    }

    /// <summary>Gets whether statements can be sent. False once one of them has lost the connection.</summary>
    public bool IsOpen => _connection.FullState == System.Data.ConnectionState.Open;

    /// <summary>Connects, looks whether the server is fit, prepares the statements and writes nothing once.</summary>
    /// <remarks>
    /// It looks again at every connection: after a failover it may be another server. To write no row still needs the
    /// rights and the locks that a row needs.
    /// </remarks>
    /// <exception cref="JournalOpenException">The server is not fit.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached.</exception>
    public static async Task<PostgresSession> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        var session = new PostgresSession(connection);
        try
        {
            await PostgresSettings.RefuseUnfitAsync(connection, cancellationToken);
            session.Bind([], []);
            Bind(session._explain, [], (AppendWork work) => work.Append.Stream, NpgsqlDbType.Text);
            Bind(session._explain, [], (AppendWork work) => work.Append.Record.RequestId, NpgsqlDbType.Text);
            await session._write.PrepareAsync(cancellationToken);
            await session._explain.PrepareAsync(cancellationToken);
            await session._look.PrepareAsync(cancellationToken);
            await session._write.ExecuteNonQueryAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Writes a batch of at most one append a stream and one snapshot a place, and returns the streams whose append is
    /// durable. The others found their stream elsewhere or their request id taken.
    /// </summary>
    /// <remarks>What is canceled ends the connection: the outcome is then not known.</remarks>
    public async Task<IReadOnlySet<string>> WriteAsync(
        IReadOnlyList<AppendWork> appends, IReadOnlyList<SnapshotWork> snapshots,
        CancellationToken cancellationToken)
    {
        _write.Parameters.Clear();
        Bind(appends, snapshots);
        var written = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await _write.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            written.Add(reader.GetString(0));
        }

        // The server commits after it has sent the rows: only the end of its answer says that they are durable.
        await reader.NextResultAsync(cancellationToken);
        return written;
    }

    /// <summary>Says of appends that wrote nothing why.</summary>
    public async Task<IReadOnlyList<AppendResult>> ExplainAsync(
        IReadOnlyList<AppendWork> appends, CancellationToken cancellationToken)
    {
        _explain.Parameters.Clear();
        Bind(_explain, appends, work => work.Append.Stream, NpgsqlDbType.Text);
        Bind(_explain, appends, work => work.Append.Record.RequestId, NpgsqlDbType.Text);
        var results = new List<AppendResult>(appends.Count);
        await using var reader = await _explain.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            results.Add(await reader.IsDBNullAsync(1, cancellationToken)
                ? new(AppendOutcome.Conflict, reader.GetInt64(0))
                : new(AppendOutcome.AlreadyApplied, reader.GetInt64(1)));
        }

        return results;
    }

    /// <summary>Asks the server for a sign of life, and whether it still takes writes.</summary>
    /// <exception cref="JournalOpenException">It does not.</exception>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await _look.ExecuteScalarAsync(cancellationToken) is not false)
        {
            throw new JournalOpenException("This PostgreSQL server takes no writes any more.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _write.DisposeAsync();
        await _explain.DisposeAsync();
        await _look.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Bind(IReadOnlyList<AppendWork> appends, IReadOnlyList<SnapshotWork> snapshots)
    {
        Bind(_write, appends, work => work.Append.Stream, NpgsqlDbType.Text);
        Bind(_write, appends, work => work.Append.Record.Sequence, NpgsqlDbType.Bigint);
        Bind(_write, appends, work => work.Append.Record.RecordedAt.UtcTicks, NpgsqlDbType.Bigint);
        Bind(_write, appends, work => work.Append.Record.RequestId, NpgsqlDbType.Text);
        Bind(_write, appends, work => work.Append.Record.RequestHash, NpgsqlDbType.Bytea);
        Bind(_write, appends, work => work.Append.Record.Payload, NpgsqlDbType.Bytea);
        Bind(_write, appends, work => (long)Checksum.Of(work.Append.Stream, work.Append.Record), NpgsqlDbType.Bigint);
        Bind(_write, appends, work => work.Append.Head.Tenant, NpgsqlDbType.Text);
        Bind(_write, appends, work => work.Append.Head.Rank, NpgsqlDbType.Integer);
        Bind(_write, appends, work => work.Append.Head.DueAt?.UtcTicks, NpgsqlDbType.Bigint);
        Bind(_write, appends, work => work.Append.Head.UpdatedAt.UtcTicks, NpgsqlDbType.Bigint);
        Bind(_write, appends, work => work.Append.Head.Summary, NpgsqlDbType.Bytea);
        Bind(_write, snapshots, work => work.Stream, NpgsqlDbType.Text);
        Bind(_write, snapshots, work => work.Snapshot.Sequence, NpgsqlDbType.Bigint);
        Bind(_write, snapshots, work => work.Snapshot.Payload, NpgsqlDbType.Bytea);
        Bind(_write, snapshots, work => (long)Checksum.Of(work.Stream, work.Snapshot), NpgsqlDbType.Bigint);
    }

    private static void Bind<TWork, T>(
        NpgsqlCommand command, IReadOnlyList<TWork> works, Func<TWork, T> value, NpgsqlDbType type)
    {
        var values = new T[works.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(works[i]);
        }

        command.Parameters.Add(
            new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
