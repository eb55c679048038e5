using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>A contribution, with the cause and the correlated group it belongs to (-1 for none).</summary>
internal readonly record struct Vote(int Cause, int Group, Contribution Contribution);

/// <summary>Collects what every answer says of every cause.</summary>
internal static class Votes
{
    /// <summary>Fills the buffer with one vote a cause and question; returns how many.</summary>
    /// <param name="facts">The case and its scores.</param>
    /// <param name="votes">At least <see cref="EvidencePlan.VotesMax"/> long.</param>
    public static int Collect(in Facts facts, Span<Vote> votes)
    {
        var knowledge = facts.Case.Knowledge;
        var plan = knowledge.Plan;
        var count = Places(facts.Case, votes);

        // A score that decides anything for a cause replaces its items there.
        Span<bool> replaced = stackalloc bool[plan.ByScore.Length];
        for (var i = 0; i < plan.ByScore.Length; i++)
        {
            replaced[i] = Add(plan.ByScore[i], ContributionStatus.Counted, facts, votes, ref count);
        }

        foreach (ref readonly var answer in facts.Case.Answers)
        {
            foreach (var ballot in plan.ByFinding[answer.Finding])
            {
                var status = IsReplaced(ballot, replaced, knowledge)
                    ? ContributionStatus.ReplacedByScore
                    : ContributionStatus.Counted;
                Add(ballot, status, facts, votes, ref count);
            }
        }

        return count;
    }

    private static bool Add(Ballot ballot, ContributionStatus status, in Facts facts, Span<Vote> votes, ref int count)
    {
        var knowledge = facts.Case.Knowledge;
        var strongest = -1;
        foreach (var row in ballot.Rows)
        {
            var held = knowledge.Evidence[row].When.Evaluate(facts);
            if (held == Truth.Unknown)
            {
                return false;
            }

            if (held == Truth.True && (strongest < 0
                || Math.Abs(knowledge.Plan.Weight(row, true)) > Math.Abs(knowledge.Plan.Weight(strongest, true))))
            {
                strongest = row;
            }
        }

        var holds = strongest >= 0;
        var voter = holds ? strongest : ballot.AbsentRow;
        var weight = knowledge.Plan.Weight(voter, holds);
        if (weight == 0)
        {
            return false;
        }

        votes[count++] = new(ballot.Cause, knowledge.Plan.GroupOf(voter), new(voter, ballot.Finding, holds, weight, status));
        return true;
    }

    private static bool IsReplaced(Ballot ballot, ReadOnlySpan<bool> replaced, KnowledgeBase knowledge)
    {
        for (var i = 0; i < replaced.Length; i++)
        {
            var score = knowledge.Plan.ByScore[i];
            if (replaced[i] && score.Cause == ballot.Cause && knowledge.Scores[score.Score].Findings.Contains(ballot.Finding))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The place of the pain is one answer over all places. Until a place is marked it weighs nothing; once any is, each
    /// cause is weighed by the marked place that speaks most for it.
    /// </summary>
    private static int Places(ClinicalCase @case, Span<Vote> votes)
    {
        var knowledge = @case.Knowledge;
        Span<int> marked = stackalloc int[knowledge.SiteFindings.Count];
        var marks = 0;
        for (var site = 0; site < knowledge.SiteFindings.Count; site++)
        {
            if (@case.Answer(knowledge.SiteFindings[site]).Presence == Presence.Present)
            {
                marked[marks++] = site;
            }
        }

        var count = 0;
        for (var cause = 0; marks > 0 && cause < knowledge.Causes.Count; cause++)
        {
            var best = marked[0];
            for (var i = 1; i < marks; i++)
            {
                best = knowledge.Plan.SiteWeight(cause, marked[i]) > knowledge.Plan.SiteWeight(cause, best) ? marked[i] : best;
            }

            if (knowledge.Plan.SiteWeight(cause, best) is var weight && weight != 0)
            {
                votes[count++] = new(cause, knowledge.Plan.SiteGroups[cause],
                    new(-1, knowledge.SiteFindings[best], true, weight, ContributionStatus.Counted));
            }
        }

        return count;
    }
}
