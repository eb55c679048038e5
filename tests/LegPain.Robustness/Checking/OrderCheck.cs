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
        var seen = operations.Where(one => one.Outcome == Outcome.Ok && Shows(one) is not null)
            .Select(one => (At: one.Returned, Revision: Shows(one)!.Value))
            .Concat(watched.Where(line => line.Sight != Sight.Opened).Select(line => (line.At, line.Revision)))
            .OrderBy(sight => sight.At).ToList();
        var firstSent = operations.Where(one => one.IsWrite).GroupBy(one => (one.RequestId, one.Content))
            .ToDictionary(group => group.Key, group => group.Min(one => one.Invoked));
        var begins = operations.Where(one => one.Outcome == Outcome.Ok && Shows(one) is not null)
            .Select(one => (
                At: one.IsWrite ? firstSent[(one.RequestId, one.Content)] : one.Invoked, Operation: one))
            .OrderBy(begin => begin.At);

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
                    $"{operation.RequestId} was sent at {at} us, after revision {floor} was seen, and came to {revision}");
            }
            else if (!operation.IsWrite && revision < floor)
            {
                yield return new(
                    Broken.StaleRead, patient,
                    $"a read at {at} us, after revision {floor} was seen, showed {revision} (client {operation.Client})");
            }
        }
    }

    /// <summary>A list that is full shows no newest revision.</summary>
    private static long? Shows(Operation operation) =>
        operation.Kind != Kind.List ? operation.Revision
        : operation.Revision is null ? null
        : Math.Max(operation.Revision.Value, operation.After);
}
