using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace LegPain.Client;

/// <summary>One field of a request that the server refused.</summary>
/// <param name="Field">The path of the field, such as <c>observations[0].value</c>.</param>
/// <param name="Reason">The name of a <c>FieldReason</c>, such as <c>OUT_OF_RANGE</c>.</param>
/// <param name="Description">What would be right. Nothing of what was sent is in it.</param>
public sealed record FieldFault(string Field, string Reason, string Description);

/// <summary>Whether a write that failed is stored.</summary>
public enum WriteOutcome
{
    /// <summary>The call was no write.</summary>
    NoWrite,

    /// <summary>
    /// It is not stored under this request id, and no attempt is left that could still store it. A new id is safe.
    /// </summary>
    NotStored,

    /// <summary>
    /// It may be stored, now or in a moment. The same call with <see cref="LegPainException.RequestId"/> settles it:
    /// it is stored once, whichever was so.
    /// </summary>
    /// <remarks>
    /// A request id of the caller's own may have been used by an earlier call, which nobody here knows of. Such a write
    /// is Unknown however it is refused, but for REVISION_CONFLICT and REQUEST_ID_REUSED: a server says those only when
    /// the id has stored nothing of this content.
    /// </remarks>
    Unknown,

    /// <summary>It is stored, and only the answer is missing: an interview whose next turn did not come.</summary>
    Stored,
}

/// <summary>A call that the server refused, or that did not reach it.</summary>
/// <remarks>The message is the server's; nothing personal is in it.</remarks>
public sealed class LegPainException : Exception
{
    /// <summary>
    /// The <see cref="Reason"/> when a watch received a revision other than the next: <c>WATCH_GAP</c>. The code is
    /// DATA_LOSS; <see cref="Metadata"/> has <c>last_revision</c>, the last one that was passed on, and
    /// <c>received_revision</c>. The one reason that is the client's own.
    /// </summary>
    public const string WatchGap = "WATCH_GAP";

    internal const string Unavailable = "UNAVAILABLE";

    private const string RevisionConflict = "REVISION_CONFLICT";
    private const string RequestIdReused = "REQUEST_ID_REUSED";

    private LegPainException(
        RpcException cause, string? requestId, WriteOutcome outcomeBefore, Google.Rpc.Status? status)
        : base(cause.Status.Detail, cause)
    {
        var info = status?.GetDetail<ErrorInfo>();
        var retry = status?.GetDetail<RetryInfo>();
        Code = cause.StatusCode;
        Reason = info?.Reason ?? string.Empty;
        Metadata = info?.Metadata.ToDictionary() ?? [];
        Fields =
        [
            .. (status?.GetDetail<BadRequest>()?.FieldViolations ?? [])
                .Select(violation => new FieldFault(violation.Field, violation.Reason, violation.Description)),
        ];
        RetryAfter = retry?.RetryDelay?.ToTimeSpan();
        RequestId = requestId;
        IsConnectionLost = info is null
            && (Code is StatusCode.Unavailable or StatusCode.Cancelled
                || cause.Status.DebugException is IOException or HttpRequestException);
        OutcomeSoFar = outcomeBefore == WriteOutcome.NotStored && !IsSurelyNotStored(cause)
            ? WriteOutcome.Unknown : outcomeBefore;

        // Had an earlier attempt or call been stored, its id would have been answered as stored: these two settle it.
        Outcome = OutcomeSoFar == WriteOutcome.Unknown && Reason is RevisionConflict or RequestIdReused
            ? WriteOutcome.NotStored : OutcomeSoFar;
    }

    /// <summary>Gets the status of the call.</summary>
    public StatusCode Code { get; }

    /// <summary>
    /// Gets the name of an <c>ErrorReason</c>, such as <c>REVISION_CONFLICT</c>, or <see cref="WatchGap"/>; empty when
    /// no server said one.
    /// </summary>
    public string Reason { get; }

    /// <summary>Gets every field that is wrong; empty unless the reason is <c>INVALID_REQUEST</c>.</summary>
    public IReadOnlyList<FieldFault> Fields { get; }

    /// <summary>Gets what the reason comes with, such as <c>trace_id</c>; empty when there is nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Gets the revision the patient is at: with <c>REVISION_CONFLICT</c> and <c>REVISION_NOT_FOUND</c>; else null.
    /// </summary>
    public long? CurrentRevision =>
        Metadata.TryGetValue("current_revision", out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    /// <summary>Gets how long the server wants the caller to wait before a repeat; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Gets the request id of a write; null for reads. A repeat with it is stored once at most.</summary>
    public string? RequestId { get; }

    /// <summary>
    /// Gets whether the write is stored, as all attempts together show it, and with a request id of the caller's own
    /// all calls with it.
    /// </summary>
    public WriteOutcome Outcome { get; }

    /// <summary>
    /// Gets whether the same call may succeed later. The client has repeated it already as often as it may.
    /// </summary>
    public bool IsRetryable => IsServerLost || Code == StatusCode.Unavailable
        || (Code == StatusCode.ResourceExhausted && RetryAfter is not null);

    /// <summary>Gets whether no server gave an answer: there is none at the address, or the connection broke.</summary>
    public bool IsConnectionLost { get; }

    /// <summary>Gets whether nothing was heard of the server: the connection is lost, or time ran out.</summary>
    internal bool IsServerLost => IsConnectionLost || Code == StatusCode.DeadlineExceeded;

    /// <summary>Gets the outcome for an attempt that follows: this one may still be under way.</summary>
    internal WriteOutcome OutcomeSoFar { get; }

    internal static LegPainException From(
        RpcException exception, string? requestId = null, WriteOutcome outcomeBefore = WriteOutcome.NoWrite)
    {
        Google.Rpc.Status? status = null;
        try
        {
            status = exception.GetRpcStatus();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            // Details that cannot be read are not details; the status itself still counts.
        }

        return new(exception, requestId, outcomeBefore, status);
    }

    /// <summary>Says that a watch went from one revision to another that is not the next.</summary>
    internal static LegPainException Gap(long last, long received)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)Google.Rpc.Code.DataLoss,
            Message = "The watch received a revision that is not the next one.",
        };
        status.Details.Add(Any.Pack(new ErrorInfo
        {
            Domain = "legpain",
            Reason = WatchGap,
            Metadata =
            {
                ["last_revision"] = last.ToString(CultureInfo.InvariantCulture),
                ["received_revision"] = received.ToString(CultureInfo.InvariantCulture),
            },
        }));
        return From(status.ToRpcException());
    }

    /// <summary>Returns whether an attempt that failed so has stored nothing and never will.</summary>
    private bool IsSurelyNotStored(RpcException cause) => Code switch
    {
        StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented => true,
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.Aborted
            or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted or StatusCode.DataLoss =>
            Reason.Length > 0,
        _ => cause.Status.DebugException is HttpRequestException
        {
            // Nothing was sent.
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
        },
    };
}
