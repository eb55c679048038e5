using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Patient;

public sealed class PatientDeciderTests
{
    private static readonly PatientState Reported =
        PatientState.Empty.Apply(Decide(PatientState.Empty, Report("first", Present("fever"))).Event!, Start);

    public static TheoryData<string, ObservationFault> Wrong => new()
    {
        { "no-such-finding", ObservationFault.UnknownFinding },
        { "future", ObservationFault.ObservedInFuture },
        { "before birth", ObservationFault.ObservedBeforeBirth },
        { "started after", ObservationFault.StartedAfterObserved },
        { "out of range", ObservationFault.ValueOutOfRange },
        { "no value", ObservationFault.ValueMissing },
        { "value on a boolean", ObservationFault.ValueOfWrongKind },
        { "option", ObservationFault.UnknownOption },
        { "absent number", ObservationFault.CannotBeAbsent },
        { "contradiction", ObservationFault.Contradiction },
        { "unit", ObservationFault.WrongUnit },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Report_WithAWrongField_IsRefusedWithThatFault(string what, ObservationFault fault)
    {
        var report = what switch
        {
            "no-such-finding" => Report("r", Present("no-such-finding")),
            "future" => Report("r", Present("fever", Start.AddMinutes(3))),
            "before birth" => Report("r", Present("age", number: 40), Present("fever", Start.AddYears(-50))),
            "started after" => Report("r", Present("fever", Start) with { StartedAt = Start.AddHours(1) }),
            "out of range" => Report("r", Present("pain-intensity", number: 11)),
            "no value" => Report("r", Present("pain-intensity")),
            "value on a boolean" => Report("r", Present("fever", number: 1)),
            "option" => Report("r", Present("pain-severity") with { Options = ["awful"] }),
            "absent number" => Report("r", Absent("pain-intensity")),
            "contradiction" => Report("r", Present("fever"), Absent("fever")),
            _ => Report("r") with { Observations = [new(Present("pain-intensity", number: 3), "stones", 1, 0)] },
        };

        var refusal = Decide(PatientState.Empty, report).Refusal!;

        Assert.Equal(RefusalReason.InvalidObservations, refusal.Reason);
        Assert.Equal(fault, Assert.Single(refusal.Violations).Fault);
    }

    [Fact]
    public void Report_WithSeveralWrongFields_NamesThemAll()
    {
        var report = Report("r", Present("no-such-finding"), Present("fever"), Present("pain-intensity", number: -1));

        var refusal = Decide(PatientState.Empty, report).Refusal!;

        Assert.Equal([0, 2], refusal.Violations.Select(violation => violation.Index));
    }

    [Fact]
    public void Report_BeforeABirthThatAnEarlierReportGave_IsRefused()
    {
        var age = Decide(PatientState.Empty, Report("a", Present("age", number: 40)));
        var state = PatientState.Empty.Apply(age.Event!, Start);

        var early = Decide(state, Report("b", Present("fever", Start.AddYears(-42))));
        var late = Decide(state, Report("b", Present("fever", Start.AddYears(-40))));

        Assert.Equal(ObservationFault.ObservedBeforeBirth, Assert.Single(early.Refusal!.Violations).Fault);
        Assert.NotNull(late.Event);
    }

    [Fact]
    public void Report_OfAnAgeObservedInTheFirstYears_IsRefusedAndDoesNotThrow()
    {
        var report = Report("r", Present("age", DateTimeOffset.MinValue.AddYears(1), number: 40), Present("fever"));

        var decision = Decide(PatientState.Empty, report);

        Assert.Equal(
            [(0, ObservationFault.ObservedBeforeBirth)],
            decision.Refusal!.Violations.Select(violation => (violation.Index, violation.Fault)));
    }

    [Fact]
    public void Report_WithoutATime_TakesThatOfRecording()
    {
        var decision = Decide(PatientState.Empty, Report("r", Present("fever"), Present("smoker", Start.AddDays(-3))));

        var report = Assert.IsType<ObservationsReported>(decision.Event);
        Assert.Equal([Start, Start.AddDays(-3)], report.Observations.Select(o => o.Observation.ObservedAt));
        Assert.Equal([(1L, 0), (1L, 1)], report.Observations.Select(o => (o.Revision, o.Index)));
        Assert.Equal([false, true], report.Observations.Select(o => o.OutlivesEpisode));
        Assert.True(report.StartsEpisode);
    }

    [Fact]
    public void Report_OfABeginningThatTheCallersClockHasAhead_BeganWhenRecorded()
    {
        var decision = Decide(
            PatientState.Empty, Report("r", Present("fever") with { StartedAt = Start.AddSeconds(1) }));

        var report = Assert.IsType<ObservationsReported>(decision.Event);
        Assert.Equal(Start, Assert.Single(report.Observations).Observation.StartedAt);
    }

    [Theory]
    [InlineData(9_999, 1, true)]
    [InlineData(9_900, 100, true)]
    [InlineData(9_901, 100, false)]
    [InlineData(10_000, 1, false)]
    public void Report_ToAPatientNearTheLimit_IsTakenOnlyWhole(int recorded, int reported, bool taken)
    {
        var state = PatientState.Restore(500, Start, 1, true, Start, recorded, []);
        var report = Report("r", Enumerable.Range(1, reported).Select(i => Present("fever", Start.AddHours(-i))));

        var decision = Decide(state, report);

        Assert.Equal(taken ? null : RefusalReason.PatientFull, decision.Refusal?.Reason);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1L, true)]
    [InlineData(0L, false)]
    [InlineData(2L, false)]
    public void AnyCommand_WithAnExpectedRevision_IsDecidedOnlyAtIt(long? expected, bool decided)
    {
        PatientCommand[] commands =
        [
            Report("r", Present("rigors")) with { ExpectedRevision = expected },
            Amend("r", 1, 0) with { ExpectedRevision = expected },
            ClosesEpisode("r") with { ExpectedRevision = expected },
        ];

        foreach (var command in commands)
        {
            var refusal = Decide(Reported, command).Refusal;

            Assert.Equal(decided ? null : RefusalReason.RevisionConflict, refusal?.Reason);
            Assert.Equal(decided ? null : 1, refusal?.CurrentRevision);
        }
    }

    [Fact]
    public void AmendObservation_OfAPatientWithoutEvents_IsPatientNotFound() =>
        Assert.Equal(RefusalReason.PatientNotFound, Decide(PatientState.Empty, Amend("r", 1, 0)).Refusal?.Reason);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    [InlineData(2, 0)]
    [InlineData(0, 0)]
    public void AmendObservation_OfNone_IsObservationNotFound(long revision, int index) =>
        Assert.Equal(RefusalReason.ObservationNotFound, Decide(Reported, Amend("r", revision, index)).Refusal?.Reason);

    [Fact]
    public void AmendObservation_Twice_IsAlreadyAmended()
    {
        var amended = Assert.IsType<ObservationAmended>(Decide(Reported, Amend("r", 1, 0)).Event);
        var context = AmendmentContext.From([First(), new(2, Start, "r", amended, Nothing)], Amend("again", 1, 0));

        var decision = PatientDecider.Decide(
            Reported.Apply(amended, Start), Amend("again", 1, 0), Pack, Start, context);

        Assert.Equal(RefusalReason.AlreadyAmended, decision.Refusal?.Reason);
        Assert.Empty(amended.Remaining);
    }

    [Fact]
    public void StartEpisode_WithOneOpen_IsEpisodeOpen() =>
        Assert.Equal(RefusalReason.EpisodeOpen, Decide(Reported, StartsEpisode("r")).Refusal?.Reason);

    [Fact]
    public void StartEpisode_OfAPatientWithoutEvents_IsTheFirst() =>
        Assert.Equal(new EpisodeStarted(1), Decide(PatientState.Empty, StartsEpisode("r")).Event);

    [Fact]
    public void CloseEpisode_WithNoneOpen_IsNoEpisode()
    {
        var closed = Reported.Apply(Decide(Reported, ClosesEpisode("r")).Event!, Start);

        Assert.Equal(RefusalReason.NoEpisode, Decide(closed, ClosesEpisode("again")).Refusal?.Reason);
        Assert.Equal(RefusalReason.NoEpisode, Decide(PatientState.Empty, ClosesEpisode("r")).Refusal?.Reason);
    }

    [Fact]
    public void Report_AfterAClosedEpisode_KeepsNoAnswerThatEndsWithTheEpisode()
    {
        var first = Report("first", Absent("recent-surgery"), Present("already-diagnosed"), Absent("smoker"));
        PatientCommand[] commands = [first, ClosesEpisode("close"), Report("second", Present("night-waking"))];

        var state = commands.Aggregate(
            PatientState.Empty, (known, command) => known.Apply(Decide(known, command).Event!, Start));

        Assert.Equal(["night-waking", "smoker"], state.Histories().Select(history => history.Finding));
    }

    private static EventOutcome Nothing { get; } = new("legpain", "1", "hash", Urgency.Soon, []);

    private static RecordedEvent First() =>
        new(1, Start, "first", Decide(PatientState.Empty, Report("first", Present("fever"))).Event!, Nothing);

    private static Decision Decide(PatientState state, PatientCommand command) => PatientDecider.Decide(
        state, command, Pack, Start,
        command is AmendObservation amend
            ? AmendmentContext.From(state.Revision == 0 ? [] : [First()], amend)
            : null);
}
