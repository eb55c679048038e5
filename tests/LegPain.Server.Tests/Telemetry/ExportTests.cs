using System.Diagnostics;
using System.Reflection;
using Grpc.Core;
using LegPain.Journal;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Telemetry;

/// <summary>What a server sends to a collector, over the wire.</summary>
public sealed class ExportTests
{
    private const string Canary = "canary-91bd";
    private const string Submit = "IPatientGrain/SubmitAsync";

    private static readonly ActivitySource Client = new("LegPain.Server.Tests.Client");

    [Fact]
    public async Task Traces_AtATenth_AreWhole()
    {
        const int calls = 600;
        await using var receiver = await OtlpReceiver.StartAsync();
        await RunAsync(receiver, "0.1", async server =>
        {
            using var tracing = Sdk.CreateTracerProviderBuilder()
                .AddSource(Client.Name)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(0.1)))
                .AddOtlpExporter(options => options.Endpoint = receiver.Address)
                .Build();
            await Task.WhenAll(Enumerable.Range(0, calls).Select(number => ReportAsync(server, number)));
        });

        var spans = receiver.Spans;
        Assert.Empty(receiver.Orphans());
        Assert.Equal(
            ["POST /legpain.triage.v1.TriageService/ReportObservations", "journal commit", "report"],
            spans.Where(span => span.IsRoot).Select(span => span.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(spans, span => span.Name == "activate patient");
        Assert.All(spans.Where(span => span.Name == "report"), root => Assert.Equal(
            ["POST /legpain.triage.v1.TriageService/ReportObservations"],
            spans.Where(span => span.ParentId == root.SpanId).Select(span => span.Name)));

        // A tenth of 600 traces, give or take more than five standard deviations.
        var traces = spans.Where(span => span.Name.StartsWith("POST", StringComparison.Ordinal)).ToList();
        Assert.InRange(traces.Count, 20, 100);
        Assert.All(traces, call =>
        {
            var trace = spans.Where(span => span.TraceId == call.TraceId).ToList();
            Assert.Equal(2, trace.Count(span => span.Name == Submit));
            Assert.Contains(trace, span => span.Name == "assess");
            var append = Assert.Single(trace, span => span.Name == "journal append");
            var commit = Assert.Single(spans, span => span.SpanId == Assert.Single(append.LinkedSpanIds));
            Assert.Equal("journal commit", commit.Name);
            Assert.Contains(append.SpanId, commit.LinkedSpanIds);
        });
    }

    [Fact]
    public async Task Watch_IsOneSpan_AndItsStepsAreLinkedToIt()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await RunAsync(receiver, "1", async server =>
        {
            await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
            using var watch = server.Triage.WatchAssessment(new() { Patient = "p" }, Soon);
            await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        });

        Assert.Empty(receiver.Orphans());
        var call = Assert.Single(
            receiver.Spans, span => span.Name.EndsWith("WatchAssessment", StringComparison.Ordinal));
        Assert.Single(receiver.Spans, span => span.TraceId == call.TraceId);
        var steps = receiver.Spans.Where(span => span.Name == "watch step").ToList();
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Equal([call.SpanId], step.LinkedSpanIds));
    }

    [Fact]
    public async Task NothingPersonal_GoesOverTheWire()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var server = await TestServer.StartAsync(settings => settings.OtlpEndpoint = receiver.Address))
        {
            await server.Triage.ReportObservationsAsync(
                Report(Canary, "r1", Present("urinary-retention"), Number("pain-intensity", 7.31)), Soon);
            await RefusalOf(server.Triage.ReportObservationsAsync(
                Report(Canary, Canary + " " + Canary, Present(Canary)), Soon));
            using var watch = server.Triage.WatchAssessment(new() { Patient = Canary }, Soon);
            await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            using var http = new HttpClient { DefaultRequestVersion = new(2, 0) };
            http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            http.DefaultRequestHeaders.UserAgent.ParseAdd(Canary);
            using var response = await http.GetAsync(
                new Uri(server.Address, $"/{Canary}?patient={Canary}"),
                TestContext.Current.CancellationToken);
        }

        await using (var broken = await TestServer.StartAsync(
            settings => settings.OtlpEndpoint = receiver.Address,
            builder => builder.Services.AddSingleton(DispatchProxy.Create<IJournal, BrokenJournal>())))
        {
            broken.ErrorsAnnounced = true;
            await Assert.ThrowsAsync<RpcException>(async () =>
                await broken.Triage.ReportObservationsAsync(Report(Canary, "r1", Present("fever")), Soon));
        }

        // What is searched has to be there: the failed call with its log line, and the metrics of the good one.
        Assert.Contains(receiver.Spans, span => span.Tags.ContainsKey("exception.type"));
        var fault = Assert.Single(receiver.Logs, log => log.Tags.ContainsKey("exception.stacktrace")
            && log.Body.Contains("failed: a fault of the server", StringComparison.Ordinal));
        Assert.Contains(receiver.Spans, span => span.TraceId == fault.TraceId);
        Assert.Contains("legpain.patient.commands", receiver.MetricNames);
        Assert.Empty(receiver.Find(
            Canary, "7.31", "urinary-retention", "legpain.patient/", "orleans.grain.id", "exception.message"));
        Assert.DoesNotContain(receiver.Spans, span => span.Tags.ContainsKey("server.address"));
    }

    /// <summary>Runs a real server that exports to the receiver, and stops it, so that all is exported.</summary>
    private static async Task RunAsync(OtlpReceiver receiver, string sampling, Func<ServerProcess, Task> calls)
    {
        var data = Directory.CreateTempSubdirectory("legpain-export-").FullName;
        await using (var server = await ServerProcess.StartAsync(
            data, "--otlpEndpoint", receiver.Address.ToString(), "--traceSampling", sampling))
        {
            await calls(server);
            await server.StopAsync();
        }

        Directory.Delete(data, recursive: true);
    }

    /// <summary>As the client does it: a span of its own is sent as the parent; every other call has none.</summary>
    private static async Task ReportAsync(ServerProcess server, int number)
    {
        using var call = number % 2 == 0 ? Client.StartActivity("report", ActivityKind.Client) : null;
        var options = call is null ? Soon : Soon.WithHeaders([new("traceparent", call.Id!)]);
        await server.Triage.ReportObservationsAsync(
            Report($"patient-{number % 300}", $"r{number}", Present("fever")), options);
    }

    /// <summary>A journal whose every fault has a text that must not get out.</summary>
    public class BrokenJournal : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            throw new InvalidOperationException($"{Canary} {string.Join(' ', args ?? [])}");
    }
}
