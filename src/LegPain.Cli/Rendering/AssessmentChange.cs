using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Rendering;

/// <summary>How likely a cause was and is.</summary>
internal sealed record CauseShift(string Name, double Before, double After);

/// <summary>What one assessment says otherwise than the one before it.</summary>
internal sealed record AssessmentChange
{
    /// <summary>Less than this, in probability, is not worth a word.</summary>
    private const double ShiftMin = 0.02;

    public Urgency? UrgencyBefore { get; private init; }

    public IReadOnlyList<RedFlag> Raised { get; private init; } = [];

    /// <summary>Gets the red flags that are no longer raised, each with whether it is now known to be false.</summary>
    public IReadOnlyList<(RedFlag Flag, bool Cleared)> Fallen { get; private init; } = [];

    /// <summary>Gets how many red flags went from open to cleared.</summary>
    public int ClearedCount { get; private init; }

    public IReadOnlyList<CauseShift> Causes { get; private init; } = [];

    /// <summary>Gets the causes that are among the leading ones now and were not before.</summary>
    public IReadOnlyList<RankedCause> NewCauses { get; private init; } = [];

    /// <summary>Gets the causes that were among the leading ones before and are not now.</summary>
    public IReadOnlyList<RankedCause> LostCauses { get; private init; } = [];

    /// <summary>Gets whether there is anything to say.</summary>
    public bool IsEmpty => UrgencyBefore is null
        && Raised.Count + Fallen.Count + ClearedCount + Causes.Count + NewCauses.Count + LostCauses.Count == 0;

    /// <summary>Compares two assessments of the same view.</summary>
    public static AssessmentChange Between(Assessment before, Assessment after)
    {
        var raisedBefore = before.RedFlags.Where(flag => flag.State == RedFlagState.Raised).ToList();
        var raisedAfter = after.RedFlags.Where(flag => flag.State == RedFlagState.Raised).ToList();
        var known = before.Causes.ToDictionary(cause => cause.Id, cause => cause.Probability, StringComparer.Ordinal);
        return new()
        {
            UrgencyBefore = before.Disposition.Urgency == after.Disposition.Urgency ? null : before.Disposition.Urgency,
            Raised = [.. raisedAfter.ExceptBy(raisedBefore.Select(flag => flag.Id), flag => flag.Id)],
            Fallen =
            [
                .. raisedBefore.ExceptBy(raisedAfter.Select(flag => flag.Id), flag => flag.Id)
                    .Select(flag => (flag, after.ClearedRedFlags.Contains(flag.Id))),
            ],
            ClearedCount = after.ClearedRedFlags.Intersect(before.OpenRedFlags, StringComparer.Ordinal).Count(),
            Causes =
            [
                .. after.Causes.Where(cause => known.ContainsKey(cause.Id))
                    .Select(cause => new CauseShift(CauseName(cause), known[cause.Id], cause.Probability))
                    .Where(shift => Math.Abs(shift.After - shift.Before) >= ShiftMin)
                    .OrderByDescending(shift => shift.After - shift.Before),
            ],
            NewCauses = Lacking(after.Causes, before.Causes),
            LostCauses = Lacking(before.Causes, after.Causes),
        };
    }

    private static List<RankedCause> Lacking(IEnumerable<RankedCause> causes, IEnumerable<RankedCause> others) =>
        [.. causes.Where(cause => cause.Probability >= ShiftMin)
            .ExceptBy(others.Select(other => other.Id), cause => cause.Id)];

    /// <summary>Returns the name of a cause; whatever is none of the causes has no name of its own.</summary>
    public static string CauseName(RankedCause cause) => cause.Name.Length > 0 ? cause.Name : "Something else";
}
