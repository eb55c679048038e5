using System.Net;
using System.Net.Sockets;
using LegPain.Engine.Knowledge;
using LegPain.Journal;
using LegPain.Journal.Sqlite;
using LegPain.Knowledge;
using LegPain.Server.Admission;
using LegPain.Server.Errors;
using LegPain.Server.Mapping;
using LegPain.Server.Security;
using LegPain.Server.Services;
using LegPain.Server.Telemetry;
using LegPain.Server.Watch;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Configuration;

namespace LegPain.Server;

/// <summary>Composes the one server process: knowledge, journal, patients, gRPC, telemetry, health.</summary>
public static class ServerHost
{
    /// <summary>Most bytes of a request: 64 KiB.</summary>
    public const int RequestBytesMax = 64 * 1024;

    /// <summary>
    /// Most calls that wait for one patient. A patient's writes come one after another, so what the last of them waits
    /// for is done within the default deadline even where an append takes a tenth of a second. Reads count too.
    /// </summary>
    public const int CallsOfOnePatientMax = 100;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Builds a server that is ready to run.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="configure">Changes to the host before it is built, for tests and embedding.</param>
    /// <exception cref="ServerSettingsException">A setting is wrong.</exception>
    /// <exception cref="PackException">A knowledge pack has faults; all of all packs are in the message.</exception>
    /// <exception cref="JournalOpenException">The journal cannot be opened.</exception>
    public static WebApplication Build(ServerSettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        settings.Check();
        var packs = KnowledgeLoader.Load(settings);
        var journalFile = Path.Combine(settings.Data, "journal.db");
        var keys = PatientKeys.InFolder(settings.Data, journalFile);
        var journal = SqliteJournal.Open(journalFile);

        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(ServerHost).Assembly.GetName().Name });
        ConfigureHost(builder, settings);
        builder.AddServerTelemetry(settings);
        builder.UseOrleans(ConfigureSilo);

        // Registered by a factory, so that the container closes it: last, after everything that may still write. Its
        // other name is an instance, which the container does not close a second time.
        builder.Services.AddSingleton(_ => journal);
        builder.Services.AddSingleton<IJournal>(journal);
        builder.Services.AddSingleton(packs);
        builder.Services.AddSingleton(packs[0]);
        builder.Services.AddSingleton(
            new KnowledgeLibrary(packs[0].Knowledge, packs.Skip(1).Select(pack => pack.Knowledge)));
        builder.Services.AddSingleton<AssessmentWriters>();
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<OpenStreams>();
        builder.Services.AddSingleton<AssessmentWatches>();
        builder.Services.AddSingleton<AssessmentStream>();
        AddGrpc(builder, settings);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Services.GetRequiredService<SqliteJournal>();
        app.UseCallDeadlines(settings.DefaultDeadline);
        app.MapGrpcService<TriageGrpcService>();
        app.MapGrpcService<KnowledgeGrpcService>();
        app.MapGrpcHealthChecksService();
        if (settings.Reflection ?? app.Environment.IsDevelopment())
        {
            app.MapGrpcReflectionService();
        }

        return app;
    }

    private static void ConfigureHost(WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);

        // Warns of every call that a busy patient refuses, and names the patient's key.
        builder.Logging.AddFilter("Orleans.Grain", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.GrainDirectory", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);

        // CallGuard logs what fails in a handler. What fails before one is a client's: a deadline that passed, or bytes
        // that are no message.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        if (settings.ConsoleLog)
        {
            builder.Logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.IncludeScopes = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                options.UseUtcTimestamp = true;
            });
        }

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var port = settings.Listen.Port;
            var address = settings.Listen.HostNameType == UriHostNameType.Dns
                ? IPAddress.Loopback
                : IPAddress.Parse(settings.Listen.DnsSafeHost);
            kestrel.Listen(address, port, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 256;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        });
    }

    private static void ConfigureSilo(ISiloBuilder silo)
    {
        // Membership in memory and no gateway: one process, nothing to join, nothing stale to wait for after a crash.
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0, serviceId: "legpain", clusterId: "embedded");
        silo.AddActivityPropagation();
        silo.AddOutgoingGrainCallFilter<OutgoingTraceFilter>();
        silo.AddIncomingGrainCallFilter<IncomingTraceFilter>();
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.MaxEnqueuedRequestsHardLimit = CallsOfOnePatientMax;
            options.ResponseTimeout = CallDeadlines.Max;
        });
    }

    private static void AddGrpc(WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = RequestBytesMax;
            options.Interceptors.Add<CallGuard>();
            options.Interceptors.Add<CallAdmission>();
        });
        builder.Services.AddSingleton<CallGuard>();
        builder.Services.AddSingleton<UrgentReports>();
        builder.Services.AddSingleton<CallAdmission>();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck<JournalHealthCheck>("journal");
        builder.Services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = TimeSpan.FromSeconds(5);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
