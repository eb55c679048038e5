using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;

namespace LegPain.Journal.PostgreSql;

/// <summary>
/// The one writer of this process: its own connection, one statement and one flush for all that waits.
/// </summary>
/// <remarks>
/// <para>
/// A batch holds at most one append of a stream: the next one of that stream waits for the next batch, so that each
/// meets the head the one before it left.
/// </para>
/// <para>
/// Of a failed statement the server says itself whether it undid it (an ERROR): then nothing was written. When the
/// connection ends instead, nobody knows, and the server may still commit after the client has given up.
/// </para>
/// </remarks>
internal sealed class PostgresWriter : IAsyncDisposable
{
    /// <summary>Most bytes of payload in a batch, past which it takes no more work.</summary>
    private const int BatchBytesMax = 8 * 1024 * 1024;

    /// <summary>How often a batch is tried again that a deadlock or a serialization failure undid.</summary>
    private const int TriesMax = 5;

    private static readonly TimeSpan ReconnectFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectMax = TimeSpan.FromSeconds(2);

    /// <summary>How often a writer without work looks whether its connection still stands.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that the statement under way may take once the writer is disposed of.</summary>
    private static readonly TimeSpan LastStatementMax = TimeSpan.FromSeconds(3);

    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(JournalLimits.QueueMax) { SingleReader = true });
    private readonly Queue<Work> _later = [];
    private readonly List<Work> _batch = new(JournalLimits.BatchMax);
    private readonly HashSet<(string Stream, long Snapshot)> _taken = [];
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly IDisposable _queueLength;
    private readonly PeriodicTimer _looks;
    private readonly Task _loop;
    private Task<bool>? _coming;
    private Task<bool>? _look;
    private PostgresSession? _session;
    private volatile JournalUnavailableException? _outage;

    public PostgresWriter(NpgsqlDataSource source, PostgresSession session, TimeProvider time)
    {
        _source = source;
        _session = session;
        _time = time;
        _queueLength = JournalTelemetry.WatchQueue(() => _queue.Reader.Count);
        _looks = new(LookEvery, time);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Gets whether the database took what it was last asked to write.</summary>
    public bool IsWritable => _outage is null;

    /// <summary>Gets whether the database answered when it was last asked, were it to refuse.</summary>
    public bool IsReachable => _outage is null or { InnerException: PostgresException or JournalOpenException };

    public Task<AppendResult> Append(JournalAppend append)
    {
        var work = new AppendWork(append);
        Enqueue(work);
        return work.Task;
    }

    public Task Write(string stream, JournalSnapshot snapshot)
    {
        var work = new SnapshotWork(stream, snapshot);
        Enqueue(work);
        return work.Task;
    }

    /// <summary>Refuses what is not sent yet, and ends with the statement under way, or without its answer.</summary>
    public async ValueTask DisposeAsync()
    {
        _queueLength.Dispose();
        await _stop.CancelAsync();
        _queue.Writer.TryComplete();
        _abort.CancelAfter(LastStatementMax);
        await _loop;
        RefuseAll(null);
        await CloseAsync();
        _looks.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private void Enqueue(Work work)
    {
        JournalException refusal;
        if (_outage is { } outage)
        {
            refusal = new JournalUnavailableException(outage.InnerException);
        }
        else if (_queue.Writer.TryWrite(work))
        {
            return;
        }
        else
        {
            refusal = _stop.IsCancellationRequested ? new JournalUnavailableException() : new JournalBusyException();
        }

        work.Abandon(refusal);
        throw refusal;
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested && await WaitAsync())
        {
            try
            {
                await TurnAsync();
            }
            catch (Exception exception)
            {
                await RecoverAsync(exception);
            }

            _batch.Clear();
            _taken.Clear();
        }
    }

    /// <summary>Waits for work, or until it is time to look; false when there will be no more work.</summary>
    private async Task<bool> WaitAsync()
    {
        if (_later.Count > 0)
        {
            return true;
        }

        _coming ??= _queue.Reader.WaitToReadAsync().AsTask();
        _look ??= _looks.WaitForNextTickAsync().AsTask();
        if (await Task.WhenAny(_coming, _look) != _coming)
        {
            _look = null;
            return true;
        }

        var more = await _coming;
        _coming = null;
        return more;
    }

    private async Task TurnAsync()
    {
        if (_session is not { IsOpen: true } session)
        {
            await ReconnectAsync();
            return;
        }

        Fill();
        await (_batch.Count > 0 ? CommitAsync(session, _batch) : LookAsync(session));
    }

    /// <summary>Goes on after what nobody foresaw: without a writer every append would wait for ever.</summary>
    private async Task RecoverAsync(Exception exception)
    {
        await DropAsync(exception);
        foreach (var work in _batch)
        {
            try
            {
                work.Fail(new JournalUnknownOutcomeException(exception));
            }
            catch (Exception)
            {
                // Who listens to spans or metrics may throw, again and again: the work is answered before.
            }
        }
    }

    /// <summary>Takes nothing more until a new connection stands.</summary>
    private async Task DropAsync(Exception exception)
    {
        _outage = new(exception);
        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        var session = _session;
        _session = null;
        try
        {
            await (session?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception)
        {
            // It is given up in any case.
        }
    }

    /// <summary>Takes what waits into the batch, or leaves it for a later one.</summary>
    private void Fill()
    {
        var bytes = 0;
        for (var count = _later.Count; count > 0; count--)
        {
            Place(_later.Dequeue());
        }

        while (_batch.Count < JournalLimits.BatchMax && _later.Count < JournalLimits.BatchMax && bytes < BatchBytesMax
            && _queue.Reader.TryRead(out var work))
        {
            Place(work);
        }

        void Place(Work work)
        {
            if (bytes >= BatchBytesMax || !_taken.Add(work is SnapshotWork snapshot
                ? (snapshot.Stream, snapshot.Snapshot.Sequence)
                : (((AppendWork)work).Append.Stream, 0)))
            {
                _later.Enqueue(work);
                return;
            }

            bytes += work.PayloadBytes;
            _batch.Add(work);
        }
    }

    private async Task CommitAsync(PostgresSession session, IReadOnlyList<Work> batch)
    {
        var appends = batch.OfType<AppendWork>().ToList();
        using var span = JournalTelemetry.StartBatch(appends.Select(work => work.Span));
        for (var tries = 1; ; tries++)
        {
            var started = Stopwatch.GetTimestamp();
            IReadOnlySet<string> written;
            try
            {
                written = await session.WriteAsync(appends, [.. batch.OfType<SnapshotWork>()], _abort.Token);
            }
            catch (PostgresException exception) when (PostgresErrors.IsUndone(exception) && tries < TriesMax)
            {
                continue;
            }
            catch (Exception exception)
            {
                await HandleAsync(session, batch, exception);
                return;
            }

            JournalTelemetry.Committed(batch.Count, Stopwatch.GetElapsedTime(started));
            await AnswerAsync(session, batch, written);
            return;
        }
    }

    private async Task AnswerAsync(
        PostgresSession session, IReadOnlyList<Work> batch, IReadOnlySet<string> written)
    {
        var refused = new List<AppendWork>();
        foreach (var work in batch)
        {
            if (work is AppendWork append)
            {
                if (!written.Contains(append.Append.Stream))
                {
                    refused.Add(append);
                    continue;
                }

                append.Result = new(AppendOutcome.Appended, append.Append.Record.Sequence);
            }

            work.Complete();
        }

        if (refused.Count > 0)
        {
            await ExplainAsync(session, refused);
        }
    }

    private async Task ExplainAsync(PostgresSession session, IReadOnlyList<AppendWork> refused)
    {
        try
        {
            var results = await session.ExplainAsync(refused, _abort.Token);
            foreach (var (work, result) in refused.Zip(results))
            {
                work.Result = result;
                work.Complete();
            }
        }
        catch (Exception exception)
        {
            // The statement before it has ended: these wrote nothing, whatever the reason was.
            await FailAsServerAsync(refused, exception);
        }
    }

    /// <summary>Sorts a failed batch out: nothing written, or not known.</summary>
    private async Task HandleAsync(PostgresSession session, IReadOnlyList<Work> batch, Exception exception)
    {
        switch (exception)
        {
            case PostgresException { SqlState: PostgresErrorCodes.DiskFull } when PostgresErrors.IsError(exception):
                Work.Fail(batch, new JournalFullException(exception));
                break;
            case PostgresException error when PostgresErrors.IsError(error) && PostgresErrors.IsOfOneRecord(error):
            case not NpgsqlException when session.IsOpen:
                await HandleMisfitAsync(session, batch, exception);
                break;
            case PostgresException when PostgresErrors.IsError(exception):
                await FailAsServerAsync(batch, exception);
                break;
            default:
                Work.Fail(batch, new JournalUnknownOutcomeException(exception));
                break;
        }
    }

    /// <summary>
    /// The server is at fault: it may have become read-only, or have taken a right away. To connect again asks it all
    /// that was asked at the start, and until it has passed nothing is taken.
    /// </summary>
    private async Task FailAsServerAsync(IReadOnlyList<Work> batch, Exception exception)
    {
        await DropAsync(exception);
        Work.Fail(batch, new JournalUnavailableException(exception));
    }

    /// <summary>One record, or one stream's page, is at fault: the others must not pay for it.</summary>
    private async Task HandleMisfitAsync(
        PostgresSession session, IReadOnlyList<Work> batch, Exception exception)
    {
        if (batch.Count == 1)
        {
            Work.Fail(batch, PostgresErrors.IsCorrupt(exception)
                ? new JournalCorruptException(0, exception)
                : new JournalRejectedException(exception));
            return;
        }

        foreach (var work in batch)
        {
            if (session.IsOpen)
            {
                await CommitAsync(session, [work]);
            }
            else
            {
                work.Fail(new JournalUnavailableException(exception));
            }
        }
    }

    private async Task LookAsync(PostgresSession session)
    {
        try
        {
            await session.LookAsync(_abort.Token);
        }
        catch (Exception exception)
        {
            await DropAsync(exception);
        }
    }

    /// <summary>Connects again, and meanwhile refuses what comes rather than letting it wait.</summary>
    private async Task ReconnectAsync()
    {
        await CloseAsync();
        for (var wait = ReconnectFirst; ; wait = wait * 2 < ReconnectMax ? wait * 2 : ReconnectMax)
        {
            try
            {
                _session = await PostgresSession.OpenAsync(_source, _stop.Token);
                _outage = null;
                return;
            }
            catch (Exception exception)
            {
                _outage = new(exception);
                RefuseAll(exception);
            }

            try
            {
                await Task.Delay(wait, _time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void RefuseAll(Exception? exception)
    {
        while (_later.TryDequeue(out var work) || _queue.Reader.TryRead(out work))
        {
            work.Fail(new JournalUnavailableException(exception));
        }
    }
}
