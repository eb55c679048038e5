using System.Globalization;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Rendering;

/// <summary>Writes an observation in the notation that <c>legpain report</c> reads.</summary>
internal static class ObservationText
{
    public static string Of(Observation observation)
    {
        var finding = observation.Finding;
        return observation.Presence switch
        {
            Presence.Absent => $"no:{finding}",
            Presence.Unknown => $"unknown:{finding}",
            _ => observation.ValueCase switch
            {
                Observation.ValueOneofCase.Number =>
                    $"{finding}={observation.Number.ToString(CultureInfo.InvariantCulture)}",
                Observation.ValueOneofCase.Option => $"{finding}={observation.Option}",
                Observation.ValueOneofCase.Options => $"{finding}={string.Join(',', observation.Options.Options)}",
                _ => finding,
            },
        };
    }
}
