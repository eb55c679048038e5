using LegPain.Journal;

namespace LegPain.Grains.Patient;

/// <content>The reads, which interleave with a command and with each other.</content>
internal sealed partial class PatientSession
{
    /// <inheritdoc cref="IPatientGrain.ReadAsync"/>
    public async ValueTask<PatientReply> ReadAsync(
        long? revision, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        var (_, readings, refusal) = await ReadUnderAsync([new(revision, asOf, null, [])], cancellationToken);
        return new(refusal is null ? readings[0] : null, refusal);
    }

    /// <inheritdoc cref="IPatientGrain.ReadUnderAsync"/>
    public async ValueTask<PatientReadings> ReadUnderAsync(
        IReadOnlyList<ReadingTerms> wanted, CancellationToken cancellationToken)
    {
        var readings = new List<PatientReading>(wanted.Count);
        try
        {
            var newest = wanted.All(terms => terms.Revision < _state.Revision)
                ? _state
                : await NewestAsync(cancellationToken);
            var now = NotBefore(newest.RecordedAt);
            foreach (var terms in wanted)
            {
                if (Unreadable(terms.Revision ?? 1, newest) is { } unreadable)
                {
                    return new(newest.Revision, [], unreadable);
                }

                var state = await StateAtAsync(terms.Revision ?? newest.Revision, newest, cancellationToken);
                var at = terms.AsOf ?? (state.Revision == newest.Revision ? now : state.RecordedAt);
                var (reading, refusal) = PatientReader.Read(state, terms, library, at, now);
                if (reading is null)
                {
                    return new(newest.Revision, [], refusal);
                }

                readings.Add(reading);
            }

            return new(newest.Revision, readings, null);
        }
        catch (JournalException exception)
        {
            return new(_state.Revision, [], Refuse(exception));
        }
    }

    /// <inheritdoc cref="IPatientGrain.ReadSinceAsync"/>
    public async ValueTask<PatientReadings> ReadSinceAsync(
        long afterRevision, int max, CancellationToken cancellationToken)
    {
        try
        {
            // Whoever follows asks until nothing is left: only that answer must be sure to miss nothing.
            var newest = afterRevision < _state.Revision ? _state : await NewestAsync(cancellationToken);
            if (_broken is { } || afterRevision < 0 || afterRevision > newest.Revision)
            {
                return new(newest.Revision, [], Unreadable(afterRevision, newest));
            }

            if (afterRevision == newest.Revision)
            {
                return new(newest.Revision, [], null);
            }

            if (afterRevision == newest.Revision - 1)
            {
                return new(newest.Revision, [Assess(newest, newest.RecordedAt)], null);
            }

            var (state, _) = await _history.ReplayAsync(afterRevision, cancellationToken);
            var readings = new List<PatientReading>();
            var events = await _history.EventsAsync(afterRevision, max, cancellationToken);

            // A command may have appended meanwhile: what is not the patient's state yet is for the next read.
            foreach (var recorded in events.Where(one => one.Revision <= newest.Revision))
            {
                state = state.Apply(recorded.Event, recorded.RecordedAt);
                readings.Add(Assess(state, state.RecordedAt));
            }

            return new(newest.Revision, readings, null);
        }
        catch (JournalException exception)
        {
            return new(_state.Revision, [], Refuse(exception));
        }
    }

    /// <inheritdoc cref="IPatientGrain.ReadEventsAsync"/>
    public async ValueTask<PatientEventPage> ReadEventsAsync(
        long afterRevision, int max, CancellationToken cancellationToken)
    {
        try
        {
            var newest = await NewestAsync(cancellationToken);
            return (Unreadable(1, newest) ?? (afterRevision < 0 ? Unreadable(afterRevision, newest) : null))
                is { } refusal
                ? new(newest.Revision, [], refusal)
                : new(newest.Revision, await _history.EventsAsync(afterRevision, max, cancellationToken), null);
        }
        catch (JournalException exception)
        {
            return new(_state.Revision, [], Refuse(exception));
        }
    }

    private async ValueTask<PatientState> StateAtAsync(
        long revision, PatientState newest, CancellationToken cancellationToken) => revision == newest.Revision
        ? newest
        : (await _history.ReplayAsync(revision, cancellationToken)).State;

    private Refusal? Unreadable(long revision, PatientState newest) =>
        RefuseIfBroken() is { } refusal ? refusal
        : newest.Revision == 0 && revision > 0 ? Refusal.Of(RefusalReason.PatientNotFound, 0)
        : revision > newest.Revision || revision < 1 ? Refusal.Of(RefusalReason.RevisionNotFound, newest.Revision)
        : null;
}
