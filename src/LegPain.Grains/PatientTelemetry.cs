using System.Diagnostics;
using System.Diagnostics.Metrics;
using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;

namespace LegPain.Grains;

/// <summary>The patients' spans and metrics. Nothing in them names a patient or says what one reported.</summary>
public static class PatientTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "LegPain.Patient";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Commands = Meter.CreateCounter<long>(
        "legpain.patient.commands", "{command}",
        "Commands decided, by kind, outcome, and urgency of the assessment that is the answer.");

    private static readonly UpDownCounter<int> Active = Meter.CreateUpDownCounter<int>(
        "legpain.patient.active", "{patient}", "Patients in the memory of this silo.");

    private static readonly Counter<long> RedFlags = Meter.CreateCounter<long>(
        "legpain.patient.red_flags.raised", "{red_flag}",
        "Red flags raised in an assessment after a command, by rule.");

    private static readonly Histogram<double> Assessing = Meter.CreateHistogram<double>(
        "legpain.patient.assess.duration", "s", "One assessment by the engine.",
        advice: new() { HistogramBucketBoundaries = [0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.001, 0.01] });

    private static readonly Histogram<double> Activating = Meter.CreateHistogram<double>(
        "legpain.patient.activate.duration", "s", "Reading a patient from the journal.",
        advice: new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5] });

    /// <summary>Begins the reading of a patient, in the trace of the call that asked for the patient.</summary>
    /// <remarks>
    /// Orleans activates outside of that call and brings only its request context along, so its trace is taken up here;
    /// when it is not recorded, by an activity that is no span, so that log lines have its id.
    /// </remarks>
    internal static Activity? StartActivate()
    {
        const string name = "activate patient";
        if (Activity.Current is not null || RequestContext.Get("traceparent") is not string parent
            || !ActivityContext.TryParse(
                parent, RequestContext.Get("tracestate") as string, isRemote: true, out var caller))
        {
            return Source.StartActivity(name);
        }

        if (Source.StartActivity(ActivityKind.Internal, caller, name: name) is { } span)
        {
            return span;
        }

        var carrier = new Activity(name) { TraceStateString = caller.TraceState };
        return carrier.SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags).Start();
    }

    /// <summary>Counts a patient that came into memory (1) or left it (-1).</summary>
    internal static void CountActive(int change) => Active.Add(change);

    internal static void Activated(Activity? span, int eventsReplayed, TimeSpan elapsed)
    {
        span?.SetTag("legpain.events.replayed", eventsReplayed);
        Activating.Record(elapsed.TotalSeconds);
    }

    /// <summary>Assesses under a span and measures it.</summary>
    internal static Assessment Assess(ClinicalCase @case)
    {
        using var span = Source.StartActivity("assess");
        var started = Stopwatch.GetTimestamp();
        var assessment = Assessor.Assess(@case);
        Assessing.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return assessment;
    }

    internal static void Decided(PatientCommand command, Refusal? refusal, Assessment? assessment)
    {
        if (Commands.Enabled)
        {
            Commands.Add(1,
                new KeyValuePair<string, object?>("kind", command.GetType().Name),
                new KeyValuePair<string, object?>("outcome", refusal is null ? "ok" : refusal.Reason.ToString()),
                new KeyValuePair<string, object?>(
                    "urgency", assessment is null ? "none" : assessment.Disposition.Urgency.ToString()));
        }

        if (assessment is null || !RedFlags.Enabled)
        {
            return;
        }

        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] == Truth.True)
            {
                RedFlags.Add(1, new KeyValuePair<string, object?>("rule", assessment.Knowledge.RedFlags[i].Id));
            }
        }
    }
}
