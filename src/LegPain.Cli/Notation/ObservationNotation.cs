using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Notation;

/// <summary>
/// One observation in short: <c>fever</c>, <c>no:fever</c>, <c>unknown:fever</c>, <c>pain-intensity=7</c>,
/// <c>leg-swelling=one-calf</c>, <c>pain-quality=aching,sharp</c>, each with <c>@2026-11-20T10:00Z</c> for its time.
/// </summary>
/// <param name="Token">What was written.</param>
/// <param name="Finding">The id of the finding.</param>
/// <param name="Presence">What is said of it.</param>
/// <param name="Value">The value, as written; null for none.</param>
/// <param name="ObservedAt">When it was so; null for now.</param>
internal sealed record ObservationNotation(
    string Token, string Finding, Presence Presence, string? Value, DateTimeOffset? ObservedAt)
{
    /// <summary>The forms, for help texts.</summary>
    public const string Help =
        "fever | no:fever | unknown:fever | pain-intensity=7 | leg-swelling=one-calf | pain-quality=aching,sharp, "
        + "each with an optional time: fever@2026-11-20T10:00Z";

    private const string AbsentPrefix = "no:";
    private const string UnknownPrefix = "unknown:";

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>Reads notations.</summary>
    /// <exception cref="NotationException">One or more cannot be read; all are named.</exception>
    public static IReadOnlyList<ObservationNotation> ParseAll(IReadOnlyList<string> tokens)
    {
        var faults = new List<NotationFault>();
        var read = new List<ObservationNotation>();
        foreach (var token in tokens)
        {
            var (notation, fault) = Parse(token);
            if (notation is not null)
            {
                read.Add(notation);
            }
            else
            {
                faults.Add(new(token, fault!));
            }
        }

        return faults.Count == 0 ? read : throw new NotationException(faults, isSyntax: true);
    }

    /// <summary>
    /// Reads a time with its offset, such as <c>2026-11-20T10:00Z</c> or <c>2026-11-20T10:00:30+01:00</c>.
    /// </summary>
    public static DateTimeOffset? ParseTime(string text) => DateTimeOffset.TryParseExact(
        text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Makes the observation, now that it is known what kind of answer the finding takes.</summary>
    /// <returns>The observation, or null and what is wrong.</returns>
    public (Observation? Observation, string? Fault) ToObservation(Finding finding, Informant informant)
    {
        var observation = new Observation
        {
            Finding = Finding,
            Presence = Presence,
            Informant = informant,
            ObservedAt = ObservedAt?.ToTimestamp(),
        };
        if (Presence != Presence.Present)
        {
            return (observation, null);
        }

        var options = finding.Options.Select(option => option.Id).ToList();
        switch (finding.Kind)
        {
            case FindingKind.Boolean when Value is not null:
                return (null, $"takes no value: {Finding}, no:{Finding} or unknown:{Finding}.");
            case FindingKind.Boolean:
                return (observation, null);
            case FindingKind.Number when TryNumber(Value, out var number):
                observation.Number = number;
                return (observation, null);
            case FindingKind.Number:
                return (null, FormattableString.Invariant(
                    $"takes a number from {finding.Minimum} to {finding.Maximum} {finding.Unit}."));
            case FindingKind.Choice when Value is not null && !Value.Contains(','):
                observation.Option = Value;
                return (observation, null);
            case FindingKind.Choice:
                return (null, $"takes one of: {string.Join(", ", options)}; such as {Finding}={options[0]}.");
            case FindingKind.Choices when Value is not null:
                observation.Options = new() { Options = { Value.Split(',') } };
                return (observation, null);
            case FindingKind.Choices:
                var example = string.Join(',', options.Take(2));
                return (null, $"takes any of: {string.Join(", ", options)}; such as {Finding}={example}.");
            default:
                return (null, "is of a kind that this program does not know: use a newer one.");
        }
    }

    private static (ObservationNotation? Notation, string? Fault) Parse(string token)
    {
        var text = token;
        DateTimeOffset? observedAt = null;
        if (text.LastIndexOf('@') is var at and >= 0)
        {
            observedAt = ParseTime(text[(at + 1)..]);
            if (observedAt is null)
            {
                return (null, "the time after @ must be like 2026-11-20T10:00Z or 2026-11-20T10:00+01:00.");
            }

            text = text[..at];
        }

        var presence = Presence.Present;
        if (text.StartsWith(AbsentPrefix, StringComparison.Ordinal))
        {
            (presence, text) = (Presence.Absent, text[AbsentPrefix.Length..]);
        }
        else if (text.StartsWith(UnknownPrefix, StringComparison.Ordinal))
        {
            (presence, text) = (Presence.Unknown, text[UnknownPrefix.Length..]);
        }

        string? value = null;
        if (text.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0)
        {
            (text, value) = (text[..equals], text[(equals + 1)..]);
            if (presence != Presence.Present)
            {
                return (null, "what is absent or unknown has no value: leave out '=' and what follows.");
            }

            if (value.Split(',').Any(part => part.Length == 0 || part.Any(char.IsWhiteSpace)))
            {
                return (null, "after '=' comes a number, an option, or several options with commas and no spaces.");
            }
        }

        if (text.Length == 0 || !char.IsAsciiLetterLower(text[0]) || !text.All(IsIdCharacter))
        {
            return (null,
                "begins with the id of a finding, such as leg-swelling: 'legpain knowledge search swelling' finds it.");
        }

        return (new(token, text, presence, value, observedAt), null);
    }

    private static bool TryNumber(string? text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static bool IsIdCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
}
