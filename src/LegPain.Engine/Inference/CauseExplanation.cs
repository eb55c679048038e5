using LegPain.Engine.Knowledge;

namespace LegPain.Engine.Inference;

/// <summary>A factor on the prior that holds.</summary>
/// <param name="Modifier">The factor and its condition.</param>
/// <param name="MicroNats">What it adds to the log-odds; null when it closes the cause, or another one has.</param>
/// <param name="Running">Where the cause stands with it; null when the cause is closed by then.</param>
public readonly record struct PriorStep(PriorModifier Modifier, int? MicroNats, RunningTotal? Running);

/// <summary>A vote that counts.</summary>
/// <param name="Contribution">The vote.</param>
/// <param name="Running">Where the cause stands with it and all before it.</param>
/// <param name="CutFrom">The ratio that a cap cut to this vote's; null when it stands as written.</param>
public readonly record struct VoteStep(Contribution Contribution, RunningTotal Running, double? CutFrom);

/// <summary>Where a cause stands part of the way.</summary>
/// <param name="MicroNats">The log-odds so far, in millionths of a nat.</param>
/// <param name="Share">
/// The share the cause would have with these log-odds while all others have their final ones: 0 to 1, in millionths.
/// </param>
public readonly record struct RunningTotal(int MicroNats, double Share);

/// <summary>A vote that does not count.</summary>
/// <param name="Contribution">The vote; its status says why.</param>
/// <param name="Instead">The vote that counts in its place: the stronger one of its group, or the score's.</param>
public readonly record struct LeftOutVote(Contribution Contribution, Contribution Instead);

/// <summary>How one cause came to stand where it stands: every number of the way, in order.</summary>
/// <remarks>
/// The prior and what each step adds make up the total of the ranking exactly. Pure; made from the assessment alone.
/// </remarks>
public sealed class CauseExplanation
{
    private readonly double _others;
    private readonly int _scale;

    private CauseExplanation(Assessment assessment, Cause cause)
    {
        Assessment = assessment;
        Cause = cause;
        var ranking = assessment.Ranking;
        _scale = ranking[0].TotalMicroNats;
        for (var i = 0; i < ranking.Length; i++)
        {
            if (ranking[i].Cause == cause.Index)
            {
                Standing = new(cause.Id, i + 1, ranking[i]);
            }
            else
            {
                _others += Odds(ranking[i].TotalMicroNats);
            }
        }

        StartShare = assessment.Knowledge.StartShareOf(cause);
        Prior = Total(assessment.Knowledge.Plan.Priors[cause.Index]);
        (PriorSteps, IsPriorCapped) = Modify();
        (Votes, LeftOut) = Standing is { } standing ? Add(standing.Ranked) : ([], []);
        Levers = Standing is null ? [] : CauseLevers.Of(assessment, cause, Standing.Ranked);
    }

    /// <summary>Gets the assessment it explains.</summary>
    public Assessment Assessment { get; }

    /// <summary>Gets the cause.</summary>
    public Cause Cause { get; }

    /// <summary>Gets where it stands in the ranking; null when a factor of 0 on its prior closes it.</summary>
    public CauseStanding? Standing { get; }

    /// <summary>
    /// Gets the share of cases it starts from: its prior among ordinary presenters, mixed with the selected.
    /// </summary>
    public double StartShare { get; }

    /// <summary>Gets where it stands with that share alone.</summary>
    public RunningTotal Prior { get; }

    /// <summary>Gets the factors on the prior that hold, in the order of the pack.</summary>
    public IReadOnlyList<PriorStep> PriorSteps { get; }

    /// <summary>Gets whether the factors would lift the prior past the most it may be, where it was held.</summary>
    public bool IsPriorCapped { get; }

    /// <summary>Gets the votes that count, in the order of the assessment; none when the cause is closed.</summary>
    public IReadOnlyList<VoteStep> Votes { get; }

    /// <summary>Gets the votes that do not count; none when the cause is closed.</summary>
    public IReadOnlyList<LeftOutVote> LeftOut { get; }

    /// <summary>
    /// Gets the open answers that would move the cause, those that move it most first; none when it is closed.
    /// </summary>
    public IReadOnlyList<Lever> Levers { get; }

    /// <summary>Explains a cause of the assessment's own knowledge.</summary>
    public static CauseExplanation Of(Assessment assessment, Cause cause) => new(assessment, cause);

    private (List<PriorStep> Steps, bool IsCapped) Modify()
    {
        var steps = new List<PriorStep>();
        var plan = Assessment.Knowledge.Plan;
        var factor = 1.0;
        var running = Prior.MicroNats;
        foreach (var modifier in Assessment.ModifiersOf(Cause))
        {
            factor *= modifier.Factor;
            if (factor == 0)
            {
                steps.Add(new(modifier, null, null));
                continue;
            }

            var next = EvidencePlan.LogOdds(plan.StartingShare(Cause.Index, factor));
            steps.Add(new(modifier, next - running, Total(next)));
            running = next;
        }

        return (steps, plan.IsStartHeld(Cause.Index, factor));
    }

    private (List<VoteStep> Votes, List<LeftOutVote> LeftOut) Add(RankedCause ranked)
    {
        var votes = new List<VoteStep>();
        var leftOut = new List<LeftOutVote>();
        var contributions = Assessment.ContributionsOf(ranked);
        var running = ranked.PriorMicroNats;
        foreach (ref readonly var vote in contributions)
        {
            if (vote.Status == ContributionStatus.Counted)
            {
                running += vote.MicroNats;
                votes.Add(new(vote, Total(running), CutFrom(vote)));
            }
            else
            {
                leftOut.Add(new(vote, Instead(vote, contributions)));
            }
        }

        return (votes, leftOut);
    }

    private Contribution Instead(in Contribution leftOut, ReadOnlySpan<Contribution> all)
    {
        foreach (ref readonly var vote in all)
        {
            if (leftOut.Status == ContributionStatus.WeakerInGroup
                ? vote.Status == ContributionStatus.Counted && GroupOf(vote) == GroupOf(leftOut)
                : vote.Finding < 0 && ScoreOf(vote).Findings.Contains(leftOut.Finding))
            {
                return vote;
            }
        }

        throw new InvalidOperationException("A vote is left out for another one, which is not there.");
    }

    private int GroupOf(in Contribution vote) => vote.Evidence < 0
        ? Assessment.Knowledge.Plan.SiteGroups[Cause.Index]
        : Assessment.Knowledge.Plan.GroupOf(vote.Evidence);

    private Score ScoreOf(in Contribution vote) =>
        Assessment.Knowledge.Scores[Assessment.Knowledge.Evidence[vote.Evidence].Score!.Value];

    private double? CutFrom(in Contribution vote) => vote.Evidence < 0 ? null
        : vote.RowHolds ? Assessment.Knowledge.Evidence[vote.Evidence].CutPresent
        : Assessment.Knowledge.Evidence[vote.Evidence].CutAbsent;

    private RunningTotal Total(int microNats) =>
        new(microNats, Math.Round(1 / (1 + (_others / Odds(microNats))), 6));

    private double Odds(int microNats) => Math.Exp((microNats - _scale) / 1e6);
}
