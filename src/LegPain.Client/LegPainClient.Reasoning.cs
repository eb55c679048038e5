using Google.Protobuf.WellKnownTypes;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <content>Reasoning on demand: nothing of it is stored, and every call may be repeated.</content>
public sealed partial class LegPainClient
{
    /// <summary>Returns the assessment of a patient under any knowledge the server has loaded.</summary>
    /// <param name="patient">The caller's id of the patient.</param>
    /// <param name="knowledge">Which knowledge; such as what an assessment or an event names.</param>
    /// <param name="revision">The revision; null for the newest.</param>
    /// <param name="asOf">
    /// The moment to assess for; null for now, or for the time of recording of an earlier revision.
    /// </param>
    /// <param name="view">How much of the assessment to return.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="LegPainException">Such as KNOWLEDGE_NOT_LOADED.</exception>
    public async Task<Assessment> GetAssessmentAsync(
        string patient, KnowledgeVersion knowledge, long? revision = null, DateTimeOffset? asOf = null,
        AssessmentView view = AssessmentView.Basic, CancellationToken cancellationToken = default)
    {
        var request = new GetAssessmentRequest
        {
            Patient = patient,
            Knowledge = knowledge,
            AsOf = asOf?.ToTimestamp(),
            View = view,
        };
        if (revision is { } at)
        {
            request.Revision = at;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.GetAssessmentAsync(request, call),
            requestId: null, cancellationToken)).Assessment;
    }

    /// <summary>
    /// Compares two assessments: what if these findings were so, what did a revision change, what would other knowledge
    /// say.
    /// </summary>
    /// <param name="subject">The side before.</param>
    /// <param name="alternative">What is otherwise on the side after.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<CompareAssessmentResponse> CompareAssessmentAsync(
        AssessmentSubject subject, Alternative alternative, CancellationToken cancellationToken = default)
    {
        var request = new CompareAssessmentRequest { Subject = subject, Alternative = alternative };
        return _calls.RunAsync(
            (server, call) => server.Triage.CompareAssessmentAsync(request, call), requestId: null, cancellationToken);
    }

    /// <summary>
    /// Explains where one cause stands: every number of the way. Refused with KNOWLEDGE_NOT_FOUND when there is no
    /// cause of that id.
    /// </summary>
    /// <param name="subject">What to explain it for.</param>
    /// <param name="cause">The id of the cause.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<CauseExplanation> ExplainCauseAsync(
        AssessmentSubject subject, string cause, CancellationToken cancellationToken = default)
    {
        var request = new ExplainCauseRequest { Subject = subject, Cause = cause };
        return (await _calls.RunAsync(
            (server, call) => server.Triage.ExplainCauseAsync(request, call),
            requestId: null, cancellationToken)).Explanation;
    }
}
