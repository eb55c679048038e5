using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LegPain.Protocol.Triage.V1;
using Stored = LegPain.Protocol.Journal.V1;

namespace LegPain.Robustness.History;

/// <summary>Names the content of a write the same way as it was sent and as it is stored.</summary>
internal static class Contents
{
    /// <summary>The name of a started episode.</summary>
    public const string Start = "start";

    /// <summary>The name of a closed episode.</summary>
    public const string Close = "close";

    /// <summary>Names what was reported.</summary>
    public static string Of(IEnumerable<Observation> observations) => Report(observations.Select(one => Text(
        one.Finding, (int)one.Presence, one.HasNumber ? one.Number : null, one.ObservedAt.ToDateTime())));

    /// <summary>Names an amendment.</summary>
    public static string Amend(long revision, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"amend:{revision}/{index}");

    /// <summary>Names what is stored.</summary>
    public static string Of(Stored.Event stored) => stored.KindCase switch
    {
        Stored.Event.KindOneofCase.ObservationsReported => Report(stored.ObservationsReported.Observations.Select(
            one => Text(
                one.Finding, (int)one.Presence, one.HasNumber ? one.Number : null, one.ObservedAt.ToDateTime()))),
        Stored.Event.KindOneofCase.ObservationAmended =>
            Amend(stored.ObservationAmended.Revision, stored.ObservationAmended.Index),
        Stored.Event.KindOneofCase.EpisodeStarted => Start,
        Stored.Event.KindOneofCase.EpisodeClosed => Close,
        _ => "nothing",
    };

    /// <summary>Whether no two requests have this content.</summary>
    public static bool IsUnique(string content) => content is not (Start or Close);

    private static string Report(IEnumerable<string> observations) => "report:" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', observations)))[..8]);

    private static string Text(string finding, int presence, double? number, DateTime observedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{finding} {presence} {number} {observedAt.Ticks}");
}
