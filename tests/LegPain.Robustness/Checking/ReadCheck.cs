using LegPain.Robustness.History;

namespace LegPain.Robustness.Checking;

/// <summary>Judges what reads and watches of one patient showed against what is stored.</summary>
internal static class ReadCheck
{
    /// <summary>Finds reads of what is not stored.</summary>
    public static IEnumerable<Violation> Reads(
        string patient, IEnumerable<Operation> operations, IReadOnlyDictionary<long, StoredRecord> stored)
    {
        foreach (var read in operations.Where(one => !one.IsWrite && one.Outcome == Outcome.Ok))
        {
            if (read.Kind == Kind.Read && !Is(stored, read.Revision!.Value, read.RecordedAt!.Value))
            {
                yield return new(
                    Broken.Phantom, patient,
                    $"a read showed {read.Revision} of {read.RecordedAt}, which is not stored");
            }

            var next = read.After;
            foreach (var listed in read.Listed ?? [])
            {
                if (listed.Revision != ++next)
                {
                    yield return new(Broken.Gap, patient, $"a list showed {listed.Revision} where {next} belongs");
                }

                if (!Is(stored, listed.Revision, listed.RecordedAt)
                    || stored[listed.Revision].RequestId != listed.RequestId)
                {
                    yield return new(Broken.Phantom, patient, $"a list showed {listed}, which is not stored");
                }
            }
        }
    }

    /// <summary>Judges one watch, over all its connections.</summary>
    public static IEnumerable<Violation> Watch(
        string patient, IEnumerable<WatchLine> lines, StoredPatient stored,
        IReadOnlyDictionary<long, StoredRecord> records)
    {
        var last = 0L;
        var (watch, connection, shownHere) = (0, 0, 0L);
        foreach (var line in lines)
        {
            watch = line.Watch;
            shownHere = connection == line.Connection ? shownHere : 0;
            connection = line.Connection;
            var where = $"watch {watch} connection {connection}: {line.Revision} after {last}";
            if (line.Sight == Sight.Opened)
            {
                continue;
            }

            if (line.Sight == Sight.Refused)
            {
                yield return new(Broken.WatchRefused, patient, where);
                continue;
            }

            if (line.Sight == Sight.Assessment && !Is(records, line.Revision, line.RecordedAt))
            {
                yield return new(Broken.Phantom, patient, $"{where} of {line.RecordedAt} is not stored");
            }

            var expected = line.Sight == Sight.Assessment ? last + 1 : last;
            if (line.Revision > expected)
            {
                yield return new(Broken.WatchGap, patient, where);
            }
            else if (line.Revision < expected)
            {
                yield return line.Sight == Sight.Assessment && line.Revision >= shownHere
                    ? new(Broken.WatchRepeat, patient, where)
                    : new(Broken.WatchReorder, patient, where);
            }

            last = Math.Max(last, line.Revision);
            shownHere = Math.Max(shownHere, line.Revision);
        }

        if (last < stored.Head)
        {
            yield return new(Broken.WatchBehind, patient, $"watch {watch} ended at {last} of {stored.Head}");
        }
    }

    private static bool Is(IReadOnlyDictionary<long, StoredRecord> stored, long revision, long recordedAt) =>
        stored.TryGetValue(revision, out var record) && record.RecordedAt == recordedAt;
}
