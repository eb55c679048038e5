using System.Diagnostics.Metrics;
using LegPain.Grains;
using LegPain.Journal;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LegPain.Server.Telemetry;

/// <summary>Wires spans, metrics and logs, and sends them by OTLP when an endpoint is configured.</summary>
internal static class ServerTelemetry
{
    /// <summary>The name of the server's own meter.</summary>
    public const string ServerMeter = "LegPain.Server";

    private static readonly string[] Sources =
        [PatientTelemetry.Name, JournalTelemetry.Name, "Microsoft.Orleans.Application"];

    private static readonly string[] Meters =
    [
        ServerMeter, PatientTelemetry.Name, JournalTelemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    private static readonly UpDownCounter<int> Watches = new Meter(ServerMeter).CreateUpDownCounter<int>(
        "legpain.server.watches", "{watch}", "Open watches.");

    /// <summary>Counts a watch that opened (1) or closed (-1).</summary>
    public static void CountWatch(int change) => Watches.Add(change);

    /// <summary>Adds telemetry to the host. Without an endpoint nothing listens, and spans cost nothing.</summary>
    public static void AddServerTelemetry(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Logging.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (settings.OtlpEndpoint is not { } endpoint)
        {
            return;
        }

        void Export(OtlpExporterOptions options)
        {
            options.Endpoint = endpoint;
            options.Protocol = OtlpExportProtocol.Grpc;
        }

        builder.Services.AddLegPainTelemetry()
            .WithTracing(tracing => tracing.AddOtlpExporter(Export))
            .WithMetrics(metrics => metrics.AddOtlpExporter(Export))
            .WithLogging(logging => logging.AddOtlpExporter(Export));
    }

    /// <summary>
    /// Adds the sources, the meters and the processor that keeps private things in; exporters are the caller's.
    /// </summary>
    public static OpenTelemetryBuilder AddLegPainTelemetry(this IServiceCollection services) => services
        .AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(
            "legpain", serviceVersion: typeof(ServerTelemetry).Assembly.GetName().Version?.ToString(3)))
        .WithTracing(tracing => tracing
            .AddAspNetCoreInstrumentation()
            .AddSource(Sources)
            .AddProcessor<PrivacyProcessor>())
        .WithMetrics(metrics => metrics
            .AddMeter(Meters)
            .AddRuntimeInstrumentation());
}
