using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using Xunit;

namespace LegPain.Server.Tests.Infrastructure;

/// <summary>Short ways to say what tests send and expect.</summary>
internal static class Requests
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Observation Present(string finding) => new() { Finding = finding, Presence = Presence.Present };

    public static Observation Absent(string finding) => new() { Finding = finding, Presence = Presence.Absent };

    public static Observation Number(string finding, double number) =>
        new() { Finding = finding, Presence = Presence.Present, Number = number };

    public static Observation Option(string finding, string option) =>
        new() { Finding = finding, Presence = Presence.Present, Option = option };

    public static ReportObservationsRequest Report(
        string patient, string requestId, params Observation[] observations) =>
        new() { Patient = patient, RequestId = requestId, Observations = { observations } };

    /// <summary>Gets a time long before the present, at which a patient of 40 was not born.</summary>
    public static DateTime LongAgo { get; } = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Gets a time that is past and within the life of a patient of 40.</summary>
    public static DateTime Lately { get; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Gets a time that is still to come.</summary>
    public static DateTime LongToCome { get; } = new(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>
    /// Gets a deadline, and the test's own cancellation. The deadline of a gRPC call is a moment of the real clock.
    /// </summary>
    public static CallOptions Soon => new(
        deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Patience,
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Expects a refusal and returns its details.</summary>
    public static async Task<Refused> RefusalOf<T>(AsyncUnaryCall<T> call)
    {
        using (call)
        {
            return Refused.From(await Assert.ThrowsAsync<RpcException>(async () => await call));
        }
    }
}

/// <summary>A refusal as a client reads it.</summary>
internal sealed record Refused(
    StatusCode Code, string Reason, string Message, IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<(string Field, string Reason)> Fields, bool HasRetryInfo, string Everything)
{
    public static Refused From(RpcException exception)
    {
        var status = exception.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        Assert.True(info is null || info.Domain == "legpain");
        return new(
            exception.StatusCode,
            info?.Reason ?? string.Empty,
            exception.Status.Detail,
            info?.Metadata.ToDictionary() ?? [],
            [.. status?.GetDetail<BadRequest>()?.FieldViolations
                .Select(violation => (violation.Field, violation.Reason)) ?? []],
            status?.GetDetail<RetryInfo>() is not null,
            $"{exception.Status.Detail} "
                + $"{JsonFormatter.Default.Format(status?.GetDetail<BadRequest>() ?? new())} {info}");
    }
}
