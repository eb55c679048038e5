using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Journal;
using LegPain.Journal.Memory;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Telemetry;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Admission;

/// <summary>A server with few places and a journal that holds every append until the test lets it go.</summary>
public sealed class OverloadTests : IAsyncDisposable
{
    private static readonly Observation Ordinary = Number("pain-intensity", 3);
    private static readonly Observation Sign = Present("urinary-retention");

    private readonly MemoryJournal _journal = new();
    private readonly TaskCompletionSource _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task<ReportObservationsResponse>> _held = [];
    private readonly List<Metric> _metrics = [];
    private int _appends;

    private TestServer _server = null!;

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private TriageService.TriageServiceClient Triage => _server.Triage;

    [Fact]
    public async Task FullServer_RefusesWhatCanWaitFirstAndRedFlagsLast()
    {
        await using var server = await StartAsync(callsMax: 8);
        await Triage.ReportObservationsAsync(Report("known", "r1", Ordinary), Soon);
        Stall();
        using var interview = Triage.Interview(Soon);

        await HoldAsync(3, Ordinary);
        await Triage.AssessAsync(new() { Observations = { Ordinary } }, Soon);
        await HoldAsync(1, Ordinary);
        await AssertOverloadedAsync(Triage.AssessAsync(new() { Observations = { Ordinary } }, Soon));
        await AssertOverloadedAsync(_server.Knowledge.GetKnowledgeAsync(new(), Soon));

        await HoldAsync(2, Ordinary);
        await AssertOverloadedAsync(Triage.ReportObservationsAsync(Report("more", "r1", Ordinary), Soon));
        await AssertOverloadedAsync(Triage.CloseEpisodeAsync(new() { Patient = "known", RequestId = "c1" }, Soon));
        await interview.RequestStream.WriteAsync(
            new() { Start = new() { Patient = "known" } }, TestContext.Current.CancellationToken);
        AssertOverloaded(Refused.From(await Assert.ThrowsAsync<RpcException>(
            () => interview.ResponseStream.MoveNext(TestContext.Current.CancellationToken).InTime())));
        await Triage.GetAssessmentAsync(new() { Patient = "known" }, Soon);

        await HoldAsync(2, Sign);
        await AssertOverloadedAsync(Triage.ReportObservationsAsync(Report("more", "r1", Sign), Soon));
        await AssertOverloadedAsync(Triage.GetAssessmentAsync(new() { Patient = "known" }, Soon));
        var health = await new Health.HealthClient(_server.Channel).CheckAsync(new(), Soon);

        _flows.SetResult();
        Assert.All(await Task.WhenAll(_held).InTime(), done => Assert.Equal(1, done.Assessment.Revision));
        await Triage.AssessAsync(new() { Observations = { Ordinary } }, Soon);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task Refusals_AreCountedByClass()
    {
        await using (await StartAsync(callsMax: 4))
        {
            Stall();
            await HoldAsync(2, Ordinary);
            await AssertOverloadedAsync(Triage.AssessAsync(new() { Observations = { Ordinary } }, Soon));
            _flows.SetResult();
            await Task.WhenAll(_held).InTime();
        }

        var refused = Assert.Single(_metrics, metric => metric.Name == "legpain.server.calls.refused");
        Assert.Contains(_metrics, metric => metric.Name == "legpain.server.calls.in_flight");
        var classes = new List<object?>();
        foreach (ref readonly var point in refused.GetMetricPoints())
        {
            foreach (var tag in point.Tags)
            {
                classes.Add(tag.Value);
            }
        }

        Assert.Contains("rest", classes);
    }

    /// <summary>With two places for what can wait, a call that kept its place would soon be noticed.</summary>
    [Fact]
    public async Task Places_OfCallsThatFail_AreGivenBack()
    {
        await using var server = await StartAsync(callsMax: 4);

        for (var i = 0; i < 10; i++)
        {
            await RefusalOf(Triage.AssessAsync(new() { Observations = { Present("no-such-finding") } }, Soon));
            await RefusalOf(Triage.ReportObservationsAsync(Report("", "", Sign), Soon));
            await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "nobody" }, Soon));
            await RefusalOf(Triage.ExplainCauseAsync(new(), Soon.WithDeadline(
                TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(1))));
            using var interview = Triage.Interview(Soon);
            await interview.RequestStream.WriteAsync(
                new() { Start = new() { Patient = "p" } }, TestContext.Current.CancellationToken);
            await interview.ResponseStream.MoveNext(TestContext.Current.CancellationToken).InTime();
            await interview.RequestStream.WriteAsync(new(), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<RpcException>(
                () => interview.ResponseStream.MoveNext(TestContext.Current.CancellationToken).InTime());
        }

        Stall();
        using var canceled = new CancellationTokenSource();
        var left = Triage.ReportObservationsAsync(
            Report("left", "r1", Ordinary), new CallOptions(cancellationToken: canceled.Token));
        await LegPain.Tests.Patience.UntilAsync(() => _appends == 1);
        await canceled.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await left);
        _flows.SetResult();
        await LegPain.Tests.Patience.UntilAsync(async () =>
        {
            try
            {
                await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
                    Triage.AssessAsync(new() { Observations = { Ordinary } }, Soon).ResponseAsync));
                return true;
            }
            catch (RpcException)
            {
                return false;
            }
        });

        // What was begun is stored, though nobody waited for it.
        Assert.Equal(1, (await Triage.GetAssessmentAsync(new() { Patient = "left" }, Soon)).Assessment.Revision);
    }

    [Fact]
    public async Task BusyPatient_RefusesMoreThanItsBoundAndKeepsWhatItTook()
    {
        const int Calls = ServerHost.CallsOfOnePatientMax + 50;
        await using var server = await StartAsync(callsMax: 1024);
        Stall();
        await HoldAsync(1, Ordinary);
        var calls = Enumerable.Range(1, Calls).Select(i =>
            AnswerAsync(Triage.ReportObservationsAsync(Report("p0", $"r{i}", Ordinary), Soon))).ToList();
        await LegPain.Tests.Patience.UntilAsync(() => calls.Count(call => call.IsCompleted) == 50);

        var read = await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "p0" }, Soon));
        var other = await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "other" }, Soon));
        _flows.SetResult();
        var answers = await Task.WhenAll(calls).InTime();
        var refused = answers.Index().Where(answer => answer.Item is not null).ToList();
        foreach (var (index, _) in refused)
        {
            await Triage.ReportObservationsAsync(Report("p0", $"r{index + 1}", Ordinary), Soon);
        }

        var events = await Triage.ListEventsAsync(new() { Patient = "p0", PageSize = 1000 }, Soon);
        Assert.Equal(50, refused.Count);
        Assert.All(refused, answer => AssertPatientBusy(answer.Item!));
        AssertPatientBusy(read);
        Assert.Equal("PATIENT_NOT_FOUND", other.Reason);
        Assert.Equal(Calls + 1, events.Events.Select(e => e.RequestId).Distinct().Count());
        Assert.Equal(Calls + 1, events.Events.Count);
        Assert.DoesNotContain(
            server.Log.Lines, line => line.Text.Contains("legpain.patient/", StringComparison.Ordinal));
    }

    private static void AssertPatientBusy(Refused refused) => Assert.Equal(
        (StatusCode.ResourceExhausted, "PATIENT_BUSY", true), (refused.Code, refused.Reason, refused.HasRetryInfo));

    private static void AssertOverloaded(Refused refused) => Assert.Equal(
        (StatusCode.ResourceExhausted, "OVERLOADED", true), (refused.Code, refused.Reason, refused.HasRetryInfo));

    private static async Task AssertOverloadedAsync<T>(AsyncUnaryCall<T> call) =>
        AssertOverloaded(await RefusalOf(call).InTime());

    /// <summary>Returns the refusal, or null when there was none.</summary>
    private static async Task<Refused?> AnswerAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return null;
        }
        catch (RpcException exception)
        {
            return Refused.From(exception);
        }
    }

    /// <summary>Holds every append from now on.</summary>
    private void Stall() => _journal.BeforeAppend = async _ =>
    {
        Interlocked.Increment(ref _appends);
        await _flows.Task;
    };

    /// <summary>Sends reports of as many new patients, and returns once the journal holds them.</summary>
    private async Task HoldAsync(int count, Observation observation)
    {
        for (var i = 0; i < count; i++)
        {
            _held.Add(Triage.ReportObservationsAsync(Report($"p{_held.Count}", "r0", observation), Soon).ResponseAsync);
        }

        await LegPain.Tests.Patience.UntilAsync(() => _appends == _held.Count);
    }

    private async Task<TestServer> StartAsync(int callsMax) => _server = await TestServer.StartAsync(
        settings => settings.CallsMax = callsMax,
        builder =>
        {
            builder.Services.AddSingleton<IJournal>(_journal);
            builder.Services.AddSingleton<IOutgoingGrainCallFilter, OneByOne>();
            builder.Services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddLegPain().AddInMemoryExporter(_metrics));
        });

    /// <summary>
    /// Sends calls one after the other. Orleans looks whether a patient's queue has room, and then adds to it: of calls
    /// that come in the same instant some more than the bound would pass.
    /// </summary>
    private sealed class OneByOne : IOutgoingGrainCallFilter
    {
        private readonly Lock _sending = new();

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            lock (_sending)
            {
                return context.Invoke();
            }
        }
    }
}
