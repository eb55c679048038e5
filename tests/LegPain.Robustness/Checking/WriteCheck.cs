using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>Judges the writes of one patient against what is stored.</summary>
internal static class WriteCheck
{
    private const string ReusedReason = "REQUEST_ID_REUSED";

    /// <summary>Finds what is wrong with what is stored, whoever sent it.</summary>
    public static IEnumerable<Violation> Storage(string patient, StoredPatient stored)
    {
        var contents = new Dictionary<string, long>();
        var requests = new Dictionary<string, long>();
        var (next, time) = (1L, 0L);
        foreach (var record in stored.Records)
        {
            if (record.Revision != next)
            {
                yield return new(Broken.Gap, patient, $"revision {next} should follow, {record.Revision} does");
            }

            if (record.RecordedAt < time)
            {
                yield return new(
                    Broken.Time, patient, $"revision {record.Revision} was recorded before the one it follows");
            }

            if (!requests.TryAdd(record.RequestId, record.Revision))
            {
                yield return new(
                    Broken.Duplicate, patient,
                    $"{record.RequestId} is at revisions {requests[record.RequestId]} and {record.Revision}");
            }
            else if (Contents.IsUnique(record.Content) && !contents.TryAdd(record.Content, record.Revision))
            {
                yield return new(
                    Broken.Duplicate, patient,
                    $"{record.Content} is at revisions {contents[record.Content]} and {record.Revision}");
            }

            (next, time) = (record.Revision + 1, record.RecordedAt);
        }

        if (stored.Head != next - 1)
        {
            yield return new(Broken.Gap, patient, $"the head is at {stored.Head}, the last record is {next - 1}");
        }
    }

    /// <summary>Finds stored records that nobody sent.</summary>
    public static IEnumerable<Violation> Unsent(
        string patient, StoredPatient stored, IReadOnlyDictionary<string, List<Operation>> requests) =>
        from record in stored.Records
        where !requests.TryGetValue(record.RequestId, out var attempts)
            || attempts.All(attempt => attempt.Content != record.Content)
        select new Violation(Broken.Phantom, patient, $"nobody sent {record}");

    /// <summary>Judges all attempts with one request id.</summary>
    public static IEnumerable<Violation> Request(
        string patient, string requestId, IReadOnlyList<Operation> attempts, StoredRecord? stored)
    {
        foreach (var ok in attempts.Where(attempt => attempt.Outcome == Outcome.Ok))
        {
            if (stored is not { } record)
            {
                yield return new(Broken.Lost, patient, $"{requestId} was acknowledged at {ok.Revision}");
                continue;
            }

            if (record.Content != ok.Content)
            {
                yield return new(
                    Broken.ReusedId, patient, $"{requestId} was acknowledged for {ok.Content}, stored is {record}");
            }
            else if (record.Revision != ok.Revision || record.RecordedAt != ok.RecordedAt)
            {
                yield return new(
                    Broken.Fork, patient,
                    $"{requestId} was acknowledged at {ok.Revision} of {ok.RecordedAt}, stored is {record}");
            }

            if (ok.Expected is { } expected && ok.Revision != expected + 1)
            {
                yield return new(
                    Broken.Expectation, patient, $"{requestId} expected {expected} and was done at {ok.Revision}");
            }
        }

        if (attempts.Where(attempt => attempt.Outcome == Outcome.Ok).Select(attempt => attempt.Revision).Distinct()
            .Count() > 1)
        {
            yield return new(Broken.Duplicate, patient, $"{requestId} was acknowledged at several revisions");
        }

        if (stored is { } there && attempts.Where(attempt => attempt.Content == there.Content) is var same
            && same.Any() && same.All(attempt => attempt.Outcome == Outcome.Fail))
        {
            yield return new(
                Broken.RefusedButStored, patient,
                $"{there} was refused: {string.Join(", ", same.Select(attempt => attempt.Reason).Distinct())}");
        }

        foreach (var refused in attempts.Where(attempt => attempt.Reason == ReusedReason))
        {
            if (stored is null || stored.Value.Content == refused.Content)
            {
                yield return new(Broken.ReusedId, patient, $"{requestId} was refused as reused, and was not");
            }
        }
    }
}
