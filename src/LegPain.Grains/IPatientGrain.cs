using LegPain.Engine.Inference;
using LegPain.Grains.Patient;
using Orleans.Concurrency;

namespace LegPain.Grains;

/// <summary>
/// One patient: the only place where that patient's events are decided. The key is an opaque PatientKey.
/// </summary>
/// <remarks>
/// What a client can cause comes back as a <see cref="Refusal"/>; exceptions are faults. No call takes the caller's
/// cancellation past the point where a write is sent: an append runs to its own end. A read never shows less than what
/// was acknowledged before it began, by whichever node.
/// </remarks>
[GrainInterfaceType("legpain.patient")]
public interface IPatientGrain : IGrainWithStringKey
{
    /// <summary>Decides a command, makes its event durable and returns the assessment that follows.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">
    /// Drops the command while it waits or is decided, with nothing written; once it is sent to the journal it runs to
    /// its end.
    /// </param>
    [Alias("Submit")]
    ValueTask<PatientReply> SubmitAsync(PatientCommand command, CancellationToken cancellationToken);

    /// <summary>Returns the assessment at a revision.</summary>
    /// <param name="revision">The revision, or null for the newest.</param>
    /// <param name="asOf">
    /// The moment to assess for, or null: now for the newest, the time of recording for an earlier one.
    /// </param>
    /// <param name="cancellationToken">Stops the read.</param>
    [Alias("Read")]
    [AlwaysInterleave]
    ValueTask<PatientReply> ReadAsync(long? revision, DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>Returns assessments of any revision, under any loaded knowledge, with what is supposed.</summary>
    /// <param name="wanted">What is wanted. All are made from one state of the patient and for one now.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>One reading for each, in order; or a refusal when any of them cannot be had.</returns>
    [Alias("ReadUnder")]
    [AlwaysInterleave]
    ValueTask<PatientReadings> ReadUnderAsync(IReadOnlyList<ReadingTerms> wanted, CancellationToken cancellationToken);

    /// <summary>Returns the assessments at the revisions after one, in order, each at its time of recording.</summary>
    /// <param name="afterRevision">The last revision the caller has.</param>
    /// <param name="max">The most to return.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    [Alias("ReadSince")]
    [AlwaysInterleave]
    ValueTask<PatientReadings> ReadSinceAsync(long afterRevision, int max, CancellationToken cancellationToken);

    /// <summary>Returns events after a revision, in order.</summary>
    [Alias("ReadEvents")]
    [AlwaysInterleave]
    ValueTask<PatientEventPage> ReadEventsAsync(long afterRevision, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a signal to the observer at every new revision, for <see cref="WatchLease"/>; call again to go on.
    /// </summary>
    [Alias("Subscribe")]
    [AlwaysInterleave]
    ValueTask SubscribeAsync(IPatientObserver observer);

    /// <summary>Stops the signals to an observer.</summary>
    [Alias("Unsubscribe")]
    [AlwaysInterleave]
    ValueTask UnsubscribeAsync(IPatientObserver observer);
}

/// <summary>
/// Hears that a patient has changed. A hint: it may be lost, and the reader then learns of it at its next lease.
/// </summary>
[GrainInterfaceType("legpain.patient-observer")]
public interface IPatientObserver : IGrainObserver
{
    /// <summary>Says that a patient is at a revision.</summary>
    [Alias("Changed")]
    [OneWay]
    void Changed(string patientKey, long revision);
}

/// <summary>How long a watch's subscription lasts.</summary>
public static class WatchLease
{
    /// <summary>A subscription that is not renewed ends after 30 seconds.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    /// <summary>A watcher renews, and reads what a lost signal may have hidden, every 12 seconds.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(12);
}

/// <summary>Which assessment of a patient is wanted.</summary>
/// <param name="Revision">The revision, or null for the newest.</param>
/// <param name="AsOf">
/// The moment to assess for, or null: now for the newest, the time of recording for an earlier one.
/// </param>
/// <param name="KnowledgeHash">The hash of the knowledge to assess with, or null for the one in force.</param>
/// <param name="Supposed">
/// What is supposed to be so besides. Nothing of it is recorded; one whose time is
/// <see cref="DateTimeOffset.MaxValue"/> is the newest of its finding.
/// </param>
/// <param name="ForNextReport">
/// Whether to read the patient as the next report will find them: without the symptoms of a closed episode.
/// </param>
[GenerateSerializer, Immutable, Alias("legpain.ReadingTerms")]
public sealed record ReadingTerms(
    [property: Id(0)] long? Revision,
    [property: Id(1)] DateTimeOffset? AsOf,
    [property: Id(2)] string? KnowledgeHash,
    [property: Id(3)] IReadOnlyList<ReportedObservation> Supposed,
    [property: Id(4)] bool ForNextReport = false);

/// <summary>A patient's assessment at one revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="AssessedAt">The moment it was assessed for.</param>
/// <param name="Episode">The episode's number.</param>
/// <param name="EpisodeOpen">Whether the episode is open.</param>
/// <param name="EpisodeStartedAt">When the episode was started.</param>
/// <param name="Assessment">What the engine says.</param>
/// <param name="ChangesAt">The earliest moment at which time alone can change it, or null.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientReading")]
public sealed record PatientReading(
    [property: Id(0)] long Revision,
    [property: Id(1)] DateTimeOffset RecordedAt,
    [property: Id(2)] DateTimeOffset AssessedAt,
    [property: Id(3)] int Episode,
    [property: Id(4)] bool EpisodeOpen,
    [property: Id(5)] DateTimeOffset EpisodeStartedAt,
    [property: Id(6)] Assessment Assessment,
    [property: Id(7)] DateTimeOffset? ChangesAt);

/// <summary>An assessment, or why there is none. Exactly one is set.</summary>
/// <param name="Reading">The assessment.</param>
/// <param name="Refusal">The refusal.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientReply")]
public sealed record PatientReply(
    [property: Id(0)] PatientReading? Reading,
    [property: Id(1)] Refusal? Refusal);

/// <summary>The assessments after a revision, or why there are none.</summary>
/// <param name="CurrentRevision">The patient's newest revision; 0 when there is no event.</param>
/// <param name="Readings">The assessments, in order; fewer than asked when there are no more.</param>
/// <param name="Refusal">The refusal, or null.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientReadings")]
public sealed record PatientReadings(
    [property: Id(0)] long CurrentRevision,
    [property: Id(1)] IReadOnlyList<PatientReading> Readings,
    [property: Id(2)] Refusal? Refusal);

/// <summary>Some events of a patient, or why there are none.</summary>
/// <param name="CurrentRevision">The patient's newest revision; 0 when there is no event.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="Refusal">The refusal, or null.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientEventPage")]
public sealed record PatientEventPage(
    [property: Id(0)] long CurrentRevision,
    [property: Id(1)] IReadOnlyList<RecordedEvent> Events,
    [property: Id(2)] Refusal? Refusal);
