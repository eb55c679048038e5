namespace LegPain.Journal;

/// <summary>Append-only streams of opaque records, one stream a patient, with one head row each.</summary>
/// <remarks>
/// <para>
/// A stream's records are numbered from 1 without a gap. An append adds exactly one record, so every record is atomic
/// by construction, and the number of the last record is the stream's revision.
/// </para>
/// <para>
/// The journal fences its writers: an append at any sequence but the stream's own is refused, so of two writers of one
/// stream the second one loses cleanly. It knows neither medicine nor Orleans.
/// </para>
/// <para>Safe for concurrent use. Reads see every append that was acknowledged before they began.</para>
/// <para>
/// Every read may fail with <see cref="JournalBusyException"/>: too many reads wait; try again later. It says nothing
/// against the storage, unlike <see cref="JournalReadException"/>.
/// </para>
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>
    /// Gets whether only this process can append. When false, another process may have appended since this one last
    /// looked: who must know the newest state reads the head first.
    /// </summary>
    bool IsExclusive { get; }

    /// <summary>Gets whether appends can succeed just now, as far as is known without trying one.</summary>
    bool IsWritable { get; }

    /// <summary>
    /// Gets whether reads can succeed just now, as far as is known without trying one. Storage that takes no appends
    /// may still be read.
    /// </summary>
    bool IsReachable { get; }

    /// <summary>Appends one record and replaces the stream's head, in one transaction.</summary>
    /// <param name="append">The record and the head.</param>
    /// <param name="cancellationToken">Stops the wait for a place in the queue, not a write already accepted.</param>
    /// <returns>
    /// Explicit outcomes: appended; conflict (the stream is elsewhere; nothing was written); already applied (the
    /// request id is taken; nothing was written). When the task completes with an appended outcome the record survives
    /// a crash of the process and of the machine.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The payload is too large, or the head is not that of the record. Nothing was written.
    /// </exception>
    /// <exception cref="JournalBusyException">The queue is full. Nothing was written; try again later.</exception>
    /// <exception cref="JournalUnavailableException">
    /// The storage cannot be reached just now. Nothing was written; try again later.
    /// </exception>
    /// <exception cref="JournalFullException">The storage is full. Nothing was written; reads go on.</exception>
    /// <exception cref="JournalRejectedException">
    /// The storage cannot hold the record, for example a text with a NUL in PostgreSQL. Nothing was written.
    /// </exception>
    /// <exception cref="JournalUnknownOutcomeException">
    /// The record may or may not have been written, and a record that is not there yet may still come. Read the stream
    /// again before the next append. Repeating this one is safe: the sequence and the request id let only one win.
    /// </exception>
    ValueTask<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken);

    /// <summary>Reads records of one stream in order.</summary>
    /// <param name="stream">The stream; one that does not exist is empty.</param>
    /// <param name="afterSequence">The last sequence the caller has; 0 for all.</param>
    /// <param name="max">The most records to return, 1 to <see cref="JournalLimits.ReadMax"/>.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="JournalCorruptException">
    /// A record does not match its checksum. Its bytes are left as they are.
    /// </exception>
    /// <exception cref="JournalBusyException">Too many reads wait; try again later.</exception>
    /// <exception cref="JournalReadException">The storage could not be read just now.</exception>
    ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(
        string stream, long afterSequence, int max, CancellationToken cancellationToken);

    /// <summary>Returns the newest snapshot at or before a sequence, or null.</summary>
    /// <remarks>
    /// A snapshot that does not match its checksum is passed over: it is a cache, the records are the truth. One whose
    /// place in the storage cannot be read gives <see cref="JournalCorruptException"/>.
    /// </remarks>
    ValueTask<JournalSnapshot?> ReadSnapshotAsync(string stream, long atOrBefore, CancellationToken cancellationToken);

    /// <summary>Keeps a snapshot. A cache: losing one costs time, never data.</summary>
    ValueTask WriteSnapshotAsync(string stream, JournalSnapshot snapshot, CancellationToken cancellationToken);

    /// <summary>Returns the record a request wrote to a stream, or null when it wrote none.</summary>
    /// <exception cref="JournalCorruptException">The record does not match its checksum.</exception>
    ValueTask<JournalRecord?> FindRequestAsync(string stream, string requestId, CancellationToken cancellationToken);

    /// <summary>Returns the head of a stream, or null when the stream does not exist.</summary>
    ValueTask<JournalHead?> ReadHeadAsync(string stream, CancellationToken cancellationToken);
}

/// <summary>Limits of a journal.</summary>
public static class JournalLimits
{
    /// <summary>Most bytes of a record's payload: 256 KiB.</summary>
    public const int PayloadBytesMax = 256 * 1024;

    /// <summary>Most records of one read.</summary>
    public const int ReadMax = 1000;

    /// <summary>Most appends that wait for the writer.</summary>
    public const int QueueMax = 4096;

    /// <summary>Most appends that one transaction takes.</summary>
    public const int BatchMax = 512;
}

/// <summary>One record of a stream.</summary>
/// <param name="Sequence">Its number in the stream, from 1.</param>
/// <param name="RecordedAt">When it was decided, as the writer's clock had it.</param>
/// <param name="RequestId">The client's id of the request that made it; unique in the stream for ever.</param>
/// <param name="RequestHash">A hash of that request's content.</param>
/// <param name="Payload">The content, opaque to the journal.</param>
public sealed record JournalRecord(
    long Sequence, DateTimeOffset RecordedAt, string RequestId, ReadOnlyMemory<byte> RequestHash,
    ReadOnlyMemory<byte> Payload);

/// <summary>What the board and due reviews read of a stream, without its records.</summary>
/// <param name="Tenant">Whose stream it is.</param>
/// <param name="Sequence">The last record's number.</param>
/// <param name="Rank">Orders streams by how much they need attention; greater is more.</param>
/// <param name="DueAt">When the stream should be looked at again with no new record; null for never.</param>
/// <param name="UpdatedAt">When the last record was decided.</param>
/// <param name="Summary">A few bytes for lists, opaque to the journal.</param>
public sealed record JournalHead(
    string Tenant, long Sequence, int Rank, DateTimeOffset? DueAt, DateTimeOffset UpdatedAt,
    ReadOnlyMemory<byte> Summary);

/// <summary>One append: the record at the head's sequence, and the head.</summary>
/// <param name="Stream">The stream. It comes into being with its first record.</param>
/// <param name="Record">The record; its sequence is one past the last that the writer has seen.</param>
/// <param name="Head">The head as it is once the record is there.</param>
public sealed record JournalAppend(string Stream, JournalRecord Record, JournalHead Head)
{
    /// <summary>Refuses an append that no provider may take: too large, or with a head of another record.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Record.Payload.Length, JournalLimits.PayloadBytesMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(Head.Sequence, Record.Sequence);
    }
}

/// <summary>A fold of a stream's records up to a sequence, opaque to the journal.</summary>
/// <param name="Sequence">The last record folded.</param>
/// <param name="Payload">The content.</param>
public sealed record JournalSnapshot(long Sequence, ReadOnlyMemory<byte> Payload);

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>The record is durable.</summary>
    Appended = 1,

    /// <summary>The stream is at another sequence than the writer thought. Nothing was written.</summary>
    Conflict = 2,

    /// <summary>The request id wrote a record of this stream before. Nothing was written.</summary>
    AlreadyApplied = 3,
}

/// <summary>The result of an append.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Sequence">
/// The record's sequence when appended; the stream's last sequence after a conflict; the earlier record's when already
/// applied.
/// </param>
public readonly record struct AppendResult(AppendOutcome Outcome, long Sequence);
