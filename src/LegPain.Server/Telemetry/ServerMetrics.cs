using System.Diagnostics.Metrics;

namespace LegPain.Server.Telemetry;

/// <summary>The kinds of call that stay open.</summary>
internal enum StreamKind
{
    Watch,
    Interview,
}

/// <summary>What the server itself counts. Every tag has a fixed set of values.</summary>
internal static class ServerMetrics
{
    private static readonly Meter Meter = new(ServerTelemetry.ServerMeter);

    private static readonly UpDownCounter<int> Streams = Meter.CreateUpDownCounter<int>(
        "legpain.server.streams", "{stream}", "Open watches and interviews, by kind.");

    private static readonly UpDownCounter<int> StreamsLimit = Meter.CreateUpDownCounter<int>(
        "legpain.server.streams.limit", "{stream}", "Most watches and interviews that may be open together.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "legpain.server.refusals", "{refusal}", "Refusals sent to clients, by reason.");

    /// <summary>Counts a watch or an interview that opened (1) or ended (-1).</summary>
    public static void CountStream(StreamKind kind, int change) => Streams.Add(
        change, new KeyValuePair<string, object?>("kind", kind == StreamKind.Watch ? "watch" : "interview"));

    /// <summary>Adds to the most streams there may be.</summary>
    public static void AddStreamsLimit(int change) => StreamsLimit.Add(change);

    /// <summary>Counts a refusal by its reason, as clients read it.</summary>
    public static void CountRefusal(string reason) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
