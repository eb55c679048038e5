using Grpc.Core;

namespace LegPain.Client;

/// <summary>
/// Makes unary calls: one deadline over all attempts, repeats of what is safe to repeat, refusals as one type.
/// </summary>
internal sealed class CallRunner(LegPainClientOptions options)
{
    private readonly Backoff _backoff = new(options);

    /// <summary>
    /// Calls until there is an answer, a refusal that no repeat can change, or no attempt or time left.
    /// </summary>
    /// <param name="call">Starts one attempt. Sends the same request every time.</param>
    /// <param name="requestId">The id of a write, for the exception; null for a read.</param>
    /// <param name="cancellationToken">
    /// Stops the attempts and the waits. A write already sent may still be stored.
    /// </param>
    public async Task<T> RunAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> call, string? requestId, CancellationToken cancellationToken)
    {
        var clock = options.Clock;
        var deadline = clock.GetUtcNow() + options.Deadline;
        for (var attempt = 1; ; attempt++)
        {
            LegPainException failure;
            try
            {
                using var running = call(new(Headers(), deadline.UtcDateTime, cancellationToken));
                return await running.ResponseAsync;
            }
            catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(exception.Status.Detail, exception, cancellationToken);
            }
            catch (RpcException exception)
            {
                failure = LegPainException.From(exception, requestId);
            }

            var wait = _backoff.After(attempt, failure.RetryAfter);
            if (!failure.IsRetryable || attempt >= options.AttemptsMax || clock.GetUtcNow() + wait >= deadline)
            {
                throw failure;
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    /// <summary>Returns the metadata that every call carries.</summary>
    public Metadata Headers() => options.Language is { } language ? new() { { "accept-language", language } } : [];
}
