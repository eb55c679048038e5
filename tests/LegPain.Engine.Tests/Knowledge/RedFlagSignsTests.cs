using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>Which observation alone is a sign of an urgent red flag.</summary>
public sealed class RedFlagSignsTests
{
    [Fact]
    public void Sign_OfARuleOfThatUrgency_IsOneWhenPresentOnly()
    {
        var knowledge = OfRedFlags("all(a, b)");

        Assert.True(IsSign(knowledge, Present("a")));
        Assert.False(IsSign(knowledge, Absent("a")));
        Assert.False(IsSign(knowledge, Unknown("a")));
        Assert.False(IsSign(knowledge, Present("e")));
        Assert.False(IsSign(knowledge, Present("no-such-finding")));
    }

    [Fact]
    public void Sign_OfALessUrgentRule_IsNone()
    {
        var knowledge = new SmallKnowledge().RedFlag("a", Urgency.Soon).RedFlag("b", Urgency.SameDay).Build();

        Assert.False(IsSign(knowledge, Present("a")));
        Assert.True(IsSign(knowledge, Present("b")));
    }

    [Fact]
    public void Value_ThatMakesItsPartHold_IsASign()
    {
        var knowledge = OfRedFlags("any(all(n>=7, a), all(c=x, b), within(e, 14d))");

        Assert.True(IsSign(knowledge, Value("n", 7)));
        Assert.False(IsSign(knowledge, Value("n", 6.5)));
        Assert.True(IsSign(knowledge, Options("c", "x")));
        Assert.False(IsSign(knowledge, Options("c", "y")));
        Assert.True(IsSign(knowledge, Present("e")));
    }

    [Fact]
    public void Exception_AndWhatIsNegated_AreNone()
    {
        var knowledge = OfRedFlags("all(a, not(b), unless(e))");

        Assert.False(IsSign(knowledge, Present("b")));
        Assert.False(IsSign(knowledge, Present("e")));
    }

    [Fact]
    public void QualityOfThePain_AndPropertyOfThePerson_AreNone()
    {
        var knowledge = OfRedFlags("all(a, p, age>=50)");

        Assert.False(IsSign(knowledge, Present("p")));
        Assert.False(IsSign(knowledge, Value("age", 80)));
    }

    [Fact]
    public void ItemOfAScore_AndWhatAFindingFollowsFrom_AreSigns()
    {
        var knowledge = new SmallKnowledge().Follows("b", "n>=8")
            .Score("s", ScoreCombination.Sum, ("a", 2), ("e", -1)).RedFlag("any(score(s)>=2, all(b, f))").Build();

        Assert.True(IsSign(knowledge, Present("a")));
        Assert.False(IsSign(knowledge, Present("e")));
        Assert.True(IsSign(knowledge, Value("n", 9)));
        Assert.False(IsSign(knowledge, Value("n", 1)));
    }

    /// <summary>If most findings were signs, they would keep no place for the few that matter.</summary>
    [Fact]
    public void Signs_OfTheBuiltInPack_AreAMinorityOfItsFindings()
    {
        var signs = PackCases.Knowledge.Findings
            .Count(finding => IsSign(PackCases.Knowledge, new(finding.Id, Presence.Present, null, [], Now)));

        Assert.InRange(signs, 1, PackCases.Knowledge.Findings.Count / 3);
    }

    private static bool IsSign(KnowledgeBase knowledge, Observation observation) =>
        knowledge.IsRedFlagSign(observation, Urgency.SameDay);
}
