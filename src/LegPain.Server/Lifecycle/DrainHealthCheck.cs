using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Lifecycle;

/// <summary>Unhealthy from the moment the node is asked to stop, so that load balancers turn away first.</summary>
internal sealed class DrainHealthCheck(Drain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining
            ? HealthCheckResult.Unhealthy("The node is stopping.")
            : HealthCheckResult.Healthy());
}
