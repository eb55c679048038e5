using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>An observation as a client reports it.</summary>
/// <param name="Observation">What is said.</param>
/// <param name="Unit">The unit sent with it, or null.</param>
/// <param name="Informant">Who says so, as the public API numbers it. For the record.</param>
/// <param name="UnknownReason">
/// Why it is not known, as the public API numbers it. What was not asked is asked; the rest is for the record.
/// </param>
[GenerateSerializer, Immutable, Alias("legpain.ReportedObservation")]
public sealed record ReportedObservation(
    [property: Id(0)] Observation Observation,
    [property: Id(1)] string? Unit,
    [property: Id(2)] int Informant,
    [property: Id(3)] int UnknownReason);

/// <summary>What a client wants changed. Safe to repeat with the same request id.</summary>
/// <param name="Tenant">Whose patient it is.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="RequestHash">A hash of the request's content, to tell a repeat from a reuse.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null when it does not matter.</param>
[GenerateSerializer, Immutable, Alias("legpain.PatientCommand")]
public abstract record PatientCommand(
    [property: Id(0)] string Tenant,
    [property: Id(1)] string RequestId,
    [property: Id(2)] byte[] RequestHash,
    [property: Id(3)] long? ExpectedRevision);

/// <summary>Record what was observed.</summary>
/// <param name="Tenant">Whose patient it is.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="RequestHash">A hash of the request's content.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null.</param>
/// <param name="Observations">
/// The report; an observation without a time has <see cref="DateTimeOffset.MaxValue"/> and takes that of recording.
/// </param>
[GenerateSerializer, Immutable, Alias("legpain.ReportObservations")]
public sealed record ReportObservations(
    string Tenant, string RequestId, byte[] RequestHash, long? ExpectedRevision,
    [property: Id(0)] IReadOnlyList<ReportedObservation> Observations)
    : PatientCommand(Tenant, RequestId, RequestHash, ExpectedRevision);

/// <summary>Mark a recorded observation as entered in error.</summary>
/// <param name="Tenant">Whose patient it is.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="RequestHash">A hash of the request's content.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null.</param>
/// <param name="Revision">The revision that recorded it.</param>
/// <param name="Index">Its index there.</param>
[GenerateSerializer, Immutable, Alias("legpain.AmendObservation")]
public sealed record AmendObservation(
    string Tenant, string RequestId, byte[] RequestHash, long? ExpectedRevision,
    [property: Id(0)] long Revision,
    [property: Id(1)] int Index)
    : PatientCommand(Tenant, RequestId, RequestHash, ExpectedRevision);

/// <summary>Start an episode.</summary>
/// <param name="Tenant">Whose patient it is.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="RequestHash">A hash of the request's content.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null.</param>
[GenerateSerializer, Immutable, Alias("legpain.StartEpisode")]
public sealed record StartEpisode(string Tenant, string RequestId, byte[] RequestHash, long? ExpectedRevision)
    : PatientCommand(Tenant, RequestId, RequestHash, ExpectedRevision);

/// <summary>Close the open episode.</summary>
/// <param name="Tenant">Whose patient it is.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="RequestHash">A hash of the request's content.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null.</param>
[GenerateSerializer, Immutable, Alias("legpain.CloseEpisode")]
public sealed record CloseEpisode(string Tenant, string RequestId, byte[] RequestHash, long? ExpectedRevision)
    : PatientCommand(Tenant, RequestId, RequestHash, ExpectedRevision);
