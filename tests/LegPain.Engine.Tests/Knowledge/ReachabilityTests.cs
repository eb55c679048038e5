using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>Every red flag of the pack can be raised alone; one that contradicts itself cannot.</summary>
public sealed class ReachabilityTests
{
    public static TheoryData<string> RedFlags => [.. PackCases.Knowledge.RedFlags.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RedFlags))]
    public void FindWitness_OfARedFlagOfThePack_RaisesItAtItsUrgencyOrMore(string id)
    {
        var rule = PackCases.Knowledge.RedFlags.Single(rule => rule.Id == id);

        var witness = Reachability.FindWitness(PackCases.Knowledge, rule);

        Assert.NotNull(witness);
        var assessment = Assessor.Assess(witness);
        Assert.Equal(Truth.True, assessment.RedFlags[rule.Index]);
        Assert.True(assessment.Disposition.Urgency >= rule.Urgency);
        Assert.Equal(DispositionBasis.RedFlag, assessment.Disposition.Basis);
        Assert.NotEmpty(assessment.Grounds(rule));
        Assert.True(witness.Answers.Length <= rule.Findings.Count + 12, "A witness answers no more than it needs.");
    }

    [Theory]
    [InlineData("all(a, b)")]
    [InlineData("all(a, not(b), unless(e))")]
    [InlineData("at-least(2; a, b, e)")]
    [InlineData("all(n>=4, n<=4)")]
    [InlineData("all(n>0, n<1)")]
    [InlineData("all(m=x, m=y)")]
    [InlineData("all(not(c=x), not(c=none))")]
    [InlineData("all(within(a, 5d), persistent(b, 90d))")]
    [InlineData("all(within(a, 5d), persistent(a, 5d))")]
    [InlineData("not(within(a, 5d))")]
    [InlineData("worsening(n, 14d)")]
    [InlineData("worsening(walk, 14d)")]
    [InlineData("not(unless(a))")]
    [InlineData("score(s)>=3")]
    [InlineData("score(s)<=0")]
    [InlineData("all(a, e, score(s)>1)")]
    [InlineData("persistent(a, 36500d)")]
    public void FindWitness_OfAConditionThatCanHold_FindsACaseInWhichItDoes(string condition)
    {
        var knowledge = WithScore(condition);

        var witness = Reachability.FindWitness(knowledge, knowledge.RedFlags[0]);

        Assert.NotNull(witness);
        Assert.Equal(Truth.True, Assessor.Assess(witness).RedFlags[0]);
    }

    [Theory]
    [InlineData("all(a, not(a))")]
    [InlineData("all(c=x, c=y)")]
    [InlineData("all(c=x, c=none)")]
    [InlineData("all(n>=5, n<5)")]
    [InlineData("all(n>10)")]
    [InlineData("all(n<0)")]
    [InlineData("all(within(a, 5d), persistent(a, 6d))")]
    [InlineData("score(s)>=5")]
    [InlineData("all(a, not(any(a, b)))")]
    public void FindWitness_OfAConditionThatContradictsItself_FindsNone(string condition)
    {
        var knowledge = WithScore(condition);

        Assert.Null(Reachability.FindWitness(knowledge, knowledge.RedFlags[0]));
    }

    private static KnowledgeBase WithScore(string condition) => new SmallKnowledge()
        .Score("s", ScoreCombination.Sum, ("a", 1), ("b", 2), ("n>=5", 1), ("e", -2)).RedFlag(condition).Build();
}
