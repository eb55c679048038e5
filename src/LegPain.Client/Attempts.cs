using Grpc.Core;

namespace LegPain.Client;

/// <summary>
/// The attempts of one call or one turn: on which server each is made, how long it may take, and whether another
/// follows.
/// </summary>
internal sealed class Attempts
{
    private readonly EndpointPool _pool;
    private readonly LegPainClientOptions _options;
    private readonly CallSpan _span;
    private readonly WriteId? _requestId;
    private readonly Backoff _backoff;
    private readonly long _begun;
    private int _count;
    private int _waits;
    private bool _hasReachedServer;
    private bool _isCutShort;
    private WriteOutcome _outcome;

    /// <param name="pool">The servers.</param>
    /// <param name="options">How long and how often.</param>
    /// <param name="span">What hears of every attempt.</param>
    /// <param name="requestId">The id of a write, for the exception; null for a read.</param>
    public Attempts(EndpointPool pool, LegPainClientOptions options, CallSpan span, WriteId? requestId)
    {
        _pool = pool;
        _options = options;
        _span = span;
        _requestId = requestId;
        _backoff = new(options);
        _begun = options.Clock.GetTimestamp();
        _outcome = requestId switch
        {
            null => WriteOutcome.NoWrite,
            { IsGiven: true } => WriteOutcome.Unknown,
            _ => WriteOutcome.NotStored,
        };
    }

    /// <summary>Gets the server of this attempt.</summary>
    public Endpoint Server { get; private set; } = null!;

    /// <summary>Gets how long this attempt may take from its beginning; not less than zero.</summary>
    public TimeSpan AttemptTime { get; private set; }

    /// <summary>Gets how long all attempts have taken. Not by the wall clock, which may be set back.</summary>
    private TimeSpan Elapsed => _options.Clock.GetElapsedTime(_begun);

    /// <summary>Begins the next attempt.</summary>
    /// <param name="bound">The server it has to be made on; null for any.</param>
    public Endpoint Begin(Endpoint? bound = null)
    {
        _count++;
        var left = _options.Deadline - Elapsed;
        _isCutShort = _count > 1 && left < _options.AttemptTimeout;
        AttemptTime = left <= TimeSpan.Zero ? TimeSpan.Zero
            : left < _options.AttemptTimeout ? left : _options.AttemptTimeout;
        return Server = bound ?? _pool.Next(_count == 1 ? null : Server);
    }

    /// <summary>Hears that the attempt was answered.</summary>
    public void Succeeded()
    {
        Server.Answered();
        _span.Attempted(_count, Server, StatusCode.OK);
        _span.End(StatusCode.OK);
    }

    /// <summary>Hears that the write is stored, whatever becomes of the answer.</summary>
    public void Stored() => _outcome = WriteOutcome.Stored;

    /// <summary>Hears that the attempt failed, and waits until the next one is due.</summary>
    /// <exception cref="LegPainException">There is none: no repeat can help, or no time or attempt is left.</exception>
    public async Task FailedAsync(RpcException exception, CancellationToken cancellationToken)
    {
        var failure = LegPainException.From(exception, _requestId?.Text, _outcome);
        _outcome = failure.OutcomeSoFar;
        _hasReachedServer |= !failure.IsConnectionLost;
        if (!_isCutShort || failure.Code != StatusCode.DeadlineExceeded)
        {
            // An attempt that had only what was left of the time says nothing of its server.
            _pool.Failed(Server, failure);
        }

        _span.Attempted(_count, Server, failure.Code, failure.Reason);
        if (WaitAfter(failure) is not { } wait)
        {
            _span.End(failure.Code);
            throw failure;
        }

        await Task.Delay(wait, _options.Clock, cancellationToken);
    }

    /// <summary>Returns the wait before the next attempt; null when there is none.</summary>
    private TimeSpan? WaitAfter(LegPainException failure)
    {
        var elapsed = Elapsed;
        var left = _options.Deadline - elapsed;
        if (!failure.IsRetryable || _count >= _options.AttemptsMax || left <= _options.BackoffFirst)
        {
            return null;
        }

        if (failure.IsServerLost && _pool.HasOther(Server))
        {
            // Nothing to wait for: another server has not failed.
            return TimeSpan.Zero;
        }

        var wait = _backoff.After(++_waits, failure.RetryAfter);
        if (!_hasReachedServer && elapsed + wait > _options.UnreachableMax)
        {
            return null;
        }

        // The last waits are cut, so that no time is left unused; a wait that the server asks for is not.
        wait = failure.RetryAfter is null && wait >= left ? left / 2 : wait;
        return wait < left ? wait : null;
    }
}
