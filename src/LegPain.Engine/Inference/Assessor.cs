using System.Buffers;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Makes an assessment of a case.</summary>
/// <remarks>
/// <para>
/// Urgency comes from rules only; the ranking comes from evidence and never lowers an urgency. A finding without an
/// answer moves nothing in either direction, and a red flag with an open answer stays open.
/// </para>
/// <para>
/// Pure: the same case and knowledge give the same assessment, in the same order, on any machine. Weights are whole
/// millionths of a nat, so sums do not depend on their order.
/// </para>
/// </remarks>
public static class Assessor
{
    private const int StackBytesMax = 4096;

    /// <summary>Assesses a case with the knowledge it is bound to.</summary>
    public static Assessment Assess(ClinicalCase @case)
    {
        var knowledge = @case.Knowledge;
        var scores = Totals(@case);
        var facts = new Facts(@case, scores);

        Span<Truth> lasting = stackalloc Truth[knowledge.RedFlags.Count];
        var redFlags = knowledge.Rules.Evaluate(facts, lasting);
        var (ranking, contributions) = Rank(facts);
        var disposition = Dispose(@case, redFlags, lasting, ranking[0].Cause);
        return new(@case, disposition, redFlags, scores, ranking, contributions);
    }

    /// <summary>
    /// Returns the earliest moment at which time alone can change an assessment made at a moment; null if it never
    /// does.
    /// </summary>
    public static DateTimeOffset? NextChange(ClinicalCase @case, DateTimeOffset now)
    {
        var days = @case.Knowledge.Clock.DaysUntilChange(@case);
        return days <= (DateTimeOffset.MaxValue - now).TotalDays ? now + TimeSpan.FromDays(days) : null;
    }

    /// <summary>Returns the ranking alone.</summary>
    internal static RankedCause[] Ranking(ClinicalCase @case) => Rank(new(@case, Totals(@case))).Ranking;

    /// <summary>Returns the range of every score; with conventions open, one that holds whatever is answered.</summary>
    internal static ScoreRange[] Totals(ClinicalCase @case, bool conventionsAreOpen = false)
    {
        var knowledge = @case.Knowledge;
        var totals = new ScoreRange[knowledge.Scores.Count];
        var facts = new Facts(@case, totals, conventionsAreOpen);
        foreach (var index in knowledge.ScoreOrder)
        {
            totals[index] = Total(knowledge.Scores[index], facts);
        }

        return totals;
    }

    private static ScoreRange Total(Score score, in Facts facts)
    {
        var highest = score.Combination == ScoreCombination.Highest;
        double low = 0, high = 0;
        for (var i = 0; i < score.Items.Count; i++)
        {
            var item = score.Items[i];
            var held = item.When.Evaluate(facts);
            if (held == Truth.False)
            {
                continue;
            }

            var (least, most) = held == Truth.True
                ? (item.Points, item.Points)
                : (Math.Min(item.Points, 0), Math.Max(item.Points, 0));
            low = highest ? Math.Max(low, least) : low + least;
            high = highest ? Math.Max(high, most) : high + most;
        }

        return new(low, high);
    }

    /// <summary>
    /// The most urgent raised rule decides, or the usual urgency of the leading cause where that is more.
    /// </summary>
    /// <remarks>
    /// The limits hold whatever open question is answered, however many are: a rule counts for the lower one only if
    /// it stands without any convention, and for the upper one unless it is cleared without any.
    /// </remarks>
    private static Disposition Dispose(
        ClinicalCase @case, ReadOnlySpan<Truth> redFlags, ReadOnlySpan<Truth> lasting, int leading)
    {
        var knowledge = @case.Knowledge;
        Urgency raised = 0, firm = 0, possible = 0;
        TimeSpan? actWithin = null;
        var isAnyOpen = false;
        for (var i = 0; i < redFlags.Length; i++)
        {
            var rule = knowledge.RedFlags[i];
            isAnyOpen |= redFlags[i] == Truth.Unknown;
            firm = lasting[i] == Truth.True ? Max(firm, rule.Urgency) : firm;
            possible = lasting[i] != Truth.False ? Max(possible, rule.Urgency) : possible;
            if (redFlags[i] == Truth.True && rule.Urgency >= raised)
            {
                actWithin = rule.Urgency > raised || rule.ActWithin < actWithin ? rule.ActWithin : actWithin;
                raised = rule.Urgency;
            }
        }

        // Self-care is possible only when every red flag is cleared.
        var usual = knowledge.Usual.Of(leading);
        var (least, most) = knowledge.Usual.Limits(@case, leading);
        var urgency = Max(isAnyOpen ? Max(usual, Urgency.Routine) : usual, raised);
        var basis = raised == urgency ? DispositionBasis.RedFlag : DispositionBasis.LeadingCause;
        return new(
            urgency, basis == DispositionBasis.RedFlag ? actWithin : knowledge.LevelOf(urgency).ActWithin, basis,
            Max(firm, least), Max(Max(possible, most), urgency));
    }

    private static Urgency Max(Urgency left, Urgency right) => left > right ? left : right;

    private static (RankedCause[] Ranking, Contribution[] Contributions) Rank(in Facts facts)
    {
        var plan = facts.Case.Knowledge.Plan;
        var votes = ArrayPool<Vote>.Shared.Rent(plan.VotesMax);
        try
        {
            var count = Votes.Collect(facts, votes);
            return Order(facts, votes.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<Vote>.Shared.Return(votes);
        }
    }

    /// <summary>Lays the votes out by cause, lets each correlated group vote once, adds up and sorts.</summary>
    private static (RankedCause[] Ranking, Contribution[] Contributions) Order(in Facts facts, ReadOnlySpan<Vote> votes)
    {
        var knowledge = facts.Case.Knowledge;
        var causes = knowledge.Causes.Count;
        Span<int> next = stackalloc int[causes + 1];
        foreach (ref readonly var vote in votes)
        {
            next[vote.Cause + 1]++;
        }

        for (var i = 1; i <= causes; i++)
        {
            next[i] += next[i - 1];
        }

        var contributions = new Contribution[votes.Length];
        var groups = votes.Length * sizeof(int) <= StackBytesMax ? stackalloc int[votes.Length] : new int[votes.Length];
        foreach (ref readonly var vote in votes)
        {
            var at = next[vote.Cause]++;
            contributions[at] = vote.Contribution;
            groups[at] = vote.Group;
        }

        Span<RankedCause> ranked = stackalloc RankedCause[causes + 1];
        Span<long> order = stackalloc long[causes + 1];
        Span<int> strongest = stackalloc int[knowledge.Plan.GroupsMax];
        var open = 0;
        var first = 0;
        for (var i = 0; i < causes; i++)
        {
            var end = next[i];
            var mine = contributions.AsSpan(first, end - first);
            if (PriorMicroNats(i, facts) is { } prior)
            {
                var total = prior + Sum(mine, groups[first..end], strongest);
                ranked[open] = new(i, prior, total, 0, first, mine.Length);
                order[open] = SortKey(total, open);
                open++;
            }

            first = end;
        }

        var elsePrior = EvidencePlan.LogOdds(knowledge.Model.SomethingElsePrior);
        ranked[open] = new(RankedCause.SomethingElse, elsePrior, elsePrior, 0, 0, 0);
        order[open] = SortKey(elsePrior, open);
        return (Normalize(ranked, order[..(open + 1)]), contributions);
    }

    /// <summary>Greatest total first, then the order of the pack.</summary>
    private static long SortKey(int total, int position) => (-(long)total << 16) | (uint)position;

    private static RankedCause[] Normalize(ReadOnlySpan<RankedCause> ranked, Span<long> order)
    {
        order.Sort();
        var result = new RankedCause[order.Length];
        Span<double> odds = stackalloc double[order.Length];
        var sum = 0.0;
        for (var i = 0; i < order.Length; i++)
        {
            result[i] = ranked[(int)(order[i] & 0xFFFF)];
            odds[i] = Math.Exp((result[i].TotalMicroNats - result[0].TotalMicroNats) / 1e6);
            sum += odds[i];
        }

        for (var i = 0; i < result.Length; i++)
        {
            result[i] = result[i] with { Probability = Math.Round(odds[i] / sum, 6) };
        }

        return result;
    }

    private static int Sum(Span<Contribution> contributions, ReadOnlySpan<int> groups, Span<int> strongest)
    {
        strongest.Fill(-1);
        var sum = 0;
        for (var i = 0; i < contributions.Length; i++)
        {
            if (contributions[i].Status != ContributionStatus.Counted)
            {
                continue;
            }

            var weight = contributions[i].MicroNats;
            if (groups[i] is var group && group >= 0)
            {
                var rival = strongest[group];
                if (rival >= 0 && Math.Abs(contributions[rival].MicroNats) >= Math.Abs(weight))
                {
                    contributions[i] = contributions[i] with { Status = ContributionStatus.WeakerInGroup };
                    continue;
                }

                if (rival >= 0)
                {
                    sum -= contributions[rival].MicroNats;
                    contributions[rival] = contributions[rival] with { Status = ContributionStatus.WeakerInGroup };
                }

                strongest[group] = i;
            }

            sum += weight;
        }

        return sum;
    }

    /// <summary>Returns the log-odds of a cause before evidence, or null when a modifier closes it.</summary>
    private static int? PriorMicroNats(int cause, in Facts facts)
    {
        var plan = facts.Case.Knowledge.Plan;
        var factor = 1.0;
        foreach (var modifier in plan.Modifiers[cause])
        {
            if (modifier.When.Evaluate(facts) == Truth.True)
            {
                factor *= modifier.Factor;
            }
        }

        return factor switch
        {
            1.0 => plan.Priors[cause],
            0.0 => null,
            _ => EvidencePlan.LogOdds(plan.StartingShare(cause, factor)),
        };
    }
}
