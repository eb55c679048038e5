using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>How right a set of answers is.</summary>
/// <remarks>
/// Publications call an answer "safe" in two senses: never below the right urgency, and at most one level below it.
/// </remarks>
internal sealed class Scores(IReadOnlyCollection<Outcome> outcomes)
{
    /// <summary>Gets how many vignettes it is about.</summary>
    public int Count { get; } = outcomes.Count;

    /// <summary>Gets where the leading cause is right.</summary>
    public Proportion Top1 { get; } = Proportion.Where(outcomes, outcome => outcome.IsInTop(1));

    /// <summary>Gets where a right cause is among the first three.</summary>
    public Proportion Top3 { get; } = Proportion.Where(outcomes, outcome => outcome.IsInTop(3));

    /// <summary>Gets where a right cause is among the first five.</summary>
    public Proportion Top5 { get; } = Proportion.Where(outcomes, outcome => outcome.IsInTop(5));

    /// <summary>Gets where the urgency is the right one.</summary>
    public Proportion Exact { get; } = Proportion.Where(outcomes, outcome => outcome.LevelsAbove == 0);

    /// <summary>Gets where the urgency is the right one or another acceptable one.</summary>
    public Proportion Acceptable { get; } =
        Proportion.Where(outcomes, outcome => outcome.Vignette.Gold.Accepts(outcome.Urgency));

    /// <summary>Gets where the urgency is one level below the right one.</summary>
    public Proportion OneLevelUnder { get; } = Proportion.Where(outcomes, outcome => outcome.LevelsAbove == -1);

    /// <summary>Gets, of those that are immediate, where the answer was routine or self-care.</summary>
    public Proportion Hazardous { get; } = Proportion.Where(
        [.. outcomes.Where(outcome => outcome.Vignette.Gold.Urgency == Urgency.Immediate)],
        outcome => outcome.Urgency <= Urgency.Routine);

    /// <summary>Gets where the urgency is two or more levels above the right one.</summary>
    public Proportion OverByTwo { get; } = Proportion.Where(outcomes, outcome => outcome.LevelsAbove >= 2);

    /// <summary>Gets where the urgency is two or more levels above the greatest acceptable one.</summary>
    public Proportion OverAcceptableByTwo { get; } =
        Proportion.Where(
        outcomes, outcome => (int)outcome.Urgency - (int)outcome.Vignette.Gold.GreatestAcceptable >= 2);

    /// <summary>Gets where the answer is safe in the strict sense: never below the right urgency.</summary>
    public Proportion NeverBelowGold { get; } = Proportion.Where(outcomes, outcome => outcome.LevelsAbove >= 0);

    /// <summary>Gets where the answer is safe in the wide sense: at most one level below the right urgency.</summary>
    public Proportion AtMostOneBelowGold { get; } = Proportion.Where(outcomes, outcome => outcome.LevelsAbove >= -1);

    /// <summary>Gets where the answer is not below the least acceptable urgency.</summary>
    public Proportion NeverBelowAcceptable { get; } =
        Proportion.Where(outcomes, outcome => outcome.Urgency >= outcome.Vignette.Gold.LeastAcceptable);
}
