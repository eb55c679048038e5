using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>Why a patient refuses. Nothing was stored, but for <see cref="OutcomeUnknown"/>.</summary>
public enum RefusalReason
{
    /// <summary>Observations are wrong in any state; the violations name each.</summary>
    InvalidObservations = 1,

    /// <summary>The patient has no event yet.</summary>
    PatientNotFound = 2,

    /// <summary>There is no such revision yet.</summary>
    RevisionNotFound = 3,

    /// <summary>The revision recorded no observation at that index.</summary>
    ObservationNotFound = 4,

    /// <summary>The patient is at another revision than expected.</summary>
    RevisionConflict = 5,

    /// <summary>The request id was used before for other content.</summary>
    RequestIdReused = 6,

    /// <summary>The observation is already entered in error.</summary>
    AlreadyAmended = 7,

    /// <summary>An episode is open.</summary>
    EpisodeOpen = 8,

    /// <summary>No episode is open.</summary>
    NoEpisode = 9,

    /// <summary>The report would take the patient past the observations it may have.</summary>
    PatientFull = 10,

    /// <summary>More appends or reads wait than the journal takes.</summary>
    JournalBusy = 11,

    /// <summary>The journal's storage is full.</summary>
    StorageFull = 12,

    /// <summary>Whether the write was stored is not known.</summary>
    OutcomeUnknown = 13,

    /// <summary>A record of this patient cannot be read.</summary>
    RecordCorrupt = 14,

    /// <summary>The patient is moving between servers, or the journal cannot be reached.</summary>
    Unavailable = 15,

    /// <summary>The server that has the patient has not loaded the knowledge that is asked for.</summary>
    KnowledgeNotLoaded = 16,
}

/// <summary>One field of one observation that is wrong.</summary>
/// <param name="Index">The position of the observation in the report.</param>
/// <param name="Field">The field, in the names of the public API.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Description">What would be right. Nothing personal.</param>
[GenerateSerializer, Immutable, Alias("legpain.Violation")]
public sealed record Violation(
    [property: Id(0)] int Index,
    [property: Id(1)] string Field,
    [property: Id(2)] ObservationFault Fault,
    [property: Id(3)] string Description);

/// <summary>A refusal: a value, because the caller can cause it.</summary>
/// <param name="Reason">Why.</param>
/// <param name="CurrentRevision">The patient's revision.</param>
/// <param name="Violations">Every wrong field, when the observations are invalid.</param>
[GenerateSerializer, Immutable, Alias("legpain.Refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalReason Reason,
    [property: Id(1)] long CurrentRevision,
    [property: Id(2)] IReadOnlyList<Violation> Violations)
{
    /// <summary>Makes a refusal without violations.</summary>
    public static Refusal Of(RefusalReason reason, long currentRevision) => new(reason, currentRevision, []);
}
