using Grpc.Core;
using LegPain.Engine.Inference;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;
using LegPain.Server.Mapping;
using LegPain.Server.Security;
using LegPain.Server.Telemetry;
using Finding = LegPain.Engine.Vocabulary.Finding;
using InquiryState = LegPain.Protocol.Triage.V1.InquiryState;
using QuestionReason = LegPain.Engine.Inference.QuestionReason;

namespace LegPain.Server.Services;

/// <content>What to ask next, and the interview that asks it.</content>
internal sealed partial class TriageGrpcService
{
    private const int QuestionsDefault = 5;
    private const int QuestionsMax = 50;

    /// <summary>How long an interview waits for an answer.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(15);

    public override async Task<SuggestQuestionsResponse> SuggestQuestions(
        SuggestQuestionsRequest request, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        var read = new RequestReader();
        var subject = read.Subject(request.Subject, library, now);
        var canAnswer = read.Respondent("respondent", request.Respondent);
        var max = (int)read.Number("max_questions", request.MaxQuestions, 0, QuestionsMax);
        read.Check();

        var terms = subject.Terms with { ForNextReport = subject.Terms.Revision is null };
        var reading = (await ReadAsync(subject, [terms], now, context.CancellationToken))[0];
        var writer = WriterFor(reading.Assessment, context);
        var inquiry = Inquirer.Next(reading.Assessment, canAnswer, max == 0 ? QuestionsDefault : max);
        return new()
        {
            State = (InquiryState)inquiry.State,
            Questions = { inquiry.Questions.Select(question => writer.Write(question)) },
            Disposition = writer.WriteDisposition(reading.Assessment),
            Revision = reading.Revision,
        };
    }

    public override async Task Interview(
        IAsyncStreamReader<InterviewRequest> requestStream, IServerStreamWriter<InterviewResponse> responseStream,
        ServerCallContext context)
    {
        using var slot = streams.Enter(StreamKind.Interview);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, drain.Closing);
        try
        {
            if (!await HearAsync(requestStream, stop.Token))
            {
                return;
            }

            var start = RequestReader.Required(
                requestStream.Current.Start, "start", "The first message begins the interview.");
            var read = new RequestReader("start.");
            read.Patient(start.Patient);
            read.View(start.View);
            var canAnswer = read.Respondent("respondent", start.Respondent);
            read.Check();

            // "I do not know since when" leaves the answer as it is, so only the interview itself knows that it asked.
            var begun = new HashSet<int>();
            bool CanAsk(Finding finding, QuestionReason reason) => canAnswer(finding, reason)
                && (reason != QuestionReason.Beginning || !begun.Contains(finding.Index));

            PatientReading reading;
            Suggestion? question;
            using (admission.EnterTurn())
            {
                reading = await ReadNextAsync(start.Patient, stop.Token);
                question = await AskAsync(reading, CanAsk, start.View, responseStream, context);
            }

            while (question is { } asked && await HearAsync(requestStream, stop.Token))
            {
                using var place = admission.EnterReport(requestStream.Current.Answer?.Observations ?? []);
                if (asked.Reason == QuestionReason.Beginning)
                {
                    begun.Add(asked.Finding.Index);
                }

                var shown = reading.Revision;
                reading = await AnswerAsync(start.Patient, requestStream.Current, context.CancellationToken);
                if (reading.Revision <= shown)
                {
                    // A repeated answer is answered as it was then: others may have reported since.
                    reading = await ReadNextAsync(start.Patient, stop.Token);
                }

                question = await AskAsync(reading, CanAsk, start.View, responseStream, context);
            }
        }
        catch (Exception exception) when (exception is not RpcException
            && drain.Closing.IsCancellationRequested)
        {
            // Which half of the call the stopping server cuts first is chance: to the client it is one thing.
            throw Refuse.Unavailable();
        }
    }

    /// <summary>Waits for what the client says next; false when it says no more, or is gone.</summary>
    private async Task<bool> HearAsync(
        IAsyncStreamReader<InterviewRequest> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken).WaitAsync(AnswerMax, clock, cancellationToken);
        }
        catch (IOException)
        {
            // The client has reset its half of the call, or the server is stopping.
            drain.Closing.ThrowIfCancellationRequested();
            return false;
        }
        catch (TimeoutException)
        {
            throw new RpcException(new(StatusCode.DeadlineExceeded, "No answer came for 15 minutes: start again."));
        }
    }

    /// <summary>
    /// Reads the patient as the next answer will find them; of one without an event nothing is known.
    /// </summary>
    private async Task<PatientReading> ReadNextAsync(string patient, CancellationToken cancellationToken)
    {
        var terms = new ReadingTerms(null, null, null, [], ForNextReport: true);
        var (_, readings, refusal) = await PatientOf(patient).ReadUnderAsync([terms], cancellationToken);
        return refusal switch
        {
            null => readings[0],
            { Reason: RefusalReason.PatientNotFound } =>
                PatientReader.Read(PatientState.Empty, library.InForce, clock.GetUtcNow()),
            _ => throw Refuse.Because(refusal),
        };
    }

    private async Task<PatientReading> AnswerAsync(
        string patient, InterviewRequest request, CancellationToken cancellationToken)
    {
        var answer = RequestReader.Required(
            request.Answer, "answer", "Every message after the first is an answer.");
        var read = new RequestReader("answer.");
        var write = read.Write(
            patient, answer.RequestId, answer.HasExpectedRevision, answer.ExpectedRevision, AssessmentView.Basic);
        var observations = read.Observations(answer.Observations, library.InForce, clock.GetUtcNow());
        read.Check();

        var hash = RequestReader.Hash("report", answer.Observations);
        var report = new ReportObservations(
            PatientKeys.DefaultTenant, write.RequestId, hash, write.ExpectedRevision, observations);
        var reply = await SubmitAsync(patient, report, cancellationToken);
        return reply.Reading ?? throw Refuse.Because(reply.Refusal!, "answer.observations");
    }

    /// <summary>Sends one turn; returns its question, or null when nothing is asked any more.</summary>
    private async Task<Suggestion?> AskAsync(
        PatientReading reading, Func<Finding, QuestionReason, bool> canAsk, AssessmentView view,
        IServerStreamWriter<InterviewResponse> responseStream, ServerCallContext context)
    {
        var writer = WriterFor(reading.Assessment, context);
        var inquiry = Inquirer.Next(reading.Assessment, canAsk, 1);
        var turn = new InterviewResponse
        {
            State = (InquiryState)inquiry.State,
            Question = inquiry.Questions.Count > 0 ? writer.Write(inquiry.Questions[0]) : null,
            Assessment = reading.Revision == 0
                ? writer.Write(reading.Assessment, reading.AssessedAt, reading.ChangesAt, view)
                : writer.Write(reading, view),
        };
        await responseStream.WriteAsync(turn, context.CancellationToken);
        return inquiry.Questions.Count > 0 ? inquiry.Questions[0] : null;
    }
}
