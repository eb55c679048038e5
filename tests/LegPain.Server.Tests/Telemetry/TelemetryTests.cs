using System.Diagnostics;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Telemetry;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Telemetry;

/// <summary>What an operator sees of a report, and what nobody sees: anything personal.</summary>
public sealed class TelemetryTests
{
    private const string Canary = "canary-7f3a";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private readonly List<Activity> _spans = [];
    private readonly List<Metric> _metrics = [];

    [Fact]
    public async Task Report_IsOneTraceFromTheCallToTheJournal()
    {
        await using (var server = await TestServer.StartAsync(configure: Listen))
        {
            var options = Soon.WithHeaders(new Metadata { { "traceparent", $"00-{Trace}-00f067aa0ba902b7-01" } });
            await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), options);
        }

        // Other servers of this process may be traced at the same time: only the caller's own trace is looked at.
        var trace = _spans.Where(span => span.TraceId.ToHexString() == Trace).Select(span => span.DisplayName).ToList();
        Assert.Single(trace, name => name.Contains("ReportObservations", StringComparison.Ordinal));
        Assert.Contains(trace, name => name.Contains("Submit", StringComparison.Ordinal));
        Assert.Contains("assess", trace);
        Assert.Contains("journal append", trace);
        Assert.Single(_spans, span => span.DisplayName == "journal commit"
            && span.Links.Any(link => link.Context.TraceId.ToHexString() == Trace));
    }

    [Fact]
    public async Task Report_IsCountedAndMeasured()
    {
        await using (var server = await TestServer.StartAsync(configure: Listen))
        {
            await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("urinary-retention")), Soon);
            using var watch = server.Triage.WatchAssessment(new() { Patient = "p" }, Soon);
            await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        }

        var names = _metrics.Select(metric => metric.Name).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "legpain.patient.commands", "legpain.patient.red_flags.raised", "legpain.patient.assess.duration",
                "legpain.journal.append.duration", "legpain.journal.commit.duration", "legpain.journal.batch.size",
                "legpain.server.streams",
            },
            names);
    }

    [Fact]
    public async Task NothingPersonal_IsInAnyLogSpanMetricOrError()
    {
        var errors = new List<string>();
        List<string> logs;
        var server = await TestServer.StartAsync(configure: Listen);
        await using (server)
        {
            await TryAsync(Report(Canary, "r1", Present("urinary-retention"), Number("pain-intensity", 7.31)));
            await TryAsync(Report(Canary, "r1", Present("fecal-incontinence")));
            await TryAsync(Report(
                Canary, Canary + " " + Canary, Present(Canary), Option("leg-swelling", Canary), Number("age", 731731)));
            await TryAsync(Report(Canary + "\n", "r2",
                new Observation { Finding = "temperature", Presence = Presence.Present, Unit = Canary }));
            await server.Knowledge.ParseTextAsync(new() { Text = $"{Canary} is swollen, pain 7.31, can't pee" }, Soon);
            errors.Add((await RefusalOf(server.Knowledge.ParseTextAsync(
                new() { Text = string.Concat(Enumerable.Repeat(Canary, 200)) }, Soon))).Everything);
            using var watch = server.Triage.WatchAssessment(new() { Patient = Canary }, Soon);
            await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            logs = [.. server.Log.Lines.Select(line => line.Text)];

            async Task TryAsync(ReportObservationsRequest request)
            {
                try
                {
                    await server.Triage.ReportObservationsAsync(request, Soon);
                }
                catch (RpcException exception)
                {
                    errors.Add(Refused.From(exception).Everything);
                }
            }
        }

        Assert.Equal(4, errors.Count);
        Assert.NotEmpty(_spans);
        Assert.NotEmpty(_metrics);
        var tags = _spans.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")
            .Append(span.DisplayName).Append(span.StatusDescription)
            .Concat(span.Events.SelectMany(e => e.Tags.Select(tag => $"{tag.Key}={tag.Value}"))));
        var points = new List<string>();
        foreach (var metric in _metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                foreach (var tag in point.Tags)
                {
                    points.Add($"{metric.Name} {tag.Key}={tag.Value}");
                }
            }
        }

        string[] secrets =
            [Canary, "7.31", "731731", "legpain.patient/", "orleans.grain.id", "urinary-retention", "fecal"];
        Assert.All(logs.Concat(errors).Concat(tags).Concat(points), text =>
            Assert.DoesNotContain(secrets, secret => text?.Contains(secret, StringComparison.Ordinal) == true));
    }

    private void Listen(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .WithTracing(tracing => tracing.AddLegPain(1).AddInMemoryExporter(_spans))
        .WithMetrics(metrics => metrics.AddLegPain().AddInMemoryExporter(_metrics));
}
