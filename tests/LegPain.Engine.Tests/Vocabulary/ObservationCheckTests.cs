using CsCheck;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using Xunit;
using static LegPain.Engine.Tests.SmallKnowledge;

namespace LegPain.Engine.Tests.Vocabulary;

/// <summary>Each fault of a report once, at and past each limit, and all at once.</summary>
public sealed class ObservationCheckTests
{
    private static readonly KnowledgeBase Small = OfRedFlags("a");

    public static TheoryData<string> ValidReports => [.. Valid.Keys];

    private static Dictionary<string, Observation> Valid { get; } = new()
    {
        ["boolean present"] = Present("a"),
        ["boolean absent"] = Absent("a"),
        ["boolean unknown"] = Unknown("a"),
        ["number at its least"] = Value("n", 0),
        ["number at its most"] = Value("n", 10),
        ["number unknown"] = Unknown("n"),
        ["choice"] = Options("c", "x"),
        ["choice with none, absent"] = Absent("c"),
        ["choice without none"] = Options("d", "y"),
        ["choices, several"] = Options("m", "x", "z"),
        ["choices, absent"] = Absent("m"),
        ["started when observed"] = Present("a", startedDaysAgo: 0),
        ["observed at the skew allowed"] = Present("a") with { ObservedAt = Now + ObservationCheck.ClockSkewMax },
    };

    private static Dictionary<string, (Observation Observation, string Field, ObservationFault Fault)> Invalid
    { get; } = new()
    {
        ["no such finding"] = (Present("zzz"), "finding", ObservationFault.UnknownFinding),
        ["number without value"] = (Present("n"), "value", ObservationFault.ValueMissing),
        ["choice without value"] = (Present("c"), "value", ObservationFault.ValueMissing),
        ["choices without value"] = (Present("m"), "value", ObservationFault.ValueMissing),
        ["boolean with number"] = (Value("a", 1), "value", ObservationFault.ValueOfWrongKind),
        ["boolean with option"] = (Options("a", "x"), "value", ObservationFault.ValueOfWrongKind),
        ["number with option"] = (Options("n", "x"), "value", ObservationFault.ValueOfWrongKind),
        ["choice with number"] = (Value("c", 1), "value", ObservationFault.ValueOfWrongKind),
        ["choice with two options"] = (Options("c", "x", "y"), "value", ObservationFault.ValueOfWrongKind),
        ["absent with number"] = (Absent("a") with { Number = 1 }, "value", ObservationFault.ValueOfWrongKind),
        ["unknown with option"] = (Unknown("c") with { Options = ["x"] }, "value", ObservationFault.ValueOfWrongKind),
        ["number below its least"] = (Value("n", -0.001), "value", ObservationFault.ValueOutOfRange),
        ["number above its most"] = (Value("n", 10.001), "value", ObservationFault.ValueOutOfRange),
        ["not a number"] = (Value("n", double.NaN), "value", ObservationFault.ValueOutOfRange),
        ["infinite number"] = (Value("n", double.PositiveInfinity), "value", ObservationFault.ValueOutOfRange),
        ["choice with foreign option"] = (Options("c", "z"), "value", ObservationFault.UnknownOption),
        ["choices with foreign option"] = (Options("m", "x", "q"), "value", ObservationFault.UnknownOption),
        ["number absent"] = (Absent("n"), "presence", ObservationFault.CannotBeAbsent),
        ["choice without none absent"] = (Absent("d"), "presence", ObservationFault.CannotBeAbsent),
        ["observed past the skew allowed"] = (
            Present("a") with { ObservedAt = Now + ObservationCheck.ClockSkewMax + TimeSpan.FromTicks(1) },
            "observed_at", ObservationFault.ObservedInFuture),
        ["started after it was observed"] = (
            Present("a") with { StartedAt = Now.AddTicks(1) }, "started_at", ObservationFault.StartedAfterObserved),
    };

    public static TheoryData<string> InvalidReports => [.. Invalid.Keys];

    [Theory]
    [MemberData(nameof(ValidReports))]
    public void Check_OfAValidObservation_FindsNothing(string name) => Assert.Empty(Check(Valid[name]));

    [Theory]
    [MemberData(nameof(InvalidReports))]
    public void Check_OfOneFault_FindsThatFaultAndItsField(string name)
    {
        var (observation, field, fault) = Invalid[name];

        var violation = Assert.Single(Check(observation));

        Assert.Equal((0, field, fault), (violation.Index, violation.Field, violation.Fault));
        Assert.NotEmpty(violation.Description);
    }

    /// <remarks>In seconds after the time of recording.</remarks>
    [Theory]
    [InlineData(-60, -60, false)]
    [InlineData(1, 0, false)]
    [InlineData(120, 0, false)]
    [InlineData(121, 121, true)]
    public void Timed_WithoutATime_TakesABeginningTheCallersClockHasAheadForNow(
        int begunAfter, int expected, bool isFault)
    {
        var reported = Present("a") with
        {
            ObservedAt = DateTimeOffset.MaxValue,
            StartedAt = Now.AddSeconds(begunAfter),
        };

        var timed = ObservationCheck.Timed(reported, Now);

        Assert.Equal((Now, Now.AddSeconds(expected)), (timed.ObservedAt, timed.StartedAt));
        Assert.Equal(isFault, Check(timed).Any(violation => violation.Fault == ObservationFault.StartedAfterObserved));
    }

    [Fact]
    public void Timed_WithATime_IsLeftAsItIs()
    {
        var reported = Present("a", 1) with { StartedAt = Now };

        Assert.Equal(reported, ObservationCheck.Timed(reported, Now));
    }

    [Theory]
    [InlineData("n", "points", null)]
    [InlineData("n", null, null)]
    [InlineData("n", "kg", "n is measured in points.")]
    [InlineData("a", "points", "a has no unit: leave it out.")]
    [InlineData("a", "", "a has no unit: leave it out.")]
    public void Check_OfAUnit_AcceptsTheFindingsOwnOrNone(string finding, string? unit, string? description)
    {
        var observation = finding == "n" ? Value("n", 5) : Present("a");

        var violations = ObservationCheck.Check([observation], [unit], Small, Now, null);

        Assert.Equal(description, violations.SingleOrDefault()?.Description);
        Assert.All(violations, violation => Assert.Equal(ObservationFault.WrongUnit, violation.Fault));
    }

    [Theory]
    [InlineData(149, 0)]
    [InlineData(151, 1)]
    public void Check_OfATimeBeforeAnybodyAliveWasBorn_IsBeforeBirthWhenNoAgeIsKnown(int yearsAgo, int faults) =>
        Assert.Equal(faults, ObservationCheck.Check(
            [Present("a") with { ObservedAt = Now.AddYears(-yearsAgo) }], [null], Small, Now, bornAfter: null).Count);

    [Theory]
    [InlineData(10, null, null)]
    [InlineData(10, 10.0, null)]
    [InlineData(10.001, null, "observed_at")]
    [InlineData(5, 10.001, "started_at")]
    [InlineData(11, 12.0, "observed_at")]
    public void Check_OfATimeBeforeBirth_NamesTheFieldThatIs(double observedDaysAgo, double? startedDaysAgo,
        string? field)
    {
        var observation = Present("a", observedDaysAgo, startedDaysAgo);

        var violations = ObservationCheck.Check([observation], [null], Small, Now, Now.AddDays(-10));

        Assert.Equal(field, violations.SingleOrDefault()?.Field);
        Assert.All(violations, violation => Assert.Equal(ObservationFault.ObservedBeforeBirth, violation.Fault));
    }

    [Fact]
    public void Check_OfTheSameFindingTwiceAtOnce_NamesTheOneThatContradicts()
    {
        var violations = Check(Present("b"), Present("a"), Absent("a"));

        var violation = Assert.Single(violations);
        Assert.Equal((2, "finding", ObservationFault.Contradiction),
            (violation.Index, violation.Field, violation.Fault));
        Assert.StartsWith("Contradicts observations[1]", violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfTheSameObservationTwice_FindsNothing() =>
        Assert.Empty(Check(Options("m", "x"), Options("m", "x")));

    [Fact]
    public void Check_OfTheSameFindingAtTwoTimes_FindsNothing() => Assert.Empty(Check(Present("a", 1), Absent("a")));

    [Fact]
    public void Check_OfSeveralFaults_FindsAllInTheOrderOfTheReport()
    {
        var late = Value("a", 1) with { ObservedAt = Now.AddDays(1), StartedAt = Now.AddDays(2) };

        var violations = ObservationCheck.Check(
            [Present("zzz"), Present("b"), late, Value("n", 11)], [null, null, "kg", "kg"], Small, Now, Now.AddDays(3));

        Assert.Equal(
            [
                (0, ObservationFault.ObservedBeforeBirth),
                (0, ObservationFault.UnknownFinding),
                (1, ObservationFault.ObservedBeforeBirth),
                (2, ObservationFault.ObservedInFuture),
                (2, ObservationFault.StartedAfterObserved),
                (2, ObservationFault.ObservedBeforeBirth),
                (2, ObservationFault.WrongUnit),
                (2, ObservationFault.ValueOfWrongKind),
                (3, ObservationFault.ObservedBeforeBirth),
                (3, ObservationFault.WrongUnit),
                (3, ObservationFault.ValueOutOfRange),
            ],
            violations.Select(violation => (violation.Index, violation.Fault)));
    }

    [Fact]
    public void Check_AtTheEndOfTime_FindsNothing() =>
        Assert.Empty(ObservationCheck.Check(
            [Present("a") with { ObservedAt = DateTimeOffset.MaxValue }], [null], Small,
            DateTimeOffset.MaxValue, null));

    [Fact]
    public void Check_OfAnyValidReport_FindsNothing() =>
        PackCases.Histories.Sample(report => Assert.Empty(
            ObservationCheck.Check(report, new string?[report.Length], PackCases.Knowledge, PackCases.Now, null)),
            iter: 200);

    [Fact]
    public void Descriptions_OfFaults_SayNothingOfWhatWasSent()
    {
        const string Secret = "zzz-secret";
        Observation[] report =
        [
            Present(Secret), Options("c", Secret), Value("n", 123.456), Options("a", Secret),
            Absent("n") with { Options = [Secret] },
        ];

        var violations = ObservationCheck.Check(report, [Secret, Secret, Secret, Secret, Secret], Small, Now, null);

        Assert.True(violations.Count >= report.Length);
        Assert.All(violations,
            violation => Assert.DoesNotContain(Secret, violation.Description, StringComparison.Ordinal));
        Assert.All(violations,
            violation => Assert.DoesNotContain("123", violation.Description, StringComparison.Ordinal));
    }

    [Fact]
    public void Equality_OfObservations_GoesByContent()
    {
        var options = Options("m", "x", "z");

        Assert.Equal(options, Options("m", "x", "z"));
        Assert.Equal(options.GetHashCode(), Options("m", "x", "z").GetHashCode());
        Assert.NotEqual(options, Options("m", "x"));
        Assert.NotEqual(options, options with { StartedAt = Now });
        Assert.NotEqual(Value("n", 1), Value("n", 2));
        Assert.False(options.Equals(null));
    }

    private static IReadOnlyList<ObservationViolation> Check(params Observation[] observations) =>
        ObservationCheck.Check(observations, new string?[observations.Length], Small, Now, null);
}
