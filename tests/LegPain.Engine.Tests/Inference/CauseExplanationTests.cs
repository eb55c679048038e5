using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

public sealed class CauseExplanationTests
{
    private const int Cases = 60;

    private static readonly Gen<CauseExplanation> Explanations = Gen.Select(
        PackCases.Cases, Gen.Int[0, PackCases.Knowledge.Causes.Count - 1]).Select((report, cause) =>
            CauseExplanation.Of(PackCases.Assess(report), PackCases.Knowledge.Causes[cause]));

    [Fact]
    public void Steps_OfAnyCause_AddUpToTheResultShown() =>
        Explanations.Where(explanation => explanation.Standing is not null).Sample(explanation =>
        {
            var ranked = explanation.Standing!.Ranked;
            var running = explanation.Prior.MicroNats;
            foreach (var step in explanation.PriorSteps)
            {
                running += step.MicroNats!.Value;
                Assert.Equal(running, step.Running!.Value.MicroNats);
            }

            Assert.Equal(ranked.PriorMicroNats, running);
            foreach (var step in explanation.Votes)
            {
                running += step.Contribution.MicroNats;
                Assert.Equal(running, step.Running.MicroNats);
            }

            Assert.Equal(ranked.TotalMicroNats, running);
            var last = explanation.PriorSteps.Select(step => step.Running!.Value).Prepend(explanation.Prior)
                .Concat(explanation.Votes.Select(step => step.Running)).Last();
            Assert.Equal(ranked.Probability, last.Share, 2e-6);
        }, iter: Cases);

    [Fact]
    public void Votes_OfAnyCause_AreAllCountedOrLeftOutForOneThatIsThere() =>
        Explanations.Where(explanation => explanation.Standing is not null).Sample(explanation =>
        {
            var all = explanation.Assessment.ContributionsOf(explanation.Standing!.Ranked).ToArray();

            Assert.Equal(all.Length, explanation.Votes.Count + explanation.LeftOut.Count);
            Assert.All(
                explanation.Votes, step => Assert.Equal(ContributionStatus.Counted, step.Contribution.Status));
            Assert.All(explanation.LeftOut, left =>
            {
                Assert.NotEqual(ContributionStatus.Counted, left.Contribution.Status);
                Assert.Contains(left.Instead, all);
                Assert.True(left.Contribution.Status != ContributionStatus.WeakerInGroup
                    || Math.Abs(left.Instead.MicroNats) >= Math.Abs(left.Contribution.MicroNats));
            });
        }, iter: Cases);

    [Fact]
    public void Levers_OfAnyCause_MoveItAsTheyWouldIfAnswered() =>
        Gen.Select(PackCases.Cases, Gen.Int[0, PackCases.Knowledge.Causes.Count - 1]).Sample((report, index) =>
        {
            var cause = PackCases.Knowledge.Causes[index];
            var explanation = CauseExplanation.Of(PackCases.Assess(report), cause);
            var levers = explanation.Levers;

            Assert.Equal(levers.Count, levers.Select(lever => lever.Finding.Id).Distinct().Count());
            foreach (var lever in levers.Take(3))
            {
                Assert.DoesNotContain(lever.Finding.Id, report.Select(observation => observation.Finding));
                foreach (var answer in new[] { lever.For, lever.Against }.OfType<LeverAnswer>())
                {
                    var answered = PackCases.Assess([.. report, ToObservation(lever.Finding, answer)]);
                    var after = Of(answered, cause);
                    Assert.Equal(after?.TotalMicroNats - explanation.Standing!.Ranked.TotalMicroNats, answer.MicroNats);
                    Assert.Equal(after?.Probability ?? 0, answer.Probability);
                }

                Assert.True(lever.For is null or { MicroNats: > 0 });
                Assert.True(lever.Against is null or { MicroNats: null } or { MicroNats: < 0 });
            }
        }, iter: Cases / 2, print: t => PackCases.Print(t.Item1));

    [Fact]
    public void Explanation_OfACauseThatAFactorOfZeroCloses_SaysSo()
    {
        var knowledge = new SmallKnowledge()
            .CauseWith("closed", 0.1, Urgency.Routine, [("a", 2), ("b", 0), ("e", 3)], [new("f", 4, 1)]).Build();

        var explanation = CauseExplanation.Of(
            Assess(knowledge, Present("a"), Present("b"), Present("e"), Present("f")), knowledge.Causes[0]);

        Assert.Null(explanation.Standing);
        Assert.Equal(["a", "b", "e"], explanation.PriorSteps.Select(step => step.Modifier.When.ToString()));
        Assert.Equal([true, false, false], explanation.PriorSteps.Select(step => step.Running is not null));
        Assert.Empty(explanation.Votes);
        Assert.Empty(explanation.Levers);
    }

    [Fact]
    public void Explanation_OfFactorsPastTheMostAPriorMayBe_IsCapped()
    {
        var knowledge = new SmallKnowledge()
            .CauseWith("likely", 0.2, Urgency.Routine, [("a", 4)], [new("f", 4, 1)]).Build();

        var capped = CauseExplanation.Of(Assess(knowledge, Present("a")), knowledge.Causes[0]);
        var free = CauseExplanation.Of(Assess(knowledge), knowledge.Causes[0]);

        Assert.True(capped.IsPriorCapped);
        Assert.Equal(0, capped.PriorSteps[^1].Running!.Value.MicroNats);
        Assert.False(free.IsPriorCapped);
    }

    [Fact]
    public void LeftOut_OfAGroupAndOfAScore_NamesWhatCountsInstead()
    {
        var knowledge = new SmallKnowledge()
            .Score("s", ScoreCombination.Sum, ("e", 1))
            .Cause("c", 0.1, new("a", 2, 1, "g"), new("b", 4, 1, "g"), new("score(s)>=1", 3, 1), new("e", 2, 1))
            .Build();

        var explanation = CauseExplanation.Of(
            Assess(knowledge, Present("a"), Present("b"), Present("e")), knowledge.Causes[0]);

        Assert.Equal(
            [("a", "b", ContributionStatus.WeakerInGroup), ("e", "score(s)>=1", ContributionStatus.ReplacedByScore)],
            explanation.LeftOut.Select(left => (
                knowledge.Evidence[left.Contribution.Evidence].Value,
                knowledge.Evidence[left.Instead.Evidence].Value, left.Contribution.Status)).Order());
    }

    [Fact]
    public void Levers_OfAFewQuestions_AreSortedAndSayWhichAnswerMovesItWhere()
    {
        var knowledge = new SmallKnowledge()
            .CauseWith(
                "c", 0.1, Urgency.Routine, [("h", 0)],
                [new("a", 2, 0.5), new("d=x", 4, 1), new("d=y", 2, 1), new("n>=3", 3, 0.25), new("b", 1, 1)])
            .Build();

        var levers = CauseExplanation.Of(Assess(knowledge), knowledge.Causes[0]).Levers;

        Assert.Equal(["h", "n", "d", "a"], levers.Select(lever => lever.Finding.Id));
        Assert.Equal((Presence.Present, null), (levers[0].Against!.Value.Presence, levers[0].Against!.Value.MicroNats));
        Assert.Null(levers[0].For);
        Assert.True(levers[1].For!.Value.Number >= 3);
        Assert.True(levers[1].Against!.Value.Number < 3);
        Assert.Equal("x", levers[2].For!.Value.Option);
        Assert.Equal(
            (693_147, -693_147),
            (levers[3].For!.Value.MicroNats!.Value, levers[3].Against!.Value.MicroNats!.Value));
    }

    private static RankedCause? Of(Assessment assessment, Cause cause)
    {
        foreach (var ranked in assessment.Ranking)
        {
            if (ranked.Cause == cause.Index)
            {
                return ranked;
            }
        }

        return null;
    }

    private static Observation ToObservation(Finding finding, LeverAnswer answer) => new(
        finding.Id, answer.Presence, answer.Number, answer.Option is { } option ? [option] : [], PackCases.Now);
}
