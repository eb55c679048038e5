using System.Globalization;
using System.Text.Json;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>An observation of a vignette that the knowledge cannot take.</summary>
/// <param name="Finding">The finding's id, as the file has it.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record NotUnderstood(string Finding, string Reason);

/// <summary>Turns the rows of a vignette into observations.</summary>
internal static class VignetteReader
{
    private static readonly char[] OptionSeparators = [',', ';'];

    /// <summary>
    /// Reads the rows that make sense. Several rows of a finding that takes any set of options are one set; of another
    /// finding said twice the last row stands, as the newest report of a patient does.
    /// </summary>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="knowledge">The vocabulary.</param>
    /// <param name="at">The moment of all observations.</param>
    /// <returns>Observations that can be assessed, and what was left out of them.</returns>
    public static (IReadOnlyList<Observation> Observations, IReadOnlyList<NotUnderstood> LeftOut) Read(
        IReadOnlyList<VignetteRow> rows, KnowledgeBase knowledge, DateTimeOffset at)
    {
        var leftOut = new List<NotUnderstood>();
        var observations = new List<Observation>();
        foreach (var row in rows)
        {
            var finding = knowledge.FindFinding(row.Finding);
            var observation = Read(row, finding, at);
            var faults = ObservationCheck.Check([observation], [row.Unit], knowledge, at, bornAfter: null);
            if (faults.Count > 0)
            {
                leftOut.AddRange(faults.Select(fault => new NotUnderstood(row.Finding, fault.Description)));
                continue;
            }

            var known = observations.FindIndex(earlier => earlier.Finding == row.Finding);
            if (known < 0)
            {
                observations.Add(observation);
            }
            else if (Merge(observations[known], observation, finding!) is { } merged)
            {
                observations[known] = merged;
            }
            else
            {
                observations[known] = observation;
                leftOut.Add(new(row.Finding, "A later row of the same finding contradicts it, and stands."));
            }
        }

        return (observations, leftOut);
    }

    private static Observation? Merge(Observation earlier, Observation later, Finding finding) =>
        earlier == later ? earlier
        : finding.Kind == FindingKind.Choices && earlier.Presence == Presence.Present
            && later.Presence == Presence.Present
        ? earlier with { Options = [.. earlier.Options.Union(later.Options, StringComparer.Ordinal)] }
        : null;

    /// <summary>What does not fit the finding is kept as it is, for the check to refuse.</summary>
    private static Observation Read(VignetteRow row, Finding? finding, DateTimeOffset at)
    {
        var observation = new Observation(row.Finding, row.Presence, null, [], at);
        if (row.Value is not { } value)
        {
            return observation;
        }

        if (finding?.Kind == FindingKind.Boolean && Truthful(value) is { } holds)
        {
            return holds || row.Presence != Presence.Present
                ? observation : observation with { Presence = Presence.Absent };
        }

        if (Number(value, finding) is { } number)
        {
            return observation with { Number = number };
        }

        return observation with { Options = [.. Options(value)] };
    }

    private static bool? Truthful(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "PRESENT" => true,
            "FALSE" or "NO" or "ABSENT" => false,
            _ => null,
        },
        _ => null,
    };

    private static double? Number(JsonElement value, Finding? finding) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : finding?.Kind == FindingKind.Number && value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;

    private static IEnumerable<string> Options(JsonElement value)
    {
        var texts = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(item => item.ToString()) : [value.ToString()];
        return texts.SelectMany(text => text.Split(
            OptionSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }
}
