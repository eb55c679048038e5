using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;

namespace LegPain.Server.Admission;

/// <summary>
/// Admits a call to be worked on, or refuses it at once: a full server answers fast and does what it has begun.
/// </summary>
/// <remarks>
/// Unary calls take a place for as long as they run, an interview for each turn; a watch has none, and is bounded with
/// the interviews by <see cref="ServerSettings.WatchesMax"/>. Health is always answered.
/// </remarks>
internal sealed class CallAdmission(ServerSettings settings, UrgentReports urgent, TimeProvider clock) : Interceptor
{
    private readonly AdmissionGate _gate = new(settings.CallsMax);
    private readonly OverloadClock _overload = new(clock);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        // Who called has left, or the deadline passed on the way here: nothing of it is worth doing. The deadline is a
        // moment of the real clock, and the timer that holds it may be a little late.
        context.CancellationToken.ThrowIfCancellationRequested();
        if (context.Deadline <= TimeProvider.System.GetUtcNow().UtcDateTime)
        {
            throw Refuse.TooLate();
        }

        using var place = Enter(request);
        return await continuation(request, context);
    }

    /// <summary>Takes a place for one turn of an interview; dispose it to give it back.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public IDisposable EnterTurn() => EnterAs(CallClass.Write);

    /// <summary>Takes a place for a report; dispose it to give it back.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public IDisposable EnterReport(IReadOnlyList<Observation> observations) =>
        _gate.TryEnter(CallClass.Write)
        ?? EnterAs(urgent.Contains(observations) ? CallClass.Urgent : CallClass.Write);

    private IDisposable? Enter(object request) => request switch
    {
        HealthCheckRequest => null,
        ReportObservationsRequest report => EnterReport(report.Observations),
        AmendObservationRequest or StartEpisodeRequest or CloseEpisodeRequest => EnterAs(CallClass.Write),
        GetAssessmentRequest or ListEventsRequest => EnterAs(CallClass.Urgent),
        _ => EnterAs(CallClass.Rest),
    };

    private IDisposable EnterAs(CallClass callClass)
    {
        if (_gate.TryEnter(callClass) is { } place)
        {
            return place;
        }

        AdmissionTelemetry.CountRefused(callClass);
        throw Refuse.Overloaded(_overload.NextDelay());
    }
}
