using LegPain.Journal;

namespace LegPain.Grains.Patient;

/// <summary>A patient's stream in the journal, in the patient's own terms.</summary>
internal sealed class PatientHistory(IJournal journal, string stream)
{
    /// <summary>Returns the state at a revision, from the newest snapshot before it and the events since.</summary>
    /// <param name="revision">The revision; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>
    /// The state, at an earlier revision when there are fewer events; and how many events were folded.
    /// </returns>
    public async ValueTask<(PatientState State, int Replayed)> ReplayAsync(
        long revision, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(revision, cancellationToken);
        var state = snapshot is null ? PatientState.Empty : EventCodec.Decode(snapshot) ?? PatientState.Empty;
        var replayed = 0;
        while (state.Revision < revision)
        {
            var max = (int)Math.Min(JournalLimits.ReadMax, revision - state.Revision);
            var events = await EventsAsync(state.Revision, max, cancellationToken);
            foreach (var recorded in events)
            {
                state = state.Apply(recorded.Event, recorded.RecordedAt);
            }

            replayed += events.Count;
            if (events.Count < max)
            {
                break;
            }
        }

        return (state, replayed);
    }

    /// <summary>Returns events after a revision, in order and without a gap.</summary>
    /// <exception cref="JournalCorruptException">A record cannot be read, or one is missing.</exception>
    public async ValueTask<IReadOnlyList<RecordedEvent>> EventsAsync(
        long afterRevision, int max, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(stream, afterRevision, max, cancellationToken);
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Sequence != afterRevision + 1 + i)
            {
                throw new JournalCorruptException(afterRevision + 1 + i);
            }
        }

        return [.. records.Select(EventCodec.Decode)];
    }

    /// <summary>Returns every event, in order.</summary>
    public async ValueTask<IReadOnlyList<RecordedEvent>> AllEventsAsync(CancellationToken cancellationToken)
    {
        var all = new List<RecordedEvent>();
        IReadOnlyList<RecordedEvent> page;
        do
        {
            page = await EventsAsync(all.Count, JournalLimits.ReadMax, cancellationToken);
            all.AddRange(page);
        }
        while (page.Count == JournalLimits.ReadMax);
        return all;
    }

    /// <summary>Returns the newest snapshot; null also when it cannot be read, for the events say the same.</summary>
    private async ValueTask<JournalSnapshot?> SnapshotAsync(long atOrBefore, CancellationToken cancellationToken)
    {
        try
        {
            return await journal.ReadSnapshotAsync(stream, atOrBefore, cancellationToken);
        }
        catch (JournalCorruptException)
        {
            return null;
        }
    }

    /// <summary>Keeps a snapshot without making the caller wait for it.</summary>
    public void KeepSnapshot(PatientState state, Action<Exception> failed)
    {
        var snapshot = new JournalSnapshot(state.Revision, EventCodec.Encode(state));
        _ = KeepAsync();

        async Task KeepAsync()
        {
            try
            {
                await journal.WriteSnapshotAsync(stream, snapshot, CancellationToken.None);
            }
            catch (JournalException exception)
            {
                failed(exception);
            }
        }
    }
}
