namespace LegPain.Server.Tests.Simulation;

/// <summary>How a call ended, as its caller knows it.</summary>
internal enum CallEnd
{
    /// <summary>It was answered.</summary>
    Ok,

    /// <summary>It was refused for what the patient is: repeating it would not help.</summary>
    No,

    /// <summary>It was refused just now, and nothing was stored by it.</summary>
    NotNow,

    /// <summary>What became of it is not known.</summary>
    Unknown,
}

/// <summary>What was seen from outside, by the steps of the schedule. Numbers and texts only.</summary>
internal sealed class SimulatedHistory
{
    public List<StoredRecord> Store { get; } = [];

    public List<Write> Writes { get; } = [];

    public List<Read> Reads { get; } = [];

    public List<Shown> Watched { get; } = [];

    public List<Signal> Signals { get; } = [];

    public void Stored(int step, long revision, string request, DateTimeOffset recordedAt) =>
        Store.Add(new(step, revision, request, recordedAt));

    /// <summary>A record that became durable.</summary>
    public sealed record StoredRecord(int Step, long Revision, string Request, DateTimeOffset RecordedAt);

    /// <summary>One attempt of a write.</summary>
    public sealed record Write(
        int Invoked, int Completed, string Request, long? Expected, (long Revision, int Index)? Amends, CallEnd End,
        string Reason, long Revision, string Answer);

    /// <summary>One read. An answer is empty when it is of now and so changes with time.</summary>
    public sealed record Read(
        int Invoked, int Completed, long? Wanted, CallEnd End, string Reason, long Revision, string Answer,
        bool IsAssessedBeforeRecorded, IReadOnlyList<string> Events);

    /// <summary>One assessment that a watch has shown; nothing shown but the end of the watch has no answer.</summary>
    public sealed record Shown(int Step, int Watch, long Revision, string Answer);

    /// <summary>One hint that was sent.</summary>
    public sealed record Signal(int Step, long Revision);
}
