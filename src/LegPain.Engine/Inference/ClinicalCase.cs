using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>All that is known of one finding, oldest first.</summary>
/// <param name="Finding">The finding's id.</param>
/// <param name="Points">
/// The observations in the order of <see cref="Observation.ObservedAt"/>, the newest last; never empty. The newest is
/// the answer in force; the earlier ones tell since when, and whether a number gets worse.
/// </param>
public sealed record FindingHistory(string Finding, IReadOnlyList<Observation> Points)
{
    /// <summary>Finds the unbroken observations that agree with the newest.</summary>
    /// <returns>
    /// The position of the oldest of them, and of the newest of them that tells when the finding began: a beginning
    /// once told stands until another is told or the finding was not so. Null when none tells it.
    /// </returns>
    public (int First, int? Start) FindRun()
    {
        var first = Points.Count - 1;
        int? start = null;
        for (var i = first; i >= 0 && Agree(Points[i], Points[^1]); i--)
        {
            first = i;
            start ??= Points[i].StartedAt is null ? null : i;
        }

        return (first, start);
    }

    /// <summary>Numbers agree when both were measured: the pain goes on whether it is 6 or 7.</summary>
    private static bool Agree(Observation earlier, Observation later) =>
        earlier.Presence == later.Presence
        && earlier.Options.Count == later.Options.Count
        && earlier.Options.All(later.Options.Contains);
}

/// <summary>The answer in force for one finding, at the time of a case.</summary>
/// <param name="Finding">The finding's position in the knowledge base.</param>
/// <param name="Presence">
/// Present or absent; Unknown in the default value, which stands for every finding without an answer.
/// </param>
/// <param name="Options">The options of a choice that hold, one bit each.</param>
/// <param name="Number">The value of a number, grown to the time of the case where it grows (an age).</param>
/// <param name="DaysSinceStart">
/// Days since the finding began, as last told of the unbroken observations that agree; NaN when none tells it.
/// </param>
/// <param name="DaysSeen">Days between the first and the last of the unbroken observations that agree.</param>
/// <param name="IsDerived">Whether it follows from other answers; see <see cref="Derivation"/>.</param>
public readonly record struct CaseAnswer(
    int Finding, Presence Presence, ulong Options, double Number, double DaysSinceStart, double DaysSeen,
    bool IsDerived = false)
{
    /// <summary>Gets whether there is an answer.</summary>
    public bool Known => Presence != Presence.Unknown;
}

/// <summary>What is known of a patient at one moment, bound to one knowledge base. Immutable.</summary>
/// <remarks>Findings the knowledge base does not have are left out: an older pack may have asked them.</remarks>
public sealed class ClinicalCase
{
    private readonly ushort[] _slots;
    private readonly CaseAnswer[] _answers;
    private readonly SeriesPoint[] _series;
    private readonly int[] _declined;
    private readonly double _daysSinceEpisodeStart;

    internal ClinicalCase(KnowledgeBase knowledge, CaseAnswer[] answers, SeriesPoint[] series, int[] declined)
    {
        Knowledge = knowledge;
        _answers = answers;
        _series = series;
        _declined = declined;
        _slots = new ushort[knowledge.Findings.Count];
        for (var i = 1; i < answers.Length; i++)
        {
            _slots[answers[i].Finding] = (ushort)i;
        }

        ref readonly var start = ref Answer(knowledge.Model.EpisodeStartFinding.Index);
        _daysSinceEpisodeStart = start.Known ? start.Number : double.NaN;
    }

    /// <summary>Gets the knowledge base whose positions the case uses.</summary>
    public KnowledgeBase Knowledge { get; }

    /// <summary>Gets the known answers, in the order of the knowledge base.</summary>
    public ReadOnlySpan<CaseAnswer> Answers => _answers.AsSpan(1);

    /// <summary>
    /// Gets the findings that were asked and whose answer is not known, by position in ascending order. They weigh
    /// nothing; they need not be asked again.
    /// </summary>
    public ReadOnlySpan<int> Declined => _declined;

    internal ReadOnlySpan<SeriesPoint> Series => _series;

    /// <summary>Builds the case of a patient at a moment.</summary>
    /// <param name="knowledge">The vocabulary.</param>
    /// <param name="histories">Each finding at most once; the order does not matter.</param>
    /// <param name="now">The moment; values that grow and times since a start are taken at it.</param>
    public static ClinicalCase Build(
        KnowledgeBase knowledge, IReadOnlyCollection<FindingHistory> histories, DateTimeOffset now)
    {
        var answers = new CaseAnswer[histories.Count + 1];
        var count = 1;
        List<SeriesPoint>? series = null;
        List<int>? declined = null;
        foreach (var history in histories)
        {
            if (knowledge.FindFinding(history.Finding) is not { } finding)
            {
                continue;
            }

            if (Read(finding, history, now) is not { } answer)
            {
                (declined ??= []).Add(finding.Index);
                continue;
            }

            answers[count++] = answer;
            if (knowledge.IsWatchedForWorsening(finding.Index) && history.Points.Count > 1)
            {
                series ??= [];
                foreach (var point in history.Points)
                {
                    if (point.Number is { } value)
                    {
                        series.Add(new(finding.Index, (now - point.ObservedAt).TotalDays, value));
                    }
                }
            }
        }

        Array.Resize(ref answers, count);
        answers.AsSpan(1).Sort(static (left, right) => left.Finding.CompareTo(right.Finding));
        declined?.Sort();
        return new ClinicalCase(knowledge, answers, series?.ToArray() ?? [], declined?.ToArray() ?? []).Derive();
    }

    /// <summary>Groups observations by finding, as <see cref="Build"/> takes them.</summary>
    public static IReadOnlyCollection<FindingHistory> Group(IEnumerable<Observation> observations) =>
        [.. observations.GroupBy(o => o.Finding, StringComparer.Ordinal)
            .Select(g => new FindingHistory(g.Key, [.. g.OrderBy(o => o.ObservedAt)]))];

    /// <summary>Gets the answer in force for a finding; its Presence is Unknown when there is none.</summary>
    public ref readonly CaseAnswer Answer(int finding) => ref _answers[_slots[finding]];

    /// <summary>Returns the case with one more answer, in place of any there is.</summary>
    internal ClinicalCase With(CaseAnswer answer) => Replace(answer).Derive();

    /// <summary>Adds what follows from the answers.</summary>
    private ClinicalCase Derive()
    {
        var derived = this;
        foreach (var derivation in Knowledge.Derivations)
        {
            var index = derivation.Finding.Index;
            if (Answer(index).Presence != Presence.Present && derivation.When.Evaluate(new(this, [])) == Truth.True)
            {
                derived = derived.Replace(
                    new(index, Presence.Present, 0, double.NaN, double.NaN, 0, IsDerived: true));
            }
        }

        return derived;
    }

    private ClinicalCase Replace(CaseAnswer answer)
    {
        var at = _slots[answer.Finding];
        CaseAnswer[] answers = at > 0 ? [.. _answers] : [.. _answers, answer];
        answers[at > 0 ? at : answers.Length - 1] = answer;
        answers.AsSpan(1).Sort(static (left, right) => left.Finding.CompareTo(right.Finding));
        return new(Knowledge, answers, _series, _declined);
    }

    /// <summary>
    /// Returns the days since a finding began, from its own start or, for what describes the pain, from the pain's.
    /// </summary>
    /// <returns>NaN when no start is known.</returns>
    internal double DaysSinceStart(Finding finding)
    {
        var own = Answer(finding.Index).DaysSinceStart;
        return double.IsNaN(own) && finding.Group.StartsWithEpisode ? _daysSinceEpisodeStart : own;
    }

    /// <summary>
    /// Returns whether, of the values of the last days, the newest is the worst and worse than the first.
    /// </summary>
    internal Truth Worsening(Finding finding, int days)
    {
        double first = double.NaN, worst = double.NaN, newest = double.NaN;
        var points = 0;
        foreach (var (index, daysAgo, raw) in _series)
        {
            if (index != finding.Index || daysAgo > days)
            {
                continue;
            }

            var value = finding.WorseWhenLower ? -raw : raw;
            first = points == 0 ? value : first;
            worst = points == 0 ? value : Math.Max(worst, value);
            newest = value;
            points++;
        }

        return Answer(finding.Index).Known
            ? (points > 1 && newest > first && newest >= worst).ToTruth()
            : Truth.Unknown;
    }

    /// <summary>
    /// Returns the fewest days until an old value of the finding leaves a window of so many days; infinity if none
    /// will.
    /// </summary>
    internal double DaysUntilSeriesChange(int finding, int days)
    {
        var soonest = double.PositiveInfinity;
        foreach (var (index, daysAgo, _) in _series)
        {
            if (index == finding && daysAgo <= days)
            {
                soonest = Math.Min(soonest, days - daysAgo);
            }
        }

        return soonest;
    }

    private static CaseAnswer? Read(Finding finding, FindingHistory history, DateTimeOffset now)
    {
        var points = history.Points;
        var last = points[^1];
        if (last.Presence == Presence.Unknown)
        {
            return null;
        }

        var number = double.NaN;
        if (finding.Kind == FindingKind.Number)
        {
            if ((last.Presence == Presence.Absent ? finding.AbsentNumber : last.Number) is not { } value)
            {
                return null;
            }

            number = value + (finding.GrowthPerDay * Math.Max(0, (now - last.ObservedAt).TotalDays));
        }

        var (first, start) = history.FindRun();
        return new(
            finding.Index,
            last.Presence,
            OptionBits(finding, last),
            number,
            start is { } at ? Math.Max(0, (now - points[at].StartedAt!.Value).TotalDays) : double.NaN,
            (last.ObservedAt - points[first].ObservedAt).TotalDays);
    }

    private static ulong OptionBits(Finding finding, Observation observation)
    {
        if (observation.Presence == Presence.Absent)
        {
            return finding.AbsentOption is { } none ? 1UL << finding.OptionIndex(none) : 0;
        }

        var bits = 0UL;
        for (var i = 0; i < observation.Options.Count; i++)
        {
            var index = finding.OptionIndex(observation.Options[i]);
            bits |= index < 0 ? 0 : 1UL << index;
        }

        return bits;
    }
}

/// <summary>What conditions are evaluated over: a case and its score totals.</summary>
internal readonly ref struct Facts(ClinicalCase @case, ReadOnlySpan<ScoreRange> scores, bool conventionsAreOpen = false)
{
    public ClinicalCase Case { get; } = @case;

    public ReadOnlySpan<ScoreRange> Scores { get; } = scores;

    /// <summary>
    /// Gets whether what is settled by convention alone stays open: an exception nobody has stated, which otherwise is
    /// none; an unknown beginning, which otherwise is recent; an absence that an open answer could yet overrule.
    /// </summary>
    public bool ConventionsAreOpen { get; } = conventionsAreOpen;
}
