using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Microsoft.Extensions.Time.Testing;
using Serving = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace LegPain.Cli.Tests.Client;

/// <summary>
/// Which failures leave a server out. One that is left out stays so: on the clock of these tests no rest ever ends.
/// </summary>
[Collection(Spans.Collection)]
public sealed class ServerInDoubtTests
{
    /// <summary>The patient's node is dead; the one that was asked for it is well.</summary>
    [Theory]
    [InlineData(Serving.Serving)]
    [InlineData(null)]
    public async Task Server_WhoseAttemptRanOutOfTime_IsUsedAgainOnceItAnswers(Serving? health)
    {
        await using var servers = await Pair.StartAsync();
        servers.First.Health = health;
        servers.RunOutOfTime(servers.First, Patience.Max);

        await AssertIsUsedAgainAsync(servers);
    }

    [Fact]
    public async Task Server_WhosePatientCannotBeReached_IsUsedAgainOnceItAnswers()
    {
        await using var servers = await Pair.StartAsync();
        servers.First.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE"));

        await AssertIsUsedAgainAsync(servers);
    }

    [Fact]
    public async Task Server_ThatSaysItStops_IsLeftOut()
    {
        await using var servers = await Pair.StartAsync();
        servers.First.Health = Serving.NotServing;
        servers.First.Refuses = () => ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE");
        using var client = servers.Connect();

        for (var i = 0; i < 20; i++)
        {
            await ReportAsync(client);
        }

        Assert.Equal((1, 20), servers.Counts);
    }

    /// <summary>The second attempt of a call has only what the first has left of its time.</summary>
    [Fact]
    public async Task Server_WhoseAttemptWasCutShortByTheDeadline_StaysInUse()
    {
        await using var servers = await Pair.StartAsync();
        servers.RunOutOfTime(servers.First, Patience.Max);
        servers.RunOutOfTime(servers.Second, Patience.Max / 2);
        servers.Second.Health = Serving.NotServing;
        using var client = servers.Connect(deadline: 1.5 * Patience.Max);

        var late = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Equal(StatusCode.DeadlineExceeded, late.Code);
        Assert.Equal((1, 1), servers.Counts);
        for (var i = 0; i < 20; i++)
        {
            await ReportAsync(client);
        }

        Assert.InRange(servers.Second.Requests.Count, 10, 21);
    }

    /// <summary>One is dead for long; the other was only just lost.</summary>
    [Fact]
    public async Task Servers_AllLeftOut_AreTriedByTheirFailures()
    {
        await using var nodes = await Nodes.StartAsync(2);
        var (dead, lost) = (nodes.All[1], nodes.All[0]);
        var clock = new FakeTimeProvider(UnhurriedOptions.Ahead);
        using var client = nodes.Connect(new LegPainClientOptions
        {
            AttemptsMax = 5,
            BackoffFirst = TimeSpan.Zero,
            Clock = clock,
            Jitter = () => 0,
        }.Unhurried());
        dead.CutAfterBytes = () => 0;
        await Patience.UntilAsync(async () =>
        {
            await client.GetKnowledgeAsync(TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(2));
            return dead.Accepted >= 5;
        });
        lost.CutAfterBytes = () => 0;
        lost.Cut();
        await FailAsync();
        using var spans = new Spans();

        await FailAsync();

        Assert.Equal((0, 5), (spans.AttemptsAt(dead.Address), spans.AttemptsAt(lost.Address)));

        Task FailAsync() => Assert.ThrowsAsync<LegPainException>(
            () => client.GetKnowledgeAsync(TestContext.Current.CancellationToken).InTime());
    }

    /// <summary>The first fails one report, the second takes it, and then the first is asked again.</summary>
    private static async Task AssertIsUsedAgainAsync(Pair servers)
    {
        using var client = servers.Connect();

        await ReportAsync(client);

        Assert.Equal((1, 1), servers.Counts);
        await Patience.UntilAsync(async () =>
        {
            await ReportAsync(client);
            return servers.First.Requests.Count > 1;
        });
    }

    private static Task<Assessment> ReportAsync(LegPainClient client) => client.ReportObservationsAsync(
        "p", [new() { Finding = "fever", Presence = Presence.Present }],
        cancellationToken: TestContext.Current.CancellationToken).InTime();

    /// <summary>Two servers, and a client that begins with the first.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly RestlessClock _clock = new();

        public required ScriptedServer First { get; init; }

        public required ScriptedServer Second { get; init; }

        public (int First, int Second) Counts => (First.Requests.Count, Second.Requests.Count);

        public static async Task<Pair> StartAsync() =>
            new() { First = await ScriptedServer.StartAsync(), Second = await ScriptedServer.StartAsync() };

        public LegPainClient Connect(TimeSpan? deadline = null)
        {
            var options = new LegPainClientOptions { BackoffFirst = TimeSpan.Zero, Clock = _clock }.Unhurried();
            options.Deadline = deadline ?? options.Deadline;

            // With no jitter the turn begins with the last one.
            options.Jitter = () => 0;
            return LegPainClient.Connect([Second.Address, First.Address], options);
        }

        /// <summary>
        /// Lets the next report to a server end with its deadline, after a time that passes by the client's clock only.
        /// </summary>
        public void RunOutOfTime(ScriptedServer server, TimeSpan after) => server.Refuses = () =>
        {
            server.Refuses = () => null;
            _clock.Advance(after);
            return new RpcException(new(StatusCode.DeadlineExceeded, "bare"));
        };

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }

    /// <summary>A clock that only the test advances, and timers that never call back.</summary>
    private sealed class RestlessClock() : FakeTimeProvider(UnhurriedOptions.Ahead)
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
