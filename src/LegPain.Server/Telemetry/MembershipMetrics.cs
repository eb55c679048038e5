using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LegPain.Server.Telemetry;

/// <summary>Counts the silos of the cluster, and those that died, as this one sees them.</summary>
/// <remarks>
/// A silo died when it was declared dead without having begun to stop: its patients are activated elsewhere on their
/// next call, so this is what a failover begins with. Every silo counts for itself: alerts take the most any one saw.
/// A gateway has no silo, and counts neither.
/// </remarks>
internal sealed class MembershipMetrics(ISiloStatusOracle oracle) : ISiloStatusListener, IHostedService
{
    private static readonly Meter Meter = new(ServerTelemetry.ServerMeter);

    private static readonly UpDownCounter<int> Silos = Meter.CreateUpDownCounter<int>(
        "legpain.cluster.silos", "{silo}", "Active silos of the cluster, this one included.");

    private static readonly Counter<long> Deaths = Meter.CreateCounter<long>(
        "legpain.cluster.deaths", "{silo}", "Other silos declared dead that had not begun to stop.");

    private readonly ConcurrentDictionary<SiloAddress, SiloStatus> _seen = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A series that begins with its first death would show no increase.
        Deaths.Add(0);
        oracle.SubscribeToSiloStatusEvents(this);
        foreach (var (silo, status) in oracle.GetApproximateSiloStatuses())
        {
            SiloStatusChangeNotification(silo, status);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        if (oracle.UnSubscribeFromSiloStatusEvents(this))
        {
            Silos.Add(-_seen.Count(silo => silo.Value == SiloStatus.Active));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        lock (_seen)
        {
            var before = _seen.GetValueOrDefault(updatedSilo);
            _seen[updatedSilo] = status;
            Silos.Add((status == SiloStatus.Active ? 1 : 0) - (before == SiloStatus.Active ? 1 : 0));
            if (status == SiloStatus.Dead && before is SiloStatus.Active or SiloStatus.Joining)
            {
                Deaths.Add(1);
            }
        }
    }
}
