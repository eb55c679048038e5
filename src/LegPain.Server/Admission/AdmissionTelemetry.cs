using System.Diagnostics.Metrics;
using LegPain.Server.Telemetry;

namespace LegPain.Server.Admission;

/// <summary>The metrics of admission.</summary>
internal static class AdmissionTelemetry
{
    private static readonly Meter Meter = new(ServerTelemetry.ServerMeter);

    private static readonly UpDownCounter<int> InFlight = Meter.CreateUpDownCounter<int>(
        "legpain.server.calls.in_flight", "{call}", "Admitted calls and turns of interviews that are being worked on.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "legpain.server.calls.refused", "{call}", "Calls and turns refused as the server is overloaded, by class.");

    /// <summary>Counts a call that was admitted (1) or has ended (-1).</summary>
    public static void CountInFlight(int change) => InFlight.Add(change);

    /// <summary>Counts a call that was refused.</summary>
    public static void CountRefused(CallClass callClass) =>
        Refused.Add(1, new KeyValuePair<string, object?>("class", Word(callClass)));

    private static string Word(CallClass callClass) => callClass switch
    {
        CallClass.Rest => "rest",
        CallClass.Write => "write",
        _ => "urgent",
    };
}
