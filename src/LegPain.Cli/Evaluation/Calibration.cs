namespace LegPain.Cli.Evaluation;

/// <summary>The statements of one range of probability.</summary>
/// <param name="From">The least probability of the range.</param>
/// <param name="To">Where the next range begins.</param>
/// <param name="MeanStated">The mean probability stated; null when none was.</param>
/// <param name="Right">How many of the statements were right.</param>
internal sealed record ReliabilityBin(double From, double To, double? MeanStated, Proportion Right);

/// <summary>Whether probabilities mean what they say: of what is called 30 % likely, 30 % should be so.</summary>
/// <remarks>
/// "Something else" is part of the statement here: it is right when the knowledge has none of the right causes.
/// </remarks>
internal sealed class Calibration(IReadOnlyCollection<Outcome> outcomes)
{
    private const int BinCount = 10;

    /// <summary>Gets the reliability of every probability stated, in ten ranges of equal width.</summary>
    public IReadOnlyList<ReliabilityBin> Curve { get; } = Bins([.. outcomes.SelectMany(Statements)]);

    /// <summary>Gets the reliability of the leading causes alone.</summary>
    public IReadOnlyList<ReliabilityBin> LeadingCurve { get; } =
        Bins([.. outcomes.Where(outcome => outcome.Listed.Count > 0).Select(outcome => Statements(outcome).First())]);

    /// <summary>
    /// Gets the mean of (probability of the leading cause - 1 if it is right, else 0) squared; 0 is perfect, 1 the
    /// worst.
    /// </summary>
    public double BrierLeading { get; } = Mean(outcomes, outcome =>
        outcome.Listed.Count == 0 ? 0
            : Square(outcome.Listed[0].Probability - (outcome.IsRight(outcome.Listed[0]) ? 1 : 0)));

    /// <summary>
    /// Gets the mean of the summed squares over all causes and "something else"; 0 is perfect, 2 the worst. The causes
    /// that count as right are one class together.
    /// </summary>
    public double BrierMultiClass { get; } = Mean(outcomes, outcome =>
    {
        var right = Statements(outcome).Where(statement => statement.IsRight).Sum(statement => statement.Probability);
        return Square(1 - right)
            + Statements(outcome).Where(statement => !statement.IsRight)
                .Sum(statement => Square(statement.Probability));
    });

    private static IEnumerable<(double Probability, bool IsRight)> Statements(Outcome outcome) =>
        outcome.Listed.Select(cause => (cause.Probability, outcome.IsRight(cause)))
            .Append((outcome.SomethingElse, !outcome.GoldIsKnown));

    private static IReadOnlyList<ReliabilityBin> Bins((double Probability, bool IsRight)[] statements)
    {
        var byBin = statements.ToLookup(statement => Math.Min(BinCount - 1, (int)(statement.Probability * BinCount)));
        return [.. Enumerable.Range(0, BinCount).Select(bin => new ReliabilityBin(
            (double)bin / BinCount,
            (bin + 1.0) / BinCount,
            byBin[bin].Any() ? byBin[bin].Average(statement => statement.Probability) : null,
            Proportion.Where([.. byBin[bin]], statement => statement.IsRight)))];
    }

    private static double Mean(IReadOnlyCollection<Outcome> outcomes, Func<Outcome, double> of) =>
        outcomes.Count == 0 ? double.NaN : outcomes.Average(of);

    private static double Square(double value) => value * value;
}
