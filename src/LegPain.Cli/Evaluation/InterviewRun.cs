using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Cli.Evaluation;

/// <summary>How long one interview was.</summary>
/// <param name="ToUrgency">
/// Questions until no answer of the patient could change the urgency any more, "since when?" among them.
/// </param>
/// <param name="ToEnd">Questions until nothing was worth asking; at least as many.</param>
/// <param name="End">Why asking ended.</param>
internal readonly record struct InterviewLength(int ToUrgency, int ToEnd, InquiryState End);

/// <summary>The interviews of one vignette.</summary>
/// <param name="Vignette">The vignette's id.</param>
/// <param name="Considered">The question first that the engine says is best.</param>
/// <param name="InOrder">The findings in the order of the pack, each "since when?" as soon as it is needed.</param>
internal sealed record InterviewPair(string Vignette, InterviewLength Considered, InterviewLength InOrder);

/// <summary>Interviews the patients of vignettes and counts the questions. Pure.</summary>
internal static class InterviewRun
{
    /// <summary>Interviews a patient twice: in the considered order, and in the order of the pack.</summary>
    public static InterviewPair Measure(Vignette vignette, KnowledgeBase knowledge)
    {
        var inOrder = new SimulatedPatient(vignette, knowledge, VignetteRun.Moment);
        return new(
            vignette.Id,
            Interview(new(vignette, knowledge, VignetteRun.Moment), knowledge, Best),
            Interview(inOrder, knowledge, inquiry => NextInOrder(inquiry, inOrder, knowledge)));
    }

    /// <summary>Returns whether no answer of the patient can change the urgency any more.</summary>
    public static bool IsUrgencyClosed(Inquiry inquiry) =>
        inquiry.State != InquiryState.Asking || inquiry.Questions[0].Reason == QuestionReason.LikelyCause;

    private static InterviewLength Interview(
        SimulatedPatient patient, KnowledgeBase knowledge, Func<Inquiry, (Finding Finding, bool SinceWhen)> next)
    {
        var deriving = knowledge.Derivations.SelectMany(derivation => derivation.When.SelfAndParts())
            .Select(part => part.Finding).OfType<Finding>().ToHashSet();
        var inquiry = patient.Inquire();
        int? toUrgency = IsUrgencyClosed(inquiry) ? 0 : null;
        var asked = 0;
        while (inquiry.State == InquiryState.Asking)
        {
            var (finding, sinceWhen) = next(inquiry);
            patient.Answer(finding, sinceWhen);
            asked++;

            // As long as the urgency is open, an answer that nobody waits for, and that no other finding follows from,
            // leaves every rule as it was.
            if (toUrgency is not null || deriving.Contains(finding)
                || inquiry.Questions.Any(question => question.Finding == finding))
            {
                inquiry = patient.Inquire();
                toUrgency ??= IsUrgencyClosed(inquiry) ? asked : null;
            }
        }

        return new(toUrgency ?? asked, asked, inquiry.State);
    }

    private static (Finding Finding, bool SinceWhen) Best(Inquiry inquiry) =>
        (inquiry.Questions[0].Finding, inquiry.Questions[0].Reason == QuestionReason.Beginning);

    private static (Finding Finding, bool SinceWhen) NextInOrder(
        Inquiry inquiry, SimulatedPatient patient, KnowledgeBase knowledge)
    {
        var sinceWhen = inquiry.Questions.Where(question => question.Reason == QuestionReason.Beginning)
            .Select(question => question.Finding).MinBy(finding => finding.Index);
        return sinceWhen is not null
            ? (sinceWhen, true)
            : (knowledge.Findings.First(finding =>
                finding.AnsweredBy == AnsweredBy.Patient && !patient.HasTold(finding)), false);
    }
}
