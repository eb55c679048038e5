using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;
using LegPain.Knowledge.Text;
using Triage = LegPain.Protocol.Triage.V1;
using Wire = LegPain.Protocol.Knowledge.V1;

namespace LegPain.Server.Mapping;

/// <summary>Writes what the knowledge holds for the wire.</summary>
internal static class KnowledgeMapper
{
    public static Wire.Finding ToWire(Finding finding, KnowledgeBase knowledge, PackTexts texts)
    {
        var wire = Describe(finding, texts);
        wire.FollowsFrom = knowledge.DerivationOf(finding)?.When.ToString() ?? string.Empty;
        if (finding.AbsentNumber is { } number)
        {
            wire.AbsentNumber = number;
        }

        return wire;
    }

    private static Wire.Finding Describe(Finding finding, PackTexts texts) => new()
    {
        Id = finding.Id,
        Kind = finding.Kind switch
        {
            FindingKind.Boolean => Wire.FindingKind.Boolean,
            FindingKind.Choice => Wire.FindingKind.Choice,
            FindingKind.Choices => Wire.FindingKind.Choices,
            _ => Wire.FindingKind.Number,
        },
        AnsweredBy = finding.AnsweredBy switch
        {
            AnsweredBy.Patient => Wire.AnsweredBy.Patient,
            AnsweredBy.Clinician => Wire.AnsweredBy.Clinician,
            _ => Wire.AnsweredBy.Measurement,
        },
        Group = finding.Group.Id,
        Question = texts[TextKind.Finding, finding.Id, "question"],
        Definition = texts[TextKind.Finding, finding.Id, "definition"],
        Options =
        {
            finding.Options.Select(option => new Wire.FindingOption
            {
                Id = option,
                Label = texts[TextKind.Finding, finding.Id, "option:" + option],
            }),
        },
        AbsentOption = finding.AbsentOption ?? string.Empty,
        Minimum = finding.Minimum,
        Maximum = finding.Maximum,
        Unit = finding.Unit ?? string.Empty,
        OutlivesEpisode = finding.OutlivesEpisode,
    };

    public static Wire.Cause ToWire(Cause cause, KnowledgeBase knowledge, PackTexts texts, bool withEvidence)
    {
        var wire = new Wire.Cause
        {
            Id = cause.Id,
            Name = texts[TextKind.Cause, cause.Id, "name"],
            Definition = texts[TextKind.Cause, cause.Id, "definition"],
            Origin = cause.Origin,
            SeedNumber = cause.SeedNumber ?? string.Empty,
            Icd10 = { cause.Icd10 },
            Prior = cause.Prior,
            PriorBasis = cause.PriorBasis,
            DefaultUrgency = AssessmentWriter.Word(cause.DefaultUrgency),
            MustNotMiss = cause.MustNotMiss,
            Regions = { cause.Regions },
        };
        if (withEvidence)
        {
            wire.Evidence.AddRange(cause.Evidence.Select(row => new Wire.Evidence
            {
                Finding = row.Finding?.Id ?? knowledge.Scores[row.Score!.Value].Id,
                Value = row.Value,
                RatioPresent = row.RatioPresent,
                RatioAbsent = row.RatioAbsent,
                CorrelatedGroup = row.CorrelatedGroup ?? string.Empty,
                Basis = Word(row.Basis),
                Sources = { row.Sources },
            }));
        }

        return wire;
    }

    public static Wire.RedFlag ToWire(RedFlag rule, KnowledgeBase knowledge, PackTexts texts) => new()
    {
        Id = rule.Id,
        Title = texts[TextKind.RedFlag, rule.Id, "title"],
        Because = texts[TextKind.RedFlag, rule.Id, "because"],
        When = rule.When.ToString(),
        Urgency = AssessmentWriter.Word(rule.Urgency),
        ActWithinHours = rule.ActWithin.TotalHours,
        Suspects = { rule.Suspects.Select(cause => knowledge.Causes[cause].Id) },
        Discriminator = knowledge.Examinations[rule.Discriminator].Id,
        Basis = Word(rule.Basis),
        Sources = { rule.Sources },
    };

    public static Wire.Score ToWire(Score score, PackTexts texts) => new()
    {
        Id = score.Id,
        Name = texts[TextKind.Score, score.Id, "name"],
        Meaning = texts[TextKind.Score, score.Id, "meaning"],
        NotValid = texts[TextKind.Score, score.Id, "not_valid"],
        Items =
        {
            score.Items
                .Select(item => new Wire.ScoreItem { Id = item.Id, When = item.When.ToString(), Points = item.Points }),
        },
    };

    public static Wire.Source ToWire(Source source) => new()
    {
        Key = source.Key,
        Title = source.Title,
        Publisher = source.Publisher,
        Year = source.Year ?? 0,
        Address = source.Address ?? string.Empty,
        Read = source.Read,
        Grade = source.Grade.ToString(),
    };

    public static Wire.Mention ToWire(Mention mention)
    {
        var wire = new Wire.Mention
        {
            Finding = mention.Finding.Id,
            Presence = mention.Presence switch
            {
                Presence.Present => Triage.Presence.Present,
                Presence.Absent => Triage.Presence.Absent,
                _ => Triage.Presence.Unknown,
            },
            Unit = mention.Finding.Unit ?? string.Empty,
            Start = mention.Start,
            Length = mention.Length,
            Uncertain = mention.IsUncertain,
        };
        if (mention.Number is { } number)
        {
            wire.Number = number;
        }
        else if (mention.Finding.Kind == FindingKind.Choices && mention.Options.Count > 0)
        {
            wire.Options = new() { Options = { mention.Options } };
        }
        else if (mention.Options is [var option])
        {
            wire.Option = option;
        }

        if (mention.BeganDaysAgo is { } days)
        {
            wire.BeganDaysAgo = days;
        }

        return wire;
    }

    /// <summary>Returns a basis as packs write it.</summary>
    public static string Word(Basis basis) => basis switch
    {
        Basis.GuidelineSecondary => "guideline-secondary",
        Basis.SeedContradicted => "seed-contradicted",
        Basis.SeedUnsupported => "seed-unsupported",
        _ => basis.ToString().ToLowerInvariant(),
    };
}
