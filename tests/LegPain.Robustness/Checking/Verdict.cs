using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>What a run came to.</summary>
internal sealed record Verdict
{
    /// <summary>Gets everything that must never happen and did.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Gets the number of attempts that ended so.</summary>
    public required IReadOnlyDictionary<Outcome, int> Attempts { get; init; }

    /// <summary>Gets the number of different writes that were acknowledged.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Gets the number of records stored.</summary>
    public required int Stored { get; init; }

    /// <summary>Gets how many writes without a known outcome are stored once, and how many are not stored.</summary>
    public required (int Applied, int NotApplied) Resolved { get; init; }

    /// <summary>Gets the number of revisions that watches showed.</summary>
    public required int Shown { get; init; }

    /// <summary>Gets how often a watch went on with another connection, on which something was shown.</summary>
    public required int Reconnects { get; init; }

    /// <summary>Gets how long the faults were felt.</summary>
    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    /// <summary>
    /// Gets the least time of an acknowledgement while flushes were slow, in microseconds; null when they never were.
    /// </summary>
    public long? SlowAckMin { get; init; }

    /// <summary>
    /// Returns the time within which so large a share of the patients that felt a fault were served again, in
    /// microseconds; null when nobody felt any.
    /// </summary>
    public long? RecoveryWithin(double share)
    {
        var felt = Recoveries.SelectMany(recovery => recovery.Felt).Order().ToList();
        return felt.Count == 0 ? null : felt[Math.Max(0, (int)Math.Ceiling(share * felt.Count) - 1)];
    }

    /// <summary>Counts the violations of some kinds.</summary>
    public int Count(params ReadOnlySpan<Broken> kinds)
    {
        var count = 0;
        foreach (var violation in Violations)
        {
            count += kinds.Contains(violation.Broken) ? 1 : 0;
        }

        return count;
    }
}

/// <summary>
/// Judges a run by its histories and the journal's tables alone. Knows nothing of the server's code.
/// </summary>
internal static class Judge
{
    /// <summary>Judges a run.</summary>
    public static Verdict Of(Evidence evidence)
    {
        var operations = evidence.Operations.ToLookup(one => one.Patient);
        var watches = evidence.Watches.ToLookup(line => line.Patient);
        var patients = operations.Select(group => group.Key).Union(watches.Select(group => group.Key))
            .Union(evidence.Stored.Keys).Order(StringComparer.Ordinal);
        var writes = evidence.Operations.Where(one => one.IsWrite)
            .GroupBy(one => (one.Patient, one.RequestId)).ToList();
        var open = writes
            .Where(group => group.All(one => one.Outcome != Outcome.Ok)
                && group.Any(one => one.Outcome == Outcome.Unknown))
            .ToList();
        var applied = open.Count(group => evidence.Of(group.Key.Patient).Records
            .Any(record => record.RequestId == group.Key.RequestId));
        var recoveries = FaultCheck.Measure(evidence.Operations, evidence.Faults);
        return new()
        {
            Violations =
            [
                .. patients.SelectMany(patient => OfPatient(
                    patient, [.. operations[patient]], [.. watches[patient]], evidence.Of(patient))),
                .. FaultCheck.EarlyAcks(evidence.Operations, evidence.Faults),
                .. FaultCheck.NotServed(evidence.Operations, evidence.Faults),
                .. FaultCheck.NeverServed(recoveries),
                .. FaultCheck.Broke(evidence.Faults),
            ],
            Attempts = evidence.Operations.CountBy(one => one.Outcome).ToDictionary(),
            Acknowledged = writes.Count(group => group.Any(one => one.Outcome == Outcome.Ok)),
            Stored = evidence.Stored.Values.Sum(patient => patient.Records.Count),
            Resolved = (applied, open.Count - applied),
            Shown = evidence.Watches.Count(line => line.Sight == Sight.Assessment),
            Reconnects = evidence.Watches.Where(line => line.Sight is Sight.Assessment or Sight.Progress)
                .GroupBy(line => line.Watch)
                .Sum(watch => watch.Select(line => line.Connection).Distinct().Count() - 1),
            Recoveries = recoveries,
            SlowAckMin = FaultCheck.LeastAck(evidence.Operations, evidence.Faults),
        };
    }

    private static IEnumerable<Violation> OfPatient(
        string patient, List<Operation> operations, List<WatchLine> watched, StoredPatient stored)
    {
        var requests = operations.Where(one => one.IsWrite).GroupBy(one => one.RequestId!)
            .ToDictionary(group => group.Key, group => group.ToList());
        var byRequest = stored.Records.GroupBy(record => record.RequestId)
            .ToDictionary(group => group.Key, group => group.First());
        var byRevision = stored.Records.GroupBy(record => record.Revision)
            .ToDictionary(group => group.Key, group => group.First());
        return
        [
            .. WriteCheck.Storage(patient, stored),
            .. WriteCheck.Unsent(patient, stored, requests),
            .. requests.SelectMany(request => WriteCheck.Request(
                patient, request.Key, request.Value,
                byRequest.TryGetValue(request.Key, out var record) ? record : null)),
            .. OrderCheck.Find(patient, operations, watched),
            .. ReadCheck.Reads(patient, operations, byRevision),
            .. watched.GroupBy(line => line.Watch)
                .SelectMany(watch => ReadCheck.Watch(patient, watch, stored, byRevision)),
        ];
    }
}
