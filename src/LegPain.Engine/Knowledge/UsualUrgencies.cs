using LegPain.Engine.Inference;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>What the leading cause asks for when no rule asks for more, and what it could still ask for.</summary>
internal sealed class UsualUrgencies
{
    private readonly Urgency[] _byCause;
    private readonly bool[] _ranks;
    private readonly int _rankingFindings;
    private readonly bool _dependsOnTime;
    private readonly Urgency _least;
    private readonly Urgency _most;

    public UsualUrgencies(KnowledgeBase knowledge)
    {
        var most = knowledge.Model.RankingUrgencyMax;
        _byCause = [.. knowledge.Causes.Select(cause => cause.DefaultUrgency < most ? cause.DefaultUrgency : most)];
        _least = _byCause.Append(Urgency.Routine).Min();
        _most = _byCause.Append(Urgency.Routine).Max();

        var asked = knowledge.Evidence.Select(row => row.When)
            .Concat(knowledge.Causes.SelectMany(cause => cause.PriorModifiers).Select(modifier => modifier.When))
            .Concat(knowledge.Scores.SelectMany(score => score.Items).Select(item => item.When))
            .Concat(knowledge.Derivations.Select(derivation => derivation.When))
            .SelectMany(condition => condition.SelfAndParts()).ToList();
        _dependsOnTime = asked.Exists(part => part is WithinCondition or PersistentCondition);
        _ranks = new bool[knowledge.Findings.Count];
        foreach (var finding in asked.Select(part => part.Finding?.Index).OfType<int>().Concat(knowledge.SiteFindings))
        {
            _ranks[finding] = true;
        }

        _rankingFindings = _ranks.Count(ranks => ranks);
    }

    /// <summary>Returns what a leading cause asks for; routine when none of the causes leads.</summary>
    public Urgency Of(int leading) => leading == RankedCause.SomethingElse ? Urgency.Routine : _byCause[leading];

    /// <summary>Returns the limits of what the leading cause can ask for, whatever open question is answered.</summary>
    /// <remarks>
    /// While any question that weighs in the ranking is open, any cause may come to lead: a true limit, if a wide one.
    /// </remarks>
    public (Urgency Least, Urgency Most) Limits(ClinicalCase @case, int leading)
    {
        var answered = 0;
        foreach (ref readonly var answer in @case.Answers)
        {
            answered += _ranks[answer.Finding] ? 1 : 0;
        }

        return answered == _rankingFindings && !_dependsOnTime
            ? (Of(leading), Of(leading))
            : (_least, _most);
    }
}
