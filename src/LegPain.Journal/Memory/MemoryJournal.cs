namespace LegPain.Journal.Memory;

/// <summary>A journal in memory, for tests: nothing outlives it. Faults can be injected.</summary>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stream> _streams = new(StringComparer.Ordinal);

    /// <summary>Gets or sets what happens before an append is stored; throw to fail it with nothing written.</summary>
    public Func<JournalAppend, ValueTask>? BeforeAppend { get; set; }

    /// <summary>
    /// Gets or sets what happens after an append is stored and before it is acknowledged; throw for an unknown outcome.
    /// </summary>
    public Func<JournalAppend, ValueTask>? AfterAppend { get; set; }

    /// <inheritdoc/>
    public bool IsExclusive => true;

    /// <inheritdoc/>
    public bool IsWritable => true;

    /// <inheritdoc/>
    public bool IsReachable => true;

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        append.Check();
        cancellationToken.ThrowIfCancellationRequested();
        if (BeforeAppend is { } before)
        {
            await before(append);
        }

        var result = Append(append);
        if (result.Outcome == AppendOutcome.Appended && AfterAppend is { } after)
        {
            await after(append);
        }

        return result;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, JournalLimits.ReadMax);
        lock (_lock)
        {
            IReadOnlyList<JournalRecord> records = _streams.TryGetValue(stream, out var known)
                ? [.. known.Records.SkipWhile(record => record.Sequence <= afterSequence).Take(max)]
                : [];
            return ValueTask.FromResult(records);
        }
    }

    /// <inheritdoc/>
    public ValueTask<JournalSnapshot?> ReadSnapshotAsync(
        string stream, long atOrBefore, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_streams.GetValueOrDefault(stream)?.Snapshots.Values
                .LastOrDefault(snapshot => snapshot.Sequence <= atOrBefore));
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteSnapshotAsync(string stream, JournalSnapshot snapshot, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Get(stream).Snapshots[snapshot.Sequence] = snapshot;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<JournalRecord?> FindRequestAsync(
        string stream, string requestId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(
                _streams.GetValueOrDefault(stream)?.Records.Find(record => record.RequestId == requestId));
        }
    }

    /// <inheritdoc/>
    public ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_streams.GetValueOrDefault(stream)?.Head);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private AppendResult Append(JournalAppend append)
    {
        lock (_lock)
        {
            var stream = Get(append.Stream);
            if (stream.Records.Find(record => record.RequestId == append.Record.RequestId) is { } earlier)
            {
                return new(AppendOutcome.AlreadyApplied, earlier.Sequence);
            }

            if (stream.Records.Count != append.Record.Sequence - 1)
            {
                return new(AppendOutcome.Conflict, stream.Records.Count);
            }

            stream.Records.Add(append.Record);
            stream.Head = append.Head;
            return new(AppendOutcome.Appended, append.Record.Sequence);
        }
    }

    private Stream Get(string name)
    {
        if (!_streams.TryGetValue(name, out var stream))
        {
            _streams[name] = stream = new();
        }

        return stream;
    }

    private sealed class Stream
    {
        public List<JournalRecord> Records { get; } = [];

        public SortedDictionary<long, JournalSnapshot> Snapshots { get; } = [];

        public JournalHead? Head { get; set; }
    }
}
