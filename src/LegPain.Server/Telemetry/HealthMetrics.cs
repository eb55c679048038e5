using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Telemetry;

/// <summary>Keeps what every health check said last, for those who watch from outside.</summary>
internal sealed class HealthMetrics : IHealthCheckPublisher
{
    private static readonly Gauge<int> Health = new Meter(ServerTelemetry.ServerMeter).CreateGauge<int>(
        "legpain.server.health", "{state}", "What each health check said last: 1 healthy, 0 not.");

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (check, entry) in report.Entries)
        {
            Health.Record(
                entry.Status == HealthStatus.Healthy ? 1 : 0, new KeyValuePair<string, object?>("check", check));
        }

        return Task.CompletedTask;
    }
}
