using System.Net;
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
    /// Default http://127.0.0.1:5080; port 0 takes any free one. Only loopback: there is no authentication yet.
    /// </value>
    public Uri Listen { get; set; } = new("http://127.0.0.1:5080");

    /// <summary>Gets or sets the folder of the journal and the secret that keys patients.</summary>
    /// <value>Default <c>legpain-data</c> in the working folder; made when it is not there.</value>
    public string Data { get; set; } = "legpain-data";

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

    /// <summary>Gets or sets the time a unary call may take when the client sends no deadline.</summary>
    /// <value>Default 10 seconds. From 100 milliseconds to 60 seconds.</value>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets after how long without a change a watch says that it is alive.</summary>
    /// <value>Default 15 seconds. From 1 to 60 seconds.</value>
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
    /// <value>Default null: there is none. Such as http://127.0.0.1:9464; port 0 takes any free one. Only loopback.</value>
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
    public static ServerSettings FromCommandLine(string[] args)
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables(EnvironmentPrefix)
            .AddCommandLine(args)
            .Build();
        var settings = new ServerSettings();
        configuration.Bind(settings);
        settings.OtlpEndpoint ??= Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")
            is { Length: > 0 } endpoint
            ? new(endpoint)
            : null;
        return settings;
    }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ServerSettingsException">One or more are wrong; the message names all.</exception>
    public void Check()
    {
        var faults = new List<string>();
        if (Listen.Scheme != Uri.UriSchemeHttp)
        {
            faults.Add("listen must begin with http://: TLS comes with authentication.");
        }

        if (Admin is { } admin && admin.Scheme != Uri.UriSchemeHttp)
        {
            faults.Add("admin must begin with http://.");
        }

        if (Admin is { } operators && !IsLoopback(operators))
        {
            faults.Add("admin must be a loopback address (127.0.0.1, [::1] or localhost).");
        }

        if (TraceSampling is not (>= 0 and <= 1))
        {
            faults.Add("trace-sampling must be 0 to 1.");
        }

        if (!IsLoopback(Listen))
        {
            faults.Add(
                "listen must be a loopback address (127.0.0.1, [::1] or localhost): without authentication anybody who "
                + "reaches the port reads every patient.");
        }

        if (WatchesMax is < 1 or > 1_000_000)
        {
            faults.Add("watches-max must be 1 to 1 000 000.");
        }

        if (DefaultDeadline < TimeSpan.FromMilliseconds(100) || DefaultDeadline > TimeSpan.FromSeconds(60))
        {
            faults.Add("default-deadline must be 00:00:00.1 to 00:01:00.");
        }

        if (ProgressEvery < TimeSpan.FromSeconds(1) || ProgressEvery > TimeSpan.FromSeconds(60))
        {
            faults.Add("progress-every must be 00:00:01 to 00:01:00.");
        }

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

    private static bool IsLoopback(Uri uri) =>
        uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Settings the server refuses to start with. Names every fault.</summary>
public sealed class ServerSettingsException(IReadOnlyList<string> faults) : Exception(string.Join('\n', faults));
