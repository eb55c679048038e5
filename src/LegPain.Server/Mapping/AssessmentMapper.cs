using Google.Protobuf.WellKnownTypes;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains;
using LegPain.Knowledge;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>Writes an assessment for the wire, in one language and one view.</summary>
internal static class AssessmentMapper
{
    private const int CausesInBasicView = 5;
    private const int QuestionsInBasicView = 10;
    private const string SomethingElse = "something-else";

    /// <summary>Writes a patient's assessment.</summary>
    public static Wire.Assessment ToWire(PatientReading reading, PackTexts texts, Wire.AssessmentView view)
    {
        var wire = ToWire(reading.Assessment, reading.AssessedAt, reading.ChangesAt, texts, view);
        wire.Revision = reading.Revision;
        if (reading.Revision > 0)
        {
            wire.RecordedAt = reading.RecordedAt.ToTimestamp();
            wire.Episode = new()
            {
                Number = reading.Episode,
                Open = reading.EpisodeOpen,
                StartedAt = reading.EpisodeStartedAt.ToTimestamp(),
            };
        }

        return wire;
    }

    /// <summary>Writes an assessment of no patient.</summary>
    public static Wire.Assessment ToWire(
        Assessment assessment, DateTimeOffset assessedAt, DateTimeOffset? changesAt,
        PackTexts texts, Wire.AssessmentView view)
    {
        var full = view == Wire.AssessmentView.Full;
        var wire = new Wire.Assessment
        {
            AssessedAt = assessedAt.ToTimestamp(),
            ChangesAt = changesAt?.ToTimestamp(),
            Knowledge = Version(assessment.Knowledge),
            Status = assessment.Disposition.IsComplete ? Wire.AssessmentStatus.Complete : Wire.AssessmentStatus.Draft,
            Disposition = Disposition(assessment, texts),
            Examinations =
            {
                Guidance.Examinations(assessment)
                    .Select(examination => Examination(examination, assessment.Knowledge, texts)),
            },
            Advice = { Guidance.Advice(assessment).Select(advice => Advice(advice, texts)) },
        };
        AddRedFlags(wire, assessment, texts, full);
        AddCauses(wire, assessment, texts, full);
        AddQuestions(wire, assessment, texts, full);
        if (full)
        {
            AddScores(wire, assessment, texts);
        }

        return wire;
    }

    public static Wire.KnowledgeVersion Version(KnowledgeBase knowledge) =>
        new() { Id = knowledge.Id, Version = knowledge.Version, Hash = knowledge.Hash };

    /// <summary>Returns an urgency as packs write it.</summary>
    public static string Word(Urgency urgency) => urgency switch
    {
        Urgency.SelfCare => "self-care",
        Urgency.Routine => "routine",
        Urgency.Soon => "soon",
        Urgency.SameDay => "same-day",
        _ => "immediate",
    };

    private static Wire.Disposition Disposition(Assessment assessment, PackTexts texts)
    {
        var disposition = assessment.Disposition;
        var wire = new Wire.Disposition
        {
            Urgency = (Wire.Urgency)disposition.Urgency,
            ActWithin = disposition.ActWithin?.ToDuration(),
            Service = assessment.Knowledge.LevelOf(disposition.Urgency).Service switch
            {
                "home" => Wire.Service.Home,
                "clinician" => Wire.Service.Clinician,
                "same-day-clinician" => Wire.Service.SameDayClinician,
                _ => Wire.Service.EmergencyDepartment,
            },
            Act = texts[TextKind.Urgency, Word(disposition.Urgency), "act"],
            Basis = (Wire.DispositionBasis)disposition.Basis,
            Lowest = (Wire.Urgency)disposition.Lowest,
            Highest = (Wire.Urgency)disposition.Highest,
        };
        if (disposition.Basis == DispositionBasis.LeadingCause)
        {
            wire.Reasons.Add(CauseId(assessment.Ranking[0].Cause, assessment.Knowledge));
        }
        else
        {
            for (var i = 0; i < assessment.RedFlags.Length; i++)
            {
                var rule = assessment.Knowledge.RedFlags[i];
                if (assessment.RedFlags[i] == Truth.True && rule.Urgency == disposition.Urgency)
                {
                    wire.Reasons.Add(rule.Id);
                }
            }
        }

        return wire;
    }

    private static void AddRedFlags(Wire.Assessment wire, Assessment assessment, PackTexts texts, bool full)
    {
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            var rule = assessment.Knowledge.RedFlags[i];
            switch (assessment.RedFlags[i])
            {
                case Truth.True:
                    var raised = RedFlag(rule, assessment.Knowledge, texts, Wire.RedFlagState.Raised);
                    raised.Grounds.AddRange(assessment.Grounds(rule).Select(ground => ground.ToString()!));
                    wire.RedFlags.Add(raised);
                    break;
                case Truth.Unknown:
                    wire.OpenRedFlags.Add(rule.Id);
                    if (full)
                    {
                        var open = RedFlag(rule, assessment.Knowledge, texts, Wire.RedFlagState.Open);
                        open.OpenFindings.AddRange(assessment.OpenFindings(rule).Select(finding => finding.Id));
                        wire.RedFlags.Add(open);
                    }

                    break;
                default:
                    wire.ClearedRedFlags.Add(rule.Id);
                    break;
            }
        }
    }

    private static Wire.RedFlag RedFlag(
        RedFlag rule, KnowledgeBase knowledge, PackTexts texts, Wire.RedFlagState state) =>
        new()
        {
            Id = rule.Id,
            State = state,
            Urgency = (Wire.Urgency)rule.Urgency,
            ActWithin = rule.ActWithin.ToDuration(),
            Title = texts[TextKind.RedFlag, rule.Id, "title"],
            Because = texts[TextKind.RedFlag, rule.Id, "because"],
            Suspects = { rule.Suspects.Select(cause => knowledge.Causes[cause].Id) },
            Discriminator = knowledge.Examinations[rule.Discriminator].Id,
            Sources = { rule.Sources },
        };

    private static void AddCauses(Wire.Assessment wire, Assessment assessment, PackTexts texts, bool full)
    {
        var knowledge = assessment.Knowledge;
        var count = full ? assessment.Ranking.Length : Math.Min(CausesInBasicView, assessment.Ranking.Length);
        for (var i = 0; i < count; i++)
        {
            var ranked = assessment.Ranking[i];
            var cause = new Wire.RankedCause
            {
                Id = CauseId(ranked.Cause, knowledge),
                Probability = ranked.Probability,
                LogOdds = Nats(ranked.TotalMicroNats),
                PriorLogOdds = Nats(ranked.PriorMicroNats),
            };
            if (ranked.Cause != RankedCause.SomethingElse)
            {
                var known = knowledge.Causes[ranked.Cause];
                cause.Name = texts[TextKind.Cause, known.Id, "name"];
                cause.MustNotMiss = known.MustNotMiss;
                cause.Modifiers.AddRange(assessment.ModifiersOf(known)
                    .Select(modifier =>
                        new Wire.PriorModifier { When = modifier.When.ToString(), Factor = modifier.Factor }));
            }

            foreach (ref readonly var contribution in assessment.ContributionsOf(ranked))
            {
                cause.Contributions.Add(Contribution(contribution, knowledge));
            }

            wire.Causes.Add(cause);
        }
    }

    private static Wire.Contribution Contribution(in Contribution contribution, KnowledgeBase knowledge)
    {
        var wire = new Wire.Contribution
        {
            RowHolds = contribution.RowHolds,
            Weight = Nats(contribution.MicroNats),
            Status = (Wire.ContributionStatus)contribution.Status,
        };
        if (contribution.Evidence < 0)
        {
            wire.Finding = knowledge.Findings[contribution.Finding].Id;
            wire.Value = "marked";
            return wire;
        }

        var row = knowledge.Evidence[contribution.Evidence];
        wire.Finding = row.Finding?.Id ?? knowledge.Scores[row.Score!.Value].Id;
        wire.Value = row.Value;
        wire.Sources.AddRange(row.Sources);
        return wire;
    }

    private static void AddQuestions(Wire.Assessment wire, Assessment assessment, PackTexts texts, bool full)
    {
        foreach (var question in Guidance.Questions(assessment))
        {
            wire.OpenQuestionCount++;
            if (full || wire.Questions.Count < QuestionsInBasicView)
            {
                wire.Questions.Add(new Wire.OpenQuestion
                {
                    Finding = question.Finding.Id,
                    Question = texts[TextKind.Finding, question.Finding.Id, "question"],
                    Reason = (Wire.QuestionReason)question.Reason,
                    About = question.RedFlag >= 0
                        ? assessment.Knowledge.RedFlags[question.RedFlag].Id
                        : assessment.Knowledge.Causes[question.Cause].Id,
                });
            }
        }
    }

    private static void AddScores(Wire.Assessment wire, Assessment assessment, PackTexts texts)
    {
        for (var i = 0; i < assessment.Scores.Length; i++)
        {
            var score = assessment.Knowledge.Scores[i];
            if (score.Findings.Any(finding => assessment.Case.Answer(finding).Known))
            {
                wire.Scores.Add(new Wire.ScoreRange
                {
                    Id = score.Id,
                    Name = texts[TextKind.Score, score.Id, "name"],
                    Lowest = assessment.Scores[i].Lowest,
                    Highest = assessment.Scores[i].Highest,
                });
            }
        }
    }

    private static Wire.Examination Examination(
        Examination examination, KnowledgeBase knowledge, PackTexts texts) =>
        new()
        {
            Id = examination.Id,
            Name = texts[TextKind.Examination, examination.Id, "name"],
            Accuracy = texts[TextKind.Examination, examination.Id, "accuracy"],
            When = texts[TextKind.Examination, examination.Id, "when"],
            Settles = { examination.Causes.Select(cause => knowledge.Causes[cause].Id) },
            Records = { examination.Findings.Select(finding => knowledge.Findings[finding].Id) },
            Sources = { examination.Sources },
        };

    private static Wire.Advice Advice(Advice advice, PackTexts texts) => new()
    {
        Id = advice.Id,
        Do = texts[TextKind.Advice, advice.Id, "do"],
        DoNot = texts[TextKind.Advice, advice.Id, "do_not"],
        Sources = { advice.Sources },
    };

    private static string CauseId(int cause, KnowledgeBase knowledge) =>
        cause == RankedCause.SomethingElse ? SomethingElse : knowledge.Causes[cause].Id;

    private static double Nats(int microNats) => microNats / 1e6;
}
