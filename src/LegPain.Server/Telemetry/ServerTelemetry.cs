using LegPain.Grains;
using LegPain.Journal;
using LegPain.Server.Admin;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Wires spans, metrics and logs: sends all three by OTLP when an endpoint is configured, and keeps metrics for
/// Prometheus when there is an admin listener.
/// </summary>
internal static class ServerTelemetry
{
    /// <summary>The name of the server's own meter.</summary>
    public const string ServerMeter = "LegPain.Server";

    private static readonly string[] Sources =
        [PatientTelemetry.Name, JournalTelemetry.Name, WatchTraces.Name, "Microsoft.Orleans.Application"];

    private static readonly string[] Meters =
    [
        ServerMeter, PatientTelemetry.Name, JournalTelemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Adds telemetry to the host. What nobody asked for does not listen, and costs nothing.</summary>
    public static void AddServerTelemetry(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.AddConsoleLog(settings);
        builder.Logging.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        if (settings.Admin is not null)
        {
            builder.Services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddLegPain().AddPrometheusExporter());
        }

        if (settings.OtlpEndpoint is not { } endpoint)
        {
            return;
        }

        void Export(OtlpExporterOptions options)
        {
            options.Endpoint = endpoint;
            options.Protocol = OtlpExportProtocol.Grpc;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddLegPain(settings.TraceSampling).AddOtlpExporter(Export))
            .WithLogging(logging => logging.AddProcessor(new PrivacyLogProcessor()).AddOtlpExporter(Export));
        telemetry.WithMetrics(metrics =>
            (settings.Admin is null ? metrics.AddLegPain() : metrics).AddOtlpExporter(Export));
    }

    /// <summary>Adds the sources, the sampler, and the processor that keeps private things in.</summary>
    /// <param name="tracing">Where to add them; the exporter comes after.</param>
    /// <param name="sampling">The share of traces that begin here and are recorded, 0 to 1.</param>
    public static TracerProviderBuilder AddLegPain(this TracerProviderBuilder tracing, double sampling) => tracing
        .ConfigureResource(Describe)
        .SetSampler(new TraceSampler(sampling))
        .AddAspNetCoreInstrumentation(options => options.Filter = context => !AdminEndpoints.IsAdmin(context))
        .AddSource(Sources)
        .AddProcessor<PrivacyProcessor>();

    /// <summary>Adds the meters; the exporter is the caller's.</summary>
    public static MeterProviderBuilder AddLegPain(this MeterProviderBuilder metrics) => metrics
        .ConfigureResource(Describe)
        .AddMeter(Meters)
        .AddRuntimeInstrumentation();

    private static void Describe(ResourceBuilder resource) => resource.AddService(
        "legpain", serviceVersion: typeof(ServerTelemetry).Assembly.GetName().Version?.ToString(3));
}
