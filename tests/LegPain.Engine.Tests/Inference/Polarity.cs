using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Tests.Inference;

/// <summary>Which findings red flags ask about, and whether being present can ever speak against a flag.</summary>
internal sealed class Polarity
{
    private readonly HashSet<int> _for = [];
    private readonly HashSet<int> _against = [];

    private Polarity()
    {
    }

    /// <summary>
    /// Gets the boolean findings that stand in red flags, and never under a negation or an exception.
    /// </summary>
    public required IReadOnlyList<Finding> OnlyRaising { get; init; }

    public static Polarity OfRedFlags(KnowledgeBase knowledge)
    {
        var seen = new Polarity { OnlyRaising = [] };
        foreach (var rule in knowledge.RedFlags)
        {
            seen.Visit(rule.When, true, knowledge);
        }

        return new()
        {
            OnlyRaising = [.. knowledge.Findings.Where(finding => finding.Kind == FindingKind.Boolean
                && seen._for.Contains(finding.Index) && !seen._against.Contains(finding.Index))],
        };
    }

    private void Visit(Condition condition, bool speaksFor, KnowledgeBase knowledge)
    {
        var text = condition.ToString()!;
        if (condition.Score is { } score)
        {
            var rising = text.Contains('>', StringComparison.Ordinal) == speaksFor;
            foreach (var item in knowledge.Scores[score].Items)
            {
                Visit(item.When, item.Points >= 0 == rising, knowledge);
            }
        }

        if (condition.Finding is { } finding)
        {
            (speaksFor ? _for : _against).Add(finding.Index);
        }

        var negates = text.StartsWith("not(", StringComparison.Ordinal)
            || text.StartsWith("unless(", StringComparison.Ordinal);
        foreach (var part in condition.Parts)
        {
            Visit(part, speaksFor != negates, knowledge);
        }
    }
}
