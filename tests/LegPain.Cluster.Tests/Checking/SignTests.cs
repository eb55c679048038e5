using LegPain.Robustness.Checking;
using LegPain.Robustness.History;
using LegPain.Robustness.Nemeses;
using Xunit;

namespace LegPain.Cluster.Tests.Checking;

/// <summary>
/// The signs that a fault did something: each is seen when it did, and not when all went on as usual.
/// </summary>
public sealed class SignTests
{
    private static readonly Fault Fault = new("fault", 100, 200);

    private static readonly Operation Write = new()
    {
        Client = 1,
        Kind = Kind.Report,
        Invoked = 120,
        Returned = 130,
        Outcome = Outcome.Ok,
        Patient = "p",
        RequestId = "r",
        RecordedAt = 1300,
    };

    [Fact]
    public void EveryNemesis_HasASignUnlessItIsCalm() => Assert.All(
        Nemesis.All,
        one => Assert.Equal(one.Name.EndsWith("-calm", StringComparison.Ordinal), one.Sign is null));

    [Fact]
    public void Calm_HasNoSign() => Assert.All(
        [Sign.Felt, Sign.FailedFlush, Sign.FullDisk, Sign.MovedClock, Sign.Cut, Sign.Repeated, Sign.SlowFlush],
        sign => Assert.False(IsSeen(sign, Fault, Write), sign.Says));

    [Fact]
    public void FailedWrite_IsFelt()
    {
        var failed = Write with { Outcome = Outcome.Fail, Reason = "NO_CONNECTION" };

        Assert.True(IsSeen(Sign.Felt, Fault, failed));
        Assert.False(IsSeen(Sign.Felt, Fault, failed with { Cut = true }));
        Assert.False(IsSeen(Sign.Felt, Fault, failed with { Returned = 90, Invoked = 80 }));
    }

    [Fact]
    public void SlowWrite_IsFelt() => Assert.True(IsSeen(Sign.Felt, Fault, Write with { Returned = 1_000_121 }));

    [Fact]
    public void RefusalForWantOfRoom_IsAFullDisk() => Assert.True(IsSeen(
        Sign.FullDisk, Fault, Write with { Outcome = Outcome.Fail, Reason = "STORAGE_FULL" }));

    [Fact]
    public void UnknownOutcomeOrAFailureThatWasSeen_IsAFailedFlush()
    {
        Assert.True(IsSeen(
            Sign.FailedFlush, Fault, Write with { Outcome = Outcome.Unknown, Reason = "OUTCOME_UNKNOWN" }));
        Assert.True(IsSeen(Sign.FailedFlush, Fault with { Bit = true }, Write));
    }

    [Fact]
    public void RecordAnHourAhead_IsAMovedClock() => Assert.True(IsSeen(
        Sign.MovedClock, Fault, Write, Write with { RecordedAt = TimeSpan.FromHours(1).Ticks }));

    [Fact]
    public void AcknowledgementInASlowFlush_IsItsSign() =>
        Assert.True(IsSeen(Sign.SlowFlush, Fault with { AckMin = 10 }, Write));

    [Fact]
    public void SecondAcknowledgement_IsARepeat() => Assert.True(IsSeen(Sign.Repeated, Fault, Write, Write));

    private static bool IsSeen(Sign sign, Fault fault, params Operation[] operations) =>
        sign.IsSeen(new(operations, [], [fault], new Dictionary<string, StoredPatient>()));
}
