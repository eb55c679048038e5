using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Tests;

/// <summary>
/// Builds a knowledge base of a few findings, with the rules a test gives it in the pack's own notation.
/// </summary>
internal sealed class SmallKnowledge : IConditionVocabulary
{
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly FindingGroup Sign = new("sign", OutlivesEpisode: false, StartsWithEpisode: false);
    private static readonly FindingGroup Pain = new("pain", OutlivesEpisode: false, StartsWithEpisode: true);
    private static readonly FindingGroup Person = new("person", OutlivesEpisode: true, StartsWithEpisode: false);

    private readonly List<Score> _scores = [];
    private readonly List<int> _scoreOrder = [];
    private readonly Dictionary<int, double> _siteBase = [];
    private readonly List<Cause> _causes = [];
    private readonly List<RedFlag> _redFlags = [];
    private readonly List<Examination> _examinations = [new("scan", 0, "imaging", "clinician", [], [2], ["S"])];
    private readonly List<Advice> _advice = [];
    private readonly List<Derivation> _derivations = [];
    private int _rows;

    public SmallKnowledge()
    {
        Number("symptom-duration", Pain, 0, 36_500, "d", growth: 1);
        Number("age", Person, 0, 120, "y", growth: 1 / 365.25);
        Signs("a", "b", "e", "f", "g", "h");
        Add("p", Pain, FindingKind.Boolean);
        Number("n", Sign, 0, 10, "points");
        Number("walk", Sign, 0, 5000, "m", worseWhenLower: true);
        Add("c", Sign, FindingKind.Choice, ["none", "x", "y"], "none");
        Add("d", Sign, FindingKind.Choice, ["x", "y"]);
        Add("m", Sign, FindingKind.Choices, ["x", "y", "z"]);
    }

    public List<Finding> Findings { get; } = [];

    /// <summary>Builds a knowledge base with one red flag a condition, each immediate.</summary>
    public static KnowledgeBase OfRedFlags(params IEnumerable<string> conditions)
    {
        var small = new SmallKnowledge();
        foreach (var condition in conditions)
        {
            small.RedFlag(condition);
        }

        return small.Build();
    }

    /// <summary>Evaluates one condition over observations, as the only red flag.</summary>
    public static Truth Evaluate(string condition, params IReadOnlyList<Observation> observations) =>
        Assess(OfRedFlags(condition), observations).RedFlags[0];

    public static Assessment Assess(KnowledgeBase knowledge, params IEnumerable<Observation> observations) =>
        Assessor.Assess(ClinicalCase.Build(knowledge, ClinicalCase.Group(observations), Now));

    public static Observation Present(string finding, double daysAgo = 0, double? startedDaysAgo = null) =>
        new(finding, Presence.Present, null, [], Now.AddDays(-daysAgo), Start(startedDaysAgo));

    public static Observation Absent(string finding, double daysAgo = 0) =>
        new(finding, Presence.Absent, null, [], Now.AddDays(-daysAgo));

    public static Observation Unknown(string finding, double daysAgo = 0) =>
        new(finding, Presence.Unknown, null, [], Now.AddDays(-daysAgo));

    public static Observation Value(string finding, double value, double daysAgo = 0, double? startedDaysAgo = null) =>
        new(finding, Presence.Present, value, [], Now.AddDays(-daysAgo), Start(startedDaysAgo));

    public static Observation Options(string finding, params IReadOnlyList<string> options) =>
        new(finding, Presence.Present, null, options, Now);

    public Finding? FindFinding(string id) => Findings.Find(finding => finding.Id == id);

    public int ScoreIndex(string id) => _scores.FindIndex(score => score.Id == id);

    public Condition Parse(string text) => ConditionParser.Parse(text, this, out var faults)
        ?? throw new InvalidOperationException($"{text}: {string.Join(" ", faults)}");

    public SmallKnowledge RedFlag(string when, Urgency urgency = Urgency.Immediate, int hours = 0, int suspect = -1)
    {
        var condition = Parse(when);
        _redFlags.Add(new()
        {
            Id = $"flag-{_redFlags.Count}",
            Index = _redFlags.Count,
            When = condition,
            Urgency = urgency,
            ActWithin = TimeSpan.FromHours(hours),
            Suspects = suspect < 0 ? [] : [suspect],
            Discriminator = 0,
            Basis = Basis.Judgment,
            Sources = ["S"],
            Findings = [.. condition.SelfAndParts().Select(part => part.Finding).OfType<Finding>().Distinct()],
        });
        return this;
    }

    /// <summary>Adds boolean findings that do not begin with the pain.</summary>
    public SmallKnowledge Signs(params IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            Add(id, Sign, FindingKind.Boolean);
        }

        return this;
    }

    /// <summary>Makes a finding a place of the pain, marked in a share of all patients.</summary>
    public SmallKnowledge Site(string finding, double share)
    {
        _siteBase.Add(FindFinding(finding)!.Index, share);
        return this;
    }

    public SmallKnowledge Score(string id, ScoreCombination combination, params (string When, double Points)[] items)
    {
        var read = items.Select((item, i) => new ScoreItem($"item-{i}", Parse(item.When), item.Points, "S")).ToList();
        _scoreOrder.Add(_scores.Count);
        _scores.Add(new()
        {
            Id = id,
            Index = _scores.Count,
            Combination = combination,
            Items = read,
            Findings = read.SelectMany(item => item.When.SelfAndParts()).Select(part => part.Finding).OfType<Finding>()
                .Select(finding => finding.Index).ToHashSet(),
        });
        return this;
    }

    public SmallKnowledge Cause(string id, double prior, params IEnumerable<Row> rows) =>
        CauseWith(id, prior, Urgency.Routine, [], rows);

    public SmallKnowledge CauseWith(
        string id, double prior, Urgency usual, (string When, double Factor)[] modifiers, params IEnumerable<Row> rows)
    {
        _causes.Add(new()
        {
            Id = id,
            Index = _causes.Count,
            Origin = "bone",
            SeedNumber = null,
            Icd10 = [],
            Prior = prior,
            PriorBasis = string.Empty,
            PriorModifiers = [.. modifiers.Select(m => new PriorModifier(Parse(m.When), m.Factor))],
            DefaultUrgency = usual,
            MustNotMiss = false,
            Regions = [],
            SiteShares = new Dictionary<int, double>(),
            Evidence = [.. rows.Select(row => ToEvidence(row, _causes.Count))],
        });
        return this;
    }

    public SmallKnowledge Follows(string finding, string when)
    {
        _derivations.Add(new(FindFinding(finding)!, Parse(when), ["S"]));
        return this;
    }

    public SmallKnowledge Examine(string id, int cause, params string[] results)
    {
        _examinations.Add(new(id, _examinations.Count, "imaging", "clinician", [cause],
            [.. results.Select(result => FindFinding(result)!.Index)], ["S"]));
        return this;
    }

    public SmallKnowledge Advise(string id, int[] causes, params Urgency[] urgencies)
    {
        _advice.Add(new(id, _advice.Count, causes, urgencies, Basis.Judgment, ["S"]));
        return this;
    }

    /// <summary>Bounds the last piece of advice.</summary>
    public SmallKnowledge Only(Urgency atMost = Urgency.Immediate, params int[] notWith)
    {
        _advice[^1] = _advice[^1] with { AtMost = atMost, NotWith = notWith };
        return this;
    }

    public KnowledgeBase Build() => new(new()
    {
        Id = "small",
        Version = "1",
        Hash = new string('0', 64),
        Model = new(
            0.1, 0, 0.1, 0.01, 0.01, 0.02, 8, Urgency.Soon, FindFinding("symptom-duration")!, FindFinding("age")!),
        UrgencyLevels =
        [
            new(Urgency.Immediate, TimeSpan.Zero, "emergency-department", "S"),
            new(Urgency.SameDay, TimeSpan.FromHours(24), "same-day-clinician", "S"),
            new(Urgency.Soon, TimeSpan.FromDays(14), "clinician", "S"),
            new(Urgency.Routine, TimeSpan.FromDays(42), "clinician", "S"),
            new(Urgency.SelfCare, null, "home", "S"),
        ],
        Findings = Findings,
        SiteBase = _siteBase,
        Causes = _causes,
        RedFlags = _redFlags,
        Scores = _scores,
        ScoreOrder = _scoreOrder,
        Examinations = _examinations,
        Advice = _advice,
        Derivations = _derivations,
        Sources = [],
    });

    private static DateTimeOffset? Start(double? daysAgo) => daysAgo is { } days ? Now.AddDays(-days) : null;

    private Evidence ToEvidence(Row row, int cause)
    {
        var when = Parse(row.When);
        return new()
        {
            Index = _rows++,
            Cause = cause,
            Finding = when.Finding,
            Score = when.Score,
            When = when,
            Value = row.When,
            RatioPresent = row.Present,
            RatioAbsent = row.Absent,
            CorrelatedGroup = row.Group,
            Basis = Basis.Ordinal,
            Sources = ["S"],
        };
    }

    private void Number(
        string id, FindingGroup group, double least, double most, string unit, double growth = 0,
            bool worseWhenLower = false) =>
        Findings.Add(new()
        {
            Id = id,
            Index = Findings.Count,
            Kind = FindingKind.Number,
            AnsweredBy = AnsweredBy.Patient,
            Group = group,
            Minimum = least,
            Maximum = most,
            Unit = unit,
            GrowthPerDay = growth,
            WorseWhenLower = worseWhenLower,
        });

    private void Add(string id, FindingGroup group, FindingKind kind, string[]? options = null, string? none = null) =>
        Findings.Add(new()
        {
            Id = id,
            Index = Findings.Count,
            Kind = kind,
            AnsweredBy = AnsweredBy.Patient,
            Group = group,
            Options = options ?? [],
            AbsentOption = none,
        });

    /// <summary>One row of evidence; the condition is a single leaf.</summary>
    internal sealed record Row(string When, double Present, double Absent, string? Group = null);
}
