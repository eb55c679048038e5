using System.Collections.Concurrent;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LegPain.Journal;
using LegPain.Journal.Memory;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Admission;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Admission;

/// <summary>Every unary call has a deadline, and the server holds it.</summary>
public sealed class CallDeadlinesTests : IAsyncDisposable
{
    private readonly MemoryJournal _journal = new();
    private readonly TaskCompletionSource _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Deadlines _deadlines = new();

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    [Theory]
    [InlineData(null, "10000000u")]
    [InlineData("", "10000000u")]
    [InlineData("soon", "10000000u")]
    [InlineData("5", "10000000u")]
    [InlineData("-5S", "10000000u")]
    [InlineData("123456789S", "10000000u")]
    [InlineData("5S", "5S")]
    [InlineData("30S", "30S")]
    [InlineData("31S", "30000000u")]
    [InlineData("30001m", "30000000u")]
    [InlineData("1M", "30000000u")]
    [InlineData("99999999H", "30000000u")]
    [InlineData("250u", "250u")]
    [InlineData("1000n", "1000n")]
    [InlineData("999n", "1u")]
    [InlineData("0S", "1u")]
    public void Bound_OfWhatAClientSends_IsWithinTheLimits(string? sent, string expected) =>
        Assert.Equal(expected, CallDeadlines.Bound(sent, TimeSpan.FromSeconds(10)));

    [Theory]
    [InlineData(null, 10)]
    [InlineData("7S", 7)]
    [InlineData("2H", 30)]
    public async Task UnaryCall_OfAnyService_HasItsDeadline(string? sent, int seconds)
    {
        await using var server = await StartAsync();

        using var channel = ChannelTo(server, sent);

        await new KnowledgeService.KnowledgeServiceClient(channel).GetKnowledgeAsync(new(), Endless);

        var left = Assert.Single(_deadlines.Left);
        Assert.InRange(left, TimeSpan.FromSeconds(seconds - 3), TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Watch_HasNone()
    {
        await using var server = await StartAsync();
        await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
        _deadlines.Left.Clear();

        using var watch = server.Triage.WatchAssessment(new() { Patient = "p" }, Endless);
        await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken).InTime();

        Assert.True(Assert.Single(_deadlines.Left) > TimeSpan.FromDays(1));
    }

    [Theory]
    [InlineData("0S")]
    [InlineData("1n")]
    public async Task Report_WhoseDeadlineHasPassed_DoesNoWork(string sent)
    {
        await using var server = await StartAsync();
        using var channel = ChannelTo(server, sent);
        var triage = new TriageService.TriageServiceClient(channel);

        var refused = await RefusalOf(triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Endless));

        Assert.Equal(StatusCode.DeadlineExceeded, refused.Code);
        Assert.Empty(_deadlines.Left);
        var read = await RefusalOf(server.Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon));
        Assert.Equal("PATIENT_NOT_FOUND", read.Reason);
    }

    /// <summary>Only the server knows the deadline here: the client would wait for ever.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("300m")]
    public async Task Report_WhoseDeadlinePassesWhileItsPatientIsBusy_IsStoredOnceAtMost(string? sent)
    {
        await using var server = await StartAsync(
            settings => settings.DefaultDeadline = TimeSpan.FromMilliseconds(sent is null ? 300 : 10_000));
        using var channel = ChannelTo(server, sent);
        var triage = new TriageService.TriageServiceClient(channel);
        var appends = 0;
        _journal.BeforeAppend = async _ =>
        {
            Interlocked.Increment(ref appends);
            await _flows.Task;
        };
        var first = server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
        await LegPain.Tests.Patience.UntilAsync(() => appends == 1);

        var late = await RefusalOf(triage.ReportObservationsAsync(Report("p", "r2", Absent("fever")), Endless));
        _flows.SetResult();
        var done = await first;
        var again = await server.Triage.ReportObservationsAsync(Report("p", "r2", Absent("fever")), Soon);
        var events = await server.Triage.ListEventsAsync(new() { Patient = "p" }, Soon);

        Assert.Equal(StatusCode.DeadlineExceeded, late.Code);
        Assert.Equal((1, 2), (done.Assessment.Revision, again.Assessment.Revision));
        Assert.Equal(["r1", "r2"], events.Events.Select(e => e.RequestId));
    }

    /// <summary>Gets options of a client that would wait for ever.</summary>
    private static CallOptions Endless => new(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>A client that tells the server a timeout and does not hold it itself.</summary>
    private static GrpcChannel ChannelTo(TestServer server, string? timeout) => GrpcChannel.ForAddress(
        $"http://{server.Channel.Target}",
        new() { HttpHandler = new Timeout(timeout) { InnerHandler = new SocketsHttpHandler() } });

    private Task<TestServer> StartAsync(Action<ServerSettings>? set = null) => TestServer.StartAsync(set, builder =>
    {
        builder.Services.AddSingleton<IJournal>(_journal);
        builder.Services.AddSingleton(_deadlines);
        builder.Services.Configure<GrpcServiceOptions>(options => options.Interceptors.Add<Deadlines>());
    });

    private sealed class Timeout(string? timeout) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (timeout is not null)
            {
                request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Keeps how much time each call had left when its handler was reached.</summary>
    private sealed class Deadlines : Interceptor
    {
        public ConcurrentBag<TimeSpan> Left { get; } = [];

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Keep(context);
            return continuation(request, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Keep(context);
            return continuation(request, responseStream, context);
        }

        private void Keep(ServerCallContext context) =>
            Left.Add(context.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
