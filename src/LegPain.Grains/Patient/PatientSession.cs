using System.Diagnostics;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Journal;
using Microsoft.Extensions.Logging;

namespace LegPain.Grains.Patient;

/// <summary>
/// The life of one activation of a patient: decide, append, apply, signal, the way of every command, one way; and reads
/// beside it.
/// </summary>
/// <remarks>
/// <para>
/// The candidate state is assessed before the append, because the head row with its urgency is written in the same
/// transaction; it becomes the state, and is seen by anyone, only once the append is durable.
/// </para>
/// <para>
/// Reads interleave with a command (src/decisions/0004), commands do not interleave with each other: the caller sees to
/// both, and that one thread at a time is here. Either takes one immutable state and uses that one to its end; the
/// state only ever moves forward, to what is durable.
/// </para>
/// <para>
/// Knows nothing of Orleans, so that the simulation in the tests drives this very class through every order of events.
/// </para>
/// </remarks>
internal sealed partial class PatientSession(
    string patient, IJournal journal, KnowledgeLibrary library, TimeProvider clock, ILogger logger)
{
    /// <summary>A snapshot is kept every so many revisions: what a replay has to read at most.</summary>
    public const int SnapshotEvery = 100;

    private const int ConflictsMax = 3;

    private readonly KnowledgeBase _knowledge = library.InForce;
    private readonly PatientHistory _history = new(journal, patient);
    private readonly PatientObservers _observers = new(clock);
    private PatientState _state = PatientState.Empty;
    private JournalException? _broken;

    /// <summary>
    /// Gets whether this activation is not trusted any more: it refuses, and should make room for the next one, which
    /// replays what is on disk. So neither a failed append nor a restored record needs a restart, and a node that has
    /// lost a journal which others still reach gives its patients up to them.
    /// </summary>
    public bool IsBroken => _broken is not null;

    /// <summary>Replays the patient. When the journal fails the activation is broken from the start.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        using var span = PatientTelemetry.StartActivate();
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (!journal.IsExclusive && !journal.IsReachable)
            {
                // Known already: to wait for it would only keep the patient from a node that reaches the journal.
                throw new JournalUnavailableException();
            }

            (_state, var replayed) = await _history.ReplayAsync(long.MaxValue, cancellationToken);
            PatientTelemetry.Activated(span, replayed, Stopwatch.GetElapsedTime(started));
        }
        catch (JournalException exception)
        {
            // Of a journal that cannot be reached the node's health says it, once for all patients.
            LogIfCorrupt(exception);
            _broken = exception;
        }
    }

    /// <inheritdoc cref="IPatientGrain.SubmitAsync"/>
    public async ValueTask<PatientReply> SubmitAsync(PatientCommand command, CancellationToken cancellationToken)
    {
        var (reading, refusal) = await DecideAndAppendAsync(command, cancellationToken);
        PatientTelemetry.Decided(command, refusal, reading?.Assessment);
        return new(reading, refusal);
    }

    /// <inheritdoc cref="IPatientGrain.SubscribeAsync"/>
    public void Subscribe(IPatientObserver observer) => _observers.Add(observer);

    /// <inheritdoc cref="IPatientGrain.UnsubscribeAsync"/>
    public void Unsubscribe(IPatientObserver observer) => _observers.Remove(observer);

    private async ValueTask<(PatientReading? Reading, Refusal? Refusal)> DecideAndAppendAsync(
        PatientCommand command, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 0; attempt < ConflictsMax && _broken is null; attempt++)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // A read may move the state on at any await: what is decided on one is appended to that one.
                var state = _state;
                var now = NotBefore(state.RecordedAt);
                var context = command is AmendObservation amend
                    ? AmendmentContext.From(await _history.AllEventsAsync(cancellationToken), amend)
                    : null;
                var decision = PatientDecider.Decide(state, command, _knowledge, now, context);
                if (decision.Refusal is { } refusal)
                {
                    // What is refused now may have been done before: a repeat answers as the first time.
                    if (await FindRepeatAsync(command) is { } repeat)
                    {
                        return repeat;
                    }

                    // A refusal is never appended, so the journal does not fence it: ask whether its state was old.
                    if (!DependsOnState(refusal) || !await CatchUpIfBehindAsync(state, CancellationToken.None))
                    {
                        return (null, refusal);
                    }

                    LogFenced(state.Revision, _state.Revision);
                    continue;
                }

                var next = state.Apply(decision.Event!, now);
                var reading = Assess(next, now);
                var result = await AppendAsync(command, decision.Event!, reading);
                switch (result.Outcome)
                {
                    case AppendOutcome.Appended:
                        MoveTo(next);
                        Snapshot(next);
                        return (reading, null);
                    case AppendOutcome.AlreadyApplied:
                        return await AnswerAppliedAsync(command);
                    default:
                        LogFenced(state.Revision, result.Sequence);
                        await CatchUpAsync(CancellationToken.None);
                        break;
                }
            }

            return (null, RefuseIfBroken() ?? Refusal.Of(RefusalReason.Unavailable, _state.Revision));
        }
        catch (JournalException exception) when (exception is not JournalRejectedException)
        {
            if (exception is JournalUnknownOutcomeException)
            {
                LogBroken(exception);
            }

            if (exception is JournalUnknownOutcomeException or JournalCorruptException)
            {
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
        return journal.AppendAsync(
            new(
                patient,
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
            || await journal.FindRequestAsync(patient, command.RequestId, CancellationToken.None)
                is not { } earlier)
        {
            return null;
        }

        if (!earlier.RequestHash.Span.SequenceEqual(command.RequestHash))
        {
            return (null, Refusal.Of(RefusalReason.RequestIdReused, _state.Revision));
        }

        try
        {
            var (state, _) = earlier.Sequence == _state.Revision
                ? (_state, 0)
                : await _history.ReplayAsync(earlier.Sequence, CancellationToken.None);
            return (Assess(state, state.RecordedAt), null);
        }
        catch (JournalException exception) when (exception is not JournalCorruptException)
        {
            return (null, StoredButUnread());
        }
    }

    /// <summary>Answers a request that the journal has found to be applied.</summary>
    private async ValueTask<(PatientReading? Reading, Refusal? Refusal)> AnswerAppliedAsync(PatientCommand command)
    {
        try
        {
            await CatchUpAsync(CancellationToken.None);
            return await FindRepeatAsync(command) ?? (null, StoredButUnread());
        }
        catch (JournalException exception) when (exception is not JournalCorruptException)
        {
            return (null, StoredButUnread());
        }
    }

    /// <summary>Any other reason would promise that nothing was stored.</summary>
    private Refusal StoredButUnread() => Refusal.Of(RefusalReason.OutcomeUnknown, _state.Revision);

    /// <summary>
    /// Returns the newest state. Another activation, on another node, may have gone on without this one knowing, unless
    /// only this process can append.
    /// </summary>
    private async ValueTask<PatientState> NewestAsync(CancellationToken cancellationToken)
    {
        if (!journal.IsExclusive && _broken is null)
        {
            await CatchUpIfBehindAsync(_state, cancellationToken);
        }

        return _state;
    }

    /// <summary>Returns whether the journal was ahead of a state; the patient's own is then no longer.</summary>
    private async ValueTask<bool> CatchUpIfBehindAsync(PatientState state, CancellationToken cancellationToken)
    {
        var head = await journal.ReadHeadAsync(patient, cancellationToken);
        if (head is null || head.Sequence <= state.Revision)
        {
            return false;
        }

        if (head.Sequence > _state.Revision)
        {
            await CatchUpAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>Takes in what another activation of this patient wrote.</summary>
    private async ValueTask CatchUpAsync(CancellationToken cancellationToken) =>
        MoveTo((await _history.ReplayAsync(long.MaxValue, cancellationToken)).State);

    /// <summary>
    /// Moves to a state that is durable, and tells the observers. Forward only: while one call waited for the journal
    /// another may have moved further.
    /// </summary>
    private void MoveTo(PatientState durable)
    {
        if (durable.Revision > _state.Revision)
        {
            _state = durable;
            _observers.Signal(patient, durable.Revision);
        }
    }

    private PatientReading Assess(PatientState state, DateTimeOffset at) => PatientReader.Read(state, _knowledge, at);

    /// <summary>
    /// Never earlier than the last record: a clock that was set back, or another node's, must not reorder a history.
    /// </summary>
    private DateTimeOffset NotBefore(DateTimeOffset recordedAt)
    {
        var now = clock.GetUtcNow();
        return now > recordedAt ? now : recordedAt;
    }

    private void Snapshot(PatientState state)
    {
        if (state.Revision % SnapshotEvery == 0)
        {
            _history.KeepSnapshot(state, exception => LogSnapshotLost(exception));
        }
    }

    /// <summary>Returns whether another state of the patient could have answered otherwise.</summary>
    private static bool DependsOnState(Refusal refusal) =>
        refusal.Reason != RefusalReason.InvalidObservations
        || refusal.Violations.Any(wrong => wrong.Fault == ObservationFault.ObservedBeforeBirth);

    /// <summary>
    /// Returns why nothing is tried any more, or null. Of what was tried before, whoever tried it was told.
    /// </summary>
    private Refusal? RefuseIfBroken() => _broken switch
    {
        null => null,
        JournalCorruptException => Refusal.Of(RefusalReason.RecordCorrupt, _state.Revision),
        JournalBusyException => Refusal.Of(RefusalReason.JournalBusy, _state.Revision),
        _ => Refusal.Of(RefusalReason.Unavailable, _state.Revision),
    };

    private Refusal Refuse(JournalException exception)
    {
        LogIfCorrupt(exception);
        if (!journal.IsExclusive && exception is (JournalUnavailableException or JournalReadException))
        {
            // Others may reach what this node cannot: make room for an activation on one of them.
            _broken ??= exception;
        }

        var reason = exception switch
        {
            JournalBusyException => RefusalReason.JournalBusy,
            JournalFullException => RefusalReason.StorageFull,
            JournalCorruptException => RefusalReason.RecordCorrupt,
            JournalUnknownOutcomeException => RefusalReason.OutcomeUnknown,
            _ => RefusalReason.Unavailable,
        };
        return Refusal.Of(reason, _state.Revision);
    }

    private void LogIfCorrupt(JournalException exception)
    {
        if (exception is JournalCorruptException corrupt)
        {
            LogUnreadable(exception, corrupt.Sequence);
        }
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
        Message = "Record {Sequence} of a patient is corrupt, and what must read it is refused.")]
    private partial void LogUnreadable(Exception exception, long sequence);

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
