using System.Collections.Concurrent;
using System.Diagnostics;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LegPain.Cli.Tests.Client;

/// <summary>Calls, watches and interviews over several nodes, each of which is killed, hung and cut in turn.</summary>
[Collection(Spans.Collection)]
public sealed class SeveralServersTests
{
    /// <summary>How long an attempt waits for a hung node; longer than a write takes on a busy machine.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_GoToEveryNode()
    {
        await using var nodes = await Nodes.StartAsync(3);
        using var client = nodes.Connect(new LegPainClientOptions().Unhurried());
        using var spans = new Spans();

        for (var i = 0; i < 9; i++)
        {
            await client.GetKnowledgeAsync(Token);
        }

        Assert.All(nodes.All, node => Assert.Equal(3, spans.AnsweredBy(node.Address)));
    }

    /// <summary>With the defaults: one attempt finds the node dead, the next ones do not go there.</summary>
    [Theory]
    [InlineData(Fault.Kill)]
    [InlineData(Fault.Hang)]
    [InlineData(Fault.HangOneWay)]
    public async Task Node_ThatFails_CostsOneAttempt_AndIsUsedAgainWhenItIsBack(Fault fault)
    {
        const int Calls = 20;
        await using var nodes = await Nodes.StartAsync(2);
        using var client = nodes.Connect(new() { Deadline = Patience.Max });
        using var spans = new Spans();
        await Patience.UntilAsync(async () =>
        {
            var answered = nodes.All.Select(node => spans.AnsweredBy(node.Address)).ToList();
            await ReportAsync(client, "p");
            await ReportAsync(client, "p");
            return nodes.All.Zip(answered).All(node => spans.AnsweredBy(node.First.Address) == node.Second + 1);
        });
        var failed = Failed(nodes.All[0]);
        Strike(nodes.All[0], fault);

        for (var i = 0; i < Calls; i++)
        {
            await ReportAsync(client, "p");
        }

        // One is enough; more are a stall of the machine that made the other node look dead too.
        Assert.InRange(Failed(nodes.All[0]) - failed, 1, Failed(nodes.All[1]) == 0 ? 1 : 3);
        var before = spans.AnsweredBy(nodes.All[0].Address);
        nodes.All[0].Heal();
        var back = Stopwatch.GetTimestamp();
        await Patience.UntilAsync(async () =>
        {
            await client.GetKnowledgeAsync(Token);
            return spans.AnsweredBy(nodes.All[0].Address) > before;
        });
        Assert.InRange(Stopwatch.GetElapsedTime(back), TimeSpan.Zero, TimeSpan.FromSeconds(15));

        int Failed(TcpProxy node) => spans.AttemptsAt(node.Address) - spans.AnsweredBy(node.Address);
    }

    [Fact]
    public async Task Node_DeadForLong_IsStillAskedForItsHealth_AndUsedAgain()
    {
        const int Questions = 70;
        var clock = new FakeTimeProvider(UnhurriedOptions.Ahead);
        await using var nodes = await Nodes.StartAsync(2);
        using var client = nodes.Connect(new LegPainClientOptions { Clock = clock }.Unhurried());
        using var spans = new Spans();
        var dead = nodes.All[0];
        dead.CutAfterBytes = () => 0;

        await Patience.UntilAsync(async () =>
        {
            await client.GetKnowledgeAsync(Token);
            clock.Advance(TimeSpan.FromSeconds(2));
            return dead.Accepted >= Questions;
        });
        dead.CutAfterBytes = null;

        await Patience.UntilAsync(async () =>
        {
            await client.GetKnowledgeAsync(Token);
            clock.Advance(TimeSpan.FromSeconds(2));
            return spans.AnsweredBy(dead.Address) > 0;
        });
    }

    [Fact]
    public async Task Report_WhoseAnswerIsLost_IsStoredOnce()
    {
        await using var nodes = await Nodes.StartAsync(2);
        using var client = nodes.Connect(new LegPainClientOptions().Unhurried());
        nodes.All[0].CutNextResponse();
        nodes.All[1].CutNextResponse();

        var assessment = await ReportAsync(client, "p");

        Assert.Equal(1, assessment.Revision);
        Assert.Equal(2, nodes.All.Sum(node => node.ResponsesCut));
        Assert.Single(await EventsAsync(nodes, "p"));
    }

    /// <summary>
    /// Every fault at every node, while writers write and watchers watch; the other nodes are well meanwhile.
    /// </summary>
    [Fact]
    public async Task FaultsOfEveryNode_FailNoCall_StoreEveryWriteOnce_AndLeaveNoGapInAWatch()
    {
        const int Writers = 4;
        await using var nodes = await Nodes.StartAsync(3);
        var options = new LegPainClientOptions
        {
            Deadline = Patience.Max,
            AttemptTimeout = Short,
            KeepAlive = Short,
        };
        using var client = nodes.Connect(options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var written = new int[Writers];
        var seen = Enumerable.Range(0, Writers).Select(_ => new ConcurrentQueue<long>()).ToList();
        var writing = Enumerable.Range(0, Writers).Select(WriteAsync).ToList();
        var watching = Enumerable.Range(0, Writers).Select(WatchAsync).ToList();

        foreach (var fault in Enum.GetValues<Fault>())
        {
            foreach (var node in nodes.All)
            {
                var at = written.Sum();
                Strike(node, fault);
                await Patience.UntilAsync(() => written.Sum() >= at + (10 * Writers));
                node.Heal();
                await Patience.UntilAsync(() => written.Sum() >= at + (20 * Writers));
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing).InTime();
        await Patience.UntilAsync(() => written.Index().All(writer => seen[writer.Index].Count >= writer.Item));
        await end.CancelAsync();
        await Task.WhenAll(watching).InTime();
        for (var writer = 0; writer < Writers; writer++)
        {
            var events = await EventsAsync(nodes, $"p{writer}");
            Assert.Equal(
                Enumerable.Range(0, written[writer]).Select(number => $"{number}"),
                events.Select(stored => stored.RequestId));
            Assert.Equal(Enumerable.Range(1, written[writer]).Select(number => (long)number), seen[writer]);
        }

        async Task WriteAsync(int writer)
        {
            while (!stop.IsCancellationRequested)
            {
                await ReportAsync(client, $"p{writer}", $"{written[writer]}");
                written[writer]++;
            }
        }

        Task WatchAsync(int writer) => SeveralServersTests.WatchAsync(client, $"p{writer}", seen[writer], end.Token);
    }

    [Fact]
    public async Task Watch_OfAHungNode_GoesOnElsewhere()
    {
        await using var nodes = await Nodes.StartAsync(2);
        var (hung, other) = (nodes.All[0], nodes.All[1]);
        var interruptions = 0;
        using var client = nodes.Connect(new()
        {
            KeepAlive = Short,
            WatchInterrupted = (_, _) => Interlocked.Increment(ref interruptions),
        });
        using var direct = nodes.ConnectDirectly();
        await ReportAsync(direct, "p");
        other.Kill();
        await using var watch = client.WatchAsync("p", cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync().InTime());
        var next = watch.MoveNextAsync();

        // With the other one dead, the watch is here.
        var before = Volatile.Read(ref interruptions);
        hung.Hang();
        other.Heal();
        await Patience.UntilAsync(() => Volatile.Read(ref interruptions) > before);
        await ReportAsync(direct, "p");

        Assert.True(await next.InTime());
        Assert.Equal(2, watch.Current.Revision);
    }

    /// <summary>
    /// Connections are cut after a random number of bytes, in the middle of frames and messages, hundreds of times.
    /// </summary>
    [Fact]
    public async Task Watch_CutAtRandomPlaces_HasNoGapNoRepeatAndNoPhantom()
    {
        const int Cuts = 300;
        const int BytesMax = 6000;
        await using var nodes = await Nodes.StartAsync(2);
        using var direct = nodes.ConnectDirectly();
        var random = new Random(4);
        foreach (var node in nodes.All)
        {
            node.CutAfterBytes = () =>
            {
                lock (random)
                {
                    return random.Next(BytesMax);
                }
            };
        }

        var interruptions = 0;
        using var client = nodes.Connect(new()
        {
            BackoffFirst = TimeSpan.FromMilliseconds(1),
            BackoffMax = TimeSpan.FromMilliseconds(1),
            WatchInterrupted = (_, _) => Interlocked.Increment(ref interruptions),
        });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = new ConcurrentQueue<long>();
        var watching = WatchAsync(client, "p", seen, end.Token);
        while (Volatile.Read(ref interruptions) < Cuts)
        {
            await ReportAsync(direct, "p");
        }

        Array.ForEach([.. nodes.All], node => node.CutAfterBytes = null);
        var last = (await ReportAsync(direct, "p")).Revision;
        await Patience.UntilAsync(() => seen.Count >= last);
        await end.CancelAsync();
        await watching.InTime();

        Assert.Equal(Enumerable.Range(1, (int)last).Select(revision => (long)revision), seen);
        Assert.Equal(last, (await EventsAsync(nodes, "p")).Count);
    }

    [Fact]
    public async Task Interview_OverFailingNodes_StoresEveryAnswerOnce()
    {
        await using var nodes = await Nodes.StartAsync(2);
        using var client = nodes.Connect(new() { Deadline = Patience.Max, AttemptTimeout = Short });
        using var session = await client.BeginInterviewAsync("p", cancellationToken: Token);
        var faults = Enum.GetValues<Fault>();

        for (var i = 0; i < 2 * faults.Length; i++)
        {
            var node = nodes.All[i % 2];
            Strike(node, faults[i / 2]);
            var turn = await session.AnswerAsync(
                [new() { Finding = session.Turn.Question?.Finding ?? "fever", Presence = Presence.Unknown }],
                cancellationToken: Token).InTime();
            node.Heal();
            Assert.Equal(i + 1, turn.Assessment.Revision);
        }

        Assert.Equal(2 * faults.Length, (await EventsAsync(nodes, "p")).Count);
    }

    public enum Fault
    {
        Kill,
        Hang,
        HangOneWay,
        Cut,
        CutResponses,
    }

    private static void Strike(TcpProxy node, Fault fault)
    {
        switch (fault)
        {
            case Fault.Kill:
                node.Kill();
                break;
            case Fault.Hang:
                node.Hang();
                break;
            case Fault.HangOneWay:
                node.Hang(Ways.ToClient);
                break;
            case Fault.Cut:
                node.Cut();
                break;
            default:
                node.CutNextResponse();
                node.CutNextResponse();
                break;
        }
    }

    private static Task<Assessment> ReportAsync(LegPainClient client, string patient, string? requestId = null) =>
        client.ReportObservationsAsync(
            patient, [new() { Finding = "fever", Presence = Presence.Present }], new() { RequestId = requestId },
            Token).InTime();

    /// <summary>Watches until told to end, and notes every revision.</summary>
    private static async Task WatchAsync(
        LegPainClient client, string patient, ConcurrentQueue<long> seen, CancellationToken end)
    {
        try
        {
            await foreach (var assessment in client.WatchAsync(patient, cancellationToken: end))
            {
                seen.Enqueue(assessment.Revision);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The test has seen all it needs.
        }
    }

    private static async Task<List<Event>> EventsAsync(Nodes nodes, string patient)
    {
        using var direct = nodes.ConnectDirectly();
        return await direct.ListEventsAsync(patient, pageSize: 1000, cancellationToken: Token).ToListAsync(Token);
    }
}
