namespace LegPain.Journal;

/// <summary>A journal that could not do what was asked. Messages never hold content.</summary>
public abstract class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Too many appends, or too many reads, wait. Nothing was written; try again later.</summary>
public sealed class JournalBusyException() : JournalException("The journal's queue is full.");

/// <summary>The storage cannot be reached just now. Nothing was written; try again later.</summary>
public sealed class JournalUnavailableException(Exception? inner = null)
    : JournalException("The journal's storage cannot be reached.", inner);

/// <summary>The storage is full. Nothing was written; reads go on, and appends do again once there is room.</summary>
public sealed class JournalFullException(Exception? inner = null)
    : JournalException("The journal's storage is full.", inner);

/// <summary>The record may or may not have been written. Read the stream again before the next append.</summary>
public sealed class JournalUnknownOutcomeException(Exception? inner = null)
    : JournalException("The outcome of an append is not known.", inner);

/// <summary>
/// A record does not match its checksum, or the storage cannot read it. Its bytes are left as they are.
/// </summary>
public sealed class JournalCorruptException(long sequence, Exception? inner = null)
    : JournalException($"Record {sequence} of a stream is corrupt.", inner)
{
    /// <summary>Gets the sequence of the first record that cannot be read.</summary>
    public long Sequence { get; } = sequence;
}

/// <summary>The journal cannot be opened: another schema, another owner, or a library known to lose data.</summary>
public sealed class JournalOpenException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>The storage could not be read just now. Nothing is known to be wrong with the data; try again.</summary>
public sealed class JournalReadException(Exception inner) : JournalException("The journal could not be read.", inner);

/// <summary>
/// A record does not fit the journal: a fault of the caller. Nothing was written, and other appends go on.
/// </summary>
public sealed class JournalRejectedException(Exception inner)
    : JournalException("The record does not fit the journal.", inner);
