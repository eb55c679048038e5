using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;

namespace LegPain.Grains.Patient;

/// <summary>Assesses a report of nobody: decided and folded as a patient would, but nothing is stored.</summary>
public static class StatelessAssessment
{
    /// <summary>Assesses a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="knowledge">The knowledge in force.</param>
    /// <param name="now">The time of recording.</param>
    /// <param name="asOf">The moment to assess for.</param>
    /// <returns>The assessment and when time alone can change it, or the refusal.</returns>
    public static (Assessment? Assessment, DateTimeOffset? ChangesAt, Refusal? Refusal) Of(
        ReportObservations report, KnowledgeBase knowledge, DateTimeOffset now, DateTimeOffset asOf)
    {
        var (state, refusal) = Fold(report, knowledge, now);
        if (state is null)
        {
            return (null, null, refusal);
        }

        var reading = PatientReader.Read(state, knowledge, asOf);
        return (reading.Assessment, reading.ChangesAt, null);
    }

    /// <summary>Decides and folds a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="knowledge">The vocabulary it is checked with.</param>
    /// <param name="now">The time of recording.</param>
    /// <returns>The state after it, as of a patient with this report alone; or the refusal.</returns>
    public static (PatientState? State, Refusal? Refusal) Fold(
        ReportObservations report, KnowledgeBase knowledge, DateTimeOffset now)
    {
        var decision = PatientDecider.Decide(PatientState.Empty, report, knowledge, now, amendment: null);
        return decision.Refusal is { } refusal
            ? (null, refusal)
            : (PatientState.Empty.Apply(decision.Event!, now), null);
    }
}
