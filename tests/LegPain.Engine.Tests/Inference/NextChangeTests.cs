using CsCheck;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Inference;

/// <summary>The moment at which time alone can change an assessment.</summary>
public sealed class NextChangeTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Assessment_UntilTheNextChange_IsThatOfNow() =>
        Gen.Select(PackCases.Histories, Gen.Double[0, 1]).Sample((report, part) =>
        {
            var now = PackCases.ToCase(report);
            var change = Assessor.NextChange(now, PackCases.Now) ?? PackCases.Now.AddDays(36_500);
            var left = change - PackCases.Now - Margin;
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            foreach (var moment in new[] { PackCases.Now + left, PackCases.Now + (left * part) })
            {
                Assert.Equal(
                    PackCases.Describe(Assessor.Assess(now)), PackCases.Describe(PackCases.Assess(report, moment)));
            }
        }, iter: 500, print: t => PackCases.Print(t.Item1));

    [Fact]
    public void NextChange_OfAnyCase_IsNotInThePast() =>
        PackCases.Histories.Sample(report =>
            Assert.True(
                (Assessor.NextChange(PackCases.ToCase(report), PackCases.Now) ?? PackCases.Now) >= PackCases.Now));

    [Theory]
    [InlineData("within(a, 14d)", 10, 4)]
    [InlineData("persistent(a, 42d)", 10, 32)]
    [InlineData("any(within(a, 14d), persistent(a, 42d))", 10, 4)]
    [InlineData("any(within(a, 14d), persistent(a, 42d))", 20, 22)]
    [InlineData("all(b, not(within(a, 30d)))", 10, 20)]
    public void NextChange_OfALimit_IsWhenTheFindingReachesIt(string condition, double startedDaysAgo, double days) =>
        Assert.Equal(Now.AddDays(days), NextChange(condition, Present("a", startedDaysAgo: startedDaysAgo)));

    [Fact]
    public void NextChange_OfAQualityOfThePain_FollowsTheEpisode() =>
        Assert.Equal(
            Now.AddDays(32), NextChange("persistent(p, 42d)", Present("p"), Value("symptom-duration", 8, daysAgo: 2)));

    [Fact]
    public void NextChange_OfADurationCompared_IsWhenItGrowsPastTheBound() =>
        Assert.Equal(Now.AddDays(6), NextChange("symptom-duration<14", Value("symptom-duration", 8)));

    [Fact]
    public void NextChange_OfAnAgeCompared_IsTheBirthdayReckonedFromTheReport() =>
        Assert.Equal(Now.AddDays(365.25), NextChange("age>=50", Value("age", 49)));

    [Fact]
    public void NextChange_OfASeries_IsWhenAnOldValueLeavesTheWindow() =>
        Assert.Equal(Now.AddDays(4),
            NextChange("worsening(n, 14d)", Value("n", 3, 20), Value("n", 4, 10), Value("n", 5)));

    [Theory]
    [InlineData("a")]
    [InlineData("within(a, 14d)")]
    [InlineData("persistent(a, 14d)")]
    [InlineData("symptom-duration>=14")]
    [InlineData("worsening(n, 14d)")]
    public void NextChange_WhenNoStartIsKnown_IsNever(string condition) =>
        Assert.Null(NextChange(condition, Present("a")));

    [Fact]
    public void NextChange_PastEveryLimit_IsNever() =>
        Assert.Null(NextChange("any(within(a, 14d), persistent(a, 42d))", Present("a", startedDaysAgo: 43)));

    private static DateTimeOffset? NextChange(string condition, params Observation[] report)
    {
        KnowledgeBase knowledge = OfRedFlags(condition);
        return Assessor.NextChange(ClinicalCase.Build(knowledge, ClinicalCase.Group(report), Now), Now);
    }
}
