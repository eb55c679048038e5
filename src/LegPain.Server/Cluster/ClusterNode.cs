using System.Net;
using System.Net.Sockets;
using LegPain.Server.Admission;
using LegPain.Server.Telemetry;
using Orleans.Configuration;

namespace LegPain.Server.Cluster;

/// <summary>How a node takes part in its cluster. The figures behind each time are in deploy/README.md.</summary>
internal static class ClusterNode
{
    private const string Invariant = "Npgsql";

    private const string ServiceId = "legpain";

    /// <summary>A silo is probed as often, by up to 10 others.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(2);

    /// <summary>So many probes without an answer, and the prober votes that the silo is dead.</summary>
    private const int ProbesMissedMax = 3;

    /// <summary>How often a silo says in the table that it lives; three misses, and joining nodes ignore it.</summary>
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(5);

    /// <summary>How often the table is read by those whom no gossip reaches.</summary>
    private static readonly TimeSpan TableEvery = TimeSpan.FromSeconds(10);

    /// <summary>How often a gateway looks for silos.</summary>
    private static readonly TimeSpan GatewaysEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Membership in memory and no gateway: one process, nothing to join, nothing stale to wait for after a crash.
    /// </summary>
    public static void Embed(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(
            siloPort: FreePort(), gatewayPort: 0, serviceId: ServiceId, clusterId: "embedded");
        Trace(silo);
    }

    /// <summary>Membership in the database, with the ports that the settings name.</summary>
    public static void Join(ISiloBuilder silo, ServerSettings settings)
    {
        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = ClusterDatabase.ForOrleans(settings.Postgres!);
        });
        silo.Configure<ClusterOptions>(options => Name(options, settings));
        silo.ConfigureEndpoints(IPAddress.Parse(settings.SiloAddress), settings.SiloPort, settings.GatewayPort);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = ProbeEvery;
            options.MinProbeTimeout = ProbeEvery / 2;
            options.MaxProbeTimeout = ProbeEvery * 2;
            options.NumMissedProbesLimit = ProbesMissedMax;
            options.IAmAliveTablePublishTimeout = AliveEvery;
            options.TableRefreshTimeout = TableEvery;
        });
        Trace(silo);
    }

    /// <summary>Calls silos from outside of them.</summary>
    public static void Connect(IClientBuilder client, ServerSettings settings)
    {
        client.UseAdoNetClustering(options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = ClusterDatabase.ForOrleans(settings.Postgres!);
        });
        client.Configure<ClusterOptions>(options => Name(options, settings));
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = CallDeadlines.Max);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewaysEvery);
        client.AddActivityPropagation();
        client.AddOutgoingGrainCallFilter<OutgoingTraceFilter>();
    }

    /// <summary>Returns a port that nobody listens on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Name(ClusterOptions options, ServerSettings settings)
    {
        options.ClusterId = settings.ClusterId;
        options.ServiceId = ServiceId;
    }

    private static void Trace(ISiloBuilder silo)
    {
        silo.AddActivityPropagation();
        silo.AddOutgoingGrainCallFilter<OutgoingTraceFilter>();
        silo.AddIncomingGrainCallFilter<IncomingTraceFilter>();
    }
}
