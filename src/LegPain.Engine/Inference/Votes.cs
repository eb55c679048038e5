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
        Span<int> deciding = stackalloc int[plan.ByScore.Length];
        var decided = 0;
        for (var i = 0; i < plan.ByScore.Length; i++)
        {
            if (Add(plan.ByScore[i], ContributionStatus.Counted, facts, votes, ref count))
            {
                deciding[decided++] = i;
            }
        }

        foreach (ref readonly var answer in facts.Case.Answers)
        {
            foreach (var ballot in plan.ByFinding[answer.Finding])
            {
                var status = decided > 0 && IsReplaced(ballot, deciding[..decided], knowledge)
                    ? ContributionStatus.ReplacedByScore
                    : ContributionStatus.Counted;
                Add(ballot, status, facts, votes, ref count);
            }
        }

        return count;
    }

    private static bool Add(Ballot ballot, ContributionStatus status, in Facts facts, Span<Vote> votes, ref int count)
    {
        var plan = facts.Case.Knowledge.Plan;
        var strongest = -1;
        foreach (var row in ballot.Rows)
        {
            var held = plan.When[row].Evaluate(facts);
            if (held == Truth.Unknown)
            {
                return false;
            }

            if (held == Truth.True && (strongest < 0
                || Math.Abs(plan.Weight(row, true)) > Math.Abs(plan.Weight(strongest, true))))
            {
                strongest = row;
            }
        }

        var holds = strongest >= 0;
        var voter = holds ? strongest : ballot.AbsentRow;
        var weight = plan.Weight(voter, holds);
        if (weight == 0)
        {
            return false;
        }

        votes[count++] = new(ballot.Cause, plan.GroupOf(voter), new(voter, ballot.Finding, holds, weight, status));
        return true;
    }

    private static bool IsReplaced(Ballot ballot, ReadOnlySpan<int> deciding, KnowledgeBase knowledge)
    {
        foreach (var at in deciding)
        {
            var score = knowledge.Plan.ByScore[at];
            if (score.Cause == ballot.Cause && knowledge.Scores[score.Score].Findings.Contains(ballot.Finding))
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
        var plan = @case.Knowledge.Plan;
        Span<int> marked = stackalloc int[plan.SiteFindings.Length];
        var marks = 0;
        for (var site = 0; site < plan.SiteFindings.Length; site++)
        {
            if (@case.Answer(plan.SiteFindings[site]).Presence == Presence.Present)
            {
                marked[marks++] = site;
            }
        }

        var count = 0;
        for (var cause = 0; marks > 0 && cause < plan.SiteGroups.Length; cause++)
        {
            var best = marked[0];
            for (var i = 1; i < marks; i++)
            {
                best = plan.SiteWeight(cause, marked[i]) > plan.SiteWeight(cause, best) ? marked[i] : best;
            }

            if (plan.SiteWeight(cause, best) is var weight && weight != 0)
            {
                votes[count++] = new(cause, plan.SiteGroups[cause],
                    new(-1, plan.SiteFindings[best], true, weight, ContributionStatus.Counted));
            }
        }

        return count;
    }
}
