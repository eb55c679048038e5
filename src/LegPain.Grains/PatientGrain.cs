using System.Diagnostics;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Journal;
using Microsoft.Extensions.Logging;

namespace LegPain.Grains;

/// <summary>Decide, append, apply, signal: the way of every command, one way.</summary>
/// <remarks>
/// <para>
/// The candidate state is assessed before the append, because the head row with its urgency is written in the same
/// transaction; it becomes the state, and is seen by anyone, only once the append is durable.
/// </para>
/// <para>
/// Reads interleave with a command (src/decisions/0004): they take one immutable state, so between two awaits they can
/// only be a revision behind. Commands do not interleave with each other.
/// </para>
/// </remarks>
[GrainType("legpain.patient")]
public sealed partial class PatientGrain : Grain, IPatientGrain
{
    /// <summary>A snapshot is kept every so many revisions: what a replay has to read at most.</summary>
    public const int SnapshotEvery = 100;

    private const int ConflictsMax = 3;

    private readonly IJournal _journal;
    private readonly KnowledgeLibrary _library;
    private readonly KnowledgeBase _knowledge;
    private readonly TimeProvider _clock;
    private readonly PatientObservers _observers;
    private readonly ILogger<PatientGrain> _logger;
    private PatientHistory _history = null!;
    private PatientState _state = PatientState.Empty;
    private JournalException? _broken;

    /// <summary>Makes a patient; Orleans calls it.</summary>
    public PatientGrain(IJournal journal, KnowledgeLibrary library, TimeProvider clock, ILogger<PatientGrain> logger)
    {
        _journal = journal;
        _library = library;
        _knowledge = library.InForce;
        _clock = clock;
        _observers = new(clock);
        _logger = logger;
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _history = new(_journal, this.GetPrimaryKeyString());
        using var span = PatientTelemetry.StartActivate();
        var started = Stopwatch.GetTimestamp();
        try
        {
            (_state, var replayed) = await _history.ReplayAsync(long.MaxValue, cancellationToken);
            PatientTelemetry.Activated(span, replayed, Stopwatch.GetElapsedTime(started));
        }
        catch (JournalException exception)
        {
            LogUnreadable(exception, (exception as JournalCorruptException)?.Sequence);
            _broken = exception;
        }

        PatientTelemetry.CountActive(1);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        PatientTelemetry.CountActive(-1);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<PatientReply> SubmitAsync(PatientCommand command)
    {
        var (reading, refusal) = await DecideAndAppendAsync(command);
        PatientTelemetry.Decided(command, refusal, reading?.Assessment);
        return new(reading, refusal);
    }

    /// <inheritdoc/>
    public async ValueTask<PatientReply> ReadAsync(
        long? revision, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        var (_, readings, refusal) = await ReadUnderAsync([new(revision, asOf, null, [])], cancellationToken);
        return new(refusal is null ? readings[0] : null, refusal);
    }

    /// <inheritdoc/>
    public async ValueTask<PatientReadings> ReadUnderAsync(
        IReadOnlyList<ReadingTerms> wanted, CancellationToken cancellationToken)
    {
        var (newest, now) = (_state, _clock.GetUtcNow());
        var readings = new List<PatientReading>(wanted.Count);
        try
        {
            foreach (var terms in wanted)
            {
                if (Unreadable(terms.Revision ?? 1) is { } unreadable)
                {
                    return new(newest.Revision, [], unreadable);
                }

                var state = await StateAtAsync(terms.Revision ?? newest.Revision, newest, cancellationToken);
                var at = terms.AsOf ?? (state.Revision == newest.Revision ? now : state.RecordedAt);
                var (reading, refusal) = PatientReader.Read(state, terms, _library, at, now);
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
            return new(newest.Revision, [], Refuse(exception));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PatientReadings> ReadSinceAsync(
        long afterRevision, int max, CancellationToken cancellationToken)
    {
        var newest = _state;
        if (_broken is { } || afterRevision < 0 || afterRevision > newest.Revision)
        {
            return new(newest.Revision, [], Unreadable(afterRevision));
        }

        if (afterRevision == newest.Revision)
        {
            return new(newest.Revision, [], null);
        }

        if (afterRevision == newest.Revision - 1)
        {
            return new(newest.Revision, [Assess(newest, newest.RecordedAt)], null);
        }

        try
        {
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
            return new(newest.Revision, [], Refuse(exception));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PatientEventPage> ReadEventsAsync(
        long afterRevision, int max, CancellationToken cancellationToken)
    {
        if ((Unreadable(1) ?? (afterRevision < 0 ? Unreadable(afterRevision) : null)) is { } refusal)
        {
            return new(_state.Revision, [], refusal);
        }

        try
        {
            return new(_state.Revision, await _history.EventsAsync(afterRevision, max, cancellationToken), null);
        }
        catch (JournalException exception)
        {
            return new(_state.Revision, [], Refuse(exception));
        }
    }

    /// <inheritdoc/>
    public ValueTask SubscribeAsync(IPatientObserver observer)
    {
        _observers.Add(observer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(IPatientObserver observer)
    {
        _observers.Remove(observer);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<(PatientReading? Reading, Refusal? Refusal)> DecideAndAppendAsync(PatientCommand command)
    {
        try
        {
            for (var attempt = 0; attempt < ConflictsMax && _broken is null; attempt++)
            {
                var now = Now();
                var context = command is AmendObservation amend
                    ? AmendmentContext.From(await _history.AllEventsAsync(CancellationToken.None), amend)
                    : null;
                var decision = PatientDecider.Decide(_state, command, _knowledge, now, context);
                if (decision.Refusal is { } refusal)
                {
                    // What is refused now may have been done before: a repeat answers as the first time.
                    if (await FindRepeatAsync(command) is { } repeat)
                    {
                        return repeat;
                    }

                    if (refusal.Reason == RefusalReason.InvalidObservations || !await CatchUpIfBehindAsync())
                    {
                        return (null, refusal);
                    }

                    continue;
                }

                var next = _state.Apply(decision.Event!, now);
                var reading = Assess(next, now);
                var result = await AppendAsync(command, decision.Event!, reading);
                switch (result.Outcome)
                {
                    case AppendOutcome.Appended:
                        _state = next;
                        _observers.Signal(_history.Stream, _state.Revision);
                        Snapshot();
                        return (reading, null);
                    case AppendOutcome.AlreadyApplied:
                        await CatchUpAsync();
                        return await FindRepeatAsync(command)
                            ?? (null, Refusal.Of(RefusalReason.Unavailable, _state.Revision));
                    default:
                        LogFenced(_state.Revision, result.Sequence);
                        await CatchUpAsync();
                        break;
                }
            }

            return (null,
                _broken is { } broken ? Refuse(broken) : Refusal.Of(RefusalReason.Unavailable, _state.Revision));
        }
        catch (JournalException exception) when (exception is not JournalRejectedException)
        {
            if (exception is JournalUnknownOutcomeException or JournalCorruptException)
            {
                LogBroken(exception);
                _broken = exception;
            }

            return (null, Refuse(exception));
        }
    }

    private ValueTask<AppendResult> AppendAsync(PatientCommand command, PatientEvent happens, PatientReading reading)
    {
        var assessment = reading.Assessment;
        var outcome = new EventOutcome(
            _knowledge.Id, _knowledge.Version, _knowledge.Hash, assessment.Disposition.Urgency, Raised(assessment));
        return _journal.AppendAsync(
            new(
                _history.Stream,
                new(reading.Revision, reading.RecordedAt, command.RequestId, command.RequestHash,
                    EventCodec.Encode(happens, outcome)),
                new(command.Tenant, reading.Revision, (int)assessment.Disposition.Urgency, reading.ChangesAt,
                    reading.RecordedAt, ReadOnlyMemory<byte>.Empty)),
            CancellationToken.None);
    }

    /// <summary>
    /// Answers a repeated request as the first time, or says that its id was used for something else.
    /// </summary>
    /// <returns>Null when the request was never seen.</returns>
    private async ValueTask<(PatientReading? Reading, Refusal? Refusal)?> FindRepeatAsync(PatientCommand command)
    {
        if (_state.Revision == 0
            || await _journal.FindRequestAsync(_history.Stream, command.RequestId, CancellationToken.None)
                is not { } earlier)
        {
            return null;
        }

        if (!earlier.RequestHash.Span.SequenceEqual(command.RequestHash))
        {
            return (null, Refusal.Of(RefusalReason.RequestIdReused, _state.Revision));
        }

        var (state, _) = earlier.Sequence == _state.Revision
            ? (_state, 0)
            : await _history.ReplayAsync(earlier.Sequence, CancellationToken.None);
        return (Assess(state, state.RecordedAt), null);
    }

    /// <summary>Takes in what another activation of this patient wrote.</summary>
    private async ValueTask CatchUpAsync() =>
        (_state, _) = await _history.ReplayAsync(long.MaxValue, CancellationToken.None);

    /// <summary>
    /// A refusal is never appended, so the journal does not fence it: one decided on an old state is found here.
    /// </summary>
    private async ValueTask<bool> CatchUpIfBehindAsync()
    {
        var head = await _journal.ReadHeadAsync(_history.Stream, CancellationToken.None);
        if (head is null || head.Sequence <= _state.Revision)
        {
            return false;
        }

        LogFenced(_state.Revision, head.Sequence);
        await CatchUpAsync();
        return true;
    }

    private PatientReading Assess(PatientState state, DateTimeOffset at) => PatientReader.Read(state, _knowledge, at);

    private async ValueTask<PatientState> StateAtAsync(
        long revision, PatientState newest, CancellationToken cancellationToken) => revision == newest.Revision
        ? newest
        : (await _history.ReplayAsync(revision, cancellationToken)).State;

    /// <summary>Never earlier than the last record: a clock that was set back must not reorder a history.</summary>
    private DateTimeOffset Now()
    {
        var now = _clock.GetUtcNow();
        return now > _state.RecordedAt ? now : _state.RecordedAt;
    }

    private void Snapshot()
    {
        if (_state.Revision % SnapshotEvery == 0)
        {
            _history.KeepSnapshot(_state, exception => LogSnapshotLost(exception));
        }
    }

    private Refusal? Unreadable(long revision) =>
        _broken is { } broken ? Refuse(broken)
        : _state.Revision == 0 && revision > 0 ? Refusal.Of(RefusalReason.PatientNotFound, 0)
        : revision > _state.Revision || revision < 1 ? Refusal.Of(RefusalReason.RevisionNotFound, _state.Revision)
        : null;

    /// <summary>
    /// Says why not. A broken activation is not trusted any more: it refuses and makes room for the next one, which
    /// replays what is on disk, so neither a failed append nor a restored record needs a restart.
    /// </summary>
    private Refusal Refuse(JournalException exception)
    {
        if (_broken is not null)
        {
            DeactivateOnIdle();
        }

        var reason = exception switch
        {
            JournalBusyException => RefusalReason.JournalBusy,
            JournalFullException => RefusalReason.StorageFull,
            JournalCorruptException => RefusalReason.RecordCorrupt,
            JournalReadException or JournalUnavailableException => RefusalReason.Unavailable,
            _ => RefusalReason.OutcomeUnknown,
        };
        return Refusal.Of(reason, _state.Revision);
    }

    private static List<string> Raised(Assessment assessment)
    {
        var raised = new List<string>();
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] == Truth.True)
            {
                raised.Add(assessment.Knowledge.RedFlags[i].Id);
            }
        }

        return raised;
    }

    [LoggerMessage(EventId = 200, EventName = "PatientUnreadable", Level = LogLevel.Error,
        Message = "A patient cannot be read and refuses; the corrupt record, if it is one, is {Sequence}.")]
    private partial void LogUnreadable(Exception exception, long? sequence);

    [LoggerMessage(EventId = 201, EventName = "PatientBroken", Level = LogLevel.Warning,
        Message = "An append failed; the activation is given up and the next one replays.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(EventId = 202, EventName = "PatientFenced", Level = LogLevel.Warning,
        Message = "Another activation wrote first: this one was at revision {Known}, the journal is at {Actual}.")]
    private partial void LogFenced(long known, long actual);

    [LoggerMessage(EventId = 203, EventName = "SnapshotLost", Level = LogLevel.Warning,
        Message = "A snapshot was not kept; replays take longer until the next one.")]
    private partial void LogSnapshotLost(Exception exception);
}
