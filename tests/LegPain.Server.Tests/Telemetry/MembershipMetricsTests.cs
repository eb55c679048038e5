using System.Diagnostics.Metrics;
using System.Net;
using LegPain.Server.Telemetry;
using Xunit;

namespace LegPain.Server.Tests.Telemetry;

public sealed class MembershipMetricsTests
{
    [Theory]
    [InlineData(1, SiloStatus.Active, SiloStatus.Dead)]
    [InlineData(1, SiloStatus.Joining, SiloStatus.Active, SiloStatus.Dead, SiloStatus.Dead)]
    [InlineData(0, SiloStatus.Active, SiloStatus.ShuttingDown, SiloStatus.Dead)]
    [InlineData(0, SiloStatus.Active, SiloStatus.Stopping, SiloStatus.Dead)]
    [InlineData(0, SiloStatus.Dead)]
    public void Silo_ThatDidNotStopInOrder_IsOneDeath(int deaths, params SiloStatus[] statuses)
    {
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "legpain.cluster.deaths")
            {
                meters.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();
        var metrics = new MembershipMetrics(oracle: null!); // Only the start asks it.
        var silo = SiloAddress.New(IPAddress.Loopback, 11111, 1);

        foreach (var status in statuses)
        {
            metrics.SiloStatusChangeNotification(silo, status);
        }

        Assert.Equal(deaths, counted);
    }
}
