namespace LegPain.Cli.Evaluation;

/// <summary>How many of how many.</summary>
/// <param name="Count">How many; 0 to <paramref name="Of"/>.</param>
/// <param name="Of">Of how many; may be 0.</param>
internal sealed record Proportion(int Count, int Of)
{
    /// <summary>Counts what holds.</summary>
    public static Proportion Where<T>(IReadOnlyCollection<T> all, Func<T, bool> holds) =>
        new(all.Count(holds), all.Count);

    /// <summary>Gets the share, 0 to 1; null when there is nothing to count.</summary>
    public double? Share => Of == 0 ? null : (double)Count / Of;

    /// <summary>Gets the exact 95 % interval of the share.</summary>
    public (double Low, double High) Interval => Binomial.Interval(Count, Of);

    /// <summary>Returns the count, the share in percent and its interval, such as <c>83/104 80 % (71-87)</c>.</summary>
    public override string ToString() => Of == 0 ? "0/0" : FormattableString.Invariant(
        $"{Count}/{Of} {100 * Share:0} % ({100 * Interval.Low:0}-{100 * Interval.High:0})");
}
