using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Workload;

/// <summary>One write, which can be attempted any number of times with the same request id.</summary>
internal sealed record Write
{
    private static readonly DateTime FirstObserved = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Gets what it does.</summary>
    public required Kind Kind { get; init; }

    /// <summary>Gets whose it is.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets its request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>Gets what it reports; empty for other kinds.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>Gets the revision it amends; 0 for other kinds.</summary>
    public long Amends { get; init; }

    /// <summary>Gets the revision it expects; null for any.</summary>
    public long? Expected { get; init; }

    /// <summary>Gets the name of its content.</summary>
    public string Content => Kind switch
    {
        Kind.Report => Contents.Of(Observations),
        Kind.Amend => Contents.Amend(Amends, 0),
        Kind.Start => Contents.Start,
        _ => Contents.Close,
    };

    /// <summary>
    /// Makes observations that no other request of the run has: the time of observation tells them apart.
    /// </summary>
    public static IReadOnlyList<Observation> Unique(int number)
    {
        var at = Timestamp.FromDateTime(FirstObserved.AddMilliseconds(number));
        return
        [
            new() { Finding = "pain-intensity", Presence = Presence.Present, Number = number % 11, ObservedAt = at },
            new()
            {
                Finding = "fever", Presence = number % 7 == 0 ? Presence.Present : Presence.Absent, ObservedAt = at,
            },
        ];
    }

    /// <summary>Attempts it once.</summary>
    public async Task<Assessment> SendAsync(TriageService.TriageServiceClient triage, CallOptions call)
    {
        switch (Kind)
        {
            case Kind.Report:
                var report = new ReportObservationsRequest
                {
                    Patient = Patient,
                    RequestId = RequestId,
                    Observations = { Observations },
                };
                if (Expected is { } expected)
                {
                    report.ExpectedRevision = expected;
                }

                return (await triage.ReportObservationsAsync(report, call)).Assessment;
            case Kind.Amend:
                return (await triage.AmendObservationAsync(
                    new() { Patient = Patient, RequestId = RequestId, Revision = Amends }, call)).Assessment;
            case Kind.Start:
                return (await triage.StartEpisodeAsync(
                    new() { Patient = Patient, RequestId = RequestId }, call)).Assessment;
            default:
                return (await triage.CloseEpisodeAsync(
                    new() { Patient = Patient, RequestId = RequestId }, call)).Assessment;
        }
    }

    /// <summary>Sends it by a client that repeats it as it sees fit.</summary>
    public Task<Assessment> SendAsync(LegPainClient client)
    {
        var options = new RequestOptions { RequestId = RequestId, ExpectedRevision = Expected };
        return Kind switch
        {
            Kind.Report => client.ReportObservationsAsync(Patient, Observations, options),
            Kind.Amend => client.AmendObservationAsync(Patient, Amends, 0, options),
            Kind.Start => client.StartEpisodeAsync(Patient, options),
            _ => client.CloseEpisodeAsync(Patient, options),
        };
    }
}
