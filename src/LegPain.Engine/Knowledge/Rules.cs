using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>
/// How strong the source of a clinical statement is, from a systematic review or guideline (A) to a judgment.
/// </summary>
public enum EvidenceGrade
{
    /// <summary>Systematic review, guideline from its own text, or a large study.</summary>
    A,

    /// <summary>Single study or guideline digest.</summary>
    B,

    /// <summary>Secondary or popular source.</summary>
    C,

    /// <summary>The founding article.</summary>
    Seed,

    /// <summary>A judgment of ours; a clinician must review it.</summary>
    Judgment,
}

/// <summary>A publication that clinical statements cite.</summary>
/// <param name="Key">The key statements cite it by.</param>
/// <param name="Title">The title.</param>
/// <param name="Publisher">The journal or publisher.</param>
/// <param name="Year">The year, or null when undated.</param>
/// <param name="Address">The publication's own address, or null.</param>
/// <param name="Read">How much of it was read: full, abstract, excerpt, secondary or memory.</param>
/// <param name="Grade">How strong it is.</param>
public sealed record Source(
    string Key, string Title, string Publisher, int? Year, string? Address, string Read, EvidenceGrade Grade);

/// <summary>How a figure came about.</summary>
public enum Basis
{
    /// <summary>Printed in the source.</summary>
    Published,

    /// <summary>Computed from figures printed in the source.</summary>
    Derived,

    /// <summary>A label on an ordinal scale (strong for .. strong against).</summary>
    Ordinal,

    /// <summary>Well known, but not seen in a source: check before use.</summary>
    Memory,

    /// <summary>A guideline, in its own text.</summary>
    Guideline,

    /// <summary>A guideline, through somebody's digest.</summary>
    GuidelineSecondary,

    /// <summary>The founding article.</summary>
    Seed,

    /// <summary>The founding article says otherwise; the evidence is followed.</summary>
    SeedContradicted,

    /// <summary>The founding article says so; no evidence was found.</summary>
    SeedUnsupported,

    /// <summary>A judgment of ours.</summary>
    Judgment,
}

/// <summary>Where a figure comes from.</summary>
/// <param name="Basis">How it came about.</param>
/// <param name="Sources">The sources, by key.</param>
/// <param name="Note">What the author says of it, for a reviewer, or null.</param>
public sealed record Citation(Basis Basis, IReadOnlyList<string> Sources, string? Note);

/// <summary>
/// A finding that is also present when a condition holds, whatever was answered: a measured fever is one.
/// </summary>
/// <param name="Finding">The finding; present or absent, no value.</param>
/// <param name="When">The condition; asks for no score and for nothing that itself follows.</param>
/// <param name="Sources">The sources, by key.</param>
public sealed record Derivation(Finding Finding, Condition When, IReadOnlyList<string> Sources);

/// <summary>A factor on a cause's prior that applies while a condition holds.</summary>
/// <param name="When">The condition.</param>
/// <param name="Factor">Multiplies the prior; 0 closes the cause.</param>
public sealed record PriorModifier(Condition When, double Factor);

/// <summary>A possible origin of the pain.</summary>
public sealed class Cause
{
    /// <summary>Gets the kebab-case id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the position in <see cref="KnowledgeBase.Causes"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the tissue it starts from: bone, muscle, joint, nerve, vascular, lymphatic or skin.</summary>
    public required string Origin { get; init; }

    /// <summary>
    /// Gets the number in the founding article (2.1 is a sub-cause of 2), or null for a neighbor beyond it.
    /// </summary>
    public required string? SeedNumber { get; init; }

    /// <summary>Gets the ICD-10 codes.</summary>
    public required IReadOnlyList<string> Icd10 { get; init; }

    /// <summary>Gets the share of leg-pain presenters who have it, before any modifier; 0 to 0.5.</summary>
    public required double Prior { get; init; }

    /// <summary>Gets where the prior comes from, in words and source keys.</summary>
    public required string PriorBasis { get; init; }

    /// <summary>Gets the sources of the prior and its factors, by key.</summary>
    public IReadOnlyList<string> PriorSources { get; init; } = [];

    /// <summary>Gets the factors on the prior.</summary>
    public required IReadOnlyList<PriorModifier> PriorModifiers { get; init; }

    /// <summary>Gets the urgency when it leads the ranking and no rule fires.</summary>
    public required Urgency DefaultUrgency { get; init; }

    /// <summary>Gets whether it must be excluded before a patient may be reassured.</summary>
    public required bool MustNotMiss { get; init; }

    /// <summary>Gets the regions of the leg where it is felt.</summary>
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>Gets the evidence, one row a value of a finding or score.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>
    /// Gets the share of patients with this cause who mark each site, by finding index; a site not named has the
    /// default share.
    /// </summary>
    public required IReadOnlyDictionary<int, double> SiteShares { get; init; }

    /// <summary>Gets where those shares come from, by finding index.</summary>
    public IReadOnlyDictionary<int, Citation> SiteCitations { get; init; } = new Dictionary<int, Citation>();
}

/// <summary>How one answer shifts one cause.</summary>
public sealed class Evidence
{
    /// <summary>Gets the position in <see cref="KnowledgeBase.Evidence"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the cause it speaks for or against, by position.</summary>
    public required int Cause { get; init; }

    /// <summary>Gets the finding asked about, or null when <see cref="Score"/> is set.</summary>
    public required Finding? Finding { get; init; }

    /// <summary>Gets the score asked about, by position, or null when <see cref="Finding"/> is set.</summary>
    public required int? Score { get; init; }

    /// <summary>Gets when the row holds.</summary>
    public required Condition When { get; init; }

    /// <summary>
    /// Gets the value as the pack writes it, such as <c>present</c>, <c>one-calf</c> or <c>&gt;=3</c>.
    /// </summary>
    public required string Value { get; init; }

    /// <summary>Gets the likelihood ratio when the row holds, capped.</summary>
    public required double RatioPresent { get; init; }

    /// <summary>
    /// Gets the likelihood ratio when the question was answered and no row of this cause and finding holds, capped.
    /// </summary>
    public required double RatioAbsent { get; init; }

    /// <summary>Gets the ratio the cap cut to <see cref="RatioPresent"/>; null when it stands as written.</summary>
    public double? CutPresent { get; init; }

    /// <summary>Gets the ratio the cap cut to <see cref="RatioAbsent"/>; null when it stands as written.</summary>
    public double? CutAbsent { get; init; }

    /// <summary>Gets the group within the cause whose rows give one vote together, or null.</summary>
    public required string? CorrelatedGroup { get; init; }

    /// <summary>Gets how the figure came about.</summary>
    public required Basis Basis { get; init; }

    /// <summary>Gets the sources, by key.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Gets what the author says of the figure, for a reviewer, or null.</summary>
    public string? Note { get; init; }
}

/// <summary>A rule that forces urgency.</summary>
public sealed class RedFlag
{
    private IReadOnlyList<Finding>? _exceptions;

    /// <summary>Gets the kebab-case id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the position in <see cref="KnowledgeBase.RedFlags"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Gets what raises it.</summary>
    public required Condition When { get; init; }

    /// <summary>Gets the urgency it forces.</summary>
    public required Urgency Urgency { get; init; }

    /// <summary>Gets the latest time to be assessed, counted from when it is raised; zero means now.</summary>
    public required TimeSpan ActWithin { get; init; }

    /// <summary>Gets the causes it makes one think of, by position.</summary>
    public required IReadOnlyList<int> Suspects { get; init; }

    /// <summary>Gets the examination that would settle it, by position.</summary>
    public required int Discriminator { get; init; }

    /// <summary>Gets how the rule came about.</summary>
    public required Basis Basis { get; init; }

    /// <summary>Gets the sources, by key.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>
    /// Gets the findings its condition depends on, those of its scores included, each once, in the order of the
    /// condition.
    /// </summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Gets those of its findings that would take it back: what stands under <c>unless</c>.</summary>
    public IReadOnlyList<Finding> Exceptions =>
        _exceptions ??= [.. When.SelfAndParts().OfType<UnlessCondition>()
            .SelectMany(exception => exception.SelfAndParts())
            .Select(part => part.Finding).OfType<Finding>().Distinct()];
}

/// <summary>How the points of a score combine.</summary>
public enum ScoreCombination
{
    /// <summary>The points of all items that hold are added.</summary>
    Sum,

    /// <summary>The item with most points counts.</summary>
    Highest,
}

/// <summary>One item of a score.</summary>
/// <param name="Id">The item's id within the score.</param>
/// <param name="When">When it gives its points.</param>
/// <param name="Points">The points; may be negative.</param>
/// <param name="Source">The source, by key.</param>
public sealed record ScoreItem(string Id, Condition When, double Points, string Source);

/// <summary>A validated clinical score.</summary>
public sealed class Score
{
    /// <summary>Gets the kebab-case id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the position in <see cref="KnowledgeBase.Scores"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Gets how the points combine.</summary>
    public required ScoreCombination Combination { get; init; }

    /// <summary>Gets the items.</summary>
    public required IReadOnlyList<ScoreItem> Items { get; init; }

    /// <summary>Gets the findings its items ask about, by index.</summary>
    public required IReadOnlySet<int> Findings { get; init; }
}

/// <summary>
/// The lowest and highest total of a score that the open items still allow. Equal when it is complete.
/// </summary>
/// <param name="Lowest">Every open item at its lower value.</param>
/// <param name="Highest">Every open item at its higher value.</param>
public readonly record struct ScoreRange(double Lowest, double Highest)
{
    /// <summary>Gets whether every item that matters is answered.</summary>
    public bool IsComplete => Lowest == Highest;
}

/// <summary>A manoeuvre, image, laboratory test or measurement that settles something.</summary>
/// <param name="Id">The kebab-case id.</param>
/// <param name="Index">The position in <see cref="KnowledgeBase.Examinations"/>.</param>
/// <param name="Kind">manoeuvre, imaging, laboratory or measurement.</param>
/// <param name="DoneBy">Who does it.</param>
/// <param name="Causes">The causes it confirms or excludes, by position.</param>
/// <param name="Findings">The findings that record its result, by index.</param>
/// <param name="Sources">The sources, by key.</param>
public sealed record Examination(
    string Id, int Index, string Kind, string DoneBy, IReadOnlyList<int> Causes, IReadOnlyList<int> Findings,
    IReadOnlyList<string> Sources);

/// <summary>What to do meanwhile, and what not to do.</summary>
/// <param name="Id">The kebab-case id.</param>
/// <param name="Index">The position in <see cref="KnowledgeBase.Advice"/>.</param>
/// <param name="Causes">The causes it applies to, by position.</param>
/// <param name="Urgencies">The urgencies it applies to.</param>
/// <param name="Basis">How it came about.</param>
/// <param name="Sources">The sources, by key.</param>
public sealed record Advice(
    string Id, int Index, IReadOnlyList<int> Causes, IReadOnlyList<Urgency> Urgencies,
    Basis Basis, IReadOnlyList<string> Sources)
{
    /// <summary>Gets the causes under whose suspicion it would do harm and is not given, by position.</summary>
    public IReadOnlyList<int> NotWith { get; init; } = [];

    /// <summary>Gets the greatest urgency it is given at: care at home is not for a patient who must go.</summary>
    public Urgency AtMost { get; init; } = Urgency.Immediate;
}

/// <summary>What an urgency means in practice.</summary>
/// <param name="Urgency">The urgency.</param>
/// <param name="ActWithin">The latest time to be seen when no rule names one; null for self-care.</param>
/// <param name="Service">Which service: emergency-department, same-day-clinician, clinician or home.</param>
/// <param name="Source">The source, by key.</param>
public sealed record UrgencyLevel(Urgency Urgency, TimeSpan? ActWithin, string Service, string Source);

/// <summary>The figures of the model itself, each with its source in <c>pack.yaml</c>.</summary>
/// <param name="SomethingElsePrior">
/// The prior of "something else": what is none of the causes. No evidence moves it.
/// </param>
/// <param name="SelectedShare">
/// The share of cases taken not to be ordinary presenters but brought because something about them is out of the
/// ordinary: there, before any answer, each cause is as likely as any other. 0 to 1.
/// </param>
/// <param name="QuestionBaseShare">
/// The share of patients in whom a finding is present when nothing known speaks for it: what choosing a question
/// expects. It weighs nothing in an assessment.
/// </param>
/// <param name="QuestionGainMin">The least information, in nats, for which a question about causes is asked.</param>
/// <param name="ExclusionProbability">
/// A dangerous cause less probable than this counts as excluded once every red flag that suspects it is cleared.
/// </param>
/// <param name="SiteDefaultShare">The share of a cause and site that the pack does not name.</param>
/// <param name="SiteRatioMax">A site's weight is clipped to one over this, and to this.</param>
/// <param name="RankingUrgencyMax">The greatest urgency that a leading cause may give when no rule fires.</param>
/// <param name="EpisodeStartFinding">The finding that tells how many days the pain has lasted.</param>
/// <param name="AgeFinding">The finding that holds the age in years.</param>
public sealed record ModelConstants(
    double SomethingElsePrior, double SelectedShare, double QuestionBaseShare, double QuestionGainMin,
    double ExclusionProbability, double SiteDefaultShare, double SiteRatioMax, Urgency RankingUrgencyMax,
    Finding EpisodeStartFinding, Finding AgeFinding);
