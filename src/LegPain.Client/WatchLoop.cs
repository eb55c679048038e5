using System.Runtime.CompilerServices;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// One watch over any number of connections: whenever one ends, the next goes on from the last revision.
/// </summary>
internal sealed class WatchLoop(
    TriageService.TriageServiceClient triage, LegPainClientOptions options, Func<Metadata> headers)
{
    private readonly Backoff _backoff = new(options);

    /// <summary>Follows a patient until the token is canceled or the server refuses for good.</summary>
    public async IAsyncEnumerable<Assessment> RunAsync(
        string patient, long afterRevision, AssessmentView view,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = afterRevision;
        var failures = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var connection = new Connection(options, cancellationToken);
            var request = new WatchAssessmentRequest { Patient = patient, AfterRevision = last, View = view };
            using var call = triage.WatchAssessment(
                request, new CallOptions(headers(), cancellationToken: connection.Token));
            LegPainException? failure;
            while ((failure = await NextAsync(call.ResponseStream, connection, cancellationToken)) is null)
            {
                failures = 0;
                var message = call.ResponseStream.Current;
                if (message.Assessment is { } assessment && assessment.Revision > last)
                {
                    last = assessment.Revision;
                    yield return assessment;
                }
                else if (message.Progress is { } progress && progress.Revision > last)
                {
                    last = progress.Revision;
                }
            }

            failures++;
            var mayGoOn = failure.Code == StatusCode.Unavailable || failure.IsConnectionLost
                || (failure.IsRetryable && failures < options.AttemptsMax);
            if (!mayGoOn)
            {
                throw failure;
            }

            var wait = _backoff.After(failures, failure.RetryAfter);
            options.WatchInterrupted?.Invoke(failure, wait);
            await Task.Delay(wait, options.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Waits for the next message; returns null when there is one, and otherwise why the connection ended.
    /// </summary>
    private static async ValueTask<LegPainException?> NextAsync(
        IAsyncStreamReader<WatchAssessmentResponse> stream, Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            connection.Heard();
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
    }

    /// <summary>Cuts one connection off when nothing is heard on it for too long.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly CancellationTokenSource _cut;
        private readonly ITimer _timer;
        private readonly TimeSpan _silenceMax;

        public Connection(LegPainClientOptions options, CancellationToken cancellationToken)
        {
            _cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _silenceMax = options.WatchSilenceMax;
            _timer = options.Clock.CreateTimer(
                static cut => ((CancellationTokenSource)cut!).Cancel(), _cut, _silenceMax, Timeout.InfiniteTimeSpan);
        }

        public CancellationToken Token => _cut.Token;

        public void Heard() => _timer.Change(_silenceMax, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            _timer.Dispose();
            _cut.Dispose();
        }
    }
}
