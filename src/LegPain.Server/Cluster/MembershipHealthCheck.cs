using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Cluster;

/// <summary>Healthy while this silo is an active member of its cluster.</summary>
internal sealed class MembershipHealthCheck(IClusterMembershipService membership, ILocalSiloDetails self) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(membership.CurrentSnapshot.GetSiloStatus(self.SiloAddress) == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The silo is no active member of its cluster."));
}
