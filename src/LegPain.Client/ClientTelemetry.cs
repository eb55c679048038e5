using System.Diagnostics;
using Grpc.Core;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// The client's spans: one a call, one a turn of an interview, one a connection of a watch. Nothing in them names a
/// patient, a request or what one reported.
/// </summary>
public static class ClientTelemetry
{
    /// <summary>The name of the activity source.</summary>
    public const string Name = "LegPain.Client";

    internal static ActivitySource Source { get; } = new(Name);
}

/// <summary>The span of one call, and the headers that let the server's spans join it.</summary>
/// <remarks>
/// When nobody listens there is no span, and the server's joins whatever activity is current where the call is made;
/// without one, the server begins a trace of its own.
/// </remarks>
internal sealed class CallSpan : IDisposable
{
    private static readonly Dictionary<string, string> Services = new[]
        {
            TriageService.Descriptor, KnowledgeService.Descriptor,
        }
        .SelectMany(service => service.Methods)
        .ToDictionary(method => method.Name, method => method.Service.FullName, StringComparer.Ordinal);

    private readonly Activity? _activity;
    private readonly Activity? _context;

    private CallSpan(Activity? activity)
    {
        _activity = activity;
        _context = activity ?? Activity.Current;
    }

    /// <summary>Starts the span of a call.</summary>
    /// <param name="method">The name of the RPC.</param>
    public static CallSpan Start(string method)
    {
        var service = Services[method];
        var activity = ClientTelemetry.Source.StartActivity($"{service}/{method}", ActivityKind.Client);
        activity?.SetTag("rpc.system", "grpc").SetTag("rpc.service", service).SetTag("rpc.method", method);
        return new(activity);
    }

    /// <summary>Returns the headers that every attempt carries.</summary>
    public Metadata Headers(LegPainClientOptions options)
    {
        Metadata headers = options.Language is { } language ? new() { { "accept-language", language } } : [];
        if (_context is { IdFormat: ActivityIdFormat.W3C, Id: { } parent })
        {
            headers.Add("traceparent", parent);
            if (_context.TraceStateString is { Length: > 0 } state)
            {
                headers.Add("tracestate", state);
            }
        }

        return headers;
    }

    /// <summary>Hears how an attempt ended.</summary>
    public void Attempted(int number, Endpoint server, StatusCode code, string reason = "")
    {
        if (_activity is { IsAllDataRequested: true })
        {
            var tags = new ActivityTagsCollection
            {
                { "legpain.attempt", number },
                { "server.address", server.Name },
                { "rpc.grpc.status_code", (int)code },
            };
            if (reason.Length > 0)
            {
                tags.Add("legpain.reason", reason);
            }

            _activity.AddEvent(new("attempt", tags: tags));
        }
    }

    /// <summary>Hears how the call ended.</summary>
    public void End(StatusCode code)
    {
        _activity?.SetTag("rpc.grpc.status_code", (int)code);
        if (code is not (StatusCode.OK or StatusCode.Cancelled))
        {
            _activity?.SetStatus(ActivityStatusCode.Error);
        }
    }

    public void Dispose() => _activity?.Dispose();
}
