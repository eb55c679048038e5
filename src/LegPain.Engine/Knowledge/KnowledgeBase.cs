using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>The parts of a knowledge base, already checked by its reader.</summary>
public sealed class KnowledgeParts
{
    /// <summary>Gets the pack's name.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the pack's version, which people read.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the hash of the pack's content, which machines compare.</summary>
    public required string Hash { get; init; }

    /// <summary>Gets the figures of the model.</summary>
    public required ModelConstants Model { get; init; }

    /// <summary>Gets the levels of urgency, one each.</summary>
    public required IReadOnlyList<UrgencyLevel> UrgencyLevels { get; init; }

    /// <summary>Gets the findings, each at its index.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>
    /// Gets the sites of the pain drawing and the share of all patients who mark each, by finding index.
    /// </summary>
    public required IReadOnlyDictionary<int, double> SiteBase { get; init; }

    /// <summary>Gets what follows from other answers; none from a score or from what itself follows.</summary>
    public IReadOnlyList<Derivation> Derivations { get; init; } = [];

    /// <summary>Gets the causes, each at its index.</summary>
    public required IReadOnlyList<Cause> Causes { get; init; }

    /// <summary>Gets the red flags, each at its index.</summary>
    public required IReadOnlyList<RedFlag> RedFlags { get; init; }

    /// <summary>
    /// Gets the scores, each at its index; a score only uses scores before it in <see cref="ScoreOrder"/>.
    /// </summary>
    public required IReadOnlyList<Score> Scores { get; init; }

    /// <summary>Gets the positions of the scores in the order in which they can be computed.</summary>
    public required IReadOnlyList<int> ScoreOrder { get; init; }

    /// <summary>Gets the examinations, each at its index.</summary>
    public required IReadOnlyList<Examination> Examinations { get; init; }

    /// <summary>Gets the advice, each at its index.</summary>
    public required IReadOnlyList<Advice> Advice { get; init; }

    /// <summary>Gets the sources.</summary>
    public required IReadOnlyList<Source> Sources { get; init; }
}

/// <summary>
/// The findings, causes, rules, scores, examinations, advice and sources in force. Immutable; safe to share.
/// </summary>
/// <remarks>
/// Built once from <see cref="KnowledgeParts"/>; what the inference looks up per answer is laid out here beforehand.
/// </remarks>
public sealed class KnowledgeBase
{
    private readonly KnowledgeParts _parts;
    private readonly Dictionary<string, Finding> _findingsById;
    private readonly bool[] _watchedForWorsening;
    private readonly Derivation?[] _derivations;
    private readonly RedFlagSigns _signs;
    private readonly UrgencyLevel[] _levels = new UrgencyLevel[(int)Urgency.Immediate + 1];

    /// <summary>Builds a knowledge base.</summary>
    public KnowledgeBase(KnowledgeParts parts)
    {
        _parts = parts;
        _findingsById = parts.Findings.ToDictionary(finding => finding.Id, StringComparer.Ordinal);
        Evidence = [.. parts.Causes.SelectMany(cause => cause.Evidence)];
        SiteFindings = [.. parts.SiteBase.Keys.Order()];
        _derivations = new Derivation?[parts.Findings.Count];
        foreach (var derivation in parts.Derivations)
        {
            _derivations[derivation.Finding.Index] = derivation;
        }

        _watchedForWorsening = new bool[parts.Findings.Count];
        foreach (var worsening in Conditions().OfType<WorseningCondition>())
        {
            _watchedForWorsening[worsening.Finding.Index] = true;
        }

        foreach (var level in parts.UrgencyLevels)
        {
            _levels[(int)level.Urgency] = level;
        }

        Plan = new EvidencePlan(this, parts.SiteBase);
        Clock = new RuleClock(Conditions());
        Rules = new RuleTable(this);
        Guides = new GuidePlan(this);
        Usual = new UsualUrgencies(this);
        _signs = new RedFlagSigns(this);
    }

    /// <summary>Gets the pack's name.</summary>
    public string Id => _parts.Id;

    /// <summary>Gets the pack's version, which people read.</summary>
    public string Version => _parts.Version;

    /// <summary>Gets the hash of the pack's content: 64 hexadecimal digits.</summary>
    public string Hash => _parts.Hash;

    /// <summary>Gets the figures of the model.</summary>
    public ModelConstants Model => _parts.Model;

    /// <summary>Gets the findings, each at its index.</summary>
    public IReadOnlyList<Finding> Findings => _parts.Findings;

    /// <summary>Gets what follows from other answers.</summary>
    public IReadOnlyList<Derivation> Derivations => _parts.Derivations;

    /// <summary>Gets the causes, each at its index, in the order of the pack.</summary>
    public IReadOnlyList<Cause> Causes => _parts.Causes;

    /// <summary>Gets the red flags, each at its index, most urgent first.</summary>
    public IReadOnlyList<RedFlag> RedFlags => _parts.RedFlags;

    /// <summary>Gets the scores, each at its index.</summary>
    public IReadOnlyList<Score> Scores => _parts.Scores;

    /// <summary>Gets the examinations, each at its index.</summary>
    public IReadOnlyList<Examination> Examinations => _parts.Examinations;

    /// <summary>Gets the advice, each at its index.</summary>
    public IReadOnlyList<Advice> Advice => _parts.Advice;

    /// <summary>Gets the sources.</summary>
    public IReadOnlyList<Source> Sources => _parts.Sources;

    /// <summary>Gets every row of evidence, each at its index.</summary>
    public IReadOnlyList<Evidence> Evidence { get; }

    /// <summary>Gets the sites of the pain drawing, by finding index in ascending order.</summary>
    public IReadOnlyList<int> SiteFindings { get; }

    /// <summary>Gets the share of all patients who mark each site, by finding index.</summary>
    public IReadOnlyDictionary<int, double> SiteBase => _parts.SiteBase;

    internal IReadOnlyList<int> ScoreOrder => _parts.ScoreOrder;

    internal EvidencePlan Plan { get; }

    internal RuleClock Clock { get; }

    internal RuleTable Rules { get; }

    internal GuidePlan Guides { get; }

    internal UsualUrgencies Usual { get; }

    /// <summary>Returns the finding with this id, or null.</summary>
    public Finding? FindFinding(string id) => _findingsById.GetValueOrDefault(id);

    /// <summary>Returns what makes a finding present besides an answer of its own, or null.</summary>
    public Derivation? DerivationOf(Finding finding) => _derivations[finding.Index];

    /// <summary>
    /// Returns whether an observation on its own is a sign that a red flag of at least an urgency asks for. A quality
    /// of the pain, a property of the person and an exception are none; neither is a finding that is not known.
    /// </summary>
    public bool IsRedFlagSign(Observation observation, Urgency atLeast) =>
        FindFinding(observation.Finding) is { } finding && _signs.Has(finding, observation, atLeast);

    /// <summary>Returns what an urgency means in practice.</summary>
    public UrgencyLevel LevelOf(Urgency urgency) => _levels[(int)urgency];

    /// <summary>
    /// Returns what a row weighs, in millionths of a nat: when it holds, or when the answer matches no row.
    /// </summary>
    public int WeightOf(Evidence row, bool holds) => Plan.Weight(row.Index, holds);

    /// <summary>
    /// Returns the share of cases a cause starts from while no factor on its prior holds: its prior among ordinary
    /// presenters, mixed with the selected.
    /// </summary>
    public double StartShareOf(Cause cause) => Plan.StartingShare(cause.Index, 1);

    internal bool IsWatchedForWorsening(int finding) => _watchedForWorsening[finding];

    private IEnumerable<Condition> Conditions() =>
        _parts.RedFlags.Select(rule => rule.When)
            .Concat(_parts.Scores.SelectMany(score => score.Items).Select(item => item.When))
            .Concat(_parts.Causes.SelectMany(cause => cause.PriorModifiers).Select(modifier => modifier.When))
            .Concat(Evidence.Select(row => row.When))
            .Concat(_parts.Derivations.Select(derivation => derivation.When))
            .SelectMany(condition => condition.SelfAndParts());
}
