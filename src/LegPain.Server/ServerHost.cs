using System.Net;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using LegPain.Engine.Knowledge;
using LegPain.Journal;
using LegPain.Journal.PostgreSql;
using LegPain.Journal.Sqlite;
using LegPain.Knowledge;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Admin;
using LegPain.Server.Admission;
using LegPain.Server.Cluster;
using LegPain.Server.Errors;
using LegPain.Server.Lifecycle;
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
    /// for is done within the default deadline even where an append takes a tenth of a second. Reads count too. As
    /// many more may pass as processors look at the queue in the same instant.
    /// </summary>
    public const int CallsOfOnePatientMax = 100;

    /// <summary>The name under which the container owns the journal.</summary>
    private const string Owned = "owned";

    /// <summary>The name of the health check that every service depends on.</summary>
    private const string Stopping = "stopping";

    /// <summary>A node that has been asked to stop is gone after its drain delay and this.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(7);

    /// <summary>Builds a server that is ready to run.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="configure">Changes to the host before it is built, for tests and embedding.</param>
    /// <param name="cancellationToken">Gives up on the database of a cluster.</param>
    /// <exception cref="ServerSettingsException">A setting is wrong.</exception>
    /// <exception cref="PackException">A knowledge pack has faults; all of all packs are in the message.</exception>
    /// <exception cref="JournalOpenException">The journal, or the database of the cluster, cannot be used.</exception>
    /// <exception cref="JournalUnavailableException">The database of the cluster went away meanwhile.</exception>
    public static async Task<WebApplication> BuildAsync(
        ServerSettings settings, Action<WebApplicationBuilder>? configure = null,
        CancellationToken cancellationToken = default)
    {
        settings.Check();
        var packs = KnowledgeLoader.Load(settings);
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(ServerHost).Assembly.GetName().Name });
        ConfigureHost(builder, settings);
        builder.AddServerTelemetry(settings);
        builder.AddAdmin(settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        AddKnowledge(builder, packs);
        AddGrpc(builder, settings);
        var journal = settings.Postgres is null
            ? AddEmbedded(builder, settings)
            : await AddClusteredAsync(builder, settings, cancellationToken);
        WebApplication? app = null;
        try
        {
            configure?.Invoke(builder);
            app = builder.Build();
            if (journal is not null)
            {
                app.Services.GetRequiredKeyedService<IJournal>(Owned);
            }

            Map(app, settings);
            return app;
        }
        catch
        {
            // Once asked for, the journal is the container's to close.
            await (app?.DisposeAsync() ?? journal?.DisposeAsync() ?? default);
            throw;
        }
    }

    private static IJournal AddEmbedded(WebApplicationBuilder builder, ServerSettings settings)
    {
        var file = Path.Combine(settings.Data, "journal.db");
        builder.Services.AddSingleton(PatientKeys.InFolder(settings.Data, file));
        builder.UseOrleans(ClusterNode.Embed);
        return AddPatients(builder, SqliteJournal.Open(file));
    }

    private static async Task<IJournal?> AddClusteredAsync(
        WebApplicationBuilder builder, ServerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.SiloPort == 0)
        {
            settings.SiloPort = ClusterNode.FreePort();
        }

        var keys = PatientKeys.FromFile(settings.PatientKeyFile!);
        builder.Services.AddSingleton(keys);
        await ClusterDatabase.PrepareAsync(settings, keys, cancellationToken);
        builder.Services.AddHostedService<KnowledgeAgreement>();
        if (settings.Role == NodeRole.Gateway)
        {
            builder.Services.AddSingleton(services =>
                new GatewayHealthCheck(services.GetRequiredService<AssessmentWatches>));
            builder.Services.AddSingleton<IClusterConnectionStatusObserver>(
                services => services.GetRequiredService<GatewayHealthCheck>());
            builder.Services.AddHealthChecks().AddCheck<GatewayHealthCheck>("cluster");
            builder.UseOrleansClient(client => ClusterNode.Connect(client, settings));
            return null;
        }

        builder.UseOrleans(silo => ClusterNode.Join(silo, settings));
        return AddPatients(builder, await PostgresJournal.OpenAsync(settings.Postgres!, cancellationToken));
    }

    private static IJournal AddPatients(WebApplicationBuilder builder, IJournal journal)
    {
        // Registered by a factory, so that the container closes it: last, after everything that may still write. Its
        // other name is an instance, which the container does not close a second time.
        builder.Services.AddKeyedSingleton(Owned, (_, _) => journal);
        builder.Services.AddSingleton(journal);
        builder.Services.Configure<SiloMessagingOptions>(options =>
        {
            options.MaxEnqueuedRequestsHardLimit = CallsOfOnePatientMax;
            options.ResponseTimeout = CallDeadlines.Max;
        });
        builder.Services.AddHostedService<WatchRenewal>();
        builder.Services.AddHostedService<MembershipMetrics>();
        builder.Services.AddHealthChecks()
            .AddCheck<JournalHealthCheck>("journal")
            .AddCheck<MembershipHealthCheck>("cluster");
        return journal;
    }

    private static void AddKnowledge(WebApplicationBuilder builder, IReadOnlyList<KnowledgePack> packs)
    {
        builder.Services.AddSingleton(packs);
        builder.Services.AddSingleton(packs[0]);
        builder.Services.AddSingleton(
            new KnowledgeLibrary(packs[0].Knowledge, packs.Skip(1).Select(pack => pack.Knowledge)));
        builder.Services.AddSingleton<AssessmentWriters>();
    }

    private static void Map(WebApplication app, ServerSettings settings)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.UseRouting();
        app.UseCallStatus();
        app.MapAdmin(settings);
        app.Use((context, next) => IsStream(context) ? drain.RunStreamAsync(context, next) : next(context));
        app.MapGrpcHealthChecksService();
        if (settings.Role == NodeRole.Silo)
        {
            return;
        }

        app.UseCallDeadlines(settings.DefaultDeadline);
        app.MapGrpcService<TriageGrpcService>();
        app.MapGrpcService<KnowledgeGrpcService>();
        if (settings.Reflection ?? app.Environment.IsDevelopment())
        {
            app.MapGrpcReflectionService();
        }
    }

    /// <summary>Returns whether a call of ours stays open until one side ends it.</summary>
    private static bool IsStream(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } call
        && call.ServiceType == typeof(TriageGrpcService) && call.Method.Type != MethodType.Unary;

    private static void ConfigureHost(WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);

        // At the start it takes the age of the machine for the length of a stall, and warns of it.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // Warns of every call that a busy patient refuses, and names the patient's key.
        builder.Logging.AddFilter("Orleans.Grain", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.GrainDirectory", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);

        // CallGuard logs what fails in a handler. What fails before one is a client's: a deadline that passed, or bytes
        // that are no message.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain.Delay(settings) + StopMax);
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
        builder.Services.AddSingleton<OpenStreams>();
        builder.Services.AddSingleton<AssessmentWatches>();
        builder.Services.AddSingleton<AssessmentStream>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks(options => MapHealth(options.Services, settings))
            .AddCheck<DrainHealthCheck>(Stopping);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthLog>();
        builder.Services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = TimeSpan.FromSeconds(5);
        });
    }

    /// <summary>
    /// The knowledge needs neither the journal nor the cluster, so a node without them can still serve it.
    /// </summary>
    private static void MapHealth(ServiceMappingCollection services, ServerSettings settings)
    {
        if (settings.Role != NodeRole.Silo)
        {
            services.Map(TriageService.Descriptor.FullName, _ => true);
            services.Map(KnowledgeService.Descriptor.FullName, check => check.Name == Stopping);
        }
    }
}
