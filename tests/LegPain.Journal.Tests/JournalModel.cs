namespace LegPain.Journal.Tests;

/// <summary>What a journal is, in the fewest words: lists in a dictionary.</summary>
internal sealed class JournalModel
{
    private readonly Dictionary<string, List<JournalRecord>> _records = [];

    public Dictionary<string, JournalHead> Heads { get; } = [];

    public Dictionary<(string Stream, long Sequence), JournalSnapshot> Snapshots { get; } = [];

    public long Last(string stream) => _records.GetValueOrDefault(stream)?.Count ?? 0;

    public AppendResult Append(JournalAppend append)
    {
        if (Find(append.Stream, append.Record.RequestId) is { } earlier)
        {
            return new(AppendOutcome.AlreadyApplied, earlier.Sequence);
        }

        if (append.Record.Sequence != Last(append.Stream) + 1)
        {
            return new(AppendOutcome.Conflict, Last(append.Stream));
        }

        _records.TryAdd(append.Stream, []);
        _records[append.Stream].Add(append.Record);
        Heads[append.Stream] = append.Head;
        return new(AppendOutcome.Appended, append.Record.Sequence);
    }

    public IEnumerable<JournalRecord> Read(string stream, long after, int max) =>
        (_records.GetValueOrDefault(stream) ?? []).Where(record => record.Sequence > after).Take(max);

    public JournalRecord? Find(string stream, string request) =>
        _records.GetValueOrDefault(stream)?.Find(record => record.RequestId == request);

    public JournalSnapshot? Snapshot(string stream, long atOrBefore) => Snapshots
        .Where(pair => pair.Key.Stream == stream && pair.Key.Sequence <= atOrBefore)
        .Select(pair => pair.Value).MaxBy(snapshot => snapshot.Sequence);
}
