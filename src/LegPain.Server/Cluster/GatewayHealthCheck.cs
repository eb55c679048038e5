using LegPain.Server.Watch;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LegPain.Server.Cluster;

/// <summary>Healthy while this gateway is connected to at least one silo.</summary>
internal sealed class GatewayHealthCheck(Func<AssessmentWatches> watches)
    : IHealthCheck, IClusterConnectionStatusObserver
{
    // The host starts the client before it serves, so a node that answers at all was connected once.
    private volatile bool _isConnected = true;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isConnected
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The gateway is connected to no silo."));

    public void NotifyClusterConnectionLost() => _isConnected = false;

    public void NotifyGatewayCountChanged(
        int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        _isConnected = currentNumberOfGateways > 0;

        // A silo came or went, and patients with it.
        watches().RenewAll();
    }
}
