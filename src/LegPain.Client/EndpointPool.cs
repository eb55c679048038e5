namespace LegPain.Client;

/// <summary>
/// The servers of a client. Calls go to those in use, in turn; one that has failed is left out until it answers again.
/// </summary>
/// <remarks>
/// A server is asked for its health before calls go to it again, so that a dead or hung one costs nobody a call; and
/// before it is left out when it may be well and only another one that the patient is on is not, so that a failover
/// leaves no healthy one out. With one server there is nothing to choose, and nothing is asked.
/// </remarks>
internal sealed class EndpointPool : IDisposable
{
    /// <summary>How often the rest doubles at most: up to 2 seconds.</summary>
    private const int DoublingsMax = 3;

    /// <summary>How long a server is left out before it is asked the first time; doubles with every failure.</summary>
    private static readonly TimeSpan RestFirst = TimeSpan.FromMilliseconds(250);

    private readonly Endpoint[] _all;
    private readonly LegPainClientOptions _options;
    private readonly CancellationTokenSource _closed = new();
    private int _turn;

    public EndpointPool(IEnumerable<Endpoint> endpoints, LegPainClientOptions options)
    {
        _all = [.. endpoints];
        _options = options;

        // Clients that begin together do not all begin with the same server.
        _turn = (int)(options.Jitter() * _all.Length);
    }

    /// <summary>
    /// Chooses a server for an attempt: one in use rather than one in doubt rather than one left out; of those left out
    /// one that has failed less often in a row; another than the last one rather than that.
    /// </summary>
    public Endpoint Next(Endpoint? last)
    {
        var start = (uint)Interlocked.Increment(ref _turn);
        var best = _all[start % _all.Length];
        for (var i = 1u; i < _all.Length; i++)
        {
            var other = _all[(start + i) % _all.Length];
            if (Rank(other, last).CompareTo(Rank(best, last)) > 0)
            {
                best = other;
            }
        }

        return best;
    }

    /// <summary>Returns whether there is a server in use beside one.</summary>
    public bool HasOther(Endpoint endpoint) =>
        _all.Any(other => other.State == EndpointState.InUse && other != endpoint);

    /// <summary>
    /// Hears why an attempt failed. A server whose connection is lost is left out. When time ran out or it cannot
    /// answer just now, another one that the patient is on may be the reason: it is asked for its health first.
    /// </summary>
    public void Failed(Endpoint endpoint, LegPainException failure)
    {
        if (_all.Length == 1 || _closed.IsCancellationRequested)
        {
            return;
        }

        if (failure.IsConnectionLost)
        {
            // One in doubt is being asked already.
            if (endpoint.Fail() == EndpointState.InUse)
            {
                _ = AskAsync(endpoint);
            }
        }
        else if ((failure.IsServerLost || failure.Reason == LegPainException.Unavailable) && endpoint.TryDoubt())
        {
            _ = AskAsync(endpoint);
        }
    }

    public void Dispose()
    {
        _closed.Cancel();
        foreach (var endpoint in _all)
        {
            endpoint.Dispose();
        }
    }

    private static (EndpointState State, int Failures, bool IsOther) Rank(Endpoint endpoint, Endpoint? last)
    {
        var state = endpoint.State;
        return (state, state == EndpointState.LeftOut ? -endpoint.FailuresInARow : 0, endpoint != last);
    }

    /// <summary>Asks one that is in doubt at once, and one that is left out until it answers.</summary>
    private async Task AskAsync(Endpoint endpoint)
    {
        try
        {
            if (endpoint.State == EndpointState.InDoubt)
            {
                if (await endpoint.AnswersAsync(_options.AttemptTimeout, _closed.Token) && endpoint.TryTrust())
                {
                    return;
                }

                endpoint.LeaveOut();
            }

            do
            {
                var rest = RestFirst * Math.Pow(2, Math.Min(endpoint.FailuresInARow - 1, DoublingsMax));
                await Task.Delay(rest, _options.Clock, _closed.Token);
            }
            while (!await endpoint.AnswersAsync(_options.AttemptTimeout, _closed.Token));
            endpoint.TakeBack();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The client is closed.
        }
    }
}
