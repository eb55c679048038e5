using Google.Rpc;
using LegPain.Server.Admin;
using Microsoft.AspNetCore.Http.Features;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Adds the gRPC status of a call to what ASP.NET measures of it, since its HTTP status is always 200.
/// </summary>
internal static class CallStatus
{
    private const string StatusTrailer = "grpc-status";

    private static readonly Dictionary<string, string> Names = CodeReflection.Descriptor.EnumTypes[0].Values
        .ToDictionary(
            value => value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), value => value.Name);

    /// <summary>Measures calls by status, and leaves what the operator asks out. Comes first.</summary>
    public static void UseCallStatus(this WebApplication app) => app.Use(async (context, next) =>
    {
        var tags = context.Features.Get<IHttpMetricsTagsFeature>();
        if (tags is not null && AdminEndpoints.IsAdmin(context))
        {
            tags.MetricsDisabled = true;
        }

        await next(context);
        if (tags is { MetricsDisabled: false } && Of(context) is { } status)
        {
            tags.Tags.Add(new("rpc.response.status_code", status));
        }
    });

    private static string? Of(HttpContext context)
    {
        // A call that fails before it has answered anything has its status among the headers.
        var status = context.Response.Headers[StatusTrailer].FirstOrDefault()
            ?? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers[StatusTrailer].FirstOrDefault();
        return status is not null ? Names.GetValueOrDefault(status)
            : context.RequestAborted.IsCancellationRequested ? "CANCELLED"
            : null;
    }
}
