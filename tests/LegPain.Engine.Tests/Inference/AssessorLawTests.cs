using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What holds of every assessment, over random cases of the built-in pack.</summary>
public sealed class AssessorLawTests
{
    private const int Cases = 200;

    private static readonly KnowledgeBase Knowledge = PackCases.Knowledge;

    private static readonly Lazy<Polarity> RedFlagPolarity = new(() => Polarity.OfRedFlags(Knowledge));

    [Fact]
    public void UnknownObservations_OfFindingsWithoutAnAnswer_ChangeNothing() =>
        Gen.Select(PackCases.Cases, Gen.Int[0, Knowledge.Findings.Count - 1].Array[1, 20]).Sample((report, asked) =>
        {
            var known = report.Select(observation => observation.Finding).ToHashSet();
            var unknown = asked.Distinct().Select(index => Knowledge.Findings[index].Id)
                .Where(id => !known.Contains(id))
                .Select(id => new Observation(id, Presence.Unknown, null, [], PackCases.Now));

            Assert.Equal(Describe(report), Describe(report.Concat(unknown)));
        }, iter: Cases);

    [Fact]
    public void UnknownObservations_AfterAnAnswer_TakeItBack() =>
        Gen.Select(PackCases.Cases, PackCases.Any).Sample((report, last) =>
        {
            var others = report.Where(observation => observation.Finding != last.Finding).ToList();
            var unknown = new Observation(last.Finding, Presence.Unknown, null, [], PackCases.Now.AddSeconds(1));

            Assert.Equal(Describe(others), Describe([.. others, last, unknown]));
        }, iter: Cases);

    [Fact]
    public void Observations_OfDifferentFindings_MayComeInAnyOrder() =>
        PackCases.Histories.SelectMany(report => Gen.Shuffle(report).Select(shuffled => (report, shuffled)))
            .Sample((report, shuffled) => Assert.Equal(Describe(report), Describe(shuffled)), iter: Cases);

    [Fact]
    public void Assessment_OfTheSameCase_IsTheSameInEveryField() =>
        PackCases.Histories.Sample(report =>
        {
            var @case = PackCases.ToCase(report);

            var first = PackCases.Describe(Assessor.Assess(@case));

            Assert.Equal(first, PackCases.Describe(Assessor.Assess(@case)));
            Assert.Equal(first,
                PackCases.Describe(Assessor.Assess(PackCases.ToCase([.. report.Select(o => o with { })]))));
        }, iter: Cases);

    [Fact]
    public void Urgency_WhenAFindingThatOnlyRaisesIsPresentToo_IsNotLowered() =>
        Gen.Select(PackCases.Cases, Gen.Int[0, RedFlagPolarity.Value.OnlyRaising.Count - 1]).Sample((report, at) =>
        {
            var finding = RedFlagPolarity.Value.OnlyRaising[at];
            var without = report.Where(observation => observation.Finding != finding.Id).ToList();
            var present = new Observation(finding.Id, Presence.Present, null, [], PackCases.Now);

            var before = PackCases.Assess(without);
            var after = PackCases.Assess(without.Append(present));

            Assert.True(Raised(after) >= Raised(before), finding.Id);
            Assert.True(before.Disposition.Basis == DispositionBasis.LeadingCause
                || after.Disposition.Urgency >= before.Disposition.Urgency, finding.Id);
        }, iter: 3 * Cases, print: t => PackCases.Print(t.Item1));

    /// <remarks>
    /// A number that grows is left out: told again unchanged, it is another answer, of somebody younger or ill for
    /// less.
    /// </remarks>
    [Fact]
    public void Urgency_WhenWhatIsPresentIsReportedAgain_IsNotLowered() =>
        Gen.Select(Gen.OneOf(PackCases.Cases, PackCases.Histories), Gen.Int[0, 60]).Sample((report, days) =>
        {
            var later = PackCases.Now.AddDays(days).AddSeconds(1);
            var again = ClinicalCase.Group(report).Select(history => history.Points[^1])
                .Where(o => o.Presence == Presence.Present && Knowledge.FindFinding(o.Finding)!.GrowthPerDay == 0)
                .Select(o => o with { ObservedAt = later, StartedAt = null });

            var before = PackCases.Assess(report, later);
            var after = PackCases.Assess(report.Concat(again), later);

            foreach (var rule in Knowledge.RedFlags)
            {
                var (first, then) = (before.RedFlags[rule.Index], after.RedFlags[rule.Index]);
                Assert.True(then >= first, $"{rule.Id} went from {first} to {then}.");
            }

            Assert.True(after.Disposition.Urgency >= before.Disposition.Urgency);
            Assert.True(after.Disposition.Lowest >= before.Disposition.Lowest);
        }, iter: Cases, print: t => PackCases.Print(t.Item1));

    [Fact]
    public void Urgency_WhenAnOpenQuestionIsAnswered_StaysInsideItsLimits() =>
        Gen.Select(PackCases.Cases, PackCases.Any).Sample((report, answer) =>
        {
            var without = report.Where(observation => observation.Finding != answer.Finding).ToList();

            AssertInside(PackCases.Assess(without), PackCases.Assess(without.Append(answer)), $"{answer}");
        }, iter: 10 * Cases, print: t => PackCases.Print(t.Item1));

    [Fact]
    public void Urgency_WhenManyOpenQuestionsAreAnswered_StaysInsideItsLimits() =>
        Gen.Select(PackCases.Cases, PackCases.Cases).Sample((report, more) =>
        {
            var known = report.Select(observation => observation.Finding).ToHashSet();
            var answers = more.Where(observation => !known.Contains(observation.Finding)).ToList();

            AssertInside(PackCases.Assess(report), PackCases.Assess(report.Concat(answers)), "all of them");
        }, iter: 5 * Cases, print: t => PackCases.Print(t.Item1));

    /// <remarks>
    /// "Since when?" is an open question too: an unknown beginning counts as recent until told. What describes a pain
    /// whose beginning is known began with it: that question is not open.
    /// </remarks>
    [Fact]
    public void Urgency_WhenABeginningIsTold_StaysInsideItsLimits() =>
        Gen.Select(PackCases.Cases, Gen.Int[0, 1000], Gen.Int[0, 400]).Sample((report, at, days) =>
        {
            var isPainDated = report.Any(o => o.Finding == Knowledge.Model.EpisodeStartFinding.Id);
            var open = report.Where(o => o.Presence == Presence.Present && o.StartedAt is null
                && !(isPainDated && Knowledge.FindFinding(o.Finding)!.Group.StartsWithEpisode)).ToList();
            if (open.Count == 0)
            {
                return;
            }

            var asked = open[at % open.Count];
            var beginning = PackCases.Now.AddDays(-days);
            var told = report.Select(o => o == asked ? o with { StartedAt = beginning } : o).ToList();

            AssertInside(PackCases.Assess(report), PackCases.Assess(told), $"{asked.Finding} began {days} days ago");
        }, iter: 10 * Cases, print: t => PackCases.Print(t.Item1));

    /// <remarks>What follows from another answer may raise a rule; it must not take one away.</remarks>
    [Fact]
    public void Derivations_OfThePack_TakeNoRuleAway() =>
        Assert.Empty(Knowledge.RedFlags.SelectMany(rule => TakingAway(rule.When, isNegated: false))
            .Where(finding => Knowledge.DerivationOf(finding) is not null).Select(finding => finding.Id));

    /// <remarks>What is decided by convention alone may be taken back, and the limits allow for it.</remarks>
    [Fact]
    public void RedFlags_ClearedOrRaised_StaySoWhenAnOpenQuestionIsAnswered() =>
        Gen.Select(PackCases.Cases, PackCases.Any).Sample((report, answer) =>
        {
            var without = report.Where(observation => observation.Finding != answer.Finding).ToList();
            var before = PackCases.Assess(without);
            var after = PackCases.Assess(without.Append(answer));

            foreach (var rule in Knowledge.RedFlags)
            {
                Assert.True(before.RedFlags[rule.Index] == Truth.Unknown
                    || before.RedFlags[rule.Index] == after.RedFlags[rule.Index]
                    || rule.When.SelfAndParts().Any(MayBeTakenBack),
                    $"{rule.Id} was {before.RedFlags[rule.Index]} before {answer}.");
            }
        }, iter: 5 * Cases, print: t => PackCases.Print(t.Item1));

    [Fact]
    public void Total_OfEveryCause_IsItsPriorAndWhatCounts() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            foreach (var ranked in assessment.Ranking)
            {
                Assert.Equal(ranked.TotalMicroNats, ranked.PriorMicroNats + Counted(assessment, ranked)
                    .Sum(c => c.MicroNats));
            }
        }, iter: Cases);

    [Fact]
    public void Probabilities_OfTheRanking_AddUpToOne() =>
        PackCases.Cases.Sample(report =>
        {
            var shares = PackCases.Assess(report).Ranking.ToArray().Select(ranked => ranked.Probability).ToList();

            Assert.All(shares, share => Assert.InRange(share, 0, 1));
            Assert.Equal(1, shares.Sum(), 1e-4);
        }, iter: Cases);

    [Fact]
    public void Ranking_OfAnyCase_IsSortedAndHoldsEachCauseOnce() =>
        PackCases.Cases.Sample(report =>
        {
            var ranking = PackCases.Assess(report).Ranking.ToArray();

            Assert.Equal(ranking.Length, ranking.Select(ranked => ranked.Cause).Distinct().Count());
            Assert.Contains(ranking, ranked => ranked.Cause == RankedCause.SomethingElse);
            foreach (var (earlier, later) in ranking.Zip(ranking.Skip(1)))
            {
                Assert.True(earlier.TotalMicroNats > later.TotalMicroNats
                    || (earlier.TotalMicroNats == later.TotalMicroNats
                    && (later.Cause == RankedCause.SomethingElse || (uint)earlier.Cause < (uint)later.Cause)));
                Assert.True(earlier.Probability >= later.Probability);
            }
        }, iter: Cases);

    [Fact]
    public void Votes_OfACorrelatedGroup_CountOnceAndTheStrongest() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            foreach (var ranked in assessment.Ranking)
            {
                var votes = assessment.ContributionsOf(ranked).ToArray()
                    .Where(vote => vote.Status != ContributionStatus.ReplacedByScore && GroupOf(vote) is not null);
                foreach (var group in votes.GroupBy(GroupOf))
                {
                    var counted = Assert.Single(group, vote => vote.Status == ContributionStatus.Counted);
                    Assert.Equal(group.Max(vote => Math.Abs(vote.MicroNats)), Math.Abs(counted.MicroNats));
                }
            }
        }, iter: Cases);

    [Fact]
    public void Votes_OfOneFinding_CountOnceForACause() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            foreach (var ranked in assessment.Ranking)
            {
                var asked = Counted(assessment, ranked).Select(vote => vote.Finding >= 0
                    ? Knowledge.Findings[vote.Finding].Id
                    : $"score {Knowledge.Evidence[vote.Evidence].Score}").ToList();
                Assert.Equal(asked.Count, asked.Distinct().Count());
            }
        }, iter: Cases);

    [Fact]
    public void Votes_OfAnyFinding_KeepToTheCap() =>
        PackCases.Cases.Sample(report =>
        {
            foreach (var vote in PackCases.Assess(report).Contributions)
            {
                var ratio = vote.Evidence < 0
                    ? Knowledge.Model.SiteRatioMax
                    : Math.Max(Capped(vote), 1 / Capped(vote));
                Assert.InRange(ratio, 1, 20);
                Assert.InRange(Math.Abs(vote.MicroNats), 1, (int)Math.Ceiling(Math.Log(ratio) * 1e6));
            }
        }, iter: Cases);

    [Fact]
    public void Votes_OfAFindingWithoutAnAnswer_AreNone() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            foreach (var vote in assessment.Contributions)
            {
                Assert.True(vote.Finding < 0 || assessment.Case.Answer(vote.Finding).Known);
            }
        }, iter: Cases);

    [Fact]
    public void SelfCare_OfAnyCase_NeedsEveryRedFlagCleared() =>
        Gen.Frequency((1, PackCases.Sparse), (3, PackCases.NearlyCleared)).Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            Assert.True(assessment.Disposition.Urgency != Urgency.SelfCare
                || assessment.RedFlags.ToArray().All(flag => flag == Truth.False));
        }, iter: 3 * Cases);

    [Fact]
    public void Disposition_OfAnyCase_IsThatOfTheMostUrgentRaisedRule() =>
        PackCases.Cases.Sample(report =>
        {
            var assessment = PackCases.Assess(report);

            var raised = Knowledge.RedFlags.Where(rule => assessment.RedFlags[rule.Index] == Truth.True).ToList();
            var disposition = assessment.Disposition;
            var top = raised.Select(rule => rule.Urgency).DefaultIfEmpty().Max();
            Assert.True(disposition.Urgency >= top);
            Assert.True(disposition.Lowest <= disposition.Urgency && disposition.Urgency <= disposition.Highest);
            Assert.Equal(disposition.Urgency == top ? DispositionBasis.RedFlag : DispositionBasis.LeadingCause,
                disposition.Basis);
            if (disposition.Basis == DispositionBasis.LeadingCause)
            {
                Assert.True(disposition.Urgency <= Knowledge.Model.RankingUrgencyMax);
            }
            else
            {
                Assert.Equal(raised.Where(rule => rule.Urgency == top).Min(rule => rule.ActWithin),
                    disposition.ActWithin);
            }
        }, iter: Cases);

    [Fact]
    public void Benign_AnswersToEverything_ClearEveryRedFlag() =>
        Assert.Empty(
            Knowledge.RedFlags.Where(rule => PackCases.Assess(PackCases.Benign).RedFlags[rule.Index] != Truth.False)
            .Select(rule => rule.Id));

    private static void AssertInside(Assessment first, Assessment then, string answer)
    {
        var (before, after) = (first.Disposition, then.Disposition);

        Assert.True(after.Urgency >= before.Lowest && after.Urgency <= before.Highest,
            $"{answer}: {after} after {before}");
        Assert.True(after.Lowest >= before.Lowest && after.Highest <= before.Highest,
            $"{answer}: {after} after {before}");
    }

    /// <summary>The findings whose presence makes a condition less true.</summary>
    private static IEnumerable<Finding> TakingAway(Condition condition, bool isNegated)
    {
        var turns = ConditionForm.Of(condition).Kind is ConditionKind.Not or ConditionKind.Unless;
        return condition.Parts.Count == 0
            ? condition.Finding is { } finding && isNegated ? [finding] : []
            : condition.Parts.SelectMany(part => TakingAway(part, isNegated ^ turns));
    }

    /// <summary>What an open answer may overrule: a convention, or an absence where presence can follow.</summary>
    private static bool MayBeTakenBack(Condition part) => part.HasConvention
        || (part.Finding is { } finding && Knowledge.DerivationOf(finding) is not null)
        || (part.Score is { } score && Knowledge.Scores[score].Items
            .Any(item => item.When.SelfAndParts().Any(MayBeTakenBack)));

    private static string Describe(IEnumerable<Observation> report) => PackCases.Describe(PackCases.Assess(report));

    private static Urgency Raised(Assessment assessment) => Knowledge.RedFlags
        .Where(rule => assessment.RedFlags[rule.Index] == Truth.True).Select(rule => rule.Urgency).DefaultIfEmpty()
            .Max();

    private static IEnumerable<Contribution> Counted(Assessment assessment, RankedCause ranked) =>
        assessment.ContributionsOf(ranked).ToArray().Where(vote => vote.Status == ContributionStatus.Counted);

    private static string? GroupOf(Contribution vote) =>
        vote.Evidence < 0 ? "site" : Knowledge.Evidence[vote.Evidence].CorrelatedGroup;

    private static double Capped(Contribution vote) =>
        vote.RowHolds ? Knowledge.Evidence[vote.Evidence].RatioPresent : Knowledge.Evidence[vote.Evidence].RatioAbsent;
}
