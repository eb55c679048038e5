using Grpc.Core;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// An interview: the server asks, the caller answers, and every answer is durable before the next question.
/// </summary>
/// <remarks>
/// Goes on by itself over a lost connection: it begins again and sends the unanswered answer with its first request id,
/// so nothing is stored twice. Not for use from several threads at once.
/// </remarks>
public sealed class InterviewSession : IDisposable
{
    private readonly TriageService.TriageServiceClient _triage;
    private readonly LegPainClientOptions _options;
    private readonly Func<Metadata> _headers;
    private readonly InterviewStart _start;
    private readonly Backoff _backoff;
    private AsyncDuplexStreamingCall<InterviewRequest, InterviewResponse>? _call;
    private bool _isEnded;

    internal InterviewSession(
        TriageService.TriageServiceClient triage, LegPainClientOptions options, Func<Metadata> headers,
        InterviewStart start)
    {
        _triage = triage;
        _options = options;
        _headers = headers;
        _start = start;
        _backoff = new(options);
    }

    /// <summary>Gets the last turn: the question, or why asking ended, and the assessment so far.</summary>
    public InterviewResponse Turn { get; private set; } = new();

    /// <summary>Answers the question, or tells something else, and returns the next turn.</summary>
    /// <param name="observations">
    /// 1 to 100; one whose presence is unknown says that the answer is not known, and is not asked again.
    /// </param>
    /// <param name="requestId">
    /// The id of an answer that failed before, to give it again and store it once at most; null for a new one.
    /// </param>
    /// <param name="cancellationToken">Stops waiting. An answer already sent may be stored all the same.</param>
    /// <exception cref="LegPainException">
    /// The server refuses the answer, or cannot be reached within the deadline. The interview may go on with another
    /// answer, or with the same one and <see cref="LegPainException.RequestId"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The interview was ended.</exception>
    public Task<InterviewResponse> AnswerAsync(
        IEnumerable<Observation> observations, string? requestId = null,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isEnded, this);
        return TakeTurnAsync(
            new() { RequestId = requestId ?? _options.RequestIds(), Observations = { observations } },
            cancellationToken);
    }

    /// <summary>Ends the interview; what was answered is kept.</summary>
    public void Dispose()
    {
        _isEnded = true;
        Close();
    }

    internal Task BeginAsync(CancellationToken cancellationToken) => TakeTurnAsync(null, cancellationToken);

    private async Task<InterviewResponse> TakeTurnAsync(InterviewAnswer? answer, CancellationToken cancellationToken)
    {
        var clock = _options.Clock;
        var deadline = clock.GetUtcNow() + _options.Deadline;
        using var late = new CancellationTokenSource(_options.Deadline, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            LegPainException failure;
            try
            {
                return Turn = await AttemptAsync(answer, stop.Token);
            }
            catch (Exception exception) when (exception is RpcException or OperationCanceledException)
            {
                Close();
                if (cancellationToken.IsCancellationRequested)
                {
                    throw new OperationCanceledException(exception.Message, exception, cancellationToken);
                }

                failure = LegPainException.From(
                    late.IsCancellationRequested || exception is not RpcException refused
                        ? new(new(StatusCode.DeadlineExceeded, "No turn came in time.")) : refused,
                    answer?.RequestId);
            }

            // The deadline is the session's own: a server that names one has only waited too long for this answer.
            var mayRepeat = failure.IsRetryable || failure.IsConnectionLost
                || failure.Code == StatusCode.DeadlineExceeded;
            var wait = _backoff.After(attempt, failure.RetryAfter);
            if (!mayRepeat || attempt >= _options.AttemptsMax || clock.GetUtcNow() + wait >= deadline)
            {
                throw failure;
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private async Task<InterviewResponse> AttemptAsync(InterviewAnswer? answer, CancellationToken cancellationToken)
    {
        if (_call is not null && Turn.Question is not null)
        {
            return await ExchangeAsync(_call, new() { Answer = answer }, cancellationToken);
        }

        var turn = await BeginAnewAsync(cancellationToken);
        if (answer is null)
        {
            return turn;
        }

        if (turn.Question is not null)
        {
            return await ExchangeAsync(_call!, new() { Answer = answer }, cancellationToken);
        }

        // Asking has ended, perhaps through this very answer, and an interview that has ended takes none: report it,
        // which stores nothing twice.
        var report = new ReportObservationsRequest
        {
            Patient = _start.Patient,
            RequestId = answer.RequestId,
            Observations = { answer.Observations },
        };
        await _triage.ReportObservationsAsync(
            report, new CallOptions(_headers(), cancellationToken: cancellationToken));
        return await BeginAnewAsync(cancellationToken);
    }

    private async Task<InterviewResponse> BeginAnewAsync(CancellationToken cancellationToken)
    {
        Close();
        _call = _triage.Interview(new CallOptions(_headers()));
        return await ExchangeAsync(_call, new() { Start = _start }, cancellationToken);
    }

    private static async Task<InterviewResponse> ExchangeAsync(
        AsyncDuplexStreamingCall<InterviewRequest, InterviewResponse> call, InterviewRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.WriteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // The server has ended the call, or the connection broke: the read says which, and why.
        }

        return await call.ResponseStream.MoveNext(cancellationToken)
            ? call.ResponseStream.Current
            : throw new RpcException(new(StatusCode.Unavailable, "The server ended the interview."));
    }

    private void Close()
    {
        _call?.Dispose();
        _call = null;
    }
}
