using CsCheck;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;

namespace LegPain.Grains.Tests.Patient;

/// <summary>Random histories of a patient: each event was decided by the decider, none is made up.</summary>
internal static class Histories
{
    private static readonly EventOutcome Outcome = new("legpain", "1", "hash", Urgency.Soon, ["a-rule"]);

    // Few findings, so that each is reported often: past PointsMax, out of order, amended and across episodes.
    private static readonly Gen<Observation> Observations = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[-400, 0], Gen.Int[0, 10],
        (finding, presence, hours, value) =>
        {
            // A time relative to the recording's, which is not known yet.
            var at = DateTimeOffset.UnixEpoch.AddHours(hours);
            return finding switch
            {
                0 => new("smoker", (Presence)presence, null, [], at),
                1 => new("fever", (Presence)presence, null, [], at, at.AddHours(-value)),
                2 when presence > 0 => new("pain-intensity", Presence.Present, value, [], at),
                2 => new("pain-intensity", Presence.Unknown, null, [], at),
                3 => new Observation("pain-severity", Presence.Present, null, [value > 5 ? "mild" : "severe"], at),
                _ => new("diabetes", (Presence)presence, null, [], at),
            };
        });

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (8, Observations.List[1, 4].Select(report => new Step(StepKind.Report, report, 0))),
        (3, Gen.Int[0, 1000].Select(pick => new Step(StepKind.Amend, [], pick))),
        (1, Gen.Const(new Step(StepKind.Start, [], 0))),
        (1, Gen.Const(new Step(StepKind.Close, [], 0))));

    public static Gen<IReadOnlyList<RecordedEvent>> Any { get; } = Steps.List[1, 60].Select(Play);

    /// <summary>The state after the events, from the beginning.</summary>
    public static PatientState Fold(IEnumerable<RecordedEvent> events) =>
        events.Aggregate(PatientState.Empty, (state, recorded) => state.Apply(recorded.Event, recorded.RecordedAt));

    /// <summary>What the state says, as text.</summary>
    public static string Show(PatientState state) => $"{Describe.Of(state)} {Describe.Of(state.Histories())}";

    private static IReadOnlyList<RecordedEvent> Play(IReadOnlyList<Step> steps)
    {
        var events = new List<RecordedEvent>();
        var state = PatientState.Empty;
        var now = Reports.Start;
        foreach (var step in steps)
        {
            now = now.AddHours(7);
            if (Command(step, events, now) is not { } command)
            {
                continue;
            }

            var context = command is AmendObservation amend ? AmendmentContext.From(events, amend) : null;
            if (PatientDecider.Decide(state, command, Reports.Pack, now, context).Event is { } happened)
            {
                state = state.Apply(happened, now);
                events.Add(new(state.Revision, now, command.RequestId, happened, Outcome));
            }
        }

        return events;
    }

    private static PatientCommand? Command(Step step, List<RecordedEvent> events, DateTimeOffset now)
    {
        var request = Reports.Request(events.Count);
        switch (step.Kind)
        {
            case StepKind.Report:
                return Reports.Report(request, step.Report.Select(o => Shift(o, now - DateTimeOffset.UnixEpoch)));
            case StepKind.Amend:
                var recorded = events.Select(e => e.Event).OfType<ObservationsReported>()
                    .SelectMany(report => report.Observations).ToList();
                return recorded.Count == 0
                    ? null
                    : Reports.Amend(request, recorded[step.Pick % recorded.Count].Revision,
                        recorded[step.Pick % recorded.Count].Index);
            case StepKind.Start:
                return Reports.StartsEpisode(request);
            default:
                return Reports.ClosesEpisode(request);
        }
    }

    private static Observation Shift(Observation observation, TimeSpan by) =>
        observation with { ObservedAt = observation.ObservedAt + by, StartedAt = observation.StartedAt + by };

    private enum StepKind
    {
        Report,
        Amend,
        Start,
        Close,
    }

    private sealed record Step(StepKind Kind, IReadOnlyList<Observation> Report, int Pick);
}
