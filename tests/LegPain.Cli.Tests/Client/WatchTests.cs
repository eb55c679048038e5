using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LegPain.Cli.Tests.Client;

public sealed class WatchTests
{
    private static readonly TimeSpan TestMax = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_OverCutConnections_GoesOnFromItsLastRevision_EachOnceAndInOrder()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Watches.Enqueue([1, 2]);
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", TimeSpan.FromMilliseconds(10)));
        server.Watches.Enqueue([2, 1, 3, -3, -2]);
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", TimeSpan.FromMilliseconds(10)));
        server.Watches.Enqueue([4]);
        using var client = LegPainClient.Connect(
            server.Address, new LegPainClientOptions { Jitter = () => 0 }.Unhurried());

        var revisions = await TakeAsync(client, "p", 4);

        Assert.Equal([1, 2, 3, 4], revisions);
        Assert.Equal([0, 2, 3], server.WatchedFrom);
    }

    /// <summary>Above 0 is an assessment, below 0 a progress message.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(-2)]
    public async Task Watch_ThatLeavesOutARevision_ThrowsAfterWhatCameBefore(long next)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Watches.Enqueue([1, next]);
        using var client = LegPainClient.Connect(server.Address);
        var revisions = new List<long>();

        var gap = await Assert.ThrowsAsync<LegPainException>(() => TakeAsync(client, "p", 2, revisions));

        Assert.Equal([1], revisions);
        Assert.Equal((LegPainException.WatchGap, StatusCode.DataLoss), (gap.Reason, gap.Code));
        Assert.Equal(
            ("1", $"{Math.Abs(next)}"), (gap.Metadata["last_revision"], gap.Metadata["received_revision"]));
    }

    [Fact]
    public async Task Watch_RefusedForGood_Throws()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.NotFound, "REVISION_NOT_FOUND"));
        using var client = LegPainClient.Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => TakeAsync(client, "p", 1));

        Assert.Equal("REVISION_NOT_FOUND", exception.Reason);
    }

    [Fact]
    public async Task Watch_OfAServerThatTakesNoMore_EndsAfterTheLastAttempt()
    {
        await using var server = await ScriptedServer.StartAsync();
        Enumerable.Range(0, 9).ToList().ForEach(_ => server.Refusals.Enqueue(
            ScriptedServer.Refusal(Code.ResourceExhausted, "TOO_MANY_WATCHES", TimeSpan.FromMilliseconds(5))));
        using var client = LegPainClient.Connect(
            server.Address, new LegPainClientOptions { AttemptsMax = 4 }.Unhurried());

        await Assert.ThrowsAsync<LegPainException>(() => TakeAsync(client, "p", 1));

        Assert.Equal(4, server.WatchedFrom.Count);
    }

    [Fact]
    public async Task Watch_OfASilentServer_IsOpenedAnew()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.SendsOneThenNothing = true;
        using var client = LegPainClient.Connect(
            server.Address,
            new() { WatchSilenceMax = TimeSpan.FromMilliseconds(300), BackoffFirst = TimeSpan.FromMilliseconds(5) });

        Assert.Equal([1, 2], await TakeAsync(client, "p", 2));
    }

    /// <summary>The consumer takes three times as long over an assessment as a server may be silent.</summary>
    [Fact]
    public async Task Watch_OfASlowConsumer_KeepsItsConnection()
    {
        var clock = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync();
        server.Watches.Enqueue([1, 2]);
        var options = new LegPainClientOptions { Clock = clock }.Unhurried();
        using var client = LegPainClient.Connect(server.Address, options);
        await using var watch = client.WatchAsync("p", cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync().InTime());

        clock.Advance(3 * options.WatchSilenceMax);

        Assert.True(await watch.MoveNextAsync().InTime());
        Assert.Equal(2, watch.Current.Revision);
        Assert.Equal([0], server.WatchedFrom);
    }

    /// <summary>A timer that is due while its watch ends may still call back once the watch is gone.</summary>
    [Fact]
    public async Task Watch_WhoseTimerIsDueAsItEnds_Ends()
    {
        var clock = new LateClock();
        await using var server = await ScriptedServer.StartAsync();
        server.SendsOneThenNothing = true;
        using var client = LegPainClient.Connect(server.Address, new() { Clock = clock });
        await TakeAsync(client, "p", 1);

        Assert.NotEmpty(clock.Due);
        Assert.All(clock.Due, callBack => callBack());
    }

    [Fact]
    public async Task Watch_AcrossARestartOfTheServer_MissesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;
        try
        {
            var interruptions = 0;
            var first = await RealServer.StartAsync(folder, port: 0);
            var address = new Uri(first.Urls.Single());
            using var client = LegPainClient.Connect(
                address,
                new LegPainClientOptions
                {
                    WatchInterrupted = (_, _) => Interlocked.Increment(ref interruptions),
                }.Unhurried());
            var taking = TakeAsync(client, "p", 4);
            await ReportAsync(client, "fever");
            await ReportAsync(client, "rigors");
            await first.StopAsync(Token);
            await first.DisposeAsync();

            await using var second = await RealServer.StartAsync(folder, address.Port);
            await ReportAsync(client, "chest-pain");
            await ReportAsync(client, "breathlessness");

            Assert.Equal([1, 2, 3, 4], await taking);
            Assert.True(interruptions > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<Assessment> ReportAsync(LegPainClient client, string finding) => client.ReportObservationsAsync(
        "p", [new() { Finding = finding, Presence = Presence.Present }],
        cancellationToken: Token);

    private static async Task<List<long>> TakeAsync(
        LegPainClient client, string patient, int count, List<long>? into = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(TestMax);
        var revisions = into ?? [];
        await foreach (var assessment in client.WatchAsync(patient, cancellationToken: stop.Token))
        {
            revisions.Add(assessment.Revision);
            if (revisions.Count == count)
            {
                break;
            }
        }

        return revisions;
    }

    /// <summary>A clock whose timers call back when the test does it for them, disposed or not.</summary>
    private sealed class LateClock : TimeProvider
    {
        public ConcurrentQueue<Action> Due { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Due.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
