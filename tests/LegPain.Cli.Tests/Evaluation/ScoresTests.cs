using LegPain.Cli.Evaluation;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class ScoresTests
{
    [Fact]
    public void Top_CountsTheFirstRightCause()
    {
        int[] ranks = [1, 1, 2, 3, 4, 5, 6, 0];

        var scores = new Scores([.. ranks.Select(rank => Outcomes.Of(rank))]);

        Assert.Equal((8, new(2, 8), new(4, 8), new(6, 8)), (scores.Count, scores.Top1, scores.Top3, scores.Top5));
    }

    [Fact]
    public void Top_OfACauseNobodyLists_IsAMiss() => Assert.Null(Outcomes.Of(rank: 0).Rank);

    [Fact]
    public void Urgency_OfEveryAnswerToEveryRightOne_IsCountedByItsDistance()
    {
        var all = new Scores([.. Pairs().Select(pair => Outcomes.Of(gold: pair.Gold, answered: pair.Answered))]);

        Assert.Equal(new(5, 25), all.Exact);
        Assert.Equal(new(4, 25), all.OneLevelUnder);
        Assert.Equal(new(6, 25), all.OverByTwo);
        Assert.Equal(new(15, 25), all.NeverBelowGold);
        Assert.Equal(new(19, 25), all.AtMostOneBelowGold);
    }

    [Fact]
    public void Hazardous_IsImmediateAnsweredRoutineOrSelfCare_OfThoseThatAreImmediate()
    {
        var all = new Scores([.. Pairs().Select(pair => Outcomes.Of(gold: pair.Gold, answered: pair.Answered))]);

        Assert.Equal(new(2, 5), all.Hazardous);
    }

    [Theory]
    [InlineData(Urgency.SelfCare, false, false, false)]
    [InlineData(Urgency.Routine, true, true, false)]
    [InlineData(Urgency.Soon, true, true, false)]
    [InlineData(Urgency.SameDay, false, true, false)]
    [InlineData(Urgency.Immediate, false, true, true)]
    public void Acceptable_IsTheRightUrgencyOrAnotherNamed(
        Urgency answered, bool isAcceptable, bool isNotBelow, bool isFarAbove)
    {
        var scores = new Scores([Outcomes.Of(gold: Urgency.Soon, answered: answered, acceptable: [Urgency.Routine])]);

        Assert.Equal(
            (isAcceptable ? 1 : 0, isNotBelow ? 1 : 0, isFarAbove ? 1 : 0),
            (scores.Acceptable.Count, scores.NeverBelowAcceptable.Count, scores.OverAcceptableByTwo.Count));
    }

    [Fact]
    public void Scores_OfNothing_HaveNoShare()
    {
        var scores = new Scores([]);

        Assert.Null(scores.Top1.Share);
        Assert.Equal("0/0", scores.Hazardous.ToString());
    }

    [Fact]
    public void Missed_WithinAPlace_CountsCausesBeyondItAndUnacceptableUrgency()
    {
        Assert.False(Outcomes.Of(rank: 3).IsMissed(withinTop: 3));
        Assert.True(Outcomes.Of(rank: 3).IsMissed(withinTop: 1));
        Assert.True(Outcomes.Of(rank: 1, answered: Urgency.SameDay).IsMissed(withinTop: 1));
        Assert.True(Outcomes.Of(rank: 0).IsMissed(withinTop: 5));
    }

    [Theory]
    [InlineData(new int[0], 0, 0, 0)]
    [InlineData(new[] { 7 }, 7, 7, 7)]
    [InlineData(new[] { 9, 1, 4 }, 1, 4, 9)]
    [InlineData(new[] { 9, 1, 4, 5 }, 1, 4.5, 9)]
    public void Spread_OfCounts_HasItsMedian(int[] counts, int least, double median, int greatest) =>
        Assert.Equal(new(least, median, greatest), Spread.Of(counts));

    private static IEnumerable<(Urgency Gold, Urgency Answered)> Pairs() =>
        from gold in Enum.GetValues<Urgency>()
        from answered in Enum.GetValues<Urgency>()
        select (gold, answered);
}
