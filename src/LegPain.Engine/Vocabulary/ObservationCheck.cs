using System.Globalization;
using LegPain.Engine.Knowledge;

namespace LegPain.Engine.Vocabulary;

/// <summary>What is wrong with an observation.</summary>
public enum ObservationFault
{
    /// <summary>The knowledge base has no such finding.</summary>
    UnknownFinding,

    /// <summary>The finding needs a value and none was given.</summary>
    ValueMissing,

    /// <summary>A value of another kind, or a value where none belongs.</summary>
    ValueOfWrongKind,

    /// <summary>A number outside the finding's range.</summary>
    ValueOutOfRange,

    /// <summary>An option the finding does not have.</summary>
    UnknownOption,

    /// <summary>The unit given is not the finding's.</summary>
    WrongUnit,

    /// <summary>A number, or a choice without a "none", cannot be absent.</summary>
    CannotBeAbsent,

    /// <summary>Observed later than now.</summary>
    ObservedInFuture,

    /// <summary>Observed, or begun, before the patient was born.</summary>
    ObservedBeforeBirth,

    /// <summary>Began after it was observed.</summary>
    StartedAfterObserved,

    /// <summary>The same finding twice at one time with different content.</summary>
    Contradiction,
}

/// <summary>One fault, where it is, and what would be right.</summary>
/// <param name="Index">The position of the observation in the report.</param>
/// <param name="Field">The field within the observation, in the names of the public API.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Description">What would be right. Says nothing of what was sent: it may be personal.</param>
public sealed record ObservationViolation(int Index, string Field, ObservationFault Fault, string Description);

/// <summary>Checks a report against the vocabulary and the clock. Pure; finds every fault, not the first.</summary>
public static class ObservationCheck
{
    /// <summary>How far a caller's clock may run ahead of ours before its time counts as the future.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(2);

    /// <summary>The greatest age of a patient whose age is not known.</summary>
    public const int AgeYearsMax = 150;

    /// <summary>
    /// Returns an observation with its time: that of recording where it has none, which
    /// <see cref="DateTimeOffset.MaxValue"/> says.
    /// </summary>
    /// <remarks>
    /// A beginning told with it is by the caller's clock. When that runs ahead by no more than
    /// <see cref="ClockSkewMax"/>, "just now" would lie in the future: it counts as the time of recording.
    /// </remarks>
    /// <param name="observation">The observation as it was reported.</param>
    /// <param name="now">The time of recording.</param>
    public static Observation Timed(Observation observation, DateTimeOffset now)
    {
        if (observation.ObservedAt != DateTimeOffset.MaxValue)
        {
            return observation;
        }

        var isAhead = observation.StartedAt > now && observation.StartedAt - now <= ClockSkewMax;
        return observation with { ObservedAt = now, StartedAt = isAhead ? now : observation.StartedAt };
    }

    /// <summary>Finds every fault of a report.</summary>
    /// <param name="observations">The report, in order.</param>
    /// <param name="units">The unit sent with each observation, or null where none was; as long as the report.</param>
    /// <param name="knowledge">The vocabulary in force.</param>
    /// <param name="now">The time of recording.</param>
    /// <param name="bornAfter">
    /// The patient was born later than this, as the reported age has it; null when no age is known, and nobody was born
    /// more than <see cref="AgeYearsMax"/> years ago.
    /// </param>
    /// <returns>The faults in the order of the report; empty when it can be recorded.</returns>
    public static IReadOnlyList<ObservationViolation> Check(
        IReadOnlyList<Observation> observations,
        IReadOnlyList<string?> units,
        KnowledgeBase knowledge,
        DateTimeOffset now,
        DateTimeOffset? bornAfter)
    {
        List<ObservationViolation>? found = null;
        for (var i = 0; i < observations.Count; i++)
        {
            foreach (var (field, fault, text) in Faults(observations[i], units[i], knowledge, now, bornAfter))
            {
                (found ??= []).Add(new(i, field, fault, text));
            }

            if (FirstContradicted(observations, i) is { } first)
            {
                var text = $"Contradicts observations[{first}]: the same finding at the same time. Send one of them.";
                (found ??= []).Add(new(i, "finding", ObservationFault.Contradiction, text));
            }
        }

        return found ?? (IReadOnlyList<ObservationViolation>)[];
    }

    private static int? FirstContradicted(IReadOnlyList<Observation> observations, int index)
    {
        var later = observations[index];
        for (var i = 0; i < index; i++)
        {
            if (observations[i].Finding == later.Finding && observations[i].ObservedAt == later.ObservedAt
                && observations[i] != later)
            {
                return i;
            }
        }

        return null;
    }

    private static IEnumerable<(string Field, ObservationFault Fault, string Text)> Faults(
        Observation observation, string? unit, KnowledgeBase knowledge, DateTimeOffset now, DateTimeOffset? bornAfter)
    {
        if (observation.ObservedAt - now > ClockSkewMax)
        {
            yield return ("observed_at", ObservationFault.ObservedInFuture, "Must not be later than now.");
        }

        if (observation.StartedAt > observation.ObservedAt)
        {
            yield return ("started_at", ObservationFault.StartedAfterObserved, "Must not be later than observed_at.");
        }

        var birth = bornAfter ?? now.AddYears(-AgeYearsMax);
        const string BeforeBirth =
            "Lies before the patient was born, going by the reported age. Correct the time or the age.";
        if (observation.ObservedAt < birth)
        {
            yield return ("observed_at", ObservationFault.ObservedBeforeBirth, BeforeBirth);
        }
        else if (observation.StartedAt < birth)
        {
            yield return ("started_at", ObservationFault.ObservedBeforeBirth, BeforeBirth);
        }

        if (knowledge.FindFinding(observation.Finding) is not { } finding)
        {
            yield return ("finding", ObservationFault.UnknownFinding,
                "Not a finding of the knowledge in force. "
                    + "KnowledgeService.ListFindings lists them, SearchFindings finds one.");
            yield break;
        }

        if (unit is not null && unit != finding.Unit)
        {
            yield return ("unit", ObservationFault.WrongUnit,
                finding.Unit is null
                    ? $"{finding.Id} has no unit: leave it out."
                    : $"{finding.Id} is measured in {finding.Unit}.");
        }

        foreach (var (fault, text) in ValueFaults(observation, finding))
        {
            yield return (fault is ObservationFault.CannotBeAbsent ? "presence" : "value", fault, text);
        }
    }

    private static IEnumerable<(ObservationFault Fault, string Text)> ValueFaults(
        Observation observation, Finding finding)
    {
        var hasValue = observation.Number is not null || observation.Options.Count > 0;
        if (observation.Presence != Presence.Present)
        {
            if (hasValue)
            {
                yield return (ObservationFault.ValueOfWrongKind, "Only a present finding has a value: leave it out.");
            }

            if (observation.Presence == Presence.Absent && !CanBeAbsent(finding))
            {
                yield return (ObservationFault.CannotBeAbsent, finding.Kind == FindingKind.Number
                    ? $"{finding.Id} is a number: send it as present with its value, or as unknown."
                    : $"{finding.Id} has no option that means none: send an option, or unknown.");
            }

            yield break;
        }

        switch (finding.Kind)
        {
            case FindingKind.Boolean when hasValue:
                yield return (ObservationFault.ValueOfWrongKind, $"{finding.Id} takes no value: presence says it all.");
                break;
            case FindingKind.Number:
                foreach (var fault in NumberFaults(observation, finding))
                {
                    yield return fault;
                }

                break;
            case FindingKind.Choice or FindingKind.Choices:
                foreach (var fault in OptionFaults(observation, finding))
                {
                    yield return fault;
                }

                break;
        }
    }

    private static bool CanBeAbsent(Finding finding) => finding.Kind switch
    {
        FindingKind.Boolean or FindingKind.Choices => true,
        FindingKind.Choice => finding.AbsentOption is not null,
        _ => finding.AbsentNumber is not null,
    };

    private static IEnumerable<(ObservationFault Fault, string Text)> NumberFaults(
        Observation observation, Finding finding)
    {
        var range = string.Create(CultureInfo.InvariantCulture,
            $"{finding.Id} takes a number from {finding.Minimum} to {finding.Maximum} {finding.Unit}.");
        if (observation.Options.Count > 0)
        {
            yield return (ObservationFault.ValueOfWrongKind, range);
        }
        else if (observation.Number is not { } number)
        {
            yield return (ObservationFault.ValueMissing, range);
        }
        else if (!(number >= finding.Minimum && number <= finding.Maximum))
        {
            yield return (ObservationFault.ValueOutOfRange, range);
        }
    }

    private static IEnumerable<(ObservationFault Fault, string Text)> OptionFaults(
        Observation observation, Finding finding)
    {
        var options = $"{finding.Id} takes {(finding.Kind == FindingKind.Choice ? "one" : "any")} of: "
            + $"{string.Join(", ", finding.Options)}.";
        if (observation.Number is not null)
        {
            yield return (ObservationFault.ValueOfWrongKind, options);
        }
        else if (observation.Options.Count == 0)
        {
            yield return (ObservationFault.ValueMissing, options);
        }
        else if (finding.Kind == FindingKind.Choice && observation.Options.Count > 1)
        {
            yield return (ObservationFault.ValueOfWrongKind, options);
        }
        else if (observation.Options.Any(option => finding.OptionIndex(option) < 0))
        {
            yield return (ObservationFault.UnknownOption, options);
        }
    }
}
