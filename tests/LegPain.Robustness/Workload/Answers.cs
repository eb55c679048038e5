using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Workload;

/// <summary>What a failed attempt says of its outcome, as protos/legpain/triage/v1/errors.proto promises it.</summary>
internal static class Answers
{
    private const string UnknownReason = "OUTCOME_UNKNOWN";

    /// <summary>
    /// "Every refusal with a reason stored nothing, but for OUTCOME_UNKNOWN." Without a reason nobody knows, unless
    /// there was no connection to send it on.
    /// </summary>
    public static (Outcome Outcome, string Reason) Of(RpcException exception)
    {
        if (exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason is { } reason)
        {
            return (reason == UnknownReason ? Outcome.Unknown : Outcome.Fail, reason);
        }

        return exception.Status.DebugException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError,
        }
            ? (Outcome.Fail, "NO_CONNECTION")
            : (Outcome.Unknown, exception.StatusCode.ToString());
    }

    /// <summary>The client library promises what all its attempts together come to, and is held to it.</summary>
    public static (Outcome Outcome, string Reason) Of(LegPainException exception) =>
        (exception.Outcome == WriteOutcome.NotStored ? Outcome.Fail : Outcome.Unknown,
            exception.Reason.Length > 0 ? exception.Reason : exception.Code.ToString());
}
