using Google.Protobuf.WellKnownTypes;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains;
using LegPain.Knowledge;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>Writes comparisons and explanations for the wire. Each side speaks in the texts of its pack.</summary>
internal static class ReasoningWriter
{
    private const int LeversMax = 10;
    private const string SiteShares = "site-shares";

    /// <summary>Writes a comparison of two readings.</summary>
    /// <param name="before">The one side.</param>
    /// <param name="after">The other side.</param>
    /// <param name="was">The writer for what the one side was made with.</param>
    /// <param name="now">The writer for what the other side was made with.</param>
    public static Wire.CompareAssessmentResponse Compare(
        PatientReading before, PatientReading after, AssessmentWriter was, AssessmentWriter now)
    {
        var difference = AssessmentDifference.Between(before.Assessment, after.Assessment);
        return new()
        {
            Before = Side(before, was),
            After = Side(after, now),
            Difference = new()
            {
                RedFlags = { difference.RedFlags.Select(change => Write(change, was, now)) },
                Causes = { difference.Causes.Select(change => Write(change, was, now)) },
                Scores = { difference.Scores.Select(change => Write(change, was, now)) },
                QuestionsAdded = { difference.QuestionsAdded.Select(now.Write) },
                QuestionsRemoved = { difference.QuestionsRemoved.Select(question => question.Finding.Id) },
                ExaminationsAdded = { difference.ExaminationsAdded.Select(now.Write) },
                ExaminationsRemoved = { difference.ExaminationsRemoved.Select(examination => examination.Id) },
            },
        };
    }

    /// <summary>Writes the explanation of a cause.</summary>
    public static Wire.CauseExplanation Explain(PatientReading reading, Cause cause, AssessmentWriter writer)
    {
        var explanation = CauseExplanation.Of(reading.Assessment, cause);
        var wire = new Wire.CauseExplanation
        {
            Id = cause.Id,
            Name = writer.Texts[TextKind.Cause, cause.Id, "name"],
            Definition = writer.Texts[TextKind.Cause, cause.Id, "definition"],
            MustNotMiss = cause.MustNotMiss,
            Revision = reading.Revision,
            AssessedAt = reading.AssessedAt.ToTimestamp(),
            Knowledge = writer.Version,
            Closed = explanation.Standing is null,
            Standing = Write(explanation.Standing),
            Prior = new()
            {
                Share = cause.Prior,
                LogOdds = AssessmentWriter.Nats(explanation.Prior.MicroNats),
                RunningShare = explanation.Prior.Share,
                Basis = cause.PriorBasis,
                Sources = { cause.PriorSources },
                StartShare = explanation.StartShare,
            },
            Factors = { explanation.PriorSteps.Select(Write) },
            PriorCapped = explanation.IsPriorCapped,
            Votes = { explanation.Votes.Select(step => Write(step, writer)) },
            LeftOut =
            {
                explanation.LeftOut.Select(left => new Wire.LeftOutVote
                {
                    Contribution = writer.Write(left.Contribution),
                    Instead = writer.Write(left.Instead),
                }),
            },
            Levers = { explanation.Levers.Take(LeversMax).Select(lever => Write(lever, writer)) },
        };
        var cited = wire.Prior.Sources.Concat(wire.Votes.SelectMany(vote => vote.Contribution.Sources))
            .Concat(wire.LeftOut.SelectMany(left => left.Contribution.Sources.Concat(left.Instead.Sources)))
            .ToHashSet();
        wire.Sources.AddRange(writer.Knowledge.Sources.Where(source => cited.Contains(source.Key)).Select(Write));
        return wire;
    }

    private static Wire.ComparedAssessment Side(PatientReading reading, AssessmentWriter writer) => new()
    {
        Revision = reading.Revision,
        AssessedAt = reading.AssessedAt.ToTimestamp(),
        Knowledge = writer.Version,
        Status = AssessmentWriter.StatusOf(reading.Assessment),
        Disposition = writer.WriteDisposition(reading.Assessment),
    };

    private static Wire.RedFlagChange Write(RedFlagChange change, AssessmentWriter was, AssessmentWriter now)
    {
        var speaks = change.After is null ? was : now;
        var wire = new Wire.RedFlagChange
        {
            Id = change.Id,
            Title = speaks.Texts[TextKind.RedFlag, change.Id, "title"],
            Urgency = (Wire.Urgency)speaks.Knowledge.RedFlags.First(rule => rule.Id == change.Id).Urgency,
            Findings = { change.Findings },
            Grounds = { change.Grounds.Select(ground => ground.ToString()!) },
        };
        if (change.Before is { } before)
        {
            wire.Before = Write(before);
        }

        if (change.After is { } after)
        {
            wire.After = Write(after);
        }

        return wire;
    }

    private static Wire.RedFlagState Write(Truth state) => state switch
    {
        Truth.True => Wire.RedFlagState.Raised,
        Truth.False => Wire.RedFlagState.Cleared,
        _ => Wire.RedFlagState.Open,
    };

    private static Wire.CauseChange Write(CauseChange change, AssessmentWriter was, AssessmentWriter now) => new()
    {
        Id = change.Id,
        Name = (change.After is null ? was : now).Texts[TextKind.Cause, change.Id, "name"],
        Before = Write(change.Before),
        After = Write(change.After),
        Contributions =
        {
            change.Contributions.Select(vote => new Wire.ContributionChange
            {
                Before = vote.Before is { } before ? was.Write(before) : null,
                After = vote.After is { } after ? now.Write(after) : null,
            }),
        },
    };

    private static Wire.CauseStanding? Write(CauseStanding? standing) => standing is null ? null : new()
    {
        Rank = standing.Rank,
        Probability = standing.Ranked.Probability,
        LogOdds = AssessmentWriter.Nats(standing.Ranked.TotalMicroNats),
        PriorLogOdds = AssessmentWriter.Nats(standing.Ranked.PriorMicroNats),
    };

    private static Wire.ScoreChange Write(ScoreChange change, AssessmentWriter was, AssessmentWriter now)
    {
        var name = (change.After is null ? was : now).Texts[TextKind.Score, change.Id, "name"];
        return new() { Id = change.Id, Name = name, Before = Range(change.Before), After = Range(change.After) };

        Wire.ScoreRange? Range(ScoreRange? range) => range is { } known
            ? new() { Id = change.Id, Name = name, Lowest = known.Lowest, Highest = known.Highest }
            : null;
    }

    private static Wire.ExplainedFactor Write(PriorStep step)
    {
        var wire = new Wire.ExplainedFactor
        {
            Modifier = new() { When = step.Modifier.When.ToString(), Factor = step.Modifier.Factor },
            RunningShare = step.Running?.Share ?? 0,
        };
        if (step is { MicroNats: { } weight, Running: { } running })
        {
            wire.Weight = AssessmentWriter.Nats(weight);
            wire.RunningLogOdds = AssessmentWriter.Nats(running.MicroNats);
        }

        return wire;
    }

    private static Wire.ExplainedVote Write(VoteStep step, AssessmentWriter writer)
    {
        var row = step.Contribution.Evidence;
        var wire = new Wire.ExplainedVote
        {
            Contribution = writer.Write(step.Contribution),
            RunningLogOdds = AssessmentWriter.Nats(step.Running.MicroNats),
            RunningShare = step.Running.Share,
            Basis = row < 0 ? SiteShares : KnowledgeMapper.Word(writer.Knowledge.Evidence[row].Basis),
        };
        if (step.CutFrom is { } uncut)
        {
            wire.UncutRatio = uncut;
        }

        return wire;
    }

    private static Wire.Lever Write(Lever lever, AssessmentWriter writer) => new()
    {
        Finding = lever.Finding.Id,
        Question = writer.Texts[TextKind.Finding, lever.Finding.Id, "question"],
        Raises = lever.For is { } raises ? Write(raises, lever.Finding) : null,
        Lowers = lever.Against is { } lowers ? Write(lowers, lever.Finding) : null,
    };

    private static Wire.LeverAnswer Write(LeverAnswer answer, Finding finding)
    {
        var observation = new Wire.Observation
        {
            Finding = finding.Id,
            Presence = answer.Presence == Presence.Present ? Wire.Presence.Present : Wire.Presence.Absent,
        };
        if (answer.Number is { } number)
        {
            observation.Number = number;
            observation.Unit = finding.Unit ?? string.Empty;
        }
        else if (answer.Option is { } option && finding.Kind == FindingKind.Choices)
        {
            observation.Options = new() { Options = { option } };
        }
        else if (answer.Option is { } single)
        {
            observation.Option = single;
        }

        var wire = new Wire.LeverAnswer { Observation = observation, Probability = answer.Probability };
        if (answer.MicroNats is { } weight)
        {
            wire.Weight = AssessmentWriter.Nats(weight);
        }

        return wire;
    }

    private static Wire.CitedSource Write(Source source) => new()
    {
        Key = source.Key,
        Title = source.Title,
        Publisher = source.Publisher,
        Year = source.Year ?? 0,
        Address = source.Address ?? string.Empty,
        Grade = source.Grade.ToString(),
    };
}
