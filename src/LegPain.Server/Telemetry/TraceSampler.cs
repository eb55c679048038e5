using System.Diagnostics;
using OpenTelemetry.Trace;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Records a share of the traces that begin here, every trace that its caller records, and what is linked to either.
/// </summary>
/// <remarks>
/// A commit of the journal and the steps of a watch are traces of their own, linked to the calls they work for. Sampled
/// by themselves they would nearly never be there when the call is.
/// </remarks>
internal sealed class TraceSampler(double share) : Sampler
{
    private readonly ParentBasedSampler _calls = new(new TraceIdRatioBasedSampler(share));

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.ParentContext.TraceId == default && samplingParameters.Links is { } links && links.Any()
            ? new(links.Any(link => link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
                ? SamplingDecision.RecordAndSample
                : SamplingDecision.Drop)
            : _calls.ShouldSample(samplingParameters);
}
