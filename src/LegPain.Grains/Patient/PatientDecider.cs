using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>What a decision comes to: an event, or a refusal.</summary>
internal readonly record struct Decision(PatientEvent? Event, Refusal? Refusal)
{
    public static implicit operator Decision(PatientEvent happens) => new(happens, null);

    public static implicit operator Decision(Refusal refusal) => new(null, refusal);
}

/// <summary>What must be read from the journal before an amendment can be decided.</summary>
/// <param name="Target">The observation to amend, or null when the revision recorded none at that index.</param>
/// <param name="AlreadyAmended">Whether it is already entered in error.</param>
/// <param name="Remaining">What stands of its finding without it.</param>
internal sealed record AmendmentContext(
    RecordedObservation? Target, bool AlreadyAmended, IReadOnlyList<RecordedObservation> Remaining)
{
    /// <summary>Finds the target in the history.</summary>
    public static AmendmentContext From(IReadOnlyList<RecordedEvent> events, AmendObservation command)
    {
        var target = events.Where(e => e.Revision == command.Revision)
            .Select(e => e.Event).OfType<ObservationsReported>()
            .SelectMany(report => report.Observations).Where(observation => observation.Index == command.Index)
            .Select(observation => (RecordedObservation?)observation).FirstOrDefault();
        var amended = events.Select(e => e.Event).OfType<ObservationAmended>()
            .Any(earlier => earlier.Revision == command.Revision && earlier.Index == command.Index);
        return new(target, amended, target is null ? [] : PatientState.Remaining(events, target.Value));
    }
}

/// <summary>Turns a command into an event or a refusal. Pure.</summary>
internal static class PatientDecider
{
    /// <summary>Most observations a patient may have.</summary>
    public const int ObservationsMax = 10_000;

    private const double DaysPerYear = 365.25;

    /// <summary>Decides a command.</summary>
    /// <param name="state">The state the decision is for.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="knowledge">The vocabulary in force.</param>
    /// <param name="now">The time of recording.</param>
    /// <param name="amendment">What an amendment needs of the history; null for other commands.</param>
    public static Decision Decide(
        PatientState state, PatientCommand command, KnowledgeBase knowledge, DateTimeOffset now,
        AmendmentContext? amendment)
    {
        if (command is ReportObservations invalid
            && Violations(state, invalid.Observations, knowledge, now) is { Count: > 0 } violations)
        {
            return new Refusal(RefusalReason.InvalidObservations, state.Revision, violations);
        }

        if (command.ExpectedRevision is { } expected && expected != state.Revision)
        {
            return Refuse(state, RefusalReason.RevisionConflict);
        }

        return command switch
        {
            ReportObservations report => Report(state, report, knowledge, now),
            AmendObservation amend => Amend(state, amend, amendment!),
            StartEpisode => state.EpisodeOpen
                ? Refuse(state, RefusalReason.EpisodeOpen)
                : new EpisodeStarted(state.Episode + 1),
            CloseEpisode => state.EpisodeOpen
                ? new EpisodeClosed(state.Episode)
                : Refuse(state, RefusalReason.NoEpisode),
            _ => throw new InvalidOperationException($"A command of type {command.GetType().Name} cannot be decided."),
        };
    }

    /// <summary>
    /// Decides what would happen if something were so: it is checked like a report, starts no episode and has no limit.
    /// </summary>
    public static Decision Suppose(
        PatientState state, IReadOnlyList<ReportedObservation> supposed, KnowledgeBase knowledge, DateTimeOffset now) =>
        Violations(state, supposed, knowledge, now) is { Count: > 0 } violations
            ? new Refusal(RefusalReason.InvalidObservations, state.Revision, violations)
            : new ObservationsReported(
                state.Episode, StartsEpisode: false, Recorded(state, supposed, knowledge, now));

    private static Decision Report(
        PatientState state, ReportObservations report, KnowledgeBase knowledge, DateTimeOffset now)
    {
        if (state.ObservationCount + report.Observations.Count > ObservationsMax)
        {
            return Refuse(state, RefusalReason.PatientFull);
        }

        var starts = !state.EpisodeOpen;
        return new ObservationsReported(
            state.Episode + (starts ? 1 : 0), starts, Recorded(state, report.Observations, knowledge, now));
    }

    private static IReadOnlyList<RecordedObservation> Recorded(
        PatientState state, IReadOnlyList<ReportedObservation> observations, KnowledgeBase knowledge,
        DateTimeOffset now) =>
        [
            .. observations.Select((reported, index) =>
            {
                var finding = knowledge.FindFinding(reported.Observation.Finding)!;
                return new RecordedObservation(
                    InWordsOf(finding, ObservationCheck.Timed(reported.Observation, now)), reported.Informant,
                    reported.UnknownReason, finding.OutlivesEpisode, state.Revision + 1, index);
            }),
        ];

    private static Decision Amend(PatientState state, AmendObservation amend, AmendmentContext context) =>
        state.Revision == 0 ? Refuse(state, RefusalReason.PatientNotFound)
        : context.Target is not { } target ? Refuse(state, RefusalReason.ObservationNotFound)
        : context.AlreadyAmended ? Refuse(state, RefusalReason.AlreadyAmended)
        : new ObservationAmended(
            state.Episode, amend.Revision, amend.Index, target.Observation.Finding, context.Remaining);

    private static Refusal Refuse(PatientState state, RefusalReason reason) => Refusal.Of(reason, state.Revision);

    private static IReadOnlyList<Violation> Violations(
        PatientState state, IReadOnlyList<ReportedObservation> report, KnowledgeBase knowledge, DateTimeOffset now)
    {
        var observations = report.Select(reported => ObservationCheck.Timed(reported.Observation, now)).ToList();
        var units = report.Select(reported => reported.Unit).ToList();
        return
        [
            .. ObservationCheck.Check(observations, units, knowledge, now, BornAfter(state, observations, knowledge))
                .Select(found => new Violation(found.Index, found.Field, found.Fault, found.Description)),
        ];
    }

    /// <summary>An age of 40 years says: born less than 41 years before it was observed.</summary>
    private static DateTimeOffset? BornAfter(PatientState state, List<Observation> report, KnowledgeBase knowledge)
    {
        var id = knowledge.Model.AgeFinding.Id;
        var age = report.LastOrDefault(observation => observation.Finding == id) ?? state.Newest(id);
        if (age is not { Number: >= 0 and <= 150 })
        {
            return null;
        }

        // An age observed in the first years of the calendar says nothing: there is no time before them.
        var atMost = TimeSpan.FromDays((age.Number.Value + 1) * DaysPerYear);
        return age.ObservedAt - DateTimeOffset.MinValue > atMost ? age.ObservedAt - atMost : null;
    }

    /// <summary>
    /// Uses the knowledge's own strings, so that a patient in memory does not keep those of the request.
    /// </summary>
    private static Observation InWordsOf(Finding finding, Observation observation) => observation with
    {
        Finding = finding.Id,
        Options = observation.Options.Count == 0
            ? []
            : [.. observation.Options.Select(o => finding.Options[finding.OptionIndex(o)])],
    };
}
