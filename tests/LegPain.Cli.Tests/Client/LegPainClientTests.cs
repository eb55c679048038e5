using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LegPain.Cli.Tests.Client;

public sealed class LegPainClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Report_AfterRefusalsThatPass_IsRepeatedWithTheSameRequestId()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "OUTCOME_UNKNOWN", Soon));
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.ResourceExhausted, "JOURNAL_BUSY", Soon));
        server.Refusals.Enqueue(new RpcException(new(StatusCode.Unavailable, "bare")));
        server.Refusals.Enqueue(new RpcException(new(StatusCode.Cancelled, "bare")));
        server.Refusals.Enqueue(new RpcException(new(StatusCode.DeadlineExceeded, "bare")));
        using var client = Connect(server.Address);

        var assessment = await ReportAsync(client);

        Assert.Equal(1, assessment.Revision);
        Assert.Equal(6, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.RequestId).Distinct());
        Assert.Single(server.Requests.Distinct());
    }

    [Fact]
    public async Task Report_WithAnIdOfTheCaller_SendsThatOne()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", Soon));
        using var client = Connect(server.Address);

        await ReportAsync(client, new() { RequestId = "mine" });

        Assert.Equal(["mine", "mine"], server.Requests.Select(request => request.RequestId));
    }

    [Fact]
    public async Task Report_RefusedForEver_EndsAfterTheLastAttempt()
    {
        await using var server = await ScriptedServer.StartAsync();
        Enumerable.Range(0, 9)
            .ToList().ForEach(
                _ => server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", Soon)));
        using var client = Connect(server.Address, attemptsMax: 4);

        var exception = await Assert.ThrowsAsync<LegPainException>(
            () => ReportAsync(client, new() { RequestId = "mine" }));

        Assert.Equal(4, server.Requests.Count);
        Assert.True(exception.IsRetryable);
        Assert.Equal(("UNAVAILABLE", "mine", Soon), (exception.Reason, exception.RequestId, exception.RetryAfter));
        Assert.False(exception.IsConnectionLost);
    }

    [Theory]
    [InlineData(Code.InvalidArgument)]
    [InlineData(Code.NotFound)]
    [InlineData(Code.Aborted)]
    [InlineData(Code.AlreadyExists)]
    [InlineData(Code.FailedPrecondition)]
    [InlineData(Code.ResourceExhausted)]
    [InlineData(Code.DataLoss)]
    [InlineData(Code.Internal)]
    public async Task Report_RefusedForGood_IsNotRepeated(Code code)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(code, "SOME_REASON"));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Single(server.Requests);
        Assert.False(exception.IsRetryable);
        Assert.Equal(("SOME_REASON", (StatusCode)(int)code), (exception.Reason, exception.Code));
        Assert.Equal(4, exception.CurrentRevision);
    }

    [Fact]
    public async Task Report_WithWrongFields_CarriesThemAll()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.InvalidArgument, "INVALID_REQUEST", null, new BadRequest
        {
            FieldViolations =
            {
                new BadRequest.Types.FieldViolation { Field = "a", Reason = "MISSING", Description = "An a." },
                new BadRequest.Types.FieldViolation { Field = "b", Reason = "MALFORMED", Description = "A b." },
            },
        }));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Equal(
            [new FieldFault("a", "MISSING", "An a."), new FieldFault("b", "MALFORMED", "A b.")], exception.Fields);
    }

    [Fact]
    public async Task Report_ThatWouldHaveToWaitPastTheDeadline_EndsAtOnce()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(
            ScriptedServer.Refusal(Code.ResourceExhausted, "STORAGE_FULL", 3 * Patience.Max));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client).InTime());

        Assert.Single(server.Requests);
        Assert.True(exception.IsRetryable);
    }

    [Fact]
    public async Task Report_WhileTheClockIsSetBack_EndsWithinItsDeadline()
    {
        var clock = new WaitClock();
        var begin = clock.GetTimestamp();
        await using var server = await ScriptedServer.StartAsync();
        server.Refuses = () =>
        {
            clock.Back = TimeSpan.FromMinutes(30);
            return new RpcException(new(StatusCode.Unavailable, "bare"));
        };
        using var client = LegPainClient.Connect(
            server.Address, new() { Deadline = TimeSpan.FromSeconds(10), Clock = clock });

        await Assert.ThrowsAsync<LegPainException>(() => clock.RunAsync(ReportAsync(client)));

        Assert.InRange(clock.GetElapsedTime(begin), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    /// <summary>The deadline is that of the attempt, 3 seconds by default, and not that of the call.</summary>
    [Fact]
    public async Task Report_SendsItsDeadlineAndLanguage()
    {
        var clock = new WaitClock();
        await using var server = await ScriptedServer.StartAsync();
        using var client = LegPainClient.Connect(
            server.Address, new() { Deadline = 2 * Patience.Max, Language = "fr", Clock = clock });

        var sent = Stopwatch.GetTimestamp();
        await clock.RunAsync(ReportAsync(client));

        // It seems later by as long as its way took, and is told in whole steps of two clocks.
        var (attempt, step) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(50));
        Assert.InRange(
            server.Deadline - clock.GetUtcNow().UtcDateTime,
            attempt - step, attempt + Stopwatch.GetElapsedTime(sent) + step);
        Assert.Equal("fr", server.Language);
    }

    [Fact]
    public async Task Report_WithoutAServer_IsAConnectionLost()
    {
        using var client = Connect(new("http://127.0.0.1:1"), attemptsMax: 4);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.True(exception.IsConnectionLost);
        Assert.Equal((StatusCode.Unavailable, string.Empty), (exception.Code, exception.Reason));
        Assert.Equal(WriteOutcome.NotStored, exception.Outcome);
    }

    [Fact]
    public async Task Report_WithoutAServer_IsGivenUpEarlyWhenToldSo()
    {
        using var client = LegPainClient.Connect(
            new Uri("http://127.0.0.1:1"), new LegPainClientOptions { UnreachableMax = Soon }.Unhurried());

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client).InTime());

        Assert.True(exception.IsConnectionLost);
    }

    [Fact]
    public async Task Report_ThatIsNotAnswered_IsRepeatedWithTheSameRequestId()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = LegPainClient.Connect(
            server.Address, new() { Deadline = Patience.Max, AttemptTimeout = TimeSpan.FromSeconds(3) });
        await ReportAsync(client, new() { RequestId = "connects" });
        server.SilentReports = 2;

        await ReportAsync(client);

        var requests = server.Requests.Where(request => request.RequestId != "connects").ToList();
        Assert.Equal(3, requests.Count);
        Assert.Single(requests.Distinct());
    }

    /// <summary>
    /// The defaults but for the deadline outlast a failover: the server refuses for 15 seconds of the client's clock,
    /// which stands still but for the client's waits.
    /// </summary>
    [Fact]
    public async Task Report_DuringAFailover_IsStoredWithinTheDeadline()
    {
        var clock = new WaitClock();
        var begin = clock.GetUtcNow();
        await using var server = await ScriptedServer.StartAsync();
        server.Refuses = () => clock.GetUtcNow() - begin < TimeSpan.FromSeconds(15)
            ? new RpcException(new(StatusCode.Unavailable, "bare")) : null;
        using var client = LegPainClient.Connect(
            server.Address, new() { Deadline = TimeSpan.FromSeconds(30), Clock = clock });

        var assessment = await clock.RunAsync(ReportAsync(client));

        Assert.Equal(1, assessment.Revision);
        Assert.InRange(clock.GetUtcNow() - begin, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Report_Canceled_IsNoRefusal()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = Connect(server.Address);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ReportObservationsAsync("p", [new() { Finding = "fever" }], cancellationToken: stop.Token));
    }

    [Fact]
    public void Options_OutOfTheirRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => LegPainClient.Connect(new Uri("http://127.0.0.1:1"), new() { AttemptTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => LegPainClient.Connect([]));
    }

    private static LegPainClient Connect(Uri address, int attemptsMax = int.MaxValue) => LegPainClient.Connect(
        address,
        new LegPainClientOptions
        {
            AttemptsMax = attemptsMax,
            BackoffFirst = TimeSpan.FromMilliseconds(5),
            Jitter = () => 0.5,
        }.Unhurried());

    private static Task<Assessment> ReportAsync(LegPainClient client, RequestOptions? options = null) =>
        client.ReportObservationsAsync(
            "p", [new() { Finding = "fever", Presence = Presence.Present }], options,
            TestContext.Current.CancellationToken);

    /// <summary>A clock that stands still but for what is waited for.</summary>
    private sealed class WaitClock() : FakeTimeProvider(UnhurriedOptions.Ahead)
    {
        private readonly ConcurrentQueue<TimeSpan> _waits = new();

        /// <summary>Gets or sets how far somebody has set the wall clock back.</summary>
        public TimeSpan Back { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - Back;

        /// <summary>Lets every wait of a call pass at once.</summary>
        public async Task<T> RunAsync<T>(Task<T> call)
        {
            await Patience.UntilAsync(() =>
            {
                if (_waits.TryDequeue(out var wait))
                {
                    Advance(wait);
                }

                return call.IsCompleted;
            });
            return await call;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Enqueue(dueTime);
            return timer;
        }
    }
}
