using System.Net;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests;

/// <summary>The operator's listener, and what is on neither listener but its own.</summary>
public sealed class AdminTests
{
    [Fact]
    public async Task Admin_ServesMetricsAndHealth()
    {
        await using var server = await TestServer.StartAsync(settings => settings.Admin = new("http://127.0.0.1:0"));
        await server.Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
        await RefusalOf(server.Triage.GetAssessmentAsync(new() { Patient = "nobody" }, Soon));

        var metrics = await server.AskAdminAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, metrics.Status);
        Assert.Contains(
            metrics.Text.Split('\n'),
            line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
                && line.Contains("/ReportObservations\"", StringComparison.Ordinal)
                && line.Contains("rpc_response_status_code=\"OK\"", StringComparison.Ordinal));
        Assert.Contains("rpc_response_status_code=\"NOT_FOUND\"", metrics.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/metrics", metrics.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await server.AskAdminAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await server.AskAdminAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await server.AskAdminAsync("/")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.AskAdminAsync("/legpain.triage.v1.TriageService/GetAssessment")).Status);
    }

    [Fact]
    public async Task Server_ThatIsNotReady_IsAliveAllTheSame()
    {
        await using var server = await TestServer.StartAsync(
            settings => settings.Admin = new("http://127.0.0.1:0"),
            builder => builder.Services.AddHealthChecks().AddCheck("sick", () => HealthCheckResult.Unhealthy()));
        server.ErrorsAnnounced = true;

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Unhealthy"), await server.AskAdminAsync("/health/ready"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await server.AskAdminAsync("/health/live"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Api_ServesNothingOfTheOperators_WhateverItsHostHeaderSays(string path)
    {
        await using var server = await TestServer.StartAsync(settings => settings.Admin = new("http://127.0.0.1:0"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = server.Admin!.Authority },
        };

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:9464", "admin must be a loopback address")]
    [InlineData("https://127.0.0.1:9464", "admin must begin with http://")]
    public void Address_ThatOthersCanReachOrIsNotHttp_IsRefused(string address, string fault)
    {
        var refused = Assert.Throws<ServerSettingsException>(() => new ServerSettings { Admin = new(address) }.Check());

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }
}
