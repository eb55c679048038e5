using LegPain.Cluster.Tests.Infrastructure;
using LegPain.Tests;
using Xunit;
using static LegPain.Cluster.Tests.Infrastructure.Requests;

namespace LegPain.Cluster.Tests;

/// <summary>Traces through several nodes, as they arrive at a collector.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Traces_ThroughThreeNodesAndAGateway_AtATenth_AreWhole()
    {
        const int patients = 40;
        const int rounds = 15;
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync("trace");
        string[] export = ["--otlpEndpoint", receiver.Address.ToString(), "--traceSampling", "0.1"];
        var first = cluster.Add([.. export, "--gatewayPort", FreePort()]);
        await first.Node.StartAsync();
        var others = await cluster.AddAndStartAsync(2, export);
        var gateway = cluster.Add([.. export, "--role", "Gateway"]);
        await gateway.Node.StartAsync();
        Member[] nodes = [first, .. others, gateway];

        for (var round = 0; round < rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, patients).Select(patient => ReportUntilStoredAsync(
                () => nodes[(patient + round) % nodes.Length].Triage, Report($"p{patient}", $"r{round}", "fever"))));
        }

        await Task.WhenAll(nodes.Select(node => node.Node.StopAsync()));

        Assert.Empty(receiver.Orphans());
        var spans = receiver.Spans;
        var appends = spans.Where(span => span.Name == "journal append").ToList();
        Assert.InRange(appends.Count, patients * rounds / 40, patients * rounds / 4);
        Assert.All(appends, append =>
        {
            var trace = spans.Where(span => span.TraceId == append.TraceId).ToList();
            Assert.Contains(trace, span => span.Name == "assess");
            Assert.Single(trace, span => span.IsRoot);
            var commit = Assert.Single(spans, span => span.SpanId == Assert.Single(append.LinkedSpanIds));
            Assert.Equal("journal commit", commit.Name);
        });
        Assert.Contains(appends, append =>
            spans.Where(span => span.TraceId == append.TraceId).Select(span => span.Instance).Distinct().Count() > 1);
    }

    private static string FreePort() =>
        Ports.Free().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
