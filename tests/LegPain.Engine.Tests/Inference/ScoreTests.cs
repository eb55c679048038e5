using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>The range of a score while items are open, and what a score that holds does to its items.</summary>
public sealed class ScoreTests
{
    private static KnowledgeBase Pack => PackCases.Knowledge;

    [Fact]
    public void WellsDvt_WithNothingKnown_ReachesFromItsMinusItemToTheSumOfTheOthers()
    {
        Assert.Equal(new ScoreRange(-2, 9), WellsDvt());
        Assert.False(WellsDvt().IsComplete);
    }

    [Fact]
    public void WellsDvt_ByEachAnswer_ClosesInFromBothSides()
    {
        Observation[] report = [Present("cancer-active"), Absent("prior-vte"), Present("alternative-diagnosis-likely")];

        Assert.Equal(new ScoreRange(-1, 9), WellsDvt(report[..1]));
        Assert.Equal(new ScoreRange(-1, 8), WellsDvt(report[..2]));
        Assert.Equal(new ScoreRange(-1, 6), WellsDvt(report));
    }

    [Fact]
    public void WellsDvt_WithEveryItemKnown_IsComplete()
    {
        var range = WellsDvt(
            Present("cancer-active"), Absent("immobilized"), Absent("foot-drop"), Present("bedridden"),
            Absent("deep-vein-tenderness"), Options("leg-swelling", "one-whole-leg"), Value("calf-difference-cm", 3),
            Options("pitting-edema", "sore-leg-only"), Absent("collateral-veins"), Present("prior-vte"),
            Present("alternative-diagnosis-likely"));

        Assert.Equal(new ScoreRange(4, 4), range);
        Assert.True(range.IsComplete);
    }

    [Theory]
    [InlineData(2, Truth.True)]
    [InlineData(1, Truth.Unknown)]
    [InlineData(0, Truth.Unknown)]
    public void DvtLikely_ByTheWellsScore_WaitsUntilOpenItemsCannotTakeItBack(int beyondTheMinusItem, Truth expected)
    {
        var items = new[] { "cancer-active", "immobilized", "bedridden", "deep-vein-tenderness" };
        var report = items[..(2 + beyondTheMinusItem)].Select(id => Present(id));

        var small = PackCases.Assess(report);

        var rule = Pack.RedFlags.Single(rule => rule.When.ToString() == "score(wells-dvt)>=2");
        Assert.Equal(expected, small.RedFlags[rule.Index]);
    }

    [Theory]
    [InlineData(ScoreCombination.Sum, -1, 3)]
    [InlineData(ScoreCombination.Highest, 0, 2)]
    public void Total_OfOpenItems_IsARange(ScoreCombination combination, double lowest, double highest)
    {
        var knowledge = new SmallKnowledge().Score("s", combination, ("a", 1), ("b", 2), ("e", -1)).Build();

        Assert.Equal(new ScoreRange(lowest, highest), Assess(knowledge).Scores[0]);
    }

    [Fact]
    public void Total_OfTheHighestItem_IsThatOfTheItemsThatHold()
    {
        var knowledge = new SmallKnowledge().Score("s", ScoreCombination.Highest, ("a", 1), ("b", 2), ("e", 3)).Build();

        Assert.Equal(new ScoreRange(2, 2), Assess(knowledge, Present("a"), Present("b"), Absent("e")).Scores[0]);
        Assert.Equal(new ScoreRange(1, 3), Assess(knowledge, Present("a"), Absent("b")).Scores[0]);
    }

    [Theory]
    [InlineData("score(s)>=2", Truth.Unknown)]
    [InlineData("score(s)>=1", Truth.True)]
    [InlineData("score(s)>3", Truth.False)]
    [InlineData("score(s)<=3", Truth.True)]
    [InlineData("score(s)<3", Truth.Unknown)]
    [InlineData("score(s)<1", Truth.False)]
    public void Condition_OnAScore_IsUnknownWhileOpenItemsAllowBoth(string condition, Truth expected)
    {
        var knowledge = new SmallKnowledge().Score("s", ScoreCombination.Sum, ("a", 1), ("b", 2)).RedFlag(condition)
            .Build();

        Assert.Equal(expected, Assess(knowledge, Present("a")).RedFlags[0]);
    }

    [Fact]
    public void Total_OfAScoreThatUsesAnother_FollowsIt()
    {
        var knowledge = new SmallKnowledge().Score("inner", ScoreCombination.Sum, ("a", 2))
            .Score("outer", ScoreCombination.Sum, ("score(inner)>=2", 5), ("b", 1)).Build();

        Assert.Equal(new ScoreRange(0, 6), Assess(knowledge).Scores[1]);
        Assert.Equal(new ScoreRange(5, 5), Assess(knowledge, Present("a"), Absent("b")).Scores[1]);
    }

    [Fact]
    public void Items_OfAScoreThatHolds_AreReplacedForThatCauseOnly()
    {
        var knowledge = WithScoredCauses();

        var assessment = Assess(knowledge, Present("a"), Present("b"), Present("e"));

        Assert.Equal(
            [(-1, ContributionStatus.Counted), (Index("a"), ContributionStatus.ReplacedByScore),
                (Index("b"), ContributionStatus.ReplacedByScore), (Index("e"), ContributionStatus.Counted)],
            VotesOf(assessment, 0));
        Assert.Equal([(Index("a"), ContributionStatus.Counted)], VotesOf(assessment, 1));

        int Index(string id) => knowledge.FindFinding(id)!.Index;
    }

    [Fact]
    public void Items_OfAScoreThatHolds_AddNothingToTheTotal()
    {
        var assessment = Assess(WithScoredCauses(), Present("a"), Present("b"));

        var scored = assessment.Ranking.ToArray().Single(ranked => ranked.Cause == 0);
        Assert.Equal(scored.PriorMicroNats + (3 * 693_147.18), scored.TotalMicroNats, 2.0);
    }

    [Fact]
    public void Items_OfAScoreThatIsOpen_SpeakForThemselves()
    {
        var knowledge = WithScoredCauses();

        var votes = VotesOf(Assess(knowledge, Present("a")), 0);

        Assert.Equal([(knowledge.FindFinding("a")!.Index, ContributionStatus.Counted)], votes);
    }

    private static KnowledgeBase WithScoredCauses() => new SmallKnowledge()
        .Score("s", ScoreCombination.Sum, ("a", 1), ("b", 1))
        .Cause("scored", 0.1, new("score(s)>=2", 8, 0.2), new("a", 3, 0.5), new("b", 3, 0.5), new("e", 2, 1))
        .Cause("other", 0.1, new Row("a", 3, 0.5)).Build();

    private static IEnumerable<(int Finding, ContributionStatus Status)> VotesOf(Assessment assessment, int cause) =>
        assessment.ContributionsOf(assessment.Ranking.ToArray().Single(ranked => ranked.Cause == cause)).ToArray()
            .Select(vote => (vote.Finding, vote.Status));

    private static ScoreRange WellsDvt(params Observation[] report) =>
        PackCases.Assess(report).Scores[Pack.Scores.Single(score => score.Id == "wells-dvt").Index];
}
