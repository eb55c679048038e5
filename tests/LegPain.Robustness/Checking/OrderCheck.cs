using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>
/// Judges the order of one patient's operations in real time. Every write says its revision, so the order is given and
/// nothing has to be searched.
/// </summary>
internal static class OrderCheck
{
    /// <summary>Finds operations that did not see what had ended before they began.</summary>
    public static IEnumerable<Violation> Find(
        string patient, IReadOnlyList<Operation> operations, IEnumerable<WatchLine> watched)
    {
        var seen = operations.Where(one => Shows(one) is not null)
            .Select(one => (At: one.Returned, Revision: Shows(one)!.Value))
            .Concat(watched.Where(line => line.Sight is Sight.Assessment or Sight.Progress)
                .Select(line => (line.At, line.Revision)))
            .OrderBy(sight => sight.At).ToList();
        var firstSent = operations.Where(one => one.IsWrite).GroupBy(one => (one.RequestId, one.Content))
            .ToDictionary(group => group.Key, group => group.Min(one => one.Invoked));
        var begins = operations.Where(one => Shows(one) is not null)
            .Select(one => (
                At: one.IsWrite ? firstSent[(one.RequestId, one.Content)] : one.Invoked, Operation: one))
            .OrderBy(begin => begin.At);

        // Clients amend only what was acknowledged to them.
        foreach (var blind in operations.Where(one => one.Kind == Kind.Amend
            && one.Reason is "PATIENT_NOT_FOUND" or "OBSERVATION_NOT_FOUND"))
        {
            yield return new(
                Broken.StaleRead, patient, $"{blind.RequestId} was refused with {blind.Reason} for {blind.Content}");
        }

        var (next, floor) = (0, 0L);
        foreach (var (at, operation) in begins)
        {
            for (; next < seen.Count && seen[next].At < at; next++)
            {
                floor = Math.Max(floor, seen[next].Revision);
            }

            var revision = Shows(operation)!.Value;
            if (operation.IsWrite && revision <= floor)
            {
                yield return new(
                    Broken.Order, patient,
                    $"{operation.RequestId}, sent at {at} us, after revision {floor} was seen, came to {revision}");
            }
            else if (!operation.IsWrite && revision < floor)
            {
                yield return new(
                    Broken.StaleRead, patient,
                    $"a read of client {operation.Client} at {at} us, after {floor} was seen, showed {revision}");
            }
        }
    }

    /// <summary>
    /// What a client may take for the newest revision: a list that is full shows none, and that there is no such
    /// patient is a revision too.
    /// </summary>
    private static long? Shows(Operation operation) => operation switch
    {
        { Outcome: Outcome.Fail, Reason: "PATIENT_NOT_FOUND", IsWrite: false } => 0,
        { Outcome: not Outcome.Ok } or { Revision: null } => null,
        { Kind: Kind.List } => Math.Max(operation.Revision.Value, operation.After),
        _ => operation.Revision,
    };
}
