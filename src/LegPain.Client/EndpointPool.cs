namespace LegPain.Client;

/// <summary>
/// The servers of a client. Calls go to those in use, in turn; one that has failed is left out until it answers again.
/// </summary>
/// <remarks>
/// A server is asked for its health before calls go to it again, so that a dead or hung one costs nobody a call. With
/// one server there is nothing to choose, and nothing is asked.
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
    /// Chooses a server for an attempt: one in use rather than not, and another than the last one rather than that.
    /// </summary>
    public Endpoint Next(Endpoint? last)
    {
        var start = (uint)Interlocked.Increment(ref _turn);
        var best = _all[start % _all.Length];
        for (var i = 1u; i < _all.Length; i++)
        {
            var other = _all[(start + i) % _all.Length];
            if (Rank(other, last) > Rank(best, last))
            {
                best = other;
            }
        }

        return best;
    }

    /// <summary>Returns whether there is a server in use beside one.</summary>
    public bool HasOther(Endpoint endpoint) => _all.Any(other => other.IsInUse && other != endpoint);

    /// <summary>Hears why an attempt failed, and leaves the server out if the server may be the reason.</summary>
    public void Failed(Endpoint endpoint, LegPainException failure)
    {
        if (_all.Length > 1 && (failure.IsServerLost || failure.Reason == LegPainException.Unavailable)
            && endpoint.TryLeaveOut() && !_closed.IsCancellationRequested)
        {
            _ = TakeBackAsync(endpoint);
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

    private static int Rank(Endpoint endpoint, Endpoint? last) =>
        (endpoint.IsInUse ? 2 : 0) + (endpoint == last ? 0 : 1);

    private async Task TakeBackAsync(Endpoint endpoint)
    {
        try
        {
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
