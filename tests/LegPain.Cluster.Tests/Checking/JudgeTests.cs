using LegPain.Robustness.Checking;
using LegPain.Robustness.History;
using Xunit;

namespace LegPain.Cluster.Tests.Checking;

/// <summary>Small histories, each with one thing wrong: a judge that cannot find fault proves nothing.</summary>
public sealed class JudgeTests
{
    private const string Patient = "p";

    [Fact]
    public void SoundRun_HasNoViolation() => Assert.Empty(Found(Sound()));

    [Fact]
    public void SoundRun_IsCounted()
    {
        var verdict = Judge.Of(Sound());

        Assert.Equal((3, 3, 3, 1), (verdict.Acknowledged, verdict.Stored, verdict.Shown, verdict.Reconnects));
        Assert.Equal(5, verdict.Attempts[Outcome.Ok]);
    }

    [Fact]
    public void AcknowledgedWrite_ThatIsNotStored_IsLost() =>
        Assert.Contains(Broken.Lost, Found(Sound() with { Stored = Stored(Record(1), Record(2)) }));

    [Fact]
    public void Request_StoredTwice_IsADuplicate() =>
        Assert.Contains(Broken.Duplicate, Found(Sound() with
        {
            Stored = Stored(Record(1), Record(2), Record(3), Record(4) with { RequestId = "r1" }),
        }));

    [Fact]
    public void Content_StoredUnderTwoRequests_IsADuplicate() =>
        Assert.Contains(Broken.Duplicate, Found(Sound() with
        {
            Stored = Stored(Record(1), Record(2), Record(3), Record(4) with { Content = "report:1" }),
        }));

    [Fact]
    public void Request_AcknowledgedAtTwoRevisions_IsADuplicate() =>
        Assert.Contains(Broken.Duplicate, Found(With(
            Write(3, 100, 101), Write(3, 102, 103) with { Revision = 4 })));

    [Fact]
    public void Revisions_WithAHole_AreAGap() =>
        Assert.Contains(Broken.Gap, Found(Sound() with { Stored = Stored(Record(1), Record(3)) }));

    [Fact]
    public void Head_BehindTheRecords_IsAGap() =>
        Assert.Contains(Broken.Gap, Found(Sound() with
        {
            Stored = new Dictionary<string, StoredPatient> { [Patient] = new(2, [Record(1), Record(2), Record(3)]) },
        }));

    [Fact]
    public void Write_AcknowledgedAtAnotherRevision_IsAFork() =>
        Assert.Contains(Broken.Fork, Found(With(Write(2, 100, 101) with { RequestId = "r3", Content = "report:3" })));

    [Fact]
    public void Write_AcknowledgedAtAnotherTime_IsAFork() =>
        Assert.Contains(Broken.Fork, Found(With(Write(3, 100, 101) with { RecordedAt = 7 })));

    [Fact]
    public void Write_SentAfterALaterOneWasAcknowledged_IsOutOfOrder()
    {
        var evidence = Sound() with
        {
            Operations = [Write(2, 0, 10), Write(1, 20, 30), Write(3, 40, 50)],
            Watches = [],
        };

        Assert.Equal([Broken.Order], Found(evidence));
    }

    [Fact]
    public void Write_SentBeforeALaterOneWasAcknowledged_IsInOrder() =>
        Assert.Empty(Found(Sound() with
        {
            Operations = [Write(2, 0, 10), Write(1, 5, 30), Write(3, 40, 50)],
            Watches = [],
        }));

    [Fact]
    public void Read_BehindAnAcknowledgedWrite_IsStale() =>
        Assert.Contains(Broken.StaleRead, Found(With(Read(2, 100, 110))));

    [Fact]
    public void Read_BehindAnotherRead_IsStale() =>
        Assert.Equal([Broken.StaleRead], Found(Sound() with
        {
            Operations = [Write(3, 0, 100), Read(3, 10, 20), Read(2, 30, 40), Unknown(1), Unknown(2)],
            Watches = [],
        }));

    [Fact]
    public void Read_BehindAWatch_IsStale() =>
        Assert.Equal([Broken.StaleRead], Found(Sound() with
        {
            Operations = [Write(3, 0, 100), Read(2, 90, 95), Unknown(1), Unknown(2)],
        }));

    [Fact]
    public void Read_ThatFindsNoPatientThoughThereIsOne_IsStale() =>
        Assert.Equal([Broken.StaleRead], Found(With(
            Read(1, 100, 110) with { Outcome = Outcome.Fail, Reason = "PATIENT_NOT_FOUND", Revision = null })));

    [Fact]
    public void Amendment_ThatDoesNotFindWhatWasAcknowledged_IsStale() =>
        Assert.Equal([Broken.StaleRead], Found(With(
            Refused(9, "OBSERVATION_NOT_FOUND") with { Kind = Kind.Amend })));

    [Fact]
    public void List_BehindAnAcknowledgedWrite_IsStale() =>
        Assert.Contains(Broken.StaleRead, Found(With(List(0, 100, 1, 2))));

    [Fact]
    public void List_WithAHole_IsAGap() => Assert.Contains(Broken.Gap, Found(With(List(0, 100, 1, 3))));

    [Fact]
    public void List_OfAnotherRequest_IsAPhantom() =>
        Assert.Contains(Broken.Phantom, Found(With(List(0, 100, 1, 2, 3) with
        {
            Listed = [new(1, "r1", 1000), new(2, "other", 2000), new(3, "r3", 3000)],
        })));

    [Fact]
    public void RequestId_StoredWithOtherContent_IsReuse() =>
        Assert.Contains(Broken.ReusedId, Found(With(
            Write(3, 100, 110) with { Content = "report:other" })));

    [Fact]
    public void RequestId_RefusedAsReusedThoughItWasNot_IsWrong() =>
        Assert.Equal([Broken.ReusedId], Found(With(Refused(3, "REQUEST_ID_REUSED"))));

    [Fact]
    public void RequestId_RefusedAsReusedForOtherContent_IsRight() =>
        Assert.Empty(Found(With(Refused(3, "REQUEST_ID_REUSED") with { Content = "report:other" })));

    [Fact]
    public void Write_RefusedButStored_IsFound()
    {
        var evidence = Sound() with
        {
            Operations = [Write(1, 0, 10), Write(2, 20, 30), Refused(3, "UNAVAILABLE")],
            Watches = [],
        };

        Assert.Equal([Broken.RefusedButStored], Found(evidence));
    }

    [Fact]
    public void Write_WithoutAnAnswer_MayBeStoredOrNot()
    {
        var verdict = Judge.Of(Sound() with
        {
            Operations = [Write(1, 0, 10), Write(2, 20, 30), Unknown(3), Unknown(4)],
            Watches = [],
        });

        Assert.Empty(verdict.Violations);
        Assert.Equal((1, 1), verdict.Resolved);
    }

    [Fact]
    public void Record_ThatNobodySent_IsAPhantom() =>
        Assert.Equal([Broken.Phantom], Found(Sound() with
        {
            Stored = Stored(Record(1), Record(2), Record(3), Record(4)),
            Watches = [],
        }));

    [Fact]
    public void Read_OfARevisionThatIsNotStored_IsAPhantom() =>
        Assert.Contains(Broken.Phantom, Found(With(Read(4, 100, 110))));

    [Fact]
    public void Watch_OfARevisionThatIsNotStored_IsAPhantom() =>
        Assert.Contains(Broken.Phantom, Found(Watching(Shown(1, 1), Shown(1, 2), Shown(1, 3), Shown(1, 4))));

    [Fact]
    public void Watch_OfARevisionThatWasStoredDifferently_IsAPhantom() =>
        Assert.Equal([Broken.Phantom], Found(Watching(Shown(1, 1), Shown(1, 2) with { RecordedAt = 5 }, Shown(1, 3))));

    [Fact]
    public void Watch_ThatLeavesARevisionOut_HasAGap() =>
        Assert.Equal([Broken.WatchGap], Found(Watching(Shown(1, 1), Shown(2, 3))));

    [Fact]
    public void Watch_ThatSaysAllIsShownTooSoon_HasAGap() =>
        Assert.Equal([Broken.WatchGap], Found(Watching(
            Shown(1, 1), Shown(1, 2), Shown(1, 3) with { Sight = Sight.Progress })));

    [Fact]
    public void Watch_ThatShowsARevisionAgain_Repeats() =>
        Assert.Equal([Broken.WatchRepeat], Found(Watching(Shown(1, 1), Shown(1, 2), Shown(2, 2), Shown(2, 3))));

    [Fact]
    public void Watch_ThatGoesBackward_Reorders() =>
        Assert.Equal([Broken.WatchReorder], Found(Watching(Shown(1, 1), Shown(1, 2), Shown(1, 1), Shown(1, 3))));

    [Fact]
    public void Watch_ThatCannotGoOn_IsRefused() =>
        Assert.Equal([Broken.WatchRefused], Found(Watching(
            Shown(1, 1), Shown(2, 1) with { Sight = Sight.Refused }, Shown(3, 2), Shown(3, 3))));

    [Fact]
    public void Watch_ThatEndsEarly_IsBehind() =>
        Assert.Equal([Broken.WatchBehind], Found(Watching(Shown(1, 1), Shown(1, 2))));

    [Fact]
    public void Write_DoneAtAnotherRevisionThanExpected_IsFound() =>
        Assert.Equal([Broken.Expectation], Found(With(Write(3, 50, 60) with { Expected = 1 })));

    [Fact]
    public void Records_WhoseTimesRunBackward_AreFound() =>
        Assert.Contains(Broken.Time, Found(Sound() with
        {
            Stored = Stored(Record(1), Record(2) with { RecordedAt = 500 }, Record(3)),
        }));

    [Fact]
    public void Acknowledgement_FasterThanAFlush_IsEarly() =>
        Assert.Equal([Broken.EarlyAck], Found(Sound() with { Faults = [new("slow", 35, 200, AckMin: 20)] }));

    [Fact]
    public void Acknowledgement_OfARepeatThatFindsItStored_IsNotEarly() =>
        Assert.Empty(Found(With(Unknown(3, invoked: 37, returned: 40)) with
        {
            Faults = [new("slow", 35, 200, AckMin: 20)],
        }));

    [Fact]
    public void Acknowledgement_SlowerThanAFlush_IsNotEarly() =>
        Assert.Empty(Found(Sound() with { Faults = [new("slow", 35, 200, AckMin: 10)] }));

    [Fact]
    public void Acknowledgement_AfterAFailedFlush_IsEarly() =>
        Assert.Equal([Broken.EarlyAck], Found(With(
            Unknown(9) with { Invoked = 12, Returned = 15, Reason = "OUTCOME_UNKNOWN" }) with
        {
            Faults = [new("failed", 11, 35, FailsForGood: true)],
        }));

    [Fact]
    public void RepeatingClient_ThatFailsDuringARestart_IsNotServed() =>
        Assert.Equal([Broken.NotServed], Found(With(
            Unknown(9) with { Reason = "Unavailable" }, Unknown(8) with { Reason = "EPISODE_OPEN" }) with
        {
            Faults = [new("restart", 190, 220, ServesRepeating: true)],
        }));

    [Fact]
    public void Recovery_IsCountedForThePatientsThatFeltTheFault()
    {
        var recovery = Recovered(
            new("kill", 100, 100, RecoveryFrom: 100),
            Write(1, 0, 10), Unknown(5, 101, 150), Write(2, 160, 190), Write(3, 200, 250),
            Unknown(1, 120, 130) with { Patient = "q" });

        Assert.Equal([90L, 30L], recovery.Felt.OrderDescending());
        Assert.Equal(90L, recovery.Silence);
    }

    [Fact]
    public void Recovery_OfAPatientThatFailsAgain_IsCountedToTheLastFailure() =>
        Assert.Equal([310L], Recovered(
            new("kill", 100, 300, RecoveryFrom: 110),
            Unknown(5, 111, 150), Write(1, 160, 170), Refused(6, "UNAVAILABLE") with { Invoked = 380, Returned = 390 },
            Write(2, 400, 420), Write(3, 430, 440)).Felt);

    [Fact]
    public void Recovery_OfASlowWrite_IsCountedToItsEnd() =>
        Assert.Equal([1_500_000L], Recovered(
            new("kill", 100, 300, RecoveryFrom: 110), Write(1, 111, 120), Write(2, 130, 1_500_110)).Felt);

    [Fact]
    public void Recovery_IsNotCountedPastTheNextFault()
    {
        var verdict = Judge.Of(Sound() with
        {
            Operations = [Unknown(5, 111, 150), Write(1, 160, 170), Unknown(6, 520, 540), Write(2, 550, 560)],
            Watches = [],
            Faults = [new("one", 100, 200, RecoveryFrom: 110), new("two", 500, 500, RecoveryFrom: 510)],
        });

        Assert.Equal([[60L], [50L]], verdict.Recoveries.Select(recovery => recovery.Felt));
    }

    [Fact]
    public void Recovery_OfAHarmedNode_IsCountedAtTheOthers() =>
        Assert.Equal([60L], Recovered(
            new("kill", 100, 300, RecoveryFrom: 110, Node: 1, HealingFrom: 250),
            Unknown(5, 111, 150) with { Node = 2 }, Write(1, 160, 170) with { Node = 2 },
            Unknown(6, 200, 220) with { Node = 1 }, Unknown(7, 225, 230) with { Node = 2, Cut = true },
            Write(2, 240, 245) with { Node = 2 }).Felt);

    [Fact]
    public void Recovery_OfAHealingThatIsFelt_IsCountedFromTheHealing() =>
        Assert.Equal([60L, 30L], Recovered(
            new("kill", 100, 300, RecoveryFrom: 110, Node: 1, HealingFrom: 250),
            Unknown(5, 111, 150) with { Node = 2 }, Write(1, 160, 170) with { Node = 2 },
            Unknown(6, 255, 260) with { Node = 2 }, Write(2, 270, 280) with { Node = 3 }).Felt);

    [Fact]
    public void Server_ThatDidWhatItMustNot_IsFound() =>
        Assert.Equal([Broken.NotServed], Found(Sound() with { Faults = [new("restart", 1, 2, Broke: "was late")] }));

    [Fact]
    public void Patient_ThatIsNeverServedAgain_IsFound()
    {
        var fault = new Fault("kill", 100, 110, RecoveryFrom: 110, RecoveryMax: 1000);
        var evidence = With(Unknown(5, 111, 150), Unknown(6, 1100, 1105));

        // Not tried again after the time to recover.
        Assert.Empty(Found(evidence with { Faults = [fault] }));

        evidence = With(Unknown(5, 111, 150), Unknown(6, 1110, 1120));
        Assert.Equal([Broken.NotServed], Found(evidence with { Faults = [fault] }));
    }

    /// <summary>Three writes one after the other, a read, a list, and a watch over two connections.</summary>
    private static Evidence Sound() => new(
        [Write(1, 0, 10), Write(2, 20, 30), Write(3, 40, 50), Read(3, 60, 70), List(1, 80, 2, 3)],
        [
            Shown(1, 0) with { Sight = Sight.Opened }, Shown(1, 1), Shown(1, 2),
            Shown(2, 2) with { Sight = Sight.Opened },
            Shown(2, 3), Shown(2, 3) with { Sight = Sight.Progress },
        ],
        [],
        new Dictionary<string, StoredPatient>
        {
            [Patient] = new(3, [Record(1), Record(2), Record(3)]),
        });

    private static Evidence With(params Operation[] more) =>
        Sound() with { Operations = [.. Sound().Operations, .. more] };

    private static Evidence Watching(params WatchLine[] lines) => Sound() with { Watches = lines };

    private static Recovery Recovered(Fault fault, params Operation[] operations) => Assert.Single(
        Judge.Of(Sound() with { Operations = operations, Watches = [], Faults = [fault] }).Recoveries);

    private static IEnumerable<Broken> Found(Evidence evidence) =>
        Judge.Of(evidence).Violations.Select(violation => violation.Broken).Distinct();

    private static Dictionary<string, StoredPatient> Stored(params StoredRecord[] records) =>
        new() { [Patient] = new(records[^1].Revision, records) };

    private static StoredRecord Record(long revision) =>
        new(revision, $"r{revision}", $"report:{revision}", revision * 1000);

    private static Operation Write(int number, long invoked, long returned) => new()
    {
        Client = 1,
        Kind = Kind.Report,
        Invoked = invoked,
        Returned = returned,
        Outcome = Outcome.Ok,
        Patient = Patient,
        RequestId = $"r{number}",
        Content = $"report:{number}",
        Revision = number,
        RecordedAt = number * 1000,
    };

    private static Operation Unknown(int number, long invoked = 200, long returned = 210) =>
        Write(number, invoked, returned) with { Outcome = Outcome.Unknown, Revision = null, RecordedAt = null };

    private static Operation Refused(int number, string reason) =>
        Unknown(number) with { Outcome = Outcome.Fail, Reason = reason };

    private static Operation Read(int revision, long invoked, long returned) => new()
    {
        Client = 2,
        Kind = Kind.Read,
        Invoked = invoked,
        Returned = returned,
        Outcome = Outcome.Ok,
        Patient = Patient,
        Revision = revision,
        RecordedAt = revision * 1000,
    };

    private static Operation List(long after, long at, params int[] revisions) => new()
    {
        Client = 2,
        Kind = Kind.List,
        Invoked = at,
        Returned = at + 5,
        Outcome = Outcome.Ok,
        Patient = Patient,
        After = after,
        Revision = revisions[^1],
        Listed = [.. revisions.Select(revision => new ListedEvent(revision, $"r{revision}", revision * 1000))],
    };

    private static WatchLine Shown(int connection, long revision) =>
        new(1, connection, 50 + (10 * revision), Patient, Sight.Assessment, revision, revision * 1000);
}
