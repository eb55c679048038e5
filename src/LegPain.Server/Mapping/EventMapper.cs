using Google.Protobuf.WellKnownTypes;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>Writes a patient's events for the wire.</summary>
internal static class EventMapper
{
    public static Wire.Event ToWire(RecordedEvent recorded, KnowledgeBase knowledge)
    {
        var wire = new Wire.Event
        {
            Revision = recorded.Revision,
            RecordedAt = recorded.RecordedAt.ToTimestamp(),
            RequestId = recorded.RequestId,
            Episode = recorded.Event.Episode,
            Urgency = (Wire.Urgency)recorded.Outcome.Urgency,
            RaisedRedFlags = { recorded.Outcome.RaisedRedFlags },
            Knowledge = new()
            {
                Id = recorded.Outcome.KnowledgeId,
                Version = recorded.Outcome.KnowledgeVersion,
                Hash = recorded.Outcome.KnowledgeHash,
            },
        };
        switch (recorded.Event)
        {
            case ObservationsReported report:
                wire.ObservationsReported = new()
                {
                    StartedEpisode = report.StartsEpisode,
                    Observations = { report.Observations.Select(observation => ToWire(observation, knowledge)) },
                };
                break;
            case ObservationAmended amended:
                wire.ObservationAmended = new() { Revision = amended.Revision, Index = amended.Index };
                break;
            case EpisodeStarted:
                wire.EpisodeStarted = new();
                break;
            case EpisodeClosed:
                wire.EpisodeClosed = new();
                break;
        }

        return wire;
    }

    private static Wire.RecordedObservation ToWire(RecordedObservation recorded, KnowledgeBase knowledge)
    {
        var observation = recorded.Observation;
        var wire = new Wire.Observation
        {
            Finding = observation.Finding,
            Presence = observation.Presence switch
            {
                Presence.Present => Wire.Presence.Present,
                Presence.Absent => Wire.Presence.Absent,
                _ => Wire.Presence.Unknown,
            },
            Informant = (Wire.Informant)recorded.Informant,
            UnknownReason = (Wire.UnknownReason)recorded.UnknownReason,
            ObservedAt = observation.ObservedAt.ToTimestamp(),
            StartedAt = observation.StartedAt?.ToTimestamp(),
        };
        if (observation.Number is { } number)
        {
            wire.Number = number;
            wire.Unit = knowledge.FindFinding(observation.Finding)?.Unit ?? string.Empty;
        }
        else if (knowledge.FindFinding(observation.Finding)?.Kind == FindingKind.Choices
            && observation.Presence == Presence.Present)
        {
            wire.Options = new() { Options = { observation.Options } };
        }
        else if (observation.Options.Count > 0)
        {
            wire.Option = observation.Options[0];
        }

        return new() { Revision = recorded.Revision, Index = recorded.Index, Observation = wire };
    }
}
