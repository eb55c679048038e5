using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>How much a question is expected to tell about the causes.</summary>
/// <remarks>
/// Each row of evidence on a finding is one answer it can have, and "none of them" another. The information of an
/// answer is how far it moves the ranking (the divergence of the ranking after it from the ranking before it, which is
/// never negative); the expectation weighs the answers by the share of patients expected to give them.
/// </remarks>
internal static class InformationGain
{
    /// <summary>Returns every open question about the causes, with its expected information in nats.</summary>
    public static List<Suggestion> Of(Assessment assessment)
    {
        var probabilities = Probabilities(assessment);
        var suggestions = new List<Suggestion>();
        foreach (var finding in assessment.Knowledge.Findings)
        {
            var ballots = assessment.Knowledge.Plan.ByFinding[finding.Index];
            if (ballots.Length > 0 && !assessment.Case.Answer(finding.Index).Known)
            {
                var (gain, cause) = Gain(ballots, probabilities, assessment.Knowledge);
                suggestions.Add(new(finding, QuestionReason.LikelyCause, -1, cause, gain));
            }
        }

        return suggestions;
    }

    /// <summary>Returns the probability of each cause, by position; 0 for one that is closed.</summary>
    public static double[] Probabilities(Assessment assessment)
    {
        var probabilities = new double[assessment.Knowledge.Causes.Count];
        foreach (ref readonly var ranked in assessment.Ranking)
        {
            if (ranked.Cause != RankedCause.SomethingElse)
            {
                probabilities[ranked.Cause] = ranked.Probability;
            }
        }

        return probabilities;
    }

    /// <summary>
    /// Returns how much more often than usual a finding is expected to be present in a patient like this.
    /// </summary>
    public static double Lift(Finding finding, double[] probabilities, KnowledgeBase knowledge)
    {
        var lift = 1.0;
        foreach (var ballot in knowledge.Plan.ByFinding[finding.Index])
        {
            var most = ballot.Rows.Max(row => knowledge.Plan.Weight(row, true));
            lift += probabilities[ballot.Cause] * (Math.Exp(most / 1e6) - 1);
        }

        return lift;
    }

    private static (double Gain, int Cause) Gain(Ballot[] ballots, double[] probabilities, KnowledgeBase knowledge)
    {
        var values = ballots.SelectMany(ballot => ballot.Rows).Select(row => knowledge.Evidence[row].Value)
            .Distinct(StringComparer.Ordinal).ToList();
        double gain = 0, left = 1, most = 0;
        var cause = -1;
        foreach (var value in values.Append(null))
        {
            double lift = 1, moved = 0;
            foreach (var ballot in ballots)
            {
                var (probability, weight) = (probabilities[ballot.Cause], Weight(ballot, value, knowledge));
                lift += probability * (Math.Exp(weight) - 1);
                moved += probability * Math.Exp(weight) * weight;
            }

            var share = value is null ? left : Math.Min(left, Inquirer.ExpectedShare(lift, knowledge) / values.Count);
            left -= value is null ? 0 : share;
            gain += share * Math.Max((moved / lift) - Math.Log(lift), 0);
            foreach (var ballot in ballots)
            {
                var shift = share * probabilities[ballot.Cause]
                    * Math.Abs(Math.Exp(Weight(ballot, value, knowledge)) - 1);
                if (shift > most)
                {
                    (most, cause) = (shift, ballot.Cause);
                }
            }
        }

        return (gain, cause);
    }

    /// <summary>What an answer weighs for the cause of a ballot, in nats; null stands for "none of the rows".</summary>
    private static double Weight(Ballot ballot, string? value, KnowledgeBase knowledge)
    {
        var at = Array.FindIndex(ballot.Rows, row => knowledge.Evidence[row].Value == value);
        return (at >= 0 ? knowledge.Plan.Weight(ballot.Rows[at], true) : knowledge.Plan.Weight(ballot.AbsentRow, false))
            / 1e6;
    }
}
