using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Why a disposition has its urgency.</summary>
public enum DispositionBasis : byte
{
    /// <summary>The most urgent of the raised red flags decides.</summary>
    RedFlag = 1,

    /// <summary>
    /// No red flag asks for as much: the usual urgency of the leading cause, within the limits of the model.
    /// </summary>
    LeadingCause = 2,
}

/// <summary>How soon and where the patient should be seen.</summary>
/// <param name="Urgency">The urgency.</param>
/// <param name="ActWithin">
/// The latest time to be seen, counted from the report that led to it; null for self-care.
/// </param>
/// <param name="Basis">Why.</param>
/// <param name="Lowest">
/// The least urgency that open questions still allow, "since when?" among them: however many are answered, and
/// whatever the answers, the urgency does not fall below it.
/// </param>
/// <param name="Highest">The greatest urgency that open questions still allow.</param>
public sealed record Disposition(
    Urgency Urgency, TimeSpan? ActWithin, DispositionBasis Basis, Urgency Lowest, Urgency Highest)
{
    /// <summary>Gets whether no answer to an open question can change the urgency.</summary>
    /// <remarks>Changed answers, and time, still can.</remarks>
    public bool IsComplete => Lowest == Highest;
}

/// <summary>One cause in the ranking. Weights are in millionths of a nat, so that sums are exact.</summary>
/// <param name="Cause">The cause's position, or <see cref="SomethingElse"/>.</param>
/// <param name="PriorMicroNats">The log-odds before evidence, modifiers included.</param>
/// <param name="TotalMicroNats">The log-odds after it: the prior and every counted contribution, added.</param>
/// <param name="Probability">The share of the whole, "something else" included; 0 to 1, rounded to millionths.</param>
/// <param name="FirstContribution">Where its contributions begin in <see cref="Assessment.Contributions"/>.</param>
/// <param name="ContributionCount">How many it has.</param>
public readonly record struct RankedCause(
    int Cause, int PriorMicroNats, int TotalMicroNats, double Probability, int FirstContribution, int ContributionCount)
{
    /// <summary>Stands for whatever is none of the causes.</summary>
    public const int SomethingElse = -1;
}

/// <summary>Whether a contribution counts.</summary>
public enum ContributionStatus : byte
{
    /// <summary>Part of the sum.</summary>
    Counted = 1,

    /// <summary>Left out: another row of its correlated group is stronger.</summary>
    WeakerInGroup = 2,

    /// <summary>Left out: a score that holds replaces its items.</summary>
    ReplacedByScore = 3,
}

/// <summary>What one answer adds to one cause.</summary>
/// <param name="Evidence">
/// The row's position in <see cref="KnowledgeBase.Evidence"/>, or -1 for the place of the pain.
/// </param>
/// <param name="Finding">The finding's position, or -1 when a score speaks.</param>
/// <param name="RowHolds">True when the row holds; false when the question was answered and no row holds.</param>
/// <param name="MicroNats">The weight, for (positive) or against (negative), in millionths of a nat.</param>
/// <param name="Status">Whether it counts.</param>
public readonly record struct Contribution(
    int Evidence, int Finding, bool RowHolds, int MicroNats, ContributionStatus Status);

/// <summary>What the engine says of a case. Immutable, and the same bytes for the same case and knowledge.</summary>
public sealed class Assessment
{
    private readonly Truth[] _redFlags;
    private readonly ScoreRange[] _scores;
    private readonly RankedCause[] _ranking;
    private readonly Contribution[] _contributions;

    internal Assessment(
        ClinicalCase @case, Disposition disposition, Truth[] redFlags, ScoreRange[] scores, RankedCause[] ranking,
        Contribution[] contributions)
    {
        Case = @case;
        Disposition = disposition;
        _redFlags = redFlags;
        _scores = scores;
        _ranking = ranking;
        _contributions = contributions;
    }

    /// <summary>Gets the case it is about.</summary>
    public ClinicalCase Case { get; }

    /// <summary>Gets the knowledge it was made with.</summary>
    public KnowledgeBase Knowledge => Case.Knowledge;

    /// <summary>Gets how soon and where the patient should be seen.</summary>
    public Disposition Disposition { get; }

    /// <summary>Gets the state of each red flag, by position: True is raised, False cleared, Unknown open.</summary>
    public ReadOnlySpan<Truth> RedFlags => _redFlags;

    /// <summary>Gets the range of each score, by position.</summary>
    public ReadOnlySpan<ScoreRange> Scores => _scores;

    /// <summary>
    /// Gets every cause that is not closed and "something else", most likely first; ties in the order of the pack.
    /// </summary>
    public ReadOnlySpan<RankedCause> Ranking => _ranking;

    /// <summary>Gets the contributions of all causes; each cause's stand together.</summary>
    public ReadOnlySpan<Contribution> Contributions => _contributions;

    /// <summary>Gets the contributions of one cause, the place of the pain first, then scores, then findings.</summary>
    public ReadOnlySpan<Contribution> ContributionsOf(in RankedCause cause) =>
        _contributions.AsSpan(cause.FirstContribution, cause.ContributionCount);

    /// <summary>Puts an assessment together that was made elsewhere with the same knowledge.</summary>
    /// <exception cref="ArgumentException">The data was made with another knowledge base.</exception>
    public static Assessment FromData(AssessmentData data, KnowledgeBase knowledge)
    {
        if (data.KnowledgeHash != knowledge.Hash)
        {
            throw new ArgumentException("The assessment was made with another knowledge base.", nameof(data));
        }

        return new(
            new(knowledge, [default, .. data.Answers], data.Series, data.Declined), data.Disposition, data.RedFlags,
            data.Scores, data.Ranking, data.Contributions);
    }

    /// <summary>Returns the assessment as plain data.</summary>
    public AssessmentData ToData() =>
        new(
            Knowledge.Hash, Case.Answers.ToArray(), Case.Series.ToArray(), Case.Declined.ToArray(), Disposition,
            _redFlags, _scores, _ranking, _contributions);

    /// <summary>Returns the modifiers of a cause's prior that hold in this case.</summary>
    public IEnumerable<PriorModifier> ModifiersOf(Cause cause) =>
        cause.PriorModifiers.Where(modifier => modifier.When.Evaluate(new(Case, _scores)) == Truth.True);

    /// <summary>Returns the findings of a red flag that have no answer: what could still raise or clear it.</summary>
    public IEnumerable<Finding> OpenFindings(RedFlag redFlag) =>
        redFlag.Findings.Where(finding => !Case.Answer(finding.Index).Known);

    /// <summary>Returns the leaves of a raised red flag's condition that hold: what raised it.</summary>
    public IReadOnlyList<Condition> Grounds(RedFlag redFlag)
    {
        var grounds = new List<Condition>();
        Collect(redFlag.When);
        return grounds;

        void Collect(Condition condition)
        {
            if (condition.Evaluate(new(Case, _scores)) != Truth.True || condition is UnlessCondition or NotCondition)
            {
                return;
            }

            if (condition.Finding is { } finding && Case.Answer(finding.Index).IsDerived)
            {
                Collect(Knowledge.DerivationOf(finding)!.When);
            }
            else if (condition is AllCondition or AnyCondition or AtLeastCondition)
            {
                foreach (var part in condition.Parts)
                {
                    Collect(part);
                }
            }
            else if (!grounds.Exists(known => known.ToString() == condition.ToString()))
            {
                grounds.Add(condition);
            }
        }
    }
}
