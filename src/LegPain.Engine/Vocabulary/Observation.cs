namespace LegPain.Engine.Vocabulary;

/// <summary>A finding reported at a time.</summary>
/// <param name="Finding">The finding's id.</param>
/// <param name="Presence">What is said of it.</param>
/// <param name="Number">The value of a number, in the finding's unit; null for the other kinds.</param>
/// <param name="Options">The option of a choice, or the set of options; empty for the other kinds.</param>
/// <param name="ObservedAt">When it was so.</param>
/// <param name="StartedAt">When the finding began, if that is known.</param>
public sealed record Observation(
    string Finding,
    Presence Presence,
    double? Number,
    IReadOnlyList<string> Options,
    DateTimeOffset ObservedAt,
    DateTimeOffset? StartedAt = null)
{
    /// <summary>Compares what is said, not who compares it: two observations with equal content are equal.</summary>
    public bool Equals(Observation? other) =>
        other is not null
        && string.Equals(Finding, other.Finding, StringComparison.Ordinal)
        && Presence == other.Presence
        && Nullable.Equals(Number, other.Number)
        && Options.SequenceEqual(other.Options, StringComparer.Ordinal)
        && ObservedAt == other.ObservedAt
        && StartedAt == other.StartedAt;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Finding, Presence, Number, Options.Count, ObservedAt, StartedAt);
}
