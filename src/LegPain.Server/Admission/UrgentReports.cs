using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Server.Mapping;
using LegPain.Server.Security;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Admission;

/// <summary>
/// Knows which reports may not wait: those with a sign of a red flag that must be seen today, and those that raise one.
/// </summary>
/// <remarks>
/// Looks at the report alone, never at the patient, and stores nothing: some microseconds, which only a report that
/// would be refused costs. A sign counts alone, as what completes the rule may be known of the patient already.
/// </remarks>
internal sealed class UrgentReports(KnowledgeLibrary library, TimeProvider clock)
{
    private const Urgency Least = Urgency.SameDay;

    /// <summary>Returns whether a report is urgent. What of it cannot be read does not count.</summary>
    public bool Contains(IReadOnlyList<Wire.Observation> observations)
    {
        var knowledge = library.InForce;
        var now = clock.GetUtcNow();
        var report = new RequestReader().Observations(observations, knowledge, now);
        return report.Any(reported => knowledge.IsRedFlagSign(reported.Observation, Least))
            || RaisesARedFlag(report, knowledge, now);
    }

    private static bool RaisesARedFlag(
        IReadOnlyList<ReportedObservation> report, KnowledgeBase knowledge, DateTimeOffset now)
    {
        var command = new ReportObservations(PatientKeys.DefaultTenant, "nobody", [], null, report);
        var (assessment, _, _) = StatelessAssessment.Of(command, knowledge, now, now);
        return assessment is not null && knowledge.RedFlags.Any(rule =>
            rule.Urgency >= Least && assessment.RedFlags[rule.Index] == Truth.True);
    }
}
