using System.Net;
using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Server.Admission;
using LegPain.Server.Telemetry;

namespace LegPain.Server;

/// <summary>
/// How the server runs. Read from the command line (<c>--listen</c>) and the environment (<c>LEGPAIN_LISTEN</c>).
/// </summary>
public sealed class ServerSettings
{
    /// <summary>The prefix of environment variables that set these.</summary>
    public const string EnvironmentPrefix = "LEGPAIN_";

    /// <summary>Gets or sets the address to listen on.</summary>
    /// <value>
    /// Default http://127.0.0.1:5080; port 0 takes any free one. Only loopback, unless <see cref="TrustedNetwork"/>:
    /// there is no authentication yet.
    /// </value>
    public Uri Listen { get; set; } = new("http://127.0.0.1:5080");

    /// <summary>
    /// Gets or sets whether the operator answers for it that only trusted callers reach the ports of this node.
    /// </summary>
    /// <value>
    /// Default false: <see cref="Listen"/>, <see cref="Admin"/> and <see cref="SiloAddress"/> must be loopback.
    /// </value>
    public bool TrustedNetwork { get; set; }

    /// <summary>Gets or sets the folder of the journal and the secret that keys patients.</summary>
    /// <value>
    /// Default <c>legpain-data</c> in the working folder; made when it is not there. Not used with
    /// <see cref="Postgres"/>.
    /// </value>
    public string Data { get; set; } = "legpain-data";

    /// <summary>Gets or sets the database of a cluster, as a connection string of Npgsql.</summary>
    /// <value>
    /// Default null: one process with its journal in <see cref="Data"/>. All nodes of a cluster name the same database.
    /// </value>
    public string? Postgres { get; set; }

    /// <summary>Gets or sets the file of the secret that keys patients, 32 bytes, the same on every node.</summary>
    /// <value>Default null. Needed with <see cref="Postgres"/>, and used only then.</value>
    public string? PatientKeyFile { get; set; }

    /// <summary>Gets or sets what this node does in its cluster.</summary>
    /// <value>Default <see cref="NodeRole.All"/>. The others need <see cref="Postgres"/>.</value>
    public NodeRole Role { get; set; } = NodeRole.All;

    /// <summary>Gets or sets the name under which the nodes of a cluster find each other in their database.</summary>
    /// <value>
    /// Default <c>legpain</c>. 1 to 100 characters. It does not part the patients: clusters that are to have patients
    /// of their own need databases of their own.
    /// </value>
    public string ClusterId { get; set; } = "legpain";

    /// <summary>Gets or sets the IP address at which other nodes reach this one.</summary>
    /// <value>Default 127.0.0.1. Only loopback, unless <see cref="TrustedNetwork"/>.</value>
    public string SiloAddress { get; set; } = "127.0.0.1";

    /// <summary>Gets or sets the port at which other nodes reach this one.</summary>
    /// <value>Default 11111; 0 takes any free one. A port that stays the same makes a restart quicker.</value>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Gets or sets the port at which nodes with <see cref="NodeRole.Gateway"/> reach this one.</summary>
    /// <value>Default 0: none. Whoever reaches the port can call every patient.</value>
    public int GatewayPort { get; set; }

    /// <summary>Gets or sets how long a stopping node goes on answering after it has said that it stops.</summary>
    /// <value>
    /// Default 2 seconds with <see cref="Postgres"/>, so that load balancers turn away first; else 0. At most 60
    /// seconds.
    /// </value>
    public TimeSpan? DrainDelay { get; set; }

    /// <summary>Gets or sets a folder with the knowledge pack that is in force.</summary>
    /// <value>Default null: the pack that is built in.</value>
    public string? Knowledge { get; set; }

    /// <summary>Gets or sets folders with further packs, which a call may ask for.</summary>
    /// <value>
    /// Default none. On the command line <c>--knowledgeAlso:0 folder</c>, in the environment
    /// <c>LEGPAIN_KNOWLEDGEALSO__0</c>, and so on.
    /// </value>
    public IReadOnlyList<string> KnowledgeAlso { get; set; } = [];

    /// <summary>Gets or sets the most watches and interviews that may be open together.</summary>
    /// <value>Default 10 000. From 1 to 1 000 000.</value>
    public int WatchesMax { get; set; } = 10_000;

    /// <summary>Gets or sets the most unary calls and turns of interviews that are worked on together.</summary>
    /// <value>Default 1024. From 4 to 100 000.</value>
    /// <remarks>
    /// At half of it, calls that can wait are refused; at three quarters writes too; reads of a patient and reports
    /// with a red flag's sign only when it is reached.
    /// </remarks>
    public int CallsMax { get; set; } = 1024;

    /// <summary>Gets or sets the time a unary call may take when the client sends no deadline.</summary>
    /// <value>Default 10 seconds. From 100 milliseconds to 30 seconds, which no client's own may exceed either.</value>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets after how long without a change a watch says that it is alive.</summary>
    /// <value>Default 15 seconds. From 1 to 15 seconds: clients take a longer silence for a loss.</value>
    public TimeSpan ProgressEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets whether gRPC reflection is served, so that tools need no proto files.</summary>
    /// <value>Default: only in the Development environment.</value>
    public bool? Reflection { get; set; }

    /// <summary>Gets or sets where spans, metrics and logs are sent by OTLP over gRPC.</summary>
    /// <value>Default null: nowhere. The standard OTEL_EXPORTER_OTLP_ENDPOINT sets it too.</value>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>Gets or sets the share of traces that begin at this server and are recorded.</summary>
    /// <value>
    /// Default 1: all. From 0 to 1. A trace that a client began is recorded when, and only when, the client records it.
    /// </value>
    public double TraceSampling { get; set; } = 1;

    /// <summary>
    /// Gets or sets the address of the operator's listener: HTTP/1.1 with <c>/metrics</c>, <c>/health/live</c> and
    /// <c>/health/ready</c>.
    /// </summary>
    /// <value>
    /// Default null: there is none. Such as http://127.0.0.1:9464; port 0 takes any free one. Only loopback, unless
    /// <see cref="TrustedNetwork"/>.
    /// </value>
    public Uri? Admin { get; set; }

    /// <summary>Gets or sets whether the host writes log lines to the console.</summary>
    /// <value>Default true.</value>
    public bool ConsoleLog { get; set; } = true;

    /// <summary>Gets or sets how those lines look.</summary>
    /// <value>Default <see cref="LogFormat.Text"/>.</value>
    public LogFormat LogFormat { get; set; }

    /// <summary>
    /// Reads settings from arguments such as <c>--listen http://127.0.0.1:5080</c> and from the environment.
    /// </summary>
    /// <exception cref="ServerSettingsException">A value cannot be read.</exception>
    public static ServerSettings FromCommandLine(string[] args)
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables(EnvironmentPrefix)
            .AddCommandLine(args)
            .Build();
        var settings = new ServerSettings();
        try
        {
            configuration.Bind(settings);
        }
        catch (InvalidOperationException exception)
        {
            // It names the setting, and what its value should have been.
            throw new ServerSettingsException([exception.Message]);
        }

        settings.OtlpEndpoint ??= Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")
            is { Length: > 0 } endpoint
            ? new(endpoint, UriKind.RelativeOrAbsolute)
            : null;
        return settings;
    }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ServerSettingsException">One or more are wrong; the message names all.</exception>
    public void Check()
    {
        List<string> faults = [.. FaultsOfListening(), .. FaultsOfCluster(), .. FaultsOfLimits()];
        if (Knowledge is not null && !Directory.Exists(Knowledge))
        {
            faults.Add($"knowledge must be a folder: there is none at {Knowledge}.");
        }

        faults.AddRange(KnowledgeAlso.Where(folder => !Directory.Exists(folder))
            .Select(folder => $"knowledge-also must be folders: there is none at {folder}."));

        if (faults.Count > 0)
        {
            throw new ServerSettingsException(faults);
        }
    }

    private IEnumerable<string> FaultsOfListening()
    {
        List<(string Name, Uri? Address)> addresses =
            [("listen", Listen), ("admin", Admin), ("otlp-endpoint", OtlpEndpoint)];
        var parts = addresses.Where(one => one.Address is { IsAbsoluteUri: false }).ToList();
        if (parts.Count > 0)
        {
            foreach (var (name, _) in parts)
            {
                yield return $"{name} must be a whole address, such as {new ServerSettings().Listen}.";
            }

            yield break;
        }

        if (Listen.Scheme != Uri.UriSchemeHttp)
        {
            yield return "listen must begin with http://: TLS comes with authentication.";
        }

        foreach (var address in new[] { Listen, Admin }.OfType<Uri>())
        {
            if (address.HostNameType == UriHostNameType.Dns && address.Host != "localhost")
            {
                yield return $"{address.Host} is no address to listen on: give an IP address, or localhost.";
            }
        }

        if (OtlpEndpoint is { Scheme: not ("http" or "https") })
        {
            yield return "otlp-endpoint must begin with http:// or https://.";
        }

        if (!TrustedNetwork && !Listen.IsLoopback && !IsLoopback(Listen.Host))
        {
            yield return
                "listen must be a loopback address (127.0.0.1, [::1] or localhost): without authentication anybody who "
                + "reaches the port reads every patient. Where a firewall or a mesh lets only trusted callers in, say "
                + "so with trusted-network.";
        }

        if (Admin is { } admin && admin.Scheme != Uri.UriSchemeHttp)
        {
            yield return "admin must begin with http://.";
        }

        if (Admin is { } operators && !TrustedNetwork && !operators.IsLoopback && !IsLoopback(operators.Host))
        {
            yield return
                "admin must be a loopback address (127.0.0.1, [::1] or localhost), unless trusted-network is said.";
        }
    }

    private IEnumerable<string> FaultsOfCluster()
    {
        if (!Enum.IsDefined(Role))
        {
            yield return "role must be All, Silo or Gateway.";
        }

        if (ClusterId.Length is < 1 or > 100)
        {
            yield return "cluster-id must have 1 to 100 characters.";
        }

        if (!IPAddress.TryParse(SiloAddress, out _))
        {
            yield return "silo-address must be an IP address.";
        }
        else if (!TrustedNetwork && !IsLoopback(SiloAddress))
        {
            yield return
                "silo-address must be a loopback address: whoever reaches a silo can call every patient. Where only "
                + "the nodes of the cluster reach each other's ports, say so with trusted-network.";
        }

        if (SiloPort is < 0 or > ushort.MaxValue || GatewayPort is < 0 or > ushort.MaxValue)
        {
            yield return "silo-port and gateway-port must be 0 to 65535.";
        }

        if (Postgres is null)
        {
            if (Role != NodeRole.All)
            {
                yield return "role must be All without postgres: there is no cluster to take part in.";
            }
        }
        else
        {
            if (FaultOf(Postgres) is { } fault)
            {
                yield return fault;
            }

            if (PatientKeyFile is null || !File.Exists(PatientKeyFile))
            {
                yield return
                    "patient-key-file must name the secret of the cluster's patients, 32 random bytes: without it no "
                    + "patient can be found.";
            }
        }
    }

    /// <summary>Says what is wrong with a connection string, without a word of it: it may hold a password.</summary>
    private static string? FaultOf(string postgres)
    {
        try
        {
            PostgresJournal.CheckConnectionString(postgres);
            return null;
        }
        catch (JournalOpenException exception)
        {
            return $"postgres: {exception.Message}";
        }
    }

    private IEnumerable<string> FaultsOfLimits()
    {
        if (WatchesMax is < 1 or > 1_000_000)
        {
            yield return "watches-max must be 1 to 1 000 000.";
        }

        if (CallsMax is < 4 or > 100_000)
        {
            yield return "calls-max must be 4 to 100 000.";
        }

        if (DefaultDeadline < TimeSpan.FromMilliseconds(100) || DefaultDeadline > CallDeadlines.Max)
        {
            yield return "default-deadline must be 00:00:00.1 to 00:00:30.";
        }

        if (ProgressEvery < TimeSpan.FromSeconds(1) || ProgressEvery > TimeSpan.FromSeconds(15))
        {
            yield return "progress-every must be 00:00:01 to 00:00:15.";
        }

        if (TraceSampling is not (>= 0 and <= 1))
        {
            yield return "trace-sampling must be 0 to 1.";
        }

        if (DrainDelay < TimeSpan.Zero || DrainDelay > TimeSpan.FromSeconds(60))
        {
            yield return "drain-delay must be 00:00:00 to 00:01:00.";
        }
    }

    private static bool IsLoopback(string host) =>
        IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
}

/// <summary>What a node of a cluster does.</summary>
public enum NodeRole
{
    /// <summary>Answers clients and holds patients.</summary>
    All = 0,

    /// <summary>Holds patients; answers only health checks.</summary>
    Silo = 1,

    /// <summary>Answers clients and holds no patients: it calls the silos, and needs no journal.</summary>
    Gateway = 2,
}

/// <summary>Settings the server refuses to start with. Names every fault.</summary>
public sealed class ServerSettingsException(IReadOnlyList<string> faults) : Exception(string.Join('\n', faults));
