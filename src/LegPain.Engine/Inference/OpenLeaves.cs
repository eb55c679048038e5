using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>A question that an undecided condition still depends on.</summary>
/// <param name="Finding">What to ask.</param>
/// <param name="Reason">Why; never <see cref="QuestionReason.LikelyCause"/>.</param>
internal readonly record struct OpenLeaf(Finding Finding, QuestionReason Reason);

/// <summary>Finds what an undecided condition still depends on.</summary>
internal static class OpenLeaves
{
    /// <summary>
    /// Adds each open question once, in the order of the condition. Parts that are decided already, or whose answer no
    /// longer matters, add none.
    /// </summary>
    /// <param name="condition">The condition.</param>
    /// <param name="facts">The case, with conventions open.</param>
    /// <param name="leaves">Receives the questions.</param>
    public static void Collect(Condition condition, in Facts facts, List<OpenLeaf> leaves) =>
        Collect(condition, facts, QuestionReason.OpenRedFlag, leaves);

    private static void Collect(
        Condition condition, in Facts facts, QuestionReason reason, List<OpenLeaf> leaves)
    {
        if (condition.Evaluate(facts) != Truth.Unknown)
        {
            return;
        }

        switch (condition)
        {
            case ScoreCondition score:
                foreach (var item in facts.Case.Knowledge.Scores[score.ScoreIndex].Items)
                {
                    Collect(item.When, facts, reason, leaves);
                }

                break;
            case WithinCondition or PersistentCondition when condition.Parts[0].Evaluate(facts) == Truth.True:
                Add(Beginning(condition.Parts[0].Finding!, facts.Case), leaves);
                break;
            case PresentCondition present when facts.Case.Answer(present.Finding.Index).Known:
                // Absent as far as was said; what could overrule that is still open.
                Collect(facts.Case.Knowledge.DerivationOf(present.Finding)!.When, facts, reason, leaves);
                break;
            case UnlessCondition:
                Collect(condition.Parts[0], facts, QuestionReason.Exception, leaves);
                break;
            default:
                if (condition.Finding is { } finding)
                {
                    Add(new(finding, reason), leaves);
                }

                foreach (var part in condition.Parts)
                {
                    Collect(part, facts, reason, leaves);
                }

                break;
        }
    }

    /// <summary>What describes the pain began with it, so one question about the pain answers for all of it.</summary>
    private static OpenLeaf Beginning(Finding finding, ClinicalCase @case)
    {
        var pain = @case.Knowledge.Model.EpisodeStartFinding;
        return finding.Group.StartsWithEpisode && !@case.Answer(pain.Index).Known
            ? new(pain, QuestionReason.OpenRedFlag)
            : new(finding, QuestionReason.Beginning);
    }

    private static void Add(OpenLeaf leaf, List<OpenLeaf> leaves)
    {
        if (!leaves.Exists(known => known.Finding == leaf.Finding && Same(known.Reason, leaf.Reason)))
        {
            leaves.Add(leaf);
        }
    }

    /// <summary>Whether it is present and since when are two questions; why it is asked does not make it two.</summary>
    private static bool Same(QuestionReason left, QuestionReason right) =>
        (left == QuestionReason.Beginning) == (right == QuestionReason.Beginning);
}
