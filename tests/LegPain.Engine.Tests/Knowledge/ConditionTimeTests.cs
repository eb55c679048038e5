using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Knowledge;

/// <summary>What within, persistent and worsening make of time, at and past each limit.</summary>
public sealed class ConditionTimeTests
{
    private const double Moment = 1.0 / 86_400;

    [Theory]
    [InlineData(0, Truth.True)]
    [InlineData(14, Truth.True)]
    [InlineData(14 + Moment, Truth.False)]
    public void Within_ByItsOwnStart_HoldsUpToTheLimit(double startedDaysAgo, Truth expected) =>
        Assert.Equal(expected, Evaluate("within(a, 14d)", Present("a", startedDaysAgo: startedDaysAgo)));

    [Fact]
    public void Within_AtAnUnknownStart_CountsAsRecent() =>
        Assert.Equal(Truth.True, Evaluate("within(a, 14d)", Present("a")));

    /// <remarks>Two reports do not show that it was there between them: it may have gone and come back.</remarks>
    [Theory]
    [InlineData("within(a, 14d)", Truth.True)]
    [InlineData("known-within(a, 14d)", Truth.Unknown)]
    public void Within_AtAnUnknownStart_IsNotMadeOldByBeingReportedAgain(string condition, Truth expected)
    {
        Assert.Equal(expected, Evaluate(condition, Present("a", 90)));
        Assert.Equal(expected, Evaluate(condition, Present("a", 90), Present("a")));
    }

    [Theory]
    [InlineData(0.0, Truth.True)]
    [InlineData(14.0, Truth.True)]
    [InlineData(14 + Moment, Truth.False)]
    [InlineData(null, Truth.Unknown)]
    public void KnownWithin_ByItsOwnStart_HoldsUpToTheLimitAndIsUnknownWithoutOne(
        double? startedDaysAgo, Truth expected) =>
        Assert.Equal(expected, Evaluate("known-within(a, 14d)", Present("a", startedDaysAgo: startedDaysAgo)));

    [Fact]
    public void Within_SeenAgainAfterAnAbsence_IsRecent() =>
        Assert.Equal(Truth.True, Evaluate("within(a, 14d)", Present("a", 30), Absent("a", 20), Present("a")));

    [Theory]
    [InlineData(14, Truth.True)]
    [InlineData(14 + Moment, Truth.False)]
    public void Within_OfAQualityOfThePain_BeganWithTheEpisode(double symptomDuration, Truth expected) =>
        Assert.Equal(expected, Evaluate("within(p, 14d)", Present("p"), Value("symptom-duration", symptomDuration)));

    [Fact]
    public void Within_OfAQualityWithItsOwnStart_PrefersItToTheEpisode() =>
        Assert.Equal(
            Truth.True,
            Evaluate("within(p, 14d)", Present("p", startedDaysAgo: 3), Value("symptom-duration", 100)));

    [Fact]
    public void Within_OfASign_DoesNotFallBackOnTheEpisode() =>
        Assert.Equal(Truth.True, Evaluate("within(a, 14d)", Present("a"), Value("symptom-duration", 100)));

    [Fact]
    public void Within_OfAnAbsentFinding_IsFalse() =>
        Assert.Equal(Truth.False, Evaluate("within(a, 14d)", Absent("a")));

    [Theory]
    [InlineData("within(c=x, 14d)", Truth.True)]
    [InlineData("within(c=y, 14d)", Truth.False)]
    public void Within_OfAnOption_AsksForThatOption(string condition, Truth expected) =>
        Assert.Equal(expected, Evaluate(condition, Options("c", "x")));

    [Fact]
    public void Within_AfterTheOptionChanged_CountsFromTheChange()
    {
        var earlier = Options("c", "y") with { ObservedAt = Now.AddDays(-30), StartedAt = Now.AddDays(-60) };

        Assert.Equal(Truth.True, Evaluate("within(c=x, 14d)", earlier, Options("c", "x")));
    }

    [Theory]
    [InlineData(42, Truth.True)]
    [InlineData(42 - Moment, Truth.False)]
    public void Persistent_ByItsOwnStart_HoldsFromTheLimitOn(double startedDaysAgo, Truth expected) =>
        Assert.Equal(expected, Evaluate("persistent(a, 42d)", Present("a", startedDaysAgo: startedDaysAgo)));

    [Fact]
    public void Persistent_AtAnUnknownStart_IsUnknown() =>
        Assert.Equal(Truth.Unknown, Evaluate("persistent(a, 42d)", Present("a")));

    [Theory]
    [InlineData(42, Truth.True)]
    [InlineData(42 - Moment, Truth.Unknown)]
    public void Persistent_AtAnUnknownStart_HoldsWhenSeenForSoLong(double firstSeenDaysAgo, Truth expected) =>
        Assert.Equal(expected, Evaluate("persistent(a, 42d)", Present("a", firstSeenDaysAgo), Present("a")));

    [Fact]
    public void Persistent_InterruptedByAnAbsence_CountsFromThere() =>
        Assert.Equal(
            Truth.Unknown,
            Evaluate("persistent(a, 42d)", Present("a", 60), Absent("a", 30), Present("a", 20), Present("a")));

    [Fact]
    public void Persistent_InterruptedByAnUnknown_CountsFromThere() =>
        Assert.Equal(Truth.Unknown, Evaluate("persistent(a, 42d)", Present("a", 60), Unknown("a", 30), Present("a")));

    [Theory]
    [InlineData(42, Truth.True)]
    [InlineData(42 - Moment, Truth.False)]
    public void Persistent_OfAQualityOfThePain_BeganWithTheEpisode(double symptomDuration, Truth expected) =>
        Assert.Equal(expected,
            Evaluate("persistent(p, 42d)", Present("p"), Value("symptom-duration", symptomDuration)));

    [Theory]
    [InlineData(41, Truth.True)]
    [InlineData(41 - Moment, Truth.False)]
    public void Persistent_AfterTheDurationWasReported_GrowsWithTime(double reported, Truth expected) =>
        Assert.Equal(
            expected,
            Evaluate("persistent(p, 42d)", Present("p"), Value("symptom-duration", reported, daysAgo: 1)));

    [Fact]
    public void Persistent_OfANumber_IsThereWhateverItsValue() =>
        Assert.Equal(Truth.True, Evaluate("persistent(n, 42d)", Value("n", 3, 50), Value("n", 7)));

    [Fact]
    public void Persistent_OfAComparedNumber_AsksForTheValueInForce() =>
        Assert.Equal(Truth.False, Evaluate("persistent(n>=5, 42d)", Value("n", 3, startedDaysAgo: 50)));

    [Fact]
    public void Persistent_OfAnAbsentFinding_IsFalse() =>
        Assert.Equal(Truth.False, Evaluate("persistent(a, 42d)", Absent("a")));

    [Fact]
    public void Start_OfTheNewestObservation_PrevailsOverAnEarlierOne() =>
        Assert.Equal(
            Truth.True,
            Evaluate("within(a, 14d)", Present("a", 2, startedDaysAgo: 30), Present("a", startedDaysAgo: 3)));

    [Fact]
    public void Start_OfTheFirstOfARun_HoldsForTheRun() =>
        Assert.Equal(Truth.False, Evaluate("within(a, 14d)", Present("a", 2, startedDaysAgo: 30), Present("a")));

    [Fact]
    public void Start_ToldInTheMiddleOfARun_HoldsWhenReportedAgainWithoutOne() =>
        Assert.Equal(
            Truth.True,
            Evaluate("known-within(a, 14d)", Present("a", 2), Present("a", 1, startedDaysAgo: 3), Present("a")));

    [Fact]
    public void Start_Corrected_StaysCorrectedWhenReportedAgainWithoutOne() =>
        Assert.Equal(
            Truth.True,
            Evaluate(
                "within(a, 14d)",
                Present("a", 2, startedDaysAgo: 20), Present("a", 1, startedDaysAgo: 3), Present("a")));

    [Fact]
    public void Start_ToldBeforeAnAbsence_IsNotThatOfTheNextRun() =>
        Assert.Equal(
            Truth.Unknown,
            Evaluate("known-within(a, 14d)", Present("a", 5, startedDaysAgo: 20), Absent("a", 3), Present("a")));

    [Theory]
    [InlineData(14, Truth.True)]
    [InlineData(14 + Moment, Truth.False)]
    public void Worsening_OfTwoValues_LooksBackUpToTheLimit(double earlierDaysAgo, Truth expected) =>
        Assert.Equal(expected, Evaluate("worsening(n, 14d)", Value("n", 3, earlierDaysAgo), Value("n", 4)));

    [Theory]
    [InlineData(3, 5, 5, Truth.True)]
    [InlineData(3, 6, 5, Truth.False)]
    [InlineData(5, 3, 5, Truth.False)]
    [InlineData(5, 5, 5, Truth.False)]
    [InlineData(6, 4, 5, Truth.False)]
    public void Worsening_OfThreeValues_AsksForTheNewestToBeTheWorst(double first, double next, double last,
        Truth expected) =>
        Assert.Equal(expected,
            Evaluate("worsening(n, 14d)", Value("n", first, 10), Value("n", next, 5), Value("n", last)));

    [Fact]
    public void Worsening_OfOneValue_IsNoTrend() =>
        Assert.Equal(Truth.False, Evaluate("worsening(n, 14d)", Value("n", 9)));

    [Fact]
    public void Worsening_OfNoValue_IsUnknown() => Assert.Equal(Truth.Unknown, Evaluate("worsening(n, 14d)"));

    [Theory]
    [InlineData(500, 100, Truth.True)]
    [InlineData(100, 500, Truth.False)]
    public void Worsening_OfANumberThatIsWorseWhenLower_FollowsItDown(double first, double last, Truth expected) =>
        Assert.Equal(expected, Evaluate("worsening(walk, 42d)", Value("walk", first, 20), Value("walk", last)));

    [Fact]
    public void Worsening_TakenBackAsUnknown_IsUnknown() =>
        Assert.Equal(Truth.Unknown, Evaluate("worsening(n, 14d)", Value("n", 3, 5), Value("n", 4, 2), Unknown("n")));

    [Fact]
    public void Age_ReportedAYearAgo_HasGrown() =>
        Assert.Equal(Truth.True, Evaluate("age>=50", Value("age", 49, daysAgo: 366)));
}
