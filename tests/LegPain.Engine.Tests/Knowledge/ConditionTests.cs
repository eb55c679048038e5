using CsCheck;
using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>The operators of conditions, over every assignment of three findings.</summary>
public sealed class ConditionTests
{
    /// <summary>
    /// Each names every finding once at most, so Kleene's value is exact: Unknown only where completions disagree.
    /// </summary>
    [Theory]
    [InlineData("a")]
    [InlineData("not(a)")]
    [InlineData("all(a, b, e)")]
    [InlineData("any(a, b, e)")]
    [InlineData("at-least(1; a, b, e)")]
    [InlineData("at-least(2; a, b, e)")]
    [InlineData("at-least(3; a, b, e)")]
    [InlineData("not(at-least(2; a, b, e))")]
    [InlineData("all(a, any(b, e))")]
    [InlineData("any(all(a, b), not(e))")]
    public void Evaluate_AnOperator_IsUnknownExactlyWhenCompletionsDisagree(string condition)
    {
        var knowledge = SmallKnowledge.OfRedFlags(condition);

        foreach (var assignment in ConditionModel.Assignments)
        {
            var actual = Evaluate(assignment);
            var answers = ConditionModel.Completions(assignment).Select(Evaluate).Distinct().ToList();
            Assert.DoesNotContain(Truth.Unknown, answers);
            Assert.Equal(answers.Count == 1 ? answers[0] : Truth.Unknown, actual);
        }

        Truth Evaluate(Truth[] assignment) =>
            SmallKnowledge.Assess(knowledge, ConditionModel.Observe(assignment)).RedFlags[0];
    }

    [Theory]
    [InlineData("any(a, b, e)", 1)]
    [InlineData("all(a, b, e)", 3)]
    [InlineData("at-least(1; a, b, e)", 1)]
    [InlineData("at-least(2; a, b, e)", 2)]
    [InlineData("at-least(3; a, b, e)", 3)]
    public void Evaluate_AnOperatorOverKnownAnswers_HoldsFromSoManyPresentOn(string condition, int present)
    {
        var knowledge = SmallKnowledge.OfRedFlags(condition);

        Assert.All(
            ConditionModel.Assignments.Where(assignment => !assignment.Contains(Truth.Unknown)),
            assignment => Assert.Equal(
                (assignment.Count(answer => answer == Truth.True) >= present).ToTruth(),
                SmallKnowledge.Assess(knowledge, ConditionModel.Observe(assignment)).RedFlags[0]));
    }

    [Theory]
    [InlineData(Truth.True, Truth.False)]
    [InlineData(Truth.False, Truth.True)]
    [InlineData(Truth.Unknown, Truth.True)]
    public void Evaluate_AnException_HoldsUnlessItIsKnownToBeTrue(Truth given, Truth expected)
    {
        var observations = ConditionModel.Observe([given, Truth.Unknown, Truth.Unknown]);

        Assert.Equal(expected, SmallKnowledge.Evaluate("unless(a)", observations));
    }

    [Fact]
    public void Evaluate_AnyCondition_IsWhatCountingItsPartsGives() =>
        ConditionModel.Random(withUnless: true).Sample(model =>
        {
            var knowledge = SmallKnowledge.OfRedFlags(model.ToString());
            foreach (var assignment in ConditionModel.Assignments)
            {
                var actual = SmallKnowledge.Assess(knowledge, ConditionModel.Observe(assignment)).RedFlags[0];
                Assert.Equal(model.Value(assignment), actual);
            }
        }, iter: 500);

    [Fact]
    public void Evaluate_AConditionWithoutExceptions_KeepsWhatItKnowsWhenAnUnknownIsAnswered() =>
        ConditionModel.Random(withUnless: false).Sample(model =>
        {
            var knowledge = SmallKnowledge.OfRedFlags(model.ToString());
            foreach (var assignment in ConditionModel.Assignments)
            {
                var known = SmallKnowledge.Assess(knowledge, ConditionModel.Observe(assignment)).RedFlags[0];
                foreach (var full in ConditionModel.Completions(assignment).Where(_ => known != Truth.Unknown))
                {
                    Assert.Equal(known, SmallKnowledge.Assess(knowledge, ConditionModel.Observe(full)).RedFlags[0]);
                }
            }
        }, iter: 500);

    [Theory]
    [InlineData("n>=5", 5, Truth.True)]
    [InlineData("n>=5", 4.9, Truth.False)]
    [InlineData("n<=5", 5, Truth.True)]
    [InlineData("n<=5", 5.1, Truth.False)]
    [InlineData("n>5", 5.1, Truth.True)]
    [InlineData("n>5", 5, Truth.False)]
    [InlineData("n<5", 4.9, Truth.True)]
    [InlineData("n<5", 5, Truth.False)]
    public void Evaluate_ANumber_IsComparedAtAndPastTheBound(string condition, double value, Truth expected) =>
        Assert.Equal(expected, SmallKnowledge.Evaluate(condition, SmallKnowledge.Value("n", value)));

    [Theory]
    [InlineData("n>=5")]
    [InlineData("c=x")]
    [InlineData("m=x")]
    [InlineData("a")]
    [InlineData("within(a, 14d)")]
    [InlineData("persistent(a, 14d)")]
    [InlineData("persistent(n, 14d)")]
    [InlineData("worsening(n, 14d)")]
    public void Evaluate_ALeafWithoutAnAnswer_IsUnknown(string condition) =>
        Assert.Equal(Truth.Unknown, SmallKnowledge.Evaluate(condition));

    [Theory]
    [InlineData("c=none", Truth.True)]
    [InlineData("c=x", Truth.False)]
    [InlineData("m=x", Truth.False)]
    public void Evaluate_AChoiceThatIsAbsent_IsItsAbsentOptionOrNone(string condition, Truth expected) =>
        Assert.Equal(expected,
            SmallKnowledge.Evaluate(condition, SmallKnowledge.Absent("c"), SmallKnowledge.Absent("m")));

    [Theory]
    [InlineData("m=x", Truth.True)]
    [InlineData("m=y", Truth.False)]
    [InlineData("m=z", Truth.True)]
    public void Evaluate_ASetOfChoices_HoldsEachOptionGiven(string condition, Truth expected) =>
        Assert.Equal(expected, SmallKnowledge.Evaluate(condition, SmallKnowledge.Options("m", "x", "z")));
}
