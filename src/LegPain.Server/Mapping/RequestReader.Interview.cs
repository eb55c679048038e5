using LegPain.Engine.Vocabulary;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;
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

    /// <summary>Returns a part of a message that must be there.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: it is missing.</exception>
    public static T Required<T>(T? part, string field, string description)
        where T : class => part ?? throw Refuse.Fields([Refuse.Field(field, FieldReason.Missing, description)]);
}
