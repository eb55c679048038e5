using LegPain.Journal;
using LegPain.Journal.Memory;

namespace LegPain.Server.Tests.Simulation;

/// <summary>What goes wrong with one call of a journal.</summary>
internal enum JournalFault
{
    None,

    /// <summary>The call is slow.</summary>
    Slow,

    /// <summary>An append is refused, with nothing written; a read fails.</summary>
    Refused,

    /// <summary>An append is lost on its way, and nobody knows.</summary>
    Lost,

    /// <summary>An append is stored, and its writer is not told.</summary>
    NotTold,

    /// <summary>The writer gives up first: the append is stored later, or at any rate on its own.</summary>
    Late,
}

/// <summary>
/// One process's way to the store: every call goes there, is served and comes back in steps of their own, and any of
/// them can be the last that the process sees.
/// </summary>
internal sealed class SimulatedJournal(SimulatedCluster cluster, SimulatedProcess process) : IJournal
{
    private readonly Schedule _schedule = cluster.Schedule;
    private readonly MemoryJournal _store = cluster.Store;

    public bool IsExclusive => cluster.IsEmbedded;

    public bool IsWritable => true;

    public bool IsReachable => true;

    public async ValueTask<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        var fault = cluster.NextFault();
        if (fault is JournalFault.Refused or JournalFault.Lost)
        {
            await HopAsync();
            throw fault == JournalFault.Lost ? new JournalUnknownOutcomeException()
                : _schedule.Chance(2) ? new JournalBusyException() : new JournalFullException();
        }

        var serving = ServeAsync(() => AppendNow(append), fault);
        if (fault == JournalFault.Late)
        {
            await HopAsync();
            throw new JournalUnknownOutcomeException();
        }

        var result = await serving;
        return fault == JournalFault.NotTold ? throw new JournalUnknownOutcomeException() : result;
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(() => _store.ReadAsync(stream, afterSequence, max, cancellationToken));

    public ValueTask<JournalSnapshot?> ReadSnapshotAsync(
        string stream, long atOrBefore, CancellationToken cancellationToken) =>
        ReadAsync(() => _store.ReadSnapshotAsync(stream, atOrBefore, cancellationToken));

    public async ValueTask WriteSnapshotAsync(
        string stream, JournalSnapshot snapshot, CancellationToken cancellationToken) =>
        await ServeAsync(
            async () =>
            {
                await _store.WriteSnapshotAsync(stream, snapshot, cancellationToken);
                return true;
            },
            JournalFault.None);

    public ValueTask<JournalRecord?> FindRequestAsync(
        string stream, string requestId, CancellationToken cancellationToken) =>
        ReadAsync(() => _store.FindRequestAsync(stream, requestId, cancellationToken));

    public ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken) =>
        ReadAsync(() => _store.ReadHeadAsync(stream, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<AppendResult> AppendNow(JournalAppend append)
    {
        var result = await _store.AppendAsync(append, CancellationToken.None);
        if (result.Outcome == AppendOutcome.Appended)
        {
            cluster.History.Stored(
                _schedule.Step, append.Record.Sequence, append.Record.RequestId, append.Record.RecordedAt);
            _schedule.Note($"stored {append.Record.Sequence} {append.Record.RequestId}");
        }

        return result;
    }

    private async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read)
    {
        var fault = cluster.NextFault();
        if (fault is JournalFault.Refused)
        {
            await HopAsync();
            throw _schedule.Chance(2) ? new JournalBusyException() : new JournalReadException(new IOException());
        }

        return await ServeAsync(read, fault);
    }

    /// <summary>
    /// Sends a call to the store. An embedded store ends with its process; one elsewhere serves what was sent to it.
    /// </summary>
    private Task<T> ServeAsync<T>(Func<ValueTask<T>> serve, JournalFault fault)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _schedule.Begin(cluster.IsEmbedded ? process : null, async () =>
        {
            if (fault is JournalFault.Slow or JournalFault.Late)
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(_schedule.Random.Next(2000)), _schedule.Clock, CancellationToken.None);
            }

            answer.SetResult(await serve());
        });
        return answer.Task;
    }

    private Task HopAsync() => ServeAsync(() => ValueTask.FromResult(true), JournalFault.None);
}
