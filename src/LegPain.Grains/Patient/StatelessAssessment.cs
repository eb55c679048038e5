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
        var decision = PatientDecider.Decide(PatientState.Empty, report, knowledge, now, amendment: null);
        if (decision.Refusal is { } refusal)
        {
            return (null, null, refusal);
        }

        var state = PatientState.Empty.Apply(decision.Event!, now);
        var @case = ClinicalCase.Build(knowledge, state.Histories(), asOf);
        return (PatientTelemetry.Assess(@case), Assessor.NextChange(@case, asOf), null);
    }
}
