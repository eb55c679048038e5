using Grpc.Core;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;
using LegPain.Server.Mapping;
using LegPain.Server.Security;

namespace LegPain.Server.Services;

/// <content>Reasoning on demand: comparisons and explanations. Nothing of it is stored.</content>
internal sealed partial class TriageGrpcService
{
    public override async Task<CompareAssessmentResponse> CompareAssessment(
        CompareAssessmentRequest request, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        var read = new RequestReader();
        var subject = read.Subject(request.Subject, library, now);
        var alternative = read.Alternative(request.Alternative, subject, library, now);
        read.Check();

        var sides = await ReadAsync(subject, [subject.Terms, alternative], now, context.CancellationToken);
        return ReasoningWriter.Compare(
            sides[0], sides[1], WriterFor(sides[0].Assessment, context), WriterFor(sides[1].Assessment, context));
    }

    public override async Task<ExplainCauseResponse> ExplainCause(
        ExplainCauseRequest request, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        var read = new RequestReader();
        var subject = read.Subject(request.Subject, library, now);
        if (request.Cause.Length == 0)
        {
            read.Fault("cause", FieldReason.Missing, "The id of a cause.");
        }

        read.Check();

        var reading = (await ReadAsync(subject, [subject.Terms], now, context.CancellationToken))[0];
        var cause = reading.Assessment.Knowledge.Causes.FirstOrDefault(cause => cause.Id == request.Cause)
            ?? throw Refuse.KnowledgeNotFound();
        return new()
        {
            Explanation = ReasoningWriter.Explain(reading, cause, WriterFor(reading.Assessment, context)),
        };
    }

    /// <summary>Reads a patient, or observations of nobody, on each of some terms.</summary>
    private async Task<IReadOnlyList<PatientReading>> ReadAsync(
        Subject subject, IReadOnlyList<ReadingTerms> wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (subject.Patient is { } patient)
        {
            var readings = await PatientOf(patient).ReadUnderAsync(wanted, cancellationToken);
            return readings.Refusal is { } refusal
                ? throw Refuse.Because(refusal, RequestReader.AlternativeObservations)
                : readings.Readings;
        }

        var report = new ReportObservations(PatientKeys.DefaultTenant, "nobody", [], null, subject.Observations);
        var (state, refused) = StatelessAssessment.Fold(report, subject.Knowledge ?? library.InForce, now);
        if (state is null)
        {
            throw Refuse.Because(refused!, RequestReader.SubjectObservations);
        }

        return [.. wanted.Select(terms => ReadNobody(state, terms, now))];
    }

    private PatientReading ReadNobody(PatientState state, ReadingTerms terms, DateTimeOffset now)
    {
        var (reading, refusal) = PatientReader.Read(state, terms, library, terms.AsOf ?? now, now);
        return reading is null
            ? throw Refuse.Because(refusal!, RequestReader.AlternativeObservations)
            : reading with { Revision = 0 };
    }
}
