using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Lifecycle;

/// <summary>Logs when the health of the node changes: once, not at every check.</summary>
internal sealed partial class HealthLog(ILogger<HealthLog> logger) : IHealthCheckPublisher
{
    private string _last = "";

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        var failing = string.Join(
            ", ", report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => entry.Key));
        if (failing != _last)
        {
            _last = failing;
            if (failing.Length == 0)
            {
                LogHealthy();
            }
            else
            {
                LogUnhealthy(failing);
            }
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 310, EventName = "NodeHealthy", Level = LogLevel.Information,
        Message = "The node is healthy.")]
    private partial void LogHealthy();

    [LoggerMessage(EventId = 311, EventName = "NodeUnhealthy", Level = LogLevel.Warning,
        Message = "The node is unhealthy: {Checks}.")]
    private partial void LogUnhealthy(string checks);
}
