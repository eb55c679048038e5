using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What follows from other answers: a fever that was measured is one, whatever was felt.</summary>
public sealed class DerivationTests
{
    private KnowledgeBase Small { get; } = new SmallKnowledge()
        .Follows("a", "n>=8").RedFlag("a").Cause("c1", 0.1, new Row("a", 4, 0.5)).Build();

    [Fact]
    public void Assess_WhenTheConditionHolds_TakesTheFindingForPresent()
    {
        var assessment = Assess(Small, Value("n", 9));

        Assert.Equal(Truth.True, assessment.RedFlags[0]);
        Assert.True(assessment.Case.Answer(Small.FindFinding("a")!.Index).IsDerived);
        Assert.Equal(["n>=8"], assessment.Grounds(Small.RedFlags[0]).Select(ground => ground.ToString()));
        Assert.Contains(assessment.Contributions.ToArray(), vote => vote.MicroNats > 0);
    }

    [Fact]
    public void Assess_WhenTheConditionHolds_OverrulesAnAbsence() =>
        Assert.Equal(Truth.True, Assess(Small, Absent("a"), Value("n", 9)).RedFlags[0]);

    [Fact]
    public void Assess_WhenTheConditionDoesNotHold_LeavesTheFindingAsItIs()
    {
        Assert.Equal(Truth.Unknown, Assess(Small, Value("n", 3)).RedFlags[0]);
        Assert.Equal(Truth.False, Assess(Small, Absent("a"), Value("n", 3)).RedFlags[0]);
        Assert.Equal(["a"], Assess(Small, Present("a")).Grounds(Small.RedFlags[0]).Select(g => g.ToString()));
    }

    [Fact]
    public void Disposition_OfAnAbsenceThatMayBeOverruled_ReachesUpToIt()
    {
        var open = Assess(Small, Absent("a"));
        var settled = Assess(Small, Absent("a"), Value("n", 3));

        Assert.Equal((Truth.False, Urgency.Immediate), (open.RedFlags[0], open.Disposition.Highest));
        Assert.Equal((Truth.False, Urgency.Routine), (settled.RedFlags[0], settled.Disposition.Highest));
        Assert.Equal(["n"], Inquirer.Next(open, (_, _) => true, 9).Questions.Select(q => q.Finding.Id));
    }

    [Theory]
    [InlineData("score(s)>=2")]
    [InlineData("all(b, score(s)>=2)")]
    public void Score_OfAnItemThatMayBeOverruled_LeavesItsRuleOpenAbove(string condition)
    {
        var knowledge = new SmallKnowledge().Follows("a", "n>=8")
            .Score("s", ScoreCombination.Sum, ("a", 1), ("b", 1)).RedFlag(condition).Build();

        var assessment = Assess(knowledge, Absent("a"), Present("b"));

        Assert.Equal((Truth.False, Urgency.Immediate), (assessment.RedFlags[0], assessment.Disposition.Highest));
        Assert.Equal(Truth.True, Assess(knowledge, Absent("a"), Present("b"), Value("n", 9)).RedFlags[0]);
    }

    [Theory]
    [InlineData("temperature", 38.0, "fever")]
    [InlineData("temperature", 37.9, null)]
    public void BuiltIn_OfAMeasuredTemperature_KnowsAFever(string finding, double value, string? expected)
    {
        var report = new Observation(finding, Presence.Present, value, [], PackCases.Now);

        var assessment = PackCases.Assess([report]);

        Assert.Equal(expected is not null, assessment.Case.Answer(PackCases.IndexOf("fever")).Known);
        Assert.Equal(expected is not null, assessment.RedFlags[PackCases.Knowledge.RedFlags
            .Single(rule => rule.Id == "fever-with-leg-pain").Index] == Truth.True);
    }
}
