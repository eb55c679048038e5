using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Client;
using LegPain.Cluster.Tests.Infrastructure;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Xunit;
using static LegPain.Cluster.Tests.Infrastructure.Requests;

namespace LegPain.Cluster.Tests;

/// <summary>A node that is asked to stop.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Stop_WithAThousandWatches_TellsEachWhereToGoOnAndIsGoneInTenSeconds()
    {
        const int watches = 1000;
        await using var cluster = await TestCluster.StartAsync("stop");
        var nodes = await cluster.AddAndStartAsync(2);
        await nodes[0].Triage.ReportObservationsAsync(Report("p", "r1", "fever"), Soon);
        var open = await OpenAsync(nodes[0], watches);
        var ends = open.Select(EndOfAsync).ToList();

        var took = await nodes[0].Node.StopAsync();
        var ended = await Task.WhenAll(ends);

        Assert.All(ended, end => Assert.Equal((StatusCode.Unavailable, "1"), end));
        Assert.True(took < GoneWithin, $"The node was gone after {took}.");
        var after = await nodes[1].Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon);
        Assert.Equal(1, after.Assessment.Revision);
        open.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task Stop_WhileWatchesAreWrittenTo_TellsEachHowFarItCame()
    {
        const int watches = 50;
        await using var cluster = await TestCluster.StartAsync("stop-busy");
        var nodes = await cluster.AddAndStartAsync(2);
        await nodes[1].Triage.ReportObservationsAsync(Report("p", "r1", "fever"), Soon);
        var open = await OpenAsync(nodes[0], watches);
        var ends = open.Select(LastAsync).ToList();

        var stopped = nodes[0].Node.StopAsync();
        for (var report = 2; !stopped.IsCompleted; report++)
        {
            await ReportUntilStoredAsync(() => nodes[1].Triage, Report("p", $"r{report}", "fever"));
        }

        await stopped;

        Assert.All(await Task.WhenAll(ends), end => Assert.Equal($"{end.Seen}", end.Resume));
        open.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task Stop_SaysSoBeforeItRefusesAnything()
    {
        await using var cluster = await TestCluster.StartAsync("drain");
        var node = (await cluster.AddAndStartAsync(1, "--drainDelay", "00:00:05"))[0];
        var health = new Health.HealthClient(node.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new(), Soon)).Status);

        var stopped = node.Node.StopAsync();
        while ((await health.CheckAsync(new(), Soon)).Status == HealthCheckResponse.Types.ServingStatus.Serving)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        var report = await node.Triage.ReportObservationsAsync(Report("p", "r1", "fever"), Soon);
        await stopped;

        Assert.Equal(1, report.Assessment.Revision);
    }

    [Fact]
    public async Task RollingRestart_UnderLoad_FailsNoWriteOfTheClient()
    {
        const int writers = 6;
        await using var cluster = await TestCluster.StartAsync("roll");
        var nodes = await cluster.AddAndStartAsync(3);
        using var client = LegPainClient.Connect(
            [.. nodes.Select(node => node.Node.Address)], new() { Deadline = Patience.Max });
        using var done = new CancellationTokenSource();
        var writing = Enumerable.Range(0, writers).Select(writer => WriteAsync(client, writer, done.Token)).ToList();

        foreach (var node in nodes)
        {
            await node.Node.StopAsync();
            await node.Node.StartAsync();
        }

        await done.CancelAsync();
        var written = await Task.WhenAll(writing);

        Assert.All(written, count => Assert.True(count > 3, "There was too little load to prove anything."));
    }

    /// <summary>Writes one report after the other until told to stop; returns how many.</summary>
    private static async Task<long> WriteAsync(LegPainClient client, int writer, CancellationToken cancellationToken)
    {
        for (var revision = 1L; ; revision++)
        {
            var assessment = await client.ReportObservationsAsync(
                $"p{writer}", [new() { Finding = "fever", Presence = Presence.Present }],
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(revision, assessment.Revision);
            if (cancellationToken.IsCancellationRequested)
            {
                return revision;
            }
        }
    }

    /// <summary>Opens watches of one patient, and waits until each has shown something.</summary>
    private static async Task<List<AsyncServerStreamingCall<WatchAssessmentResponse>>> OpenAsync(
        Member node, int count)
    {
        var open = Enumerable.Range(0, count)
            .Select(_ => node.Triage.WatchAssessment(new() { Patient = "p" }, Soon)).ToList();
        await Task.WhenAll(open.Select(watch => watch.ResponseStream.MoveNext(Soon.CancellationToken)));
        return open;
    }

    private static async Task<(StatusCode, string?)> EndOfAsync(AsyncServerStreamingCall<WatchAssessmentResponse> watch)
    {
        var (code, _, resume) = await LastAsync(watch);
        return (code, resume);
    }

    /// <summary>
    /// Reads a watch that has shown something to its end: how it ended, what it showed last, where it says to go on.
    /// </summary>
    private static async Task<(StatusCode Code, long Seen, string? Resume)> LastAsync(
        AsyncServerStreamingCall<WatchAssessmentResponse> watch)
    {
        var seen = watch.ResponseStream.Current.Assessment.Revision;
        var end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Soon.CancellationToken))
            {
                seen = watch.ResponseStream.Current.Assessment?.Revision ?? seen;
            }
        });
        var info = end.GetRpcStatus()?.GetDetail<ErrorInfo>();
        return (end.StatusCode, seen, info?.Metadata.GetValueOrDefault("resume_revision"));
    }
}
