using Grpc.Core;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// An interview: the server asks, the caller answers, and every answer is durable before the next question.
/// </summary>
/// <remarks>
/// Goes on by itself when the connection is lost or the server dies, hangs or stops, on another server when there is
/// one: it begins again and sends the unanswered answer with its first request id, so nothing is stored twice. Not for
/// use from several threads at once.
/// </remarks>
public sealed class InterviewSession : IDisposable
{
    private const string Method = "Interview";

    private readonly EndpointPool _pool;
    private readonly LegPainClientOptions _options;
    private readonly InterviewStart _start;
    private Endpoint? _server;
    private AsyncDuplexStreamingCall<InterviewRequest, InterviewResponse>? _call;
    private bool _isEnded;

    internal InterviewSession(EndpointPool pool, LegPainClientOptions options, InterviewStart start)
    {
        _pool = pool;
        _options = options;
        _start = start;
    }

    /// <summary>Gets the last turn: the question, or why asking ended, and the assessment so far.</summary>
    public InterviewResponse Turn { get; private set; } = new();

    /// <summary>Answers the question, or tells something else, and returns the next turn.</summary>
    /// <param name="observations">
    /// 1 to 100; one whose presence is unknown says that the answer is not known, and is not asked again.
    /// </param>
    /// <param name="requestId">
    /// The id of an answer that failed before, to give it again and store it once at most; null for a new one. With
    /// one, <see cref="LegPainException.Outcome"/> speaks of the answers before as well.
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
        var id = WriteId.Of(requestId, _options);
        return TakeTurnAsync(
            new() { RequestId = id.Text, Observations = { observations } }, id, cancellationToken);
    }

    /// <summary>
    /// Ends the interview; what was answered is kept. An answer under way may be stored or not, and its wait ends with
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        _isEnded = true;
        Close();
    }

    internal Task BeginAsync(CancellationToken cancellationToken) => TakeTurnAsync(null, null, cancellationToken);

    private async Task<InterviewResponse> TakeTurnAsync(
        InterviewAnswer? answer, WriteId? requestId, CancellationToken cancellationToken)
    {
        using var span = CallSpan.Start(Method);
        var attempts = new Attempts(_pool, _options, span, requestId);
        while (true)
        {
            var server = attempts.Begin(_call is null ? null : _server);
            using var late = new CancellationTokenSource(attempts.AttemptTime, _options.Clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                Turn = await AttemptAsync(answer, server, attempts, span, stop.Token);
                attempts.Succeeded();
                return Turn;
            }
            catch (Exception exception) when (exception is RpcException or OperationCanceledException)
            {
                Close();
                if (cancellationToken.IsCancellationRequested)
                {
                    span.End(StatusCode.Cancelled);
                    throw new OperationCanceledException(exception.Message, exception, cancellationToken);
                }

                if (_isEnded)
                {
                    // The end broke the turn off, not the server: nothing is sent again.
                    span.End(StatusCode.Cancelled);
                    throw new ObjectDisposedException(nameof(InterviewSession), exception);
                }

                await attempts.FailedAsync(
                    late.IsCancellationRequested || exception is not RpcException refused
                        ? new(new(StatusCode.DeadlineExceeded, "No turn came in time.")) : refused,
                    cancellationToken);
            }
        }
    }

    private async Task<InterviewResponse> AttemptAsync(
        InterviewAnswer? answer, Endpoint server, Attempts attempts, CallSpan span,
        CancellationToken cancellationToken)
    {
        if (_call is not null && Turn.Question is not null)
        {
            return await ExchangeAsync(_call, new() { Answer = answer }, cancellationToken);
        }

        var turn = await BeginAnewAsync(server, span, cancellationToken);
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
        await server.Triage.ReportObservationsAsync(
            report, new CallOptions(span.Headers(_options), cancellationToken: cancellationToken));
        attempts.Stored();
        return await BeginAnewAsync(server, span, cancellationToken);
    }

    private async Task<InterviewResponse> BeginAnewAsync(
        Endpoint server, CallSpan span, CancellationToken cancellationToken)
    {
        Close();
        (_server, _call) = (server, server.Triage.Interview(new CallOptions(span.Headers(_options))));
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
