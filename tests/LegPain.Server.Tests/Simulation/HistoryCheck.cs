namespace LegPain.Server.Tests.Simulation;

/// <summary>Judges a history. Shares nothing with what is judged: it knows revisions, requests and texts.</summary>
internal sealed class HistoryCheck
{
    private readonly SimulatedHistory _history;
    private readonly List<string> _violations = [];
    private readonly Dictionary<string, SimulatedHistory.StoredRecord> _byRequest = [];
    private readonly List<(int Step, long Revision)> _floors = [];

    private HistoryCheck(SimulatedHistory history) => _history = history;

    /// <summary>Returns what is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<string> Violations(SimulatedHistory history)
    {
        var check = new HistoryCheck(history);
        check.Store();
        check.Writes();
        check.Answers();
        check.Reads();
        check.Watches();
        return check._violations;
    }

    private void Store()
    {
        for (var i = 0; i < _history.Store.Count; i++)
        {
            var record = _history.Store[i];
            Expect(record.Revision == i + 1, $"record {i + 1} has revision {record.Revision}: a gap or a fork");
            Expect(_byRequest.TryAdd(record.Request, record), $"request {record.Request} was applied twice");
            Expect(i == 0 || record.RecordedAt >= _history.Store[i - 1].RecordedAt,
                $"revision {record.Revision} was recorded before the one it follows");
        }
    }

    private void Writes()
    {
        foreach (var write in _history.Writes)
        {
            var stored = _byRequest.GetValueOrDefault(write.Request);
            if (write.End == CallEnd.Ok)
            {
                Expect(stored?.Revision == write.Revision && stored.Step <= write.Completed,
                    $"{write.Request} was acknowledged at {write.Revision} and is lost");
                _floors.Add((write.Completed, write.Revision));
            }

            Expect(write.End != CallEnd.No || stored is null || stored.Step >= write.Invoked,
                $"{write.Request} was stored and a repeat of it was refused as {write.Reason}");
            Expect(write.Reason != "RevisionConflict" || write.Expected is not { } expected
                || RevisionAt(write.Invoked) != expected || RevisionAt(write.Completed) != expected,
                $"{write.Request} was refused at {write.Expected}, where the patient was all the time");
            Expect(write.Reason is not ("InvalidObservations" or "RequestIdReused" or "RecordCorrupt"),
                $"{write.Request} was refused as {write.Reason}");
            Expect(stored is null || write.Expected is null || stored.Revision == write.Expected + 1,
                $"{write.Request} expected {write.Expected} and was stored at {stored?.Revision}");
        }

        foreach (var request in _history.Writes.GroupBy(write => write.Request))
        {
            Expect(!_byRequest.ContainsKey(request.Key)
                || request.Any(attempt => attempt.End is CallEnd.Ok or CallEnd.Unknown),
                $"{request.Key} was refused at every attempt and is stored");
        }

        foreach (var amended in _history.Writes.Where(write => write.Amends is not null)
            .DistinctBy(write => write.Request).GroupBy(write => write.Amends))
        {
            Expect(amended.Count(write => _byRequest.ContainsKey(write.Request)) <= 1,
                $"observation {amended.Key} was amended twice");
        }
    }

    /// <summary>One revision has one answer, whoever gives it and whenever.</summary>
    private void Answers()
    {
        var answers = _history.Writes.Where(write => write.End == CallEnd.Ok).Select(w => (w.Revision, w.Answer))
            .Concat(_history.Watched.Select(shown => (shown.Revision, shown.Answer)))
            .Concat(_history.Reads.Where(read => read.Answer.Length > 0).Select(r => (r.Revision, r.Answer)));
        foreach (var revision in answers.GroupBy(one => one.Revision))
        {
            Expect(revision.Select(one => one.Answer).Distinct().Count() == 1,
                $"revision {revision.Key} was answered in different ways");
        }
    }

    private void Reads()
    {
        _floors.AddRange(_history.Reads.Where(read => read.End == CallEnd.Ok).Select(r => (r.Completed, r.Revision)));
        _floors.AddRange(_history.Watched.Select(shown => (shown.Step, shown.Revision)));
        foreach (var read in _history.Reads.Where(read => read.End is CallEnd.Ok or CallEnd.No))
        {
            // What another call was told in the same step may have been told after this one began.
            var floor = _floors.Where(told => told.Step < read.Invoked).Select(told => told.Revision)
                .DefaultIfEmpty().Max();
            Expect(read.Wanted is null || read.End == CallEnd.Ok,
                $"revision {read.Wanted} was acknowledged and a read of it is refused as {read.Reason}");
            Expect(read.Wanted is not null || read.Revision >= floor,
                $"a read begun at step {read.Invoked} shows {read.Revision}, below {floor}");
            Expect(read.Revision <= RevisionAt(read.Completed),
                $"a read at step {read.Completed} shows {read.Revision}, which is not durable");
            Expect(!read.IsAssessedBeforeRecorded, $"a read of {read.Revision} is as of before it was recorded");
            Expect(read.Events.SequenceEqual(_history.Store.Take(read.Events.Count).Select(one => one.Request)),
                "a page of events is not what the store has");
        }
    }

    private void Watches()
    {
        foreach (var watch in _history.Watched.GroupBy(shown => shown.Watch))
        {
            var expected = 1L;
            foreach (var shown in watch)
            {
                Expect(shown.Revision == expected, $"watch {shown.Watch} shows {shown.Revision} after {expected - 1}");
                expected++;
                Expect(shown.Revision <= RevisionAt(shown.Step),
                    $"watch {shown.Watch} shows {shown.Revision} at step {shown.Step}, which is not durable");
            }
        }

        foreach (var signal in _history.Signals)
        {
            Expect(signal.Revision <= RevisionAt(signal.Step),
                $"{signal.Revision} was signaled at step {signal.Step} and is not durable");
        }
    }

    private long RevisionAt(int step) => _history.Store.Count(record => record.Step <= step);

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _violations.Add(otherwise);
        }
    }
}
