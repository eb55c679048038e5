namespace LegPain.Robustness.History;

/// <summary>What a client knows of an attempt once it has ended.</summary>
internal enum Outcome
{
    /// <summary>Done: the server said so.</summary>
    Ok = 1,

    /// <summary>Not done, and it never will be: the server said so, or there was none to send it to.</summary>
    Fail = 2,

    /// <summary>Done or not, now or later: there was no answer, or one that says as much.</summary>
    Unknown = 3,
}

/// <summary>What was attempted.</summary>
internal enum Kind
{
    /// <summary>ReportObservations.</summary>
    Report = 1,

    /// <summary>AmendObservation.</summary>
    Amend = 2,

    /// <summary>StartEpisode.</summary>
    Start = 3,

    /// <summary>CloseEpisode.</summary>
    Close = 4,

    /// <summary>GetAssessment of the newest revision.</summary>
    Read = 5,

    /// <summary>ListEvents.</summary>
    List = 6,
}

/// <summary>One attempt of one client: one line of a history. Times are microseconds of the run's own clock.</summary>
internal sealed record Operation
{
    /// <summary>Gets the client.</summary>
    public required int Client { get; init; }

    /// <summary>Gets what was attempted.</summary>
    public required Kind Kind { get; init; }

    /// <summary>Gets the node it was sent to; null when a client with several endpoints chose.</summary>
    public int? Node { get; init; }

    /// <summary>Gets when it was sent.</summary>
    public required long Invoked { get; init; }

    /// <summary>Gets when it ended.</summary>
    public required long Returned { get; init; }

    /// <summary>Gets how it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Gets the error reason or status when it was not done.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets whether the client itself cut the connection meanwhile, or just before.</summary>
    public bool Cut { get; init; }

    /// <summary>Gets the caller's id of the patient.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the id of a write.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the content of a write, as <see cref="Contents"/> names it.</summary>
    public string? Content { get; init; }

    /// <summary>Gets the revision a write expected, when it did.</summary>
    public long? Expected { get; init; }

    /// <summary>Gets the revision in the answer.</summary>
    public long? Revision { get; init; }

    /// <summary>Gets when that revision was recorded, as the answer has it: .NET ticks.</summary>
    public long? RecordedAt { get; init; }

    /// <summary>Gets the revision after which events were listed.</summary>
    public long After { get; init; }

    /// <summary>Gets what was listed.</summary>
    public IReadOnlyList<ListedEvent>? Listed { get; init; }

    /// <summary>Gets whether it is a write.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsWrite => Kind is not (Kind.Read or Kind.List);
}

/// <summary>One event of a list.</summary>
internal readonly record struct ListedEvent(long Revision, string RequestId, long RecordedAt);

/// <summary>What a line of a watch's history says.</summary>
internal enum Sight
{
    /// <summary>A connection was opened after the revision.</summary>
    Opened = 1,

    /// <summary>An assessment came.</summary>
    Assessment = 2,

    /// <summary>A progress message came.</summary>
    Progress = 3,

    /// <summary>The server said that there is no such revision to go on from.</summary>
    Refused = 4,
}

/// <summary>One line of the history of a watch.</summary>
/// <param name="Watch">The watch.</param>
/// <param name="Connection">The connection, from 1.</param>
/// <param name="At">When, in microseconds of the run's own clock.</param>
/// <param name="Patient">The caller's id of the patient.</param>
/// <param name="Sight">What it says.</param>
/// <param name="Revision">The revision shown, or after which the connection was opened.</param>
/// <param name="RecordedAt">When the revision was recorded, as the assessment has it: .NET ticks.</param>
internal sealed record WatchLine(
    int Watch, int Connection, long At, string Patient, Sight Sight, long Revision, long RecordedAt = 0);

/// <summary>One fault, with what it must not change.</summary>
/// <param name="Name">What was done.</param>
/// <param name="At">When it began, in microseconds of the run's own clock.</param>
/// <param name="Healed">When it was over.</param>
/// <param name="RecoveryFrom">
/// From when recovery is counted, once the harm is done; null when nothing has to recover.
/// </param>
/// <param name="AckMin">The least time an acknowledgement takes meanwhile, in microseconds; 0 for none.</param>
/// <param name="FailsForGood">
/// Whether, after the first unknown outcome, nothing is acknowledged until it is over.
/// </param>
/// <param name="ServesRepeating">Whether a client that repeats notices nothing.</param>
/// <param name="Node">The node that is harmed while others serve its patients; null when nobody can.</param>
/// <param name="HealingFrom">
/// When the healing began, which can be felt by itself; null when it is what recovery waits for.
/// </param>
/// <param name="RecoveryMax">How long it may take to recover, in microseconds.</param>
/// <param name="Bit">Whether the nemesis itself saw that it took effect.</param>
/// <param name="Broke">What a server did that it must not, as the nemesis saw it; null for nothing.</param>
internal sealed record Fault(
    string Name, long At, long Healed, long? RecoveryFrom = null, long AckMin = 0, bool FailsForGood = false,
    bool ServesRepeating = false, int? Node = null, long? HealingFrom = null, long RecoveryMax = 30_000_000,
    bool Bit = false, string? Broke = null);
