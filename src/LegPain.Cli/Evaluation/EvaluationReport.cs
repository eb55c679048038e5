using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>The least, the middle and the greatest of some counts.</summary>
internal sealed record Spread(int Least, double Median, int Greatest)
{
    /// <summary>Returns the spread of counts; all zero when there are none.</summary>
    public static Spread Of(IEnumerable<int> counts)
    {
        var sorted = counts.Order().ToArray();
        return sorted.Length == 0
            ? new(0, 0, 0)
            : new(sorted[0], (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0, sorted[^1]);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"median {Median} ({Least}-{Greatest})");
}

/// <summary>Everything that is said of one run over a vignette file.</summary>
internal sealed class EvaluationReport(
    string file, KnowledgeBase knowledge, IReadOnlyList<Outcome> outcomes,
    IReadOnlyList<InterviewPair>? interviews = null)
{
    /// <summary>The causes that are counted as worth a look have at least this probability.</summary>
    public const double LikelyMin = 0.05;

    /// <summary>Every urgency, least urgent first.</summary>
    public static readonly IReadOnlyList<Urgency> Urgencies = Enum.GetValues<Urgency>();

    /// <summary>Gets the name of the file.</summary>
    public string File { get; } = file;

    /// <summary>Gets the knowledge that was used.</summary>
    public KnowledgeBase Knowledge { get; } = knowledge;

    /// <summary>Gets the answers, in the order of the file.</summary>
    public IReadOnlyList<Outcome> Outcomes { get; } = outcomes;

    /// <summary>Gets the figures of all.</summary>
    public Scores Overall { get; } = new(outcomes);

    /// <summary>Gets the figures of those whose cause is not debatable.</summary>
    public Scores ClearCut { get; } = new([.. outcomes.Where(outcome => !outcome.Vignette.Borderline)]);

    /// <summary>Gets the figures by kind of source, in alphabetical order.</summary>
    public IReadOnlyList<(string Name, Scores Scores)> BySourceType { get; } =
        By(outcomes, outcome => outcome.Vignette.SourceType);

    /// <summary>Gets the figures by group of the right answer, in alphabetical order.</summary>
    public IReadOnlyList<(string Name, Scores Scores)> ByGroup { get; } =
        By(outcomes, outcome => outcome.Vignette.Gold.Group);

    /// <summary>Gets the calibration.</summary>
    public Calibration Calibration { get; } = new(outcomes);

    /// <summary>Gets how long the interviews were; null when none was held.</summary>
    public InterviewFigures? Interviews { get; } = interviews is null ? null : new(interviews);

    /// <summary>Gets the vignettes of which every observation is understood.</summary>
    public Proportion Understood { get; } = Proportion.Where(outcomes, outcome => outcome.NotUnderstood.Count == 0);

    /// <summary>Gets the vignettes of which the knowledge has at least one right cause.</summary>
    public Proportion GoldKnown { get; } = Proportion.Where(outcomes, outcome => outcome.GoldIsKnown);

    /// <summary>Gets how many findings a vignette tells.</summary>
    public Spread Findings { get; } = Spread.Of(outcomes.Select(outcome => outcome.FindingCount));

    /// <summary>Gets how many causes an answer lists.</summary>
    public Spread ListLength { get; } = Spread.Of(outcomes.Select(outcome => outcome.Listed.Count));

    /// <summary>Gets how many causes of an answer are at least <see cref="LikelyMin"/> likely.</summary>
    public Spread LikelyLength { get; } = Spread.Of(
        outcomes.Select(outcome => outcome.Listed.Count(cause => cause.Probability >= LikelyMin)));

    /// <summary>Gets the right causes that the knowledge does not have, each once.</summary>
    public IReadOnlyList<string> UnknownCauses { get; } =
        [.. outcomes.SelectMany(outcome => outcome.UnknownCauses).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns how often a right urgency got an answer.</summary>
    public int Confusion(Urgency gold, Urgency answered) => Outcomes.Count(
        outcome => outcome.Vignette.Gold.Urgency == gold && outcome.Urgency == answered);

    private static IReadOnlyList<(string Name, Scores Scores)> By(
        IReadOnlyList<Outcome> outcomes, Func<Outcome, string> key) =>
        [.. outcomes.GroupBy(key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, new Scores([.. group])))];
}
