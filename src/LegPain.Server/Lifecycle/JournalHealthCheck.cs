using LegPain.Journal;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Lifecycle;

/// <summary>Healthy while reports can be made durable.</summary>
internal sealed class JournalHealthCheck(IJournal journal) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.IsWritable
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The journal takes no appends just now."));
}
