using LegPain.Robustness;
using LegPain.Robustness.Checking;
using LegPain.Robustness.History;
using LegPain.Robustness.Nemeses;
using Xunit;

namespace LegPain.Cluster.Tests.Checking;

/// <summary>A run that proves too little must not pass.</summary>
public sealed class FullResultTests
{
    private static readonly Verdict Sound = new()
    {
        Violations = [],
        Attempts = new Dictionary<Outcome, int>(),
        Acknowledged = 100,
        Stored = 100,
        Resolved = (0, 0),
        Shown = 0,
        Reconnects = 10_000,
        Recoveries = [new(new("kill", 1, 2, RecoveryFrom: 1), [5], 5, [])],
    };

    [Fact]
    public void SoundRuns_Pass() => Assert.True(Of(Sound).Passed);

    [Fact]
    public void NothingRun_DoesNotPass() => Assert.False(new FullResult(100, isPart: true).Passed);

    [Fact]
    public void SkippedNemesis_PassesOnlyWhenSomeWereAskedFor()
    {
        var (all, part) = (Of(Sound), Of(Sound, isPart: true));
        all.Skipped.Add("kill: needs root");
        part.Skipped.Add("kill: needs root");

        Assert.Equal((false, true), (all.Passed, part.Passed));
    }

    [Fact]
    public void FailedNemesis_DoesNotPass()
    {
        var result = Of(Sound);
        result.Failed.Add("kill: no room");

        Assert.False(result.Passed);
    }

    [Fact]
    public void TooFewReconnects_DoNotPassInAFullRun()
    {
        var few = Sound with { Reconnects = 9_999 };

        Assert.Equal((false, true, true), (Of(few).Passed, Of(few, percent: 25).Passed, Of(few, isPart: true).Passed));
    }

    [Fact]
    public void TooFewAcknowledgedWrites_DoNotPass() => Assert.False(Of(Sound with { Acknowledged = 99 }).Passed);

    [Fact]
    public void FaultThatNobodyFelt_DoesNotPassWhereRecoveryIsPromised() =>
        Assert.False(Of(Sound with { Recoveries = [] }).Passed);

    [Fact]
    public void FaultThatDidNotBite_DoesNotPass() => Assert.False(Of(Sound, didBite: false).Passed);

    [Fact]
    public void LateRecovery_DoesNotPass() =>
        Assert.False(Of(Sound with { Recoveries = [Sound.Recoveries[0] with { Felt = [16_000_000] }] }).Passed);

    private static FullResult Of(Verdict verdict, int percent = 100, bool isPart = false, bool didBite = true)
    {
        var kill = Nemesis.All.Single(one => one.Name == "cluster-kill");
        return new(percent, isPart) { Runs = { new(kill, 1, 1, verdict, didBite, null!) } };
    }
}
