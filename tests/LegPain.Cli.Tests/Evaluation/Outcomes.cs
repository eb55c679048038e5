using LegPain.Cli.Evaluation;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Tests.Evaluation;

/// <summary>Outcomes made by hand, so that every figure is known beforehand.</summary>
internal static class Outcomes
{
    /// <summary>Makes an outcome whose list is <c>a, b, c, ...</c> and whose right cause stands at a place.</summary>
    /// <param name="rank">The place of the right cause, from 1; 0 for one that is not listed.</param>
    /// <param name="gold">The right urgency.</param>
    /// <param name="answered">The urgency answered.</param>
    /// <param name="probabilities">Of the causes listed; "something else" has the rest.</param>
    /// <param name="acceptable">Further urgencies that are acceptable.</param>
    /// <param name="group">The group, and the kind of source.</param>
    public static Outcome Of(
        int rank = 1, Urgency gold = Urgency.Soon, Urgency answered = Urgency.Soon, double[]? probabilities = null,
        Urgency[]? acceptable = null, string group = "group")
    {
        double[] stated = probabilities ?? [0.3, 0.2, 0.1, 0.1, 0.05, 0.05];
        var causes = stated.Select((probability, index) => new ListedCause($"cause-{index + 1}", probability)).ToList();
        var right = rank == 0 ? "not-listed" : $"cause-{rank}";
        return new(
            new("one", "a book", group, new(group, [right], gold, acceptable ?? [gold], "A guideline."), []),
            causes, 1 - stated.Sum(), answered, new(true, ["a-rule"], []), FindingCount: 3, [],
            rank == 0 ? [right] : [], []);
    }
}
