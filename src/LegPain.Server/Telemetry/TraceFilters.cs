using System.Diagnostics;

namespace LegPain.Server.Telemetry;

/// <summary>Carries the trace context into every grain call, sampled or not.</summary>
/// <remarks>
/// Orleans injects the context only when its own span was created, so an unsampled trace is broken at the first grain
/// call and its grains start orphans. This filter and <see cref="IncomingTraceFilter"/> repair it; see
/// src/decisions/0009.
/// </remarks>
internal sealed class OutgoingTraceFilter : IOutgoingGrainCallFilter
{
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Activity.Current is { } current)
        {
            DistributedContextPropagator.Current.Inject(
                current, null, static (_, key, value) => RequestContext.Set(key, value));
        }

        return context.Invoke();
    }
}

/// <summary>Continues the caller's trace when Orleans has not.</summary>
internal sealed class IncomingTraceFilter : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (Activity.Current is not null || RequestContext.Get("traceparent") is not string parent
            || !ActivityContext.TryParse(
                parent, RequestContext.Get("tracestate") as string, isRemote: true, out var caller))
        {
            await context.Invoke();
            return;
        }

        using var carrier = new Activity("grain call");
        carrier.SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        carrier.TraceStateString = caller.TraceState;
        carrier.Start();
        await context.Invoke();
    }
}
