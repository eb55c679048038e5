using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using LegPain.Engine.Vocabulary;
using LegPain.Journal;
using Stored = LegPain.Protocol.Journal.V1;

namespace LegPain.Grains.Patient;

/// <summary>Events and snapshots to and from the storage schema, <c>protos/legpain/journal/v1</c>.</summary>
internal static class EventCodec
{
    public static byte[] Encode(PatientEvent happened, EventOutcome outcome)
    {
        var stored = new Stored.Event
        {
            Episode = happened.Episode,
            Outcome = new()
            {
                KnowledgeId = outcome.KnowledgeId,
                KnowledgeVersion = outcome.KnowledgeVersion,
                KnowledgeHash = outcome.KnowledgeHash,
                Urgency = (int)outcome.Urgency,
                RaisedRedFlags = { outcome.RaisedRedFlags },
            },
        };
        switch (happened)
        {
            case ObservationsReported report:
                stored.ObservationsReported = new()
                {
                    StartsEpisode = report.StartsEpisode,
                    Observations = { report.Observations.Select(observation => Store(observation, withOrigin: false)) },
                };
                break;
            case ObservationAmended amended:
                stored.ObservationAmended = new()
                {
                    Revision = amended.Revision,
                    Index = amended.Index,
                    Finding = amended.Finding,
                    Remaining = { amended.Remaining.Select(observation => Store(observation, withOrigin: true)) },
                };
                break;
            case EpisodeStarted:
                stored.EpisodeStarted = new();
                break;
            case EpisodeClosed:
                stored.EpisodeClosed = new();
                break;
        }

        return stored.ToByteArray();
    }

    /// <exception cref="JournalCorruptException">The payload is not an event.</exception>
    public static RecordedEvent Decode(JournalRecord record)
    {
        try
        {
            var stored = Stored.Event.Parser.ParseFrom(record.Payload.Span);
            var outcome = stored.Outcome ?? new();
            return new(record.Sequence, record.RecordedAt, record.RequestId, Happened(stored, record.Sequence),
                new(
                    outcome.KnowledgeId, outcome.KnowledgeVersion, outcome.KnowledgeHash, (Urgency)outcome.Urgency,
                    [.. outcome.RaisedRedFlags]));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or FormatException)
        {
            throw new JournalCorruptException(record.Sequence, exception);
        }
    }

    public static byte[] Encode(PatientState state) => new Stored.PatientSnapshot
    {
        Revision = state.Revision,
        RecordedAt = state.RecordedAt.ToTimestamp(),
        Episode = state.Episode,
        EpisodeOpen = state.EpisodeOpen,
        EpisodeStartedAt = state.EpisodeStartedAt.ToTimestamp(),
        ObservationCount = state.ObservationCount,
        Fold = PatientState.Fold,
        Findings =
        {
            state.Findings.Select(known => new Stored.FindingHistory
            {
                Points = { known.Points.Select(point => Store(point, withOrigin: true)) },
            }),
        },
    }.ToByteArray();

    /// <summary>
    /// Returns the state, or null when the payload is not a snapshot, or one of another fold: it is only a cache.
    /// </summary>
    public static PatientState? Decode(JournalSnapshot snapshot)
    {
        try
        {
            var stored = Stored.PatientSnapshot.Parser.ParseFrom(snapshot.Payload.Span);
            return stored.Fold != PatientState.Fold ? null : PatientState.Restore(
                stored.Revision, Time(stored.RecordedAt), stored.Episode, stored.EpisodeOpen,
                Time(stored.EpisodeStartedAt), stored.ObservationCount,
                stored.Findings.Where(history => history.Points.Count > 0).Select(history => new KnownFinding(
                    string.Intern(history.Points[0].Finding),
                    [.. history.Points.Select(point => Load(point, point.Revision, point.Index))])));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or FormatException)
        {
            return null;
        }
    }

    private static PatientEvent Happened(Stored.Event stored, long revision) => stored.KindCase switch
    {
        Stored.Event.KindOneofCase.ObservationsReported => new ObservationsReported(
            stored.Episode,
            stored.ObservationsReported.StartsEpisode,
            [.. stored.ObservationsReported.Observations
                .Select((observation, index) => Load(observation, revision, index))]),
        Stored.Event.KindOneofCase.ObservationAmended => new ObservationAmended(
            stored.Episode,
            stored.ObservationAmended.Revision,
            stored.ObservationAmended.Index,
            stored.ObservationAmended.Finding,
            [.. stored.ObservationAmended.Remaining.Select(point => Load(point, point.Revision, point.Index))]),
        Stored.Event.KindOneofCase.EpisodeStarted => new EpisodeStarted(stored.Episode),
        Stored.Event.KindOneofCase.EpisodeClosed => new EpisodeClosed(stored.Episode),
        _ => throw new FormatException("The kind of event is not known."),
    };

    private static Stored.Observation Store(RecordedObservation recorded, bool withOrigin)
    {
        var observation = recorded.Observation;
        var stored = new Stored.Observation
        {
            Finding = observation.Finding,
            Presence = observation.Presence switch
            {
                Presence.Present => Stored.Presence.Present,
                Presence.Absent => Stored.Presence.Absent,
                _ => Stored.Presence.Unknown,
            },
            Options = { observation.Options },
            ObservedAt = observation.ObservedAt.ToTimestamp(),
            StartedAt = observation.StartedAt?.ToTimestamp(),
            Informant = recorded.Informant,
            UnknownReason = recorded.UnknownReason,
            OutlivesEpisode = recorded.OutlivesEpisode,
        };
        if (observation.Number is { } number)
        {
            stored.Number = number;
        }

        if (withOrigin)
        {
            stored.Revision = recorded.Revision;
            stored.Index = recorded.Index;
        }

        return stored;
    }

    private static RecordedObservation Load(Stored.Observation stored, long revision, int index) => new(
        new(
            string.Intern(stored.Finding),
            stored.Presence switch
            {
                Stored.Presence.Present => Presence.Present,
                Stored.Presence.Absent => Presence.Absent,
                Stored.Presence.Unknown => Presence.Unknown,
                _ => throw new FormatException("The presence is not known."),
            },
            stored.HasNumber ? stored.Number : null,
            stored.Options.Count == 0 ? [] : [.. stored.Options.Select(string.Intern)],
            Time(stored.ObservedAt),
            stored.StartedAt is null ? null : Time(stored.StartedAt)),
        stored.Informant, stored.UnknownReason, stored.OutlivesEpisode, revision, index);

    private static DateTimeOffset Time(Timestamp? stored)
    {
        try
        {
            return stored?.ToDateTimeOffset() ?? throw new FormatException("A time is missing.");
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("A time is out of range.", exception);
        }
    }
}
