using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Engine.Inference;

/// <summary>Why a question is asked.</summary>
public enum QuestionReason : byte
{
    /// <summary>An open red flag waits for it.</summary>
    OpenRedFlag = 1,

    /// <summary>It tells likely causes apart.</summary>
    LikelyCause = 2,

    /// <summary>It is an exception to a red flag that stands as long as nobody states it.</summary>
    Exception = 3,

    /// <summary>The finding is known to be present; since when is not, and a red flag depends on it.</summary>
    Beginning = 4,
}

/// <summary>A question that could still change the assessment.</summary>
/// <param name="Finding">What to ask.</param>
/// <param name="Reason">Why.</param>
/// <param name="RedFlag">The open red flag that waits for it, by position, or -1.</param>
/// <param name="Cause">The likely cause it would weigh, by position, or -1.</param>
public readonly record struct OpenQuestion(Finding Finding, QuestionReason Reason, int RedFlag, int Cause);

/// <summary>A dangerous cause that what is known does not exclude.</summary>
/// <param name="Cause">The cause, by position.</param>
/// <param name="Probability">Its probability in the ranking, 0 to 1.</param>
/// <param name="HasOpenRedFlag">Whether a red flag that suspects it is raised or open.</param>
/// <param name="Examination">
/// The first examination of the pack that confirms or excludes it and whose results are not all known; null when the
/// pack has none left.
/// </param>
public readonly record struct NotExcludedCause(
    int Cause, double Probability, bool HasOpenRedFlag, Examination? Examination);

/// <summary>What follows from an assessment: what to ask, what to examine, what to do meanwhile. Pure.</summary>
public static class Guidance
{
    /// <summary>How many of the leading causes examinations, advice and questions are drawn from.</summary>
    public const int LeadingCausesMax = 5;

    /// <summary>A cause below this probability does not ask for examinations or advice of its own.</summary>
    public const double LeadingProbabilityMin = 0.05;

    /// <summary>Returns every open question; see <see cref="Questions(Assessment, int, out int)"/>.</summary>
    public static IReadOnlyList<OpenQuestion> Questions(Assessment assessment) =>
        Questions(assessment, int.MaxValue, out _);

    /// <summary>
    /// Returns the open questions, each finding once: first those of open red flags, most urgent first, then those of
    /// likely causes.
    /// </summary>
    /// <param name="assessment">The assessment.</param>
    /// <param name="max">The most to return.</param>
    /// <param name="count">How many there are.</param>
    public static IReadOnlyList<OpenQuestion> Questions(Assessment assessment, int max, out int count)
    {
        var knowledge = assessment.Knowledge;
        Span<bool> asked = stackalloc bool[knowledge.Findings.Count];
        var questions = new List<OpenQuestion>(Math.Min(max, knowledge.Findings.Count));
        var found = 0;
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] != Truth.False)
            {
                var rule = knowledge.RedFlags[i];
                var (findings, reason) = assessment.RedFlags[i] == Truth.Unknown
                    ? (rule.Findings, QuestionReason.OpenRedFlag)
                    : (rule.Exceptions, QuestionReason.Exception);
                for (var f = 0; f < findings.Count; f++)
                {
                    Ask(new(findings[f], reason, i, -1), asked);
                }
            }
        }

        foreach (var cause in Leading(assessment))
        {
            foreach (var row in knowledge.Causes[cause].Evidence)
            {
                if (row.Finding is { } finding)
                {
                    Ask(new(finding, QuestionReason.LikelyCause, -1, cause), asked);
                }
            }
        }

        count = found;
        return questions;

        void Ask(OpenQuestion question, Span<bool> asked)
        {
            ref var done = ref asked[question.Finding.Index];
            if (done || assessment.Case.Answer(question.Finding.Index).Known)
            {
                return;
            }

            done = true;
            if (found++ < max)
            {
                questions.Add(question);
            }
        }
    }

    /// <summary>
    /// Returns the examinations: those that settle raised red flags first, then those that tell the leading causes
    /// apart. Those whose results are all known are left out.
    /// </summary>
    public static IReadOnlyList<Examination> Examinations(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var chosen = new List<Examination>();
        var seen = new bool[knowledge.Examinations.Count];
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] == Truth.True)
            {
                Choose(knowledge.RedFlags[i].Discriminator);
            }
        }

        foreach (var cause in Leading(assessment))
        {
            foreach (var examination in knowledge.Guides.ExaminationsOf(cause))
            {
                Choose(examination);
            }
        }

        return chosen;

        void Choose(int index)
        {
            var examination = knowledge.Examinations[index];
            if (!seen[index] && !IsSettled(examination, assessment.Case))
            {
                chosen.Add(examination);
            }

            seen[index] = true;
        }
    }

    /// <summary>
    /// Returns the causes that must not be missed and are not excluded yet, most probable first, each with the
    /// examination that would settle it.
    /// </summary>
    /// <remarks>
    /// One is excluded when a modifier closes it (a child's disease in an adult), or when every red flag that suspects
    /// it is cleared and its probability is below <see cref="ModelConstants.ExclusionProbability"/>. Absent answers
    /// lower it only as far as their published ratios allow.
    /// </remarks>
    public static IReadOnlyList<NotExcludedCause> NotExcluded(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var left = new List<NotExcludedCause>();
        foreach (ref readonly var ranked in assessment.Ranking)
        {
            if (ranked.Cause == RankedCause.SomethingElse || !knowledge.Causes[ranked.Cause].MustNotMiss)
            {
                continue;
            }

            var isSuspected = false;
            foreach (var rule in knowledge.Guides.RulesThatSuspect(ranked.Cause))
            {
                isSuspected |= assessment.RedFlags[rule] != Truth.False;
            }

            if (isSuspected || ranked.Probability >= knowledge.Model.ExclusionProbability)
            {
                left.Add(new(ranked.Cause, ranked.Probability, isSuspected, Settling(ranked.Cause, assessment)));
            }
        }

        return left;
    }

    private static Examination? Settling(int cause, Assessment assessment)
    {
        foreach (var examination in assessment.Knowledge.Guides.ExaminationsOf(cause))
        {
            if (!IsSettled(assessment.Knowledge.Examinations[examination], assessment.Case))
            {
                return assessment.Knowledge.Examinations[examination];
            }
        }

        return null;
    }

    /// <summary>
    /// Returns the advice: the safety net of the urgency first, then that of causes the raised red flags suspect, then
    /// that of the leading causes. Left out is what is for a lower urgency, and what would do harm if a cause that a
    /// raised red flag suspects, or that is in the lead, were the true one.
    /// </summary>
    public static IReadOnlyList<Advice> Advice(Assessment assessment)
    {
        var knowledge = assessment.Knowledge;
        var chosen = new List<Advice>();
        var seen = new bool[knowledge.Advice.Count];
        var leading = Leading(assessment);
        var suspected = Suspected(assessment, leading);
        Choose(knowledge.Guides.AdviceOf(assessment.Disposition.Urgency));
        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            var rule = knowledge.RedFlags[i];
            if (assessment.RedFlags[i] == Truth.True && rule.Urgency == assessment.Disposition.Urgency)
            {
                foreach (var cause in rule.Suspects)
                {
                    Choose(knowledge.Guides.AdviceOf(cause));
                }
            }
        }

        foreach (var cause in leading)
        {
            Choose(knowledge.Guides.AdviceOf(cause));
        }

        return chosen;

        void Choose(int[] indices)
        {
            foreach (var index in indices)
            {
                var advice = knowledge.Advice[index];
                if (!seen[index] && assessment.Disposition.Urgency <= advice.AtMost
                    && !advice.NotWith.Any(cause => suspected[cause]))
                {
                    chosen.Add(advice);
                }

                seen[index] = true;
            }
        }
    }

    private static bool[] Suspected(Assessment assessment, List<int> leading)
    {
        var suspected = new bool[assessment.Knowledge.Causes.Count];
        foreach (var cause in leading)
        {
            suspected[cause] = true;
        }

        for (var i = 0; i < assessment.RedFlags.Length; i++)
        {
            if (assessment.RedFlags[i] == Truth.True)
            {
                foreach (var cause in assessment.Knowledge.RedFlags[i].Suspects)
                {
                    suspected[cause] = true;
                }
            }
        }

        return suspected;
    }

    private static bool IsSettled(Examination examination, ClinicalCase @case)
    {
        foreach (var finding in examination.Findings)
        {
            if (!@case.Answer(finding).Known)
            {
                return false;
            }
        }

        return examination.Findings.Count > 0;
    }

    private static List<int> Leading(Assessment assessment)
    {
        var leading = new List<int>(LeadingCausesMax);
        for (var i = 0; i < Math.Min(LeadingCausesMax, assessment.Ranking.Length); i++)
        {
            ref readonly var ranked = ref assessment.Ranking[i];
            if (ranked.Cause != RankedCause.SomethingElse && (i == 0 || ranked.Probability >= LeadingProbabilityMin))
            {
                leading.Add(ranked.Cause);
            }
        }

        return leading;
    }
}
