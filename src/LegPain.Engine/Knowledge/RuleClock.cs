using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>
/// Knows when a rule can change its answer with no new input: a limit of days passes, or an age is reached.
/// </summary>
internal sealed class RuleClock
{
    private readonly (Finding Finding, int Days)[] _limits;
    private readonly (Finding Finding, double Bound)[] _bounds;
    private readonly (Finding Finding, int Days)[] _windows;

    public RuleClock(IEnumerable<Condition> conditions)
    {
        var all = conditions.ToList();
        _limits = [.. all.OfType<WithinCondition>().Select(c => (c.Parts[0].Finding!, c.Days))
            .Concat(all.OfType<PersistentCondition>().Select(c => (c.Parts[0].Finding!, c.Days))).Distinct()];
        _bounds = [.. all.OfType<NumberCondition>().Where(c => c.Finding.GrowthPerDay > 0)
            .Select(c => (c.Finding, c.Bound)).Distinct()];
        _windows = [.. all.OfType<WorseningCondition>().Select(c => (c.Finding, c.Days)).Distinct()];
    }

    /// <summary>Returns the days until the first such change; infinity when time alone changes nothing.</summary>
    /// <remarks>An upper bound on how long an assessment stays true: the rule may still answer the same then.</remarks>
    public double DaysUntilChange(ClinicalCase @case)
    {
        var soonest = double.PositiveInfinity;
        foreach (var (finding, days) in _limits)
        {
            if (@case.Answer(finding.Index).Known)
            {
                Consider(days - @case.DaysSinceStart(finding));
            }
        }

        foreach (var (finding, bound) in _bounds)
        {
            ref readonly var answer = ref @case.Answer(finding.Index);
            if (answer.Known)
            {
                Consider((bound - answer.Number) / finding.GrowthPerDay);
            }
        }

        foreach (var (finding, days) in _windows)
        {
            Consider(@case.DaysUntilSeriesChange(finding.Index, days));
        }

        return soonest;

        void Consider(double days)
        {
            if (days >= 0 && days < soonest)
            {
                soonest = days;
            }
        }
    }
}
