using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Why a question is asked.</summary>
public enum QuestionReason : byte
{
    /// <summary>An open red flag waits for it, or it would be an exception to a raised one.</summary>
    OpenRedFlag = 1,

    /// <summary>It tells likely causes apart.</summary>
    LikelyCause = 2,
}

/// <summary>A question that could still change the assessment.</summary>
/// <param name="Finding">What to ask.</param>
/// <param name="Reason">Why.</param>
/// <param name="RedFlag">The open red flag that waits for it, by position, or -1.</param>
/// <param name="Cause">The likely cause it would weigh, by position, or -1.</param>
public readonly record struct OpenQuestion(Finding Finding, QuestionReason Reason, int RedFlag, int Cause);

/// <summary>What follows from an assessment: what to ask, what to examine, what to do meanwhile. Pure.</summary>
public static class Guidance
{
    /// <summary>How many of the leading causes examinations, advice and questions are drawn from.</summary>
    public const int LeadingCausesMax = 5;

    /// <summary>A cause below this probability does not ask for examinations or advice of its own.</summary>
    public const double LeadingProbabilityMin = 0.05;

    /// <summary>
    /// Returns the open questions, each finding once: first those of open red flags, most urgent first, then those of
    /// likely causes.
    /// </summary>
    public static IEnumerable<OpenQuestion> Questions(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var asked = new HashSet<int>();
        for (var i = 0; i < knowledge.RedFlags.Count; i++)
        {
            var rule = knowledge.RedFlags[i];
            var open = assessment.RedFlags[i] switch
            {
                Truth.Unknown => assessment.OpenFindings(rule),
                Truth.True => assessment.OpenExceptions(rule),
                _ => [],
            };
            foreach (var finding in open)
            {
                if (asked.Add(finding.Index))
                {
                    yield return new(finding, QuestionReason.OpenRedFlag, i, -1);
                }
            }
        }

        foreach (var cause in Leading(assessment))
        {
            foreach (var row in cause.Evidence)
            {
                if (row.Finding is { } finding
                    && !assessment.Case.Answer(finding.Index).Known && asked.Add(finding.Index))
                {
                    yield return new(finding, QuestionReason.LikelyCause, -1, cause.Index);
                }
            }
        }
    }

    /// <summary>
    /// Returns the examinations: those that settle raised red flags first, then those that tell the leading causes
    /// apart.
    /// </summary>
    public static IReadOnlyList<Examination> Examinations(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var chosen = new List<Examination>();
        for (var i = 0; i < knowledge.RedFlags.Count; i++)
        {
            if (assessment.RedFlags[i] == Truth.True)
            {
                Choose(knowledge.Examinations[knowledge.RedFlags[i].Discriminator]);
            }
        }

        foreach (var cause in Leading(assessment))
        {
            foreach (var examination in knowledge.Examinations)
            {
                if (examination.Causes.Contains(cause.Index))
                {
                    Choose(examination);
                }
            }
        }

        return chosen;

        void Choose(Examination examination)
        {
            var settled = examination.Findings.Count > 0
                && examination.Findings.All(finding => assessment.Case.Answer(finding).Known);
            if (!settled && !chosen.Contains(examination))
            {
                chosen.Add(examination);
            }
        }
    }

    /// <summary>
    /// Returns the advice: the safety net of the urgency first, then that of causes the raised red flags suspect, then
    /// that of the leading causes.
    /// </summary>
    public static IReadOnlyList<Advice> Advice(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var causes = new List<int>();
        for (var i = 0; i < knowledge.RedFlags.Count; i++)
        {
            if (assessment.RedFlags[i] == Truth.True && knowledge.RedFlags[i].Urgency == assessment.Disposition.Urgency)
            {
                causes.AddRange(knowledge.RedFlags[i].Suspects);
            }
        }

        causes.AddRange(Leading(assessment).Select(cause => cause.Index));
        return
        [
            .. knowledge.Advice.Where(advice => advice.Urgencies.Contains(assessment.Disposition.Urgency)),
            .. causes.Distinct()
                .SelectMany(cause => knowledge.Advice.Where(advice => advice.Causes.Contains(cause))).Distinct(),
        ];
    }

    private static IEnumerable<Cause> Leading(Assessment assessment)
    {
        for (var i = 0; i < Math.Min(LeadingCausesMax, assessment.Ranking.Length); i++)
        {
            var ranked = assessment.Ranking[i];
            if (ranked.Cause != RankedCause.SomethingElse && (i == 0 || ranked.Probability >= LeadingProbabilityMin))
            {
                yield return assessment.Knowledge.Causes[ranked.Cause];
            }
        }
    }
}
