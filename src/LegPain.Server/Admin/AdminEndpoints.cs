using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LegPain.Server.Admin;

/// <summary>
/// The operator's own listener, HTTP/1.1: <c>/metrics</c> in Prometheus' form, <c>/health/live</c> while the process
/// answers, <c>/health/ready</c> while every registered health check is healthy (else 503).
/// </summary>
/// <remarks>
/// What is served is bound to the connection, not to a port or a Host header that a client could choose: no call from
/// the API's listener reaches these paths, and none from here reaches the API. Nothing of it is traced or counted.
/// </remarks>
internal static class AdminEndpoints
{
    private static readonly object Mark = new();

    /// <summary>Listens where the settings say; does nothing when they do not.</summary>
    public static void AddAdmin(this WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.Admin is not { } admin)
        {
            return;
        }

        var address = admin.HostNameType == UriHostNameType.Dns
            ? IPAddress.Loopback
            : IPAddress.Parse(admin.DnsSafeHost);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, admin.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Items[Mark] = true;
                return next(connection);
            });
        }));
    }

    /// <summary>Serves the endpoints to connections of the operator's listener.</summary>
    public static void MapAdmin(this WebApplication app, ServerSettings settings)
    {
        if (settings.Admin is null)
        {
            return;
        }

        app.MapWhen(IsAdmin, admin =>
        {
            admin.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
            admin.UseHealthChecks("/health/ready");
            admin.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
            admin.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Returns whether a request came in on the operator's listener.</summary>
    public static bool IsAdmin(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) == true;
}
