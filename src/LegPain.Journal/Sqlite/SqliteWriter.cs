using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LegPain.Journal.Sqlite;

/// <summary>
/// The one writer: its own thread, its own connection, one transaction and one flush for all that waits.
/// </summary>
/// <remarks>
/// A thread of its own because SQLite blocks: on a grain's scheduler it would hold up every other grain. A failed flush
/// is final: the kernel may have dropped the pages, so what a later flush says proves nothing. The process must be
/// restarted and replays what is on disk.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private readonly BlockingCollection<Work> _queue = new(JournalLimits.QueueMax);
    private readonly List<Work> _batch = new(JournalLimits.BatchMax);
    private readonly SqliteConnection _connection;
    private readonly SqliteStatements _statements;
    private readonly Thread _thread;
    private readonly IDisposable _queueLength;
    private volatile Exception? _failure;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _statements = new(connection);
        _thread = new(Loop) { Name = "LegPain journal writer", IsBackground = true };
        _thread.Start();
        _queueLength = JournalTelemetry.WatchQueue(() => _queue.Count);
    }

    /// <summary>Gets why the writer stopped for good, or null while it works.</summary>
    public Exception? Failure => _failure;

    public Task<AppendResult> Append(JournalAppend append)
    {
        var work = new AppendWork(append);
        return Enqueue(work) ? work.Task : throw Refuse(work);
    }

    public Task Write(string stream, JournalSnapshot snapshot)
    {
        var work = new SnapshotWork(stream, snapshot);
        return Enqueue(work) ? work.Task : throw Refuse(work);
    }

    public void Dispose()
    {
        _queueLength.Dispose();
        _queue.CompleteAdding();
        _thread.Join();
        _statements.Dispose();
        _connection.Dispose();
        _queue.Dispose();
    }

    private bool Enqueue(Work work)
    {
        try
        {
            return _failure is null && _queue.TryAdd(work);
        }
        catch (InvalidOperationException)
        {
            // The writer is closing, or closed.
            return false;
        }
    }

    private Exception Refuse(Work work)
    {
        JournalException refusal =
            _failure is null ? new JournalBusyException() : new JournalUnknownOutcomeException(_failure);
        work.Abandon(refusal);
        return refusal;
    }

    private void Loop()
    {
        while (_queue.TryTake(out var first, Timeout.Infinite))
        {
            _batch.Add(first);
            while (_batch.Count < JournalLimits.BatchMax && _queue.TryTake(out var next))
            {
                _batch.Add(next);
            }

            Commit(_batch);
            _batch.Clear();
        }
    }

    private void Commit(IReadOnlyList<Work> batch)
    {
        if (_failure is { } failure)
        {
            Work.Fail(batch, new JournalUnknownOutcomeException(failure));
            return;
        }

        var started = Stopwatch.GetTimestamp();
        using var span = JournalTelemetry.StartBatch(batch.OfType<AppendWork>().Select(work => work.Span));
        try
        {
            _statements.Begin();
            foreach (var work in batch)
            {
                Execute(work);
            }

            _statements.Commit();
        }
        catch (Exception exception)
        {
            Handle(batch, exception);
            return;
        }

        Answer(batch, Stopwatch.GetElapsedTime(started));
    }

    private static void Answer(IReadOnlyList<Work> batch, TimeSpan took)
    {
        try
        {
            JournalTelemetry.Committed(batch.Count, took);
        }
        catch (Exception)
        {
            // Who listens to metrics may throw: what is committed is committed.
        }

        foreach (var work in batch)
        {
            try
            {
                work.Complete();
            }
            catch (Exception exception)
            {
                work.Fail(new JournalUnknownOutcomeException(exception));
            }
        }
    }

    private void Execute(Work work)
    {
        switch (work)
        {
            case AppendWork append:
                append.Result = _statements.Append(append.Append);
                break;
            case SnapshotWork snapshot:
                _statements.Write(snapshot.Stream, snapshot.Snapshot);
                break;
        }
    }

    /// <summary>
    /// Sorts a failed transaction out. What is rolled back is known not to be written; a failed flush is not known.
    /// </summary>
    private void Handle(IReadOnlyList<Work> batch, Exception exception)
    {
        try
        {
            _statements.Rollback();
        }
        catch (SqliteException rollback)
        {
            Stop(batch, rollback);
            return;
        }

        switch ((exception as SqliteException)?.SqliteErrorCode)
        {
            case raw.SQLITE_FULL:
                Work.Fail(batch, new JournalFullException(exception));
                break;
            case raw.SQLITE_BUSY or raw.SQLITE_LOCKED:
                Work.Fail(batch, new JournalBusyException());
                break;
            case raw.SQLITE_CORRUPT when batch.Count == 1:
                Work.Fail(batch, new JournalCorruptException(0, exception));
                break;
            case null or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG when batch.Count == 1:
                Work.Fail(batch, new JournalRejectedException(exception));
                break;
            case null or raw.SQLITE_CORRUPT or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG:
                // One record, or one stream's page, is at fault: the others must not pay for it.
                foreach (var work in batch)
                {
                    Commit([work]);
                }

                break;
            default:
                Stop(batch, exception);
                break;
        }
    }

    private void Stop(IReadOnlyList<Work> batch, Exception exception)
    {
        _failure = exception;
        JournalTelemetry.Stopped();
        Work.Fail(batch, new JournalUnknownOutcomeException(exception));
    }
}
