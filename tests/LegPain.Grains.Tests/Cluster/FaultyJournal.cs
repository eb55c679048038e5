using System.Collections.Concurrent;
using LegPain.Journal;

namespace LegPain.Grains.Tests.Cluster;

/// <summary>A journal around another one, which finds records corrupt when told to and counts what is read.</summary>
internal sealed class FaultyJournal(IJournal inner) : IJournal
{
    private int _recordsRead;

    /// <summary>Gets the records that cannot be read.</summary>
    public ConcurrentDictionary<(string Stream, long Sequence), bool> Corrupt { get; } = [];

    /// <summary>Gets or sets whether snapshots are refused.</summary>
    public bool SnapshotsFail { get; set; }

    /// <summary>Gets or sets whether the storage cannot be read.</summary>
    public bool ReadsFail { get; set; }

    /// <summary>Gets or sets whether no other process appends.</summary>
    public bool IsExclusive { get; set; } = true;

    /// <summary>Gets or sets whether the storage takes appends, as far as is known.</summary>
    public bool IsWritable { get; set; } = true;

    /// <summary>Gets or sets whether the storage can be read, as far as is known.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Gets or sets whether snapshots cannot be read.</summary>
    public bool SnapshotsCorrupt { get; set; }

    /// <summary>Gets or sets whether too many reads wait.</summary>
    public bool IsBusy { get; set; }

    public ValueTask<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken) =>
        inner.AppendAsync(append, cancellationToken);

    public async ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken)
    {
        ThrowIfReadsFail();
        var records = await inner.ReadAsync(stream, afterSequence, max, cancellationToken);
        Interlocked.Add(ref _recordsRead, records.Count);
        return records.FirstOrDefault(record => Corrupt.ContainsKey((stream, record.Sequence))) is { } corrupt
            ? throw new JournalCorruptException(corrupt.Sequence)
            : records;
    }

    public ValueTask<JournalSnapshot?> ReadSnapshotAsync(
        string stream, long atOrBefore, CancellationToken cancellationToken)
    {
        ThrowIfReadsFail();
        return SnapshotsCorrupt
            ? throw new JournalCorruptException(0)
            : inner.ReadSnapshotAsync(stream, atOrBefore, cancellationToken);
    }

    public ValueTask WriteSnapshotAsync(
        string stream, JournalSnapshot snapshot, CancellationToken cancellationToken) => SnapshotsFail
        ? throw new JournalBusyException()
        : inner.WriteSnapshotAsync(stream, snapshot, cancellationToken);

    public ValueTask<JournalRecord?> FindRequestAsync(
        string stream, string requestId, CancellationToken cancellationToken) =>
        inner.FindRequestAsync(stream, requestId, cancellationToken);

    public ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken)
    {
        ThrowIfReadsFail();
        return inner.ReadHeadAsync(stream, cancellationToken);
    }

    /// <summary>Returns how many records were read since it was last asked.</summary>
    public int TakeRecordsRead() => Interlocked.Exchange(ref _recordsRead, 0);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void ThrowIfReadsFail()
    {
        if (ReadsFail)
        {
            throw new JournalReadException(new IOException());
        }

        if (IsBusy)
        {
            throw new JournalBusyException();
        }
    }
}
