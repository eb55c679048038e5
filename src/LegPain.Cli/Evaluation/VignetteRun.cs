using System.Globalization;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>Assesses vignettes with one knowledge base, in this process.</summary>
/// <remarks>Pure: the same vignette and knowledge give the same outcome.</remarks>
internal static class VignetteRun
{
    private const int ContributionsShown = 5;

    /// <summary>The moment of every assessment. No vignette has a date, so any moment gives the same answers.</summary>
    public static readonly DateTimeOffset Moment = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Does the same with every vignette.</summary>
    /// <param name="vignettes">The vignettes.</param>
    /// <param name="one">What to do with one.</param>
    /// <param name="done">Called after each.</param>
    /// <param name="cancellationToken">Stops before the next.</param>
    /// <returns>One result each, in the same order.</returns>
    public static IReadOnlyList<T> Each<T>(
        IReadOnlyList<Vignette> vignettes, Func<Vignette, T> one, Action? done, CancellationToken cancellationToken)
    {
        var results = new List<T>(vignettes.Count);
        foreach (var vignette in vignettes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(one(vignette));
            done?.Invoke();
        }

        return results;
    }

    /// <summary>Assesses one vignette.</summary>
    public static Outcome Assess(Vignette vignette, KnowledgeBase knowledge)
    {
        var (observations, leftOut) = VignetteReader.Read(vignette.Observations, knowledge, Moment);
        var assessment = Assessor.Assess(
            ClinicalCase.Build(knowledge, ClinicalCase.Group(observations), Moment));
        var ranking = assessment.Ranking.ToArray();
        var causes = ranking.Where(ranked => ranked.Cause != RankedCause.SomethingElse).ToArray();
        var known = knowledge.Causes.Select(cause => cause.Id).ToHashSet(StringComparer.Ordinal);
        var right = vignette.Gold.Causes.Where(known.Contains).ToList();
        IEnumerable<string> leading = causes.Length > 0 ? [knowledge.Causes[causes[0].Cause].Id] : [];
        return new(
            vignette,
            [.. causes.Select(ranked => new ListedCause(knowledge.Causes[ranked.Cause].Id, ranked.Probability))],
            ranking.Single(ranked => ranked.Cause == RankedCause.SomethingElse).Probability,
            assessment.Disposition.Urgency,
            Decide(assessment),
            vignette.Observations.Select(row => row.Finding).Distinct(StringComparer.Ordinal).Count(),
            leftOut,
            [.. vignette.Gold.Causes.Where(id => !known.Contains(id))],
            [.. right.Concat(leading).Distinct(StringComparer.Ordinal).Select(id => Account(assessment, causes, id))]);
    }

    private static Decision Decide(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        if (assessment.Disposition.Basis == DispositionBasis.LeadingCause)
        {
            var leading = assessment.Ranking[0].Cause;
            return new(
                false, [leading == RankedCause.SomethingElse ? "something-else" : knowledge.Causes[leading].Id], []);
        }

        var raised = knowledge.RedFlags
            .Where(rule => assessment.RedFlags[rule.Index] == Truth.True
                && rule.Urgency == assessment.Disposition.Urgency)
            .ToList();
        return new(
            true,
            [.. raised.Select(rule => rule.Id)],
            [.. raised.SelectMany(assessment.Grounds).Select(ground => ground.ToString()!)
                .Distinct(StringComparer.Ordinal)]);
    }

    private static CauseAccount Account(Assessment assessment, RankedCause[] ranking, string id)
    {
        var cause = assessment.Knowledge.Causes.Single(cause => cause.Id == id);
        var modifiers = assessment.ModifiersOf(cause)
            .Select(modifier => string.Create(
                CultureInfo.InvariantCulture, $"{modifier.When} x{modifier.Factor}"))
            .ToList();
        var place = Array.FindIndex(ranking, ranked => ranked.Cause == cause.Index);
        if (place < 0)
        {
            return new(id, null, 0, null, null, modifiers, [], []);
        }

        var ranked = ranking[place];
        var counted = assessment.ContributionsOf(ranked).ToArray()
            .Where(contribution => contribution.Status == ContributionStatus.Counted && contribution.MicroNats != 0)
            .OrderByDescending(contribution => Math.Abs(contribution.MicroNats))
            .ToList();
        return new(
            id, place + 1, ranked.Probability, Nats(ranked.PriorMicroNats), Nats(ranked.TotalMicroNats), modifiers,
            [.. counted.Where(contribution => contribution.MicroNats > 0).Take(ContributionsShown).Select(Weigh)],
            [.. counted.Where(contribution => contribution.MicroNats < 0).Take(ContributionsShown).Select(Weigh)]);

        Weighed Weigh(Contribution contribution) => VignetteRun.Weigh(assessment.Knowledge, contribution);
    }

    private static Weighed Weigh(KnowledgeBase knowledge, Contribution contribution)
    {
        var weight = Nats(contribution.MicroNats);
        if (contribution.Evidence < 0)
        {
            return new(knowledge.Findings[contribution.Finding].Id, "marked", contribution.RowHolds, weight);
        }

        var row = knowledge.Evidence[contribution.Evidence];
        return new(
            row.Finding?.Id ?? knowledge.Scores[row.Score!.Value].Id, row.Value, contribution.RowHolds, weight);
    }

    private static double Nats(int microNats) => microNats / 1e6;
}
