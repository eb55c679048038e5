using LegPain.Engine.Vocabulary;
using LegPain.Protocol.Triage.V1;
using Finding = LegPain.Engine.Vocabulary.Finding;
using QuestionReason = LegPain.Engine.Inference.QuestionReason;

namespace LegPain.Server.Mapping;

/// <content>Reads what a client says in an interview.</content>
internal sealed partial class RequestReader
{
    /// <summary>Reads who answers.</summary>
    /// <returns>Whether that person can answer for a finding, asked for a reason.</returns>
    public Func<Finding, QuestionReason, bool> Respondent(string field, Respondent respondent)
    {
        switch (respondent)
        {
            case Protocol.Triage.V1.Respondent.Unspecified or Protocol.Triage.V1.Respondent.Patient:
                return static (finding, _) => finding.AnsweredBy == AnsweredBy.Patient;
            case Protocol.Triage.V1.Respondent.Clinician:
                return static (_, _) => true;
            default:
                Fault(field, FieldReason.OutOfRange, "RESPONDENT_PATIENT or RESPONDENT_CLINICIAN.");
                return static (_, _) => false;
        }
    }

    /// <summary>Reads the start of an interview; nothing else may come first.</summary>
    public InterviewStart Start(InterviewRequest request)
    {
        var start = request.Start;
        if (start is null)
        {
            Fault("start", FieldReason.Missing, "The first message begins the interview.");
            return new();
        }

        Patient(start.Patient);
        View(start.View);
        return start;
    }

    /// <summary>Reads an answer; nothing else may follow the start.</summary>
    public InterviewAnswer Answer(InterviewRequest request)
    {
        if (request.Answer is { } answer)
        {
            return answer;
        }

        Fault("answer", FieldReason.Missing, "Every message after the first is an answer.");
        return new();
    }
}
