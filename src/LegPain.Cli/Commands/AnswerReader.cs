using System.Globalization;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>What a typed line means as an answer: an observation, or what is wrong with it.</summary>
/// <param name="Observation">The observation; null when the line is no answer.</param>
/// <param name="Problem">What would be an answer; null when the line is one.</param>
internal sealed record TypedAnswer(Observation? Observation, string? Problem);

/// <summary>Reads answers of a person: y, n, ?, a number, an option by its number or name.</summary>
internal static class AnswerReader
{
    /// <summary>What ends an interview.</summary>
    public const string Stop = "b";

    /// <summary>What may be typed where days are asked for.</summary>
    public const string DaysHint = "a number of days, ? (not sure), b (stop)";

    /// <summary>The most days since a beginning that are read: a hundred years.</summary>
    private const double DaysMax = 36_500;

    /// <summary>Reads a number of days; null for "not sure".</summary>
    public static bool TryReadDays(string line, out double? days)
    {
        var isNumber = double.TryParse(
            line.Trim().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= DaysMax;
        days = isNumber ? number : null;
        return isNumber || line.Trim() == "?";
    }

    /// <summary>Returns what may be typed, for the prompt.</summary>
    public static string Hint(Finding finding) => finding.Kind switch
    {
        FindingKind.Boolean => "y, n, ? (not sure), b (stop)",
        FindingKind.Number => FormattableString.Invariant(
            $"{finding.Minimum} to {finding.Maximum} {finding.Unit}, {NoneHint(finding)}? (not sure), b (stop)"),
        FindingKind.Choice => "one number, ? (not sure), b (stop)",
        _ => "numbers with commas, n (none), ? (not sure), b (stop)",
    };

    /// <summary>Returns whether a line says yes, in English or French.</summary>
    public static bool IsYes(string? line) => line?.Trim().ToLowerInvariant() is "y" or "yes" or "o" or "oui";

    /// <summary>Reads a line.</summary>
    public static TypedAnswer Read(Finding finding, string line)
    {
        var text = line.Trim();
        var observation = new Observation
        {
            Finding = finding.Id,
            Presence = Presence.Present,
            Informant = finding.AnsweredBy switch
            {
                AnsweredBy.Clinician => Informant.Clinician,
                AnsweredBy.Measurement => Informant.Device,
                _ => Informant.Patient,
            },
        };
        if (text == "?")
        {
            observation.Presence = Presence.Unknown;
            observation.UnknownReason = UnknownReason.NotSure;
            return new(observation, null);
        }

        return finding.Kind switch
        {
            FindingKind.Boolean => ReadBoolean(observation, text),
            FindingKind.Number => ReadNumber(finding, observation, text),
            FindingKind.Choice => ReadChoice(finding, observation, text),
            FindingKind.Choices => ReadChoices(finding, observation, text),
            _ => new(null, "This question needs a newer program: ? goes on."),
        };
    }

    private static TypedAnswer ReadBoolean(Observation observation, string text)
    {
        if (text.ToLowerInvariant() is "n" or "no" or "non")
        {
            observation.Presence = Presence.Absent;
            return new(observation, null);
        }

        return IsYes(text) ? new(observation, null) : new(null, "Please answer y, n or ?.");
    }

    private static TypedAnswer ReadNumber(Finding finding, Observation observation, string text)
    {
        if (finding.HasAbsentNumber && text.ToLowerInvariant() is "n" or "none" or "no")
        {
            observation.Presence = Presence.Absent;
            return new(observation, null);
        }

        if (!double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !(number >= finding.Minimum && number <= finding.Maximum))
        {
            return new(null, FormattableString.Invariant(
                $"Please answer a number from {finding.Minimum} to {finding.Maximum} {finding.Unit}, ")
                + NoneHint(finding) + "or ?.");
        }

        observation.Number = number;
        return new(observation, null);
    }

    private static string NoneHint(Finding finding) => finding.HasAbsentNumber ? "n (none), " : string.Empty;

    private static TypedAnswer ReadChoice(Finding finding, Observation observation, string text)
    {
        if (Option(finding, text) is not { } option)
        {
            return new(null, $"Please answer one number from 1 to {finding.Options.Count}, or ?.");
        }

        observation.Option = option;
        return new(observation, null);
    }

    private static TypedAnswer ReadChoices(Finding finding, Observation observation, string text)
    {
        if (text.ToLowerInvariant() is "n" or "none" or "no")
        {
            observation.Presence = Presence.Absent;
            return new(observation, null);
        }

        var options = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(part => Option(finding, part)).Distinct(StringComparer.Ordinal).ToList();
        if (options.Count == 0 || options.Contains(null))
        {
            return new(null, $"Please answer numbers from 1 to {finding.Options.Count} with commas, n for none, or ?.");
        }

        observation.Options = new() { Options = { options } };
        return new(observation, null);
    }

    private static string? Option(Finding finding, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number >= 1 && number <= finding.Options.Count ? finding.Options[number - 1].Id : null
            : finding.Options.FirstOrDefault(option =>
                string.Equals(option.Id, text, StringComparison.OrdinalIgnoreCase)
                || string.Equals(option.Label, text, StringComparison.OrdinalIgnoreCase))?.Id;
}
