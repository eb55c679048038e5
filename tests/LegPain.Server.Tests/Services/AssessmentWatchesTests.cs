using LegPain.Server.Watch;
using LegPain.Tests;
using Xunit;

namespace LegPain.Server.Tests.Services;

public sealed class AssessmentWatchesTests : IDisposable
{
    private const string Patient = "p";

    private readonly OpenStreams _streams = new(new());
    private readonly AssessmentWatches _watches;

    public AssessmentWatchesTests() => _watches = new(null!, _streams);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _streams.Dispose();

    /// <summary>A client that resumes does just that: its old watch closes while its new one opens.</summary>
    [Fact]
    public async Task WatchOpened_WhileTheLastOneOfThePatientCloses_HearsOfChanges()
    {
        for (var i = 0; i < 5000; i++)
        {
            var old = _watches.Open(Patient);
            using var both = new Barrier(2);
            var closing = Task.Run(() =>
            {
                both.SignalAndWait(Token);
                old.Dispose();
            }, Token);
            both.SignalAndWait(Token);
            using var opened = _watches.Open(Patient);
            await closing;

            _watches.Changed(Patient, 1);

            Assert.True(await HearsAsync(opened, Patience.Max), $"Deaf after {i} turns.");
        }
    }

    [Fact]
    public async Task Watches_OfAPatient_AreToldToRenewAlone()
    {
        using var one = _watches.Open(Patient);
        using var other = _watches.Open("other");

        _watches.Renew(Patient);

        Assert.Equal((true, false), (one.TakeRenewal(), other.TakeRenewal()));
        Assert.True(await HearsAsync(one, Patience.Max));
        Assert.False(await HearsAsync(other, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void LastWatch_OfAPatient_SaysSo()
    {
        var first = _watches.Open(Patient);
        var second = _watches.Open(Patient);

        first.Dispose();
        second.Dispose();

        Assert.Equal((false, true), (first.WasLast, second.WasLast));
    }

    private static async Task<bool> HearsAsync(AssessmentWatches.Watch watch, TimeSpan within) =>
        await watch.WaitAsync(within, TimeProvider.System, Token);
}
