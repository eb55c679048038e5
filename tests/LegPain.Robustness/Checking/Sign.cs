using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>What histories must show, or else a fault did nothing and its run proves nothing.</summary>
/// <param name="Says">What that is.</param>
/// <param name="IsSeen">Whether it is there.</param>
internal sealed record Sign(string Says, Func<Evidence, bool> IsSeen)
{
    /// <summary>Less than the least jump of a clock, and more than any run takes, in microseconds.</summary>
    private const long MovedMin = 50L * 60 * 1_000_000;

    /// <summary>The servers could not serve as usual.</summary>
    public static Sign Felt { get; } = new(
        "a write that failed or took longer than a second while a fault lasted",
        evidence => During(evidence).Any(one => !one.Cut && FaultCheck.IsUnserved(one)));

    /// <summary>Acknowledgements had to wait for slow flushes.</summary>
    public static Sign SlowFlush { get; } = new(
        "an acknowledgement while flushes were slow",
        evidence => FaultCheck.LeastAck(evidence.Operations, evidence.Faults) is not null);

    /// <summary>A flush failed.</summary>
    public static Sign FailedFlush { get; } = new(
        "a flush that failed, or a write that was answered OUTCOME_UNKNOWN",
        evidence => Bit(evidence) || During(evidence).Any(one => one.Reason == "OUTCOME_UNKNOWN"));

    /// <summary>The journal had no room.</summary>
    public static Sign FullDisk { get; } = new(
        "a write that was refused with STORAGE_FULL, or a database that stopped for want of room",
        evidence => Bit(evidence) || During(evidence).Any(one => one.Reason == "STORAGE_FULL"));

    /// <summary>A record carries the time of a moved clock.</summary>
    public static Sign MovedClock { get; } = new(
        "a record whose time was off by about the jump",
        evidence =>
        {
            var off = evidence.Operations.Where(one => one is { IsWrite: true, RecordedAt: not null })
                .Select(one => (one.RecordedAt!.Value / TimeSpan.TicksPerMicrosecond) - one.Returned).ToList();
            return off.Count > 0 && off.Max() - off.Min() >= MovedMin;
        });

    /// <summary>Clients lost connections while they waited.</summary>
    public static Sign Cut { get; } = new(
        "an attempt that failed because its client had cut it off",
        evidence => evidence.Operations.Any(one => one.Cut));

    /// <summary>Requests were sent again.</summary>
    public static Sign Repeated { get; } = new(
        "a request that was acknowledged twice",
        evidence => evidence.Operations.Where(one => one.IsWrite && one.Outcome == Outcome.Ok)
            .CountBy(one => (one.Patient, one.RequestId)).Any(one => one.Value > 1));

    private static bool Bit(Evidence evidence) => evidence.Faults.Any(fault => fault.Bit);

    /// <summary>The writes that were under way while a fault lasted.</summary>
    private static IEnumerable<Operation> During(Evidence evidence) =>
        from one in evidence.Operations
        where one.IsWrite
            && evidence.Faults.Any(fault => one.Invoked < fault.Healed && one.Returned > fault.At)
        select one;
}
