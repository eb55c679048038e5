using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>Knows which single observations are signs that a red flag asks for.</summary>
/// <remarks>
/// Nearly every finding is asked about by some rule: a place, an age and a smoker's history are parts of many. A sign
/// is what stands beside them: neither a quality of the pain itself nor a property of the person, and with a value
/// that makes its part of the rule hold.
/// </remarks>
internal sealed class RedFlagSigns
{
    private readonly (Condition Leaf, Urgency Urgency)[][] _byFinding;

    public RedFlagSigns(KnowledgeBase knowledge)
    {
        var leaves = knowledge.RedFlags
            .SelectMany(rule => LeavesOf(rule.When, knowledge), (rule, leaf) => (Leaf: leaf, rule.Urgency))
            .Where(sign => sign.Leaf.Finding!.Group is { OutlivesEpisode: false, StartsWithEpisode: false })
            .ToLookup(sign => sign.Leaf.Finding!.Index);
        _byFinding = [.. knowledge.Findings.Select(finding => leaves[finding.Index].ToArray())];
    }

    /// <summary>Returns whether an observation is such a sign of a rule that forces at least an urgency.</summary>
    public bool Has(Finding finding, Observation observation, Urgency atLeast)
    {
        if (observation.Presence != Presence.Present)
        {
            return false;
        }

        foreach (var (leaf, urgency) in _byFinding[finding.Index])
        {
            if (urgency >= atLeast && Holds(leaf, observation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(Condition leaf, Observation observation) => leaf switch
    {
        OptionCondition asked => observation.Options.Contains(asked.Finding.Options[asked.Option]),
        NumberCondition asked => observation.Number is { } number
            && NumberCondition.Compare(number, asked.Comparison, asked.Bound),
        MeasuredCondition or WorseningCondition => observation.Number is not null,
        _ => true,
    };

    /// <summary>
    /// The leaves that speak for a condition: not what stands under a negation or an exception, but what makes a
    /// finding follow and what gives points.
    /// </summary>
    private static IEnumerable<Condition> LeavesOf(Condition condition, KnowledgeBase knowledge) => condition switch
    {
        NotCondition or UnlessCondition => [],
        { Finding: { } finding } => knowledge.DerivationOf(finding) is { } derivation
            ? LeavesOf(derivation.When, knowledge).Prepend(condition)
            : [condition],
        { Score: { } score } => knowledge.Scores[score].Items.Where(item => item.Points > 0)
            .SelectMany(item => LeavesOf(item.When, knowledge)),
        _ => condition.Parts.SelectMany(part => LeavesOf(part, knowledge)),
    };
}
