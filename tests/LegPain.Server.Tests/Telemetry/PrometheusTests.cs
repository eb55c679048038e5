using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Telemetry;

/// <summary>A real Prometheus scrapes a real server, with our rules and for our dashboard.</summary>
public sealed partial class PrometheusTests
{
    [Fact]
    public async Task Prometheus_ScrapesTheServer_AndHasAllThatAlertsAndDashboardName()
    {
        var data = Directory.CreateTempSubdirectory("legpain-scrape-").FullName;
        var admin = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using (var server = await ServerProcess.StartAsync(
            data, "--admin", admin.GetLeftPart(UriPartial.Authority), "--callsMax", "4"))
        await using (var prometheus = await PrometheusServer.StartAsync(admin))
        {
            using var watch = server.Triage.WatchAssessment(new() { Patient = "p0" }, Soon);
            await server.Triage.ReportObservationsAsync(Report("p0", "first", Present("urinary-retention")), Soon);
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            await OverloadAsync(server);
            await LegPain.Tests.Patience.UntilAsync(async () =>
                (await prometheus.QueryAsync("legpain_server_calls_refused_total")).Count > 0
                && (await prometheus.QueryAsync("legpain:errors:ratio_rate5m")).Count > 0);

            await CheckSeriesAsync(prometheus);
            await CheckRulesAsync(prometheus);
            await CheckDashboardAsync(prometheus);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task AlertRules_PassPrometheusOwnCheck()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "Needs Debian's prometheus; tests/run installs it.");

        Assert.Empty(await PrometheusServer.CheckAsync(PrometheusServer.RuleFile));
    }

    [Fact]
    public async Task EveryAlert_SaysHowBadItIs_AndIsExplainedToTheOperator()
    {
        var rules = await File.ReadAllTextAsync(PrometheusServer.RuleFile, TestContext.Current.CancellationToken);
        var alerts = AlertName().Matches(rules).Select(match => match.Groups[1].Value).ToList();
        var guide = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "deploy", "README.md"), TestContext.Current.CancellationToken);

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Count, Severity().Count(rules));
        Assert.All(alerts, alert => Assert.Contains($"| {alert} |", guide, StringComparison.Ordinal));
    }

    private static async Task CheckSeriesAsync(PrometheusServer prometheus)
    {
        Assert.NotEmpty(await prometheus.QueryAsync("up{job=\"legpain\"} == 1"));
        Assert.NotEmpty(await prometheus.QueryAsync(
            "legpain_patient_commands_total{kind=\"ReportObservations\",outcome=\"ok\",urgency=\"Immediate\"} >= 1"));
        Assert.NotEmpty(await prometheus.QueryAsync(
            "http_server_request_duration_seconds_count{http_route=~\".*ReportObservations\","
            + "rpc_response_status_code=\"RESOURCE_EXHAUSTED\"} >= 1"));
        Assert.NotEmpty(await prometheus.QueryAsync("legpain_server_streams{kind=\"watch\"} == 1"));
        Assert.NotEmpty(await prometheus.QueryAsync("legpain_server_health{check=\"journal\"} == 1"));
        Assert.NotEmpty(await prometheus.QueryAsync("legpain_cluster_silos == 1"));
    }

    private static async Task CheckRulesAsync(PrometheusServer prometheus)
    {
        var rules = (await prometheus.AskAsync("rules")).GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal("ok", rule.GetProperty("health").GetString()));
        Assert.DoesNotContain(rules, rule => rule.TryGetProperty("state", out var state)
            && state.GetString() == "firing");
        await CheckNamesAsync(prometheus, rules.Select(rule => rule.GetProperty("query").GetString()!));
    }

    private static async Task CheckDashboardAsync(PrometheusServer prometheus)
    {
        var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "deploy", "legpain.json"), TestContext.Current.CancellationToken));
        var expressions = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!
                .Replace("$__rate_interval", "5s", StringComparison.Ordinal)
                .Replace("$instance", ".*", StringComparison.Ordinal))
            .ToList();
        Assert.InRange(expressions.Count, 20, 100);
        foreach (var expression in expressions)
        {
            _ = await prometheus.QueryAsync(expression);
        }

        await CheckNamesAsync(prometheus, expressions);
    }

    private static async Task CheckNamesAsync(PrometheusServer prometheus, IEnumerable<string> expressions)
    {
        var known = (await prometheus.AskAsync("label/__name__/values")).EnumerateArray()
            .Select(name => name.GetString()!).ToHashSet();
        var named = expressions.SelectMany(expression => MetricName().Matches(expression)).Select(match => match.Value);
        Assert.Empty(named.Except(known));
    }

    /// <summary>More calls at once than the server takes, until some are refused.</summary>
    private static async Task OverloadAsync(ServerProcess server)
    {
        var refused = 0;
        for (var round = 0; refused == 0; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
            {
                try
                {
                    await server.Triage.ReportObservationsAsync(
                        Report($"p{number}", $"r{round}", Present("fever")), Soon);
                }
                catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted)
                {
                    Interlocked.Increment(ref refused);
                }
            }));
        }
    }

    [GeneratedRegex(@"\b(legpain|dotnet|kestrel|orleans|http_server)[_:][a-z0-9_:]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex("severity: (page|ticket)")]
    private static partial Regex Severity();
}
