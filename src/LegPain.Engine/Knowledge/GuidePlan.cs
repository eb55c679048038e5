using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Knowledge;

/// <summary>Examinations and advice by what they are for, by position.</summary>
internal sealed class GuidePlan
{
    private readonly int[][] _examinations;
    private readonly int[][] _adviceByCause;
    private readonly int[][] _adviceByUrgency;
    private readonly int[][] _rulesByCause;

    public GuidePlan(KnowledgeBase knowledge)
    {
        var causes = Enumerable.Range(0, knowledge.Causes.Count).ToList();
        _examinations = [.. causes.Select(cause => knowledge.Examinations
            .Where(examination => examination.Causes.Contains(cause))
            .Select(examination => examination.Index).ToArray())];
        _adviceByCause = [.. causes.Select(cause => knowledge.Advice
            .Where(advice => advice.Causes.Contains(cause)).Select(advice => advice.Index).ToArray())];
        _adviceByUrgency = [.. Enumerable.Range(0, (int)Urgency.Immediate + 1).Select(urgency => knowledge.Advice
            .Where(advice => advice.Urgencies.Contains((Urgency)urgency)).Select(advice => advice.Index).ToArray())];
        _rulesByCause = [.. causes.Select(cause => knowledge.RedFlags
            .Where(rule => rule.Suspects.Contains(cause)).Select(rule => rule.Index).ToArray())];
    }

    /// <summary>Gets the examinations that confirm or exclude a cause.</summary>
    public int[] ExaminationsOf(int cause) => _examinations[cause];

    /// <summary>Gets the red flags that suspect a cause, by position.</summary>
    public int[] RulesThatSuspect(int cause) => _rulesByCause[cause];

    /// <summary>Gets the advice for a cause.</summary>
    public int[] AdviceOf(int cause) => _adviceByCause[cause];

    /// <summary>Gets the advice for an urgency: its safety net.</summary>
    public int[] AdviceOf(Urgency urgency) => _adviceByUrgency[(int)urgency];
}
