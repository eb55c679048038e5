using System.Collections.Concurrent;
using Xunit;
using static LegPain.Grains.Tests.Patient.Reports;

namespace LegPain.Grains.Tests.Cluster;

public sealed class PatientObserverTests(PatientCluster cluster)
{
    [Fact]
    public async Task Subscribe_ThenReports_SignalsEachRevision()
    {
        const string Key = "observed";
        var (observer, reference) = Observe();
        await cluster.Patient(Key).SubscribeAsync(reference).InTime();

        for (var i = 1; i <= 3; i++)
        {
            await cluster.Patient(Key).AcceptedAsync(Report(Request(i), Present("fever")));
        }

        await Patience.UntilAsync(() => observer.Signals.Count == 3);
        Assert.Equal([(Key, 1L), (Key, 2L), (Key, 3L)], observer.Signals.Order());
    }

    [Fact]
    public async Task Subscribe_WhenARepeatOrARefusalFollows_SignalsNothing()
    {
        const string Key = "not-signalled";
        var (observer, reference) = Observe();
        await cluster.Patient(Key).SubscribeAsync(reference).InTime();
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));

        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await cluster.Patient(Key).RefusedAsync(StartsEpisode("b"));
        await cluster.Patient(Key).AcceptedAsync(Report("c", Present("fever")));

        await Patience.UntilAsync(() => observer.Signals.Contains((Key, 2L)));
        Assert.Equal([(Key, 1L), (Key, 2L)], observer.Signals.Order());
    }

    [Fact]
    public async Task Subscription_NotRenewed_EndsWithItsLease()
    {
        const string Key = "lease";
        var (lapsed, lapsedReference) = Observe();
        var (renewed, renewedReference) = Observe();
        await cluster.Patient(Key).SubscribeAsync(lapsedReference).InTime();
        await cluster.Patient(Key).SubscribeAsync(renewedReference).InTime();
        cluster.Clock.Advance(WatchLease.Duration - TimeSpan.FromSeconds(1));
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));
        await Patience.UntilAsync(() => lapsed.Signals.Count == 1 && renewed.Signals.Count == 1);

        await cluster.Patient(Key).SubscribeAsync(renewedReference).InTime();
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        await cluster.Patient(Key).AcceptedAsync(Report("b", Present("fever")));

        // Both are signalled in one turn: once the one that was renewed has heard, the other would have been sent to.
        await Patience.UntilAsync(() => renewed.Signals.Contains((Key, 2L)));
        Assert.Equal([(Key, 1L)], lapsed.Signals);
    }

    [Fact]
    public async Task Unsubscribe_ThenAReport_SignalsNothing()
    {
        const string Key = "unsubscribed";
        var (gone, goneReference) = Observe();
        var (here, hereReference) = Observe();
        await cluster.Patient(Key).SubscribeAsync(goneReference).InTime();
        await cluster.Patient(Key).SubscribeAsync(hereReference).InTime();

        await cluster.Patient(Key).UnsubscribeAsync(goneReference).InTime();
        await cluster.Patient(Key).AcceptedAsync(Report("a", Present("fever")));

        await Patience.UntilAsync(() => here.Signals.Count == 1);
        Assert.Empty(gone.Signals);
    }

    private (Observer Observer, IPatientObserver Reference) Observe()
    {
        var observer = new Observer();
        return (observer, cluster.Client.CreateObjectReference<IPatientObserver>(observer));
    }

    private sealed class Observer : IPatientObserver
    {
        public ConcurrentQueue<(string Patient, long Revision)> Signals { get; } = [];

        public void Changed(string patientKey, long revision) => Signals.Enqueue((patientKey, revision));
    }
}
