using System.Data;
using System.Text;
using Npgsql;

namespace LegPain.Journal.PostgreSql;

/// <summary>A journal in a PostgreSQL database, shared by the nodes of a cluster.</summary>
/// <remarks>
/// <para>
/// Appends of all streams are committed together by one writer, with synchronous_commit = on, so an acknowledged record
/// survives a power cut. Reads run beside it on a pool of connections. Everything is in the schema <c>legpain</c>.
/// </para>
/// <para>
/// Nothing but the database's own constraints fences the nodes: PRIMARY KEY (stream, sequence) and UNIQUE (stream,
/// request_id). An append whose connection was lost may still be committed after its writer was told that the outcome
/// is unknown. It then takes its own sequence or none, so it can neither overwrite a record nor leave a gap; a writer
/// that appended another record there meanwhile has won, and the late one writes nothing; and a repeat of the same
/// request is answered with the record that came late. A request not found after an unknown outcome may therefore still
/// appear, until something else is written at its sequence.
/// </para>
/// <para>
/// When the database cannot be reached appends fail at once with <see cref="JournalUnavailableException"/>, and the
/// journal connects again by itself.
/// </para>
/// </remarks>
public sealed class PostgresJournal : IJournal
{
    private const string RecordColumns = "sequence, recorded_at, request_id, request_hash, payload, checksum";

    /// <summary>Longest time that disposal takes, whatever the database does.</summary>
    private static readonly TimeSpan CloseMax = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait of a read for one of the connections that read.</summary>
    private static readonly TimeSpan ReadWaitMax = TimeSpan.FromSeconds(3);

    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writerSource;
    private readonly PostgresWriter _writer;
    private readonly PostgresHeads _heads;

    /// <summary>One for each connection that reads: the pool is never asked for one that it does not have.</summary>
    private readonly SemaphoreSlim _slots = new(PostgresSettings.ReadersMax);

    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private bool _disposed;

    private PostgresJournal(NpgsqlDataSource readers, NpgsqlDataSource writerSource, PostgresWriter writer)
    {
        _readers = readers;
        _writerSource = writerSource;
        _writer = writer;
        _closed = _closing.Token;
        _heads = new(streams => ReadAsync(
            "SELECT stream, tenant, sequence, rank, due_at, updated_at, summary FROM legpain.head "
            + "WHERE stream = ANY($1)",
            firstSequence: 0,
            row => (row.GetString(0), new JournalHead(
                row.GetString(1), row.GetInt64(2), row.GetInt32(3), row.IsDBNull(4) ? null : Time(row.GetInt64(4)),
                Time(row.GetInt64(5)), row.GetFieldValue<byte[]>(6))),
            CancellationToken.None, [streams]).AsTask());
    }

    /// <inheritdoc/>
    public bool IsExclusive => false;

    /// <inheritdoc/>
    /// <remarks>
    /// Whether the database took what the writer asked of it last, which is at least every few seconds. When false,
    /// nothing needs to be restarted: the journal connects again by itself.
    /// </remarks>
    public bool IsWritable => _writer.IsWritable;

    /// <inheritdoc/>
    /// <remarks>As the writer found it, at least every few seconds.</remarks>
    public bool IsReachable => _writer.IsReachable;

    /// <summary>Looks whether a connection string can be read, without connecting.</summary>
    /// <exception cref="JournalOpenException">
    /// It cannot be read, or names no host. Neither the message nor anything within holds a part of it: it may be a
    /// password.
    /// </exception>
    public static void CheckConnectionString(string connectionString) => PostgresSettings.Parse(connectionString);

    /// <summary>Makes a source of connections for tables that others keep in the journal's database.</summary>
    /// <remarks>
    /// It has the journal's settings: 3 seconds to connect, 5 for a statement, keep-alive on both ends,
    /// synchronous_commit on, no values of rows in errors. At most 4 connections. The caller disposes of it.
    /// </remarks>
    /// <exception cref="JournalOpenException">
    /// The connection string is wrong, as <see cref="CheckConnectionString"/> has it.
    /// </exception>
    public static NpgsqlDataSource CreateDataSource(string connectionString) =>
        PostgresSettings.Others(PostgresSettings.Parse(connectionString));

    /// <summary>Opens a journal on the system's clock.</summary>
    /// <inheritdoc cref="OpenAsync(string, TimeProvider, CancellationToken)"/>
    public static Task<PostgresJournal> OpenAsync(string connectionString, CancellationToken cancellationToken) =>
        OpenAsync(connectionString, TimeProvider.System, cancellationToken);

    /// <summary>Opens a journal, making its schema or bringing it up to date.</summary>
    /// <param name="connectionString">
    /// How to reach the database, for Npgsql. Time limits, pool sizes and keep-alive are the journal's own.
    /// </param>
    /// <param name="time">The clock of the waits between two tries to connect again.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="JournalOpenException">
    /// The connection string is wrong, the server does not let it in, its settings would lose what was acknowledged, or
    /// its schema is newer. The message names every setting at fault.
    /// </exception>
    /// <exception cref="JournalUnavailableException">The server cannot be reached just now; try again.</exception>
    public static async Task<PostgresJournal> OpenAsync(
        string connectionString, TimeProvider time, CancellationToken cancellationToken)
    {
        var given = PostgresSettings.Parse(connectionString);
        NpgsqlDataSource? readers = null;
        NpgsqlDataSource? writerSource = null;
        try
        {
            await RefuseUnfitAsync(given, cancellationToken);
            readers = PostgresSettings.Readers(given);
            writerSource = PostgresSettings.Writer(given);
            await PostgresMigrations.ApplyAsync(
                readers, PostgresMigrations.JournalSet, PostgresMigrations.Journal, cancellationToken);
            var session = await PostgresSession.OpenAsync(writerSource, cancellationToken);
            return new(readers, writerSource, new(writerSource, session, time));
        }
        catch (Exception exception)
        {
            await (readers?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (writerSource?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw exception switch
            {
                NpgsqlException { IsTransient: true } => new JournalUnavailableException(exception),
                NpgsqlException { SqlState: var state } => new JournalOpenException(
                    $"The journal cannot be opened: PostgreSQL error {state ?? "without a code"}.", exception),
                _ => exception,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        append.Check();
        cancellationToken.ThrowIfCancellationRequested();
        return await _writer.Append(append);
    }

    /// <inheritdoc/>
    public async ValueTask WriteSnapshotAsync(
        string stream, JournalSnapshot snapshot, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _writer.Write(stream, snapshot);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, JournalLimits.ReadMax);
        return await ReadAsync(
            $"SELECT {RecordColumns} FROM legpain.record WHERE stream = $1 AND sequence > $2 "
            + "ORDER BY sequence LIMIT $3",
            afterSequence + 1, row => Record(stream, row), cancellationToken, stream, afterSequence, max);
    }

    /// <inheritdoc/>
    public async ValueTask<JournalRecord?> FindRequestAsync(
        string stream, string requestId, CancellationToken cancellationToken)
    {
        if (!CanHold(requestId))
        {
            return null;
        }

        var found = await ReadAsync(
            $"SELECT {RecordColumns} FROM legpain.record WHERE stream = $1 AND request_id = $2",
            firstSequence: 0, row => Record(stream, row), cancellationToken, stream, requestId);
        return found.FirstOrDefault();
    }

    /// <inheritdoc/>
    public async ValueTask<JournalSnapshot?> ReadSnapshotAsync(
        string stream, long atOrBefore, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await ReadAsync(
                "SELECT sequence, payload, checksum FROM legpain.snapshot WHERE stream = $1 AND sequence <= $2 "
                + "ORDER BY sequence DESC LIMIT 1",
                firstSequence: 0,
                row => (Snapshot: new JournalSnapshot(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                    Checksum: row.GetInt64(2)),
                cancellationToken, stream, atOrBefore);
            if (found is not [var (snapshot, checksum)])
            {
                return null;
            }

            if (Checksum.Of(stream, snapshot) == checksum)
            {
                return snapshot;
            }

            atOrBefore = snapshot.Sequence - 1;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken) =>
        CanHold(stream) ? await _heads.ReadAsync(stream, cancellationToken) : null;

    /// <inheritdoc/>
    /// <remarks>
    /// Takes at most 5 seconds. The statement under way has 3 to end, else its outcome is unknown; appends that were
    /// not sent fail with <see cref="JournalUnavailableException"/>, and reads with <see cref="JournalReadException"/>.
    /// Once is enough: a container that knows the journal under two names disposes of it twice.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        try
        {
            await Task.WhenAll(_writer.DisposeAsync().AsTask(), CloseReadersAsync()).WaitAsync(CloseMax);
        }
        catch (TimeoutException)
        {
            // The database does not answer: what is left ends by itself.
        }

        await _writerSource.DisposeAsync();
        await _readers.DisposeAsync();
        _closing.Dispose();
    }

    private async Task CloseReadersAsync()
    {
        // Npgsql asks the server to cancel a statement, one after another, and waits for it.
        await _closing.CancelAsync();
        await _heads.DisposeAsync();
    }

    /// <summary>
    /// Looks at the server as any other program sees it: the journal's own connections turn synchronous_commit on for
    /// themselves, but who runs the database with it off does not expect a journal there.
    /// </summary>
    private static async Task RefuseUnfitAsync(
        NpgsqlConnectionStringBuilder given, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(given.ConnectionString)
            {
                Pooling = false,
                Timeout = PostgresSettings.ConnectSeconds,
            }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await PostgresSettings.RefuseUnfitAsync(connection, cancellationToken);
    }

    private static JournalRecord Record(string stream, NpgsqlDataReader row)
    {
        var record = new JournalRecord(row.GetInt64(0), Time(row.GetInt64(1)), row.GetString(2),
            row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4));
        return Checksum.Of(stream, record) == row.GetInt64(5)
            ? record
            : throw new JournalCorruptException(record.Sequence);
    }

    /// <summary>Whether PostgreSQL can hold a text: no NUL, no half of a character. Others are not there.</summary>
    private static bool CanHold(string text) =>
        !text.Contains('\0') && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>
    /// Reads rows on a connection of the pool, once one is free. A connection that is lost is tried once more on
    /// another: it may have died while it rested.
    /// </summary>
    private async ValueTask<List<T>> ReadAsync<T>(
        string text, long firstSequence, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken,
        params object[] values)
    {
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed);
        var taken = false;
        try
        {
            taken = await _slots.WaitAsync(ReadWaitMax, canceled.Token);
            return taken
                ? await ReadRowsAsync(text, firstSequence, read, values, canceled.Token)
                : throw (_writer.IsReachable
                    ? new JournalBusyException()
                    : new JournalReadException(new TimeoutException()));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new JournalReadException(exception);
        }
        finally
        {
            if (taken)
            {
                _slots.Release();
            }
        }
    }

    private async ValueTask<List<T>> ReadRowsAsync<T>(
        string text, long firstSequence, Func<NpgsqlDataReader, T> read, object[] values,
        CancellationToken cancellationToken)
    {
        for (var lost = 0; ; lost++)
        {
            try
            {
                await using var command = _readers.CreateCommand(text);
                foreach (var value in values)
                {
                    command.Parameters.Add(new() { Value = value });
                }

                var rows = new List<T>();
                await using var reader = await command.ExecuteReaderAsync(
                    CommandBehavior.SingleResult, cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
            catch (NpgsqlException exception)
                when (lost == 0 && exception is { IsTransient: true, InnerException: not TimeoutException })
            {
            }
            catch (PostgresException exception) when (PostgresErrors.IsCorrupt(exception))
            {
                throw new JournalCorruptException(firstSequence, exception);
            }
            catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
            {
                throw new JournalReadException(exception);
            }
        }
    }
}
