using Google.Rpc;
using Grpc.Core;

namespace LegPain.Client;

/// <summary>One field of a request that the server refused.</summary>
/// <param name="Field">The path of the field, such as <c>observations[0].value</c>.</param>
/// <param name="Reason">The name of a <c>FieldReason</c>, such as <c>OUT_OF_RANGE</c>.</param>
/// <param name="Description">What would be right. Nothing of what was sent is in it.</param>
public sealed record FieldFault(string Field, string Reason, string Description);

/// <summary>A call that the server refused, or that did not reach it.</summary>
/// <remarks>The message is the server's; nothing personal is in it.</remarks>
public sealed class LegPainException : Exception
{
    private LegPainException(RpcException cause, string? requestId, Google.Rpc.Status? status)
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
    }

    /// <summary>Gets the status of the call.</summary>
    public StatusCode Code { get; }

    /// <summary>
    /// Gets the name of an <c>ErrorReason</c>, such as <c>REVISION_CONFLICT</c>; empty when no server said one.
    /// </summary>
    public string Reason { get; }

    /// <summary>Gets every field that is wrong; empty unless the reason is <c>INVALID_REQUEST</c>.</summary>
    public IReadOnlyList<FieldFault> Fields { get; }

    /// <summary>Gets what the reason comes with, such as <c>current_revision</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Gets how long the server wants the caller to wait before a repeat; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Gets the request id of a write; null for reads. A repeat with it is stored once at most.</summary>
    public string? RequestId { get; }

    /// <summary>
    /// Gets whether the same call may succeed later. The client has repeated it already as often as it may.
    /// </summary>
    public bool IsRetryable =>
        Code == StatusCode.Unavailable || (Code == StatusCode.ResourceExhausted && RetryAfter is not null);

    /// <summary>Gets whether no server gave an answer: there is none at the address, or the connection broke.</summary>
    public bool IsConnectionLost { get; }

    internal static LegPainException From(RpcException exception, string? requestId = null)
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

        return new(exception, requestId, status);
    }
}
