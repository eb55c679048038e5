using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>Single decisions of the assessor, on a knowledge base of a few findings.</summary>
public sealed class AssessorTests
{
    [Theory]
    [InlineData(24, 4)]
    [InlineData(4, 24)]
    public void Disposition_OfTwoFlagsOfOneUrgency_HasTheEarlierTime(int first, int second)
    {
        var knowledge = new SmallKnowledge().RedFlag("a", Urgency.SameDay, hours: first)
            .RedFlag("b", Urgency.SameDay, hours: second)
            .RedFlag("e", Urgency.Soon, hours: 2).Build();

        var disposition = Assess(knowledge, Present("a"), Present("b"), Present("e")).Disposition;

        Assert.Equal((Urgency.SameDay, TimeSpan.FromHours(4)), (disposition.Urgency, disposition.ActWithin));
        Assert.True(disposition.IsComplete);
    }

    [Fact]
    public void Disposition_WithAMoreUrgentFlagOpen_ReachesUpToIt()
    {
        var knowledge = new SmallKnowledge().RedFlag("a").RedFlag("b", Urgency.Soon, hours: 48).Build();

        var disposition = Assess(knowledge, Present("b")).Disposition;

        Assert.Equal((Urgency.Soon, Urgency.Soon, Urgency.Immediate),
            (disposition.Urgency, disposition.Lowest, disposition.Highest));
        Assert.False(disposition.IsComplete);
    }

    [Fact]
    public void Disposition_WithTheMoreUrgentFlagCleared_DoesNotReachUpToIt()
    {
        var knowledge = new SmallKnowledge().RedFlag("a").RedFlag("b", Urgency.Soon, hours: 48).Build();

        Assert.Equal(Urgency.Soon, Assess(knowledge, Absent("a"), Present("b")).Disposition.Highest);
    }

    [Theory]
    [InlineData(Urgency.SelfCare, Urgency.SelfCare)]
    [InlineData(Urgency.Routine, Urgency.Routine)]
    [InlineData(Urgency.Soon, Urgency.Soon)]
    [InlineData(Urgency.SameDay, Urgency.Soon)]
    [InlineData(Urgency.Immediate, Urgency.Soon)]
    public void Disposition_WithEveryFlagCleared_IsTheUsualOneOfTheLeaderUpToTheLimit(Urgency usual, Urgency expected)
    {
        var knowledge = new SmallKnowledge().RedFlag("a").CauseWith("leader", 0.4, usual, []).Build();

        var disposition = Assess(knowledge, Absent("a")).Disposition;

        Assert.Equal((expected, DispositionBasis.LeadingCause), (disposition.Urgency, disposition.Basis));
        Assert.Equal(knowledge.LevelOf(expected).ActWithin, disposition.ActWithin);
    }

    [Fact]
    public void Disposition_OfAFlagWithAnOpenException_ReachesDownToWhatStandsWithoutIt()
    {
        var knowledge = new SmallKnowledge().RedFlag("all(a, unless(b))").RedFlag("a", Urgency.Soon, hours: 48).Build();

        var open = Assess(knowledge, Present("a"));
        var stated = Assess(knowledge, Present("a"), Absent("b"));

        Assert.Equal((Urgency.Immediate, Urgency.Soon), (open.Disposition.Urgency, open.Disposition.Lowest));
        Assert.Equal("b", Guidance.Questions(open)[0].Finding.Id);
        Assert.True(stated.Disposition.IsComplete);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a", "b")]
    public void Disposition_WithAFlagOpen_IsRoutineAtLeast(params string[] flags)
    {
        var small = new SmallKnowledge().CauseWith("leader", 0.4, Urgency.SelfCare, []);
        var knowledge = flags.Aggregate(small, (known, flag) => known.RedFlag(flag)).Build();

        var disposition = Assess(knowledge).Disposition;

        Assert.Equal((Urgency.Routine, Urgency.SelfCare, Urgency.Immediate),
            (disposition.Urgency, disposition.Lowest, disposition.Highest));
    }

    [Fact]
    public void Disposition_WhenSomethingElseLeads_IsRoutine()
    {
        var knowledge = new SmallKnowledge().RedFlag("a").CauseWith("rare", 0.001, Urgency.Soon, []).Build();

        Assert.Equal(Urgency.Routine, Assess(knowledge, Absent("a")).Disposition.Urgency);
    }

    [Fact]
    public void Prior_WithModifiersThatHold_IsMultipliedAndHeldAtAHalf()
    {
        var knowledge = new SmallKnowledge().CauseWith("x", 0.1, Urgency.Soon, [("a", 2), ("b", 3), ("e", 100)])
            .Build();

        Assert.Equal(LogOdds(0.1), Prior(Absent("a")));
        Assert.Equal(LogOdds(0.2), Prior(Present("a")));
        Assert.Equal(LogOdds(0.6 - 0.1), Prior(Present("b"), Present("a")));
        Assert.Equal(LogOdds(0.5), Prior(Present("e")));

        int Prior(params Observation[] report) => Of(Assess(knowledge, report), 0).PriorMicroNats;
    }

    [Fact]
    public void Prior_ClosedByAModifier_TakesTheCauseOutOfTheRanking()
    {
        var knowledge = new SmallKnowledge().CauseWith("x", 0.1, Urgency.Soon, [("a", 0)]).Cause("y", 0.1).Build();

        var ranking = Assess(knowledge, Present("a")).Ranking.ToArray();

        Assert.DoesNotContain(ranking, ranked => ranked.Cause == 0);
        Assert.Equal(0.5, ranking.Single(ranked => ranked.Cause == 1).Probability, 1e-6);
    }

    [Theory]
    [InlineData("x", 1_386_294, true)]
    [InlineData("y", 2_079_442, true)]
    [InlineData("none", -693_147, false)]
    public void Vote_OfAChoice_IsTheRowThatHoldsOrTheStrongestAgainst(string option, int expected, bool holds)
    {
        var knowledge = new SmallKnowledge().Cause("k", 0.1, new("c=x", 4, 1), new("c=y", 8, 0.5)).Build();
        var answer = option == "none" ? Absent("c") : Options("c", option);

        var vote = Assert.Single(Votes(Assess(knowledge, answer)));

        Assert.Equal((expected, holds), (vote.MicroNats, vote.RowHolds));
    }

    [Fact]
    public void Vote_OfSeveralOptions_IsTheStrongestRowOnly()
    {
        var knowledge = new SmallKnowledge().Cause("k", 0.1, new("m=x", 2, 1), new("m=y", 0.125, 1), new("m=z", 4, 1))
            .Build();

        var vote = Assert.Single(Votes(Assess(knowledge, Options("m", "x", "y", "z"))));

        Assert.Equal(-3 * 693_147.18, vote.MicroNats, 1.0);
    }

    [Fact]
    public void Vote_OfANeutralRow_IsNone()
    {
        var knowledge = new SmallKnowledge().Cause("k", 0.1, new Row("a", 1, 0.5)).Build();

        Assert.Empty(Votes(Assess(knowledge, Present("a"))));
    }

    [Fact]
    public void Votes_OfACorrelatedGroup_LeaveOutTheWeakerWhicheverComesFirst()
    {
        var knowledge = new SmallKnowledge().Cause("k", 0.1,
            new("a", 2, 1, "g"), new("b", 8, 1, "g"), new("e", 4, 1, "g"), new("f", 2, 1)).Build();

        var assessment = Assess(knowledge, Present("a"), Present("b"), Present("e"), Present("f"));

        Assert.Equal(
            [ContributionStatus.WeakerInGroup, ContributionStatus.Counted, ContributionStatus.WeakerInGroup,
                ContributionStatus.Counted],
            Votes(assessment).Select(vote => vote.Status));
        Assert.Equal(Of(assessment, 0).PriorMicroNats + (4 * 693_147.18), Of(assessment, 0).TotalMicroNats, 2.0);
    }

    [Fact]
    public void Votes_OfACorrelatedGroup_KeepTheFirstOfEquallyStrong()
    {
        var knowledge = new SmallKnowledge().Cause("k", 0.1, new("a", 4, 1, "g"), new("b", 0.25, 1, "g")).Build();

        var assessment = Assess(knowledge, Present("a"), Present("b"));

        Assert.Equal([ContributionStatus.Counted, ContributionStatus.WeakerInGroup],
            Votes(assessment).Select(vote => vote.Status));
        Assert.Equal(Of(assessment, 0).PriorMicroNats + (2 * 693_147.18), Of(assessment, 0).TotalMicroNats, 2.0);
    }

    [Fact]
    public void Votes_OfOneAnswerForSeveralCauses_AreEachWithTheirCause()
    {
        var knowledge = new SmallKnowledge().Cause("x", 0.1, new("a", 2, 1), new("b", 3, 1))
            .Cause("y", 0.1, new Row("a", 4, 1)).Cause("z", 0.1, new Row("a", 8, 1)).Build();

        var assessment = Assess(knowledge, Present("a"), Present("b"));

        Assert.Equal([[0, 1], [2], [3]], Enumerable.Range(0, 3).Select(cause =>
            assessment.ContributionsOf(Of(assessment, cause)).ToArray().Select(vote => vote.Evidence)));
    }

    [Fact]
    public void Ranking_OfEqualCauses_IsInTheOrderOfThePack()
    {
        var knowledge = new SmallKnowledge().Cause("x", 0.1).Cause("y", 0.1).Cause("z", 0.2).Build();

        Assert.Equal([2, 0, 1, RankedCause.SomethingElse], Assess(knowledge).Ranking.ToArray()
            .Select(ranked => ranked.Cause));
    }

    [Fact]
    public void Case_WithFindingsThePackDoesNotHave_LeavesThemOut()
    {
        var assessment = Assess(OfRedFlags("a"), Present("from-an-older-pack"), Present("a"));

        Assert.Equal(1, assessment.Case.Answers.Length);
        Assert.Equal(Truth.True, assessment.RedFlags[0]);
    }

    [Fact]
    public void RedFlag_ThatAsksForOneFindingTwice_IsClearedByItsAnswer() =>
        Assert.Equal(Truth.False, Evaluate("any(all(a, b), all(a, e))", Absent("a")));

    [Fact]
    public void RedFlags_OverMoreFindingsThanAWordHasBits_AreEachRaisedByTheirOwn()
    {
        string[] signs = [.. Enumerable.Range(0, 150).Select(i => $"sign-{i}")];
        var small = new SmallKnowledge().Signs(signs);
        var knowledge = signs.Aggregate(small, (known, sign) => known.RedFlag(sign)).Build();

        Assert.All(signs.Index(), sign => Assert.Equal([sign.Index],
            Assess(knowledge, Present(sign.Item)).RedFlags.ToArray().Index()
                .Where(flag => flag.Item != Truth.Unknown).Select(flag => flag.Index)));
    }

    [Fact]
    public void Grounds_OfARaisedFlag_AreTheLeavesThatHold()
    {
        var knowledge = OfRedFlags("all(any(a, b, within(e, 3d)), unless(f), not(g))");

        var grounds = Assess(knowledge, Present("a"), Absent("b"), Present("e"), Absent("g"))
            .Grounds(knowledge.RedFlags[0]);

        Assert.Equal(["a", "within(e, 3d)"], grounds.Select(ground => ground.ToString()));
    }

    private static int LogOdds(double share) => (int)Math.Round(Math.Log(share / (1 - share)) * 1e6);

    private static RankedCause Of(Assessment assessment, int cause) =>
        assessment.Ranking.ToArray().Single(ranked => ranked.Cause == cause);

    private static Contribution[] Votes(Assessment assessment) =>
        assessment.ContributionsOf(Of(assessment, 0)).ToArray();
}
