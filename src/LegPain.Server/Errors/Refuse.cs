using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Telemetry;

namespace LegPain.Server.Errors;

/// <summary>
/// The one place where a refusal becomes a gRPC status with its details. Texts are fixed: nothing personal is in them.
/// </summary>
internal static class Refuse
{
    private const string Domain = "legpain";

    /// <summary>Names every wrong field of a request.</summary>
    public static RpcException Fields(IReadOnlyCollection<BadRequest.Types.FieldViolation> violations) => Make(
        Code.InvalidArgument,
        ErrorReason.InvalidRequest,
        $"{violations.Count} field(s) of the request are wrong; the details name each.",
        new BadRequest { FieldViolations = { violations } });

    /// <summary>Describes one wrong field.</summary>
    public static BadRequest.Types.FieldViolation Field(string field, FieldReason reason, string description) =>
        new() { Field = field, Reason = NameOf(reason), Description = description };

    /// <summary>Describes one wrong field of an observation.</summary>
    public static BadRequest.Types.FieldViolation Field(
        int index, string field, ObservationFault fault, string description, string list = "observations") =>
        Field($"{list}[{index}].{field}", Reason(fault), description);

    /// <summary>Says why a patient refused.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="list">The field of the request that has the observations.</param>
    public static RpcException Because(Refusal refusal, string list = "observations") => refusal.Reason switch
    {
        RefusalReason.InvalidObservations => Fields(
            [.. refusal.Violations
                .Select(wrong => Field(wrong.Index, wrong.Field, wrong.Fault, wrong.Description, list))]),
        RefusalReason.PatientNotFound => Make(
            Code.NotFound, ErrorReason.PatientNotFound, "The patient has no event yet."),
        RefusalReason.RevisionNotFound => At(
            refusal, Code.NotFound, ErrorReason.RevisionNotFound, "The patient has no such revision."),
        RefusalReason.ObservationNotFound => Make(
            Code.NotFound, ErrorReason.ObservationNotFound, "That revision recorded no observation at that index."),
        RefusalReason.RevisionConflict => At(
            refusal, Code.Aborted, ErrorReason.RevisionConflict,
            "The patient is at another revision: read again and redo."),
        RefusalReason.RequestIdReused => Make(
            Code.AlreadyExists, ErrorReason.RequestIdReused,
            "The request id was used before for other content: use a new one."),
        RefusalReason.AlreadyAmended => Make(
            Code.FailedPrecondition, ErrorReason.AlreadyAmended, "The observation is already entered in error."),
        RefusalReason.EpisodeOpen => Make(
            Code.FailedPrecondition, ErrorReason.EpisodeOpen, "An episode is open: close it first."),
        RefusalReason.NoEpisode => Make(Code.FailedPrecondition, ErrorReason.NoEpisode, "No episode is open."),
        RefusalReason.PatientFull => Make(
            Code.ResourceExhausted, ErrorReason.PatientFull,
            "The report would take the patient past 10000 observations."),
        RefusalReason.JournalBusy => Later(Code.ResourceExhausted, ErrorReason.JournalBusy, "The journal is busy.", 1),
        RefusalReason.StorageFull => Later(
            Code.ResourceExhausted, ErrorReason.StorageFull, "The journal's storage is full; reads go on.", 30),
        RefusalReason.OutcomeUnknown => Later(
            Code.Unavailable, ErrorReason.OutcomeUnknown,
            "Whether the write was stored is not known: repeat it with the same request_id.", 1),
        RefusalReason.RecordCorrupt => Make(
            Code.DataLoss, ErrorReason.RecordCorrupt,
            "A record of this patient cannot be read. Its bytes are kept; an operator must restore it."),
        RefusalReason.KnowledgeNotLoaded => KnowledgeNotLoaded(),
        _ => Unavailable(),
    };

    /// <summary>Says that nothing of that id is in the knowledge.</summary>
    public static RpcException KnowledgeNotFound() =>
        Make(Code.NotFound, ErrorReason.KnowledgeNotFound, "The knowledge has nothing of that id.");

    /// <summary>Says that the knowledge is not loaded.</summary>
    public static RpcException KnowledgeNotLoaded() => Make(
        Code.NotFound, ErrorReason.KnowledgeNotLoaded, "No knowledge of that name, version and hash is loaded.");

    /// <summary>Says that there are all the watches and interviews there may be.</summary>
    public static RpcException TooManyWatches() =>
        Later(
            Code.ResourceExhausted, ErrorReason.TooManyWatches,
            "The server has all the watches and interviews it takes.", 5);

    /// <summary>Says that the server does not take on this call now.</summary>
    /// <param name="delay">How long the client should wait.</param>
    public static RpcException Overloaded(TimeSpan delay) => Later(
        Code.ResourceExhausted, ErrorReason.Overloaded, "The server has all the calls it takes: repeat later.", delay);

    /// <summary>Says that the deadline has passed. It has no reason of ours: clients make this status too.</summary>
    public static RpcException TooLate() =>
        new(new(StatusCode.DeadlineExceeded, "The deadline passed before there was an answer."));

    /// <summary>Says that too many calls wait for one patient.</summary>
    public static RpcException PatientBusy() => Later(
        Code.ResourceExhausted, ErrorReason.PatientBusy, "Too many calls wait for this patient: repeat later.", 1);

    /// <summary>Says that the server is stopping or the patient is moving.</summary>
    public static RpcException Unavailable() =>
        Later(
            Code.Unavailable, ErrorReason.Unavailable,
            "The server cannot answer just now: repeat the same request.", 1);

    /// <summary>Ends a watch of a stopping server: it goes on elsewhere, from the revision it has reached.</summary>
    public static RpcException Stopping(long resumeRevision) =>
        Make(
            Code.Unavailable, ErrorReason.Unavailable,
            "The server is stopping: watch again, on another one, from the last revision you have.",
            details: [new RetryInfo { RetryDelay = new() }],
            metadata: [("resume_revision",
                resumeRevision.ToString(System.Globalization.CultureInfo.InvariantCulture))]);

    /// <summary>Says that the server is at fault, and nothing else.</summary>
    public static RpcException Internal(string? traceId) => Make(
        Code.Internal, ErrorReason.Internal, "A fault of the server.", details: [],
        metadata: traceId is null ? [] : [("trace_id", traceId)]);

    private static RpcException At(Refusal refusal, Code code, ErrorReason reason, string message) => Make(
        code, reason, message, details: [],
        metadata: [("current_revision",
            refusal.CurrentRevision.ToString(System.Globalization.CultureInfo.InvariantCulture))]);

    private static RpcException Later(Code code, ErrorReason reason, string message, int seconds) =>
        Later(code, reason, message, TimeSpan.FromSeconds(seconds));

    private static RpcException Later(Code code, ErrorReason reason, string message, TimeSpan delay) =>
        Make(code, reason, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) });

    private static RpcException Make(Code code, ErrorReason reason, string message, params IMessage[] details) =>
        Make(code, reason, message, details, []);

    private static RpcException Make(
        Code code, ErrorReason reason, string message, IMessage[] details, (string Key, string Value)[] metadata)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = NameOf(reason) };
        ServerMetrics.CountRefusal(info.Reason);
        foreach (var (key, value) in metadata)
        {
            info.Metadata[key] = value;
        }

        var status = new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        status.Details.AddRange(details.Select(detail => Any.Pack(detail)));
        return status.ToRpcException();
    }

    private static string NameOf(ErrorReason reason) =>
        ErrorsReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>(nameof(ErrorReason))
            .FindValueByNumber((int)reason).Name["ERROR_REASON_".Length..];

    private static string NameOf(FieldReason reason) =>
        ErrorsReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>(nameof(FieldReason))
            .FindValueByNumber((int)reason).Name["FIELD_REASON_".Length..];

    private static FieldReason Reason(ObservationFault fault) => fault switch
    {
        ObservationFault.UnknownFinding => FieldReason.UnknownFinding,
        ObservationFault.ValueMissing => FieldReason.Missing,
        ObservationFault.ValueOfWrongKind => FieldReason.WrongKind,
        ObservationFault.ValueOutOfRange => FieldReason.OutOfRange,
        ObservationFault.UnknownOption => FieldReason.UnknownOption,
        ObservationFault.WrongUnit => FieldReason.WrongUnit,
        ObservationFault.CannotBeAbsent => FieldReason.CannotBeAbsent,
        ObservationFault.ObservedInFuture => FieldReason.InFuture,
        ObservationFault.ObservedBeforeBirth => FieldReason.BeforeBirth,
        ObservationFault.StartedAfterObserved => FieldReason.StartedAfterObserved,
        _ => FieldReason.Contradiction,
    };
}
