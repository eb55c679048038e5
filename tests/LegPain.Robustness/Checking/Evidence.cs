using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>One record as it stands in the journal's table.</summary>
/// <param name="Revision">Its number in the stream.</param>
/// <param name="RequestId">The id of the request that made it.</param>
/// <param name="Content">Its content, as <see cref="Contents"/> names it.</param>
/// <param name="RecordedAt">When it was recorded: .NET ticks.</param>
internal readonly record struct StoredRecord(long Revision, string RequestId, string Content, long RecordedAt);

/// <summary>A patient as the journal's tables have it once everything has stopped.</summary>
/// <param name="Head">The revision in the head row; 0 when there is none.</param>
/// <param name="Records">The records, in the order of their numbers.</param>
internal sealed record StoredPatient(long Head, IReadOnlyList<StoredRecord> Records)
{
    /// <summary>A patient of whom nothing is stored.</summary>
    public static StoredPatient Empty { get; } = new(0, []);
}

/// <summary>Everything a run is judged by: what clients saw, and what the journal holds in the end.</summary>
/// <param name="Operations">Every attempt of every client.</param>
/// <param name="Watches">The lines of all watches, those of one watch in the order they happened.</param>
/// <param name="Faults">What was done to the servers meanwhile.</param>
/// <param name="Stored">What the tables hold, by the caller's id of the patient.</param>
internal sealed record Evidence(
    IReadOnlyList<Operation> Operations, IReadOnlyList<WatchLine> Watches, IReadOnlyList<Fault> Faults,
    IReadOnlyDictionary<string, StoredPatient> Stored)
{
    /// <summary>Gets what is stored of a patient.</summary>
    public StoredPatient Of(string patient) => Stored.GetValueOrDefault(patient, StoredPatient.Empty);
}
