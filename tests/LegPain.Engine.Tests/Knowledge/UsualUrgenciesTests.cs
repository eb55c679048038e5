using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>What the causes that may still come to lead do to the limits of the disposition.</summary>
public sealed class UsualUrgenciesTests
{
    private static readonly (Urgency Lowest, Urgency Highest) Open = (Urgency.SelfCare, Urgency.Soon);
    private static readonly (Urgency Lowest, Urgency Highest) Closed = (Urgency.SelfCare, Urgency.SelfCare);

    [Fact]
    public void Limits_WhileAQuestionThatRanksIsOpen_AreThoseOfAllCauses()
    {
        Assert.Equal(Open, Limits(TwoCauses()));
        Assert.Equal(Open, Limits(TwoCauses(), Absent("a")));
    }

    [Fact]
    public void Limits_WhenEveryQuestionThatRanksIsAnswered_AreThatOfTheLeader() =>
        Assert.Equal(Closed, Limits(TwoCauses(), Absent("a"), Absent("b")));

    [Fact]
    public void Limits_AfterAnAnswerThatRanksNothing_StayAsTheyWere() =>
        Assert.Equal(Open, Limits(TwoCauses(), Absent("a"), Absent("e")));

    [Theory]
    [InlineData(Urgency.SelfCare, Urgency.SelfCare, Urgency.Routine)]
    [InlineData(Urgency.Soon, Urgency.Routine, Urgency.Soon)]
    public void Limits_WhileSomethingElseMayLead_AllowForRoutine(Urgency usual, Urgency lowest, Urgency highest) =>
        Assert.Equal((lowest, highest),
            Limits(new SmallKnowledge().CauseWith("k", 0.4, usual, [], new SmallKnowledge.Row("a", 2, 1))));

    [Fact]
    public void Limits_WithAModifierOfAPriorOpen_AreThoseOfAllCauses() =>
        Assert.Equal(Open, Limits(TwoCauses(("e", 2)), Absent("a"), Absent("b")));

    [Fact]
    public void Limits_WithAnItemOfAScoreOpen_AreThoseOfAllCauses() =>
        Assert.Equal(
            Open, Limits(TwoCauses().Score("s", ScoreCombination.Sum, ("e", 1)), Absent("a"), Absent("b")));

    [Fact]
    public void Limits_WithAPlaceOfThePainOpen_AreThoseOfAllCauses() =>
        Assert.Equal(Open, Limits(TwoCauses().Site("e", 0.1), Absent("a"), Absent("b")));

    [Fact]
    public void Limits_WhileAnAbsenceMayBeOverruled_AreThoseOfAllCauses()
    {
        Assert.Equal(Open, Limits(TwoCauses().Follows("a", "n>=8"), Absent("a"), Absent("b")));
        Assert.Equal(Closed, Limits(TwoCauses().Follows("a", "n>=8"), Absent("a"), Absent("b"), Value("n", 3)));
    }

    /// <remarks>Since when is a question too, and it is not counted.</remarks>
    [Theory]
    [InlineData("within(a, 14d)")]
    [InlineData("persistent(a, 14d)")]
    public void Limits_OfARankingThatABeginningCanChange_AreThoseOfAllCauses(string modifier) =>
        Assert.Equal(Open, Limits(TwoCauses((modifier, 2)), Absent("a"), Absent("b")));

    private static SmallKnowledge TwoCauses(params (string When, double Factor)[] modifiers) => new SmallKnowledge()
        .CauseWith("mild", 0.4, Urgency.SelfCare, [], new SmallKnowledge.Row("a", 2, 1))
        .CauseWith("grave", 0.01, Urgency.Soon, modifiers, new SmallKnowledge.Row("b", 2, 1));

    private static (Urgency Lowest, Urgency Highest) Limits(SmallKnowledge small, params Observation[] report)
    {
        var disposition = Assess(small.Build(), report).Disposition;
        return (disposition.Lowest, disposition.Highest);
    }
}
