using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <content>What to ask next, and the interview that asks it.</content>
public sealed partial class LegPainClient
{
    /// <summary>Returns what to ask next: open red flags first, then what tells the causes apart.</summary>
    /// <param name="subject">A patient, or observations of nobody.</param>
    /// <param name="respondent">Who answers.</param>
    /// <param name="max">The most questions to return, 1 to 50; 0 for the server's own.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<SuggestQuestionsResponse> SuggestQuestionsAsync(
        AssessmentSubject subject, Respondent respondent = Respondent.Patient, int max = 0,
        CancellationToken cancellationToken = default)
    {
        var request = new SuggestQuestionsRequest { Subject = subject, Respondent = respondent, MaxQuestions = max };
        return _calls.RunAsync(
            (server, call) => server.Triage.SuggestQuestionsAsync(request, call), requestId: null, cancellationToken);
    }

    /// <summary>Begins an interview; its first turn has the first question.</summary>
    /// <param name="patient">The caller's id of the patient; may have no event yet.</param>
    /// <param name="respondent">Who answers.</param>
    /// <param name="view">How much of each assessment to return.</param>
    /// <param name="cancellationToken">Stops waiting for the first turn.</param>
    /// <exception cref="LegPainException">The server refuses or cannot be reached.</exception>
    public async Task<InterviewSession> BeginInterviewAsync(
        string patient, Respondent respondent = Respondent.Patient, AssessmentView view = AssessmentView.Basic,
        CancellationToken cancellationToken = default)
    {
        var session = new InterviewSession(
            _servers, _options, new() { Patient = patient, Respondent = respondent, View = view });
        try
        {
            await session.BeginAsync(cancellationToken);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
