using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>An observation as it stands in the journal. A struct, because a patient in memory holds many.</summary>
/// <param name="Observation">What was said; its time is set.</param>
/// <param name="Informant">Who said so, as the public API numbers it.</param>
/// <param name="UnknownReason">Why it is not known, as the public API numbers it.</param>
/// <param name="OutlivesEpisode">Whether the finding belongs to the person, as the knowledge in force had it.</param>
/// <param name="Revision">The revision that recorded it.</param>
/// <param name="Index">Its index there.</param>
[GenerateSerializer, Immutable, Alias("legpain.RecordedObservation")]
public readonly record struct RecordedObservation(
    [property: Id(0)] Observation Observation,
    [property: Id(1)] int Informant,
    [property: Id(2)] int UnknownReason,
    [property: Id(3)] bool OutlivesEpisode,
    [property: Id(4)] long Revision,
    [property: Id(5)] int Index);

/// <summary>What happened to a patient. A closed set; exactly one event a revision.</summary>
/// <param name="Episode">The episode it belongs to, from 1.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientEvent")]
public abstract record PatientEvent([property: Id(0)] int Episode);

/// <summary>Observations were reported.</summary>
/// <param name="Episode">The episode.</param>
/// <param name="StartsEpisode">Whether the report also started it.</param>
/// <param name="Observations">The observations, in the order of the report.</param>
[GenerateSerializer, Immutable, Alias("legpain.ObservationsReported")]
public sealed record ObservationsReported(
    int Episode,
    [property: Id(0)] bool StartsEpisode,
    [property: Id(1)] IReadOnlyList<RecordedObservation> Observations) : PatientEvent(Episode);

/// <summary>An observation was marked as entered in error.</summary>
/// <param name="Episode">The episode.</param>
/// <param name="Revision">The revision that recorded it.</param>
/// <param name="Index">Its index there.</param>
/// <param name="Finding">The finding it was about.</param>
/// <param name="Remaining">
/// The observations of that finding that still stand, as many as a state keeps, oldest first.
/// </param>
[GenerateSerializer, Immutable, Alias("legpain.ObservationAmended")]
public sealed record ObservationAmended(
    int Episode,
    [property: Id(0)] long Revision,
    [property: Id(1)] int Index,
    [property: Id(2)] string Finding,
    [property: Id(3)] IReadOnlyList<RecordedObservation> Remaining) : PatientEvent(Episode);

/// <summary>An episode was started.</summary>
/// <param name="Episode">Its number.</param>
[GenerateSerializer, Immutable, Alias("legpain.EpisodeStarted")]
public sealed record EpisodeStarted(int Episode) : PatientEvent(Episode);

/// <summary>An episode was closed.</summary>
/// <param name="Episode">Its number.</param>
[GenerateSerializer, Immutable, Alias("legpain.EpisodeClosed")]
public sealed record EpisodeClosed(int Episode) : PatientEvent(Episode);

/// <summary>What was said after an event, kept with it for the record.</summary>
/// <param name="KnowledgeId">The name of the knowledge.</param>
/// <param name="KnowledgeVersion">Its version.</param>
/// <param name="KnowledgeHash">Its hash.</param>
/// <param name="Urgency">The urgency given.</param>
/// <param name="RaisedRedFlags">The red flags that were raised.</param>
[GenerateSerializer, Immutable, Alias("legpain.EventOutcome")]
public sealed record EventOutcome(
    [property: Id(0)] string KnowledgeId,
    [property: Id(1)] string KnowledgeVersion,
    [property: Id(2)] string KnowledgeHash,
    [property: Id(3)] Urgency Urgency,
    [property: Id(4)] IReadOnlyList<string> RaisedRedFlags);

/// <summary>An event with its place in the journal.</summary>
/// <param name="Revision">Its number, from 1.</param>
/// <param name="RecordedAt">When it was decided.</param>
/// <param name="RequestId">The request that made it.</param>
/// <param name="Event">What happened.</param>
/// <param name="Outcome">What was said.</param>
[GenerateSerializer, Immutable, Alias("legpain.RecordedEvent")]
public sealed record RecordedEvent(
    [property: Id(0)] long Revision,
    [property: Id(1)] DateTimeOffset RecordedAt,
    [property: Id(2)] string RequestId,
    [property: Id(3)] PatientEvent Event,
    [property: Id(4)] EventOutcome Outcome);
