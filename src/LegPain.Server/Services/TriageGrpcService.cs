using Grpc.Core;
using LegPain.Engine.Knowledge;
using LegPain.Grains;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Admission;
using LegPain.Server.Errors;
using LegPain.Server.Lifecycle;
using LegPain.Server.Mapping;
using LegPain.Server.Security;
using LegPain.Server.Watch;
using AmendObservation = LegPain.Grains.Patient.AmendObservation;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Services;

/// <summary>
/// The triage API over the patients. Reads requests, calls one patient, writes answers; decides nothing.
/// </summary>
internal sealed partial class TriageGrpcService(
    IGrainFactory grains, KnowledgeLibrary library, AssessmentWriters writers, PatientKeys keys,
    AssessmentStream stream, OpenStreams streams, CallAdmission admission, TimeProvider clock, Drain drain)
    : TriageService.TriageServiceBase
{
    private const int EventsDefault = 100;
    private const int EventsMax = 1000;

    public override async Task<ReportObservationsResponse> ReportObservations(
        ReportObservationsRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var write = read.Write(
            request.Patient, request.RequestId, request.HasExpectedRevision, request.ExpectedRevision, request.View);
        var observations = read.Observations(request.Observations, library.InForce, clock.GetUtcNow());
        read.Check();

        var hash = RequestReader.Hash("report", request.Observations);
        var command = new ReportObservations(
            PatientKeys.DefaultTenant, write.RequestId, hash, write.ExpectedRevision, observations);
        return new() { Assessment = await SubmitAsync(write, command, context) };
    }

    public override async Task<AmendObservationResponse> AmendObservation(
        AmendObservationRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var write = read.Write(
            request.Patient, request.RequestId, request.HasExpectedRevision, request.ExpectedRevision, request.View);
        read.Number("revision", request.Revision, 1, long.MaxValue);
        read.Number("index", request.Index, 0, RequestReader.ObservationsMax - 1);
        read.Check();

        var hash = RequestReader.Hash(
            "amend", new AmendObservationRequest { Revision = request.Revision, Index = request.Index });
        var command = new AmendObservation(
            PatientKeys.DefaultTenant, write.RequestId, hash, write.ExpectedRevision, request.Revision, request.Index);
        return new() { Assessment = await SubmitAsync(write, command, context) };
    }

    public override async Task<StartEpisodeResponse> StartEpisode(
        StartEpisodeRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var write = read.Write(
            request.Patient, request.RequestId, request.HasExpectedRevision, request.ExpectedRevision, request.View);
        read.Check();

        var command = new StartEpisode(
            PatientKeys.DefaultTenant, write.RequestId, RequestReader.Hash("start"), write.ExpectedRevision);
        return new() { Assessment = await SubmitAsync(write, command, context) };
    }

    public override async Task<CloseEpisodeResponse> CloseEpisode(
        CloseEpisodeRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var write = read.Write(
            request.Patient, request.RequestId, request.HasExpectedRevision, request.ExpectedRevision, request.View);
        read.Check();

        var command = new CloseEpisode(
            PatientKeys.DefaultTenant, write.RequestId, RequestReader.Hash("close"), write.ExpectedRevision);
        return new() { Assessment = await SubmitAsync(write, command, context) };
    }

    public override async Task<GetAssessmentResponse> GetAssessment(
        GetAssessmentRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var patient = read.Patient(request.Patient);
        var view = read.View(request.View);
        var asOf = read.Time("as_of", request.AsOf);
        long? revision = request.HasRevision ? read.Number("revision", request.Revision, 1, long.MaxValue) : null;
        var knowledge = read.Knowledge("knowledge", request.Knowledge, library);
        read.Check();

        if (knowledge is null)
        {
            var reply = await PatientOf(patient).ReadAsync(revision, asOf, context.CancellationToken);
            return new() { Assessment = Answer(reply, view, context) };
        }

        var subject = new Subject(patient, [], knowledge, new(revision, asOf, knowledge.Hash, []));
        var readings = await ReadAsync(subject, [subject.Terms], clock.GetUtcNow(), context.CancellationToken);
        return new() { Assessment = WriterFor(readings[0].Assessment, context).Write(readings[0], view) };
    }

    public override async Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        var patient = read.Patient(request.Patient);
        read.Number("after_revision", request.AfterRevision, 0, long.MaxValue);
        read.Number("page_size", request.PageSize, 0, EventsMax);
        read.Check();

        var max = request.PageSize == 0 ? EventsDefault : request.PageSize;
        var page = await PatientOf(patient).ReadEventsAsync(request.AfterRevision, max, context.CancellationToken);
        if (page.Refusal is { } refusal)
        {
            throw Refuse.Because(refusal);
        }

        return new()
        {
            Events = { page.Events.Select(recorded => EventMapper.ToWire(recorded, library.InForce)) },
            More = page.Events.Count > 0 && page.Events[^1].Revision < page.CurrentRevision,
        };
    }

    public override async Task WatchAssessment(
        WatchAssessmentRequest request, IServerStreamWriter<WatchAssessmentResponse> responseStream,
        ServerCallContext context)
    {
        var read = new RequestReader();
        var patient = read.Patient(request.Patient);
        var view = read.View(request.View);
        read.Number("after_revision", request.AfterRevision, 0, long.MaxValue);
        read.Check();

        var language = LanguageOf(context);
        var sent = request.AfterRevision;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Closing);
        try
        {
            var key = keys.Of(PatientKeys.DefaultTenant, patient);
            await foreach (var item in stream.FollowAsync(key, request.AfterRevision, stop.Token))
            {
                // A write that is canceled resets the call, and the client would not hear why: it ends between two.
                await responseStream.WriteAsync(ToWire(item, language, view), context.CancellationToken);
                sent = item.Revision;
                stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (drain.Closing.IsCancellationRequested)
        {
            throw Refuse.Stopping(sent);
        }
    }

    public override Task<AssessResponse> Assess(AssessRequest request, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        var read = new RequestReader();
        var view = read.View(request.View);
        var asOf = read.Time("as_of", request.AsOf) ?? now;
        var command = new ReportObservations(
            PatientKeys.DefaultTenant, "assess", [], null,
            read.Observations(request.Observations, library.InForce, now));
        read.Check();

        var (assessment, changesAt, refusal) = StatelessAssessment.Of(command, library.InForce, now, asOf);
        return refusal is null
            ? Task.FromResult(new AssessResponse
            {
                Assessment = WriterFor(assessment!, context).Write(assessment!, asOf, changesAt, view),
            })
            : throw Refuse.Because(refusal);
    }

    private WatchAssessmentResponse ToWire(WatchItem item, string? language, AssessmentView view) =>
        item.Reading is { } reading
            ? new() { Assessment = writers.For(reading.Assessment.Knowledge, language).Write(reading, view) }
            : new()
            {
                Progress = new()
                {
                    Revision = item.Revision,
                    AsOf = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(item.AsOf),
                },
            };

    private async Task<Wire.Assessment> SubmitAsync(
        WriteFields write, PatientCommand command, ServerCallContext context) =>
        Answer(await SubmitAsync(write.Patient, command, context.CancellationToken), write.View, context);

    private async ValueTask<PatientReply> SubmitAsync(
        string patient, PatientCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await PatientOf(patient).SubmitAsync(command, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException
            || (exception is OrleansException and not LimitExceededException))
        {
            // The call was sent and no answer came: the patient's node may have stored it before it was lost.
            throw Refuse.Because(Refusal.Of(RefusalReason.OutcomeUnknown, 0));
        }
    }

    private Wire.Assessment Answer(PatientReply reply, AssessmentView view, ServerCallContext context) =>
        reply.Reading is { } reading
            ? WriterFor(reading.Assessment, context).Write(reading, view)
            : throw Refuse.Because(reply.Refusal!);

    private IPatientGrain PatientOf(string patient) =>
        grains.GetGrain<IPatientGrain>(keys.Of(PatientKeys.DefaultTenant, patient));

    private AssessmentWriter WriterFor(Engine.Inference.Assessment assessment, ServerCallContext context) =>
        writers.For(assessment.Knowledge, LanguageOf(context));

    private static string? LanguageOf(ServerCallContext context) => context.RequestHeaders.GetValue("accept-language");
}
