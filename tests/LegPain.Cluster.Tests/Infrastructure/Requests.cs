using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Xunit;

namespace LegPain.Cluster.Tests.Infrastructure;

/// <summary>Requests as tests make them.</summary>
internal static class Requests
{
    /// <summary>Gets options of a call that must end, however slow the machine.</summary>
    public static CallOptions Soon => new(
        deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Patience.Max,
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Makes a report of findings that are present.</summary>
    public static ReportObservationsRequest Report(string patient, string requestId, params string[] present) => new()
    {
        Patient = patient,
        RequestId = requestId,
        Observations =
        {
            present.Select(finding => new Observation { Finding = finding, Presence = Presence.Present }),
        },
    };

    /// <summary>Reports until the cluster answers: what a client with its request id does.</summary>
    public static async Task<Assessment> ReportUntilStoredAsync(
        Func<TriageService.TriageServiceClient> next, ReportObservationsRequest request)
    {
        while (true)
        {
            try
            {
                return (await next().ReportObservationsAsync(request, Soon)).Assessment;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
