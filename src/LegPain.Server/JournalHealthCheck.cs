using LegPain.Journal.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server;

/// <summary>Healthy while reports can be made durable. After a failed flush only a restart helps.</summary>
internal sealed class JournalHealthCheck(SqliteJournal journal) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.IsWritable
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The journal could not flush; restart the process."));
}
