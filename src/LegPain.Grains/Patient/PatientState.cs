using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Grains.Patient;

/// <summary>
/// What is known of a patient: the fold of the events. Immutable, and bounded however long the history is.
/// </summary>
/// <remarks>
/// Knows no medicine: what outlives an episode stands in the events. Holds <see cref="PointsMax"/> observations of a
/// finding, so that a report costs the same at the 10th and at the 10 000th: the newest, and the two before them that
/// tell since when it has been so and when it began. More reports do not shorten what is known.
/// </remarks>
public sealed class PatientState
{
    /// <summary>Most observations of one finding that are kept at hand.</summary>
    public const int PointsMax = 16;

    /// <summary>The number of the fold, one more whenever the same events come to mean another state.</summary>
    public const int Fold = 1;

    private readonly KnownFinding[] _findings;

    private PatientState(
        long revision, DateTimeOffset recordedAt, int episode, bool episodeOpen, DateTimeOffset episodeStartedAt,
        int observationCount, KnownFinding[] findings)
    {
        Revision = revision;
        RecordedAt = recordedAt;
        Episode = episode;
        EpisodeOpen = episodeOpen;
        EpisodeStartedAt = episodeStartedAt;
        ObservationCount = observationCount;
        _findings = findings;
    }

    /// <summary>Gets the state before the first event.</summary>
    public static PatientState Empty { get; } = new(0, default, 0, false, default, 0, []);

    /// <summary>Gets the number of events.</summary>
    public long Revision { get; }

    /// <summary>Gets when the last event was recorded.</summary>
    public DateTimeOffset RecordedAt { get; }

    /// <summary>Gets the number of the last episode; 0 before the first.</summary>
    public int Episode { get; }

    /// <summary>Gets whether that episode is open.</summary>
    public bool EpisodeOpen { get; }

    /// <summary>Gets when that episode was started.</summary>
    public DateTimeOffset EpisodeStartedAt { get; }

    /// <summary>Gets how many observations were ever recorded, amended ones included.</summary>
    public int ObservationCount { get; }

    /// <summary>Gets what is known of each finding, by id in ordinal order.</summary>
    internal IReadOnlyList<KnownFinding> Findings => _findings;

    /// <summary>Returns what the engine assesses: of each finding that was asked about, what is known.</summary>
    public IReadOnlyCollection<FindingHistory> Histories() =>
        [.. _findings.Where(known => known.WasAsked).Select(known => known.ToHistory())];

    /// <summary>Returns the newest observation of a finding, or null.</summary>
    public Observation? Newest(string finding) =>
        Find(finding) is var at && at >= 0 ? _findings[at].Points[^1].Observation : null;

    /// <summary>
    /// Returns the state that the next report adds to: this one, or once the episode is closed what outlives it.
    /// </summary>
    internal PatientState ForNextReport() => EpisodeOpen
        ? this
        : new(Revision, RecordedAt, Episode, false, EpisodeStartedAt, ObservationCount, WhatOutlives());

    /// <summary>Puts a state together from what a snapshot kept.</summary>
    internal static PatientState Restore(
        long revision, DateTimeOffset recordedAt, int episode, bool episodeOpen, DateTimeOffset episodeStartedAt,
        int observationCount, IEnumerable<KnownFinding> findings) =>
        new(revision, recordedAt, episode, episodeOpen, episodeStartedAt, observationCount,
            [.. findings.OrderBy(known => known.Finding, StringComparer.Ordinal)]);

    /// <summary>Folds one event. Pure; the event was decided, so it is not checked again.</summary>
    public PatientState Apply(PatientEvent happened, DateTimeOffset recordedAt)
    {
        var revision = Revision + 1;
        switch (happened)
        {
            case ObservationsReported report:
                var before = report.StartsEpisode ? WhatOutlives() : _findings;
                return new(
                    revision, recordedAt, report.Episode, true, report.StartsEpisode ? recordedAt : EpisodeStartedAt,
                    ObservationCount + report.Observations.Count, With(before, report.Observations));
            case ObservationAmended amended:
                return new(revision, recordedAt, Episode, EpisodeOpen, EpisodeStartedAt, ObservationCount,
                    Replace(amended.Finding, amended.Remaining));
            case EpisodeStarted started:
                return new(revision, recordedAt, started.Episode, true, recordedAt, ObservationCount, WhatOutlives());
            case EpisodeClosed:
                return new(revision, recordedAt, Episode, false, EpisodeStartedAt, ObservationCount, _findings);
            default:
                throw new InvalidOperationException($"An event of type {happened.GetType().Name} cannot be applied.");
        }
    }

    /// <summary>Returns the observations of a finding that stand when one more is taken out of the history.</summary>
    /// <remarks>
    /// Folds the reports without any that was ever amended. What an earlier amendment found remaining is not used: it
    /// was cut to <see cref="PointsMax"/>, and a point that comes back now may be older than that.
    /// </remarks>
    /// <param name="events">Every event of the patient, in order.</param>
    /// <param name="amended">The observation to take out.</param>
    internal static IReadOnlyList<RecordedObservation> Remaining(
        IReadOnlyList<RecordedEvent> events, RecordedObservation amended)
    {
        var finding = amended.Observation.Finding;
        var inError = events.Select(e => e.Event).OfType<ObservationAmended>().Select(e => (e.Revision, e.Index))
            .Append((amended.Revision, amended.Index)).ToHashSet();
        var state = Empty;
        foreach (var recorded in events.Where(e => e.Event is not ObservationAmended))
        {
            var relevant = recorded.Event is ObservationsReported report
                ? report with { Observations = Standing(report.Observations) }
                : recorded.Event;
            state = state.Apply(relevant, recorded.RecordedAt);
        }

        return state.Find(finding) is var at && at >= 0 ? state._findings[at].Points : [];

        IReadOnlyList<RecordedObservation> Standing(IReadOnlyList<RecordedObservation> observations) =>
            [.. observations.Where(o => o.Observation.Finding == finding && !inError.Contains((o.Revision, o.Index)))];
    }

    /// <summary>What belongs to the person, as far as it is known: what is not is asked again.</summary>
    private KnownFinding[] WhatOutlives() => [.. _findings.Where(known => known.OutlivesEpisode)];

    private static KnownFinding[] With(KnownFinding[] findings, IReadOnlyList<RecordedObservation> observations)
    {
        var result = new List<KnownFinding>(findings);
        foreach (var observation in observations)
        {
            var id = observation.Observation.Finding;
            var at = result.BinarySearch(new(id, []), KnownFinding.ById);
            if (at >= 0)
            {
                result[at] = result[at].With(observation);
            }
            else
            {
                result.Insert(~at, new(string.Intern(id), [observation]));
            }
        }

        return [.. result];
    }

    private KnownFinding[] Replace(string finding, IReadOnlyList<RecordedObservation> points)
    {
        var others = _findings.Where(known => known.Finding != finding);
        return points.Count == 0
            ? [.. others]
            : [.. others.Append(new(string.Intern(finding), [.. points]))
                .OrderBy(known => known.Finding, StringComparer.Ordinal)];
    }

    private int Find(string finding) => Array.BinarySearch(_findings, new(finding, []), KnownFinding.ById);
}

/// <summary>The observations of one finding that are kept at hand, in the order in which they were so.</summary>
/// <param name="Finding">The finding's id.</param>
/// <param name="Points">1 to <see cref="PatientState.PointsMax"/> observations, the newest last.</param>
internal readonly record struct KnownFinding(string Finding, RecordedObservation[] Points)
{
    /// <summary>The public API's number of the reason that a finding was not asked or looked for.</summary>
    private const int NotAsked = 1;

    public static IComparer<KnownFinding> ById { get; } =
        Comparer<KnownFinding>.Create((left, right) => string.CompareOrdinal(left.Finding, right.Finding));

    public bool OutlivesEpisode => Points[^1] is { OutlivesEpisode: true, Observation.Presence: not Presence.Unknown };

    /// <summary>
    /// Gets whether somebody was asked, as far as the newest observation tells. Who takes an answer back as never asked
    /// wants the question open again; one that cannot be answered is not asked twice.
    /// </summary>
    public bool WasAsked => Points[^1] is not { Observation.Presence: Presence.Unknown, UnknownReason: NotAsked };

    public FindingHistory ToHistory() => new(Finding, Array.ConvertAll(Points, point => point.Observation));

    /// <summary>
    /// Adds an observation where its time puts it; of two at one time the later recorded one is newer. One older than
    /// all that are kept, when no more can be, is not added: nothing tells any longer what was so after it.
    /// </summary>
    public KnownFinding With(RecordedObservation observation)
    {
        var at = Points.Length;
        while (at > 0 && Points[at - 1].Observation.ObservedAt > observation.Observation.ObservedAt)
        {
            at--;
        }

        var isFull = Points.Length == PatientState.PointsMax;
        if (isFull && at == 0)
        {
            return this;
        }

        var more = this with { Points = [.. Points[..at], observation, .. Points[at..]] };
        return isFull ? more.ForgetOne() : more;
    }

    /// <summary>Forgets the oldest that tells neither since when the finding has been so nor when it began.</summary>
    private KnownFinding ForgetOne()
    {
        var (first, start) = ToHistory().FindRun();
        var at = 0;
        while (at == first || at == start)
        {
            at++;
        }

        return this with { Points = [.. Points[..at], .. Points[(at + 1)..]] };
    }
}
