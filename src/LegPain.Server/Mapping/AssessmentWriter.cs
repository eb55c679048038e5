using Google.Protobuf.WellKnownTypes;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains;
using LegPain.Knowledge;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>Writes assessments for the wire in one language.</summary>
/// <remarks>
/// What is the same in every answer (an examination, a piece of advice) is made once and shared by all answers: nobody
/// may change it.
/// </remarks>
internal sealed class AssessmentWriter
{
    private const int CausesInBasicView = 5;
    private const int QuestionsInBasicView = 10;
    private const int ExaminationsInBasicView = 5;
    private const int AdviceInBasicView = 6;

    private readonly KnowledgeBase _knowledge;
    private readonly PackTexts _texts;
    private readonly Wire.KnowledgeVersion _version;
    private readonly Wire.Examination[] _examinations;
    private readonly Wire.Advice[] _advice;
    private readonly Wire.RedFlag[] _redFlags;
    private readonly Wire.Contribution[] _rowsThatHold;
    private readonly Wire.Contribution[] _rowsThatDoNot;
    private readonly Dictionary<PriorModifier, Wire.PriorModifier> _modifiers;
    private readonly string[] _questions;
    private readonly string[] _causeNames;

    public AssessmentWriter(KnowledgeBase knowledge, PackTexts texts)
    {
        _knowledge = knowledge;
        _texts = texts;
        _version = new() { Id = knowledge.Id, Version = knowledge.Version, Hash = knowledge.Hash };
        _examinations = [.. knowledge.Examinations.Select(Describe)];
        _advice = [.. knowledge.Advice.Select(Describe)];
        _redFlags = [.. knowledge.RedFlags.Select(Describe)];
        _rowsThatHold = [.. knowledge.Evidence.Select(row => Describe(row, holds: true))];
        _rowsThatDoNot = [.. knowledge.Evidence.Select(row => Describe(row, holds: false))];
        _modifiers = knowledge.Causes.SelectMany(cause => cause.PriorModifiers).ToDictionary(
            modifier => modifier,
            modifier => new Wire.PriorModifier { When = modifier.When.ToString(), Factor = modifier.Factor },
            (IEqualityComparer<PriorModifier>)ReferenceEqualityComparer.Instance);
        _questions = [.. knowledge.Findings.Select(finding => texts[TextKind.Finding, finding.Id, "question"])];
        _causeNames = [.. knowledge.Causes.Select(cause => texts[TextKind.Cause, cause.Id, "name"])];
    }

    /// <summary>Gets the knowledge of the assessments it writes.</summary>
    public KnowledgeBase Knowledge => _knowledge;

    /// <summary>Gets the texts it writes with.</summary>
    public PackTexts Texts => _texts;

    /// <summary>Gets the name of the knowledge, for the wire.</summary>
    public Wire.KnowledgeVersion Version => _version;

    /// <summary>Returns an urgency as packs write it.</summary>
    public static string Word(Urgency urgency) => urgency switch
    {
        Urgency.SelfCare => "self-care",
        Urgency.Routine => "routine",
        Urgency.Soon => "soon",
        Urgency.SameDay => "same-day",
        _ => "immediate",
    };

    /// <summary>Writes a patient's assessment.</summary>
    public Wire.Assessment Write(PatientReading reading, Wire.AssessmentView view)
    {
        var wire = Write(reading.Assessment, reading.AssessedAt, reading.ChangesAt, view);
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
    public Wire.Assessment Write(
        Assessment assessment, DateTimeOffset assessedAt, DateTimeOffset? changesAt, Wire.AssessmentView view)
    {
        var full = view == Wire.AssessmentView.Full;
        var wire = new Wire.Assessment
        {
            AssessedAt = assessedAt.ToTimestamp(),
            ChangesAt = changesAt?.ToTimestamp(),
            Knowledge = _version,
            Status = StatusOf(assessment),
            Disposition = WriteDisposition(assessment),
        };
        AddRedFlags(wire, assessment, full);
        AddCauses(wire, assessment, full);
        AddGuidance(wire, assessment, full);
        if (full)
        {
            AddNotExcluded(wire, assessment);
            AddScores(wire, assessment);
        }

        return wire;
    }

    /// <summary>Writes a question worth asking.</summary>
    public Wire.SuggestedQuestion Write(in Suggestion question) => new()
    {
        Finding = question.Finding.Id,
        Question = _questions[question.Finding.Index],
        Reason = (Wire.QuestionReason)question.Reason,
        About = About(question.RedFlag, question.Cause),
        ExpectedGain = question.Gain,
    };

    /// <summary>Returns whether open red flags can still change the urgency.</summary>
    public static Wire.AssessmentStatus StatusOf(Assessment assessment) =>
        assessment.Disposition.IsComplete ? Wire.AssessmentStatus.Complete : Wire.AssessmentStatus.Draft;

    /// <summary>Writes how soon and where the patient should be seen.</summary>
    public Wire.Disposition WriteDisposition(Assessment assessment)
    {
        var disposition = assessment.Disposition;
        var wire = new Wire.Disposition
        {
            Urgency = (Wire.Urgency)disposition.Urgency,
            ActWithin = disposition.ActWithin?.ToDuration(),
            Service = _knowledge.LevelOf(disposition.Urgency).Service switch
            {
                "home" => Wire.Service.Home,
                "clinician" => Wire.Service.Clinician,
                "same-day-clinician" => Wire.Service.SameDayClinician,
                _ => Wire.Service.EmergencyDepartment,
            },
            Act = _texts[TextKind.Urgency, Word(disposition.Urgency), "act"],
            Basis = (Wire.DispositionBasis)disposition.Basis,
            Lowest = (Wire.Urgency)disposition.Lowest,
            Highest = (Wire.Urgency)disposition.Highest,
        };
        if (disposition.Basis == DispositionBasis.LeadingCause)
        {
            wire.Reasons.Add(CauseId(assessment.Ranking[0].Cause));
            return wire;
        }

        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] == Truth.True && _knowledge.RedFlags[i].Urgency == disposition.Urgency)
            {
                wire.Reasons.Add(_knowledge.RedFlags[i].Id);
            }
        }

        return wire;
    }

    private void AddRedFlags(Wire.Assessment wire, Assessment assessment, bool full)
    {
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            var rule = _knowledge.RedFlags[i];
            switch (assessment.RedFlags[i])
            {
                case Truth.True:
                    var raised = _redFlags[i].Clone();
                    raised.State = Wire.RedFlagState.Raised;
                    raised.Grounds.AddRange(assessment.Grounds(rule).Select(ground => ground.ToString()!));
                    wire.RedFlags.Add(raised);
                    break;
                case Truth.Unknown:
                    wire.OpenRedFlags.Add(rule.Id);
                    if (full)
                    {
                        var open = _redFlags[i].Clone();
                        open.State = Wire.RedFlagState.Open;
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

    private void AddCauses(Wire.Assessment wire, Assessment assessment, bool full)
    {
        var count = full ? assessment.Ranking.Length : Math.Min(CausesInBasicView, assessment.Ranking.Length);
        for (var i = 0; i < count; i++)
        {
            ref readonly var ranked = ref assessment.Ranking[i];
            var cause = new Wire.RankedCause
            {
                Id = CauseId(ranked.Cause),
                Probability = ranked.Probability,
                LogOdds = Nats(ranked.TotalMicroNats),
                PriorLogOdds = Nats(ranked.PriorMicroNats),
            };
            if (ranked.Cause != RankedCause.SomethingElse)
            {
                var known = _knowledge.Causes[ranked.Cause];
                cause.Name = _causeNames[ranked.Cause];
                cause.MustNotMiss = known.MustNotMiss;
                foreach (var modifier in assessment.ModifiersOf(known))
                {
                    cause.Modifiers.Add(_modifiers[modifier]);
                }
            }

            foreach (ref readonly var contribution in assessment.ContributionsOf(ranked))
            {
                cause.Contributions.Add(Write(contribution));
            }

            wire.Causes.Add(cause);
        }
    }

    /// <summary>Writes a contribution.</summary>
    /// <remarks>A row weighs the same in every case, so what counts is shared; what is left out says so.</remarks>
    public Wire.Contribution Write(in Contribution contribution)
    {
        if (contribution.Evidence < 0)
        {
            return new()
            {
                Finding = _knowledge.Findings[contribution.Finding].Id,
                Value = "marked",
                RowHolds = true,
                Weight = Nats(contribution.MicroNats),
                Status = (Wire.ContributionStatus)contribution.Status,
            };
        }

        var row = (contribution.RowHolds ? _rowsThatHold : _rowsThatDoNot)[contribution.Evidence];
        if (contribution.Status == ContributionStatus.Counted)
        {
            return row;
        }

        var leftOut = row.Clone();
        leftOut.Status = (Wire.ContributionStatus)contribution.Status;
        return leftOut;
    }

    private void AddGuidance(Wire.Assessment wire, Assessment assessment, bool full)
    {
        foreach (var examination in UpTo(
            Guidance.Examinations(assessment), full ? int.MaxValue : ExaminationsInBasicView))
        {
            wire.Examinations.Add(Write(examination));
        }

        foreach (var advice in UpTo(Guidance.Advice(assessment), full ? int.MaxValue : AdviceInBasicView))
        {
            wire.Advice.Add(_advice[advice.Index]);
        }

        var questions = Guidance.Questions(assessment, full ? int.MaxValue : QuestionsInBasicView, out var count);
        wire.OpenQuestionCount = count;
        foreach (var question in questions)
        {
            wire.Questions.Add(Write(question));
        }
    }

    /// <summary>Writes an examination.</summary>
    public Wire.Examination Write(Examination examination) => _examinations[examination.Index];

    /// <summary>Writes an open question.</summary>
    public Wire.OpenQuestion Write(OpenQuestion question) => new()
    {
        Finding = question.Finding.Id,
        Question = _questions[question.Finding.Index],
        Reason = (Wire.QuestionReason)question.Reason,
        About = About(question.RedFlag, question.Cause),
    };

    private void AddNotExcluded(Wire.Assessment wire, Assessment assessment)
    {
        foreach (var left in Guidance.NotExcluded(assessment))
        {
            wire.NotExcluded.Add(new Wire.NotExcludedCause
            {
                Cause = _knowledge.Causes[left.Cause].Id,
                Name = _causeNames[left.Cause],
                Probability = left.Probability,
                Suspected = left.HasOpenRedFlag,
                Examination = left.Examination?.Id ?? string.Empty,
            });
        }
    }

    private void AddScores(Wire.Assessment wire, Assessment assessment)
    {
        for (var i = 0; i < assessment.Scores.Length; i++)
        {
            var score = _knowledge.Scores[i];
            if (score.Findings.Any(finding => assessment.Case.Answer(finding).Known))
            {
                wire.Scores.Add(new Wire.ScoreRange
                {
                    Id = score.Id,
                    Name = _texts[TextKind.Score, score.Id, "name"],
                    Lowest = assessment.Scores[i].Lowest,
                    Highest = assessment.Scores[i].Highest,
                });
            }
        }
    }

    private Wire.Contribution Describe(Evidence row, bool holds) => new()
    {
        Finding = row.Finding?.Id ?? _knowledge.Scores[row.Score!.Value].Id,
        Value = row.Value,
        RowHolds = holds,
        Weight = Nats(_knowledge.WeightOf(row, holds)),
        Status = Wire.ContributionStatus.Counted,
        Sources = { row.Sources },
    };

    private Wire.RedFlag Describe(RedFlag rule) => new()
    {
        Id = rule.Id,
        Urgency = (Wire.Urgency)rule.Urgency,
        ActWithin = rule.ActWithin.ToDuration(),
        Title = _texts[TextKind.RedFlag, rule.Id, "title"],
        Because = _texts[TextKind.RedFlag, rule.Id, "because"],
        Suspects = { rule.Suspects.Select(cause => _knowledge.Causes[cause].Id) },
        Discriminator = _knowledge.Examinations[rule.Discriminator].Id,
        Sources = { rule.Sources },
    };

    private Wire.Examination Describe(Examination examination) => new()
    {
        Id = examination.Id,
        Name = _texts[TextKind.Examination, examination.Id, "name"],
        Accuracy = _texts[TextKind.Examination, examination.Id, "accuracy"],
        When = _texts[TextKind.Examination, examination.Id, "when"],
        Settles = { examination.Causes.Select(cause => _knowledge.Causes[cause].Id) },
        Records = { examination.Findings.Select(finding => _knowledge.Findings[finding].Id) },
        Sources = { examination.Sources },
    };

    private Wire.Advice Describe(Advice advice) => new()
    {
        Id = advice.Id,
        Do = _texts[TextKind.Advice, advice.Id, "do"],
        DoNot = _texts[TextKind.Advice, advice.Id, "do_not"],
        Sources = { advice.Sources },
    };

    private static IEnumerable<T> UpTo<T>(IReadOnlyList<T> all, int count)
    {
        for (var i = 0; i < Math.Min(all.Count, count); i++)
        {
            yield return all[i];
        }
    }

    /// <summary>What a question is asked for: a red flag, or a cause when it waits for none.</summary>
    private string About(int redFlag, int cause) =>
        redFlag >= 0 ? _knowledge.RedFlags[redFlag].Id : _knowledge.Causes[cause].Id;

    private string CauseId(int cause) =>
        cause == RankedCause.SomethingElse ? AssessmentDifference.SomethingElse : _knowledge.Causes[cause].Id;

    /// <summary>Returns a weight in nats, as the wire has it.</summary>
    public static double Nats(int microNats) => microNats / 1e6;
}
