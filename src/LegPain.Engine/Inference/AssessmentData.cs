namespace LegPain.Engine.Inference;

/// <summary>
/// An assessment as plain data, to carry it between processes. Positions are those of the knowledge base with the given
/// hash; <see cref="Assessment.FromData"/> puts it together again there.
/// </summary>
/// <param name="KnowledgeHash">The hash of the knowledge base.</param>
/// <param name="Answers">The case's answers.</param>
/// <param name="Series">The case's numeric series: finding, days ago, value.</param>
/// <param name="Declined">The case's findings that were asked and not known.</param>
/// <param name="Disposition">The disposition.</param>
/// <param name="RedFlags">The state of each red flag.</param>
/// <param name="Scores">The range of each score.</param>
/// <param name="Ranking">The ranking.</param>
/// <param name="Contributions">The contributions.</param>
public sealed record AssessmentData(
    string KnowledgeHash,
    CaseAnswer[] Answers,
    SeriesPoint[] Series,
    int[] Declined,
    Disposition Disposition,
    Vocabulary.Truth[] RedFlags,
    Knowledge.ScoreRange[] Scores,
    RankedCause[] Ranking,
    Contribution[] Contributions);

/// <summary>One value of a numeric series.</summary>
/// <param name="Finding">The finding's position.</param>
/// <param name="DaysAgo">Days before the moment of the case.</param>
/// <param name="Value">The value, in the finding's unit.</param>
public readonly record struct SeriesPoint(int Finding, double DaysAgo, double Value);
