using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

/// <summary>The six words of a watch: ordered, unique, reliable, atomic, resumable, bookmarkable.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(settings =>
    {
        settings.ProgressEvery = TimeSpan.FromSeconds(1);
        settings.WatchesMax = 3;
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Watch_OfAPatientNotYetSeen_GetsEveryRevisionOnceAndInOrder()
    {
        using var watch = Watch("p", 0);
        var reading = Revisions(watch, until: 50);

        for (var i = 1; i <= 50; i++)
        {
            await ReportAsync("p", i);
        }

        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), await reading);
    }

    [Fact]
    public async Task Watch_Resumed_GoesOnAfterItsLastRevision()
    {
        for (var i = 1; i <= 40; i++)
        {
            await ReportAsync("p", i);
        }

        var seen = new List<long>();
        for (var last = 0L; last < 40; last = seen[^1])
        {
            using var watch = Watch("p", last);
            seen.AddRange(await Revisions(watch, until: Math.Min(40, last + 7)));
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task Watch_SaysTheSameAsTheReportDid()
    {
        using var watch = Watch("p", 0);
        var reported = (await _server.Triage.ReportObservationsAsync(
            Report("p", "r1", Present("leg-cold"), Number("age", 70)), Soon)).Assessment;

        await NextAssessment(watch);

        Assert.Equal(reported, watch.ResponseStream.Current.Assessment);
    }

    [Fact]
    public async Task Watch_WithNothingNew_SaysThatItIsAlive()
    {
        await ReportAsync("p", 1);
        using var watch = Watch("p", 1);

        Assert.True(await watch.ResponseStream.MoveNext(Ct));
        Assert.Equal(1, watch.ResponseStream.Current.Progress.Revision);
    }

    [Fact]
    public async Task Watch_WhoseClockIsSetBack_StillSaysThatItIsAlive()
    {
        var clock = new SetClock();
        await using var server = await TestServer.StartAsync(
            settings => settings.ProgressEvery = TimeSpan.FromSeconds(1),
            builder => builder.Services.AddSingleton<TimeProvider>(clock));
        using var watch = server.Triage.WatchAssessment(new() { Patient = "p" }, cancellationToken: Ct);
        Assert.True(await watch.ResponseStream.MoveNext(Ct).WaitAsync(Patience, Ct));

        clock.Back = TimeSpan.FromHours(1);

        Assert.True(await watch.ResponseStream.MoveNext(Ct).WaitAsync(Patience, Ct));
        Assert.True(await watch.ResponseStream.MoveNext(Ct).WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Watch_AfterAQuietTime_StillHearsTheNextSignal()
    {
        await using var server = await TestServer.StartAsync(
            settings => settings.ProgressEvery = TimeSpan.FromSeconds(5));
        using var watch = server.Triage.WatchAssessment(new() { Patient = "p" }, cancellationToken: Ct);
        Assert.True(await watch.ResponseStream.MoveNext(Ct));

        await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);

        // Well before the next progress message, which would also find it.
        Assert.True(await watch.ResponseStream.MoveNext(Ct).WaitAsync(TimeSpan.FromSeconds(3), Ct));
        Assert.Equal(1, watch.ResponseStream.Current.Assessment.Revision);
    }

    [Fact]
    public async Task Watch_PastTheNewestRevision_IsRefused()
    {
        await ReportAsync("p", 1);

        Assert.Equal("REVISION_NOT_FOUND", (await RefusalOf(Watch("p", 2))).Reason);
        Assert.Equal("REVISION_NOT_FOUND", (await RefusalOf(Watch("nobody", 2))).Reason);
    }

    [Fact]
    public async Task Watches_PastTheLimit_AreRefusedUntilOneCloses()
    {
        var open = new List<AsyncServerStreamingCall<WatchAssessmentResponse>>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(Watch("p", 0));
            await open[^1].ResponseStream.MoveNext(Ct);
        }

        var refused = await RefusalOf(Watch("p", 0));
        open.ForEach(watch => watch.Dispose());
        await LegPain.Tests.Patience.UntilAsync(async () =>
        {
            using var again = Watch("p", 0);
            try
            {
                return await again.ResponseStream.MoveNext(Ct);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });

        Assert.Equal(
            (StatusCode.ResourceExhausted, "TOO_MANY_WATCHES", true),
            (refused.Code, refused.Reason, refused.HasRetryInfo));
    }

    [Fact]
    public async Task SlowWatcher_HoldsUpOnlyItself()
    {
        using var slow = Watch("p", 0);
        using var quick = Watch("p", 0);
        var reading = Revisions(quick, until: 400);

        for (var i = 1; i <= 400; i++)
        {
            await ReportAsync("p", i);
        }

        Assert.Equal(400, (await reading).Count);
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i), await Revisions(slow, until: 400));
    }

    [Fact]
    public async Task Watch_WhenTheServerStops_EndsAsUnavailable()
    {
        using var watch = Watch("p", 0);
        await ReportAsync("p", 1);
        await NextAssessment(watch);

        await _server.StopAsync().WaitAsync(Patience, Ct);

        var ended = await Assert.ThrowsAsync<RpcException>(() => NextAssessment(watch));
        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
    }

    /// <summary>The wall clock of a machine, which somebody sets.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Back { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - Back;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AsyncServerStreamingCall<WatchAssessmentResponse> Watch(string patient, long after) =>
        _server.Triage.WatchAssessment(new() { Patient = patient, AfterRevision = after }, cancellationToken: Ct);

    private async Task ReportAsync(string patient, int number) =>
        await _server.Triage.ReportObservationsAsync(
            Report(patient, $"r{number}", Number("pain-intensity", number % 11)), Soon);

    private static async Task NextAssessment(AsyncServerStreamingCall<WatchAssessmentResponse> watch)
    {
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(Ct).WaitAsync(Patience, Ct));
        }
        while (watch.ResponseStream.Current.MessageCase == WatchAssessmentResponse.MessageOneofCase.Progress);
    }

    private static async Task<List<long>> Revisions(AsyncServerStreamingCall<WatchAssessmentResponse> watch, long until)
    {
        var revisions = new List<long>();
        while (revisions.LastOrDefault() < until)
        {
            await NextAssessment(watch);
            revisions.Add(watch.ResponseStream.Current.Assessment.Revision);
        }

        return revisions;
    }

    private static async Task<Refused> RefusalOf(AsyncServerStreamingCall<WatchAssessmentResponse> watch)
    {
        using (watch)
        {
            return Refused.From(
                await Assert.ThrowsAsync<RpcException>(async () => await watch.ResponseStream.MoveNext(Ct)));
        }
    }
}
