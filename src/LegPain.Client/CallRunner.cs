using System.Runtime.CompilerServices;
using Grpc.Core;

namespace LegPain.Client;

/// <summary>
/// Makes unary calls: one deadline over all attempts, repeats of what is safe to repeat, refusals as one type.
/// </summary>
internal sealed class CallRunner(EndpointPool pool, LegPainClientOptions options)
{
    /// <summary>
    /// Calls until there is an answer, a refusal that no repeat can change, or no attempt or time left.
    /// </summary>
    /// <param name="call">Starts one attempt. Sends the same request every time.</param>
    /// <param name="requestId">The id of a write, for the exception; null for a read.</param>
    /// <param name="cancellationToken">
    /// Stops the attempts and the waits. A write already sent may still be stored.
    /// </param>
    /// <param name="caller">The method of the client: the RPC's name and <c>Async</c>.</param>
    public async Task<T> RunAsync<T>(
        Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call, WriteId? requestId, CancellationToken cancellationToken,
        [CallerMemberName] string caller = "")
    {
        using var span = CallSpan.Start(caller[..^"Async".Length]);
        var attempts = new Attempts(pool, options, span, requestId);
        while (true)
        {
            var server = attempts.Begin();
            try
            {
                var deadline = options.Clock.GetUtcNow() + attempts.AttemptTime;
                using var running = call(
                    server, new(span.Headers(options), deadline.UtcDateTime, cancellationToken));
                var answer = await running.ResponseAsync;
                attempts.Succeeded();
                return answer;
            }
            catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
            {
                span.End(StatusCode.Cancelled);
                throw new OperationCanceledException(exception.Status.Detail, exception, cancellationToken);
            }
            catch (RpcException exception)
            {
                await attempts.FailedAsync(exception, cancellationToken);
            }
        }
    }
}
