using Google.Protobuf.WellKnownTypes;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Notation;

/// <summary>Makes the observation that a mention proposes.</summary>
internal static class Proposal
{
    /// <summary>Returns what would be reported if the speaker confirmed it.</summary>
    /// <param name="mention">What the text says of a finding.</param>
    /// <param name="now">When it was said; the beginning is reckoned from it. Null leaves the beginning out.</param>
    public static Observation Of(Mention mention, DateTimeOffset? now = null)
    {
        var observation = new Observation { Finding = mention.Finding, Presence = mention.Presence };
        switch (mention.ValueCase)
        {
            case Mention.ValueOneofCase.Number:
                observation.Number = mention.Number;
                break;
            case Mention.ValueOneofCase.Option:
                observation.Option = mention.Option;
                break;
            case Mention.ValueOneofCase.Options:
                observation.Options = mention.Options;
                break;
        }

        // What began today is left to "unknown beginning", which counts as recent: the server's clock may be behind.
        if (now is { } time && mention.BeganDaysAgo >= 1)
        {
            observation.StartedAt = Timestamp.FromDateTimeOffset(time.AddDays(-mention.BeganDaysAgo));
        }

        return observation;
    }
}
