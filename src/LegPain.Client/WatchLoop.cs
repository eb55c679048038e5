using System.Runtime.CompilerServices;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// One watch over any number of connections: whenever one ends, the next goes on from the last revision.
/// </summary>
internal sealed class WatchLoop(EndpointPool pool, LegPainClientOptions options)
{
    private readonly Backoff _backoff = new(options);

    /// <summary>Follows a patient until the token is canceled or the server refuses for good.</summary>
    public async IAsyncEnumerable<Assessment> RunAsync(
        string patient, long afterRevision, AssessmentView view,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = afterRevision;
        var failures = 0;
        var attempts = 0;
        Endpoint? server = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            server = pool.Next(server);
            using var span = CallSpan.Start("WatchAssessment");
            using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Clock);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            var request = new WatchAssessmentRequest { Patient = patient, AfterRevision = last, View = view };
            using var call = server.Triage.WatchAssessment(
                request, new CallOptions(span.Headers(options), cancellationToken: end.Token));
            LegPainException? failure;
            while ((failure = await NextAsync(call.ResponseStream, silence, cancellationToken)) is null)
            {
                failures = 0;
                server.Answered();
                var message = call.ResponseStream.Current;
                var received = message.Assessment?.Revision ?? message.Progress?.Revision ?? last;
                if (received > last + (message.Assessment is null ? 0 : 1))
                {
                    failure = LegPainException.Gap(last, received);
                    break;
                }

                if (message.Assessment is { } assessment && received > last)
                {
                    last = received;
                    yield return assessment;
                }
            }

            failures++;
            pool.Failed(server, failure);
            span.Attempted(++attempts, server, failure.Code, failure.Reason);
            span.End(failure.Code);
            if (!failure.IsRetryable
                || (failure.Code == StatusCode.ResourceExhausted && failures >= options.AttemptsMax))
            {
                throw failure;
            }

            var wait = failure.IsServerLost && pool.HasOther(server)
                ? TimeSpan.Zero : _backoff.After(failures, failure.RetryAfter);
            options.WatchInterrupted?.Invoke(failure, wait);
            await Task.Delay(wait, options.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Waits for the next message; returns null when there is one, and otherwise why the connection ended.
    /// </summary>
    /// <param name="stream">The messages.</param>
    /// <param name="silence">
    /// Ends the connection when nothing is heard for too long. Only while it is waited for: the time that the consumer
    /// takes over an assessment is no silence of the server.
    /// </param>
    /// <param name="cancellationToken">Ends the watch.</param>
    private async ValueTask<LegPainException?> NextAsync(
        IAsyncStreamReader<WatchAssessmentResponse> stream, CancellationTokenSource silence,
        CancellationToken cancellationToken)
    {
        silence.CancelAfter(options.WatchSilenceMax);
        try
        {
            return await stream.MoveNext(cancellationToken)
                ? null
                : LegPainException.From(new(new(StatusCode.Unavailable, "The server ended the watch.")));
        }
        catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Status.Detail, exception, cancellationToken);
        }
        catch (RpcException exception)
        {
            return LegPainException.From(exception);
        }
        finally
        {
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
