using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LegPain.Journal.Sqlite;

/// <summary>A journal in one SQLite file: the embedded default.</summary>
/// <remarks>
/// Write-ahead log with synchronous = FULL, so an acknowledged record survives a power cut. Appends of all streams are
/// committed together by one writer thread; reads run beside it on connections of their own. A lock file keeps a second
/// process out.
/// </remarks>
public sealed class SqliteJournal : IJournal
{
    private const int ReadersMax = 4;

    private readonly SqliteDatabase _database;
    private readonly FileStream _lock;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly SemaphoreSlim _readerSlots = new(ReadersMax);
    private bool _disposed;

    private SqliteJournal(SqliteDatabase database, FileStream fileLock, SqliteWriter writer)
    {
        _database = database;
        _lock = fileLock;
        _writer = writer;
    }

    /// <inheritdoc/>
    /// <remarks>False after a failed flush, until the process is restarted.</remarks>
    public bool IsWritable => _writer.Failure is null;

    /// <inheritdoc/>
    public bool IsReachable => true;

    /// <inheritdoc/>
    public bool IsExclusive => true;

    /// <summary>Opens a journal, making the file and its folder when they are not there.</summary>
    /// <param name="path">The database file. The write-ahead log and the lock file stand beside it.</param>
    /// <exception cref="JournalOpenException">
    /// Another process has it open, its schema is newer, or SQLite is too old.
    /// </exception>
    public static SqliteJournal Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var fileLock = Lock(path + ".lock");
        SqliteConnection? connection = null;
        try
        {
            var database = new SqliteDatabase(path);
            connection = database.OpenWriter();
            SqliteDatabase.Migrate(connection);
            return new(database, fileLock, new(connection));
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            fileLock.Dispose();
            if (exception is SqliteException { SqliteErrorCode: var code })
            {
                throw new JournalOpenException($"The journal cannot be opened: SQLite error {code}.", exception);
            }

            throw;
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
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, JournalLimits.ReadMax);
        return ReadAsync<IReadOnlyList<JournalRecord>>(afterSequence + 1, command =>
        {
            command.CommandText =
                "SELECT sequence, recorded_at, request_id, request_hash, payload, checksum FROM record "
                + "WHERE stream = $stream AND sequence > $after ORDER BY sequence LIMIT $max";
            command.Parameters.AddWithValue("$stream", stream);
            command.Parameters.AddWithValue("$after", afterSequence);
            command.Parameters.AddWithValue("$max", max);
            return Records(stream, command);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<JournalRecord?> FindRequestAsync(
        string stream, string requestId, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(0, command =>
        {
            command.CommandText =
                "SELECT sequence, recorded_at, request_id, request_hash, payload, checksum FROM record "
                + "WHERE stream = $stream AND request_id = $request";
            command.Parameters.AddWithValue("$stream", stream);
            command.Parameters.AddWithValue("$request", requestId);
            return Records(stream, command);
        }, cancellationToken);
        return found.FirstOrDefault();
    }

    /// <inheritdoc/>
    public ValueTask<JournalSnapshot?> ReadSnapshotAsync(
        string stream, long atOrBefore, CancellationToken cancellationToken) =>
        ReadAsync(0, command =>
        {
            command.CommandText =
                "SELECT sequence, payload, checksum FROM snapshot "
                + "WHERE stream = $stream AND sequence <= $max ORDER BY sequence DESC";
            command.Parameters.AddWithValue("$stream", stream);
            command.Parameters.AddWithValue("$max", atOrBefore);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var snapshot = new JournalSnapshot(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
                if (Checksum.Of(stream, snapshot) == reader.GetInt64(2))
                {
                    return snapshot;
                }
            }

            return null;
        }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken) =>
        ReadAsync(0, command =>
        {
            command.CommandText =
                "SELECT tenant, sequence, rank, due_at, updated_at, summary FROM head WHERE stream = $stream";
            command.Parameters.AddWithValue("$stream", stream);
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? new JournalHead(
                    reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2),
                    reader.IsDBNull(3) ? null : Time(reader.GetInt64(3)), Time(reader.GetInt64(4)),
                    reader.GetFieldValue<byte[]>(5))
                : null;
        }, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Once is enough: a container that knows the journal under two names disposes of it twice.</remarks>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return ValueTask.CompletedTask;
        }

        _writer.Dispose();
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _readerSlots.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private static List<JournalRecord> Records(string stream, SqliteCommand command)
    {
        var records = new List<JournalRecord>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var record = new JournalRecord(reader.GetInt64(0), Time(reader.GetInt64(1)), reader.GetString(2),
                reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4));
            if (Checksum.Of(stream, record) != reader.GetInt64(5))
            {
                throw new JournalCorruptException(record.Sequence);
            }

            records.Add(record);
        }

        return records;
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Runs a read off the caller's scheduler, on one of a few connections.</summary>
    private async ValueTask<T> ReadAsync<T>(
        long firstSequence, Func<SqliteCommand, T> read, CancellationToken cancellationToken)
    {
        await _readerSlots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() =>
            {
                if (!_readers.TryTake(out var connection))
                {
                    connection = _database.OpenReader();
                }

                try
                {
                    using var command = connection.CreateCommand();
                    return read(command);
                }
                finally
                {
                    _readers.Add(connection);
                }
            }, cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw new JournalCorruptException(firstSequence, exception);
        }
        catch (SqliteException exception)
        {
            throw new JournalReadException(exception);
        }
        finally
        {
            _readerSlots.Release();
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new JournalOpenException($"Another process has this journal open: {path} is locked.", exception);
        }
    }
}
