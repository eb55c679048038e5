using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>How long one fault was felt, in microseconds.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Felt">
/// The patients that felt it, each with the time to the first write that was sent after it began and acknowledged. A
/// patient felt it when, until then, a write did not succeed or took longer than a second.
/// </param>
/// <param name="Silence">The longest time in which nobody's write was acknowledged.</param>
/// <param name="Unrecovered">Patients of whom no write was acknowledged any more.</param>
internal sealed record Recovery(Fault Fault, IReadOnlyList<long> Felt, long Silence, int Unrecovered);

/// <summary>Judges what must hold while a fault lasts, and measures how long it is felt.</summary>
internal static class FaultCheck
{
    private const long SlowUs = 1_000_000;

    /// <summary>Finds acknowledgements that came before the record can have been on disk.</summary>
    public static IEnumerable<Violation> EarlyAcks(IReadOnlyList<Operation> operations, IReadOnlyList<Fault> faults)
    {
        foreach (var fault in faults.Where(fault => fault.AckMin > 0 || fault.FailsForGood))
        {
            var fresh = Fresh(operations, fault).ToList();
            foreach (var early in fresh.Where(one => one.Returned - one.Invoked < fault.AckMin))
            {
                yield return new(
                    Broken.EarlyAck, early.Patient,
                    $"{early.RequestId} took {early.Returned - early.Invoked} us, a flush takes {fault.AckMin} us");
            }

            if (!fault.FailsForGood)
            {
                continue;
            }

            var failed = operations
                .Where(one => one.Reason == "OUTCOME_UNKNOWN" && one.Returned > fault.At && one.Returned < fault.Healed)
                .Select(one => one.Returned).DefaultIfEmpty(long.MaxValue).Min();
            foreach (var late in fresh.Where(one => one.Invoked > failed))
            {
                yield return new(
                    Broken.EarlyAck, late.Patient, $"{late.RequestId} was acknowledged after a flush had failed");
            }
        }
    }

    /// <summary>Finds writes of clients that repeat which failed though nobody should have noticed the fault.</summary>
    public static IEnumerable<Violation> NotServed(IReadOnlyList<Operation> operations, IReadOnlyList<Fault> faults) =>
        from fault in faults
        where fault.ServesRepeating
        from failed in operations
        where failed.IsWrite && failed.Node is null && failed.Outcome != Outcome.Ok && !IsAnswer(failed.Reason)
            && failed.Invoked < fault.Healed && failed.Returned > fault.At
        select new Violation(
            Broken.NotServed, failed.Patient, $"{failed.RequestId} failed with {failed.Reason} while {fault.Name}");

    /// <summary>
    /// Returns the least time of an acknowledgement while flushes were slow; null when they never were.
    /// </summary>
    public static long? LeastAck(IReadOnlyList<Operation> operations, IReadOnlyList<Fault> faults) => faults
        .Where(fault => fault.AckMin > 0)
        .SelectMany(fault => Fresh(operations, fault)).Min(one => (long?)(one.Returned - one.Invoked));

    /// <summary>Measures every fault that something has to recover from.</summary>
    public static IReadOnlyList<Recovery> Measure(IReadOnlyList<Operation> operations, IReadOnlyList<Fault> faults)
    {
        var measured = faults.Where(fault => fault.RecoveryFrom is not null)
            .OrderBy(fault => fault.RecoveryFrom).ToList();
        var writes = operations.Where(one => one.IsWrite).OrderBy(one => one.Invoked).ToList();
        return
        [
            .. measured.Select((fault, index) => Measure(
                writes, fault,
                index + 1 < measured.Count ? measured[index + 1].RecoveryFrom!.Value : long.MaxValue)),
        ];
    }

    private static Recovery Measure(List<Operation> writes, Fault fault, long until)
    {
        var from = fault.RecoveryFrom!.Value;
        var felt = new List<long>();
        var unrecovered = 0;
        foreach (var patient in writes.Where(one => one.Invoked >= from && one.Invoked < until)
            .GroupBy(one => one.Patient))
        {
            var first = patient.Where(one => one.Outcome == Outcome.Ok).OrderBy(one => one.Returned).FirstOrDefault();
            var before = patient.Where(one => first is null || one.Invoked <= first.Invoked);
            if (before.Any(one => !Served(one)) || first?.Returned - first?.Invoked > SlowUs)
            {
                felt.Add((first?.Returned ?? patient.Max(one => one.Returned)) - from);
                unrecovered += first is null ? 1 : 0;
            }
        }

        var acknowledged = writes.Where(one => one.Outcome == Outcome.Ok && one.Returned > from && one.Returned < until)
            .Select(one => one.Returned).Order().ToList();
        var silence = acknowledged.Prepend(from).Zip(acknowledged, (one, next) => next - one).DefaultIfEmpty(0).Max();
        return new(fault, felt, silence, unrecovered);
    }

    private static bool Served(Operation one) => one.Outcome == Outcome.Ok || IsAnswer(one.Reason);

    /// <summary>A refusal that is an answer, such as that an episode is open, is service.</summary>
    private static bool IsAnswer(string? reason) =>
        reason is "EPISODE_OPEN" or "NO_EPISODE" or "REQUEST_ID_REUSED" or "REVISION_CONFLICT" or "ALREADY_AMENDED";

    /// <summary>Acknowledged writes that were first sent and answered while a fault lasted.</summary>
    private static IEnumerable<Operation> Fresh(IReadOnlyList<Operation> operations, Fault fault)
    {
        var sentBefore = operations.Where(one => one.IsWrite && one.Invoked <= fault.At)
            .Select(one => (one.Patient, one.RequestId)).ToHashSet();
        return operations
            .Where(one => one.IsWrite && one.Outcome == Outcome.Ok && one.Invoked > fault.At
                && one.Returned < fault.Healed && !sentBefore.Contains((one.Patient, one.RequestId)))
            .GroupBy(one => (one.Patient, one.RequestId)).Select(group => group.MinBy(one => one.Invoked)!);
    }
}
