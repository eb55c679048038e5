using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>How long one fault was felt, in microseconds.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Felt">
/// One time for each patient that felt it: from when the harm was done until the end of the first write that was served
/// after the last that was not, or took longer than a second. A patient that was served again, and then felt the
/// healing, has a second time from when the healing began. Of one that was not seen to be served again before the next
/// fault it is the least that it can be.
/// </param>
/// <param name="Silence">The longest time in which nobody's write was acknowledged.</param>
/// <param name="Unrecovered">
/// The last tries of the patients that were never served again, though tried once the time to recover was over.
/// </param>
internal sealed record Recovery(
    Fault Fault, IReadOnlyList<long> Felt, long Silence, IReadOnlyList<Operation> Unrecovered);

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

    /// <summary>Finds what nemeses saw servers do that they must not.</summary>
    public static IEnumerable<Violation> Broke(IReadOnlyList<Fault> faults) =>
        from fault in faults
        where fault.Broke is not null
        select new Violation(Broken.NotServed, "all", $"{fault.Broke} ({fault.Name} at {fault.At} us)");

    /// <summary>Finds the patients that a fault left unserved for good.</summary>
    public static IEnumerable<Violation> NeverServed(IReadOnlyList<Recovery> recoveries) =>
        from recovery in recoveries
        from last in recovery.Unrecovered
        select new Violation(
            Broken.NotServed, last.Patient,
            $"not served again after {recovery.Fault.Name}; {last.RequestId} at {last.Returned} us was the last try");

    /// <summary>Measures every fault that something has to recover from.</summary>
    public static IReadOnlyList<Recovery> Measure(IReadOnlyList<Operation> operations, IReadOnlyList<Fault> faults)
    {
        var measured = faults.Where(fault => fault.RecoveryFrom is not null).OrderBy(fault => fault.At).ToList();
        var writes = operations.Where(one => one.IsWrite).OrderBy(one => one.Returned).ToList();
        return
        [
            .. measured.Select((fault, index) => Measure(
                writes, fault, index + 1 < measured.Count ? measured[index + 1].At : long.MaxValue)),
        ];
    }

    /// <summary>Whether a write failed or took longer than a second.</summary>
    public static bool IsUnserved(Operation one) => !Served(one) || one.Returned - one.Invoked > SlowUs;

    private static Recovery Measure(List<Operation> writes, Fault fault, long next)
    {
        var felt = new List<long>();
        var unrecovered = new List<Operation>();
        var from = fault.RecoveryFrom!.Value;
        var until = Math.Min(next, fault.Healed + fault.RecoveryMax);
        foreach (var patient in writes
            .Where(one => one.Invoked >= fault.At && one.Invoked < next && one.Returned > from && Tells(one, fault))
            .GroupBy(one => one.Patient))
        {
            var attempts = patient.ToList();
            var served = Add(attempts, (fault.At, fault.HealingFrom ?? until), from);
            if (fault.HealingFrom is { } healing)
            {
                Add(attempts, (Math.Max(healing, served), until), healing);
            }
        }

        var during = writes.Where(one => one.Returned > from && one.Returned < next).ToList();
        var ends = during.Where(one => one.Outcome == Outcome.Ok).Select(one => one.Returned)
            .Concat(during.Select(one => one.Returned).TakeLast(1)).ToList();
        var silence = ends.Prepend(from).Zip(ends, (one, end) => end - one).DefaultIfEmpty(0).Max();
        return new(fault, felt, silence, unrecovered);

        // Returns from when the patient was served again.
        long Add(List<Operation> attempts, (long From, long Until) sent, long begin)
        {
            var last = attempts.LastOrDefault(one =>
                one.Invoked >= sent.From && one.Invoked < sent.Until && IsUnserved(one));
            if (last is null)
            {
                return begin;
            }

            var first = attempts.FirstOrDefault(one => Served(one) && one.Returned >= last.Returned);
            felt.Add((first ?? last).Returned - begin);
            if (first is null && attempts.MaxBy(one => one.Invoked) is { } late
                && late.Invoked - begin >= fault.RecoveryMax)
            {
                unrecovered.Add(late);
            }

            return first?.Returned ?? long.MaxValue;
        }
    }

    /// <summary>
    /// Whether an attempt says something of its patient: not when its client cut it off, nor when it was sent to, or
    /// perhaps first tried at, the very node that is harmed while others serve.
    /// </summary>
    private static bool Tells(Operation one, Fault fault) =>
        !one.Cut && (fault.Node is null || (one.Node is { } node && node != fault.Node));

    private static bool Served(Operation one) => one.Outcome == Outcome.Ok || IsAnswer(one.Reason);

    /// <summary>A refusal that is an answer, such as that an episode is open, is service.</summary>
    private static bool IsAnswer(string? reason) =>
        reason is "EPISODE_OPEN" or "NO_EPISODE" or "REQUEST_ID_REUSED" or "REVISION_CONFLICT" or "ALREADY_AMENDED";

    /// <summary>
    /// Writes that were first sent while a fault lasted, and acknowledged to that first attempt before its end: a later
    /// one may find it stored, and is answered at once.
    /// </summary>
    private static IEnumerable<Operation> Fresh(IReadOnlyList<Operation> operations, Fault fault)
    {
        var sentBefore = operations.Where(one => one.IsWrite && one.Invoked <= fault.At)
            .Select(one => (one.Patient, one.RequestId)).ToHashSet();
        return operations
            .Where(one => one.IsWrite && one.Invoked > fault.At
                && !sentBefore.Contains((one.Patient, one.RequestId)))
            .GroupBy(one => (one.Patient, one.RequestId)).Select(group => group.MinBy(one => one.Invoked)!)
            .Where(one => one.Outcome == Outcome.Ok && one.Returned < fault.Healed);
    }
}
