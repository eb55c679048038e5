using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>One answer to an open question, and what it would do to a cause.</summary>
/// <param name="Presence">Present or absent.</param>
/// <param name="Option">The option of a choice, or null.</param>
/// <param name="Number">The value of a number, or null.</param>
/// <param name="MicroNats">What it would add to the cause's log-odds; null when it would close the cause.</param>
/// <param name="Probability">The probability the cause would have; 0 when closed.</param>
public readonly record struct LeverAnswer(
    Presence Presence, string? Option, double? Number, int? MicroNats, double Probability)
{
    /// <summary>Gets how far it moves the cause, either way.</summary>
    internal long Size => MicroNats is { } moved ? Math.Abs((long)moved) : long.MaxValue;
}

/// <summary>An open question whose answer would move a cause.</summary>
/// <param name="Finding">What to ask.</param>
/// <param name="For">The answer that would raise the cause most; null when none would.</param>
/// <param name="Against">The answer that would lower it most; null when none would.</param>
public sealed record Lever(Finding Finding, LeverAnswer? For, LeverAnswer? Against);

/// <summary>Finds what would move a cause, by ranking the case with each answer it lacks.</summary>
/// <remarks>
/// Every answer is really tried, so groups, scores, caps and factors on the prior count as they would. A number is
/// tried at each bound that a rule of the cause compares it with, between them and at its ends.
/// </remarks>
internal static class CauseLevers
{
    public static IReadOnlyList<Lever> Of(Assessment assessment, Cause cause, RankedCause now)
    {
        var knowledge = assessment.Knowledge;
        var conditions = cause.Evidence.Select(row => row.When)
            .Concat(cause.PriorModifiers.Select(modifier => modifier.When)).ToList();
        var bounds = conditions.SelectMany(condition => Leaves(condition, knowledge)).OfType<NumberCondition>()
            .ToLookup(leaf => leaf.Finding.Index, leaf => leaf.Bound);
        return
        [
            .. conditions.SelectMany(condition => RuleTable.Asked(condition, knowledge))
                .Concat(knowledge.SiteFindings).Distinct().Order()
                .Where(finding => !assessment.Case.Answer(finding).Known)
                .Select(finding => Try(knowledge.Findings[finding], bounds[finding]))
                .Where(lever => lever.For is not null || lever.Against is not null)
                .OrderByDescending(lever => Math.Max(lever.For?.Size ?? 0, lever.Against?.Size ?? 0)),
        ];

        Lever Try(Finding finding, IEnumerable<double> numbers)
        {
            LeverAnswer? up = null, down = null;
            foreach (var (answer, option) in Answers(finding, numbers))
            {
                var (moved, probability) = Move(assessment.Case.With(answer), cause, now);
                double? number = finding.Kind == FindingKind.Number ? answer.Number : null;
                var tried = new LeverAnswer(answer.Presence, option, number, moved, probability);
                if (moved > 0 && tried.Size > (up?.Size ?? 0))
                {
                    up = tried;
                }
                else if (moved is null or < 0 && tried.Size > (down?.Size ?? 0))
                {
                    down = tried;
                }
            }

            return new(finding, up, down);
        }
    }

    private static (int? MicroNats, double Probability) Move(ClinicalCase @case, Cause cause, RankedCause now)
    {
        foreach (ref readonly var ranked in Assessor.Ranking(@case).AsSpan())
        {
            if (ranked.Cause == cause.Index)
            {
                return (ranked.TotalMicroNats - now.TotalMicroNats, ranked.Probability);
            }
        }

        return (null, 0);
    }

    private static IEnumerable<(CaseAnswer Answer, string? Option)> Answers(
        Finding finding, IEnumerable<double> bounds)
    {
        var present = new CaseAnswer(finding.Index, Presence.Present, 0, double.NaN, double.NaN, 0);
        switch (finding.Kind)
        {
            case FindingKind.Boolean:
                yield return (present, null);
                yield return (present with { Presence = Presence.Absent }, null);
                break;
            case FindingKind.Number:
                foreach (var number in Numbers(finding, bounds))
                {
                    yield return (present with { Number = number }, null);
                }

                break;
            default:
                for (var option = 0; option < finding.Options.Count; option++)
                {
                    yield return (present with { Options = 1UL << option }, finding.Options[option]);
                }

                if (finding.Kind == FindingKind.Choices)
                {
                    var none = finding.AbsentOption is { } id ? 1UL << finding.OptionIndex(id) : 0;
                    yield return (present with { Presence = Presence.Absent, Options = none }, null);
                }

                break;
        }
    }

    private static IEnumerable<double> Numbers(Finding finding, IEnumerable<double> bounds)
    {
        double[] stops = [.. bounds.Append(finding.Minimum).Append(finding.Maximum)
            .Where(stop => stop >= finding.Minimum && stop <= finding.Maximum).Distinct().Order()];
        return stops.Concat(stops.Zip(stops.Skip(1), (low, high) => (low + high) / 2));
    }

    private static IEnumerable<Condition> Leaves(Condition condition, KnowledgeBase knowledge) =>
        condition.SelfAndParts().SelectMany(part => part.Score is { } score
            ? knowledge.Scores[score].Items.SelectMany(item => Leaves(item.When, knowledge))
            : [part]);
}
